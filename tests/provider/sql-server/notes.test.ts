import assert from "node:assert/strict";
import { complete } from "#provider/arguments/sql-server-settings";
import { isContinued } from "#provider/lifecycle/ownership";
import { connect, type Sql } from "#provider/sql-server/connection";
import { type Author, claim, findNote, forget, isOwn, notesOf, renew } from "#provider/sql-server/notes";
import { refusal } from "../azure/azure-scene";
import { openScene, type Scene } from "./sql-server-scene";

const urn = "urn:pulumi:dev::links::pulumi-nodejs:dynamic/mi-link:MirroringEndpoint::endpoint";
const author: Author = { stack: "acme/links/dev", backend: "s3://state", urn, token: "one", notes: new Set() };

// Safety C1
describe("a note on the server", () => {
  let scene: Scene;
  let server: Sql;
  before(async () => {
    scene = await openScene();
    const { password = "", ...settings } = scene.sqlServer;
    server = await connect(complete(settings), password, new AbortController().signal);
  });
  after(() => scene.close());
  const properties = () =>
    scene.query<{ readonly name: string }>("SELECT name FROM sys.extended_properties WHERE class = 0");
  afterEach(async () => {
    for (const { name } of await properties())
      await scene.query(`EXEC sys.sp_dropextendedproperty @name = N'${name.replaceAll("'", "''")}'`);
  });

  it("is there for a DBA to read, and goes with the object", async () => {
    await claim(server, "endpoint", "e", "make the endpoint", author);
    const [row] = await scene.query<{ readonly name: string; readonly value: string }>(
      "SELECT name, CONVERT(nvarchar(4000), value) AS value FROM sys.extended_properties WHERE class = 0",
    );
    assert.match(row?.name ?? "", /^pulumi-mi-link\/endpoint\/[0-9a-f]{32}$/);
    const { notes, ...written } = author;
    assert.deepEqual([...notes], ["endpoint e"]);
    assert.deepEqual(JSON.parse(row?.value ?? ""), { ...written, name: "e", madeBy: "pulumi-mi-link" });
    await forget(server, "endpoint", "e", author);
    assert.deepEqual(await properties(), []);
  });

  it("can be made by one of several runs only: the others are told whose it is", async () => {
    const others = [1, 2, 3].map((n) => ({ ...author, stack: `acme/links/s${n}`, token: `t${n}` }));
    const results = await Promise.allSettled(others.map((other) => claim(server, "group", "AG", "make AG", other)));
    assert.equal(results.filter(({ status }) => status === "fulfilled").length, 1);
    const winner = await findNote(server, "group", "ag", author);
    const error = await refusal(claim(server, "group", "AG", "make AG", author));
    assert.match(
      error.message,
      new RegExp(`AG is noted there as made by the resource endpoint of the stack ${winner?.stack}`),
    );
    assert.match(error.message, /sp_dropextendedproperty @name = N'pulumi-mi-link\/group\//);
  });

  it("is taken up by the same resource of the same stack, whose run was killed, and by nobody else", async () => {
    await claim(server, "group", "AG", "make AG", author);
    const note = await findNote(server, "group", "AG", author);
    assert.ok(note);
    assert.equal(isOwn(note, { ...author, token: "later" }), true);
    for (const other of [{ stack: "acme/links/prod" }, { backend: "s3://other" }, { urn: `${urn}2` }, { urn: "" }])
      assert.equal(isOwn(note, { ...author, token: "later", ...other }), false, JSON.stringify(other));
    assert.equal(
      isOwn(note, { stack: "", backend: "", urn: "", token: "one", notes: new Set() }),
      true,
      "a delete knows the token alone",
    );
    assert.equal(isOwn(note, { stack: "", backend: "", urn: "", token: "", notes: new Set() }), false);
    await claim(server, "group", "AG", "make AG", { ...author, token: "later" });
    assert.equal((await findNote(server, "group", "AG", author))?.token, "later");
  });

  it("is not about another object of its name, which somebody made when they had dropped the one it is about", async () => {
    const noted = { server, kind: "group", name: "AG", what: "the group AG" } as const;
    const continues = (id: string | undefined, token: string) =>
      isContinued({ ...noted, identity: async () => id }, { author: { ...author, token }, warn: () => {} });
    await claim(server, "group", "AG", "make AG", author);
    assert.equal(await continues("first", "two"), true, "killed before it was noted what was made");
    assert.equal((await findNote(server, "group", "AG", author))?.id, "first");
    assert.equal(await continues("first", "three"), true);
    assert.equal(await continues("second", "four"), false);
    assert.equal(await continues(undefined, "four"), false);
    await claim(server, "group", "AG", "make AG", { ...author, token: "five" });
    assert.equal((await findNote(server, "group", "AG", author))?.id, undefined, "it is about to be made");
  });

  it("of somebody else stays", async () => {
    await claim(server, "group", "AG", "make AG", author);
    await forget(server, "group", "AG", { ...author, token: "another" });
    assert.equal((await notesOf(server, "group")).length, 1);
  });

  it("holds hostile names and the longest urn", async () => {
    const hostile = `]'); DROP TABLE x; --${"'".repeat(90)}`;
    const long = { ...author, urn: `urn:pulumi:${"x".repeat(5000)}`, token: "it''s" };
    const quoted = { ...author, urn: `urn:pulumi:${'"'.repeat(1700)}`, backend: '"'.repeat(600) };
    const before = { name: "\u0001".repeat(128), owner: "\u0001".repeat(128), certificateName: "\u0001".repeat(128) };
    await claim(server, "endpoint", "\u0001".repeat(128), "take it over", quoted, { before });
    const taken = await findNote(server, "endpoint", "\u0001".repeat(128), quoted);
    assert.deepEqual(taken?.before, before);
    assert.equal(isOwn(taken ?? assert.fail(), { ...quoted, token: "later" }), true);
    await forget(server, "endpoint", "\u0001".repeat(128), quoted);
    await claim(server, "certificate", hostile, "make it", long);
    const note = await findNote(server, "certificate", hostile, long);
    assert.equal(note?.name, hostile);
    assert.equal(isOwn(note ?? assert.fail(), { ...long, token: "later" }), true);
    await renew(server, "certificate", hostile, { ...long, token: "again" });
    await forget(server, "certificate", hostile, { ...long, token: "again" });
    assert.deepEqual(await properties(), []);
  });

  it("is not what somebody wrote by hand under such a name", async () => {
    await scene.query("EXEC sys.sp_addextendedproperty @name = N'pulumi-mi-link/group/by-hand', @value = N'hello'");
    await scene.query(
      "EXEC sys.sp_addextendedproperty @name = N'pulumi-mi-link/group/json', @value = N'{\"stack\": 1}'",
    );
    assert.deepEqual(await notesOf(server, "group"), []);
  });

  it("is neither made nor heeded where notes are turned off", async () => {
    await claim(server, "group", "AG", "make AG", author);
    await claim(server, "group", "AG", "make AG", undefined);
    await forget(server, "group", "AG", undefined);
    assert.equal(await findNote(server, "group", "AG", undefined), undefined);
    assert.equal((await properties()).length, 1);
  });
});

import assert from "node:assert/strict";
import { type CompleteSqlServer, complete } from "#provider/arguments/sql-server-settings";
import { isUncertain } from "#provider/errors/visible-error";
import { connect, type Sql, whileConnected } from "#provider/sql-server/connection";
import { sql } from "#provider/sql-server/tsql";
import { openScene, type Scene } from "./sql-server-scene";

describe("a session on SQL Server", () => {
  let scene: Scene;
  let target: CompleteSqlServer;
  before(async () => {
    scene = await openScene();
    target = complete(scene.sqlServer);
  });
  after(() => scene.close());
  const open = (signal = new AbortController().signal): Promise<Sql> =>
    connect(target, String(target.password), signal);
  const sent = (from: number) =>
    scene.lab.journal.entries
      .slice(from)
      .flatMap((entry) => (entry.kind === "statement" && entry.application === "pulumi-mi-link" ? [entry.text] : []));
  const now = () => scene.lab.journal.entries.length;

  it("asks who the server is once in a run, and sends nothing but what it was given", async () => {
    await open();
    const from = now();
    const server = await open();
    assert.deepEqual(await server.query("read", sql`SELECT 1 AS one`), [{ one: 1 }]);
    assert.deepEqual(sent(from), ["SELECT 1 AS one"]);
    assert.equal(server.instance.name, scene.serverName);
    assert.match(server.instance.id, new RegExp(`^${scene.serverName}/[0-9a-f-]{36}/[0-9a-f]{8}$`));
  });

  it("stays open until the last of several calls has ended, whichever function was called", async () => {
    await whileConnected(async () => {
      await open();
      await whileConnected(async () => {});
      const from = now();
      await open();
      assert.deepEqual(sent(from), []);
    });
    const from = now();
    await open();
    assert.notDeepEqual(sent(from), []);
  });

  it("sends a read again when the connection breaks, and a change only when it did not happen", async () => {
    const server = await open();
    scene.lab.faults.add({ on: "statement", matching: "AS again", drop: "before" });
    assert.deepEqual(await server.query("read", sql`SELECT 2 AS again`), [{ again: 2 }]);

    for (const drop of ["before", "after"] as const) {
      const from = now();
      scene.lab.faults.add({ on: "statement", matching: "^CREATE DATABASE", drop });
      await server.change("make it", sql`CREATE DATABASE ${sql.identifier(drop)}`, async () => {
        const rows = await server.query("look", sql`SELECT name FROM sys.databases WHERE name = ${sql.string(drop)}`);
        return rows.length > 0;
      });
      assert.equal(
        sent(from).filter((text) => text.startsWith("CREATE DATABASE")).length,
        drop === "before" ? 2 : 1,
        drop,
      );
    }
  });

  it("takes a refused second statement for success when the first one went on after the connection broke", async () => {
    const server = await open();
    scene.lab.faults.add({ on: "statement", matching: "^CREATE DATABASE", drop: "after" });
    let looks = 0;
    await server.change("make it", sql`CREATE DATABASE [late]`, async () => ++looks > 1);
    assert.equal(looks, 2);
  });

  it("does not know the outcome when nobody can look, and knows it when nothing could be sent", async () => {
    const server = await open();
    scene.lab.faults.add({ on: "statement", matching: "^CREATE DATABASE", times: 2, drop: "before" });
    const change = (isDone: () => Promise<boolean>) => server.change("make it", sql`CREATE DATABASE [never]`, isDone);
    await assert.rejects(
      change(async () => false),
      (error) => isUncertain(error) && /is not known/.test(error.message),
    );
    scene.lab.faults.add({ on: "statement", matching: "^CREATE DATABASE", error: { number: 262 } });
    await assert.rejects(
      change(async () => false),
      (error) => !isUncertain(error) && /262/.test(String(error)),
    );
  });

  it("gives up with cause and remedy when the connection keeps breaking", async () => {
    const server = await open();
    scene.lab.faults.add({ on: "statement", matching: "AS never", times: 2, drop: "before" });
    await assert.rejects(
      server.query("read it", sql`SELECT 1 AS never`),
      new RegExp(`Could not read it on ${scene.serverName} [\\s\\S]*Likely cause: [\\s\\S]*What to do: `),
    );
  });

  it("ends a batch when the run is interrupted", async () => {
    const interruption = new AbortController();
    const server = await open(interruption.signal);
    scene.lab.faults.add({ on: "statement", matching: "AS slow", delayMilliseconds: 20_000 });
    setTimeout(() => interruption.abort(new Error("interrupted")), 100);
    await assert.rejects(server.query("read", sql`SELECT 1 AS slow`), /the run was interrupted/);
  });

  it("keeps the password out of every message", async () => {
    const server = await open();
    await assert.rejects(
      server.query("read", sql`SELECT ${sql.string(String(target.password))} FROM nowhere`),
      (error: Error) => !error.message.includes(String(target.password)),
    );
  });
});

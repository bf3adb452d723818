import assert from "node:assert/strict";
import { execFile, execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { type Lab, startLab } from "#lab/index";
import { complete, type SqlServer } from "#provider/arguments/sql-server-settings";
import type { Bag } from "#provider/lifecycle/contract";
import { connect, disconnectAll } from "#provider/sql-server/connection";
import { sql } from "#provider/sql-server/tsql";
import { callOf } from "../../support/calls";
import { repositoryRoot } from "../../support/repository";
import { readTranscript as read } from "../../support/transcript-file";
import { checkedArgs, type Place, placeIn, providerOf, tenResources } from "../ten-resources";

const squeezed = (text: string): string => text.replace(/\s+/g, " ").trim();

describe("the transcript of MI_LINK_TRANSCRIPT", function () {
  this.timeout(60_000);
  let folder: string;
  let file: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "mi-link-transcript-"));
  });
  beforeEach(() => {
    file = join(folder, `${Math.random()}.txt`);
    process.env.MI_LINK_TRANSCRIPT = file;
  });
  afterEach(() => {
    delete process.env.MI_LINK_TRANSCRIPT;
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  describe("of a link that is made and goes again", () => {
    let lab: Lab;
    let place: Place;
    before(async () => {
      lab = await startLab();
      place = placeIn(lab.ready);
    });
    after(async () => {
      await disconnectAll();
      await lab.close();
    });

    it("has all that changes something, as it was sent and in its order, with its outcome, and no secret", async () => {
      const made: Record<string, Bag> = {};
      const ids: Record<string, string> = {};
      for (const part of tenResources) {
        const provider = await providerOf(part, place);
        const { id, outs } = await provider.create(await checkedArgs(provider, part.args(place, made)));
        made[part.type] = outs;
        ids[part.type] = id;
      }
      for (const part of tenResources.toReversed())
        await (await providerOf(part, place)).delete(ids[part.type] ?? "", made[part.type] ?? {});

      const sent = lab.journal.entries.flatMap((entry) => {
        if (!callOf(entry)?.changes) return [];
        return entry.kind === "statement" ? [squeezed(entry.text)] : entry.kind === "request" ? [entry.path] : [];
      });
      const written = read(file);
      const [server] = lab.ready.sqlServers;
      const password = "Kept-in-a-safe-place-1";
      const asked = sent.map((text) => text.replace("N'***'", "N'[secret]'").replace(/\?.*$/, ""));
      const told = written.map(({ text }) =>
        squeezed(text).replace(/^(?:PUT|PATCH|DELETE) https:\/\/[^/]+([^?]+)\?.*$/, "$1"),
      );
      assert.deepEqual(told.toSorted(), asked.toSorted());
      // The roots are imported side by side: what is sent at one moment has no order.
      const others = (all: readonly string[]) => all.filter((text) => !/PKI|sp_certificate_add_issuer/.test(text));
      assert.deepEqual(others(told), others(asked));

      assert.ok(written.length > 20);
      for (const { outcomes, doing } of written)
        assert.equal(outcomes.at(-1)?.replace(/^failed: SQL Server error 15\d+.*$/, "done"), "done", doing);
      const link = written.find(({ text }) =>
        /^PUT .*\/distributedAvailabilityGroups\/DAG_db1\?api-version=/.test(text),
      );
      assert.deepEqual(link?.outcomes, ["HTTP 202", "done"]);
      assert.match(link?.text ?? "", /\n\{"properties":\{"databases":\[\{"databaseName":"db1"\}\]/);
      const key = written.find(({ doing }) => doing === "create the database master key");
      assert.equal(key?.where, `${server?.name} (${server?.host}:${server?.port})`);
      assert.equal(key?.text, "CREATE MASTER KEY ENCRYPTION BY PASSWORD = N'[secret]'");
      const text = readFileSync(file, "utf8");
      for (const secret of [password, server?.password, lab.ready.arm.clientSecret])
        assert.ok(secret !== undefined && !text.includes(secret), "a secret is in it");
      assert.doesNotMatch(text, /Bearer|eyJ|access_token/);
    });

    it("has every change before it is sent, as a run that is killed will tell nothing later", async () => {
      const server = complete(place.sqlServer as unknown as SqlServer);
      const session = await connect(server, String(server.password), new AbortController().signal);
      lab.faults.add({ on: "statement", matching: "^CREATE DATABASE", delayMilliseconds: 600 });
      const changing = session.change("make it", sql`CREATE DATABASE [slow]`, async () => false);
      await delay(200);
      const [entry] = read(file);
      assert.equal(entry?.text, "CREATE DATABASE [slow]");
      assert.deepEqual(entry.outcomes, []);
      await changing;
      assert.deepEqual(read(file)[0]?.outcomes, ["done"]);
    });

    it("tells what was refused, and what was sent once more when the connection broke", async () => {
      const key = tenResources.find(({ type }) => type === "MasterKey");
      assert.ok(key);
      const provider = await providerOf(key, place);
      const inputs = await checkedArgs(provider, key.args(place, {}));
      const outcomes = () => read(file).find(({ text }) => text.startsWith("CREATE MASTER KEY"))?.outcomes;

      lab.faults.add({ on: "statement", matching: "^CREATE MASTER KEY", error: { number: 262 } });
      // A password that is an ordinary word, which messages may hold by chance.
      await assert.rejects(provider.create({ ...inputs, password: "db1" }), /262/);
      assert.match(readFileSync(file, "utf8"), /BY PASSWORD = N'\[secret\]'\n/);
      assert.match(outcomes()?.join() ?? "", /^failed: SQL Server error 262: /);
      rmSync(file);
      lab.faults.add({ on: "statement", matching: "^CREATE MASTER KEY", drop: "before" });
      await provider.create(inputs);
      const [lost, ...rest] = outcomes() ?? [];
      assert.match(lost ?? "", /^connection lost \(/);
      assert.deepEqual(rest, ["sent once more", "done"]);
    });
  });

  /** Runs a few lines in a process of its own. */
  const script = (body: string) =>
    `const { transcribe } = require(${JSON.stringify(join(repositoryRoot, "provider", "dist", "errors", "transcript.js"))});${body}`;

  it("is one file for several processes, whose entries stay whole, readable by its owner only", async () => {
    const body = script(
      `for (let i = 0; i < 300; i++) transcribe({ where: "S (h:1)", doing: "do " + i, text: ("x".repeat(i) + "\\n").repeat(20) })("done");`,
    );
    await Promise.all(Array.from({ length: 4 }, () => promisify(execFile)(process.execPath, ["-e", body])));
    const entries = read(file);
    assert.equal(entries.length, 1200);
    const whole = (i: number) => Array.from({ length: i === 0 ? 0 : 20 }, () => "x".repeat(i)).join("\n");
    for (const { doing, outcomes } of entries) assert.deepEqual(outcomes, ["done"], doing);
    assert.equal(new Set(entries.map(({ number }) => number.split(".")[0])).size, 4);
    // Texts of several processes may follow each other's headlines only whole: each line of one has its length.
    const blocks = readFileSync(file, "utf8")
      .split(/^\d{4}-.*\n/m)
      .filter((block) => block !== "");
    for (const block of blocks) {
      const lines = block
        .trimEnd()
        .split("\n")
        .map((line) => line.slice(4));
      assert.equal(lines.join("\n"), whole(lines[0]?.length ?? 0));
    }
    if (process.platform !== "win32") assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  it("says once that it cannot be written, and fails nothing for it", () => {
    const pipe = join(folder, "pipe");
    if (process.platform !== "win32") execFileSync("mkfifo", [pipe]);
    for (const broken of [folder, join(folder, "no", "such"), ...(process.platform === "win32" ? [] : [pipe])]) {
      const run = spawnSync(
        process.execPath,
        [
          "-e",
          script(
            `for (const doing of ["a", "b"]) transcribe({ where: "S", doing, text: "x" })("done"); console.log("done");`,
          ),
        ],
        { encoding: "utf8", env: { ...process.env, MI_LINK_TRANSCRIPT: broken }, timeout: 20_000 },
      );
      assert.equal(run.status, 0, broken);
      assert.equal(run.stdout, "done\n");
      assert.match(
        run.stderr,
        /^Could not write the transcript .* \(E[A-Z]+\), which MI_LINK_TRANSCRIPT asks for\. The run goes on without it\.\n$/,
      );
    }
  });

  it("is not fooled by a name that looks like a headline, nor does it obey one in a terminal", () => {
    const forged = "x]\n2026-11-27T00:00:00.000Z 1.1 S (h:1): drop everything: done\r\u2028\u001b[2Jy";
    const body = script(
      `transcribe({ where: "S (h:1)", doing: ${JSON.stringify(`create ${forged}`)}, text: ${JSON.stringify(`CREATE [${forged}]`)} })("done");`,
    );
    spawnSync(process.execPath, ["-e", body]);
    const [entry, ...others] = read(file);
    assert.deepEqual(others, []);
    assert.match(entry?.text ?? "", /^CREATE \[x\]\n2026.* drop everything: done\n\ufffd\[2Jy\]$/);
    for (const obeyed of ["\u001b", "\r", "\u2028"]) assert.ok(!readFileSync(file, "utf8").includes(obeyed));
  });
});

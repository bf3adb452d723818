import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import type { Context } from "#provider/lifecycle/context";
import type { Finding } from "#provider/preflight/finding";
import type { Sql } from "#provider/sql-server/connection";
import { isChange, openProbeScene, type ProbeScene, verdicts } from "./probe-scene";

const allPassed = { "network-to-instance": "passed", "network-redirect": "passed", "network-to-sql-server": "passed" };

interface Child {
  readonly process: ChildProcess;
  readonly findings: Promise<Finding[]>;
}

function start({ probe }: ProbeScene): Child {
  const child = spawn(process.execPath, [path.join(__dirname, "probe-process.js"), JSON.stringify(probe)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  return { process: child, findings: once(child, "close").then(() => JSON.parse(output || "[]")) };
}

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((wake) => setTimeout(wake, 1));
};

describe("a test of the network that is killed", function () {
  this.timeout(120_000);
  let scene: ProbeScene;
  let there: string[];
  before(async () => {
    scene = await openProbeScene();
    await scene.query("sqlserver1", "CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'P@ssw0rd!x'");
    there = await scene.objects();
  });
  beforeEach(() => {
    scene.log.length = 0;
  });
  after(() => scene.close());

  /** A context in which nothing is sent any more after so many changes, as in a process that is gone. */
  function dying(changes: number): { readonly context: Context; readonly made: string[] } {
    const made: string[] = [];
    const alive = () => {
      if (made.length >= changes) throw new Error("killed");
    };
    const context = scene.context();
    const look = async (...args: Parameters<Context["look"]>): Promise<Sql> => {
      const server = await context.look(...args);
      return {
        ...server,
        async query(doing, statement) {
          alive();
          return await server.query(doing, statement);
        },
        async change(doing, statement, isDone) {
          alive();
          made.push(doing);
          await server.change(doing, statement, isDone);
          alive();
        },
      };
    };
    return { context: { ...context, look }, made };
  }

  it("leaves nothing that the next one does not remove, whichever statement was its last", async () => {
    let last = 0;
    for (let changes = 1; ; changes++) {
      const { context, made } = dying(changes);
      await scene.test({}, context).catch((error: Error) => assert.equal(error.message, "killed"));
      // The process goes on here, and is connected: only its time is over.
      scene.lab.clock.advance(16 * 60_000);
      assert.deepEqual(verdicts(await scene.test()), allPassed, made.at(-1));
      assert.deepEqual(await scene.objects(), there, made.at(-1));
      last = made.length;
      if (last < changes) break;
    }
    // note, certificate, endpoint, two jobs made and started, and their removal
    assert.ok(last >= 12, `${last} changes`);
  });

  for (const statement of ["sp_addextendedproperty", "CREATE ENDPOINT", "sp_start_job"])
    it(`is cleaned up after at once: SIGKILL after ${statement}`, async () => {
      const child = start(scene);
      await until(() => scene.log.some((line) => line.includes(statement)));
      child.process.kill("SIGKILL");
      await child.findings;
      assert.notDeepEqual(await scene.objects(), there);
      assert.deepEqual(verdicts(await scene.test()), allPassed);
      assert.deepEqual(await scene.objects(), there);
      assert.ok(
        scene.log.some((line) => /^say: Removing mi-link-probe-\w+ from .*: a test that was killed/.test(line)),
      );
    });

  it("is not taken for one that is still under way, which keeps what it made", async () => {
    scene.lab.faults.add({ on: "statement", instance: "sqlmi1", matching: "sp_start_job", delayMilliseconds: 4000 });
    const child = start(scene);
    await until(() => scene.log.some((line) => line.includes("sp_add_job ") && line.startsWith("sqlmi1")));
    // There is one mirroring endpoint, the other's: this test uses it.
    assert.deepEqual(verdicts(await scene.test()), allPassed);
    assert.ok((await scene.objects()).some((thing) => thing.startsWith("sqlmi1: job mi-link-probe-")));
    assert.deepEqual(verdicts(await child.findings), allPassed);
    assert.deepEqual(await scene.objects(), there);
    assert.ok(!scene.log.some((line) => line.startsWith("say: Removing")));
    assert.ok(scene.log.some(isChange));
  });
});

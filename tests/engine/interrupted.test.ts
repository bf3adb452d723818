import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { compareSnapshots, type Snapshot, takeSnapshot } from "#tools/leftovers";
import { succeeded } from "#tools/pulumi";
import { type Quickstart, startQuickstart } from "../support/quickstart";

// Safety A7
describe("a run that ends before its time, with the real engine", function () {
  this.timeout(300_000);
  let quickstart: Quickstart;
  let untouched: Snapshot;
  before(async () => {
    // An hour of copying: longer than any run waits for.
    quickstart = await startQuickstart({ databaseSizeBytes: 3600 * 2 ** 10, seedingBytesPerSecond: 2 ** 10 });
    untouched = await takeSnapshot(quickstart);
  });
  after(() => quickstart.close());

  const link = "distributedAvailabilityGroups/[^/]+$";
  const requests = () => quickstart.lab.journal.entries.filter(({ kind }) => kind === "request").length;
  const sessions = async () =>
    (
      await quickstart.sqlServer.query(
        "SELECT session_id FROM sys.dm_exec_sessions WHERE program_name = N'pulumi-mi-link'",
      )
    ).length;

  for (const interruptWith of ["SIGKILL", "SIGHUP"] as const)
    it(`asks Azure for nothing more, and leaves no process, when the engine alone gets ${interruptWith} while a link waits its turn`, async () => {
      const { project, lab } = quickstart;
      const answer = { status: 409, code: "ManagedInstanceIsBusy", message: "busy", retryAfterSeconds: 1 };
      lab.faults.add({ on: "request", method: "PUT", matching: link, times: "always", answer });
      const interruption = new AbortController();
      await project.run(["up", "--yes", "--skip-preview"], {
        signal: interruption.signal,
        interruptWith,
        onOutput: (text) => {
          if (text.includes("the instance is busy")) interruption.abort();
        },
      });
      const ended = Date.now();
      assert.ok(interruption.signal.aborted, "the link did not wait");
      lab.faults.clear();
      // Requests that were on their way when the engine ended may still arrive.
      await delay(200);
      const asked = requests();
      while ((await sessions()) > 0 && Date.now() - ended < 10_000) await delay(100);
      assert.ok(Date.now() - ended < 5000, "the process of the provider is still there");
      await delay(2500);
      assert.equal(requests(), asked, "the provider went on without its engine");
      succeeded(await project.run(["cancel", "--yes"]));
    });

  it("is recorded with its link after Ctrl-C, is finished by the next up, and leaves nothing after destroy", async () => {
    const { project, lab } = quickstart;
    const interruption = new AbortController();
    const interrupted = await project.up({
      signal: interruption.signal,
      onOutput: (text) => {
        if (text.includes("copying to the managed instance")) interruption.abort();
      },
    });
    assert.notEqual(interrupted.code, 0);
    assert.match(
      interrupted.stdout,
      /Could not create the link DAG_\w+ on the managed instance \w+\.\s+Likely cause: the run was interrupted/,
    );
    const { resources = [] } = (await project.exportState()).deployment;
    const recorded = resources.find(({ type }) => type.endsWith(":InstanceLink") && type.startsWith("pulumi-nodejs"));
    assert.equal(recorded?.initErrors?.length, 1);

    lab.clock.advance(3600_000);
    succeeded(await project.up());
    assert.equal((await quickstart.verify()).connected, true);
    succeeded(await project.destroy());
    assert.deepEqual(compareSnapshots(untouched, await takeSnapshot(quickstart)), []);
  });
});

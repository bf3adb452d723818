import assert from "node:assert/strict";
import { compareSnapshots, takeSnapshot } from "#tools/leftovers";
import { succeeded } from "#tools/pulumi";
import { type Quickstart, startQuickstart } from "../support/quickstart";

describe("a run that is interrupted while the database is copied", function () {
  this.timeout(300_000);
  let quickstart: Quickstart;
  before(async () => {
    // A copy of 80 s: longer than the first run, and than the engine waits for a provider that does not end.
    quickstart = await startQuickstart({ databaseSizeBytes: 8 * 2 ** 20, seedingBytesPerSecond: 2 ** 20 / 10 });
  });
  after(() => quickstart.close());

  it("ends at once with the link recorded, is finished by the next up, and leaves nothing after destroy", async () => {
    const { project } = quickstart;
    const before = await takeSnapshot(quickstart);

    const interruption = new AbortController();
    const interrupted = await project.up({
      signal: interruption.signal,
      onOutput: (text) => {
        process.stdout.write(text);
        if (/copying to the managed instance/.test(text)) interruption.abort();
      },
    });
    console.log(interrupted.code, interrupted.seconds, interrupted.stdout, interrupted.stderr);
    const state = await project.exportState();
    console.log(JSON.stringify(state.deployment.resources?.filter((r) => r.type.includes("InstanceLink")), undefined, 1), JSON.stringify(state.deployment, undefined, 1).slice(-900));
    console.log((await project.up()).stdout);
    assert.equal((await quickstart.verify()).connected, true);
    succeeded(await project.destroy());
    assert.deepEqual(compareSnapshots(before, await takeSnapshot(quickstart)), []);
  });
});

import assert from "node:assert/strict";
import { compareSnapshots, takeSnapshot } from "#tools/leftovers";
import { succeeded } from "#tools/pulumi";
import { type Quickstart, startQuickstart } from "../support/quickstart";

describe("a run that is interrupted while the database is copied", function () {
  this.timeout(300_000);
  let quickstart: Quickstart;
  before(async () => {
    // An hour of copying: longer than any run waits for.
    quickstart = await startQuickstart({ databaseSizeBytes: 3600 * 2 ** 10, seedingBytesPerSecond: 2 ** 10 });
  });
  after(() => quickstart.close());

  it("ends with the link recorded, is finished by the next up, and leaves nothing after destroy", async () => {
    const { project, lab } = quickstart;
    const before = await takeSnapshot(quickstart);

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
    const link = resources.find(({ type }) => type.endsWith(":InstanceLink") && type.startsWith("pulumi-nodejs"));
    assert.equal(link?.initErrors?.length, 1);

    lab.clock.advance(3600_000);
    succeeded(await project.up());
    assert.equal((await quickstart.verify()).connected, true);
    succeeded(await project.destroy());
    assert.deepEqual(compareSnapshots(before, await takeSnapshot(quickstart)), []);
  });
});

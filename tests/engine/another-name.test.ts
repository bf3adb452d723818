// Safety B11 and B13: a SQL Server that got another name, with its instance in another cloud.
import assert from "node:assert/strict";
import { compareSnapshots, type Snapshot, takeSnapshot } from "#tools/leftovers";
import { succeeded } from "#tools/pulumi";
import { type Quickstart, startQuickstart } from "../support/quickstart";

describe("a SQL Server that got another name, with the real engine", function () {
  this.timeout(300_000);
  let quickstart: Quickstart;
  let clean: Snapshot;

  const said = (output: string) => output.match(/is called sqlserver9 now, and sqlserver1 when its objects/g) ?? [];
  const idOf = async (name: string) => {
    const { deployment } = await quickstart.project.exportState();
    return deployment.resources?.find(({ urn }) => urn.endsWith(`::${name}`))?.outputs?.instanceId;
  };

  before(async () => {
    quickstart = await startQuickstart({ dnsSuffix: "database.usgovcloudapi.net" });
    clean = await takeSnapshot(quickstart);
    succeeded(await quickstart.project.up());
    assert.equal((await quickstart.verify()).connected, true);
    quickstart.lab.sqlServer("sqlserver1").hostName = "sqlserver9";
    await quickstart.sqlServer.query("EXEC sp_dropserver N'sqlserver1'");
    await quickstart.sqlServer.query("EXEC sp_addserver N'sqlserver9', 'local'");
    await quickstart.lab.restart("sqlserver1");
  });
  after(() => quickstart.close());

  it("is refreshed clean, and told of", async () => {
    const refresh = succeeded(await quickstart.project.refresh());
    assert.deepEqual(refresh.changes, []);
    // As it happens, and under the diagnostics: once for all resources.
    assert.equal(said(refresh.stdout).length, 2, refresh.stdout);
    assert.match(refresh.stdout, / 1 warning\n/);
    assert.deepEqual(succeeded(await quickstart.project.preview()).changes, []);
  });

  it("is repaired, and what was changed is recorded under its new name", async () => {
    await quickstart.sqlServer.query("ALTER ENDPOINT [database_mirroring_endpoint] STATE = STOPPED");
    succeeded(await quickstart.project.refresh());
    const up = succeeded(await quickstart.project.up());
    assert.deepEqual(
      up.changes.map(({ op, name }) => `${op} ${name}`),
      ["update pairing-endpoint"],
    );
    assert.equal((await quickstart.verify()).connected, true);
    assert.match(String(await idOf("pairing-endpoint")), /^sqlserver9\//);
    assert.match(String(await idOf("link-group")), /^sqlserver1\//);
  });

  it("is taken down with nothing left", async () => {
    const destroy = succeeded(await quickstart.project.destroy());
    assert.ok(said(destroy.stdout).length >= 1, destroy.stdout);
    assert.deepEqual(compareSnapshots(clean, await takeSnapshot(quickstart)), []);
  });
});

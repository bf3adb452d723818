// Safety B11 and B13: a SQL Server that got another name, with its instance in another cloud.
import assert from "node:assert/strict";
import { compareSnapshots, type Snapshot, takeSnapshot } from "#tools/leftovers";
import { type Operation, succeeded } from "#tools/pulumi";
import { type Quickstart, startQuickstart } from "../support/quickstart";

const changed = ({ changes }: Operation) => changes.map(({ op, name }) => `${op} ${name}`);

describe("a SQL Server that got another name, with the real engine", function () {
  this.timeout(300_000);
  let quickstart: Quickstart;
  let clean: Snapshot;

  const said = (output: string) => output.match(/is called sqlserver9 now, and sqlserver1 when its objects/g) ?? [];
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

  // Every object, one by one: tests/provider/sql-server/identity.test.ts.
  it("is refreshed clean but for what was changed by hand, and told of", async () => {
    await quickstart.sqlServer.query("ALTER ENDPOINT [database_mirroring_endpoint] STATE = STOPPED");
    const refresh = succeeded(await quickstart.project.refresh());
    assert.deepEqual(changed(refresh), ["update pairing-endpoint"]);
    // As it happens, and under the diagnostics: once for all resources.
    assert.equal(said(refresh.stdout).length, 2, refresh.stdout);
    assert.match(refresh.stdout, / 1 warning\n/);
  });

  it("is repaired, and what was changed is recorded under its new name", async () => {
    const { project, verify } = quickstart;
    assert.deepEqual(changed(succeeded(await project.up())), ["update pairing-endpoint"]);
    assert.equal((await verify()).connected, true);
    const { resources = [] } = (await project.exportState()).deployment;
    const idOf = (name: string) => resources.find(({ urn }) => urn.endsWith(`::${name}`))?.outputs?.instanceId;
    assert.match(String(idOf("pairing-endpoint")), /^sqlserver9\//);
    assert.match(String(idOf("link-group")), /^sqlserver1\//);
  });

  it("is taken down with nothing left", async () => {
    const destroy = succeeded(await quickstart.project.destroy());
    assert.ok(said(destroy.stdout).length >= 1, destroy.stdout);
    assert.deepEqual(compareSnapshots(clean, await takeSnapshot(quickstart)), []);
  });
});

import assert from "node:assert/strict";
import { join } from "node:path";
import { compareSnapshots, takeSnapshot } from "#tools/leftovers";
import { type Operation, succeeded } from "#tools/pulumi";
import { askedByProvider, type Quickstart, startQuickstart } from "../support/quickstart";
import { repositoryRoot } from "../support/repository";

const changes = ({ changes }: Operation) => changes.map(({ op, name }) => `${op} ${name}`).sort();

for (const [title, directory] of [
  ["the quick start", repositoryRoot],
  ["the ten resources one by one", join(repositoryRoot, "examples", "step-by-step")],
] as const) {
  describe(`${title}, with the real engine`, function () {
    this.timeout(300_000);
    let quickstart: Quickstart;
    before(async () => {
      quickstart = await startQuickstart({}, directory);
    });
    after(() => quickstart.close());

    it("comes up, stays as it is, and goes down with nothing left", async () => {
      const { project, lab } = quickstart;
      const before = await takeSnapshot(quickstart);

      const start = lab.journal.entries.length;
      const preview = succeeded(await project.preview());
      assert.equal(preview.changes.filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic")).length, 10);
      assert.deepEqual(askedByProvider(lab, start), [], "a preview of what is to be made connects to nothing");

      succeeded(await project.up());
      const report = await quickstart.verify();
      assert.deepEqual(report, {
        sqlServer: { role: "PRIMARY", connectedState: "CONNECTED", health: "HEALTHY", lastError: undefined },
        managedInstance: { role: "SECONDARY", connectedState: "CONNECTED", health: undefined, lastError: undefined },
        connected: true,
      });

      const up = lab.journal.entries.length;
      assert.deepEqual(changes(succeeded(await project.preview())), []);
      assert.deepEqual(askedByProvider(lab, up), [], "a preview of what is there connects to nothing");

      const running = await takeSnapshot(quickstart);
      assert.deepEqual(changes(succeeded(await project.refresh())), []);
      assert.deepEqual(changes(succeeded(await project.preview())), []);
      assert.deepEqual(
        compareSnapshots(running, await takeSnapshot(quickstart)),
        [],
        "refresh and preview change nothing",
      );

      succeeded(await project.destroy());
      assert.deepEqual(compareSnapshots(before, await takeSnapshot(quickstart)), []);
    });
  });
}

describe("a change made by hand, with the real engine", function () {
  this.timeout(300_000);
  let quickstart: Quickstart;
  before(async () => {
    quickstart = await startQuickstart();
    succeeded(await quickstart.project.up());
    assert.equal((await quickstart.verify()).connected, true);
  });
  after(() => quickstart.close());

  /** Refresh finds the change, preview shows it, up repairs it, and then there is nothing more to do. */
  async function foundAndRepaired(found: readonly string[], repaired: readonly string[]) {
    const { project } = quickstart;
    const refresh = succeeded(await project.refresh());
    assert.deepEqual(changes(refresh), [...found].sort(), refresh.stdout);
    assert.deepEqual(changes(succeeded(await project.preview())), [...repaired].sort());
    succeeded(await project.up());
    assert.equal((await quickstart.verify()).connected, true);
    assert.deepEqual(changes(succeeded(await project.preview({ args: ["--refresh"] }))), []);
  }

  it("is found and repaired: the endpoint was stopped", async () => {
    await quickstart.sqlServer.query("ALTER ENDPOINT [database_mirroring_endpoint] STATE = STOPPED");
    await foundAndRepaired(["update pairing-endpoint"], ["update pairing-endpoint"]);
  });

  it("is found and repaired: the managed instance's certificate was dropped", async () => {
    const [row] = await quickstart.sqlServer.query<{ name: string }>(
      "SELECT name FROM sys.certificates WHERE name LIKE N'%.database.windows.net'",
    );
    await quickstart.sqlServer.query(`DROP CERTIFICATE [${row?.name}]`);
    await foundAndRepaired(
      // The distributed group misses the certificate, whichever stack made it.
      ["delete pairing-instance-certificate", "update link-dag"],
      [
        "create pairing-instance-certificate",
        // The fqdn is unknown until the certificate is made; up finds that it has not changed.
        "update link-dag",
      ],
    );
  });

  it("is found and repaired: the distributed availability group was dropped", async () => {
    await quickstart.sqlServer.query(`DROP AVAILABILITY GROUP [${quickstart.names.link}]`);
    await foundAndRepaired(["delete link-dag"], ["create link-dag"]);
  });

  it("is found and repaired: the trust certificate was deleted", async () => {
    const [certificate] = await quickstart.arm.list(`${quickstart.managedInstanceId}/serverTrustCertificates`);
    await quickstart.arm.delete(certificate?.id ?? "none");
    await foundAndRepaired(["delete pairing-trust"], ["create pairing-trust"]);
  });

  // Safety A1
  it("is found and told, and never repaired over a database that stands alone: the link was deleted in Azure", async () => {
    const { project, arm, managedInstanceId, names } = quickstart;
    await arm.delete(`${managedInstanceId}/distributedAvailabilityGroups/${names.link}`);
    assert.deepEqual(changes(succeeded(await project.refresh())), ["update link-link"]);
    assert.notEqual((await project.up()).code, 0);
    const [database] = await arm.list(`${managedInstanceId}/databases`);
    assert.equal(database?.name, names.database);
  });

  it("is found and repaired: the link was deleted in Azure, and its copy too", async () => {
    const { project, arm, managedInstanceId, names } = quickstart;
    await arm.delete(`${managedInstanceId}/databases/${names.database}`);
    succeeded(await project.up({ args: ["--refresh"] }));
    assert.equal((await quickstart.verify()).connected, true);
    assert.deepEqual(changes(succeeded(await project.preview({ args: ["--refresh"] }))), []);
  });

  it("is found and repaired: endpoint and certificate of the SQL Server were dropped", async () => {
    const [row] = await quickstart.sqlServer.query<{ name: string }>(
      "SELECT name FROM sys.certificates WHERE pvt_key_encryption_type = 'MK'",
    );
    await quickstart.sqlServer.query("DROP ENDPOINT [database_mirroring_endpoint]");
    await quickstart.sqlServer.query(`DROP CERTIFICATE [${row?.name}]`);
    const { project } = quickstart;
    succeeded(await project.refresh());
    succeeded(await project.up());
    assert.equal((await quickstart.verify()).connected, true);
    assert.deepEqual(changes(succeeded(await project.preview({ args: ["--refresh"] }))), []);
  });
});

import assert from "node:assert/strict";
import { createLink, linkedDatabase, putLink, seenFromInstance, seenFromSqlServer } from "./link-calls";
import {
  addCertificate,
  addDistributedGroup,
  child,
  createScene,
  linkAddress,
  prepareBothSides,
  type Scene,
  type SceneOptions,
} from "./scene";

describe("a link between a SQL Server and a managed instance", () => {
  let scene: Scene;
  afterEach(() => scene.close());

  async function prepare(options?: SceneOptions): Promise<void> {
    scene = await createScene(options);
    await prepareBothSides(scene);
  }

  describe("that both sides agree on", () => {
    beforeEach(() => prepare());

    it("connects, and both sides see it", async () => {
      const accepted = await putLink(scene);
      assert.equal(accepted.status, 202);
      assert.equal(accepted.body.operation, "DistributedAvailabilityGroupsLinkCreate");
      const ended = await scene.arm.finish(accepted);
      assert.equal(ended.body.status, "Succeeded");
      const link = await linkedDatabase(scene);
      assert.equal(link?.replicaState, "LinkSynchronizing");
      assert.equal(link?.connectedState, "CONNECTED");
      assert.equal(link?.synchronizationHealth, "HEALTHY");
      assert.equal(link?.lastHardenedLsn, String(scene.sqlServer.databases.get("db1")?.endOfLogLsn));
      assert.equal(link?.partnerAuthCertValidity?.certificateName, "Cert_sqlserver1_endpoint");

      const there = seenFromSqlServer(scene);
      assert.deepEqual(
        [there.connected, there.remoteRole, there.synchronizationHealth],
        [true, "SECONDARY", "HEALTHY"],
      );
      assert.equal(there.databases[0]?.synchronizationState, "SYNCHRONIZING");
      const here = seenFromInstance(scene);
      assert.deepEqual([here.connected, here.remoteRole, here.synchronizationHealth], [true, "PRIMARY", "HEALTHY"]);
      const copy = scene.instance.engine.databases.get("db1");
      assert.deepEqual([copy?.state, copy?.isReadOnly], ["ONLINE", true]);
      assert.deepEqual(
        [...scene.instance.engine.groups.values()].map(({ name, role }) => [name, role]),
        [
          ["AG_db1_MI", "SECONDARY"],
          ["DAG_db1", "SECONDARY"],
        ],
      );
    });

    it("is the same link when it is put again, and another one is refused", async () => {
      await createLink(scene);
      const { body } = await scene.arm.send("GET", linkAddress(scene));
      assert.equal((await createLink(scene)).body.status, "Succeeded");
      const again = await scene.arm.send("GET", linkAddress(scene));
      assert.equal(
        again.body.properties?.distributedAvailabilityGroupId,
        body.properties?.distributedAvailabilityGroupId,
      );
      assert.equal((await putLink(scene, { partnerAvailabilityGroupName: "AG_other" })).status, 400);
    });

    it("leaves a database of its own, read-write, when it is deleted", async () => {
      await createLink(scene);
      const busy = await scene.arm.finish(await scene.arm.send("DELETE", child(scene, "databases/db1")));
      assert.equal(busy.body.error?.code, "InvalidOperationForDatabaseNotInReplicationRelationship");
      const accepted = await scene.arm.send("DELETE", linkAddress(scene));
      assert.equal(accepted.body.operation, "DistributedAvailabilityGroupsDropLink");
      assert.equal((await scene.arm.finish(accepted)).body.status, "Succeeded");
      const gone = await scene.arm.send("GET", linkAddress(scene));
      assert.equal(gone.status, 404);
      assert.equal(
        gone.body.error?.message,
        "The requested resource of type 'Microsoft.Sql/managedInstances/distributedAvailabilityGroups' with name 'DAG_db1' was not found.",
      );
      const copy = scene.instance.engine.databases.get("db1");
      assert.deepEqual([copy?.state, copy?.isReadOnly, copy?.groupDatabaseId], ["ONLINE", false, undefined]);
      assert.equal(scene.instance.engine.groups.size, 0);
      assert.equal(seenFromSqlServer(scene).connected, false);

      assert.equal((await putLink(scene)).body.error?.code, "ManagedDatabaseNameInUse");
      assert.equal(
        (await scene.arm.finish(await scene.arm.send("DELETE", child(scene, "databases/db1")))).body.status,
        "Succeeded",
      );
      assert.equal((await scene.arm.send("DELETE", child(scene, "databases/db1"))).status, 204);
      assert.equal((await createLink(scene)).body.status, "Succeeded");
    });

    it("takes a change from who sends back what it read, though that lacks the groups' names in the old shape", async () => {
      await createLink(scene);
      const address = linkAddress(scene).replace(/api-version=.*/, "api-version=2022-02-01-preview");
      const { properties } = (await scene.arm.send("GET", address)).body;
      assert.equal(properties?.primaryAvailabilityGroupName, undefined);
      const changed = await scene.arm.send("PUT", address, { properties: { ...properties, replicationMode: "Sync" } });
      assert.equal((await scene.arm.finish(changed)).body.status, "Succeeded");
      const { properties: now } = (await scene.arm.send("GET", address)).body;
      assert.deepEqual({ ...now }, { ...properties, replicationMode: "Sync" });
    });

    const breaks: readonly [what: string, breakIt: () => unknown, number: number, repair: () => unknown][] = [
      ["the endpoint is stopped", () => setEndpointState("STOPPED"), 41976, () => setEndpointState("STARTED")],
      [
        "the distributed group is dropped",
        () => scene.sqlServer.groups.delete("dag_db1"),
        41976,
        () => addDistributedGroup(scene),
      ],
      [
        "the trust certificate is deleted",
        () => scene.instance.trustCertificates.delete("cert_sqlserver1_endpoint"),
        41973,
        () => trustAgain(),
      ],
      [
        "the instance's certificate is dropped",
        () => scene.sqlServer.certificates.delete(scene.instance.engine.fqdn),
        41974,
        () => addCertificate(scene.sqlServer, scene.instance.engine.fqdn, scene.instance.endpointCertificate.der),
      ],
    ];
    for (const [what, breakIt, number, repair] of breaks) {
      it(`is lost when ${what}, and connects again when that is repaired`, async () => {
        await createLink(scene);
        await breakIt();
        const lost = await linkedDatabase(scene);
        assert.deepEqual(
          [lost?.replicaState, lost?.connectedState, lost?.synchronizationHealth, lost?.mostRecentLinkError],
          ["LinkSynchronizationError", "DISCONNECTED", "NOT_HEALTHY", String(number)],
        );
        assert.equal(seenFromInstance(scene).lastConnectError?.number, number);
        await repair();
        assert.equal((await linkedDatabase(scene))?.connectedState, "CONNECTED");
        assert.equal(seenFromSqlServer(scene).connected, true);
      });
    }
    async function setEndpointState(state: "STARTED" | "STOPPED"): Promise<void> {
      if (scene.sqlServer.mirroringEndpoint) scene.sqlServer.mirroringEndpoint.state = state;
      await scene.listener.follow();
    }
    function trustAgain(): void {
      const certificate = scene.sqlServer.certificates.get("cert_sqlserver1_endpoint");
      assert.ok(certificate);
      scene.instance.trustCertificates.set("cert_sqlserver1_endpoint", certificate);
    }
  });

  describe("whose database is copied", () => {
    beforeEach(() => prepare({ options: { seedingBytesPerSecond: 1000, linkTimeoutMilliseconds: 3_600_000 } }));

    async function untilSeeding(): Promise<void> {
      while (!scene.instance.links.get("dag_db1")?.databases[0]?.seeding)
        await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const half = (8 * 2 ** 20) / 1000 / 2;

    it("shows how far it is, and the database as restoring", async () => {
      const accepted = await putLink(scene);
      await untilSeeding();
      scene.clock.advance(half * 1000);
      const link = await linkedDatabase(scene);
      assert.deepEqual([link?.replicaState, link?.seedingProgress], ["CreatingLink", "50%"]);
      const poll = await scene.arm.send("GET", accepted.headers["azure-asyncoperation"] ?? "");
      assert.equal(poll.body.status, "InProgress");
      assert.equal(scene.instance.engine.databases.get("db1")?.state, "RESTORING");
      const db1 = scene.sqlServer.databases.get("db1");
      assert.ok(db1);
      const seeding = scene.running.network.seeding(scene.sqlServer, db1);
      assert.equal(seeding?.databaseSizeBytes, 8 * 2 ** 20);
      assert.ok(seeding.transferredBytes >= 4 * 2 ** 20 && seeding.completed === undefined);
      scene.clock.advance(half * 1000);
      assert.equal((await scene.arm.finish(accepted)).body.status, "Succeeded");
      assert.ok(scene.running.network.seeding(scene.sqlServer, db1)?.completed);
    });

    it("starts over when the connection is lost meanwhile", async () => {
      const accepted = await putLink(scene);
      await untilSeeding();
      scene.clock.advance(half * 1000);
      scene.sqlServer.groups.delete("dag_db1");
      await new Promise((resolve) => setTimeout(resolve, 60));
      addDistributedGroup(scene);
      const link = () => scene.instance.links.get("dag_db1");
      while (link()?.databases[0]?.seeding?.attempts === 1) await new Promise((resolve) => setTimeout(resolve, 5));
      assert.equal((await linkedDatabase(scene))?.seedingProgress, "0%");
      scene.clock.advance(2 * half * 1000);
      assert.equal((await scene.arm.finish(accepted)).body.status, "Succeeded");
    });

    it("leaves nothing when it is deleted", async () => {
      const accepted = await putLink(scene);
      await untilSeeding();
      await scene.arm.finish(await scene.arm.send("DELETE", linkAddress(scene)));
      assert.equal((await scene.arm.finish(accepted)).body.status, "Failed");
      assert.equal(scene.instance.engine.databases.has("db1"), false);
      assert.equal(scene.instance.engine.groups.size, 0);
    });
  });
});

import assert from "node:assert/strict";
import { createSelfSigned } from "#lab/sql-server/certificates/self-signed";
import type { Answer, Json } from "./arm-client";
import { addCertificate, addDistributedGroup, addGroup, child, createScene, linkAddress, linkBody, partnerEndpoint, prepareBothSides, type Scene, type SceneOptions } from "./scene";

describe("a link between a SQL Server and a managed instance", () => {
  let scene: Scene;
  afterEach(() => scene.close());

  async function prepare(options?: SceneOptions): Promise<void> {
    scene = await createScene(options);
    await prepareBothSides(scene);
  }
  const put = (changes?: object): Promise<Answer> => scene.arm.send("PUT", linkAddress(scene), linkBody(scene, changes));
  const create = async (changes?: object): Promise<Answer> => scene.arm.finish(await put(changes));
  async function database(): Promise<Json | undefined> {
    const link = await scene.arm.send("GET", linkAddress(scene));
    return link.body.properties?.databases?.[0];
  }
  function seenFromSqlServer() {
    const group = scene.sqlServer.groups.get("dag_db1");
    assert.ok(group);
    return scene.running.network.partnerState(scene.sqlServer, group);
  }
  function seenFromInstance() {
    const group = scene.instance.engine.groups.get("dag_db1");
    assert.ok(group);
    return scene.running.network.partnerState(scene.instance.engine, group);
  }

  describe("that both sides agree on", () => {
    beforeEach(() => prepare());

    it("connects, and both sides see it", async () => {
      const accepted = await put();
      assert.equal(accepted.status, 202);
      assert.equal(accepted.body.operation, "DistributedAvailabilityGroupsLinkCreate");
      const ended = await scene.arm.finish(accepted);
      assert.equal(ended.body.status, "Succeeded");
      const link = await database();
      assert.equal(link?.replicaState, "LinkSynchronizing");
      assert.equal(link?.connectedState, "CONNECTED");
      assert.equal(link?.synchronizationHealth, "HEALTHY");
      assert.equal(link?.lastHardenedLsn, String(scene.sqlServer.databases.get("db1")?.endOfLogLsn));
      assert.equal(link?.partnerAuthCertValidity?.certificateName, "Cert_sqlserver1_endpoint");

      const there = seenFromSqlServer();
      assert.deepEqual([there.connected, there.remoteRole, there.synchronizationHealth], [true, "SECONDARY", "HEALTHY"]);
      assert.equal(there.databases[0]?.synchronizationState, "SYNCHRONIZING");
      const here = seenFromInstance();
      assert.deepEqual([here.connected, here.remoteRole, here.synchronizationHealth], [true, "PRIMARY", "HEALTHY"]);
      const copy = scene.instance.engine.databases.get("db1");
      assert.deepEqual([copy?.state, copy?.isReadOnly], ["ONLINE", true]);
      assert.deepEqual([...scene.instance.engine.groups.values()].map(({ name, role }) => [name, role]), [["AG_db1_MI", "SECONDARY"], ["DAG_db1", "SECONDARY"]]);
    });

    it("is disconnected on SQL Server until it is made", () => {
      const state = seenFromSqlServer();
      assert.equal(state.connected, false);
      assert.equal(state.lastConnectError?.number, 35201);
      assert.match(state.lastConnectError?.description ?? "", /connection timeout has occurred while attempting .* 'AG_db1_MI'/);
    });

    it("is the same link when it is put again, and another one is refused", async () => {
      await create();
      const { body } = await scene.arm.send("GET", linkAddress(scene));
      assert.equal((await create()).body.status, "Succeeded");
      const again = await scene.arm.send("GET", linkAddress(scene));
      assert.equal(again.body.properties?.distributedAvailabilityGroupId, body.properties?.distributedAvailabilityGroupId);
      assert.equal((await put({ partnerAvailabilityGroupName: "AG_other" })).status, 409);
    });

    it("leaves a database of its own, read-write, when it is deleted", async () => {
      await create();
      const busy = await scene.arm.finish(await scene.arm.send("DELETE", child(scene, "databases/db1")));
      assert.equal(busy.body.error?.code, "InvalidOperationForDatabaseNotInReplicationRelationship");
      const accepted = await scene.arm.send("DELETE", linkAddress(scene));
      assert.equal(accepted.body.operation, "DistributedAvailabilityGroupsDropLink");
      assert.equal((await scene.arm.finish(accepted)).body.status, "Succeeded");
      const gone = await scene.arm.send("GET", linkAddress(scene));
      assert.equal(gone.status, 404);
      assert.equal(gone.body.error?.message, "The requested resource of type 'Microsoft.Sql/managedInstances/distributedAvailabilityGroups' with name 'DAG_db1' was not found.");
      const copy = scene.instance.engine.databases.get("db1");
      assert.deepEqual([copy?.state, copy?.isReadOnly, copy?.groupDatabaseId], ["ONLINE", false, undefined]);
      assert.equal(scene.instance.engine.groups.size, 0);
      assert.equal(seenFromSqlServer().connected, false);

      assert.equal((await put()).body.error?.code, "ManagedDatabaseNameInUse");
      assert.equal((await scene.arm.finish(await scene.arm.send("DELETE", child(scene, "databases/db1")))).body.status, "Succeeded");
      assert.equal((await scene.arm.send("DELETE", child(scene, "databases/db1"))).status, 204);
      assert.equal((await create()).body.status, "Succeeded");
    });

    it("fails to be deleted, after the request was accepted, when it is not there", async () => {
      const accepted = await scene.arm.send("DELETE", linkAddress(scene, "2023-08-01-preview", "InvalidLink"));
      assert.equal(accepted.status, 202);
      const ended = await scene.arm.finish(accepted);
      assert.equal(ended.status, 200);
      assert.deepEqual(ended.body.error, { code: "OperationIdNotFound", message: "The operation with Id: 'InvalidLink' does not exist." });
    });

    it("takes a change of replication mode", async () => {
      await create();
      const accepted = await scene.arm.send("PATCH", linkAddress(scene), { properties: { replicationMode: "Sync" } });
      assert.equal((await scene.arm.finish(accepted)).body.status, "Succeeded");
      assert.equal((await scene.arm.send("GET", linkAddress(scene))).body.properties?.replicationMode, "Sync");
    });

    const breaks: readonly [what: string, breakIt: () => unknown, number: number, repair: () => unknown][] = [
      ["the endpoint is stopped", () => setEndpointState("STOPPED"), 41986, () => setEndpointState("STARTED")],
      ["the distributed group is dropped", () => scene.sqlServer.groups.delete("dag_db1"), 41976, () => addDistributedGroup(scene)],
      ["the trust certificate is deleted", () => scene.instance.trustCertificates.delete("cert_sqlserver1_endpoint"), 41973, () => trustAgain()],
      ["the instance's certificate is dropped", () => scene.sqlServer.certificates.delete(scene.instance.engine.fqdn), 41974, () => addCertificate(scene.sqlServer, scene.instance.engine.fqdn, scene.instance.endpointCertificate.der)],
    ];
    for (const [what, breakIt, number, repair] of breaks) {
      it(`is lost when ${what}, and connects again when that is repaired`, async () => {
        await create();
        await breakIt();
        const lost = await database();
        assert.deepEqual([lost?.replicaState, lost?.connectedState, lost?.synchronizationHealth, lost?.mostRecentLinkError], ["LinkSynchronizationError", "DISCONNECTED", "NOT_HEALTHY", String(number)]);
        assert.equal(seenFromInstance().lastConnectError?.number, number);
        await repair();
        assert.equal((await database())?.connectedState, "CONNECTED");
        assert.equal(seenFromSqlServer().connected, true);
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

  describe("that the two sides do not agree on", () => {
    const disagreements: readonly [what: string, number: number, state: string, spoil: (scene: Scene) => unknown, shown?: RegExp][] = [
      ["whose endpoint does not listen", 41986, "LinkInitError", ({ listener }) => listener.close()],
      ["whose endpoint is stopped", 41986, "LinkInitError", async ({ sqlServer, listener }) => {
        endpointOf(sqlServer).state = "STOPPED";
        await listener.follow();
      }],
      ["whose endpoint is a witness", 41976, "LinkInitError", ({ sqlServer }) => { endpointOf(sqlServer).role = "WITNESS"; }],
      ["whose endpoint does not speak AES", 41976, "LinkInitError", ({ sqlServer }) => { endpointOf(sqlServer).encryption = { mode: "REQUIRED", algorithms: ["RC4"] }; }, /encryption algorithm/],
      ["whose endpoint knows only Windows", 41976, "LinkInitError", ({ sqlServer }) => { endpointOf(sqlServer).authentication = [{ windows: "NEGOTIATE" }]; }, /authentication protocol/],
      ["whose endpoint certificate Azure does not have", 41973, "LinkInitError", ({ instance }) => instance.trustCertificates.clear(), /Certificate not found/],
      ["whose endpoint certificate is expired", 41976, "LinkInitError", ({ clock }) => clock.advance(101 * 86_400_000), /expired/],
      ["whose endpoint certificate belongs to another key", 41976, "LinkInitError", async ({ sqlServer, instance }) => {
        const own = sqlServer.certificates.get("cert_sqlserver1_endpoint");
        assert.ok(own);
        sqlServer.certificates.set("cert_sqlserver1_endpoint", { ...own, privateKey: instance.endpointCertificate.key });
      }, /private key/],
      ["whose SQL Server lacks the instance's certificate", 41974, "LinkInitError", ({ sqlServer, instance }) => sqlServer.certificates.delete(instance.engine.fqdn), /Certificate not found/],
      ["whose SQL Server has the instance's certificate by another name", 41974, "LinkInitError", ({ sqlServer, instance }) => {
        sqlServer.certificates.delete(instance.engine.fqdn);
        addCertificate(sqlServer, "sqlmi1", instance.endpointCertificate.der);
      }],
      ["whose SQL Server has another certificate by the instance's name", 41974, "LinkInitError", async ({ sqlServer, instance, clock }) => {
        const forged = await createSelfSigned({ subject: instance.engine.fqdn, notBefore: new Date(clock.now().getTime() - 1000), notAfter: new Date(clock.now().getTime() + 1e9) });
        addCertificate(sqlServer, instance.engine.fqdn, forged.der);
      }],
      ["whose SQL Server lacks the roots", 41974, "LinkInitError", ({ sqlServer }) => {
        sqlServer.certificates.delete("microsoftpki");
        sqlServer.certificates.delete("digicertpki");
      }],
      ["whose roots are trusted for another domain only", 41974, "LinkInitError", ({ sqlServer }) => {
        for (const { trustedIssuerFor } of sqlServer.certificates.values()) if (trustedIssuerFor.delete("*.database.windows.net")) trustedIssuerFor.add("*.database.chinacloudapi.cn");
      }],
      ["without a distributed group", 41976, "LinkInitError", ({ sqlServer }) => sqlServer.groups.delete("dag_db1")],
      ["without an availability group", 41976, "LinkInitError", ({ sqlServer }) => sqlServer.groups.delete("ag_db1")],
      ["whose listener URL does not name the server", 41976, "LinkInitError", (scene) => addDistributedGroup(scene, `tcp://${scene.instance.engine.fqdn}:5022`), /redirect string is empty/],
      ["whose listener URL names another host", 41976, "LinkInitError", (scene) => addDistributedGroup(scene, "tcp://sqlmi2.x.database.windows.net:5022;Server=[sqlmi1]"), /DNS lookup failed/],
      ["whose listener URL names another server", 41976, "LinkInitError", (scene) => addDistributedGroup(scene, `tcp://${scene.instance.engine.fqdn}:5022;Server=[sqlmi2]`)],
      ["whose own listener URL is another address", 41976, "LinkInitError", ({ sqlServer }) => {
        const member = sqlServer.groups.get("dag_db1")?.replicas[0];
        assert.ok(member);
        member.url = "TCP://10.0.0.4:5022";
      }],
      ["whose availability group is empty", 47521, "LinkInitError", ({ sqlServer }) => sqlServer.groups.get("ag_db1")?.databases.clear()],
      ["whose availability group holds another database", 41977, "LinkCreationError", ({ sqlServer }) => {
        sqlServer.groups.delete("ag_db1");
        addGroup(sqlServer, { name: "AG_db1", databases: ["db2"], members: [["sqlserver1", "TCP://127.0.0.1:5022"]] });
      }],
    ];
    for (const [what, number, state, spoil, shown] of disagreements) {
      it(`fails with ${number} for one ${what}`, async () => {
        await prepare();
        await spoil(scene);
        const ended = await create();
        assert.equal(ended.status, 200);
        assert.equal(ended.body.status, "Failed");
        assert.ok(ended.body.error?.message);
        const link = await database();
        assert.deepEqual([link?.replicaState, link?.connectedState, link?.mostRecentLinkError], [state, "DISCONNECTED", String(number)]);
        assert.equal(scene.instance.engine.databases.has("db1"), false);
        if (shown) assert.match(seenFromSqlServer().lastConnectError?.description ?? "", shown);
      });
    }

    it("is refused to a SQL Server that is newer than the update policy", async () => {
      await prepare({ version: "17.0.1000.7" });
      assert.equal((await create()).body.error?.code, "ManagedInstanceRestoreToInstanceWithOlderVersionEdition");
    });

    it("connects when it is put again after the mistake was mended", async () => {
      await prepare();
      scene.sqlServer.groups.delete("dag_db1");
      assert.equal((await create()).body.status, "Failed");
      addDistributedGroup(scene);
      assert.equal((await create()).body.status, "Succeeded");
    });

    it("waits for a SQL Server that is made ready meanwhile", async () => {
      await prepare({ options: { linkTimeoutMilliseconds: 60_000 } });
      scene.sqlServer.groups.delete("dag_db1");
      const accepted = await put();
      assert.equal((await database())?.replicaState, "CreatingLink");
      addDistributedGroup(scene);
      assert.equal((await scene.arm.finish(accepted)).body.status, "Succeeded");
    });
  });

  describe("while its database is copied", () => {
    beforeEach(() => prepare({ options: { seedingBytesPerSecond: 1000, linkTimeoutMilliseconds: 3_600_000 } }));

    async function untilSeeding(): Promise<void> {
      while (!scene.instance.links.get("dag_db1")?.seeding) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const half = (8 * 2 ** 20) / 1000 / 2;

    it("shows how far it is, and the database as restoring", async () => {
      const accepted = await put();
      await untilSeeding();
      scene.clock.advance(half * 1000);
      const link = await database();
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
      const accepted = await put();
      await untilSeeding();
      scene.clock.advance(half * 1000);
      scene.sqlServer.groups.delete("dag_db1");
      await new Promise((resolve) => setTimeout(resolve, 60));
      addDistributedGroup(scene);
      const link = () => scene.instance.links.get("dag_db1");
      while (link()?.seeding?.attempts === 1) await new Promise((resolve) => setTimeout(resolve, 5));
      assert.equal((await database())?.seedingProgress, "0%");
      scene.clock.advance(2 * half * 1000);
      assert.equal((await scene.arm.finish(accepted)).body.status, "Succeeded");
    });

    it("leaves nothing when it is deleted", async () => {
      const accepted = await put();
      await untilSeeding();
      await scene.arm.finish(await scene.arm.send("DELETE", linkAddress(scene)));
      assert.equal((await scene.arm.finish(accepted)).body.status, "Failed");
      assert.equal(scene.instance.engine.databases.has("db1"), false);
      assert.equal(scene.instance.engine.groups.size, 0);
    });

    it("keeps a second link waiting only where the instance cannot make two at once", async () => {
      await put();
      const second = linkBody(scene, { instanceAvailabilityGroupName: "AG_db2_MI", databases: [{ databaseName: "db2" }] });
      assert.equal((await scene.arm.send("PUT", linkAddress(scene, "2023-08-01", "DAG_db2"), second)).status, 202);
      Object.assign(scene.running.azure.options, { linksSideBySide: false });
      const third = linkBody(scene, { instanceAvailabilityGroupName: "AG_db3_MI", databases: [{ databaseName: "db3" }] });
      const refused = await scene.arm.send("PUT", linkAddress(scene, "2023-08-01", "DAG_db3"), third);
      assert.deepEqual([refused.status, refused.body.error?.code], [400, "OperationCanNotStartDueToMiLink"]);
    });
  });

  it("is shown in the old shape to clients of the old versions", async () => {
    await prepare();
    const body = { properties: { targetDatabase: "db1", sourceEndpoint: partnerEndpoint(scene), primaryAvailabilityGroupName: "AG_db1", secondaryAvailabilityGroupName: "AG_db1_MI", replicationMode: "Async" } };
    const accepted = await scene.arm.send("PUT", linkAddress(scene, "2022-02-01-preview"), body);
    assert.equal((await scene.arm.finish(accepted)).body.status, "Succeeded");
    const { body: link } = await scene.arm.send("GET", linkAddress(scene, "2021-11-01-preview"));
    assert.deepEqual(Object.keys(link.properties ?? {}), ["targetDatabase", "sourceEndpoint", "replicationMode", "distributedAvailabilityGroupId", "sourceReplicaId", "targetReplicaId", "linkState", "lastHardenedLsn"]);
    assert.equal(link.properties?.linkState, "Catchup");
  });
});

function endpointOf({ mirroringEndpoint }: Scene["sqlServer"]) {
  assert.ok(mirroringEndpoint);
  return mirroringEndpoint;
}

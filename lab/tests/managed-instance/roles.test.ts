import assert from "node:assert/strict";
import type { RoleChange } from "#lab/network";
import { SqlError } from "#lab/tsql/messages";
import type { Answer, Json } from "./arm-client";
import { createLink, linkedDatabase, putLink, seenFromInstance, seenFromSqlServer } from "./link-calls";
import {
  child,
  createScene,
  linkAddress,
  prepareBothSides,
  prepareInstancePrimary,
  type Scene,
  type SceneOptions,
} from "./scene";

describe("the roles of a link", () => {
  let scene: Scene;
  afterEach(() => scene.close());

  async function sqlServerFirst(options?: SceneOptions): Promise<void> {
    scene = await createScene(options);
    await prepareBothSides(scene);
    assert.equal((await createLink(scene)).body.status, "Succeeded");
  }
  async function instanceFirst(options?: SceneOptions): Promise<Answer> {
    scene = await createScene(options);
    await prepareInstancePrimary(scene);
    return createLink(scene, { instanceLinkRole: "Primary" });
  }
  /** Changes a role as ALTER AVAILABILITY GROUP asks for it. */
  async function fromSqlServer(change: RoleChange): Promise<number | undefined> {
    return changed(scene.sqlServer, change);
  }
  async function fromInstance(change: RoleChange): Promise<number | undefined> {
    return changed(scene.instance.engine, change);
  }
  async function changed(engine: Scene["sqlServer"], change: RoleChange): Promise<number | undefined> {
    const group = engine.groups.get("dag_db1");
    assert.ok(group);
    try {
      await scene.running.network.changeRole(engine, group, change);
      return undefined;
    } catch (error) {
      assert.ok(error instanceof SqlError);
      return error.number;
    }
  }
  const post = (action: string, body: object, version = "2023-08-01") =>
    scene.arm.send("POST", child(scene, `distributedAvailabilityGroups/DAG_db1/${action}`, version), body);

  async function shown(): Promise<readonly (Json | undefined)[]> {
    const { body } = await scene.arm.send("GET", linkAddress(scene));
    const database = body.properties?.databases?.[0];
    return [
      body.properties?.instanceLinkRole,
      body.properties?.partnerLinkRole,
      database?.replicaState,
      database?.connectedState,
      database?.synchronizationHealth,
      database?.mostRecentLinkError,
    ];
  }
  const healthy = ["LinkSynchronizing", "CONNECTED", "HEALTHY", undefined];
  const torn = ["LinkSynchronizationError", "DISCONNECTED", "HEALTHY", "41976"];
  const readOnly = () => [
    scene.sqlServer.databases.get("db1")?.isReadOnly,
    scene.instance.engine.databases.get("db1")?.isReadOnly,
  ];

  it("swap on both sides when SQL Server fails over, and swap back", async () => {
    await sqlServerFirst();
    await scene.arm.finish(
      await scene.arm.send("PATCH", linkAddress(scene), { properties: { replicationMode: "Sync" } }),
    );
    assert.equal(await fromSqlServer("failover"), undefined);
    assert.deepEqual(await shown(), ["Primary", "Secondary", ...healthy]);
    assert.deepEqual(readOnly(), [true, false]);
    assert.equal(seenFromSqlServer(scene).remoteRole, "PRIMARY");
    assert.equal(seenFromInstance(scene).remoteRole, "SECONDARY");
    const { body } = await scene.arm.send("GET", linkAddress(scene));
    assert.equal(body.properties?.replicationMode, "Async");
    assert.ok(body.properties?.databases?.[0]?.lastSentLsn);

    assert.equal(await fromInstance("failover"), undefined);
    assert.deepEqual(await shown(), ["Secondary", "Primary", ...healthy]);
    assert.deepEqual(readOnly(), [false, true]);
  });

  it("swap by a planned failover through the management plane, whose result is a stub", async () => {
    assert.equal((await instanceFirst()).body.status, "Succeeded");
    const accepted = await post("failover", { failoverType: "Planned" });
    assert.deepEqual([accepted.status, accepted.body.operation], [202, "DistributedAvailabilityGroupsLinkFailover"]);
    assert.equal((await scene.arm.finish(accepted)).body.status, "Succeeded");
    const result = await scene.arm.send("GET", accepted.headers.location ?? "");
    assert.deepEqual(result.body.properties, {
      distributedAvailabilityGroupName: "DAG_db1",
      instanceLinkRole: "Secondary",
      failoverMode: "None",
      seedingMode: "Automatic",
    });
    assert.deepEqual(await shown(), ["Secondary", "Primary", ...healthy]);
  });

  it("do not fit after a forced failover from the primary, until SQL Server is forced too", async () => {
    await instanceFirst();
    const accepted = await post("failover", { failoverType: "ForcedAllowDataLoss" });
    assert.equal((await scene.arm.finish(accepted)).body.status, "Succeeded");
    assert.deepEqual(await shown(), ["Secondary", "Primary", ...torn]);
    assert.equal(seenFromSqlServer(scene).connected, false);
    assert.equal(await fromSqlServer("failover"), 47514);
    assert.equal(await fromSqlServer("forceFailoverAllowDataLoss"), undefined);
    assert.deepEqual(await shown(), ["Secondary", "Primary", ...healthy]);
  });

  it("stay as they are while one failover runs, and when the sides cannot reach each other", async () => {
    await sqlServerFirst({ options: { changeMilliseconds: 3_600_000 } });
    const running = fromSqlServer("failover");
    assert.equal(await fromSqlServer("failover"), 47513);
    assert.equal((await linkedDatabase(scene))?.replicaState, "LinkFailoverInProgress");
    assert.equal(seenFromSqlServer(scene).isFailingOver, true);
    const refused = await post("failover", { failoverType: "ForcedAllowDataLoss" });
    assert.deepEqual(
      [refused.status, refused.body.error?.code],
      [409, "DistributedAvailabilityGroupSetRoleChangeRoleAlreadyInProgress"],
    );
    scene.clock.advance(3_600_000);
    assert.equal(await running, undefined);
    scene.running.azure.cuts.cut("sqlserver1", "sqlmi1");
    assert.equal(await fromInstance("failover"), 47514);
    assert.deepEqual(readOnly(), [true, false]);
  });

  for (const [action, version] of [
    ["failover", "2023-05-01-preview"],
    ["setRole", "2022-08-01-preview"],
  ] as const)
    it(`are not changed by ${action} before the version that brought it`, async () => {
      await sqlServerFirst();
      const answer = await post(action, {}, version);
      assert.deepEqual([answer.status, answer.body.error?.code], [404, "InvalidResourceType"]);
      assert.deepEqual((await shown()).slice(0, 2), ["Secondary", "Primary"]);
    });

  it("change by setRole as the engine lets them", async () => {
    await sqlServerFirst();
    const setRole = async (instanceRole: string, roleChangeType: string) => {
      const ended = await scene.arm.finish(
        await post("setRole", { instanceRole, roleChangeType }, "2022-11-01-preview"),
      );
      return ended.body.error?.message ?? ended.body.status;
    };
    assert.equal(await setRole("Primary", "Planned"), "Switching to Primary role in planned fashion is not supported.");
    assert.match(String(await setRole("Secondary", "Forced")), /already in the requested role/);
    assert.equal(await setRole("Primary", "Forced"), "Succeeded");
    await fromSqlServer("becomeSecondary");
    assert.equal(await setRole("Secondary", "Planned"), "Succeeded");
    assert.deepEqual(await shown(), ["Secondary", "Primary", ...healthy]);
  });

  describe("of a link that starts from the instance", () => {
    it("have it seed SQL Server, which then is read-only", async () => {
      scene = await createScene();
      await prepareInstancePrimary(scene);
      const accepted = await putLink(scene, { instanceLinkRole: "Primary" });
      assert.equal(accepted.body.operation, "DistributedAvailabilityGroupsLinkCreateFromMI");
      assert.equal((await scene.arm.finish(accepted)).body.status, "Succeeded");
      assert.deepEqual(await shown(), ["Primary", "Secondary", ...healthy]);
      const copy = scene.sqlServer.databases.get("db1");
      assert.deepEqual([copy?.state, ...readOnly()], ["ONLINE", true, false]);
      assert.ok(scene.sqlServer.groups.get("ag_db1")?.databases.has("db1"));
      assert.equal((await createLink(scene, { instanceLinkRole: "Primary" })).body.status, "Succeeded");
      assert.equal(
        (await putLink(scene)).body.error?.code,
        "ManagedInstanceLinkForProvidedAvailabilityGroupsAlreadyExists",
      );
      await scene.arm.finish(await scene.arm.send("DELETE", linkAddress(scene)));
      const { isReadOnly, replicaId } = scene.instance.engine.databases.get("db1") ?? {};
      assert.deepEqual([isReadOnly, replicaId], [false, undefined]);
    });

    it("need `;Database=[..]` in the listener's address: 41976 without it", async () => {
      scene = await createScene();
      await prepareInstancePrimary(scene);
      const remote = scene.sqlServer.groups.get("dag_db1")?.replicas[1];
      if (remote) remote.url = remote.url.replace(";Database=[db1]", "");
      await createLink(scene, { instanceLinkRole: "Primary" });
      assert.equal((await linkedDatabase(scene))?.mostRecentLinkError, "41976");
    });
  });
});

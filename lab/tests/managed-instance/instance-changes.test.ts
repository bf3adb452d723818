import assert from "node:assert/strict";
import { createLink, putLink } from "./link-calls";
import { child, createScene, linkAddress, prepareBothSides, type Scene } from "./scene";

const hour = 3_600_000;

describe("a managed instance that is changed", () => {
  let scene: Scene;
  afterEach(() => scene.close());

  const address = (rest = "") => child(scene, rest).replace("/?", "?");
  const shown = async () => (await scene.arm.send("GET", address())).body;
  const patch = (properties: object) => scene.arm.send("PATCH", address(), { properties });

  it("has its new size when that is done, and its old one meanwhile", async () => {
    scene = await createScene({ options: { changeMilliseconds: hour } });
    const accepted = await patch({ vCores: 8, storageSizeInGB: 64, hybridSecondaryUsage: "Passive" });
    assert.deepEqual([accepted.status, accepted.body.operation], [202, "UpsertManagedServer"]);
    const before = await shown();
    assert.deepEqual([before.properties?.state, before.properties?.vCores], ["Updating", 4]);
    scene.clock.advance(hour);
    assert.equal((await scene.arm.finish(accepted)).body.status, "Succeeded");
    const { properties, sku } = await shown();
    assert.deepEqual(
      [properties?.state, properties?.vCores, properties?.storageSizeInGB, properties?.hybridSecondaryUsage],
      ["Ready", 8, 64, "Passive"],
    );
    assert.equal(sku?.capacity, 8);
  });

  it("keeps its old size when the change is cancelled, which its operations tell", async () => {
    scene = await createScene({ options: { changeMilliseconds: hour } });
    const accepted = await patch({ vCores: 8 });
    const list = async () => (await scene.arm.send("GET", address("operations"))).body.value;
    const [running] = Object.values((await list()) ?? {});
    assert.deepEqual(
      [running?.properties?.operation, running?.properties?.state, running?.properties?.isCancellable],
      ["UpsertManagedServer", "InProgress", true],
    );
    assert.equal((await scene.arm.send("POST", address(`operations/${running?.name}/cancel`))).status, 200);
    assert.equal((await scene.arm.finish(accepted)).body.error?.code, "OperationCancelled");
    const [ended] = Object.values((await list()) ?? {});
    assert.equal(ended?.properties?.state, "Cancelled");
    assert.deepEqual([(await shown()).properties?.state, (await shown()).properties?.vCores], ["Ready", 4]);
  });

  it("takes a newer update policy, and then links of newer servers", async () => {
    scene = await createScene({ version: "17.0.1000.7" });
    await prepareBothSides(scene);
    assert.equal((await createLink(scene)).body.status, "Failed");
    await scene.arm.finish(await patch({ databaseFormat: "SQLServer2025" }));
    assert.equal((await createLink(scene)).body.status, "Succeeded");
  });

  it("interrupts a failover by deleting its link", async () => {
    scene = await createScene({ options: { changeMilliseconds: hour } });
    await prepareBothSides(scene);
    await createLink(scene);
    const body = { instanceRole: "Primary", roleChangeType: "Forced" };
    await scene.arm.send("POST", address("distributedAvailabilityGroups/DAG_db1/setRole"), body);
    const group = scene.sqlServer.groups.get("dag_db1");
    assert.ok(group);
    await scene.running.network.changeRole(scene.sqlServer, group, "becomeSecondary");
    const failover = await scene.arm.send("POST", address("distributedAvailabilityGroups/DAG_db1/failover"), {
      failoverType: "Planned",
    });
    assert.equal(failover.status, 202);
    await scene.arm.finish(await scene.arm.send("DELETE", linkAddress(scene)));
    assert.equal((await scene.arm.finish(failover)).body.error?.code, "OperationInterrupted");
  });
});

describe("the requests of a subscription", () => {
  let scene: Scene;
  afterEach(() => scene.close());

  const remaining = async (kind: string, method: "GET" | "PUT" | "DELETE") => {
    const { headers } = await scene.arm.send(method, child(scene, "serverTrustCertificates/none"), undefined);
    const named = (scope: string) => Number(headers[`x-ms-ratelimit-remaining-subscription-${scope}${kind}`]);
    return [named(""), named("global-")] as const;
  };

  it("are counted by kind, and come back with time", async () => {
    scene = await createScene();
    assert.deepEqual(await remaining("reads", "GET"), [1099, 16499]);
    assert.deepEqual(await remaining("writes", "PUT"), [799, 11999]);
    assert.deepEqual(await remaining("deletes", "DELETE"), [799, 11999]);
    for (let count = 0; count < 20; count++) await putLink(scene);
    const [left] = await remaining("writes", "PUT");
    assert.ok(left < 799, String(left));
    scene.clock.advance(80_000);
    assert.deepEqual(await remaining("writes", "PUT"), [799, 11999]);
  });

  it("are throttled where they have a quota, each kind by itself, and told when to come back", async () => {
    scene = await createScene({ options: { requestQuota: 2 } });
    const read = () => scene.arm.send("GET", linkAddress(scene));
    const write = () => scene.arm.send("PUT", linkAddress(scene), {});
    for (const send of [write, write, read, read]) assert.notEqual((await send()).status, 429);
    const refused = await write();
    assert.equal(refused.status, 429);
    assert.equal(refused.headers["x-ms-failure-cause"], "gateway");
    assert.match(
      String(refused.body.error?.message),
      /and operation 'PUT\/SUBSCRIPTIONS\/RESOURCEGROUPS\/PROVIDERS\/MICROSOFT\.SQL\/MANAGEDINSTANCES\/DISTRIBUTEDAVAILABILITYGROUPS' exceeded the backend storage limit/,
    );
    const after = Number(refused.headers["retry-after"]);
    assert.ok(after > 30 && after <= 40, String(after));
    scene.clock.advance(after * 1000);
    assert.notEqual((await write()).status, 429);
  });
});

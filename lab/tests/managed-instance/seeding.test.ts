import assert from "node:assert/strict";
import { linkedDatabase, putLink } from "./link-calls";
import {
  addDistributedGroup,
  createScene,
  linkAddress,
  prepareBothSides,
  type Scene,
  type SceneOptions,
} from "./scene";

describe("a link whose database is copied", () => {
  let scene: Scene;
  afterEach(() => scene.close());

  async function prepare(options?: SceneOptions): Promise<void> {
    scene = await createScene(options);
    await prepareBothSides(scene);
  }

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

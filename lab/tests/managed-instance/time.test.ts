import assert from "node:assert/strict";
import { createClock } from "#lab/clock";
import { createLink, linkedDatabase, putLink, seenFromSqlServer } from "./link-calls";
import { createScene, linkAddress, prepareBothSides, type Scene, type SceneOptions } from "./scene";

const day = 86_400_000;

describe("time and the network", () => {
  let scene: Scene;
  afterEach(() => scene.close());

  async function prepare(options?: SceneOptions): Promise<void> {
    scene = await createScene(options);
    await prepareBothSides(scene);
  }
  async function until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const link = () => scene.instance.links.get("dag_db1");

  it("end a link's certificate on the day it expires", async () => {
    await prepare();
    await createLink(scene);
    scene.clock.advance(99 * day);
    assert.equal((await linkedDatabase(scene))?.connectedState, "CONNECTED");
    scene.clock.advance(2 * day);
    const lost = await linkedDatabase(scene);
    assert.deepEqual([lost?.connectedState, lost?.mostRecentLinkError], ["DISCONNECTED", "41976"]);
    assert.match(seenFromSqlServer(scene).lastConnectError?.description ?? "", /expired/);
  });

  it("cancel the creation of a link after six days, and leave nothing of it", async () => {
    // 8 MiB at ten bytes a second take nine and a half days.
    await prepare({ options: { seedingBytesPerSecond: 10, linkTimeoutMilliseconds: 30 * day } });
    const accepted = await putLink(scene);
    await until(() => link()?.databases[0]?.seeding !== undefined);
    scene.clock.advance(6 * day - 60_000);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const poll = await scene.arm.send("GET", accepted.headers["azure-asyncoperation"] ?? "");
    assert.equal(poll.body.status, "InProgress");
    scene.clock.advance(60_000);
    const ended = await scene.arm.finish(accepted);
    assert.deepEqual([ended.body.status, ended.body.error?.code], ["Failed", "OperationTimedOut"]);
    assert.match(String(ended.body.error?.message), /automatically rolled back/);
    assert.equal((await scene.arm.send("GET", linkAddress(scene))).status, 404);
    assert.equal(scene.instance.engine.databases.has("db1"), false);
  });

  it("let no link be made across a cut: 41986", async () => {
    await prepare();
    scene.running.azure.cuts.cut("sqlserver1", "sqlmi1");
    assert.equal((await createLink(scene)).body.status, "Failed");
    assert.equal((await linkedDatabase(scene))?.mostRecentLinkError, "41986");
    scene.running.azure.cuts.mend();
    assert.equal((await createLink(scene)).body.status, "Succeeded");
  });

  for (const side of ["sqlServer", "instance"] as const) {
    it(`start a copy over when the ${side === "sqlServer" ? "source" : "instance"} restarts meanwhile`, async () => {
      await prepare({ options: { seedingBytesPerSecond: 1000, linkTimeoutMilliseconds: day } });
      const accepted = await putLink(scene);
      await until(() => link()?.databases[0]?.seeding !== undefined);
      scene.clock.advance(4_000_000);
      const engine = side === "sqlServer" ? scene.sqlServer : scene.instance.engine;
      engine.startTime = scene.clock.now();
      await until(() => link()?.databases[0]?.seeding?.attempts === 2);
      assert.equal((await linkedDatabase(scene))?.seedingProgress, "0%");
      scene.clock.advance(10_000_000);
      assert.equal((await scene.arm.finish(accepted)).body.status, "Succeeded");
    });
  }
});

describe("the lab's clock", () => {
  it("wakes a sleeper when it is moved past the end of the sleep, and no sooner", async () => {
    const clock = createClock();
    const hour = 3_600_000;
    let awake = false;
    const sleep = clock.sleep(100 * 24 * hour).then(() => {
      awake = true;
    });
    clock.advance(99 * 24 * hour);
    await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(awake, false);
    clock.advance(24 * hour);
    await sleep;
    assert.ok(clock.now().getTime() >= Date.now() + 99 * 24 * hour);
  });

  it("gives up a sleep that is no longer wanted", async () => {
    const clock = createClock();
    const unwanted = new AbortController();
    const sleep = clock.sleep(3_600_000, unwanted.signal);
    unwanted.abort(new Error("no longer wanted"));
    await assert.rejects(sleep, /no longer wanted/);
    await assert.rejects(clock.sleep(1, unwanted.signal), /no longer wanted/);
  });
});

import assert from "node:assert/strict";
import { type Lab, startLab } from "#lab/index";
import { type Bag, placeIn, tenResources } from "../provider/ten-resources";
import {
  type DynamicProviderServer,
  type InitFailure,
  initFailureOf,
  startDynamicProviderServer,
} from "../support/dynamic-provider";

const provider = (type: string) => `exports.handler=()=>require("pulumi-mi-link/dynamic").handler("${type}")`;

describe("the dynamic provider server while a database is copied", function () {
  this.timeout(60_000);
  let lab: Lab;
  let server: DynamicProviderServer;
  let creating: Promise<InitFailure | undefined>;

  beforeEach(async () => {
    // An hour of copying.
    lab = await startLab({ databaseSizeBytes: 3600 * 2 ** 10, seedingBytesPerSecond: 2 ** 10 });
    const place = placeIn(lab.ready);
    server = await startDynamicProviderServer();
    await server.configure(place.config);
    const made: Record<string, Bag> = {};
    for (const { type, args } of tenResources) {
      const news = { ...args(place, made), __provider: provider(type) };
      const { inputs, failures } = await server.check({}, news);
      assert.deepEqual(failures, []);
      const created = server.create(inputs);
      if (type === "InstanceLink") creating = created.then(() => undefined, initFailureOf);
      else made[type] = (await created).outs;
    }
    const isBegun = () =>
      lab.journal.entries.some(
        (entry) => entry.kind === "request" && entry.method === "PUT" && entry.path.endsWith("/DAG_db1"),
      );
    while (!isBegun()) await new Promise((resolve) => setTimeout(resolve, 10));
  });
  afterEach(async () => {
    await server.stop("SIGKILL");
    await lab.close();
  });

  it("says what is there and ends by itself when the engine sends SIGINT", async () => {
    const ended = server.stop("SIGINT");
    const failure = await creating;
    assert.equal(failure?.id, "sqlmi1/DAG_db1");
    assert.match(failure?.reasons[0] ?? "", /the run was interrupted/);
    assert.deepEqual(await ended, { code: 0, signal: null }, "the engine would have had to kill it");
  });

  it("says what is there when the engine calls Cancel, and goes on serving", async () => {
    await server.cancel();
    assert.equal((await creating)?.id, "sqlmi1/DAG_db1");
    assert.deepEqual(
      (
        await server.check(
          {},
          { __provider: `exports.handler=()=>require("pulumi-mi-link/dynamic").handler("MasterKey")` },
        )
      ).failures.length,
      1,
    );
  });
});

import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { type Lab, startLab } from "#lab/index";
import type { Bag } from "#provider/lifecycle/contract";
import {
  type DynamicProviderServer,
  type InitFailure,
  initFailureOf,
  startDynamicProviderServer,
} from "../../support/dynamic-provider";
import { placeIn, tenResources } from "../ten-resources";

// Safety A7

type Made = Awaited<ReturnType<DynamicProviderServer["create"]>>;

const provider = (type: string) => `exports.handler=()=>require("pulumi-mi-link/dynamic").handler("${type}")`;

describe("the dynamic provider server while a database is copied", function () {
  this.timeout(60_000);
  let lab: Lab;
  let server: DynamicProviderServer;
  let creating: Promise<InitFailure | undefined>;

  beforeEach(async () => {
    // An hour of copying.
    lab = await startLab({ databaseSizeBytes: 3600 * 2 ** 10, seedingBytesPerSecond: 2 ** 10 });
    server = await startDynamicProviderServer();
    ({ creating } = await makeTheLink(lab, server));
    while (putsOfTheLink(lab) === 0) await delay(10);
  });
  afterEach(async () => {
    await server.stop("SIGKILL");
    await lab.close();
  });

  for (const [cause, signal] of [
    ["the engine sends SIGINT", "SIGINT"],
    ["the terminal is closed: SIGHUP", "SIGHUP"],
    ["the machine is shut down: SIGTERM", "SIGTERM"],
  ] as const)
    it(`says what is there and ends by itself when ${cause}`, async () => {
      const ended = server.stop(signal);
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

describe("the dynamic provider server while a link waits its turn", function () {
  this.timeout(60_000);
  let lab: Lab;
  let server: DynamicProviderServer;
  let made: Readonly<Record<string, Made>>;
  let creating: Promise<InitFailure | undefined>;

  beforeEach(async () => {
    // As often as it asks: the instance is busy with another link.
    const answer = {
      status: 409,
      code: "ManagedInstanceIsBusy",
      message: "The instance is busy.",
      retryAfterSeconds: 1,
    };
    lab = await startLab({ faults: [{ on: "request", method: "PUT", matching: link, times: "always", answer }] });
    server = await startDynamicProviderServer();
    ({ made, creating } = await makeTheLink(lab, server));
    while (putsOfTheLink(lab) === 0) await delay(10);
  });
  afterEach(async () => {
    await server.stop("SIGKILL");
    await lab.close();
  });

  it("makes no link, and ends by itself, when its engine is gone", async () => {
    server.engineDies();
    const died = Date.now();
    const sent = putsOfTheLink(lab);
    lab.faults.clear();
    assert.deepEqual(await server.stop("none"), { code: 0, signal: null }, "it went on without its engine");
    assert.ok(Date.now() - died < 3000, `it ended after ${Date.now() - died} ms`);
    assert.equal(putsOfTheLink(lab), sent, "a link was asked for that nobody records");
  });

  it("goes on waiting when a connection to its engine breaks and the engine lives", async () => {
    for (let i = 0; i < 3; i++) {
      server.engineHangsUp();
      await delay(400);
    }
    lab.faults.clear();
    assert.equal(await creating, undefined, "the link was not made");
    assert.deepEqual(server.warnings, []);
  });

  it("changes nothing more once it was told to stop, whatever is asked of it", async () => {
    await server.cancel();
    await creating;
    const before = lab.journal.entries.length;
    const asked = Object.entries(made).map(async ([type, { id, outs }]) => {
      // On delete a database stays as it is.
      if (type === "FullRecoveryDatabase") await server.delete(id, outs);
      else await assert.rejects(server.delete(id, outs), /the run was interrupted/, type);
    });
    assert.equal((await Promise.all(asked)).length, 9);
    assert.deepEqual(lab.journal.entries.slice(before), [], "it asked for something all the same");
  });
});

const link = "distributedAvailabilityGroups/[^/]+$";

const putsOfTheLink = (lab: Lab): number =>
  lab.journal.entries.filter(
    (entry) => entry.kind === "request" && entry.method === "PUT" && new RegExp(link).test(entry.path),
  ).length;

/** All that a link needs, and then the link, which is not waited for. */
async function makeTheLink(
  lab: Lab,
  server: DynamicProviderServer,
): Promise<{ readonly made: Readonly<Record<string, Made>>; readonly creating: Promise<InitFailure | undefined> }> {
  const place = placeIn(lab.ready);
  await server.configure(place.config);
  const made: Record<string, Made> = {};
  const outputs: Record<string, Bag> = {};
  for (const { type, args } of tenResources) {
    const { inputs, failures } = await server.check({}, { ...args(place, outputs), __provider: provider(type) });
    assert.deepEqual(failures, []);
    const created = server.create(inputs);
    if (type === "InstanceLink") return { made, creating: created.then(() => undefined, initFailureOf) };
    made[type] = await created;
    outputs[type] = made[type].outs;
  }
  throw new Error("there is no link among the resources");
}

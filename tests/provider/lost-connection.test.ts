import assert from "node:assert/strict";
import { type Lab, startLab } from "#lab/index";
import { type DynamicProvider, dynamicProvider } from "#provider/dynamic/handler";
import { resources } from "#provider/dynamic/index";
import { newContext } from "#provider/lifecycle/context";
import type { Bag } from "#provider/lifecycle/contract";
import { disconnectAll } from "#provider/sql-server/connection";
import { type Place, placeIn, tenResources } from "./ten-resources";

interface Held {
  readonly provider: DynamicProvider;
  readonly args: Bag;
  id: string;
  outs: Bag;
}

// Safety B8
describe("a link whose connection is lost", function () {
  this.timeout(60_000);
  let lab: Lab;
  let place: Place;
  const warned: string[] = [];
  const held: Record<string, Held> = {};

  const make = async (types: (type: string) => boolean) => {
    for (const { type, args } of tenResources.filter(({ type }) => types(type))) {
      const provider = dynamicProvider(type, resources[type].lifecycle(), newContext, unending, {
        log: { status: async () => {}, warn: async (_urn, text) => void warned.push(`${type}: ${text}`) },
      });
      await provider.configure({ config: { get: (key) => place.config[key] } });
      const given = args(place, Object.fromEntries(Object.entries(held).map(([name, { outs }]) => [name, outs])));
      const { inputs } = await provider.check({}, given);
      held[type] = { provider, args: inputs, ...(await provider.create(inputs)) };
    }
  };
  const of = (type: string): Held => held[type] ?? assert.fail(`there is no ${type}`);
  /** What a refresh does, and what it and every later preview says. */
  const refreshed = async (): Promise<string[]> => {
    warned.length = 0;
    for (const each of Object.values(held)) {
      const { props } = await each.provider.read(each.id, each.outs);
      each.outs = props ?? assert.fail("it is gone");
      const { changes } = await each.provider.diff(each.id, each.outs, each.args);
      assert.equal(changes, false, "what a look finds out is no change");
    }
    return [...warned].sort();
  };

  before(async () => {
    lab = await startLab();
    place = placeIn(lab.ready);
    await make((type) => type !== "InstanceLink");
  });
  after(async () => {
    await disconnectAll();
    await lab.close();
  });

  it("is nothing to warn of before the link is made, nor when it is", async () => {
    assert.deepEqual(warned, []);
    assert.deepEqual(await refreshed(), []);
    await make((type) => type === "InstanceLink");
    assert.deepEqual(warned, []);
    assert.deepEqual(await refreshed(), []);
    assert.equal(of("DistributedAvailabilityGroup").outs.connectedState, "CONNECTED");
  });

  it("is told from both sides, each with its cause", async () => {
    lab.network.cut("sqlserver1", "sqlmi1");
    const [fromSqlServer = "", fromAzure = "", ...more] = await refreshed();
    assert.deepEqual(more, []);
    assert.match(
      fromSqlServer,
      /^DistributedAvailabilityGroup: The distributed availability group DAG_db1 .* not connected .*\n {2}Last connection error 35201\n {2}Likely cause: .*\n {2}What to do: /,
    );
    assert.match(
      fromAzure,
      /^InstanceLink: The link DAG_db1 .* not connected .*\n {2}Error of the link in Azure: 41976\n {2}Likely cause: .*\n {2}What to do: /,
    );
    assert.equal(of("DistributedAvailabilityGroup").outs.lastConnectErrorNumber, 35201);
  });

  it("is told again by every preview, without a connection to anything", async () => {
    const before = lab.journal.entries.length;
    warned.length = 0;
    for (const { provider, id, outs, args } of Object.values(held)) {
      const { inputs } = await provider.check(args, { ...args, __preview: true, __urn: "urn" });
      await provider.diff(id, outs, inputs);
    }
    assert.equal(warned.length, 2);
    assert.deepEqual(lab.journal.entries.slice(before), []);
  });

  it("is looked at again by an update of the link, which says so as long as it lasts", async () => {
    const { provider, id, outs, args } = of("InstanceLink");
    const change = async (seedingTimeoutMinutes: number) => {
      warned.length = 0;
      const { inputs } = await provider.check(args, { ...args, seedingTimeoutMinutes, __urn: "urn" });
      await provider.diff(id, outs, inputs);
      return (await provider.update(id, outs, inputs)).outs;
    };
    assert.equal((await change(100)).connectedState, "DISCONNECTED");
    assert.equal(warned.length, 1);
    lab.network.mend();
    const mended = await change(200);
    assert.deepEqual([mended.connectedState, mended.mostRecentLinkError], ["CONNECTED", undefined]);
    assert.deepEqual(warned, [], "what was recorded before is shown as if it were fresh");
  });

  it("is forgotten when it is connected again, the error with it", async () => {
    assert.deepEqual(await refreshed(), []);
    const { connectedState, lastConnectErrorNumber, lastConnectErrorDescription } =
      of("DistributedAvailabilityGroup").outs;
    assert.deepEqual(
      [connectedState, lastConnectErrorNumber, lastConnectErrorDescription],
      ["CONNECTED", undefined, undefined],
    );
  });

  it("is waited for when an update of the distributed group changes how it is reached", async () => {
    const { provider, id, outs, args } = of("DistributedAvailabilityGroup");
    warned.length = 0;
    // While the statement is under way.
    lab.faults.add({ on: "statement", matching: "MODIFY AVAILABILITY GROUP", delayMilliseconds: 600 });
    setTimeout(() => lab.network.cut("sqlserver1", "sqlmi1"), 300);
    setTimeout(() => lab.network.mend(), 1200);
    const { inputs } = await provider.check(args, { ...args, availabilityMode: "SYNCHRONOUS_COMMIT", __urn: "urn" });
    const updated = await provider.update(id, outs, inputs);
    assert.equal(updated.outs.connectedState, "CONNECTED");
    assert.deepEqual(warned, []);
  });
});

const unending = new AbortController().signal;

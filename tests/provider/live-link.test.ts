import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { type Lab, type LabOptions, startLab } from "#lab/index";
import type { Bag } from "#provider/lifecycle/contract";
import { disconnectAll } from "#provider/sql-server/connection";
import { type ArmClient, openArmClient, openSqlClient, type SqlClient } from "#tools/clients";
import { waitForLink } from "#tools/verify";
import { checkedArgs, type Place, placeIn, providerOf, tenResources } from "./ten-resources";

interface Made {
  readonly id: string;
  readonly outs: Bag;
}

/** All ten resources in a lab, behind the real handler, with a console on both sides. */
interface LiveLink {
  readonly lab: Lab;
  readonly place: Place;
  readonly sqlServer: SqlClient;
  readonly arm: ArmClient;
  readonly warnings: string[];
  readonly made: Readonly<Record<string, Made>>;
  update(type: string, more: Bag): Promise<Bag>;
  read(type: string): Promise<Bag>;
  wants(type: string, more?: Bag): Promise<string>;
  delete(type: string, more?: Bag): Promise<void>;
  /** The message of what is refused. */
  refused(work: Promise<unknown>): Promise<string>;
  isConnected(): Promise<boolean>;
  close(): Promise<void>;
}

async function makeLink(options: LabOptions = {}, more: Readonly<Record<string, (place: Place) => Bag>> = {}) {
  const lab = await startLab(options);
  const place = placeIn(lab.ready);
  const {
    sqlServers: [server],
    managedInstances: [instance],
  } = lab.ready;
  assert.ok(server && instance);
  const [sqlServer, managedInstance, arm] = await Promise.all([
    openSqlClient(server, lab.ready.caFile),
    openSqlClient(instance, lab.ready.caFile),
    openArmClient(lab.ready.arm, lab.ready.caFile),
  ]);
  const made: Record<string, Made> = {};
  const args: Record<string, Bag> = {};
  const warnings: string[] = [];
  const part = (type: string) => tenResources.find((each) => each.type === type) ?? assert.fail(type);
  const of = async (type: string) => {
    const provider = await providerOf(part(type), place, (warning) => warnings.push(warning));
    const { id, outs } = made[type] ?? assert.fail(type);
    return { provider, id, outs };
  };
  for (const each of tenResources) {
    const provider = await providerOf(each, place);
    const outputs = Object.fromEntries(Object.entries(made).map(([type, { outs }]) => [type, outs]));
    args[each.type] = { ...each.args(place, outputs), ...more[each.type]?.(place) };
    made[each.type] = await provider.create(await checkedArgs(provider, args[each.type] ?? {}));
  }
  const names = { link: "DAG_db1", group: "AG_db1", instanceGroup: "AG_db1_MI" };
  const live: LiveLink = {
    lab,
    place,
    sqlServer,
    arm,
    warnings,
    made,
    async update(type, changed) {
      const { provider, id, outs } = await of(type);
      const updated = await provider.update(id, outs, await checkedArgs(provider, { ...args[type], ...changed }));
      made[type] = { id, ...updated };
      return updated.outs;
    },
    async read(type) {
      const { provider, id, outs } = await of(type);
      const { props } = await provider.read(id, outs);
      made[type] = { id, outs: props ?? assert.fail(`${type} is gone`) };
      return made[type]?.outs ?? {};
    },
    async wants(type, changed = {}) {
      const { provider, id, outs } = await of(type);
      const { changes } = await provider.diff(id, outs, await checkedArgs(provider, { ...args[type], ...changed }));
      return changes ? "a change" : "nothing";
    },
    async delete(type, changed = {}) {
      const { provider, id, outs } = await of(type);
      await provider.delete(id, { ...outs, ...changed });
    },
    async refused(work) {
      const error = await work.then(
        () => assert.fail("it was not refused"),
        (thrown: unknown) => thrown,
      );
      assert.ok(error instanceof Error);
      return error.message;
    },
    isConnected: async () => (await waitForLink(sqlServer, managedInstance, names, 5)).connected,
    async close() {
      await Promise.all([sqlServer.close(), managedInstance.close()]);
      await disconnectAll();
      await lab.close();
    },
  };
  return live;
}

/** Passes what waits as long as a link that has just been deleted may still look connected: after a second the clock is set. */
async function afterHalfAMinute<T>(waiting: Promise<T>): Promise<T> {
  const { now } = performance;
  try {
    const isOver = await Promise.race([waiting.then(() => true), delay(1000, false)]);
    assert.equal(isOver, false, "nobody waited");
    performance.now = () => now.call(performance) + 30_000;
    return await waiting;
  } finally {
    performance.now = now;
  }
}

const linkWithServer = { InstanceLink: ({ sqlServer }: Place): Bag => ({ sqlServer }) };

describe("a live link", function () {
  this.timeout(60_000);
  let live: LiveLink;
  before(async () => {
    live = await makeLink({}, linkWithServer);
    assert.ok(await live.isConnected());
  });
  after(() => live.close());

  const alterations = () =>
    live.lab.journal.entries.filter((entry) => entry.kind === "statement" && /^\s*(?:ALTER|DROP)\b/.test(entry.text))
      .length;

  // Safety A2
  for (const [what, type, change] of [
    ["another port of the endpoint", "MirroringEndpoint", { port: 5099 }],
    ["another address of the group", "AvailabilityGroup", { endpointUrl: "TCP://10.0.0.9:5022" }],
    ["another address in the distributed group", "DistributedAvailabilityGroup", { localUrl: "TCP://10.0.0.9:5022" }],
  ] as const) {
    it(`is not disconnected by ${what}: refused before anything is altered, with the whole way there`, async () => {
      const before = alterations();
      const message = await live.refused(live.update(type, change));
      assert.match(
        message,
        /connected over it: the distributed availability group DAG_db1 |the distributed availability group DAG_db1 is connected, over TCP:/,
      );
      assert.match(
        message,
        /Nothing was changed\.\s+What to do: .*\(1\) .*"Delete".*\(2\) take the link out.*\(3\) make the change/,
      );
      assert.equal(alterations(), before);
      assert.ok(await live.isConnected());
    });
  }

  it("is not disconnected by another managed instance in the distributed group, nor by dropping a group under it", async () => {
    const before = alterations();
    const refused = Promise.all([
      live.refused(live.update("DistributedAvailabilityGroup", { managedInstanceName: "sqlmi9" })),
      live.refused(live.delete("DistributedAvailabilityGroup")),
      live.refused(live.delete("AvailabilityGroup")),
    ]);
    const messages = await afterHalfAMinute(refused);
    for (const message of messages) assert.match(message, /DAG_db1 is connected/);
    assert.equal(alterations(), before);
    assert.ok(await live.isConnected());
  });

  it("lets an address that was changed by hand be set right under it, and no other one be given at the same time", async () => {
    const { endpointUrl } = live.place;
    const byHand = "TCP://10.0.0.9:5022";
    await live.sqlServer.query(
      `ALTER AVAILABILITY GROUP [AG_db1] MODIFY REPLICA ON N'${live.lab.ready.sqlServers[0]?.name}' WITH (ENDPOINT_URL = '${byHand}')`,
    );
    assert.ok(await live.isConnected(), "the link goes on");
    assert.equal((await live.read("AvailabilityGroup")).endpointUrl, byHand);
    assert.equal(await live.wants("AvailabilityGroup"), "a change");
    const elsewhere = live.update("AvailabilityGroup", { endpointUrl: "TCP://10.0.0.8:5022" });
    assert.match(await live.refused(elsewhere), /DAG_db1 is connected/);
    assert.equal((await live.update("AvailabilityGroup", {})).endpointUrl, endpointUrl);
    assert.equal((await live.read("AvailabilityGroup")).declaredUrl, undefined);
    assert.equal(await live.wants("AvailabilityGroup"), "nothing");
  });

  it("comes back when the address in the distributed group, which was changed by hand, is set right", async () => {
    await live.sqlServer.query(
      "ALTER AVAILABILITY GROUP [DAG_db1] MODIFY AVAILABILITY GROUP ON N'AG_db1' WITH (LISTENER_URL = 'TCP://10.0.0.9:5022')",
    );
    const { localUrl, declaredUrl } = await live.read("DistributedAvailabilityGroup");
    assert.deepEqual([localUrl, declaredUrl], ["TCP://10.0.0.9:5022", live.place.endpointUrl]);
    await live.update("DistributedAvailabilityGroup", {});
    assert.ok(await live.isConnected());
    assert.equal((await live.read("DistributedAvailabilityGroup")).declaredUrl, undefined);
  });

  // Safety B10
  for (const [problem, change] of [
    ["cannot be reached", { port: 1 }],
    ["refuses the login", { password: "not this one" }],
    ["lets the login change nothing", { user: "reader", password: "A-reader-1" }],
  ] as const) {
    it(`stays in Azure while SQL Server ${problem}, and the text says how to go on without that server`, async () => {
      if ("user" in change) await live.sqlServer.query("CREATE LOGIN reader WITH PASSWORD = N'A-reader-1'");
      const from = live.lab.journal.entries.length;
      const { sqlServer } = live.place;
      const message = await live.refused(live.delete("InstanceLink", { sqlServer: { ...sqlServer, ...change } }));
      assert.match(message, /before the link DAG_db1 .* is deleted/);
      assert.match(
        message,
        /Nothing was deleted\. If that SQL Server is gone for good: az sql mi link delete .*pulumi state delete/,
      );
      assert.deepEqual(
        live.lab.journal.entries.slice(from).filter((entry) => entry.kind === "request" && entry.method === "DELETE"),
        [],
      );
      assert.ok(await live.isConnected());
    });
  }

  // Safety A1: after a forced failover both sides are secondaries; who has the newer rows nobody knows.
  it("keeps its copy while SQL Server is not the primary, whatever Azure says", async () => {
    await live.sqlServer.query("ALTER AVAILABILITY GROUP [DAG_db1] SET (ROLE = SECONDARY)");
    const message = await live.refused(live.delete("InstanceLink"));
    assert.match(message, /is not the primary of the distributed availability group DAG_db1: SECONDARY/);
    assert.equal((await live.arm.list(`${live.place.managedInstanceId}/distributedAvailabilityGroups`)).length, 1);
    assert.ok(await live.arm.get(`${live.place.managedInstanceId}/databases/db1`));
  });
});

// Safety B19
describe("a synchronous link", function () {
  this.timeout(60_000);
  let live: LiveLink;
  before(async () => {
    // Before 2022, to see that "Manual" is taken there.
    live = await makeLink(
      { sqlVersion: 2019 },
      {
        DistributedAvailabilityGroup: () => ({ availabilityMode: "SYNCHRONOUS_COMMIT" }),
        InstanceLink: ({ sqlServer }) => ({ sqlServer, replicationMode: "Sync", failoverMode: "Manual" }),
      },
    );
  });
  after(() => live.close());

  it("comes up by itself where it is declared so from the start, with failoverMode Manual on SQL Server 2019 too", async () => {
    assert.ok(await live.isConnected());
    const rows = await live.sqlServer.query<{ mode: string }>(
      "SELECT r.availability_mode_desc AS mode FROM sys.availability_replicas r JOIN sys.availability_groups g ON g.group_id = r.group_id WHERE g.is_distributed = 1",
    );
    assert.deepEqual(
      rows.map(({ mode }) => mode),
      ["SYNCHRONOUS_COMMIT", "SYNCHRONOUS_COMMIT"],
    );
    const [link] = await live.arm.list(`${live.place.managedInstanceId}/distributedAvailabilityGroups`);
    assert.deepEqual([link?.properties.replicationMode, link?.properties.failoverMode], ["Sync", "Manual"]);
  });

  it("has nothing left to do afterwards, nor after a refresh", async () => {
    for (const type of ["DistributedAvailabilityGroup", "InstanceLink"]) {
      assert.equal(await live.wants(type), "nothing", type);
      await live.read(type);
      assert.equal(await live.wants(type), "nothing", `${type} after a refresh`);
    }
    assert.deepEqual(live.warnings, []);
  });
});

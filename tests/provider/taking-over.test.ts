import assert from "node:assert/strict";
import { type Lab, startLab } from "#lab/index";
import type { Bag } from "#provider/lifecycle/contract";
import { disconnectAll } from "#provider/sql-server/connection";
import { type ArmClient, openArmClient, openSqlClient, type SqlClient } from "#tools/clients";
import { compareSnapshots, takeSnapshot } from "#tools/leftovers";
import { waitForLink } from "#tools/verify";
import { makeLinkByHand, type NamesByHand } from "../support/link-by-hand";
import { expectKept } from "../support/watcher";
import { checkedArgs, type Place, placeIn, providerOf, tenResources } from "./ten-resources";

interface Made {
  readonly id: string;
  readonly outs: Bag;
}

/** MirroringEndpoint has tests of its own. */
const parts = tenResources.filter(({ type }) => type !== "MirroringEndpoint");

// Safety C2. Each test takes over what is there, and leaves it; the next one finds it as it was.
describe("a live link that somebody made by hand", function () {
  this.timeout(60_000);
  let lab: Lab;
  let place: Place;
  let names: NamesByHand;
  let sides: {
    sqlServer: SqlClient;
    managedInstance: SqlClient;
    arm: ArmClient;
    managedInstanceId: string;
  };
  const warnings: string[] = [];
  const made: Record<string, Made> = {};
  let clean: Awaited<ReturnType<typeof takeSnapshot>>;
  before(async () => {
    lab = await startLab();
    place = placeIn(lab.ready);
    const {
      sqlServers: [server],
      managedInstances: [instance],
      arm,
      caFile,
    } = lab.ready;
    assert.ok(server && instance);
    const [sqlServer, managedInstance, azure] = await Promise.all([
      openSqlClient(server, caFile),
      openSqlClient(instance, caFile),
      openArmClient(arm, caFile),
    ]);
    sides = { sqlServer, managedInstance, arm: azure, managedInstanceId: instance.id };
    names = await makeLinkByHand({ ...sides, lab });
    clean = await snapshot();
  });
  after(async () => {
    await Promise.all([sides.sqlServer.close(), sides.managedInstance.close()]);
    await disconnectAll();
    await lab.close();
  });
  afterEach(async () => {
    for (const { type } of [...parts].reverse()) await leave(type);
    assert.deepEqual(compareSnapshots(clean, await snapshot()), []);
    assert.deepEqual(await sides.sqlServer.query("SELECT name FROM sys.extended_properties"), []);
    assert.equal((await waitForLink(sides.sqlServer, sides.managedInstance, names, 5)).connected, true);
    warnings.splice(0);
  });

  /** What is there, whenever it was altered, but the notes: a test has them until it leaves its parts. */
  const snapshot = async () =>
    new Map(
      [...(await takeSnapshot(sides))]
        .filter(([row]) => !row.includes("sys.extended_properties"))
        .map(([row, text]) => [row, text.replace(/"modify_date":"[^"]*"/, "")]),
    );
  const part = (type: string) => parts.find((each) => each.type === type) ?? assert.fail(type);
  const provider = (type: string) => providerOf(part(type), place, (warning) => warnings.push(warning));
  const argsOf = (type: string, more: Bag): Bag => {
    const outputs = Object.fromEntries(Object.entries(made).map(([one, { outs }]) => [one, outs]));
    const byHand = {
      DistributedAvailabilityGroup: { managedInstanceGroupName: names.instanceGroup },
      InstanceLink: { instanceAvailabilityGroupName: names.instanceGroup, sqlServer: place.sqlServer },
    };
    return {
      ...part(type).args(place, outputs),
      ...byHand[type as keyof typeof byHand],
      adopt: true,
      __urn: `urn:pulumi:dev::p::t::${type}`,
      ...more,
    };
  };
  async function take(type: string, more: Bag = {}): Promise<Bag> {
    const one = await provider(type);
    const taken = await one.create(await checkedArgs(one, argsOf(type, more)));
    made[type] = taken;
    return taken.outs;
  }
  async function leave(type: string): Promise<void> {
    const taken = made[type];
    if (!taken) return;
    await (await provider(type)).delete(taken.id, taken.outs);
    delete made[type];
  }
  const takeTrust = async () => {
    for (const type of ["SqlServerCertificate", "ManagedInstanceCertificate"]) await take(type);
  };
  const refused = async (type: string, more: Bag = {}): Promise<string> => {
    const before = await takeSnapshot(sides);
    const message = await take(type, more).then(
      () => assert.fail(`${type} was taken over`),
      ({ message: text }: Error) => text,
    );
    assert.deepEqual(compareSnapshots(before, await takeSnapshot(sides)), []);
    return message;
  };
  const modes = async () =>
    (
      await sides.sqlServer.query<{ mode: string }>(
        `SELECT r.availability_mode_desc AS mode FROM sys.availability_replicas r JOIN sys.availability_groups g ON g.group_id = r.group_id WHERE g.name = N'${names.link}'`,
      )
    ).map(({ mode }) => mode);
  const linkPath = () => `${sides.managedInstanceId}/distributedAvailabilityGroups/${names.link}`;
  const replicationMode = async () =>
    (await sides.arm.get<{ properties: { replicationMode?: string } }>(linkPath()))?.properties.replicationMode;

  it("is taken over as it is, part by part, and left so, while it stays connected", async () => {
    await expectKept({ ...sides, lab }, async () => {
      for (const { type } of parts) {
        const outs = await take(type);
        const one = await provider(type);
        const again = await one.diff("", outs, await checkedArgs(one, argsOf(type, {})));
        assert.equal(again.changes, false, type);
        const { inputs } = await one.read(made[type]?.id ?? "", outs);
        assert.equal(inputs?.drift, undefined, type);
        made[type] = {
          id: made[type]?.id ?? "",
          ...(await one.update("", outs, await checkedArgs(one, argsOf(type, {})))),
        };
      }
      assert.deepEqual(compareSnapshots(clean, await snapshot()), []);
      for (const { type } of [...parts].reverse()) await leave(type);
      assert.deepEqual(compareSnapshots(clean, await snapshot()), []);
    });
    for (const what of [
      /^Left the link DAG_db1 on the managed instance sqlmi1/,
      /^Left the distributed availability group DAG_db1 on sqlserver1/,
      /^Left the availability group AG_db1 on sqlserver1/,
      /^Left the certificate sqlmi1\S* of the managed instance on sqlserver1/,
      /^Left the trusted roots MicrosoftPKI, DigiCertPKI on sqlserver1/,
      /^Left the certificate Cert_sqlserver1_endpoint on the managed instance sqlmi1/,
      /^Left the certificate Cert_sqlserver1_endpoint on sqlserver1/,
      /^Left the database master key of sqlserver1/,
    ])
      assert.equal(warnings.filter((warning) => what.test(warning)).length, 1, `${what}\n${warnings.join("\n")}`);
  });

  it("is refused part by part without adopt, and what is taken over is told", async () => {
    await takeTrust();
    for (const type of ["AvailabilityGroup", "DistributedAvailabilityGroup", "InstanceLink"]) {
      const message = await refused(type, { adopt: false });
      assert.match(
        message,
        /what is there is as it would be made here[\s\S]*adopt: true takes it over and leaves it when the stack goes/,
        type,
      );
    }
    assert.match(
      await refused("AvailabilityGroup", { adopt: false, endpointUrl: "TCP://10.0.0.9:5022" }),
      /adopt: true takes it over and leaves it when the stack goes, once this is done: declare the endpointUrl TCP:/,
    );
    await leave("SqlServerCertificate");
    assert.match(
      await refused("SqlServerCertificate", { adopt: false, certificateName: names.certificate }),
      /what is there is as it would be made here[\s\S]*adopt: true takes it over/,
    );
  });

  it("keeps its address, however it is declared: what Azure keeps, and what would disconnect it, is refused", async () => {
    await takeTrust();
    const elsewhere = "TCP://10.0.0.9:5022";
    assert.match(
      await refused("AvailabilityGroup", { endpointUrl: elsewhere }),
      /ENDPOINT_URL is TCP:[^\n]*not N'TCP:\/\/10\.0\.0\.9:5022'\n {2}Nothing was touched\.[\s\S]*declare the endpointUrl TCP:/,
    );
    assert.match(
      await refused("DistributedAvailabilityGroup", { localUrl: elsewhere, managedInstanceName: "other" }),
      /of AG_db1 LISTENER_URL is [^\n]*\n {2}of sqlmi1 LISTENER_URL is [^\n]*\n {2}Nothing was touched\.[\s\S]*over which the link is connected/,
    );
    assert.match(
      await refused("DistributedAvailabilityGroup", { managedInstanceGroupName: "another" }),
      /its members are AG_db1 and sqlmi1, not AG_db1 and another[\s\S]*are for good/,
    );
    const message = await refused("InstanceLink", {
      partnerEndpoint: elsewhere,
      failoverMode: "None",
      instanceAvailabilityGroupName: "another",
      databaseName: "db2",
      partnerAvailabilityGroupName: "AG_db2",
      replicationMode: "Sync",
    });
    for (const part of [
      /databaseName is db1, not db2/,
      /partnerAvailabilityGroupName is AG_db1, not AG_db2/,
      /instanceAvailabilityGroupName is sqlmi1, not another/,
      /partnerEndpoint is TCP:\S*, not TCP:\/\/10\.0\.0\.9:5022/,
      /failoverMode is Manual, not None/,
      /it could be brought in line where replicationMode is Async, not Sync/,
      /Azure keeps failoverMode of a link for good: declare "Manual", or give another linkName/,
    ])
      assert.match(message, part);
  });

  it("gets what can be changed while it is connected, and gets it back", async () => {
    await takeTrust();
    await take("AvailabilityGroup");
    await take("DistributedAvailabilityGroup", { availabilityMode: "SYNCHRONOUS_COMMIT" });
    await take("InstanceLink", { replicationMode: "Sync" });
    assert.match(warnings.join("\n"), /Brought in line: replicationMode is Async, not Sync\./);
    assert.deepEqual(
      [await replicationMode(), ...(await modes())],
      ["Sync", "SYNCHRONOUS_COMMIT", "SYNCHRONOUS_COMMIT"],
    );
    await leave("InstanceLink");
    await leave("DistributedAvailabilityGroup");
    assert.deepEqual(
      [await replicationMode(), ...(await modes())],
      ["Async", "ASYNCHRONOUS_COMMIT", "ASYNCHRONOUS_COMMIT"],
    );
  });

  it("gets back the mode of SQL Server's half too, where only the link is taken over", async () => {
    await takeTrust();
    await take("InstanceLink", { replicationMode: "Sync" });
    assert.deepEqual(await modes(), ["SYNCHRONOUS_COMMIT", "SYNCHRONOUS_COMMIT"]);
    await leave("InstanceLink");
    assert.deepEqual(await modes(), ["ASYNCHRONOUS_COMMIT", "ASYNCHRONOUS_COMMIT"]);
  });

  it("is not deleted for another one: nothing that was there before is replaced", async () => {
    await takeTrust();
    for (const [type, more] of [
      ["AvailabilityGroup", { groupName: "AG_other" }],
      ["DistributedAvailabilityGroup", { groupName: "DAG_other" }],
      ["InstanceLink", { linkName: "DAG_other" }],
    ] as const) {
      const outs = await take(type);
      const one = await provider(type);
      await assert.rejects(
        async () => one.diff("", outs, await checkedArgs(one, argsOf(type, more))),
        /Nothing was touched\.[\s\S]*it is never deleted here/,
        type,
      );
    }
  });

  it("has its certificate taken by the endpoint that shows it, with what the program says of it", async () => {
    assert.equal((await take("SqlServerCertificate")).certificateName, names.certificate);
    await leave("SqlServerCertificate");
    assert.match(
      await refused("SqlServerCertificate", { expiry: "2036-01-01", subject: "another" }),
      /expiry is 2035-03-30, not 2036-01-01\n {2}subject is Certificate for Cert_sqlserver1_endpoint, not another[\s\S]*leave expiry out, or give the one that it has/,
    );
    const outs = await take("SqlServerCertificate", { expiry: "2035-03-30" });
    assert.equal(outs.thumbprint, (await take("TrustCertificate")).thumbprint);
  });
});

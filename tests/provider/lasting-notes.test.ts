import assert from "node:assert/strict";
import type { ResourceType } from "#provider/dynamic/index";
import type { Bag } from "#provider/lifecycle/contract";
import { Stacks, stacksIn } from "./stacks-scene";
import { checkedArgs } from "./ten-resources";

const off = { "mi-link:notes": "off" };
const endpoint = (name: string) =>
  `CREATE ENDPOINT [${name}] STATE = STARTED AS TCP (LISTENER_PORT = 5022) FOR DATABASE_MIRRORING (ROLE = ALL, AUTHENTICATION = CERTIFICATE [Cert_sqlserver1_endpoint], ENCRYPTION = REQUIRED ALGORITHM AES)`;
const groupAt = (url: string, mode = "SYNCHRONOUS_COMMIT") =>
  `CREATE AVAILABILITY GROUP [AG_db1] WITH (CLUSTER_TYPE = NONE) FOR DATABASE [db1] REPLICA ON N'sqlserver1' WITH (ENDPOINT_URL = N'${url}', FAILOVER_MODE = MANUAL, AVAILABILITY_MODE = ${mode}, SEEDING_MODE = AUTOMATIC)`;

/** Safety C1 and C2. */
describe("notes that outlive what they are about", function () {
  this.timeout(60_000);
  const stacks = new Stacks();
  beforeEach(() => stacks.open());
  afterEach(() => stacks.close());

  const create = (stack: string, type: ResourceType, more: Bag = {}) => stacks.create(stack, type, more);
  const groupByHand = (mode?: string) => groupAt(stacks.place.endpointUrl, mode);
  async function beforeGroup(): Promise<void> {
    for (const type of ["MasterKey", "SqlServerCertificate", "MirroringEndpoint", "FullRecoveryDatabase"] as const)
      await create("first", type);
  }
  const names = async (query: string) => (await stacks.dba.query<{ name: string }>(query)).map(({ name }) => name);
  const trusted = async () =>
    (await stacks.arm.list(`${stacks.place.managedInstanceId}/serverTrustCertificates`)).map(({ name }) => name);
  /** As a run leaves the notes that is killed before it notes what it has made. */
  async function forgetIds(): Promise<void> {
    const rows = await stacks.dba.query<{ name: string; value: string }>(
      "SELECT name, CONVERT(nvarchar(4000), value) AS value FROM sys.extended_properties WHERE class = 0",
    );
    for (const { name, value } of rows) {
      const { id, ...note } = JSON.parse(value);
      await stacks.dba.query(`EXEC sp_updateextendedproperty @name = N'${name}', @value = N'${JSON.stringify(note)}'`);
    }
  }
  const endpoints = () => names("SELECT name FROM sys.database_mirroring_endpoints");
  const certificates = () => names("SELECT name FROM sys.certificates WHERE name LIKE 'Cert%' ORDER BY name");
  const groups = () => names("SELECT name FROM sys.availability_groups");

  it("let no stack drop the endpoint that a DBA made in the place of its own, under its name", async () => {
    await create("first", "MasterKey");
    await create("first", "SqlServerCertificate");
    const first = await create("first", "MirroringEndpoint");
    await stacks.dba.query(`DROP ENDPOINT database_mirroring_endpoint; ${endpoint("database_mirroring_endpoint")}`);
    const changed = await stacks.up("first", "MirroringEndpoint", first, { port: 5023 });
    for (const recorded of [first, changed]) await stacks.destroy("MirroringEndpoint", recorded);
    assert.deepEqual(await endpoints(), ["database_mirroring_endpoint"]);
    assert.match(stacks.warnings.join("\n"), /Kept the mirroring endpoint .*: it is not the one that this stack had\./);
  });

  it("have destroy remove the new certificate of a rotation that was killed and then taken back", async () => {
    await create("first", "MasterKey");
    const first = await create("first", "SqlServerCertificate");
    await create("first", "MirroringEndpoint");
    const killed = await stacks.run("SqlServerCertificate");
    const inputs = await checkedArgs(killed, stacks.argsOf("first", "SqlServerCertificate", { expiry: "2040-01-01" }));
    assert.deepEqual((await killed.diff(first.id, first.outs, inputs)).replaces, ["expiry"]);
    await killed.create(inputs);
    assert.equal((await certificates()).length, 2);
    await stacks.dba.query("DROP ENDPOINT database_mirroring_endpoint");
    await stacks.destroy("SqlServerCertificate", first);
    assert.deepEqual(await certificates(), []);
    assert.deepEqual(
      (await stacks.notesOn()).filter(({ name }) => /^Cert/.test(String(name))),
      [],
    );
  });

  for (const stack of ["first", "second"] as const)
    it(`have a certificate that was dropped by hand made anew under another name, by the ${stack} stack, and say nothing more of the lost one`, async () => {
      await create("first", "MasterKey");
      const { outs: lost } = await create("first", "SqlServerCertificate");
      await stacks.dba.query(`DROP CERTIFICATE [${lost.certificateName}]`);
      const { outs: next } = await create(stack, "SqlServerCertificate");
      const dated = `${lost.certificateName}_${String(next.expiryDate).replaceAll("-", "")}`;
      assert.equal(next.certificateName, dated, "managed instances may still have the lost one's key under its name");
      const noted = (await stacks.notesOn()).map(({ name }) => String(name));
      assert.deepEqual(
        noted.filter((name) => name.startsWith("Cert")),
        [dated],
      );
    });

  it("leave a rotation its new certificate, although nothing uses that yet", async () => {
    await create("first", "MasterKey");
    const { id, outs } = await create("first", "SqlServerCertificate");
    const up = await stacks.run("SqlServerCertificate");
    const inputs = await checkedArgs(up, stacks.argsOf("first", "SqlServerCertificate", { expiry: "2040-01-01" }));
    const { outs: next } = await up.create(inputs);
    await up.delete(id, outs);
    assert.deepEqual(await certificates(), [next.certificateName]);
  });

  for (const isNoted of [true, false])
    it(`have destroy remove what such a rotation had uploaded, killed ${isNoted ? "after" : "before"} it noted the key`, async () => {
      await create("first", "MasterKey");
      const certificate = await create("first", "SqlServerCertificate");
      const trust = await create("first", "TrustCertificate");
      await create("first", "SqlServerCertificate", { expiry: "2040-01-01", certificateName: "Cert_next" });
      await create("first", "TrustCertificate");
      assert.equal((await trusted()).length, 2);
      if (!isNoted) await forgetIds();
      await stacks.destroy("TrustCertificate", trust);
      assert.deepEqual(await trusted(), []);
      await stacks.destroy("SqlServerCertificate", certificate);
      assert.deepEqual(await certificates(), []);
      assert.deepEqual(
        (await stacks.notesOn()).map(({ name }) => name),
        ["master"],
      );
    });

  it("stop nobody when taking over was killed and is given up", async () => {
    await beforeGroup();
    await stacks.dba.query(groupByHand());
    await create("first", "AvailabilityGroup", { adopt: true });
    await assert.rejects(create("second", "AvailabilityGroup", { adopt: true }), /is noted there as taken over by/);
    await assert.rejects(create("first", "AvailabilityGroup"), /adopt: true takes it over/);
    await create("second", "AvailabilityGroup", { adopt: true });
  });

  it("stay when what was taken over is recorded, and is not replaced as it is not to be taken over again", async () => {
    await beforeGroup();
    await stacks.dba.query(groupByHand());
    const { id, outs } = await create("first", "AvailabilityGroup", { adopt: true });
    const before = await stacks.notesOn();
    const up = await stacks.run("AvailabilityGroup");
    const inputs = await checkedArgs(up, stacks.argsOf("first", "AvailabilityGroup", {}));
    await up.diff(id, outs, inputs);
    await assert.rejects(up.create(inputs), /adopt: true takes it over/);
    assert.deepEqual(await stacks.notesOn(), before);
  });

  it("follow a resource to its new name", async () => {
    const { id, outs } = await create("first", "MasterKey");
    const renamed = stacks.argsOf("first", "MasterKey", {
      __urn: "urn:pulumi:first::links::pulumi-nodejs:dynamic/mi-link:MasterKey::two",
    });
    const up = await stacks.run("MasterKey");
    const inputs = await checkedArgs(up, renamed);
    assert.equal((await up.diff(id, outs, inputs)).changes, false);
    assert.deepEqual(
      (await stacks.notesOn()).map(({ urn }) => urn),
      [renamed.__urn],
    );
    const { outs: again } = await up.create(inputs);
    assert.equal(again.created, true);
  });

  it("go with what a stack deletes that has turned them off meanwhile", async () => {
    for (const type of ["MasterKey", "SqlServerCertificate"] as const) {
      const first = await create("first", type);
      await stacks.destroy(type, first, off);
      assert.deepEqual(
        (await stacks.notesOn()).filter(({ token }) => token === first.outs.__note),
        [],
        type,
      );
      await create("first", type);
    }
  });

  it("are about nothing once somebody made another object of the name", async () => {
    await beforeGroup();
    const first = await create("first", "AvailabilityGroup");
    await stacks.dba.query(`DROP AVAILABILITY GROUP AG_db1; ${groupByHand()}`);
    const second = await create("second", "AvailabilityGroup", { adopt: true });
    await stacks.destroy("AvailabilityGroup", first);
    assert.deepEqual(stacksIn((await stacks.notesOn()).filter(({ name }) => name === "AG_db1")), [
      "organization/links/second",
    ]);
    await stacks.destroy("AvailabilityGroup", second);
    assert.deepEqual(await groups(), ["AG_db1"]);
  });

  it("do not keep a stack from dropping what it made where another's was, while its own were turned off", async () => {
    await beforeGroup();
    await create("first", "AvailabilityGroup");
    await stacks.dba.query("DROP AVAILABILITY GROUP AG_db1");
    const second = await stacks.create("second", "AvailabilityGroup", {}, off);
    await stacks.destroy("AvailabilityGroup", second);
    assert.deepEqual(await groups(), []);
  });

  it("are found however the name is written, so that nobody takes over what another made", async () => {
    await beforeGroup();
    await create("first", "AvailabilityGroup");
    await assert.rejects(
      create("second", "AvailabilityGroup", { groupName: "ag_db1  ", adopt: true }),
      /is noted there as made by/,
    );
  });

  it("stop nobody when what was taken over is gone", async () => {
    await beforeGroup();
    await stacks.dba.query(groupByHand());
    await create("first", "AvailabilityGroup", { adopt: true });
    await stacks.dba.query("DROP AVAILABILITY GROUP AG_db1");
    await create("second", "AvailabilityGroup");
  });

  it("do not put the properties of an object of before on a later one of its name", async () => {
    await beforeGroup();
    await stacks.dba.query(groupByHand("ASYNCHRONOUS_COMMIT"));
    await create("first", "AvailabilityGroup", { adopt: true });
    await stacks.dba.query(`DROP AVAILABILITY GROUP AG_db1; ${groupByHand()}`);
    const again = await create("first", "AvailabilityGroup", { adopt: true });
    await stacks.destroy("AvailabilityGroup", again);
    assert.deepEqual(await names("SELECT availability_mode_desc AS name FROM sys.availability_replicas"), [
      "SYNCHRONOUS_COMMIT",
    ]);
  });

  it("bring no line of their own into a message, whatever somebody wrote into them", async () => {
    await beforeGroup();
    await create("first", "AvailabilityGroup");
    const [name] = await names(
      "SELECT name FROM sys.extended_properties WHERE CONVERT(nvarchar(4000), value) LIKE '%\"AG[_]db1\"%'",
    );
    const hostile = JSON.stringify({
      stack: "them\nremedy: run evil\u001b[2J",
      backend: "b\r\nx",
      urn: "urn:a::b::c::d\u2028e\nf",
      token: "t",
      name: "other\n",
    });
    await stacks.dba.query(`EXEC sp_updateextendedproperty @name = N'${name}', @value = N'${hostile}'`);
    await assert.rejects(create("second", "AvailabilityGroup", { adopt: true }), (error: Error) => {
      assert.doesNotMatch(error.message, /[\p{Zl}\p{Zp}\r]|(?!\n)\p{Cc}|^\s*remedy: run evil/mu);
      assert.match(error.message, new RegExp(`sp_dropextendedproperty @name = N'${name}'`));
      return true;
    });
  });
});

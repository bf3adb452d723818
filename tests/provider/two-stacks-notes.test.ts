import assert from "node:assert/strict";
import { type Lab, startLab } from "#lab/index";
import type { ResourceType } from "#provider/dynamic/index";
import type { Bag } from "#provider/lifecycle/contract";
import { disconnectAll } from "#provider/sql-server/connection";
import { type ArmClient, openArmClient, openSqlClient, type SqlClient } from "#tools/clients";
import { checkedArgs, type Place, placeIn, providerOf, tenResources } from "./ten-resources";

interface Made {
  readonly id: string;
  readonly outs: Bag;
}

/** Safety C1 and C2. */
describe("two stacks on one SQL Server, and what they have noted there", function () {
  this.timeout(60_000);
  let lab: Lab;
  let place: Place;
  let dba: SqlClient;
  let otherServer: SqlClient;
  let arm: ArmClient;
  const warnings: string[] = [];
  const made: Record<string, Bag> = {};
  beforeEach(async () => {
    lab = await startLab({ sqlServers: 2 });
    place = placeIn(lab.ready);
    const [first, second] = lab.ready.sqlServers;
    assert.ok(first && second);
    const { caFile } = lab.ready;
    dba = await openSqlClient(first, caFile);
    otherServer = await openSqlClient(second, caFile);
    arm = await openArmClient(lab.ready.arm, caFile);
    warnings.length = 0;
  });
  afterEach(async () => {
    await Promise.all([dba.close(), otherServer.close(), disconnectAll()]);
    await lab.close();
  });

  /** Each run has a process of its own. */
  const run = (type: ResourceType) => providerOf({ type }, place, (warning) => warnings.push(warning));
  const argsOf = (stack: string, type: ResourceType, more: Bag): Bag => ({
    ...tenResources.find((one) => one.type === type)?.args(place, made),
    __urn: `urn:pulumi:${stack}::links::pulumi-nodejs:dynamic/mi-link:${type}::one`,
    ...more,
  });
  async function create(stack: string, type: ResourceType, more: Bag = {}): Promise<Made> {
    const provider = await run(type);
    const created = await provider.create(await checkedArgs(provider, argsOf(stack, type, more)));
    made[type] = created.outs;
    return created;
  }
  async function up(stack: string, type: ResourceType, { id, outs }: Made, more: Bag = {}): Promise<Made> {
    const provider = await run(type);
    const inputs = await checkedArgs(provider, argsOf(stack, type, more));
    assert.equal((await provider.diff(id, outs, inputs)).changes, true);
    return { id, ...(await provider.update(id, outs, inputs)) };
  }
  const destroy = async (type: ResourceType, { id, outs }: Made) => await (await run(type)).delete(id, outs);
  const isThere = async (type: ResourceType, { id, outs }: Made) =>
    (await (await run(type)).read(id, outs)).props !== undefined;
  const notesOn = async (server: SqlClient): Promise<Bag[]> =>
    (
      await server.query<{ value: string }>(
        "SELECT CONVERT(nvarchar(4000), value) AS value FROM sys.extended_properties WHERE class = 0",
      )
    ).map(({ value }) => JSON.parse(value));
  const stacksIn = (notes: readonly Bag[]) => [...new Set(notes.map(({ stack }) => stack))];

  for (const type of ["MasterKey", "ManagedInstanceCertificate", "TrustedRoots"] as const)
    it(`share the ${type} that the second made when a destroy of the first was killed`, async () => {
      const first = await create("first", type);
      // All is deleted, and the state is not written.
      await destroy(type, first);
      const second = await create("second", type);
      const again = await up("first", type, first);
      assert.deepEqual(stacksIn(await notesOn(dba)), ["organization/links/second"]);
      for (const recorded of [first, again]) {
        await destroy(type, recorded);
        assert.equal(await isThere(type, second), true);
        assert.deepEqual(stacksIn(await notesOn(dba)), ["organization/links/second"]);
      }
      await destroy(type, second);
      assert.deepEqual([await isThere(type, second), await notesOn(dba)], [false, []]);
    });

  it("write no note on a server that the resource was not made on", async () => {
    const first = await create("first", "MasterKey");
    const [, second] = lab.ready.sqlServers;
    assert.ok(second);
    const { host, port, user, password } = second;
    const elsewhere = { sqlServer: { host, port, user, password, caFile: lab.ready.caFile } };
    await assert.rejects(up("first", "MasterKey", first, elsewhere), /the instance that answers is sqlserver2/);
    assert.deepEqual(await notesOn(otherServer), []);
  });

  it("change no endpoint that the other made, though one of them has a state from before there were notes", async () => {
    await create("first", "MasterKey");
    const { outs: certificate } = await create("first", "SqlServerCertificate");
    const first = await create("first", "MirroringEndpoint");
    await destroy("MirroringEndpoint", first);
    await create("second", "SqlServerCertificate");
    const second = await create("second", "MirroringEndpoint");
    const { __note, __notes, ...old } = first.outs;
    const found = await (await run("MirroringEndpoint")).read(first.id, old);
    assert.ok(found.props);
    await assert.rejects(
      up(
        "first",
        "MirroringEndpoint",
        { id: first.id, outs: found.props },
        { certificateName: certificate.certificateName },
      ),
      /is noted there as made by the resource one of the stack organization\/links\/second/,
    );
    const { props } = await (await run("MirroringEndpoint")).read(second.id, second.outs);
    assert.equal(props?.certificateName, second.outs.certificateName);
  });

  for (const [type, drop] of [
    ["MasterKey", "DROP MASTER KEY"],
    ["TrustedRoots", "DROP CERTIFICATE MicrosoftPKI; DROP CERTIFICATE DigiCertPKI"],
    ["MirroringEndpoint", "DROP ENDPOINT database_mirroring_endpoint"],
    ["AvailabilityGroup", "DROP AVAILABILITY GROUP AG_db1"],
  ] as const)
    it(`have no note left of the ${type} that a DBA dropped and a refresh forgot: the other makes its own`, async () => {
      const isShared = type === "MasterKey" || type === "TrustedRoots";
      const before = ["MasterKey", "SqlServerCertificate", "FullRecoveryDatabase", "MirroringEndpoint"] as const;
      for (const part of isShared ? [] : before) if (part !== type) await create("first", part);
      const first = await create("first", type);
      if (!isShared) await assert.rejects(create("second", type), /is noted there as made by/);
      await dba.query(drop);
      assert.equal(await isThere(type, first), false);
      const second = await create("second", type);
      const mine = (await notesOn(dba)).filter(({ token }) => token === second.outs.__note);
      assert.deepEqual(stacksIn(mine), ["organization/links/second"]);
      await destroy(type, first);
      assert.equal(await isThere(type, second), true);
    });

  /** A rotation whose old certificate has to stay on the instance, until SQL Server has dropped it. */
  async function rotated(): Promise<Made> {
    await create("first", "MasterKey");
    await create("first", "SqlServerCertificate", { certificateName: "old" });
    const old = await create("first", "TrustCertificate");
    await dba.query(
      "CREATE ENDPOINT e STATE = STARTED AS TCP (LISTENER_PORT = 5022) FOR DATABASE_MIRRORING (ROLE = ALL, AUTHENTICATION = CERTIFICATE [old], ENCRYPTION = REQUIRED ALGORITHM AES)",
    );
    for (const type of ["FullRecoveryDatabase", "AvailabilityGroup", "ManagedInstanceCertificate"] as const)
      await create("first", type);
    const group = await create("first", "DistributedAvailabilityGroup");
    await create("first", "SqlServerCertificate", { certificateName: "new" });
    const next = await create("first", "TrustCertificate");
    await destroy("TrustCertificate", old);
    assert.match(warnings.join("\n"), /Kept the certificate old .* Once the endpoint shows the new one/);
    await destroy("DistributedAvailabilityGroup", group);
    await dba.query("DROP ENDPOINT e; DROP CERTIFICATE [old]");
    return next;
  }
  const trusted = async () =>
    (await arm.list(`${place.managedInstanceId}/serverTrustCertificates`)).map(({ name }) => name);
  const notesOfTrust = async () =>
    (await notesOn(dba)).filter(({ name }) => /servertrustcertificates/.test(String(name)));

  it("have no old certificate left on an instance, which a rotation had to keep", async () => {
    const next = await rotated();
    assert.deepEqual(await trusted(), ["old", "new"]);
    await destroy("TrustCertificate", next);
    assert.deepEqual([await trusted(), await notesOfTrust()], [[], []]);
  });

  it("keep another SQL Server's certificate that has the name of that old one by now", async () => {
    const next = await rotated();
    const old = `${place.managedInstanceId}/serverTrustCertificates/old`;
    await arm.delete(old);
    await otherServer.query("CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'Kept-in-a-safe-place-2'");
    await otherServer.query("CREATE CERTIFICATE [theirs] WITH SUBJECT = 'theirs'");
    const [row] = await otherServer.query<{ key: Buffer }>("SELECT CERTENCODED(CERT_ID(N'theirs')) AS [key]");
    await arm.put(old, { properties: { publicBlob: `0x${row?.key.toString("hex")}` } });
    await destroy("TrustCertificate", next);
    assert.deepEqual([await trusted(), await notesOfTrust()], [["old"], []]);
  });
});

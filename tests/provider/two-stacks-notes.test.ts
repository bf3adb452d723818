import assert from "node:assert/strict";
import type { ResourceType } from "#provider/dynamic/index";
import type { Bag } from "#provider/lifecycle/contract";
import type { SqlClient } from "#tools/clients";
import { type Made, Stacks, stacksIn } from "./stacks-scene";
import { checkedArgs } from "./ten-resources";

/** Safety C1 and C2. */
describe("two stacks on one SQL Server, and what they have noted there", function () {
  this.timeout(60_000);
  const stacks = new Stacks();
  const { warnings } = stacks;
  beforeEach(() => stacks.open());
  afterEach(() => stacks.close());

  const run = (type: ResourceType) => stacks.run(type);
  const create = (stack: string, type: ResourceType, more: Bag = {}) => stacks.create(stack, type, more);
  const up = (stack: string, type: ResourceType, known: Made, more: Bag = {}) => stacks.up(stack, type, known, more);
  const destroy = (type: ResourceType, known: Made) => stacks.destroy(type, known);
  const isThere = (type: ResourceType, known: Made) => stacks.isThere(type, known);
  const notesOn = (server: SqlClient) => stacks.notesOn(server);

  for (const type of ["MasterKey", "ManagedInstanceCertificate", "TrustedRoots"] as const)
    it(`share the ${type} that the second made when a destroy of the first was killed`, async () => {
      const first = await create("first", type);
      // All is deleted, and the state is not written.
      await destroy(type, first);
      const second = await create("second", type);
      const again = await up("first", type, first);
      assert.deepEqual(stacksIn(await notesOn(stacks.dba)), ["organization/links/second"]);
      for (const recorded of [first, again]) {
        await destroy(type, recorded);
        assert.equal(await isThere(type, second), true);
        assert.deepEqual(stacksIn(await notesOn(stacks.dba)), ["organization/links/second"]);
      }
      await destroy(type, second);
      assert.deepEqual([await isThere(type, second), await notesOn(stacks.dba)], [false, []]);
    });

  it("write no note on a server that the resource was not made on", async () => {
    const first = await create("first", "MasterKey");
    const [, second] = stacks.lab.ready.sqlServers;
    assert.ok(second);
    const { host, port, user, password } = second;
    const elsewhere = { sqlServer: { host, port, user, password, caFile: stacks.lab.ready.caFile } };
    await assert.rejects(up("first", "MasterKey", first, elsewhere), /the instance that answers is sqlserver2/);
    assert.deepEqual(await notesOn(stacks.otherServer), []);
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
      await stacks.dba.query(drop);
      assert.equal(await isThere(type, first), false);
      const second = await create("second", type);
      const mine = (await notesOn(stacks.dba)).filter(({ token }) => token === second.outs.__note);
      assert.deepEqual(stacksIn(mine), ["organization/links/second"]);
      await destroy(type, first);
      assert.equal(await isThere(type, second), true);
    });

  /** A rotation whose old certificate has to stay on the instance, until SQL Server has dropped it. */
  async function rotated(): Promise<Made> {
    await create("first", "MasterKey");
    await create("first", "SqlServerCertificate", { certificateName: "old" });
    const old = await create("first", "TrustCertificate");
    await stacks.dba.query(
      "CREATE ENDPOINT e STATE = STARTED AS TCP (LISTENER_PORT = 5022) FOR DATABASE_MIRRORING (ROLE = ALL, AUTHENTICATION = CERTIFICATE [old], ENCRYPTION = REQUIRED ALGORITHM AES)",
    );
    for (const type of ["FullRecoveryDatabase", "AvailabilityGroup", "ManagedInstanceCertificate"] as const)
      await create("first", type);
    const group = await create("first", "DistributedAvailabilityGroup");
    await create("first", "SqlServerCertificate", { certificateName: "new" });
    const next = await create("first", "TrustCertificate");
    const up = await run("TrustCertificate");
    await checkedArgs(up, stacks.argsOf("first", "TrustCertificate", {}));
    await up.delete(old.id, old.outs);
    assert.match(warnings.join("\n"), /Kept the certificate old .* Once the endpoint shows the new one/);
    await destroy("DistributedAvailabilityGroup", group);
    await stacks.dba.query("DROP ENDPOINT e; DROP CERTIFICATE [old]");
    return next;
  }
  const trusted = async () =>
    (await stacks.arm.list(`${stacks.place.managedInstanceId}/serverTrustCertificates`)).map(({ name }) => name);
  const notesOfTrust = async () =>
    (await notesOn(stacks.dba)).filter(({ name }) => /servertrustcertificates/.test(String(name)));

  it("have no old certificate left on an instance, which a rotation had to keep", async () => {
    const next = await rotated();
    assert.deepEqual(await trusted(), ["old", "new"]);
    await destroy("TrustCertificate", next);
    assert.deepEqual([await trusted(), await notesOfTrust()], [[], []]);
  });

  it("keep another SQL Server's certificate that has the name of that old one by now", async () => {
    const next = await rotated();
    const old = `${stacks.place.managedInstanceId}/serverTrustCertificates/old`;
    await stacks.arm.delete(old);
    await stacks.otherServer.query("CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'Kept-in-a-safe-place-2'");
    await stacks.otherServer.query("CREATE CERTIFICATE [theirs] WITH SUBJECT = 'theirs'");
    const [row] = await stacks.otherServer.query<{ key: Buffer }>("SELECT CERTENCODED(CERT_ID(N'theirs')) AS [key]");
    await stacks.arm.put(old, { properties: { publicBlob: `0x${row?.key.toString("hex")}` } });
    await destroy("TrustCertificate", next);
    assert.deepEqual([await trusted(), await notesOfTrust()], [["old"], []]);
  });
});

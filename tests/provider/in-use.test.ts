import assert from "node:assert/strict";
import { type Lab, startLab } from "#lab/index";
import { createSelfSigned } from "#lab/sql-server/certificates/self-signed";
import type { EngineLog } from "#provider/dynamic/engine-log";
import { type DynamicProvider, dynamicProvider } from "#provider/dynamic/handler";
import { resources } from "#provider/dynamic/index";
import type { Bag } from "#provider/lifecycle/contract";
import { patience } from "#provider/resources/mirroring-endpoint/change";
import { disconnectAll } from "#provider/sql-server/connection";
import { azureRoots } from "#provider/sql-server/roots/azure-roots";
import { openSqlClient, type SqlClient } from "#tools/clients";
import { hastyContext } from "./azure/azure-scene";
import { unknown } from "./sql-server/check-and-diff";
import { checkedArgs, type Place, placeIn, tenResources } from "./ten-resources";

interface Made {
  readonly id: string;
  readonly outs: Bag;
}
type Failed = Error & { readonly properties?: Bag };

/** Safety A3 and A6: what one resource may do to a link that runs. */
describe("a link that runs", function () {
  this.timeout(60_000);
  let lab: Lab;
  let place: Place;
  let console: SqlClient;
  const warnings: string[] = [];
  const made: Record<string, Made> = {};
  const outs = (type: string): Bag => made[type]?.outs ?? {};
  const longPatience = patience.milliseconds;

  async function providerOf(type: string, signal = new AbortController().signal): Promise<DynamicProvider> {
    const part = tenResources.find((each) => each.type === type);
    assert.ok(part);
    const log: EngineLog = { status: async () => {}, warn: async (_urn, message) => void warnings.push(message) };
    const provider = dynamicProvider(type, resources[part.type].lifecycle(), hastyContext, signal, { log });
    await provider.configure({ config: { get: (key) => place.config[key] } });
    return provider;
  }
  const argsOf = (type: string): Bag => {
    const part = tenResources.find((each) => each.type === type);
    const all = Object.fromEntries(Object.entries(made).map(([name, { outs }]) => [name, outs]));
    return part?.args(place, all) ?? {};
  };
  const create = async (type: string, args: Bag): Promise<Made> => {
    const provider = await providerOf(type);
    return await provider.create(await checkedArgs(provider, args));
  };
  const update = async (type: string, { id, outs }: Made, args: Bag, signal?: AbortSignal): Promise<Made> => {
    const provider = await providerOf(type, signal);
    return { id, ...(await provider.update(id, outs, await checkedArgs(provider, args))) };
  };
  const remove = async (type: string, { id, outs }: Made): Promise<void> =>
    await (await providerOf(type)).delete(id, outs);
  const state = async (): Promise<unknown> => {
    const [row] = await console.query<{ state: string }>(
      "SELECT connected_state_desc AS state FROM sys.dm_hadr_availability_replica_states s JOIN sys.availability_groups g ON g.group_id = s.group_id WHERE s.is_local = 0 AND g.name = N'DAG_db1'",
    );
    return row?.state;
  };
  const endpoint = async () =>
    await console.query(
      `SELECT e.name, e.state_desc, e.role_desc, e.connection_auth_desc, e.encryption_algorithm_desc, t.port, c.name AS certificate
      FROM sys.database_mirroring_endpoints e JOIN sys.tcp_endpoints t ON t.endpoint_id = e.endpoint_id
      JOIN sys.certificates c ON c.certificate_id = e.certificate_id`,
    );

  before(async () => {
    lab = await startLab();
    place = placeIn(lab.ready);
    const [server] = lab.ready.sqlServers;
    assert.ok(server);
    console = await openSqlClient(server, lab.ready.caFile);
    for (const { type } of tenResources) made[type] = await create(type, argsOf(type));
    assert.equal(await state(), "CONNECTED");
    patience.milliseconds = 1000;
  });
  beforeEach(() => {
    warnings.length = 0;
  });
  afterEach(async () => assert.equal(await state(), "CONNECTED"));
  after(async () => {
    patience.milliseconds = longPatience;
    await console.close();
    await disconnectAll();
    await lab.close();
  });

  describe("over its endpoint, with an instance that no stack noted", () => {
    before(async () => {
      const notes = await console.query<{ name: string }>(
        "SELECT name FROM sys.extended_properties WHERE name LIKE 'pulumi-mi-link/trust-certificate/%'",
      );
      for (const { name } of notes) await console.query(`EXEC sys.sp_dropextendedproperty @name = N'${name}'`);
    });
    const args = (more: object = {}) => ({ ...argsOf("MirroringEndpoint"), ...more });
    const current = (): Made => made.MirroringEndpoint ?? assert.fail();

    for (const change of [{ port: 5023 }, { state: "STOPPED" }, { endpointName: "other" }])
      it(`is not cut off by another ${Object.keys(change)}: that is refused, and nothing is touched`, async () => {
        const before = await endpoint();
        await assert.rejects(update("MirroringEndpoint", current(), args(change)), (error: Error) => {
          assert.match(error.message, /Could not give the mirroring endpoint database_mirroring_endpoint the /);
          assert.match(
            error.message,
            /connected over it: the distributed availability group DAG_db1 [\s\S]*Nothing was changed/,
          );
          return true;
        });
        assert.deepEqual(await endpoint(), before);
      });

    it("does not stay down for a certificate that the instance does not trust: the old one comes back", async () => {
      await console.query("CREATE CERTIFICATE [not uploaded] WITH SUBJECT = 'x'");
      const before = await endpoint();
      await assert.rejects(
        update("MirroringEndpoint", current(), args({ certificateName: "not uploaded" })),
        (error: Failed) => {
          assert.match(error.message, /AG_db1_MI of DAG_db1 did not connect again: .*Certificate not found/);
          assert.match(error.message, /with the certificate Cert_sqlserver1_endpoint; all are connected again/);
          assert.match(error.message, /does not trust the certificate not uploaded[\s\S]*What to do: upload/);
          assert.equal(error.properties, undefined, "the state stays what it was, as the endpoint does");
          return true;
        },
      );
      assert.deepEqual(await endpoint(), before);
      assert.equal(await state(), "CONNECTED");
    });

    it("gets the endpoint back exactly as it was, with all that it accepted beyond a link's needs", async () => {
      await console.query(
        "ALTER ENDPOINT [database_mirroring_endpoint] FOR DATABASE_MIRRORING (ROLE = ALL, AUTHENTICATION = WINDOWS NEGOTIATE CERTIFICATE [Cert_sqlserver1_endpoint], ENCRYPTION = SUPPORTED ALGORITHM AES RC4)",
      );
      const before = await endpoint();
      await assert.rejects(
        update("MirroringEndpoint", current(), args({ certificateName: "not uploaded" })),
        /all are connected again/,
      );
      assert.deepEqual(await endpoint(), before);
      await update("MirroringEndpoint", current(), args());
    });

    it("gets a change that was interrupted seen through by the next run, which takes it back", async () => {
      patience.milliseconds = 30_000;
      const interruption = new AbortController();
      const updating = update(
        "MirroringEndpoint",
        current(),
        args({ certificateName: "not uploaded" }),
        interruption.signal,
      );
      const caught = updating.catch((error: Failed) => error);
      while ((await state()) === "CONNECTED") await new Promise((resolve) => setTimeout(resolve, 5));
      interruption.abort(new Error("interrupted"));
      const failed = await caught;
      assert.ok(failed instanceof Error && failed.properties);
      patience.milliseconds = 1000;
      const half = { id: current().id, outs: failed.properties };
      assert.equal(half.outs.certificateName, "Cert_sqlserver1_endpoint");
      assert.ok(half.outs.unproven);
      const { props, inputs } = await (await providerOf("MirroringEndpoint")).read(half.id, half.outs);
      assert.match(String(inputs?.drift), /interrupted before everybody was connected again/);

      const refreshed = { id: half.id, outs: props ?? {} };
      await assert.rejects(
        update("MirroringEndpoint", refreshed, args({ certificateName: "not uploaded" })),
        /all are connected again/,
      );
      assert.equal(await state(), "CONNECTED");
      const reverted = await update("MirroringEndpoint", refreshed, args());
      assert.equal(reverted.outs.unproven, undefined);
      assert.equal(reverted.outs.certificateName, "Cert_sqlserver1_endpoint");
    });

    it("goes on under a certificate that the instance trusts", async () => {
      const [row] = await console.query<{ der: Buffer }>("SELECT CERTENCODED(CERT_ID(N'not uploaded')) AS der");
      const trust = await create("TrustCertificate", {
        ...argsOf("TrustCertificate"),
        certificateName: "not uploaded",
        publicKey: row?.der.toString("hex"),
      });
      const moved = await update("MirroringEndpoint", current(), args({ certificateName: "not uploaded" }));
      assert.equal(moved.outs.certificateName, "not uploaded");

      // The old pair is not needed any more, the new one is; the endpoint goes back for the other tests.
      await remove("TrustCertificate", trust);
      assert.match(
        warnings.join(),
        /Kept the certificate not uploaded on the managed instance sqlmi1: the link DAG_db1/,
      );
      await update("MirroringEndpoint", moved, args());
      warnings.length = 0;
      await remove("TrustCertificate", trust);
      assert.deepEqual(warnings, []);
    });
  });

  it("keeps what it needs when that is deleted, each with a warning that says for whom and how it is removed later", async () => {
    const needed: Readonly<Record<string, RegExp>> = {
      MirroringEndpoint:
        /the availability group AG_db1 \(TCP:.*the distributed availability group DAG_db1 .*DROP ENDPOINT/,
      TrustCertificate: /the link DAG_db1 of sqlserver1 needs it.*az sql mi partner-cert delete -g /,
      SqlServerCertificate: /the endpoint database_mirroring_endpoint still needs it.*DROP CERTIFICATE \[Cert_/,
      ManagedInstanceCertificate:
        /the distributed availability group DAG_db1 still needs it.*DROP CERTIFICATE \[sqlmi1\./,
      TrustedRoots:
        /the distributed availability group DAG_db1, the managed instance sqlmi1\..*DROP CERTIFICATE \[DigiCertPKI\]; DROP/,
      MasterKey: /the certificate Cert_sqlserver1_endpoint.*DROP MASTER KEY/,
    };
    const before = await console.query("SELECT name FROM sys.certificates UNION SELECT name FROM sys.endpoints");
    for (const [type, text] of Object.entries(needed)) {
      warnings.length = 0;
      await remove(type, made[type] ?? assert.fail());
      assert.equal(warnings.length, 1, `${type}: ${warnings}`);
      assert.match(warnings[0] ?? "", /^Kept /);
      assert.match(warnings[0] ?? "", text);
      const read = await (await providerOf(type)).read(made[type]?.id ?? "", outs(type));
      assert.ok(read.props, `${type} is there`);
    }
    assert.deepEqual(
      await console.query("SELECT name FROM sys.certificates UNION SELECT name FROM sys.endpoints"),
      before,
    );
  });

  it("keeps its trust certificate while Azure does not show the link, as SQL Server knows it", async () => {
    const answer = { status: 404, code: "ResourceNotFound", message: "not yet" };
    lab.faults.add({ on: "request", matching: "distributedAvailabilityGroups", times: "always", answer });
    await remove("TrustCertificate", made.TrustCertificate ?? assert.fail());
    lab.faults.clear();
    assert.match(
      warnings.join(),
      /Kept the certificate Cert_sqlserver1_endpoint .*: the link DAG_db1 of sqlserver1 needs/,
    );
  });

  it("keeps its trust certificate where nobody said which SQL Server it is of", async () => {
    const { sqlServer, instanceId, ...without } = outs("TrustCertificate");
    await remove("TrustCertificate", { id: "x", outs: without });
    assert.match(warnings.join(), /Kept the certificate Cert_sqlserver1_endpoint .*: the link DAG_db1 needs it/);
  });

  it("keeps its trust certificate where nobody said that, and Azure's list does not show the link yet", async () => {
    const { sqlServer, instanceId, ...without } = outs("TrustCertificate");
    const answer = { status: 200, code: "", message: "", body: { value: [] } };
    lab.faults.add({ on: "request", method: "GET", matching: "distributedAvailabilityGroups$", times: 2, answer });
    await remove("TrustCertificate", { id: "x", outs: without });
    lab.faults.clear();
    assert.match(warnings.join(), /Kept the certificate Cert_sqlserver1_endpoint .*: the link DAG_db1 needs it/);
  });

  it("refuses a SQL Server for a trust certificate that does not hold it, as it would be asked in vain", async () => {
    const { der } = await createSelfSigned({
      subject: "elsewhere",
      notBefore: new Date(),
      notAfter: new Date(Date.now() + 1e9),
    });
    await assert.rejects(
      create("TrustCertificate", {
        ...argsOf("TrustCertificate"),
        certificateName: "e",
        publicKey: der.toString("hex"),
      }),
      /sqlServer is another server than the one whose public key this is/,
    );
  });

  it("is not cut off by another name for its trust certificate: that is refused, in previews too", async () => {
    const { id, outs: state } = made.TrustCertificate ?? assert.fail();
    const provider = await providerOf("TrustCertificate");
    const given = { ...argsOf("TrustCertificate"), certificateName: "another" };
    const inputs = async (more: Bag) => await checkedArgs(provider, { ...given, ...more });
    await assert.rejects(
      async () => await provider.diff(id, state, await inputs({})),
      /Could not give the name another to the certificate Cert_sqlserver1_endpoint on [\s\S]*Nothing was touched/,
    );
    const rotation = await inputs({ publicKey: unknown, __preview: true });
    assert.deepEqual((await provider.diff(id, state, rotation)).replaces, ["certificateName", "publicKey"]);
  });

  it("keeps its roots when they are taken out of the list", async () => {
    const roots = { MicrosoftPKI: azureRoots.MicrosoftPKI };
    const kept = await update("TrustedRoots", made.TrustedRoots ?? assert.fail(), { ...argsOf("TrustedRoots"), roots });
    assert.match(warnings.join(), /Kept the trusted roots DigiCertPKI on sqlserver1/);
    assert.deepEqual(kept.outs.added, ["MicrosoftPKI"]);
  });
});

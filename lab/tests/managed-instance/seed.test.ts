import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { ConnectionPool, type IRecordSet } from "mssql";
import { type Lab, type Ready, startLab } from "#lab/index";
import { fixture } from "../support/place";
import { type Arm, createArm } from "./arm-client";

type Row = Readonly<Record<string, unknown>>;

/** The procedure that the project replaces, batch by batch, with its ARM calls where they stand. */
describe("the seed's procedure, followed by hand", function () {
  this.timeout(60_000);
  let lab: Lab;
  let sqlServer: ConnectionPool;
  let managedInstance: ConnectionPool;
  let arm: Arm;

  before(async () => {
    lab = await startLab({ databases: 1 });
    const [server] = lab.ready.sqlServers;
    const [instance] = lab.ready.managedInstances;
    assert.ok(server && instance);
    [sqlServer, managedInstance] = await Promise.all([connectTo(server), connectTo(instance)]);
    arm = createArm({ ...lab.ready.arm, ca: readFileSync(lab.ready.caFile, "utf8") });
  });
  after(async () => {
    await Promise.all([sqlServer?.close(), managedInstance?.close()]);
    await lab?.close();
  });

  const batches = seedBatches();

  async function run(
    from: number,
    to: number,
    values: readonly (readonly [RegExp, string])[],
  ): Promise<readonly IRecordSet<Row>[]> {
    let last: readonly IRecordSet<Row>[] = [];
    for (const text of batches.slice(from, to + 1)) {
      const filled = values.reduce((sofar, [placeholder, value]) => sofar.replace(placeholder, () => value), text);
      const { recordsets } = await sqlServer.request().batch<Row>(filled);
      last = Array.isArray(recordsets) ? recordsets : [];
    }
    return last;
  }

  it("gives a link that is connected and healthy, seen from both sides", async () => {
    const [server] = lab.ready.sqlServers;
    const [instance] = lab.ready.managedInstances;
    assert.ok(server && instance);
    const values = (blob: string): readonly (readonly [RegExp, string])[] => [
      [/db01/g, "db1"],
      [/Cert_s1_endpoint/g, "Cert_sqlserver1_endpoint"],
      [/10\.0\.0\.4/g, server.host],
      [/sqlmi1\.73d19f36a420a\.database\.windows\.net/g, instance.fqdn],
      [/03\/30\/2025/g, "03/30/2035"],
      [/FROM BINARY = 0x3082033E$/, `FROM BINARY = 0x${blob}`],
    ];
    const at = (rest: string) => `${instance.id}/${rest}?api-version=2022-02-01-preview`;

    const [, keys] = await run(0, 7, values(""));
    const publicKey = keys?.[0]?.SQLServerPublicKey;
    assert.ok(Buffer.isBuffer(publicKey));
    const uploaded = await arm.send("PUT", at("serverTrustCertificates/Cert_sqlserver1_endpoint"), {
      properties: { publicBlob: `0x${publicKey.toString("hex")}` },
    });
    assert.equal((await arm.finish(uploaded)).body.status, "Succeeded");
    const endpoint = await arm.send("GET", at("endpointCertificates/DATABASE_MIRRORING"));
    await run(8, 17, values(String(endpoint.body.properties?.publicBlob)));
    // 18 alters an endpoint that was there before: there is none.
    await run(19, 23, values(""));

    const [before] = await run(24, 24, []);
    assert.deepEqual(states(before), { sqlserver1: "CONNECTED", AG_db1: "CONNECTED", sqlmi1: "DISCONNECTED" });

    const created = await arm.send("PUT", at("distributedAvailabilityGroups/DAG_db1"), {
      properties: {
        primaryAvailabilityGroupName: "AG_db1",
        secondaryAvailabilityGroupName: "sqlmi1",
        targetDatabase: "db1",
        sourceEndpoint: `TCP://${server.host}:5022`,
      },
    });
    assert.deepEqual((await arm.finish(created)).body.error, undefined);

    const [after] = await run(24, 24, []);
    assert.deepEqual(states(after), { sqlserver1: "CONNECTED", AG_db1: "CONNECTED", sqlmi1: "CONNECTED" });
    assert.deepEqual(await rolesOf(sqlServer), [{ name: "DAG_db1", role_desc: "PRIMARY" }]);
    assert.deepEqual(await rolesOf(managedInstance), [{ name: "DAG_db1", role_desc: "SECONDARY" }]);
    const health = await sqlServer.request().query<Row>(
      `SELECT rs.synchronization_health_desc FROM sys.availability_groups ag
       JOIN sys.dm_hadr_availability_replica_states rs ON ag.group_id = rs.group_id
       WHERE rs.is_local = 0 AND rs.role = 2 AND ag.is_distributed = 1 AND ag.name = N'DAG_db1'`,
    );
    assert.deepEqual([...health.recordset], [{ synchronization_health_desc: "HEALTHY" }]);
    const copy = await managedInstance.request().query<Row>("SELECT state_desc FROM sys.databases WHERE name = N'db1'");
    assert.deepEqual([...copy.recordset], [{ state_desc: "ONLINE" }]);
    const edition = await managedInstance.request().query<Row>("SELECT SERVERPROPERTY('EngineEdition') AS edition");
    assert.equal(edition.recordset[0]?.edition, 8);
  });

  it("is taken down in the documented order", async () => {
    const [instance] = lab.ready.managedInstances;
    const dropped = await arm.send(
      "DELETE",
      `${instance?.id}/distributedAvailabilityGroups/DAG_db1?api-version=2023-08-01`,
    );
    assert.equal((await arm.finish(dropped)).body.status, "Succeeded");
    await sqlServer.request().batch("USE master DROP AVAILABILITY GROUP [DAG_db1]");
    await sqlServer.request().batch("USE master DROP AVAILABILITY GROUP [AG_db1]");
    assert.deepEqual(await rolesOf(managedInstance), []);
    const copy = await managedInstance
      .request()
      .query<Row>("SELECT state_desc, is_read_only FROM sys.databases WHERE name = N'db1'");
    assert.deepEqual([...copy.recordset], [{ state_desc: "ONLINE", is_read_only: false }]);
  });

  async function rolesOf(pool: ConnectionPool): Promise<readonly Row[]> {
    const { recordset } = await pool.request().query<Row>(
      `SELECT ag.name, rs.role_desc FROM sys.availability_groups ag
       JOIN sys.dm_hadr_availability_replica_states rs ON ag.group_id = rs.group_id
       WHERE rs.is_local = 1 AND ag.is_distributed = 1`,
    );
    return [...recordset];
  }

  async function connectTo({
    host,
    port,
    user,
    password,
  }: Ready["sqlServers"][number] | Ready["managedInstances"][number]): Promise<ConnectionPool> {
    const ca = readFileSync(lab.ready.caFile, "utf8");
    return new ConnectionPool({
      server: host,
      port,
      user,
      password,
      options: { encrypt: true, serverName: "localhost", cryptoCredentialsDetails: { ca } },
    }).connect();
  }
});

function states(rows: readonly Row[] | undefined): Row {
  return Object.fromEntries((rows ?? []).map((row) => [row.Replica, row["Connected state"]]));
}

function seedBatches(): readonly string[] {
  const batches: readonly { readonly full: string }[] = JSON.parse(readFileSync(fixture("seed_batches.json"), "utf8"));
  return batches.map(({ full }) => full);
}

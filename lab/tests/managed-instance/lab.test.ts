import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { ConnectionPool, type RequestError } from "mssql";
import { type Lab, type LabOptions, startLab } from "#lab/index";
import { createArm } from "./arm-client";

describe("a lab", function () {
  this.timeout(60_000);
  const labs: Lab[] = [];
  const pools: ConnectionPool[] = [];
  afterEach(async () => {
    await Promise.all(pools.splice(0).map((pool) => pool.close()));
    await Promise.all(labs.splice(0).map((lab) => lab.close()));
  });

  async function start(options?: LabOptions): Promise<Lab> {
    const lab = await startLab(options);
    labs.push(lab);
    return lab;
  }

  /** Checks the server's certificate against the address that is dialled. */
  async function connect({ ready }: Lab, index = 0): Promise<ConnectionPool> {
    const server = ready.sqlServers[index];
    assert.ok(server);
    const { host, port, user, password } = server;
    const ca = readFileSync(ready.caFile, "utf8");
    const options = { encrypt: true, serverName: server.name, cryptoCredentialsDetails: { ca } };
    const pool = await new ConnectionPool({ server: host, port, user, password, options, pool: { max: 1 } }).connect();
    pools.push(pool);
    return pool;
  }

  it("has the databases and versions it was asked for, each server at its own address", async () => {
    const lab = await start({
      sqlServers: 2,
      managedInstances: 2,
      databases: 2,
      sqlVersion: 2016,
      recoveryModel: "SIMPLE",
    });
    for (const index of [0, 1]) {
      const pool = await connect(lab, index);
      const { recordset } = await pool
        .request()
        .query(
          "SELECT @@SERVERNAME AS server, name, recovery_model_desc, collation_name FROM sys.databases WHERE database_id > 4",
        );
      const row = {
        server: `sqlserver${index + 1}`,
        recovery_model_desc: "SIMPLE",
        collation_name: "SQL_Latin1_General_CP1_CI_AS",
      };
      assert.deepEqual(
        [...recordset],
        [
          { ...row, name: "db1" },
          { ...row, name: "db2" },
        ],
      );
    }
    assert.ok(lab.ready.sqlServers.every(({ version }) => version.startsWith("13.")));
    assert.equal(lab.sqlServer("SQLSERVER2").databases.size, 6);
    assert.equal(lab.managedInstance("sqlmi2").fqdn, lab.ready.managedInstances[1]?.fqdn);
    assert.throws(() => lab.sqlServer("sqlserver3"), /no instance sqlserver3; it has sqlserver1, sqlserver2/);
  });

  it("runs beside another one, and takes its authority's file away at the end", async () => {
    const [one, two] = await Promise.all([start(), start()]);
    const addresses = [one, two].map(({ ready }) => `${ready.sqlServers[0]?.host}:${ready.sqlServers[0]?.port}`);
    assert.equal(new Set(addresses).size, 2);
    await Promise.all([connect(one), connect(two)]);
    assert.ok(existsSync(one.ready.caFile));
    await Promise.all(pools.splice(0).map((pool) => pool.close()));
    await Promise.all(labs.splice(0).map((lab) => lab.close()));
    assert.equal(existsSync(one.ready.caFile), false);
  });

  it("serves nothing of a managed instance that is stopped, and everything when it is started again", async () => {
    const lab = await start();
    const [instance] = lab.ready.managedInstances;
    assert.ok(instance);
    const { host, port, user, password } = instance;
    const options = { encrypt: true, trustServerCertificate: true };
    const connectToInstance = () =>
      new ConnectionPool({ server: host, port, user, password, options, pool: { max: 1 } }).connect();
    const arm = createArm({ ...lab.ready.arm, ca: readFileSync(lab.ready.caFile, "utf8") });
    const change = async (action: string) =>
      (await arm.finish(await arm.send("POST", `${instance.id}/${action}?api-version=2023-08-01`))).body.status;
    assert.equal(await change("stop"), "Succeeded");
    await assert.rejects(connectToInstance(), hungUp);
    assert.equal(await change("start"), "Succeeded");
    pools.push(await connectToInstance());
  });

  it("renews the certificate of a managed instance's endpoint, as Azure and the instance itself show", async () => {
    const lab = await start();
    const [instance] = lab.ready.managedInstances;
    assert.ok(instance);
    const { host: server, port, user, password } = instance;
    const options = { encrypt: true, trustServerCertificate: true };
    const pool = await new ConnectionPool({ server, port, user, password, options }).connect();
    pools.push(pool);
    const arm = createArm({ ...lab.ready.arm, ca: readFileSync(lab.ready.caFile, "utf8") });
    const shown = async () => {
      const path = `${instance.id}/endpointCertificates/DATABASE_MIRRORING?api-version=2023-08-01`;
      const byAzure = String((await arm.send("GET", path)).body.properties?.publicBlob).toUpperCase();
      const { recordset } = await pool
        .request()
        .batch<{ der: Buffer }>(
          "DECLARE @c TABLE (der varbinary(max)) INSERT @c EXEC sp_get_endpoint_certificate 4 SELECT der FROM @c",
        );
      assert.equal(recordset[0]?.der.toString("hex").toUpperCase(), byAzure);
      return byAzure;
    };
    const before = await shown();
    await lab.renewCertificate("sqlmi1");
    assert.notEqual(await shown(), before);
    assert.throws(() => lab.renewCertificate("sqlserver1"), RangeError);
  });
});

/**
 * Whether the connection was ended. The client has several codes for it: which one depends on the end of the socket
 * that it looks at first.
 */
function hungUp({ code }: RequestError): boolean {
  return ["ECONNCLOSED", "ECONNRESET", "ESOCKET"].includes(code);
}

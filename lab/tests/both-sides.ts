import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { ConnectionPool, type RequestError } from "mssql";
import { type Lab, type LabOptions, type Ready, startLab } from "#lab/index";
import { inUrl } from "#lab/loopback";
import { type Answer, createArm, type Json } from "./managed-instance/arm-client";
import { fixture } from "./support/place";

const seed = readFileSync(fixture("seed_batches.json"), "utf8");
const roots = [...seed.matchAll(/CREATE CERTIFICATE \[(\w+PKI)\] FROM BINARY = (0x[0-9A-F]{1000,})/gi)];
const replica = "AVAILABILITY_MODE = SYNCHRONOUS_COMMIT, FAILOVER_MODE = MANUAL, SEEDING_MODE = AUTOMATIC";
const member = "AVAILABILITY_MODE = ASYNCHRONOUS_COMMIT, FAILOVER_MODE = MANUAL, SEEDING_MODE = AUTOMATIC";

/** A lab over the wire: a session on each side, and Azure. */
export interface BothSides {
  readonly lab: Lab;
  readonly sqlServer: ConnectionPool;
  readonly managedInstance: ConnectionPool;
  /** The address of SQL Server's endpoint. */
  readonly partnerEndpoint: string;
  send(method: "GET" | "PUT" | "PATCH" | "POST" | "DELETE", rest: string, body?: object): Promise<Answer>;
  /** Waits for the end of an accepted request's operation. */
  ended(accepted: Answer): Promise<Json>;
  finished(method: "PUT" | "PATCH" | "POST" | "DELETE", rest: string, body?: object): Promise<Json>;
  /** Sets up trust: certificates on both sides, roots, and the endpoint. */
  trust(): Promise<void>;
  localGroup(databases: string, options?: string): string;
  distributedGroup(more?: string): string;
  close(): Promise<void>;
}

export interface BothSidesOptions extends LabOptions {
  /** The port of SQL Server's endpoint. @default 5022 */
  readonly mirroringPort?: number;
}

export async function startBothSides(options: BothSidesOptions, version = "2023-08-01"): Promise<BothSides> {
  const lab = await startLab(options);
  const arm = createArm({ ...lab.ready.arm, ca: readFileSync(lab.ready.caFile, "utf8") });
  const [server] = lab.ready.sqlServers;
  const [instance] = lab.ready.managedInstances;
  assert.ok(server && instance);
  const [sqlServer, managedInstance] = await Promise.all([connect(server), connect(instance)]);
  const partnerEndpoint = `TCP://${inUrl(server.host)}:${options.mirroringPort ?? 5022}`;
  const sides: BothSides = {
    lab,
    sqlServer,
    managedInstance,
    partnerEndpoint,
    send: (method, rest, body) => arm.send(method, `${instance.id}/${rest}?api-version=${version}`, body),
    ended: async (accepted) => (await arm.finish(accepted)).body,
    finished: async (method, rest, body) => sides.ended(await sides.send(method, rest, body)),
    async trust() {
      const sql = (text: string) => sqlServer.request().batch<Record<string, Buffer>>(text);
      await sql("CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'P@ssw0rd!x'");
      await sql("CREATE CERTIFICATE own WITH SUBJECT = 'own', EXPIRY_DATE = '20400101'");
      const { recordset } = await sql("SELECT CERTENCODED(CERT_ID('own')) AS der");
      const publicBlob = `0x${recordset[0]?.der?.toString("hex")}`;
      await sides.finished("PUT", "serverTrustCertificates/own", { properties: { publicBlob } });
      const theirs = await sides.send("GET", "endpointCertificates/DATABASE_MIRRORING");
      await sql(`CREATE CERTIFICATE [${instance.fqdn}] FROM BINARY = 0x${theirs.body.properties?.publicBlob}`);
      for (const [, name, der] of roots)
        await sql(
          `CREATE CERTIFICATE [${name}] FROM BINARY = ${der} DECLARE @id int = CERT_ID('${name}') EXEC sp_certificate_add_issuer @id, N'*.database.windows.net'`,
        );
      await sql(
        `CREATE ENDPOINT e STATE = STARTED AS TCP (LISTENER_PORT = ${options.mirroringPort ?? 5022}, LISTENER_IP = ALL) FOR DATABASE_MIRRORING (ROLE = ALL, AUTHENTICATION = CERTIFICATE own, ENCRYPTION = REQUIRED ALGORITHM AES)`,
      );
    },
    localGroup: (databases, clause = "WITH (CLUSTER_TYPE = NONE) ") =>
      `CREATE AVAILABILITY GROUP ag ${clause}FOR ${databases}REPLICA ON N'sqlserver1' WITH (ENDPOINT_URL = '${partnerEndpoint}', ${replica})`,
    distributedGroup: (more = "") =>
      `CREATE AVAILABILITY GROUP dag WITH (DISTRIBUTED) AVAILABILITY GROUP ON N'ag' WITH (LISTENER_URL = '${partnerEndpoint}', ${member}), N'ag_mi' WITH (LISTENER_URL = 'tcp://${instance.fqdn}:5022;Server=[sqlmi1]${more}', ${member})`,
    async close() {
      await Promise.all([sqlServer, managedInstance].map((pool) => pool.close()));
      await lab.close();
    },
  };
  return sides;
}

export function connect(to: Ready["sqlServers"][number] | Ready["managedInstances"][number]): Promise<ConnectionPool> {
  const { host: server, port, user, password } = to;
  const options = { encrypt: true, trustServerCertificate: true };
  return new ConnectionPool({ server, port, user, password, options, pool: { max: 1 } }).connect();
}

export async function errorNumberOf(pool: ConnectionPool, batch: string): Promise<number | undefined> {
  try {
    await pool.request().batch(batch);
    return undefined;
  } catch (error) {
    return (error as RequestError).number;
  }
}

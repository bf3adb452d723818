import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { ConnectionPool, type IRecordSet } from "mssql";
import { type Lab, type LabOptions, startLab } from "#lab/index";
import { fixture } from "../support/place";
import { type Answer, createArm, type Json } from "./arm-client";

type Row = Readonly<Record<string, unknown>>;

/** A lab where everything is ready for a link of db1, by the seed's own batches, and a pool of one session on each side. */
export interface LinkedLab {
  readonly lab: Lab;
  readonly sqlServer: ConnectionPool;
  readonly managedInstance: ConnectionPool;
  connect(side: "sqlServer" | "managedInstance"): Promise<ConnectionPool>;
  establish(): Promise<void>;
  beginEstablishing(): Promise<Answer>;
  finish(accepted: Answer): Promise<void>;
  changeMode(mode: "Sync" | "Async"): Promise<void>;
  remove(): Promise<void>;
  /** The database of the link resource. */
  database(): Promise<Json | undefined>;
  close(): Promise<void>;
}

export async function createTestLink(options: LabOptions = {}): Promise<LinkedLab> {
  const lab = await startLab({ databases: 1, linkTimeoutMilliseconds: 24 * 3_600_000, ...options });
  const pools: ConnectionPool[] = [];
  const [server] = lab.ready.sqlServers;
  const [instance] = lab.ready.managedInstances;
  assert.ok(server && instance);
  const ca = readFileSync(lab.ready.caFile, "utf8");
  const arm = createArm({ ...lab.ready.arm, ca });

  async function connect(side: "sqlServer" | "managedInstance"): Promise<ConnectionPool> {
    const { host, port, user, password } = (side === "sqlServer" ? server : instance) ?? assert.fail();
    const pool = await new ConnectionPool({
      server: host,
      port,
      user,
      password,
      pool: { max: 1 },
      options: { encrypt: true, serverName: "localhost", cryptoCredentialsDetails: { ca } },
    }).connect();
    pools.push(pool);
    return pool;
  }

  const [sqlServer, managedInstance] = [await connect("sqlServer"), await connect("managedInstance")];
  const at = (rest: string) => `${instance.id}/${rest}?api-version=2023-08-01`;

  async function prepare(): Promise<void> {
    const run = async (from: number, to: number, blob = ""): Promise<readonly IRecordSet<Row>[]> => {
      let last: readonly IRecordSet<Row>[] = [];
      for (const text of batches.slice(from, to + 1)) {
        const filled = text
          .replace(options.sqlVersion === 2016 ? /^WITH \(CLUSTER_TYPE.*$/m : /$^/, "")
          .replace(/db01/g, "db1")
          .replace(/Cert_s1_endpoint/g, "Cert_sqlserver1_endpoint")
          .replace(/10\.0\.0\.4/g, server?.host ?? "")
          .replace(/sqlmi1\.73d19f36a420a\.database\.windows\.net/g, instance?.fqdn ?? "")
          .replace(/03\/30\/2025/g, "03/30/2035")
          .replace(/FROM BINARY = 0x3082033E$/, `FROM BINARY = 0x${blob}`);
        const { recordsets } = await sqlServer.request().batch<Row>(filled);
        last = Array.isArray(recordsets) ? recordsets : [];
      }
      return last;
    };
    const [, keys] = await run(0, 7);
    const publicKey = keys?.[0]?.SQLServerPublicKey;
    assert.ok(Buffer.isBuffer(publicKey));
    const properties = { publicBlob: publicKey.toString("hex") };
    await arm.finish(await arm.send("PUT", at("serverTrustCertificates/Cert_sqlserver1_endpoint"), { properties }));
    const endpoint = await arm.send("GET", at("endpointCertificates/DATABASE_MIRRORING"));
    await run(8, 17, String(endpoint.body.properties?.publicBlob));
    await run(19, 23);
  }

  await prepare();
  const link = at("distributedAvailabilityGroups/DAG_db1");
  const linked: LinkedLab = {
    lab,
    sqlServer,
    managedInstance,
    connect,
    beginEstablishing: () =>
      arm.send("PUT", link, {
        properties: {
          databases: [{ databaseName: "db1" }],
          failoverMode: "Manual",
          instanceAvailabilityGroupName: "sqlmi1",
          instanceLinkRole: "Secondary",
          partnerAvailabilityGroupName: "AG_db1",
          partnerEndpoint: `TCP://${server.host}:5022`,
          seedingMode: "Automatic",
        },
      }),
    async finish(accepted) {
      const { body } = await arm.finish(accepted);
      assert.deepEqual([body.status, body.error], ["Succeeded", undefined]);
    },
    establish: async () => linked.finish(await linked.beginEstablishing()),
    changeMode: async (replicationMode) =>
      linked.finish(await arm.send("PATCH", link, { properties: { replicationMode } })),
    remove: async () => linked.finish(await arm.send("DELETE", link)),
    database: async () => (await arm.send("GET", link)).body.properties?.databases?.[0],
    async close() {
      await Promise.all(pools.map((pool) => pool.close()));
      await lab.close();
    },
  };
  return linked;
}

const batches: readonly string[] = (
  JSON.parse(readFileSync(fixture("seed_batches.json"), "utf8")) as readonly { readonly full: string }[]
).map(({ full }) => full);

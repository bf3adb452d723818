import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { ConnectionPool, IRecordSet } from "mssql";
import type { Lab, LabOptions } from "#lab/index";
import { connect, startBothSides } from "../both-sides";
import { fixture } from "../support/place";
import type { Answer, Json } from "./arm-client";

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
  /** The database as the link resource shows it. */
  database(): Promise<Json | undefined>;
  close(): Promise<void>;
}

export async function createTestLink(options: LabOptions = {}): Promise<LinkedLab> {
  const sides = await startBothSides({ databases: 1, linkTimeoutMilliseconds: 24 * 3_600_000, ...options });
  const { lab, sqlServer, managedInstance, partnerEndpoint, send } = sides;
  const [server] = lab.ready.sqlServers;
  const [instance] = lab.ready.managedInstances;
  assert.ok(server && instance);
  const pools: ConnectionPool[] = [];
  const finish = async (work: Promise<Json>) => {
    const { status, error } = await work;
    assert.deepEqual([String(status), error], ["Succeeded", undefined]);
  };

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
    await sides.finished("PUT", "serverTrustCertificates/Cert_sqlserver1_endpoint", { properties });
    const endpoint = await send("GET", "endpointCertificates/DATABASE_MIRRORING");
    await run(8, 17, String(endpoint.body.properties?.publicBlob));
    await run(19, 23);
  }

  await prepare();
  const linkProperties = {
    databases: [{ databaseName: "db1" }],
    failoverMode: "Manual",
    instanceAvailabilityGroupName: "sqlmi1",
    instanceLinkRole: "Secondary",
    partnerAvailabilityGroupName: "AG_db1",
    partnerEndpoint,
    seedingMode: "Automatic",
  };
  const link = "distributedAvailabilityGroups/DAG_db1";
  return {
    lab,
    sqlServer,
    managedInstance,
    async connect(side) {
      const pool = await connect(side === "sqlServer" ? server : instance);
      pools.push(pool);
      return pool;
    },
    beginEstablishing: () => send("PUT", link, { properties: linkProperties }),
    finish: (accepted) => finish(sides.ended(accepted)),
    establish: () => finish(sides.finished("PUT", link, { properties: linkProperties })),
    changeMode: (replicationMode) => finish(sides.finished("PATCH", link, { properties: { replicationMode } })),
    remove: () => finish(sides.finished("DELETE", link)),
    database: async () => (await send("GET", link)).body.properties?.databases?.[0],
    async close() {
      await Promise.all(pools.map((pool) => pool.close()));
      await sides.close();
    },
  };
}

const batches: readonly string[] = (
  JSON.parse(readFileSync(fixture("seed_batches.json"), "utf8")) as readonly { readonly full: string }[]
).map(({ full }) => full);

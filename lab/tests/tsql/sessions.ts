import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { ConnectionPool, type RequestError } from "mssql";
import type { Lab } from "#lab/index";

/** One session of a lab's SQL Server: what a batch leaves open the next one finds. */
export interface TestSession {
  readonly pool: ConnectionPool;
  batch(text: string): Promise<Record<string, unknown>[]>;
  /** The number of the error that the batch ends with; 0 if it has none. */
  failure(text: string): Promise<number>;
  close(): Promise<void>;
}

export async function openSession(lab: Lab, database = "db1"): Promise<TestSession> {
  const [server] = lab.ready.sqlServers;
  assert.ok(server);
  const ca = readFileSync(lab.ready.caFile, "utf8");
  const options = { encrypt: true, serverName: server.name, cryptoCredentialsDetails: { ca } };
  const { host, port, user, password } = server;
  const pool = new ConnectionPool({ server: host, port, user, password, database, options, pool: { max: 1 } });
  await pool.connect();
  return {
    pool,
    async batch(text) {
      const { recordset } = await pool.request().batch(text);
      return (recordset ?? []).map((row: Record<string, unknown>) => ({ ...row }));
    },
    async failure(text) {
      try {
        await pool.request().batch(text);
        return 0;
      } catch (error) {
        return (error as RequestError).number ?? -1;
      }
    },
    close: () => pool.close(),
  };
}

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { ConnectionPool } from "mssql";
import { startLab } from "#lab/index";

/** A user's database of a lab, over one connection. */
export interface TestDatabase {
  rows(text: string): Promise<Readonly<Record<string, unknown>>[]>;
  /** Of the columns of a result, "identity", "stored" or "". */
  origins(text: string): Promise<string[]>;
  run(text: string): Promise<void>;
  /** The number that it is refused with; undefined where it is not. */
  refusal(text: string): Promise<number | undefined>;
  close(): Promise<void>;
}

export async function openDatabase(batches: readonly string[] = []): Promise<TestDatabase> {
  const lab = await startLab();
  const [server] = lab.ready.sqlServers;
  assert.ok(server);
  const ca = readFileSync(lab.ready.caFile, "utf8");
  const options = { encrypt: true, serverName: server.name, cryptoCredentialsDetails: { ca } };
  const { host, port, user, password } = server;
  const config = { server: host, port, user, password, database: "db1", options, pool: { max: 1 } };
  const pool = await new ConnectionPool(config).connect();
  const run = async (text: string) => void (await pool.request().batch(text));
  for (const text of batches) await run(text);
  return {
    run,
    rows: async (text) => [...(await pool.request().query(text)).recordset].map((row) => ({ ...row })),
    async origins(text) {
      const { columns } = (await pool.request().query(text)).recordset;
      return Object.values(columns).map(({ identity, readOnly }) => (identity ? "identity" : readOnly ? "" : "stored"));
    },
    refusal: (text) =>
      run(text).then(
        () => undefined,
        ({ number }: { readonly number: number }) => number,
      ),
    async close() {
      await pool.close();
      await lab.close();
    },
  };
}

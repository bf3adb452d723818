import { readFileSync } from "node:fs";
import { ConnectionPool } from "mssql";
import { version } from "mssql/package.json";
import type { BatchAnswer, ResultSet, SqlClient } from "../client";
import { isContextChange } from "./session";

/** `mssql` over tedious: what the provider itself speaks through. */
export const mssql: SqlClient = {
  kind: "sql",
  name: "mssql",
  version,
  needs: [],
  recipe: [],
  async connect(_folder, { host, port, user, password, caFile }) {
    const cryptoCredentialsDetails = { ca: readFileSync(caFile, "utf8") };
    const pool = new ConnectionPool({
      server: host,
      port,
      user,
      password,
      pool: { max: 1 },
      options: { encrypt: true, serverName: "localhost", cryptoCredentialsDetails },
    });
    await pool.connect();
    return {
      async run(batch): Promise<BatchAnswer> {
        const request = pool.request();
        const messages: string[] = [];
        request.on("info", ({ message }: { readonly message: string }) => messages.push(message));
        const answer = await request.batch(batch).catch((error: Error) => error);
        const seen = messages.filter((text) => !isContextChange(text));
        if (answer instanceof Error) return { sets: [], messages: seen, error: answer.message };
        const recordsets = Array.isArray(answer.recordsets) ? answer.recordsets : [];
        return { sets: recordsets.map(resultSet), messages: seen };
      },
      close: () => pool.close(),
    };
  },
};

function resultSet(recordset: {
  readonly columns: Readonly<Record<string, { readonly index: number }>>;
  readonly length: number;
  map<To>(each: (row: Readonly<Record<string, unknown>>) => To): To[];
}): ResultSet {
  const columns = Object.entries(recordset.columns)
    .sort(([, one], [, other]) => one.index - other.index)
    .map(([name]) => name);
  return { columns, rows: recordset.map((row) => columns.map((name) => asText(row[name]))) };
}

function asText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (Buffer.isBuffer(value)) return value.toString("hex").toUpperCase();
  if (typeof value === "boolean") return value ? "1" : "0";
  return value instanceof Date ? value.toISOString() : String(value);
}

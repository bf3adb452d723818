import { readFile } from "node:fs/promises";
import type { Connection, ConnectionPool, config as PoolConfig } from "mssql";
import type { CompleteSqlServer } from "../arguments/sql-server-settings";

type Target = CompleteSqlServer & { readonly password: string };

/** One pool for each server and login, shared by all resource types of the run. */
const pools = new Map<string, Promise<ConnectionPool>>();

export function openPool(target: Target): Promise<ConnectionPool> {
  const key = JSON.stringify(target);
  const open = pools.get(key);
  if (open) return open;
  const opening = connectPool(target);
  pools.set(key, opening);
  opening.catch(() => pools.delete(key));
  return opening;
}

export async function closePools(): Promise<void> {
  const all = [...pools.values()];
  pools.clear();
  await Promise.allSettled(all.map(async (pool) => (await pool).close()));
}

async function connectPool(target: Target): Promise<ConnectionPool> {
  // Loaded with the first connection, as previews (check and diff) need none.
  const mssql = require("mssql") as typeof import("mssql");
  const config = await poolConfig(target);
  const pool = new mssql.ConnectionPool(config);
  // A pooled connection that breaks while idle is dropped by the pool; without a listener it would end the process.
  pool.on("error", () => {});
  return await pool.connect();
}

async function poolConfig(target: Target): Promise<PoolConfig> {
  const encrypt = { strict: "strict", mandatory: true, optional: false } as const;
  const [domain, account] = target.user?.split("\\") ?? [];
  return {
    server: target.host,
    port: target.port,
    database: "master",
    ...(target.authentication === "Ntlm"
      ? { domain, user: account, password: target.password }
      : { user: target.user, password: target.password }),
    beforeConnect: keepRefusals,
    // No limit of the driver: a backup may take hours, and the operation's own signal ends it.
    requestTimeout: 0,
    connectionTimeout: 15_000,
    // Looks at the socket only, and sends no SELECT 1 before every batch: `connection.ts` handles one that broke.
    validateConnection: "socket",
    // Where more backups run than there are connections, the next one waits for as long as they last.
    pool: { max: 16, min: 0, idleTimeoutMillis: 30_000, acquireTimeoutMillis: 2 ** 31 - 1 },
    options: {
      appName: "pulumi-mi-link",
      encrypt: encrypt[target.encrypt] as boolean,
      trustServerCertificate: target.trustServerCertificate,
      useUTC: true,
      abortTransactionOnError: false,
      ...(target.caFile ? { cryptoCredentialsDetails: { ca: await readFile(target.caFile, "utf8") } } : {}),
    },
  };
}

/** What a server said while it refused a login; the text is in its own language. */
export interface Refusal {
  readonly number: number;
  readonly message: string;
}

/** Keeps what the server said on the error of a refused login: the driver keeps the last text only, and no number. */
function keepRefusals(connection: Connection): void {
  const refusals: Refusal[] = [];
  const keep = ({ number, message }: Refusal): void => void refusals.push({ number, message });
  connection.on("errorMessage", keep);
  connection.once("connect", (error?: Error) => {
    connection.off("errorMessage", keep);
    if (error) Object.assign(error, { refusals });
  });
}

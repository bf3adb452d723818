import { readFile } from "node:fs/promises";
import type { Connection, ConnectionPool, config as PoolConfig } from "mssql";
import { type CompleteSqlServer, connecting } from "../arguments/sql-server-settings";
import { type Claims, claimsOf, refuseOtherAudience, type TokenSource } from "./token-source";

/** A server, and the password or the tokens that it is signed in to with. */
export interface Target {
  readonly server: CompleteSqlServer;
  readonly secret: string | TokenSource;
}

export const keyOf = ({ server, secret }: Target): string =>
  JSON.stringify([server, typeof secret === "string" ? secret : secret.key]);

interface Opened {
  readonly opening: Promise<ConnectionPool>;
  pool?: ConnectionPool;
}

/** One pool for each server and login, shared by all resource types of the run. */
const pools = new Map<string, Opened>();

export function openPool(target: Target): Promise<ConnectionPool> {
  const key = keyOf(target);
  const known = pools.get(key);
  if (known) return known.opening;
  const opened: Opened = { opening: connectPool(target) };
  pools.set(key, opened);
  opened.opening.then(
    (pool) => {
      opened.pool = pool;
    },
    () => pools.delete(key),
  );
  return opened.opening;
}

/** Whether the next request finds an open connection. */
export const hasIdle = (target: Target): boolean => (pools.get(keyOf(target))?.pool?.available ?? 0) > 0;

export async function closePools(): Promise<void> {
  const all = [...pools.values()];
  pools.clear();
  await Promise.allSettled(all.map(async ({ opening }) => (await opening).close()));
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

async function poolConfig({ server, secret }: Target): Promise<PoolConfig> {
  const encrypt = { strict: "strict", mandatory: true, optional: false } as const;
  const sent: Sent = {};
  return {
    server: server.host,
    port: server.port,
    database: "master",
    ...(typeof secret === "string" ? withPassword(server, secret) : withTokens(server, secret, sent)),
    beforeConnect: (connection) => keepRefusals(connection, sent),
    // No limit of the driver: a backup may take hours, and the operation's own signal ends it.
    requestTimeout: 0,
    connectionTimeout: 15_000,
    // Looks at the socket only, and sends no SELECT 1 before every batch: `connection.ts` handles one that broke.
    validateConnection: "socket",
    // Where more backups run than there are connections, the next one waits for as long as they last.
    pool: { max: 16, min: 0, idleTimeoutMillis: 30_000, acquireTimeoutMillis: 2 ** 31 - 1 },
    options: {
      appName: "pulumi-mi-link",
      encrypt: encrypt[server.encrypt] as boolean,
      trustServerCertificate: server.trustServerCertificate,
      useUTC: true,
      abortTransactionOnError: false,
      ...(server.caFile ? { cryptoCredentialsDetails: { ca: await readFile(server.caFile, "utf8") } } : {}),
    },
  };
}

function withPassword({ authentication, user }: CompleteSqlServer, password: string): Partial<PoolConfig> {
  if (authentication !== "Ntlm") return { user, password };
  const [domain, account] = user?.split("\\") ?? [];
  return { domain, user: account, password };
}

/** What the last token that went to the server says. */
interface Sent {
  claims?: Claims | undefined;
}

/**
 * The driver asks for a token while it opens a connection, once the server has said for whom it must be (FEDAUTHINFO), so
 * that every connection gets a fresh one. A token in the settings of the pool would be that of its first hour.
 */
function withTokens(server: CompleteSqlServer, source: TokenSource, sent: Sent): Partial<PoolConfig> {
  const credential = {
    async getToken(scope: string | string[]) {
      const token = await source.get();
      sent.claims = claimsOf(token);
      refuseOtherAudience(connecting(server), String(scope), source.audience, sent.claims);
      return { token, expiresOnTimestamp: Date.now() };
    },
  };
  return { authentication: { type: "token-credential", options: { credential } } };
}

/** What a server said while it refused a login; the text is in its own language. */
export interface Refusal {
  readonly number: number;
  readonly message: string;
}

/** Keeps what the server said on the error of a refused login: the driver keeps the last text only, and no number. */
function keepRefusals(connection: Connection, sent: Sent): void {
  const refusals: Refusal[] = [];
  const keep = ({ number, message }: Refusal): void => void refusals.push({ number, message });
  connection.on("errorMessage", keep);
  connection.once("connect", (error?: Error) => {
    connection.off("errorMessage", keep);
    if (error) Object.assign(error, { refusals, claims: sent.claims });
  });
}

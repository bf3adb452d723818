import { createServer } from "node:net";
import mssql from "mssql";
import { createCertificateAuthority } from "#lab/certificate-authority";
import type { InstanceRequest } from "#lab/sql-server/instance";
import { listen } from "#lab/tds/listener";
import { openInstance, password } from "./instance";

let authority: ReturnType<typeof createCertificateAuthority> | undefined;

/** Serves one instance by itself on a port. */
export async function serve(request: Partial<InstanceRequest> = {}) {
  const tdsPort = await freePort();
  const opened = openInstance({ tdsPort, databases: [{ name: "db01" }], ...request });
  const { instance, backend, journal, faults } = opened;
  authority ??= createCertificateAuthority();
  const tls = await (await authority).issue([instance.address]);
  const open = () => listen({ backend, host: instance.address, port: instance.tdsPort, tls });
  let listener = await open();
  const connect = (more: Partial<mssql.config> = {}) =>
    new mssql.ConnectionPool({
      server: instance.address,
      port: instance.tdsPort,
      user: "sa",
      password,
      options: { encrypt: true, trustServerCertificate: true, appName: "mocha" },
      pool: { max: 1 },
      ...more,
    }).connect();
  return {
    instance,
    journal,
    faults,
    connect,
    async restart() {
      await listener.close();
      await opened.close();
      await backend.restart();
      listener = await open();
    },
    async close() {
      await listener.close();
      await opened.close();
    },
  };
}

/** A session in which a batch finds what the one before left open. */
function sessionOver(pool: () => mssql.ConnectionPool) {
  const batch = async (text: string) => (await pool().request().batch(text)).recordset ?? [];
  return {
    run: async (text: string) => void (await batch(text)),
    rows: async (text: string): Promise<Record<string, unknown>[]> =>
      [...(await batch(text))].map((row) => ({ ...row })),
    /** Each row as its values. */
    values: async (text: string) =>
      [...((await pool().request().query(text)).recordset ?? [])].map((row) => Object.values(row).flat()),
    /** The numbers of the errors that a batch ends with. */
    refusal: (text: string) => failure(batch(text)),
  };
}

/** Serves one instance for all tests of a `describe`, with a session of sa. */
export function served(request: Partial<InstanceRequest> = {}, more: Partial<mssql.config> = {}) {
  let server: Awaited<ReturnType<typeof serve>>;
  let pool: mssql.ConnectionPool;
  const others: mssql.ConnectionPool[] = [];
  before(async () => {
    server = await serve(request);
    pool = await server.connect(more);
  });
  after(async () => {
    for (const each of [...others, pool]) await each?.close();
    await server?.close();
  });
  return {
    get server() {
      return server;
    },
    get pool() {
      return pool;
    },
    ...sessionOver(() => pool),
    async restart() {
      await pool.close();
      await server.restart();
      pool = await server.connect(more);
    },
    /** Opens another session like the first. */
    async session() {
      const own = await server.connect(more);
      others.push(own);
      return { pool: own, ...sessionOver(() => own), close: () => own.close() };
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/** The numbers of the errors that a request failed with, in the order in which the server sent them. */
export async function failure(work: Promise<unknown>): Promise<number[]> {
  try {
    await work;
  } catch (error) {
    if (error instanceof mssql.RequestError) {
      const preceding = "precedingErrors" in error && Array.isArray(error.precedingErrors) ? error.precedingErrors : [];
      return [...preceding, error].map(({ number }) => Number(number));
    }
    throw error;
  }
  return [];
}

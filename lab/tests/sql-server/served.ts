import { createServer } from "node:net";
import mssql from "mssql";
import { createCertificateAuthority } from "#lab/certificate-authority";
import { createClock } from "#lab/clock";
import { createFaults } from "#lab/faults/faults";
import { createJournal } from "#lab/journal";
import { createBackend } from "#lab/sql-server/backend";
import { createInstance, type InstanceRequest } from "#lab/sql-server/instance";
import { listen } from "#lab/tds/listener";
import { disconnected, password } from "./support";

const clock = createClock();

/** One instance by itself behind its port. */
export async function serve(request: Partial<InstanceRequest> = {}) {
  const instance = createInstance({
    name: "sqlserver1",
    address: "127.0.0.1",
    tdsPort: await freePort(),
    clock,
    administrator: { password },
    databases: [{ name: "db01" }],
    ...request,
  });
  const journal = createJournal();
  const faults = createFaults();
  const network = {
    partnerState: () => disconnected,
    seeding: () => undefined,
    isHeldByLink: () => false,
    isTrusted: () => false,
    changeRole: async () => undefined,
  };
  const backend = createBackend({ instance, network, clock, journal, faults });
  const tls = await (await createCertificateAuthority()).issue([instance.address]);
  const listener = await listen({ backend, host: instance.address, port: instance.tdsPort, tls });
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
    async close() {
      await listener.close();
      await backend.close();
    },
  };
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/** Numbers of what a request failed with, in the order in which the server sent them. */
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

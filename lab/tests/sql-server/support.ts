import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Network, PartnerState, Seeding } from "#lab/network";
import { findTable } from "#lab/sql-server/catalog/index";
import { createHost } from "#lab/sql-server/host";
import { createInstance, type InstanceRequest } from "#lab/sql-server/instance";
import { createMirroringListener } from "#lab/sql-server/mirroring-listener";
import type { Instance, Login } from "#lab/sql-server/model";
import { isSysadmin } from "#lab/sql-server/permissions";
import type { Server } from "#lab/sql-server/server";
import type { Host, Session } from "#lab/tsql/host";
import { SqlError } from "#lab/tsql/messages";
import type { CreateAvailabilityGroup, ReplicaSpec } from "#lab/tsql/syntax/availability-group";
import type { ServerStatement } from "#lab/tsql/syntax/server-statement";
import type { SqlValue } from "#lab/tsql/types";
import { fixture } from "../support/place";

export type Row = Readonly<Record<string, SqlValue>>;

export interface TestServer {
  readonly instance: Instance;
  readonly server: Server;
  readonly host: Host;
  /** Of sa, in master. */
  readonly session: Session;
  partner: PartnerState;
  seeding?: Seeding;
  /** Numbers of the informational messages. */
  run(...statements: readonly ServerStatement[]): Promise<number[]>;
  runAs(session: Session, ...statements: readonly ServerStatement[]): Promise<number[]>;
  /** Numbers of the errors, the cause first. */
  refusal(...statements: readonly ServerStatement[]): Promise<number[]>;
  /** Rows of a view: "sys.certificates", "msdb.dbo.backupset". */
  rows(view: string, session?: Session): Row[];
  sessionOf(login: Login): Session;
  close(): Promise<void>;
}

export const disconnected: PartnerState = { connected: false, synchronizationHealth: "NOT_HEALTHY", databases: [] };
export const password = "Pa55-word!";

export function certificateFile(name: string): Buffer {
  return readFileSync(fixture("certs", name));
}

export async function createTestServer(request: Partial<InstanceRequest> = {}): Promise<TestServer> {
  const clock = { now: () => new Date(), sleep: () => Promise.resolve() };
  const instance = createInstance({
    name: "sqlserver1",
    address: "127.0.0.1",
    tdsPort: 14330,
    clock,
    administrator: { password },
    databases: [
      { name: "db1", isBackedUp: true },
      { name: "db2", isBackedUp: true },
      { name: "fresh" },
      { name: "simple", recoveryModel: "SIMPLE" },
    ],
    ...request,
  });
  const network: Network = {
    partnerState: () => test.partner,
    seeding: () => test.seeding,
    isHeldByLink: () => false,
    isTrusted: () => false,
    changeRole: async () => undefined,
  };
  const listener = createMirroringListener(instance, clock);
  const server: Server = { instance, clock, network, listener, files: new Map(), sessions: new Map() };
  const host = createHost(server);
  const sessionOf = ({ name }: Login): Session => ({
    host,
    spid: 51,
    login: name,
    get isSysadmin() {
      return isSysadmin(instance, this.login);
    },
    hostName: "test",
    applicationName: "mocha",
    database: "master",
    transactionCount: 0,
    options: new Map([["DATEFORMAT", "mdy"]]),
  });
  const administrator = [...instance.logins.values()][0];
  if (!administrator) throw new Error("an instance has an administrator");
  const session = sessionOf(administrator);
  const runAs = async (as: Session, ...statements: readonly ServerStatement[]) => {
    const numbers: number[] = [];
    const ignore = () => undefined;
    const sink = { columns: ignore, row: ignore, statementEnd: ignore, error: ignore, databaseChanged: ignore };
    for (const statement of statements)
      await host.execute(statement, as, { ...sink, info: ({ number }) => numbers.push(number) });
    return numbers;
  };
  const test: TestServer = {
    instance,
    server,
    host,
    session,
    partner: disconnected,
    runAs,
    run: (...statements) => runAs(session, ...statements),
    async refusal(...statements) {
      const last = statements.at(-1);
      await runAs(session, ...statements.slice(0, -1));
      return last ? refusalOf(() => runAs(session, last)) : [];
    },
    rows: (view, as = session) => rowsOf(server, view, as),
    sessionOf,
    close: () => listener.close(),
  };
  return test;
}

export async function refusalOf(work: () => unknown): Promise<number[]> {
  try {
    await work();
  } catch (error) {
    if (error instanceof SqlError) return [...error.preceding, error].map(({ number }) => number);
    throw error;
  }
  return [];
}

function rowsOf(server: Server, view: string, session: Session): Row[] {
  const [name = "", schema, database] = view.split(".").reverse();
  const table = findTable(server, { database, schema, name }, session);
  if (!table) throw new Error(`there is no ${view}`);
  return [...table.rows()].map((values) =>
    Object.fromEntries(table.columns.map((column, index) => [column.name, values[index] ?? null])),
  );
}

export const masterKey: ServerStatement = { kind: "createMasterKey", password };
export const selfSigned = (
  name: string,
  more: { readonly expiryDate?: string; readonly startDate?: string } = {},
): ServerStatement => ({
  kind: "createCertificate",
  name,
  subject: `Certificate for ${name}`,
  ...more,
});
export const imported = (name: string, binary: Buffer): ServerStatement => ({
  kind: "createCertificate",
  name,
  binary,
});
export const endpoint = (certificate: string, port = 15022): ServerStatement => ({
  kind: "createEndpoint",
  name: "database_mirroring_endpoint",
  state: "STARTED",
  tcp: { port, ip: "ALL" },
  payload: "DATABASE_MIRRORING",
  role: "ALL",
  authentication: [{ certificate }],
  encryption: { mode: "REQUIRED", algorithms: ["AES"] },
});

export const replica: ReplicaSpec = {
  name: "sqlserver1",
  url: "TCP://10.0.0.4:5022",
  availabilityMode: "SYNCHRONOUS_COMMIT",
  failoverMode: "MANUAL",
  seedingMode: "AUTOMATIC",
};
export const group = (
  name: string,
  databases: readonly string[],
  more: Partial<CreateAvailabilityGroup> = {},
): ServerStatement => ({
  kind: "createAvailabilityGroup",
  name,
  distributed: false,
  clusterType: "NONE",
  options: {},
  databases,
  replicas: [replica],
  ...more,
});

const member: ReplicaSpec = { ...replica, availabilityMode: "ASYNCHRONOUS_COMMIT" };
export const localMember = (name: string, more: Partial<ReplicaSpec> = {}): ReplicaSpec => ({
  ...member,
  name,
  ...more,
});
export const managedMember = (more: Partial<ReplicaSpec> = {}): ReplicaSpec => ({
  ...member,
  name: "sqlmi1",
  url: "tcp://sqlmi1.73d19f36a420a.database.windows.net:5022;Server=[sqlmi1]",
  ...more,
});
export const distributedGroup = (
  name: string,
  members: readonly ReplicaSpec[],
  more: Partial<CreateAvailabilityGroup> = {},
): ServerStatement => ({
  kind: "createAvailabilityGroup",
  name,
  distributed: true,
  options: {},
  databases: [],
  replicas: members,
  ...more,
});

export interface RefusalCase {
  readonly does: string;
  readonly statements: readonly ServerStatement[];
  readonly errors: readonly number[];
  readonly on?: Partial<InstanceRequest>;
  readonly inDatabase?: string;
  readonly inTransaction?: boolean;
}

/** One test for each: the last statement is the one that is refused. */
export function itRefuses(cases: readonly RefusalCase[]): void {
  for (const { does, statements, errors, on, inDatabase, inTransaction } of cases) {
    it(`${does}: ${errors.join(", ")}`, async () => {
      const test = await createTestServer(on);
      try {
        test.session.database = inDatabase ?? "master";
        test.session.transactionCount = inTransaction ? 1 : 0;
        assert.deepEqual(await test.refusal(...statements), errors);
      } finally {
        await test.close();
      }
    });
  }
}

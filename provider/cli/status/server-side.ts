import { addressOf, complete, type SqlServer } from "../../arguments/sql-server-settings";
import { VisibleError } from "../../errors/visible-error";
import { allCertificates, type Certificate } from "../../sql-server/catalog/certificates";
import { type Endpoint, findEndpoint, isListening } from "../../sql-server/catalog/endpoint";
import { allGroups, type Group } from "../../sql-server/catalog/groups";
import {
  type CopyState,
  copyStates,
  type GroupDatabase,
  groupDatabases,
  type ReplicaState,
  replicaStates,
} from "../../sql-server/catalog/replica-states";
import { seedings } from "../../sql-server/catalog/seeding-progress";
import type { Sql } from "../../sql-server/connection";
import { sql } from "../../sql-server/tsql";
import type { Problem } from "./status-data";
import { problemOf } from "./unread";

/** What one SQL Server tells of all its links: each part undefined where it could not be read, and `problems` says why. */
export interface ServerSide {
  readonly settings: SqlServer;
  readonly address: string;
  readonly server?: Sql;
  readonly groups?: readonly Group[];
  readonly replicas?: readonly ReplicaState[];
  readonly copies?: readonly CopyState[];
  readonly databases?: readonly GroupDatabase[];
  readonly seedings?: Awaited<ReturnType<typeof seedings>>;
  /** null: there is none. */
  readonly endpoint?: Endpoint | null;
  readonly isListening?: boolean;
  readonly certificates?: readonly Certificate[];
  readonly problems: readonly Problem[];
}

/** Asks each question once, however many links there are. */
export async function readServer(
  settings: SqlServer,
  open: (settings: SqlServer) => Promise<Sql>,
): Promise<ServerSide> {
  const address = addressOf(complete(settings));
  let server: Sql;
  try {
    server = await open(settings);
  } catch (error) {
    return { settings, address, problems: [problemOf(error, `the SQL Server at ${address} could not be asked`)] };
  }
  if (server.instance.isManagedInstance) {
    const what = `${server.instance.name} (${address}) is a managed instance, not a SQL Server`;
    return { settings, address, problems: [{ level: "unread", what, remedy: "give its id as --managed-instance." }] };
  }
  const failures: { readonly what: string; readonly error: VisibleError }[] = [];
  const read = async <T>(what: string, ask: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof VisibleError)) throw error;
      failures.push({ what, error });
      return undefined;
    }
  };
  // One after the other, over one connection: a server that is in trouble needs its connections for others.
  const hidden = await seesNoDefinitions(server);
  const groups = await read("availability groups", () => allGroups(server));
  const replicas = await read("states of replicas", () => replicaStates(server));
  const copies = await read("lag and queues", () => copyStates(server));
  const databases = await read("databases in groups", () => groupDatabases(server));
  const seeding = await read("progress of copies", () => seedings(server));
  const found = await read("mirroring endpoint", async () => (await findEndpoint(server)) ?? null);
  const listening = found && (await read("listener of the endpoint", () => isListening(server, found.port)));
  const certificates = await read("certificates", () => allCertificates(server));
  const problems = [...hidden, ...unread(server, failures)];
  const isBlind = hidden.length > 0;
  return {
    settings,
    address,
    server,
    // An empty catalog means nothing to a login that may not see what is in it.
    groups: isBlind && groups?.length === 0 ? undefined : groups,
    replicas,
    copies,
    databases: isBlind ? undefined : databases,
    seedings: seeding,
    endpoint: isBlind && found === null ? undefined : found,
    isListening: listening ?? undefined,
    certificates: isBlind ? undefined : certificates,
    problems,
  };
}

/** Catalog views are empty, not refused, for a login that may not see definitions. */
async function seesNoDefinitions(server: Sql): Promise<readonly Problem[]> {
  if (server.instance.isSysadmin) return [];
  const [row] = await server.query<{ readonly sees: number | null }>(
    "see what the login may see",
    sql`SELECT HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW ANY DEFINITION') AS sees`,
  );
  if (row?.sees === 1) return [];
  const { name, login } = server.instance;
  return [
    {
      level: "unread",
      what: `on ${name} the login ${login} sees no availability groups, endpoints and certificates but its own`,
      cause: "it has no permission VIEW ANY DEFINITION.",
      remedy: `run as an administrator: ${sql`GRANT VIEW ANY DEFINITION TO ${sql.identifier(login)}`.text}`,
    },
  ];
}

/** Questions that failed for the same reason are told together. */
function unread(
  { instance: { name, login } }: Sql,
  failures: readonly { readonly what: string; readonly error: VisibleError }[],
): Problem[] {
  const reasons = Map.groupBy(failures, ({ error }) => JSON.stringify(error.failure.said ?? error.message));
  return [...reasons.values()].flatMap((same) => {
    const [first] = same;
    if (!first) return [];
    const what = `on ${name} these could not be read: ${same.map((each) => each.what).join(", ")}`;
    const problem = problemOf(first.error, what);
    // 300 and 297: VIEW SERVER STATE is missing, whatever a version calls the part of it that is needed.
    if (!first.error.codes.some((code) => code === 300 || code === 297)) return [problem];
    return [
      {
        ...problem,
        cause: `the login ${login} has no permission VIEW SERVER STATE.`,
        remedy: `run as an administrator: ${sql`GRANT VIEW SERVER STATE TO ${sql.identifier(login)}`.text}`,
      },
    ];
  });
}

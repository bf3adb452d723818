import { tablesOf } from "../../tsql/data/store";
import type { Session } from "../../tsql/host";
import { bit, int, nvarchar } from "../../tsql/types";
import type { Database } from "../model";
import { findByName } from "../names";
import { requireServerState } from "../permissions";
import type { Server } from "../server";
import { bigint, datetime, defineView, smallint, varchar } from "./view";

/** Everybody sees their own session; those of others need VIEW SERVER STATE (300 where there is nothing else to see). */
function visibleSessions(server: Server, session: Session): Session[] {
  const all = [...server.sessions.values()];
  try {
    requireServerState(server, session);
    return all;
  } catch {
    return all.filter(({ spid }) => spid === session.spid);
  }
}

const isolationLevels = ["", "READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE", "SNAPSHOT"];
const isolationOf = ({ options }: Session): number =>
  isolationLevels.indexOf(options.get("TRANSACTION ISOLATION LEVEL") ?? "READ COMMITTED");
const lockTimeoutOf = ({ options }: Session): number => Number(options.get("LOCK_TIMEOUT") ?? -1);
const waitTypeOf = ({ lockWait }: Session): string | null => (lockWait ? `LCK_M_${lockWait.request.mode}` : null);
const databaseIdOf = ({ instance }: Server, { database }: Session): number =>
  findByName(instance.databases, database)?.id ?? 1;
const waited = ({ lockWait }: Session, now: Date): number => (lockWait ? now.getTime() - lockWait.since.getTime() : 0);

interface SessionRow {
  readonly server: Server;
  readonly session: Session;
}

const rowsOf =
  (isShown: (session: Session) => boolean) =>
  (server: Server, asking: Session): SessionRow[] =>
    visibleSessions(server, asking)
      .filter(isShown)
      .map((session) => ({ server, session }));

export const sessions = defineView<SessionRow>(
  ({ required, optional }) => [
    required("session_id", smallint, ({ session }) => session.spid),
    required("login_time", datetime, ({ session }) => session.loginTime ?? null),
    optional("host_name", nvarchar(128), ({ session }) => session.hostName),
    optional("program_name", nvarchar(128), ({ session }) => session.applicationName),
    required("login_name", nvarchar(128), ({ session }) => session.login),
    required("status", nvarchar(30), ({ session }) => (session.request ? "running" : "sleeping")),
    required("database_id", smallint, ({ server, session }) => databaseIdOf(server, session)),
    required("transaction_isolation_level", smallint, ({ session }) => isolationOf(session)),
    required("lock_timeout", int, ({ session }) => lockTimeoutOf(session)),
    required("is_user_process", bit, 1),
    required("original_login_name", nvarchar(128), ({ session }) => session.login),
    required("open_transaction_count", int, ({ session }) => session.transactionCount),
  ],
  rowsOf(() => true),
);

export const requests = defineView<SessionRow>(
  ({ required, optional }) => [
    required("session_id", smallint, ({ session }) => session.spid),
    required("request_id", int, 0),
    required("start_time", datetime, ({ session }) => session.request?.started ?? null),
    required("status", nvarchar(30), ({ session }) => (session.lockWait ? "suspended" : "running")),
    required("command", nvarchar(32), ({ session }) => commandOf(session.request?.text ?? "")),
    required("database_id", smallint, ({ server, session }) => databaseIdOf(server, session)),
    required("user_id", int, 1),
    optional("blocking_session_id", smallint, ({ session }) => session.lockWait?.blockedBy ?? 0),
    optional("wait_type", nvarchar(60), ({ session }) => waitTypeOf(session)),
    required("wait_time", int, ({ server, session }) => waited(session, server.clock.now())),
    required("last_wait_type", nvarchar(60), ({ session }) => waitTypeOf(session) ?? "MISCELLANEOUS"),
    required("wait_resource", nvarchar(256), ({ server, session }) => waitResource(server, session)),
    required("open_transaction_count", int, ({ session }) => session.transactionCount),
    required("transaction_id", bigint, ({ session }) => session.transaction?.id ?? 0n),
    required("total_elapsed_time", int, ({ server, session }) => elapsed(session, server.clock.now())),
    required("transaction_isolation_level", smallint, ({ session }) => isolationOf(session)),
    required("lock_timeout", int, ({ session }) => lockTimeoutOf(session)),
  ],
  rowsOf((session) => session.request !== undefined),
);

const elapsed = ({ request }: Session, now: Date): number => (request ? now.getTime() - request.started.getTime() : 0);

/** The first word of what runs. */
const commandOf = (text: string): string => /[a-z]+/i.exec(text)?.[0].toUpperCase().slice(0, 32) ?? "";

function waitResource(server: Server, session: Session): string {
  const { table, row } = session.lockWait?.request ?? {};
  const owner = table && databaseOf(server, table.id);
  if (!table || !owner) return "";
  return row === undefined ? `OBJECT: ${owner.id}:${table.id}:0 ` : `KEY: ${owner.id}:${table.id} (${rowHash(row)})`;
}

function databaseOf({ instance }: Server, tableId: number): Database | undefined {
  return [...instance.databases.values()].find(({ store }) => tablesOf(store).some(({ id }) => id === tableId));
}

const rowHash = (row: number): string => row.toString(16).padStart(12, "0");

export const waitingTasks = defineView<SessionRow>(
  ({ optional }) => [
    optional("session_id", smallint, ({ session }) => session.spid),
    optional("wait_duration_ms", bigint, ({ server, session }) => BigInt(waited(session, server.clock.now()))),
    optional("wait_type", nvarchar(60), ({ session }) => waitTypeOf(session)),
    optional("blocking_session_id", smallint, ({ session }) => session.lockWait?.blockedBy ?? null),
    optional("resource_description", nvarchar(3072), ({ server, session }) => waitResource(server, session)),
  ],
  rowsOf((session) => session.lockWait !== undefined),
);

interface LockRow {
  readonly databaseId: number;
  readonly type: "OBJECT" | "KEY";
  readonly entity: number;
  readonly description: string;
  readonly mode: string;
  readonly spid: number;
  readonly status: "GRANT" | "WAIT";
}

export const tranLocks = defineView<LockRow>(
  ({ required }) => [
    required("resource_type", nvarchar(60), ({ type }) => type),
    required("resource_subtype", nvarchar(60), ""),
    required("resource_database_id", int, ({ databaseId }) => databaseId),
    required("resource_description", nvarchar(256), ({ description }) => description),
    required("resource_associated_entity_id", bigint, ({ entity }) => BigInt(entity)),
    required("request_mode", nvarchar(60), ({ mode }) => mode),
    required("request_type", nvarchar(60), "LOCK"),
    required("request_status", nvarchar(60), ({ status }) => status),
    required("request_session_id", int, ({ spid }) => spid),
    required("request_owner_type", nvarchar(60), "TRANSACTION"),
    required("lock_owner_address", varchar(18), "0x0000000000000000"),
  ],
  (server, session) => {
    requireServerState(server, session);
    return [...server.instance.databases.values()].flatMap(locksIn).concat(waitingLocks(server));
  },
);

function locksIn({ id: databaseId, store }: Database): LockRow[] {
  return tablesOf(store).flatMap((table) => {
    const object = { databaseId, type: "OBJECT", entity: table.id, description: "", status: "GRANT" } as const;
    const key = (row: number) => ({ ...object, type: "KEY", description: `(${rowHash(row)})` }) as const;
    const changed = [...table.owners].map(({ spid }) => ({ ...object, mode: "IX", spid }));
    const rows = [...table.locks].map(([row, { owner }]) => ({ ...key(row), mode: "X", spid: owner.spid }));
    const kept = [...table.kept].flatMap(([{ spid }, locks]) => [
      ...(locks.table ? [{ ...object, mode: locks.table as string, spid }] : []),
      ...[...locks.rows].map(([row, mode]) => ({ ...key(row), mode: mode as string, spid })),
    ]);
    return [...changed, ...rows, ...kept];
  });
}

function waitingLocks(server: Server): LockRow[] {
  return [...server.sessions.values()].flatMap(({ lockWait, spid }) => {
    const { table, row, mode } = lockWait?.request ?? {};
    const owner = table && databaseOf(server, table.id);
    if (!table || !owner || !mode) return [];
    const type = row === undefined ? "OBJECT" : "KEY";
    const description = row === undefined ? "" : `(${rowHash(row)})`;
    return [{ databaseId: owner.id, type, entity: table.id, description, mode, spid, status: "WAIT" }];
  });
}

import { tablesOf } from "../../tsql/data/store";
import type { Database } from "../model";
import type { Server } from "../server";
import type { OpenSession } from "../sessions";
import { type Row, serverState, type View, view } from "./view";

/** LCK_M_X and the like, while a statement waits for a lock. */
export const waitTypeOf = ({ session: { lockWait } }: OpenSession): string | null =>
  lockWait ? `LCK_M_${lockWait.request.mode}` : null;

export const waitedMilliseconds = ({ session: { lockWait } }: OpenSession, now: Date): number =>
  lockWait ? now.getTime() - lockWait.since.getTime() : 0;

/** What a session waits for, as wait_resource tells it. */
export function waitResource(server: Server, { session }: OpenSession): string {
  const { table, row } = session.lockWait?.request ?? {};
  const owner = table && databaseOf(server, table.id);
  if (!table || !owner) return "";
  return row === undefined ? `OBJECT: ${owner.id}:${table.id}:0 ` : `KEY: ${owner.id}:${table.id} (${rowHash(row)})`;
}

function databaseOf({ instance }: Server, tableId: number): Database | undefined {
  return [...instance.databases.values()].find(({ store }) => tablesOf(store).some(({ id }) => id === tableId));
}

const rowHash = (row: number): string => row.toString(16).padStart(12, "0");

interface Lock {
  readonly databaseId: number;
  readonly type: "OBJECT" | "KEY";
  readonly entity: number;
  readonly description: string;
  readonly mode: string;
  readonly spid: number;
  readonly status: "GRANT" | "WAIT";
}

const lockRow = ({ databaseId, type, entity, description, mode, spid, status }: Lock): Row => ({
  resource_type: type,
  resource_database_id: databaseId,
  resource_description: description,
  resource_associated_entity_id: BigInt(entity),
  request_mode: mode,
  request_type: "LOCK",
  request_status: status,
  request_reference_count: 1,
  request_session_id: spid,
  request_owner_type: "TRANSACTION",
});

function locksIn({ id: databaseId, store }: Database): Lock[] {
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

function waitingLocks(server: Server): Lock[] {
  return [...server.sessions.values()].flatMap(({ session: { lockWait, spid } }) => {
    const { table, row, mode } = lockWait?.request ?? {};
    const owner = table && databaseOf(server, table.id);
    if (!table || !owner || !mode) return [];
    const type = row === undefined ? "OBJECT" : "KEY";
    const description = row === undefined ? "" : `(${rowHash(row)})`;
    return [{ databaseId: owner.id, type, entity: table.id, description, mode, spid, status: "WAIT" }];
  });
}

export const lockViews: readonly View[] = [
  view(
    "dm_tran_locks",
    `resource_type nvarchar(60) NOT NULL, resource_subtype nvarchar(60) NOT NULL, resource_database_id int NOT NULL,
    resource_description nvarchar(256) NOT NULL, resource_associated_entity_id bigint,
    resource_lock_partition int NOT NULL, request_mode nvarchar(60) NOT NULL, request_type nvarchar(60) NOT NULL,
    request_status nvarchar(60) NOT NULL, request_reference_count smallint NOT NULL, request_lifetime int NOT NULL,
    request_session_id int NOT NULL, request_exec_context_id int NOT NULL, request_request_id int NOT NULL,
    request_owner_type nvarchar(60) NOT NULL, request_owner_id bigint, request_owner_guid uniqueidentifier,
    request_owner_lockspace_id nvarchar(32) NOT NULL, lock_owner_address varbinary(8) NOT NULL`,
    serverState((server) =>
      [...server.instance.databases.values()].flatMap(locksIn).concat(waitingLocks(server)).map(lockRow),
    ),
  ),
];

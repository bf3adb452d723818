import type { LockMode } from "../../tsql/stored";
import type { Database } from "../model";
import type { Server } from "../server";
import type { OpenSession } from "../sessions";
import { type Row, serverState, type View, view } from "./view";

/** The wait type, LCK_M_X and the like, while a statement waits for a lock. */
export const waitTypeOf = ({ session: { lockWait } }: OpenSession): string | null =>
  lockWait ? `LCK_M_${lockWait.request.mode.toUpperCase().replace("-", "_")}` : null;

export const waitedMilliseconds = ({ session: { lockWait } }: OpenSession, now: Date): number =>
  lockWait ? now.getTime() - lockWait.since.getTime() : 0;

/** The resource that a session waits for, as wait_resource names it. */
export function waitResource(server: Server, { session }: OpenSession): string {
  const { objectId } = session.lockWait?.request ?? {};
  const database = objectId === undefined ? undefined : databaseOf(server, objectId);
  return database ? `OBJECT: ${database.id}:${objectId}:0 ` : "";
}

function databaseOf({ instance }: Server, objectId: number): Database | undefined {
  return [...instance.databases.values()].find(({ store }) =>
    [...store.objects.values()].some(({ id }) => id === objectId),
  );
}

interface Lock {
  readonly databaseId: number;
  readonly objectId: number;
  readonly mode: LockMode;
  readonly spid: number;
  readonly status: "GRANT" | "WAIT";
}

const lockRow = ({ databaseId, objectId, mode, spid, status }: Lock): Row => ({
  resource_type: "OBJECT",
  resource_database_id: databaseId,
  resource_associated_entity_id: BigInt(objectId),
  request_mode: mode,
  request_type: "LOCK",
  request_status: status,
  request_reference_count: 1,
  request_session_id: spid,
  request_owner_type: "TRANSACTION",
});

function locksIn({ id: databaseId, store }: Database): Lock[] {
  return [...store.locks].flatMap(([key, { owner, mode }]) => {
    const objectId = store.objects.get(key)?.id;
    return objectId === undefined ? [] : { databaseId, objectId, mode, spid: owner.spid, status: "GRANT" as const };
  });
}

function waitingLocks(server: Server): Lock[] {
  return [...server.sessions.values()].flatMap(({ session: { lockWait, spid } }) => {
    const { objectId, mode } = lockWait?.request ?? {};
    const database = objectId === undefined ? undefined : databaseOf(server, objectId);
    if (objectId === undefined || !database || !mode) return [];
    return [{ databaseId: database.id, objectId, mode, spid, status: "WAIT" }];
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

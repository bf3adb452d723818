import type { LockMode } from "../../tsql/data/locks";
import type { Database } from "../model";
import { requireServerState } from "../permissions";
import type { Server } from "../server";
import { type DeclaredRow, declareView } from "./declare";
import { databaseOf, waitedMilliseconds, waitResource, waitTypeOf } from "./lock-waits";
import { visible } from "./sessions";

export const waitingTasks = declareView(
  `waiting_task_address varbinary(8), session_id smallint, exec_context_id int, wait_duration_ms bigint,
  wait_type nvarchar(60), resource_address varbinary(8), blocking_task_address varbinary(8),
  blocking_session_id smallint, blocking_exec_context_id int, resource_description nvarchar(3072)`,
  (server, asking) =>
    visible(server, asking)
      .filter(({ session }) => session.lockWait !== undefined)
      .map((open) => ({
        session_id: open.session.spid,
        exec_context_id: 0,
        wait_duration_ms: BigInt(waitedMilliseconds(open, server.clock.now())),
        wait_type: waitTypeOf(open),
        blocking_session_id: open.session.lockWait?.blockedBy ?? null,
        resource_description: waitResource(server, open),
      })),
);

export const tranLocks = declareView(
  `resource_type nvarchar(60) NOT NULL, resource_subtype nvarchar(60) NOT NULL, resource_database_id int NOT NULL,
  resource_description nvarchar(256) NOT NULL, resource_associated_entity_id bigint,
  resource_lock_partition int NOT NULL, request_mode nvarchar(60) NOT NULL, request_type nvarchar(60) NOT NULL,
  request_status nvarchar(60) NOT NULL, request_reference_count smallint NOT NULL, request_lifetime int NOT NULL,
  request_session_id int NOT NULL, request_exec_context_id int NOT NULL, request_request_id int NOT NULL,
  request_owner_type nvarchar(60) NOT NULL, request_owner_id bigint, request_owner_guid uniqueidentifier,
  request_owner_lockspace_id nvarchar(32) NOT NULL, lock_owner_address varbinary(8) NOT NULL`,
  (server, session) => {
    requireServerState(server, session);
    return [...server.instance.databases.values()].flatMap(locksIn).concat(waitingLocks(server)).map(lockRow);
  },
);

interface Lock {
  readonly databaseId: number;
  readonly objectId: number;
  readonly mode: LockMode;
  readonly spid: number;
  readonly status: "GRANT" | "WAIT";
}

const lockRow = ({ databaseId, objectId, mode, spid, status }: Lock): DeclaredRow => ({
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

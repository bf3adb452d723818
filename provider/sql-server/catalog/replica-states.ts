import type { Sql } from "../connection";
import { sql } from "../tsql";

/** A replica of a group as this instance sees it. Of a distributed group the replicas are its two member groups. */
export interface ReplicaState {
  readonly groupName: string;
  readonly replicaName: string;
  readonly isLocal: boolean;
  /** PRIMARY, SECONDARY or RESOLVING. */
  readonly role: string | null;
  /** CONNECTED or DISCONNECTED; null where this instance does not see it. */
  readonly connectedState: string | null;
  /** HEALTHY, PARTIALLY_HEALTHY or NOT_HEALTHY. */
  readonly health: string | null;
  /** Of the last attempt that failed: SQL Server keeps it when a later one succeeds. */
  readonly errorNumber: number | null;
  readonly errorText: string | null;
  readonly errorAt: Date | null;
}

/** The states of all replicas of all groups, by one question. */
export const replicaStates = (server: Sql): Promise<ReplicaState[]> =>
  server.query<ReplicaState>(
    "read the states of the replicas",
    sql`SELECT g.name AS groupName, r.replica_server_name AS replicaName, s.is_local AS isLocal, s.role_desc AS role,
      s.connected_state_desc AS connectedState, s.synchronization_health_desc AS health,
      s.last_connect_error_number AS errorNumber, s.last_connect_error_description AS errorText,
      s.last_connect_error_timestamp AS errorAt
    FROM sys.dm_hadr_availability_replica_states s
    JOIN sys.availability_groups g ON g.group_id = s.group_id
    JOIN sys.availability_replicas r ON r.replica_id = s.replica_id AND r.group_id = s.group_id`,
  );

/** A copy of a database, on this instance or on a replica that it sends to. Everything beyond the names may be NULL. */
export interface CopyState {
  readonly databaseName: string | null;
  readonly replicaName: string;
  readonly isLocal: boolean;
  /** SYNCHRONIZED, SYNCHRONIZING, NOT SYNCHRONIZING, INITIALIZING, REVERTING. */
  readonly state: string | null;
  readonly health: string | null;
  readonly isSuspended: boolean | null;
  readonly suspendReason: string | null;
  readonly lagSeconds: number | null;
  /** Log that is not sent yet, and log that is sent and not redone. */
  readonly sendQueueKilobytes: number | null;
  readonly redoQueueKilobytes: number | null;
  readonly lastCommitAt: Date | null;
}

type CopyRow = Omit<CopyState, "lagSeconds" | "sendQueueKilobytes" | "redoQueueKilobytes"> &
  Record<"lagSeconds" | "sendQueueKilobytes" | "redoQueueKilobytes", string | number | null>;

/** The states of all copies of all databases in groups, by one question. */
export async function copyStates(server: Sql): Promise<CopyState[]> {
  const rows = await server.query<CopyRow>(
    "read the states of the databases in groups",
    sql`SELECT DB_NAME(d.database_id) AS databaseName, r.replica_server_name AS replicaName, d.is_local AS isLocal,
      d.synchronization_state_desc AS state, d.synchronization_health_desc AS health, d.is_suspended AS isSuspended,
      d.suspend_reason_desc AS suspendReason, d.secondary_lag_seconds AS lagSeconds,
      d.log_send_queue_size AS sendQueueKilobytes, d.redo_queue_size AS redoQueueKilobytes,
      d.last_commit_time AS lastCommitAt
    FROM sys.dm_hadr_database_replica_states d
    JOIN sys.availability_replicas r ON r.replica_id = d.replica_id`,
  );
  return rows.map((row) => ({
    ...row,
    lagSeconds: numberOrNull(row.lagSeconds),
    sendQueueKilobytes: numberOrNull(row.sendQueueKilobytes),
    redoQueueKilobytes: numberOrNull(row.redoQueueKilobytes),
  }));
}

/** The driver gives bigint as text. */
export const numberOrNull = (value: string | number | null | undefined): number | null =>
  value === null || value === undefined ? null : Number(value);

/** A database of a local group. */
export interface GroupDatabase {
  readonly groupName: string;
  readonly databaseName: string;
  /** ONLINE, RESTORING, SUSPECT ...; null: the group names a database that is not there. */
  readonly state: string | null;
}

/** The databases of all local groups, by one question. */
export const groupDatabases = (server: Sql): Promise<GroupDatabase[]> =>
  server.query<GroupDatabase>(
    "read the databases of the availability groups",
    sql`SELECT g.name AS groupName, c.database_name AS databaseName, d.state_desc AS state
    FROM sys.availability_databases_cluster c
    JOIN sys.availability_groups g ON g.group_id = c.group_id
    LEFT JOIN sys.databases d ON d.name = c.database_name
    WHERE g.is_distributed = 0 AND c.database_name IS NOT NULL`,
  );

import type { PartnerDatabase, ReplicaPosition } from "../../network";
import type { Wanted } from "../../tsql/host";
import { sameName } from "../../tsql/values/collation";
import type { AvailabilityGroup, Database, Replica } from "../model";
import { nameKey } from "../names";
import type { Server } from "../server";
import { groupsAround, groupsIn } from "./availability-groups";
import { healths, isLocalReplica, partnersOf } from "./replica-states";
import { type Coded, type Row, serverState, type View, view } from "./view";

type SynchronizationState = PartnerDatabase["synchronizationState"];

const synchronizationStates: Readonly<Record<SynchronizationState, number>> = {
  "NOT SYNCHRONIZING": 0,
  SYNCHRONIZING: 1,
  SYNCHRONIZED: 2,
  INITIALIZING: 4,
};

/** A database on one replica: the local copy, or the one at the other end of a distributed group. */
interface DatabaseState {
  readonly database: Database;
  readonly group: AvailabilityGroup;
  readonly replica: Replica;
  readonly isLocal: boolean;
  readonly isPrimary: boolean;
  readonly state: SynchronizationState;
  readonly hardenedLsn: bigint;
  readonly lagSeconds: bigint | null;
  readonly readAt: Date;
  readonly isSuspended: boolean;
  /** The secondary's position, seen from either end. */
  readonly position?: ReplicaPosition;
}

const isPrimaryIn = ({ role }: AvailabilityGroup) => role === "PRIMARY";

interface Copy {
  readonly distributed: AvailabilityGroup;
  readonly copy: PartnerDatabase;
}

function* databaseStates(server: Server, wanted?: Wanted): Iterable<DatabaseState> {
  const { instance } = server;
  const groups = groupsAround(instance, groupsIn(instance, wanted));
  const readAt = server.clock.now();
  const partners = Map.groupBy(
    [...partnersOf(server, groups)].flatMap(([distributed, partner]) =>
      distributed.replicas.map(({ name }) => ({ local: nameKey(name), distributed, partner })),
    ),
    ({ local }) => local,
  );
  for (const group of groups) {
    const replica = group.replicas.find((candidate) => isLocalReplica(server, group, candidate));
    if (group.isDistributed || !replica) continue;
    const behind = partners.get(nameKey(group.name)) ?? [];
    const isPrimary = [group, ...behind.map(({ distributed }) => distributed)].every(isPrimaryIn);
    for (const key of group.databases) {
      const database = instance.databases.get(key);
      if (!database) continue;
      const copies = behind.flatMap(({ distributed, partner }) =>
        partner.databases.filter(({ name }) => sameName(name, database.name)).map((copy) => ({ distributed, copy })),
      );
      yield localState({ database, group, replica, isPrimary, readAt }, copies[0]?.copy);
      yield* copies.flatMap((copy) => remoteState(server, database, copy, readAt));
    }
  }
}

function localState(
  known: Pick<DatabaseState, "database" | "group" | "replica" | "isPrimary" | "readAt">,
  copy: PartnerDatabase | undefined,
): DatabaseState {
  const { isPrimary, database } = known;
  const isSuspended = database.isSuspended === true;
  const state = isPrimary && !isSuspended ? "SYNCHRONIZED" : (copy?.synchronizationState ?? "NOT SYNCHRONIZING");
  return {
    ...known,
    isLocal: true,
    isSuspended,
    state,
    hardenedLsn: database.endOfLogLsn,
    lagSeconds: isPrimary || !copy ? null : seconds(copy),
    position: isPrimary ? undefined : copy?.position,
  };
}

function remoteState(server: Server, database: Database, { distributed, copy }: Copy, readAt: Date): DatabaseState[] {
  const replica = distributed.replicas.find((candidate) => !isLocalReplica(server, distributed, candidate));
  if (!replica) return [];
  const isPrimary = distributed.role === "SECONDARY";
  return [
    {
      database,
      group: distributed,
      replica,
      isLocal: false,
      isPrimary,
      // A primary suspends its copies with itself.
      isSuspended: copy.isSuspended === true || (!isPrimary && database.isSuspended === true),
      state: copy.synchronizationState,
      hardenedLsn: copy.lastHardenedLsn,
      lagSeconds: seconds(copy),
      readAt,
      position: copy.position,
    },
  ];
}

const seconds = ({ secondaryLagSeconds }: PartnerDatabase): bigint => BigInt(Math.round(secondaryLagSeconds));

/** Queues are shown in KB, rounded up, so that a few bytes that wait are not shown as none. */
const kilobytes = (bytes = 0): bigint => BigInt(Math.ceil(bytes / 1024));

/** A value that is NULL in the row of the local primary. */
function secondaryOnly<T>({ isLocal, isPrimary }: DatabaseState, value: T): T | null {
  return isLocal && isPrimary ? null : value;
}

function healthOf({ state }: DatabaseState): Coded {
  return healths[state === "SYNCHRONIZED" || state === "SYNCHRONIZING" ? "HEALTHY" : "NOT_HEALTHY"];
}

const remoteOnly = <T>({ isLocal }: DatabaseState, value: T): T | null => (isLocal ? null : value);

function stateRow(row: DatabaseState): Row {
  const { database, group, replica, isLocal, isPrimary, state, hardenedLsn, position, readAt } = row;
  const hardenedAt = remoteOnly(row, position?.hardenedAt ?? readAt);
  return {
    database_id: database.id,
    group_id: group.id,
    replica_id: replica.id,
    group_database_id: database.groupDatabaseId ?? null,
    is_local: Number(isLocal),
    is_primary_replica: Number(isPrimary),
    synchronization_state: [synchronizationStates[state], state],
    is_commit_participant: Number(isLocal && isPrimary),
    synchronization_health: healthOf(row),
    database_state: isLocal ? [database.state === "ONLINE" ? 0 : 1, database.state] : [null, null],
    is_suspended: Number(row.isSuspended),
    suspend_reason: row.isSuspended ? [0, "SUSPEND_FROM_USER"] : [null, null],
    truncation_lsn: database.lastLogBackupLsn ?? null,
    last_sent_lsn: remoteOnly(row, hardenedLsn),
    last_sent_time: hardenedAt,
    last_received_lsn: remoteOnly(row, hardenedLsn),
    last_received_time: hardenedAt,
    last_hardened_lsn: hardenedLsn,
    last_hardened_time: hardenedAt,
    last_redone_lsn: secondaryOnly(row, position?.redoneLsn ?? hardenedLsn),
    last_redone_time: secondaryOnly(row, position?.redoneAt ?? readAt),
    log_send_queue_size: secondaryOnly(row, kilobytes(position?.sendQueueBytes)),
    log_send_rate: remoteOnly(row, 0n),
    redo_queue_size: secondaryOnly(row, kilobytes(position?.redoQueueBytes)),
    redo_rate: remoteOnly(row, 0n),
    filestream_send_rate: remoteOnly(row, 0n),
    end_of_log_lsn: hardenedLsn,
    last_commit_lsn: position?.redoneLsn ?? hardenedLsn,
    last_commit_time: position?.committedAt ?? readAt,
    low_water_mark_for_ghosts: 0n,
    secondary_lag_seconds: row.lagSeconds,
  };
}

function clusterRow({ database, replica, state, isLocal, isPrimary, isSuspended }: DatabaseState): Row {
  return {
    replica_id: replica.id,
    group_database_id: database.groupDatabaseId ?? null,
    database_name: database.name,
    is_failover_ready: Number((isLocal && isPrimary) || state === "SYNCHRONIZED"),
    is_pending_secondary_suspend: Number(isSuspended),
    is_database_joined: 1,
    truncation_lsn: database.lastLogBackupLsn ?? null,
  };
}

export const databaseStateViews: readonly View[] = [
  view(
    "dm_hadr_database_replica_states",
    `database_id int NOT NULL, group_id uniqueidentifier NOT NULL, replica_id uniqueidentifier NOT NULL,
    group_database_id uniqueidentifier NOT NULL, is_local bit, is_primary_replica bit,
    synchronization_state tinyint CODED, is_commit_participant bit, synchronization_health tinyint CODED,
    database_state tinyint CODED, is_suspended bit, suspend_reason tinyint CODED, recovery_lsn numeric(25, 0),
    truncation_lsn numeric(25, 0), last_sent_lsn numeric(25, 0), last_sent_time datetime,
    last_received_lsn numeric(25, 0), last_received_time datetime, last_hardened_lsn numeric(25, 0),
    last_hardened_time datetime, last_redone_lsn numeric(25, 0), last_redone_time datetime, log_send_queue_size bigint,
    log_send_rate bigint, redo_queue_size bigint, redo_rate bigint, filestream_send_rate bigint,
    end_of_log_lsn numeric(25, 0), last_commit_lsn numeric(25, 0), last_commit_time datetime,
    low_water_mark_for_ghosts bigint, secondary_lag_seconds bigint, quorum_commit_lsn numeric(25, 0) SINCE 2019,
    quorum_commit_time datetime SINCE 2019`,
    serverState(function* (server, _session, wanted) {
      for (const state of databaseStates(server, wanted)) yield stateRow(state);
    }),
  ),
  view(
    "dm_hadr_database_replica_cluster_states",
    `replica_id uniqueidentifier NOT NULL, group_database_id uniqueidentifier NOT NULL, database_name nvarchar(128) NOT NULL,
    is_failover_ready bit NOT NULL, is_pending_secondary_suspend bit NOT NULL, is_database_joined bit NOT NULL,
    recovery_lsn numeric(25, 0), truncation_lsn numeric(25, 0)`,
    serverState((server) => [...databaseStates(server)].map(clusterRow)),
  ),
];

import type { PartnerDatabase, ReplicaPosition } from "../../network";
import { bit, int } from "../../tsql/types";
import { sameName } from "../../tsql/values/collation";
import type { AvailabilityGroup, Database, Replica } from "../model";
import { findByName, nameKey } from "../names";
import { requireServerState } from "../permissions";
import type { Server } from "../server";
import { healths, isLocalReplica, partnersOf } from "./replica-states";
import { bigint, type Coded, datetime, defineView, guid, lsn } from "./view";

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
  /** Of the secondary, seen from either end. */
  readonly position?: ReplicaPosition;
}

const isPrimaryIn = ({ role }: AvailabilityGroup) => role === "PRIMARY";

interface Copy {
  readonly distributed: AvailabilityGroup;
  readonly copy: PartnerDatabase;
}

function* databaseStates(server: Server): Iterable<DatabaseState> {
  const { instance } = server;
  const readAt = server.clock.now();
  const partners = Map.groupBy(
    [...partnersOf(server)].flatMap(([distributed, partner]) =>
      distributed.replicas.map(({ name }) => ({ local: nameKey(name), distributed, partner })),
    ),
    ({ local }) => local,
  );
  for (const group of instance.groups.values()) {
    const replica = group.replicas.find((candidate) => isLocalReplica(server, group, candidate));
    if (group.isDistributed || !replica) continue;
    const behind = partners.get(nameKey(group.name)) ?? [];
    const isPrimary = [group, ...behind.map(({ distributed }) => distributed)].every(isPrimaryIn);
    for (const key of group.databases) {
      const database = findByName(instance.databases, key);
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
  return {
    ...known,
    isLocal: true,
    state: isPrimary ? "SYNCHRONIZED" : (copy?.synchronizationState ?? "NOT SYNCHRONIZING"),
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
      state: copy.synchronizationState,
      hardenedLsn: copy.lastHardenedLsn,
      lagSeconds: seconds(copy),
      readAt,
      position: copy.position,
    },
  ];
}

const seconds = ({ secondaryLagSeconds }: PartnerDatabase): bigint => BigInt(Math.round(secondaryLagSeconds));

/** Queues are shown in KB, rounded up: what waits is not nothing. */
const kilobytes = (bytes = 0): bigint => BigInt(Math.ceil(bytes / 1024));

/** Of a row whose replica is a secondary. */
function secondaryOnly<T>({ isLocal, isPrimary }: DatabaseState, value: T): T | null {
  return isLocal && isPrimary ? null : value;
}

function healthOf({ state }: DatabaseState): Coded {
  return healths[state === "SYNCHRONIZED" || state === "SYNCHRONIZING" ? "HEALTHY" : "NOT_HEALTHY"];
}

const remoteOnly = <T>({ isLocal }: DatabaseState, value: T): T | null => (isLocal ? null : value);

export const databaseReplicaStates = defineView<DatabaseState>(
  ({ required, optional, coded, since }) => [
    required("database_id", int, ({ database }) => database.id),
    required("group_id", guid, ({ group }) => group.id),
    required("replica_id", guid, ({ replica }) => replica.id),
    required("group_database_id", guid, ({ database }) => database.groupDatabaseId ?? null),
    optional("is_local", bit, ({ isLocal }) => Number(isLocal)),
    optional("is_primary_replica", bit, ({ isPrimary }) => Number(isPrimary)),
    ...coded("synchronization_state", ({ state }) => [synchronizationStates[state], state]),
    optional("is_commit_participant", bit, ({ isLocal, isPrimary }) => Number(isLocal && isPrimary)),
    ...coded("synchronization_health", healthOf),
    ...coded("database_state", (row) =>
      row.isLocal ? [row.database.state === "ONLINE" ? 0 : 1, row.database.state] : [null, null],
    ),
    optional("is_suspended", bit, 0),
    ...coded("suspend_reason", () => [null, null]),
    optional("recovery_lsn", lsn, null),
    optional("truncation_lsn", lsn, ({ database }) => database.lastLogBackupLsn ?? null),
    optional("last_sent_lsn", lsn, (row) => remoteOnly(row, row.hardenedLsn)),
    optional("last_sent_time", datetime, (row) => remoteOnly(row, row.position?.hardenedAt ?? row.readAt)),
    optional("last_received_lsn", lsn, (row) => remoteOnly(row, row.hardenedLsn)),
    optional("last_received_time", datetime, (row) => remoteOnly(row, row.position?.hardenedAt ?? row.readAt)),
    optional("last_hardened_lsn", lsn, ({ hardenedLsn }) => hardenedLsn),
    optional("last_hardened_time", datetime, (row) => remoteOnly(row, row.position?.hardenedAt ?? row.readAt)),
    optional("last_redone_lsn", lsn, (row) => secondaryOnly(row, row.position?.redoneLsn ?? row.hardenedLsn)),
    optional("last_redone_time", datetime, (row) => secondaryOnly(row, row.position?.redoneAt ?? row.readAt)),
    optional("log_send_queue_size", bigint, (row) => secondaryOnly(row, kilobytes(row.position?.sendQueueBytes))),
    optional("log_send_rate", bigint, (row) => remoteOnly(row, 0n)),
    optional("redo_queue_size", bigint, (row) => secondaryOnly(row, kilobytes(row.position?.redoQueueBytes))),
    optional("redo_rate", bigint, (row) => remoteOnly(row, 0n)),
    optional("filestream_send_rate", bigint, (row) => remoteOnly(row, 0n)),
    optional("end_of_log_lsn", lsn, ({ hardenedLsn }) => hardenedLsn),
    optional("last_commit_lsn", lsn, ({ hardenedLsn, position }) => position?.redoneLsn ?? hardenedLsn),
    optional("last_commit_time", datetime, ({ readAt, position }) => position?.committedAt ?? readAt),
    optional("low_water_mark_for_ghosts", bigint, 0n),
    optional("secondary_lag_seconds", bigint, ({ lagSeconds }) => lagSeconds),
    ...since(2019, optional("quorum_commit_lsn", lsn, null), optional("quorum_commit_time", datetime, null)),
  ],
  (server, session) => {
    requireServerState(server, session);
    return databaseStates(server);
  },
);

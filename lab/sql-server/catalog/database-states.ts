import type { PartnerDatabase } from "../../network";
import { bit, int } from "../../tsql/types";
import type { AvailabilityGroup, Database, Replica } from "../model";
import { findByName, sameName } from "../names";
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
}

const isPrimaryIn = ({ role }: AvailabilityGroup) => role === "PRIMARY";

function* databaseStates(server: Server): Iterable<DatabaseState> {
  const { instance } = server;
  const readAt = server.clock.now();
  const partners = [...partnersOf(server)];
  for (const group of instance.groups.values()) {
    const local = group.replicas.find((replica) => isLocalReplica(server, group, replica));
    if (group.isDistributed || !local) continue;
    for (const key of group.databases) {
      const database = findByName(instance.databases, key);
      if (!database) continue;
      const behind = partners.filter(([{ replicas }]) => replicas.some(({ name }) => sameName(name, group.name)));
      const copies = behind.flatMap(([distributed, partner]) =>
        partner.databases.filter(({ name }) => sameName(name, database.name)).map((copy) => ({ distributed, copy })),
      );
      const isPrimary = [group, ...behind.map(([distributed]) => distributed)].every(isPrimaryIn);
      const state: SynchronizationState = isPrimary
        ? "SYNCHRONIZED"
        : (copies[0]?.copy.synchronizationState ?? "NOT SYNCHRONIZING");
      yield {
        database,
        group,
        replica: local,
        isLocal: true,
        isPrimary,
        state,
        hardenedLsn: database.endOfLogLsn,
        lagSeconds: null,
        readAt,
      };
      for (const { distributed, copy } of copies) {
        const remote = distributed.replicas.find((replica) => !isLocalReplica(server, distributed, replica));
        if (!remote) continue;
        yield {
          database,
          group: distributed,
          replica: remote,
          isLocal: false,
          isPrimary: distributed.role === "SECONDARY",
          state: copy.synchronizationState,
          hardenedLsn: copy.lastHardenedLsn,
          lagSeconds: BigInt(Math.round(copy.secondaryLagSeconds)),
          readAt,
        };
      }
    }
  }
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
    optional("last_sent_time", datetime, (row) => remoteOnly(row, row.readAt)),
    optional("last_received_lsn", lsn, (row) => remoteOnly(row, row.hardenedLsn)),
    optional("last_received_time", datetime, (row) => remoteOnly(row, row.readAt)),
    optional("last_hardened_lsn", lsn, ({ hardenedLsn }) => hardenedLsn),
    optional("last_hardened_time", datetime, (row) => remoteOnly(row, row.readAt)),
    optional("last_redone_lsn", lsn, (row) => remoteOnly(row, row.hardenedLsn)),
    optional("last_redone_time", datetime, (row) => remoteOnly(row, row.readAt)),
    optional("log_send_queue_size", bigint, (row) => remoteOnly(row, 0n)),
    optional("log_send_rate", bigint, (row) => remoteOnly(row, 0n)),
    optional("redo_queue_size", bigint, (row) => remoteOnly(row, 0n)),
    optional("redo_rate", bigint, (row) => remoteOnly(row, 0n)),
    optional("filestream_send_rate", bigint, (row) => remoteOnly(row, 0n)),
    optional("end_of_log_lsn", lsn, ({ hardenedLsn }) => hardenedLsn),
    optional("last_commit_lsn", lsn, ({ hardenedLsn }) => hardenedLsn),
    optional("last_commit_time", datetime, ({ readAt }) => readAt),
    optional("low_water_mark_for_ghosts", bigint, 0n),
    optional("secondary_lag_seconds", bigint, ({ lagSeconds }) => lagSeconds),
    ...since(2019, optional("quorum_commit_lsn", lsn, null), optional("quorum_commit_time", datetime, null)),
  ],
  (server, session) => {
    requireServerState(server, session);
    return databaseStates(server);
  },
);

import type { Seeding } from "../../network";
import { bit, int, nvarchar } from "../../tsql/types";
import { distributedGroupsOver, groupOf } from "../ddl/group-checks";
import type { AvailabilityGroup, Database } from "../model";
import { requireServerState } from "../permissions";
import type { Server } from "../server";
import { isLocalReplica } from "./replica-states";
import { bigint, datetime, defineView, guid } from "./view";

interface SeedingRow {
  readonly seeding: Seeding;
  readonly database: Database;
  readonly group: AvailabilityGroup;
  readonly remoteReplicaId: string | null;
  readonly remoteName: string;
  readonly now: Date;
}

function* seedings(server: Server): Iterable<SeedingRow> {
  const { instance, network, clock } = server;
  for (const database of instance.databases.values()) {
    const seeding = network.seeding(instance, database);
    const local = seeding && groupOf(instance, database);
    if (!seeding || !local) continue;
    const group = distributedGroupsOver(instance, local.name)[0] ?? local;
    const remote = group.replicas.find((replica) => !isLocalReplica(server, group, replica));
    yield {
      seeding,
      database,
      group,
      remoteReplicaId: remote?.id ?? null,
      remoteName: remote?.name ?? "",
      now: clock.now(),
    };
  }
}

const isSource = ({ group }: SeedingRow) => group.role === "PRIMARY";

/** Microsoft's documentation says bit for current_state; scripts compare it with text, as it is in practice. */
export const automaticSeeding = defineView<SeedingRow>(
  ({ required, optional }) => [
    required("start_time", datetime, ({ seeding }) => seeding.start),
    optional("completion_time", datetime, ({ seeding }) => seeding.completed ?? null),
    required("ag_id", guid, ({ group }) => group.id),
    required("ag_db_id", guid, ({ database }) => database.groupDatabaseId ?? null),
    required("ag_remote_replica_id", guid, ({ remoteReplicaId }) => remoteReplicaId),
    required("operation_id", guid, ({ seeding }) => seeding.operationId),
    required("is_source", bit, (row) => Number(isSource(row))),
    required("current_state", nvarchar(60), ({ seeding }) => (seeding.completed ? "COMPLETED" : "SEEDING")),
    required("performed_seeding", bit, ({ seeding }) => Number(seeding.completed !== undefined)),
    optional("failure_state", int, null),
    optional("failure_state_desc", nvarchar(60), null),
    optional("error_code", int, null),
    required("number_of_attempts", int, ({ seeding }) => seeding.attempts),
  ],
  (server, session) => {
    requireServerState(server, session);
    return seedings(server);
  },
);

function estimatedEnd({ seeding, now }: SeedingRow): Date | null {
  if (seeding.bytesPerSecond <= 0) return null;
  const left = Math.max(0, seeding.databaseSizeBytes - seeding.transferredBytes);
  return new Date(now.getTime() + (left / seeding.bytesPerSecond) * 1000);
}

/** Rows exist only while seeding runs. The page of the view spells transfered_size_bytes, the queries that Microsoft ships do not. */
export const physicalSeedingStats = defineView<SeedingRow>(
  ({ required, optional }) => [
    required("local_physical_seeding_id", guid, ({ seeding }) => seeding.operationId),
    optional("remote_physical_seeding_id", guid, null),
    required("local_database_id", int, ({ database }) => database.id),
    required("local_database_name", nvarchar(128), ({ database }) => database.name),
    optional("remote_machine_name", nvarchar(256), ({ remoteName }) => remoteName),
    required("role_desc", nvarchar(60), (row) => (isSource(row) ? "Source" : "Destination")),
    required("internal_state_desc", nvarchar(60), (row) => (isSource(row) ? "ReadyToSendData" : "ReceivingData")),
    required("transfer_rate_bytes_per_second", bigint, ({ seeding }) => BigInt(Math.round(seeding.bytesPerSecond))),
    required("transferred_size_bytes", bigint, ({ seeding }) => BigInt(Math.round(seeding.transferredBytes))),
    required("database_size_bytes", bigint, ({ seeding }) => BigInt(Math.round(seeding.databaseSizeBytes))),
    required("start_time_utc", datetime, ({ seeding }) => seeding.start),
    optional("end_time_utc", datetime, null),
    optional("estimate_time_complete_utc", datetime, estimatedEnd),
    required("total_disk_io_wait_time_ms", bigint, 0n),
    required("total_network_wait_time_ms", bigint, 0n),
    optional("failure_code", int, 0),
    optional("failure_message", nvarchar(4000), null),
    optional("failure_time_utc", datetime, null),
    required("is_compression_enabled", bit, 0),
  ],
  (server, session) => {
    requireServerState(server, session);
    return [...seedings(server)].filter(({ seeding }) => !seeding.completed);
  },
);

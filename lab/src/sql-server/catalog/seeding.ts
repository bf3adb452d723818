import type { Seeding } from "../../network";
import { distributedGroupsOver, groupOf } from "../ddl/group-checks";
import type { AvailabilityGroup, Database } from "../model";
import type { Server } from "../server";
import { isLocalReplica } from "./replica-states";
import { type Row, serverState, type View, view } from "./view";

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

function automaticRow(row: SeedingRow): Row {
  const { seeding, database, group, remoteReplicaId } = row;
  return {
    start_time: seeding.start,
    completion_time: seeding.completed ?? null,
    ag_id: group.id,
    ag_db_id: database.groupDatabaseId ?? null,
    ag_remote_replica_id: remoteReplicaId,
    operation_id: seeding.operationId,
    is_source: Number(isSource(row)),
    current_state: seeding.completed ? "COMPLETED" : "SEEDING",
    performed_seeding: Number(seeding.completed !== undefined),
    number_of_attempts: seeding.attempts,
  };
}

function estimatedEnd({ seeding, now }: SeedingRow): Date | null {
  if (seeding.bytesPerSecond <= 0) return null;
  const left = Math.max(0, seeding.databaseSizeBytes - seeding.transferredBytes);
  return new Date(now.getTime() + (left / seeding.bytesPerSecond) * 1000);
}

function physicalRow(row: SeedingRow): Row {
  const { seeding, database, remoteName } = row;
  return {
    local_physical_seeding_id: seeding.operationId,
    local_database_id: database.id,
    local_database_name: database.name,
    remote_machine_name: remoteName,
    role_desc: isSource(row) ? "Source" : "Destination",
    internal_state_desc: isSource(row) ? "ReadyToSendData" : "ReceivingData",
    transfer_rate_bytes_per_second: BigInt(Math.round(seeding.bytesPerSecond)),
    transferred_size_bytes: BigInt(Math.round(seeding.transferredBytes)),
    database_size_bytes: BigInt(Math.round(seeding.databaseSizeBytes)),
    start_time_utc: seeding.start,
    estimate_time_complete_utc: estimatedEnd(row),
  };
}

export const seedingViews: readonly View[] = [
  // Microsoft's documentation says bit for current_state; scripts compare it with text, as it is in practice.
  view(
    "dm_hadr_automatic_seeding",
    `start_time datetime NOT NULL, completion_time datetime, ag_id uniqueidentifier NOT NULL,
    ag_db_id uniqueidentifier NOT NULL, ag_remote_replica_id uniqueidentifier NOT NULL,
    operation_id uniqueidentifier NOT NULL, is_source bit NOT NULL, current_state nvarchar(60) NOT NULL,
    performed_seeding bit NOT NULL, failure_state int CODED, error_code int, number_of_attempts int NOT NULL`,
    serverState((server) => [...seedings(server)].map(automaticRow)),
  ),
  // Rows exist only while seeding runs. The page of the view spells transfered_size_bytes, the queries that Microsoft
  // ships do not.
  view(
    "dm_hadr_physical_seeding_stats",
    `local_physical_seeding_id uniqueidentifier NOT NULL, remote_physical_seeding_id uniqueidentifier,
    local_database_id int NOT NULL, local_database_name nvarchar(128) NOT NULL, remote_machine_name nvarchar(256),
    role_desc nvarchar(60) NOT NULL, internal_state_desc nvarchar(60) NOT NULL,
    transfer_rate_bytes_per_second bigint NOT NULL, transferred_size_bytes bigint NOT NULL,
    database_size_bytes bigint NOT NULL, start_time_utc datetime NOT NULL, end_time_utc datetime,
    estimate_time_complete_utc datetime, total_disk_io_wait_time_ms bigint NOT NULL,
    total_network_wait_time_ms bigint NOT NULL, failure_code int = 0, failure_message nvarchar(4000),
    failure_time_utc datetime, is_compression_enabled bit NOT NULL`,
    serverState((server) => [...seedings(server)].filter(({ seeding }) => !seeding.completed).map(physicalRow)),
  ),
];

import type { Session, Wanted } from "../../tsql/host";
import { groupOf } from "../ddl/group-checks";
import type { Database } from "../model";
import { findByName, nameKey } from "../names";
import { keyStore, type Server } from "../server";
import { allocatedBytes } from "../transaction-log";
import { groupsAround } from "./availability-groups";
import { partnersOf } from "./replica-states";
import { named, type Row, type View, view } from "./view";

const recoveryModels = { FULL: 1, BULK_LOGGED: 2, SIMPLE: 3 } as const;
const states = { ONLINE: 0, RESTORING: 1, EMERGENCY: 5, OFFLINE: 6 } as const;
const accesses = { MULTI_USER: 0, SINGLE_USER: 1, RESTRICTED_USER: 2 } as const;
export const compatibilityLevels = { 2016: 130, 2017: 140, 2019: 150, 2022: 160, 2025: 170 } as const;

/** The names of databases whose log cannot be truncated, because a secondary has not received it yet. */
function withHeldLog(databases: readonly Database[], server: Server): ReadonlySet<string> {
  const { instance } = server;
  const groups = databases.flatMap((database) => groupOf(instance, database) ?? []);
  const copies = [...partnersOf(server, groupsAround(instance, groups)).values()].flatMap(({ databases }) => databases);
  const behind = copies.filter(({ position }) => (position?.sendQueueBytes ?? 0) > 0);
  return new Set(behind.map(({ name }) => nameKey(name)));
}

function* databaseRows(server: Server, _session: Session, wanted?: Wanted): Iterable<Row> {
  const { instance } = server;
  const databases = named(instance.databases, wanted?.get("name"));
  const held = withHeldLog(databases, server);
  for (const database of databases) {
    const { name, id, state, userAccess, recoveryModel, isReadOnly } = database;
    const key = nameKey(name);
    yield {
      name,
      database_id: id,
      owner_sid: Buffer.from([1]),
      create_date: database.created,
      compatibility_level: database.compatibilityLevel ?? compatibilityLevels[instance.majorVersion],
      collation_name: state === "ONLINE" ? instance.collation : null,
      user_access: [accesses[userAccess], userAccess],
      is_read_only: Number(isReadOnly),
      is_auto_close_on: Number(database.isAutoClose),
      state: [states[state], state],
      snapshot_isolation_state: [0, "OFF"],
      is_read_committed_snapshot_on: 0,
      recovery_model: [recoveryModels[recoveryModel], recoveryModel],
      is_fulltext_enabled: Number(id > 4),
      is_trustworthy_on: Number(key === "msdb"),
      is_db_chaining_on: Number(["master", "tempdb", "msdb"].includes(key)),
      is_master_key_encrypted_by_server: Number(keyStore(server, name).masterKey?.isEncryptedByServiceKey === true),
      service_broker_guid: database.guid,
      is_broker_enabled: Number(["tempdb", "msdb"].includes(key)),
      log_reuse_wait: held.has(key) && !isReadOnly ? [9, "AVAILABILITY_REPLICA"] : [0, "NOTHING"],
      is_encrypted: Number(database.encryption?.isOn === true),
      replica_id: database.replicaId ?? null,
      group_database_id: database.groupDatabaseId ?? null,
      target_recovery_time_in_seconds: id <= 3 ? 0 : 60,
      is_mixed_page_allocation_on: Number([1, 3, 4].includes(id)),
      physical_database_name: name,
      // ALTER DATABASE SET changed these.
      ...Object.fromEntries(database.options),
    };
  }
}

const pageBytes = 8192;
const logBytes = 8 * 1024 * 1024;

const fileStates: Readonly<Record<string, number>> = { ONLINE: 0, RESTORING: 1, RECOVERY_PENDING: 3, OFFLINE: 6 };

const fileTypes = { ROWS: [0, "ROWS"], LOG: [1, "LOG"], FILESTREAM: [2, "FILESTREAM"] } as const;
const groupTypes = {
  FILESTREAM: ["FD", "FILESTREAM_DATA_FILEGROUP"],
  MEMORY_OPTIMIZED_DATA: ["FX", "MEMORY_OPTIMIZED_DATA_FILEGROUP"],
} as const;

/** Each database has a data file and a log file. */
function filesOf(database: Database): Row[] {
  const two = [
    { name: database.name, kind: "ROWS" },
    { name: `${database.name}_log`, kind: "LOG" },
  ] as const;
  return [...two, ...(database.moreFiles ?? [])].map(({ name, kind }, index): Row => {
    const isLog = kind === "LOG";
    return {
      database_id: database.id,
      file_id: index + 1,
      type: fileTypes[kind === "MEMORY_OPTIMIZED_DATA" ? "FILESTREAM" : kind],
      data_space_id: isLog ? 0 : index + 1,
      name,
      physical_name: `/var/opt/mssql/data/${name}.${isLog ? "ldf" : "mdf"}`,
      state: [fileStates[database.state] ?? 0, database.state],
      size: Math.ceil((isLog ? logBytes : allocatedBytes(database)) / pageBytes),
      max_size: isLog ? 268_435_456 : -1,
      growth: 8192,
      is_read_only: Number(database.isReadOnly),
    };
  });
}

const fileColumns = `file_id int NOT NULL, file_guid uniqueidentifier, type tinyint CODED, data_space_id int NOT NULL,
  name sysname NOT NULL, physical_name nvarchar(260) NOT NULL, state tinyint CODED, size int NOT NULL,
  max_size int NOT NULL, growth int NOT NULL, is_media_read_only bit NOT NULL, is_read_only bit NOT NULL,
  is_sparse bit NOT NULL, is_percent_growth bit NOT NULL, is_name_reserved bit NOT NULL,
  is_persistent_log_buffer bit NOT NULL SINCE 2017, create_lsn numeric(25, 0), drop_lsn numeric(25, 0),
  read_only_lsn numeric(25, 0), read_write_lsn numeric(25, 0), differential_base_lsn numeric(25, 0),
  differential_base_guid uniqueidentifier, differential_base_time datetime, redo_start_lsn numeric(25, 0),
  redo_start_fork_guid uniqueidentifier, redo_target_lsn numeric(25, 0), redo_target_fork_guid uniqueidentifier,
  backup_lsn numeric(25, 0)`;

/** Sizes in bytes. A block is half a kilobyte; those written since the last log backup are in use. */
export function logSpaceOf({ endOfLogLsn, lastLogBackupLsn }: Database): { total: number; used: number } {
  const sinceBackup = Math.round((Number(endOfLogLsn - (lastLogBackupLsn ?? endOfLogLsn)) / 100_000) * 512);
  return { total: logBytes, used: Math.min(logBytes, 512 * 1024 + sinceBackup) };
}

export const databaseViews: readonly View[] = [
  view(
    "databases",
    `name sysname NOT NULL, database_id int NOT NULL, source_database_id int, owner_sid varbinary(85),
    create_date datetime NOT NULL, compatibility_level tinyint NOT NULL, collation_name sysname,
    user_access tinyint CODED, is_read_only bit, is_auto_close_on bit NOT NULL, is_auto_shrink_on bit = 0,
    state tinyint CODED, is_in_standby bit = 0, is_cleanly_shutdown bit = 0, is_supplemental_logging_enabled bit = 0,
    snapshot_isolation_state tinyint CODED, is_read_committed_snapshot_on bit, recovery_model tinyint CODED,
    page_verify_option tinyint CODED = 2 'CHECKSUM', is_auto_create_stats_on bit = 1,
    is_auto_create_stats_incremental_on bit = 0, is_auto_update_stats_on bit = 1, is_auto_update_stats_async_on bit = 0,
    is_ansi_null_default_on bit = 0, is_ansi_nulls_on bit = 0, is_ansi_padding_on bit = 0, is_ansi_warnings_on bit = 0,
    is_arithabort_on bit = 0, is_concat_null_yields_null_on bit = 0, is_numeric_roundabort_on bit = 0,
    is_quoted_identifier_on bit = 0, is_recursive_triggers_on bit = 0, is_cursor_close_on_commit_on bit = 0,
    is_local_cursor_default bit = 0, is_fulltext_enabled bit, is_trustworthy_on bit, is_db_chaining_on bit,
    is_parameterization_forced bit = 0, is_master_key_encrypted_by_server bit NOT NULL, is_query_store_on bit = 0,
    is_published bit NOT NULL, is_subscribed bit NOT NULL, is_merge_published bit NOT NULL, is_distributor bit NOT NULL,
    is_sync_with_backup bit NOT NULL, service_broker_guid uniqueidentifier NOT NULL, is_broker_enabled bit NOT NULL,
    log_reuse_wait tinyint CODED, is_date_correlation_on bit NOT NULL, is_cdc_enabled bit NOT NULL,
    is_encrypted bit = 0, is_honor_broker_priority_on bit = 0, replica_id uniqueidentifier,
    group_database_id uniqueidentifier, resource_pool_id int, default_language_lcid smallint,
    default_language_name nvarchar(128), default_fulltext_language_lcid int, default_fulltext_language_name nvarchar(128),
    is_nested_triggers_on bit, is_transform_noise_words_on bit, two_digit_year_cutoff smallint,
    containment tinyint CODED = 0 'NONE', target_recovery_time_in_seconds int,
    delayed_durability int CODED = 0 'DISABLED', is_memory_optimized_elevate_to_snapshot_on bit = 0,
    is_federation_member bit = 0, is_remote_data_archive_enabled bit = 0, is_mixed_page_allocation_on bit,
    is_temporal_history_retention_enabled bit = 1 SINCE 2017,
    catalog_collation_type int CODED = 0 'DATABASE_DEFAULT' SINCE 2019, physical_database_name nvarchar(128) SINCE 2019,
    is_result_set_caching_on bit = 0 SINCE 2019, is_accelerated_database_recovery_on bit = 0 SINCE 2019,
    is_tempdb_spill_to_remote_store bit = 0 SINCE 2019, is_stale_page_detection_on bit = 0 SINCE 2019,
    is_memory_optimized_enabled bit = 1 SINCE 2019, is_data_retention_enabled bit = 0 SINCE 2022,
    is_ledger_on bit = 0 SINCE 2022, is_change_feed_enabled bit = 0 SINCE 2022,
    is_data_lake_replication_enabled bit = 0 SINCE 2025, is_event_stream_enabled bit = 0 SINCE 2025,
    is_optimized_locking_on bit = 0 SINCE 2025`,
    databaseRows,
  ),

  view(
    "database_recovery_status",
    `database_id int NOT NULL, database_guid uniqueidentifier, family_guid uniqueidentifier,
    last_log_backup_lsn numeric(25, 0), recovery_fork_guid uniqueidentifier, first_recovery_fork_guid uniqueidentifier,
    fork_point_lsn numeric(25, 0)`,
    ({ instance }) =>
      [...instance.databases.values()].map(({ id, guid, lastLogBackupLsn = null }) => ({
        database_id: id,
        database_guid: guid,
        family_guid: guid,
        last_log_backup_lsn: lastLogBackupLsn,
        recovery_fork_guid: guid,
      })),
  ),

  // One row for each database, of which none takes part in a mirroring session: groups have views of their own.
  view(
    "database_mirroring",
    `database_id int NOT NULL, mirroring_guid uniqueidentifier, mirroring_state tinyint CODED,
    mirroring_role tinyint CODED, mirroring_role_sequence int, mirroring_safety_level tinyint CODED,
    mirroring_safety_sequence int, mirroring_partner_name nvarchar(128), mirroring_partner_instance nvarchar(128),
    mirroring_witness_name nvarchar(128), mirroring_witness_state tinyint CODED,
    mirroring_failover_lsn numeric(25, 0), mirroring_connection_timeout int, mirroring_redo_queue int,
    mirroring_redo_queue_type nvarchar(60), mirroring_end_of_log_lsn numeric(25, 0),
    mirroring_replication_lsn numeric(25, 0)`,
    ({ instance }) => [...instance.databases.values()].map(({ id }) => ({ database_id: id })),
  ),

  view("master_files", `database_id int NOT NULL, ${fileColumns}, credential_id int`, ({ instance }) =>
    [...instance.databases.values()].flatMap(filesOf),
  ),
  // The file of each filegroup beyond PRIMARY is its only one.
  view(
    "filegroups",
    `name sysname NOT NULL, data_space_id int NOT NULL, type char(2), type_desc nvarchar(60), is_default bit, is_system bit,
    filegroup_guid uniqueidentifier, log_filegroup_id int, is_read_only bit, is_autogrow_all_files bit`,
    ({ instance }, session) => [
      { name: "PRIMARY", data_space_id: 1, type: "FG", type_desc: "ROWS_FILEGROUP", is_default: 1 },
      ...(findByName(instance.databases, session.database)?.moreFiles ?? []).flatMap(({ name, kind }, index) => {
        if (kind === "LOG") return [];
        const [type, type_desc] = groupTypes[kind];
        return [{ name, data_space_id: index + 3, type, type_desc }];
      }),
    ],
  ),
  view("database_files", fileColumns, ({ instance }, session) => {
    const database = findByName(instance.databases, session.database);
    return database ? filesOf(database) : [];
  }),
];

import { bit, int, nvarchar, sysname, varbinary } from "../../tsql/types";
import { type Configured, configuredValue, type Setting, settings } from "../configuration";
import { switches } from "../ddl/database-options";
import type { Database, Instance } from "../model";
import { nameKey } from "../names";
import { keyStore, type Server } from "../server";
import { partnersOf } from "./replica-states";
import { datetime, defineView, type Field, type Fields, guid, lsn, smallint, tinyint } from "./view";

interface DatabaseRow {
  readonly database: Database;
  readonly instance: Instance;
  readonly isKeyOpenedByServer: boolean;
  /** Log that a secondary has not received cannot be truncated. */
  readonly isLogHeld: boolean;
}

const recoveryModels = { FULL: 1, BULK_LOGGED: 2, SIMPLE: 3 } as const;
const states = { ONLINE: 0, RESTORING: 1, EMERGENCY: 5, OFFLINE: 6 } as const;
const accesses = { MULTI_USER: 0, SINGLE_USER: 1, RESTRICTED_USER: 2 } as const;
export const compatibilityLevels = { 2016: 130, 2017: 140, 2019: 150, 2022: 160, 2025: 170 } as const;

function databaseRows(server: Server): DatabaseRow[] {
  const { instance } = server;
  const held = new Set(
    [...partnersOf(server).values()].flatMap(({ databases: copies }) =>
      copies.filter(({ position }) => (position?.sendQueueBytes ?? 0) > 0).map(({ name }) => nameKey(name)),
    ),
  );
  return [...instance.databases.values()].map((database) => ({
    database,
    instance,
    isKeyOpenedByServer: keyStore(server, database.name).masterKey?.isEncryptedByServiceKey === true,
    isLogHeld: held.has(nameKey(database.name)) && !database.isReadOnly,
  }));
}

/** What ALTER DATABASE SET changed takes the place of what a fresh database shows. */
function asSet(field: Field<DatabaseRow>): Field<DatabaseRow> {
  const { value } = field;
  if (!switchColumns.has(field.name)) return field;
  return {
    ...field,
    value: (row) => row.database.options.get(field.name) ?? (typeof value === "function" ? value(row) : value),
  };
}

const switchColumns = new Set(Object.values(switches));

export const databases = defineView<DatabaseRow>((fields) => databaseFields(fields).map(asSet), databaseRows);

function databaseFields({ required, optional, coded, since }: Fields<DatabaseRow>): Field<DatabaseRow>[] {
  return [
    required("name", sysname, ({ database }) => database.name),
    required("database_id", int, ({ database }) => database.id),
    optional("source_database_id", int, null),
    optional("owner_sid", varbinary(85), Buffer.from([1])),
    required("create_date", datetime, ({ database }) => database.created),
    required(
      "compatibility_level",
      tinyint,
      ({ database, instance }) => database.compatibilityLevel ?? compatibilityLevels[instance.majorVersion],
    ),
    optional("collation_name", sysname, ({ database, instance }) =>
      database.state === "ONLINE" ? instance.collation : null,
    ),
    ...coded("user_access", ({ database: { userAccess } }) => [accesses[userAccess], userAccess]),
    optional("is_read_only", bit, ({ database }) => Number(database.isReadOnly)),
    required("is_auto_close_on", bit, ({ database }) => Number(database.isAutoClose)),
    optional("is_auto_shrink_on", bit, 0),
    ...coded("state", ({ database: { state } }) => [states[state], state]),
    optional("is_in_standby", bit, 0),
    optional("is_cleanly_shutdown", bit, 0),
    optional("is_supplemental_logging_enabled", bit, 0),
    ...coded("snapshot_isolation_state", () => [0, "OFF"]),
    optional("is_read_committed_snapshot_on", bit, 0),
    ...coded("recovery_model", ({ database: { recoveryModel } }) => [recoveryModels[recoveryModel], recoveryModel]),
    ...coded("page_verify_option", () => [2, "CHECKSUM"]),
    optional("is_auto_create_stats_on", bit, 1),
    optional("is_auto_create_stats_incremental_on", bit, 0),
    optional("is_auto_update_stats_on", bit, 1),
    optional("is_auto_update_stats_async_on", bit, 0),
    optional("is_ansi_null_default_on", bit, 0),
    optional("is_ansi_nulls_on", bit, 0),
    optional("is_ansi_padding_on", bit, 0),
    optional("is_ansi_warnings_on", bit, 0),
    optional("is_arithabort_on", bit, 0),
    optional("is_concat_null_yields_null_on", bit, 0),
    optional("is_numeric_roundabort_on", bit, 0),
    optional("is_quoted_identifier_on", bit, 0),
    optional("is_recursive_triggers_on", bit, 0),
    optional("is_cursor_close_on_commit_on", bit, 0),
    optional("is_local_cursor_default", bit, 0),
    optional("is_fulltext_enabled", bit, ({ database }) => Number(database.id > 4)),
    optional("is_trustworthy_on", bit, ({ database }) => Number(nameKey(database.name) === "msdb")),
    optional("is_db_chaining_on", bit, ({ database }) =>
      Number(["master", "tempdb", "msdb"].includes(nameKey(database.name))),
    ),
    optional("is_parameterization_forced", bit, 0),
    required("is_master_key_encrypted_by_server", bit, ({ isKeyOpenedByServer }) => Number(isKeyOpenedByServer)),
    optional("is_query_store_on", bit, 0),
    required("is_published", bit, 0),
    required("is_subscribed", bit, 0),
    required("is_merge_published", bit, 0),
    required("is_distributor", bit, 0),
    required("is_sync_with_backup", bit, 0),
    required("service_broker_guid", guid, ({ database }) => database.guid),
    required("is_broker_enabled", bit, ({ database }) => Number(["tempdb", "msdb"].includes(nameKey(database.name)))),
    ...coded("log_reuse_wait", ({ isLogHeld }) => (isLogHeld ? [9, "AVAILABILITY_REPLICA"] : [0, "NOTHING"])),
    required("is_date_correlation_on", bit, 0),
    required("is_cdc_enabled", bit, 0),
    optional("is_encrypted", bit, 0),
    optional("is_honor_broker_priority_on", bit, 0),
    optional("replica_id", guid, ({ database }) => database.replicaId ?? null),
    optional("group_database_id", guid, ({ database }) => database.groupDatabaseId ?? null),
    optional("resource_pool_id", int, null),
    optional("default_language_lcid", smallint, null),
    optional("default_language_name", nvarchar(128), null),
    optional("default_fulltext_language_lcid", int, null),
    optional("default_fulltext_language_name", nvarchar(128), null),
    optional("is_nested_triggers_on", bit, null),
    optional("is_transform_noise_words_on", bit, null),
    optional("two_digit_year_cutoff", smallint, null),
    ...coded("containment", () => [0, "NONE"]),
    optional("target_recovery_time_in_seconds", int, ({ database }) => (database.id <= 3 ? 0 : 60)),
    optional("delayed_durability", int, 0),
    optional("delayed_durability_desc", nvarchar(60), "DISABLED"),
    optional("is_memory_optimized_elevate_to_snapshot_on", bit, 0),
    optional("is_federation_member", bit, 0),
    optional("is_remote_data_archive_enabled", bit, 0),
    optional("is_mixed_page_allocation_on", bit, ({ database }) => Number([1, 3, 4].includes(database.id))),
    ...since(2017, optional("is_temporal_history_retention_enabled", bit, 1)),
    ...since(
      2019,
      optional("catalog_collation_type", int, 0),
      optional("catalog_collation_type_desc", nvarchar(60), "DATABASE_DEFAULT"),
      optional("physical_database_name", nvarchar(128), ({ database }) => database.name),
      optional("is_result_set_caching_on", bit, 0),
      optional("is_accelerated_database_recovery_on", bit, 0),
      optional("is_tempdb_spill_to_remote_store", bit, 0),
      optional("is_stale_page_detection_on", bit, 0),
      optional("is_memory_optimized_enabled", bit, 1),
    ),
    ...since(
      2022,
      optional("is_data_retention_enabled", bit, 0),
      optional("is_ledger_on", bit, 0),
      optional("is_change_feed_enabled", bit, 0),
    ),
    ...since(
      2025,
      optional("is_data_lake_replication_enabled", bit, 0),
      optional("is_event_stream_enabled", bit, 0),
      optional("is_optimized_locking_on", bit, 0),
    ),
  ];
}

export const databaseRecoveryStatus = defineView<DatabaseRow>(
  ({ required, optional }) => [
    required("database_id", int, ({ database }) => database.id),
    optional("database_guid", guid, ({ database }) => database.guid),
    optional("family_guid", guid, ({ database }) => database.guid),
    optional("last_log_backup_lsn", lsn, ({ database }) => database.lastLogBackupLsn ?? null),
    optional("recovery_fork_guid", guid, ({ database }) => database.guid),
    optional("first_recovery_fork_guid", guid, null),
    optional("fork_point_lsn", lsn, null),
  ],
  databaseRows,
);

/** No database of the lab is encrypted. */
export const databaseEncryptionKeys = defineView<never>(
  ({ optional }) => [
    optional("database_id", int, null),
    optional("encryption_state", int, null),
    optional("create_date", datetime, null),
    optional("regenerate_date", datetime, null),
    optional("modify_date", datetime, null),
    optional("set_date", datetime, null),
    optional("opened_date", datetime, null),
    optional("key_algorithm", nvarchar(32), null),
    optional("key_length", int, null),
    optional("encryptor_thumbprint", varbinary(20), null),
    optional("encryptor_type", nvarchar(32), null),
    optional("percent_complete", { name: "real" }, null),
    optional("encryption_state_desc", nvarchar(32), null),
  ],
  () => [],
);

interface ConfigurationRow {
  readonly setting: Setting;
  readonly configured: Configured;
}
const number = (value: number) => ({ type: int, value });

export const configurations = defineView<ConfigurationRow>(
  ({ required, optional }) => [
    required("configuration_id", int, ({ setting }) => setting.id),
    required("name", nvarchar(35), ({ setting }) => setting.name),
    optional("value", { name: "sql_variant" }, ({ configured }) => number(configured.value)),
    optional("minimum", { name: "sql_variant" }, ({ setting }) => number(setting.minimum)),
    optional("maximum", { name: "sql_variant" }, ({ setting }) => number(setting.maximum)),
    optional("value_in_use", { name: "sql_variant" }, ({ configured }) => number(configured.inUse)),
    required("description", nvarchar(255), ({ setting }) => setting.name),
    required("is_dynamic", bit, ({ setting }) => setting.isDynamic),
    required("is_advanced", bit, ({ setting }) => setting.isAdvanced),
  ],
  ({ instance }) => settings.map((setting) => ({ setting, configured: configuredValue(instance, setting) })),
);

export const hostInfo = defineView<Server>(
  ({ required }) => [
    required("host_platform", nvarchar(256), ({ instance }) => (instance.majorVersion === 2016 ? "Windows" : "Linux")),
    required("host_distribution", nvarchar(256), ({ instance }) =>
      instance.majorVersion === 2016 ? "Windows Server 2022 Standard" : "Ubuntu",
    ),
    required("host_release", nvarchar(256), ({ instance }) => (instance.majorVersion === 2016 ? "10.0" : "22.04")),
    required("host_service_pack_level", nvarchar(256), ""),
    required("host_sku", int, 0),
    required("os_language_version", int, 0),
    required("host_architecture", nvarchar(256), "X64"),
  ],
  (server) => [server],
);

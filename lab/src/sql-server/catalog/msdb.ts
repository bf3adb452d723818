import { sqlError } from "../../tsql/messages";
import type { BackupRecord, Database, Instance } from "../model";
import { seesDefinitions } from "../permissions";
import { compatibilityLevels } from "./databases";
import { type Row, type View, view } from "./view";

/** A table of msdb. Unlike a catalog view it answers 229 to whoever may not read it. */
export const table = (name: string, columns: string, rows: (instance: Instance) => Row[] = () => []): View =>
  view(name, columns, (server, session) => {
    if (!seesDefinitions(server, session)) throw sqlError(229, "SELECT", name, "msdb", "dbo");
    return rows(server.instance);
  });

/** The version of the database's files: DATABASEPROPERTYEX(..., 'Version'). */
export const databaseVersions = { 2016: 852, 2017: 869, 2019: 904, 2022: 957, 2025: 998 } as const;

/** The id of a backup is always the same: it is made of the database's own id and the backup's number. */
export const backupUuid = ({ databaseGuid, id }: BackupRecord): string =>
  `${databaseGuid.slice(0, 24)}${id.toString(16).toUpperCase().padStart(12, "0")}`;

const databaseOf = ({ databaseGuid }: BackupRecord, { databases }: Instance): Database | undefined =>
  [...databases.values()].find(({ guid }) => guid === databaseGuid);

const versionParts = ({ version }: Instance): readonly number[] => version.split(".").map(Number);

/** The full backup that a log or differential backup stands on. */
function baseOf(backup: BackupRecord, { backups }: Instance): BackupRecord | undefined {
  return backups.findLast(
    ({ id, type, isCopyOnly, databaseGuid }) =>
      id < backup.id && type === "D" && !isCopyOnly && databaseGuid === backup.databaseGuid,
  );
}

/** Schema dbo of msdb. */
export const msdbTables: readonly View[] = [
  table(
    "backupset",
    `backup_set_id int NOT NULL, backup_set_uuid uniqueidentifier NOT NULL, media_set_id int NOT NULL,
  first_family_number tinyint = 1, first_media_number smallint = 1, last_family_number tinyint = 1, last_media_number smallint = 1,
  catalog_family_number tinyint, catalog_media_number smallint, position int, expiration_date datetime,
  software_vendor_id int = 4608, name nvarchar(128), description nvarchar(255), user_name nvarchar(128),
  software_major_version tinyint, software_minor_version tinyint, software_build_version smallint, time_zone smallint = 0,
  mtf_minor_version tinyint = 0, first_lsn numeric(25, 0), last_lsn numeric(25, 0), checkpoint_lsn numeric(25, 0),
  database_backup_lsn numeric(25, 0), database_creation_date datetime, backup_start_date datetime,
  backup_finish_date datetime, type char(1), sort_order smallint = 52, code_page smallint = 0, compatibility_level tinyint,
  database_version int, backup_size numeric(20, 0), database_name nvarchar(128), server_name nvarchar(128),
  machine_name nvarchar(128), flags int, unicode_locale int = 1033, unicode_compare_style int = 196609, collation_name nvarchar(128),
  is_password_protected bit = 0, recovery_model nvarchar(60), has_bulk_logged_data bit = 0, is_snapshot bit = 0, is_readonly bit = 0,
  is_single_user bit = 0, has_backup_checksums bit, is_damaged bit = 0, begins_log_chain bit = 0, has_incomplete_metadata bit = 0,
  is_force_offline bit = 0, is_copy_only bit, first_recovery_fork_guid uniqueidentifier,
  last_recovery_fork_guid uniqueidentifier, fork_point_lsn numeric(25, 0), database_guid uniqueidentifier,
  family_guid uniqueidentifier, differential_base_lsn numeric(25, 0), differential_base_guid uniqueidentifier,
  compressed_backup_size numeric(20, 0), key_algorithm nvarchar(32), encryptor_thumbprint varbinary(20),
  encryptor_type nvarchar(32), last_valid_restore_time datetime SINCE 2022, compression_algorithm nvarchar(32) SINCE 2022`,
    (instance) =>
      instance.backups.map((backup) => {
        const [major = 0, minor = 0, build = 0] = versionParts(instance);
        const base = baseOf(backup, instance);
        return {
          backup_set_id: backup.id,
          backup_set_uuid: backupUuid(backup),
          media_set_id: backup.id,
          position: backup.position,
          name: backup.name ?? null,
          description: backup.description ?? null,
          user_name: backup.user,
          software_major_version: major,
          software_minor_version: minor,
          software_build_version: build,
          first_lsn: backup.firstLsn,
          last_lsn: backup.lastLsn,
          checkpoint_lsn: backup.firstLsn,
          database_backup_lsn: base?.firstLsn ?? 0n,
          database_creation_date: databaseOf(backup, instance)?.created ?? null,
          backup_start_date: backup.start,
          backup_finish_date: backup.finish,
          type: backup.type,
          compatibility_level: compatibilityLevels[instance.majorVersion],
          database_version: databaseVersions[instance.majorVersion],
          backup_size: BigInt(backup.sizeBytes),
          database_name: backup.database,
          server_name: instance.name,
          machine_name: instance.name,
          flags: backup.isCopyOnly ? 1024 : 512,
          collation_name: instance.collation,
          recovery_model: backup.recoveryModel,
          has_backup_checksums: Number(backup.hasChecksums),
          is_copy_only: Number(backup.isCopyOnly),
          first_recovery_fork_guid: backup.databaseGuid,
          last_recovery_fork_guid: backup.databaseGuid,
          database_guid: backup.databaseGuid,
          family_guid: backup.databaseGuid,
          differential_base_lsn: backup.type === "I" ? (base?.firstLsn ?? null) : null,
          differential_base_guid: backup.type === "I" && base ? backupUuid(base) : null,
          compressed_backup_size: BigInt(backup.sizeBytes),
        };
      }),
  ),

  table(
    "backupmediafamily",
    `media_set_id int NOT NULL, family_sequence_number tinyint NOT NULL, media_family_id uniqueidentifier,
  media_count int, logical_device_name nvarchar(128), physical_device_name nvarchar(260), device_type tinyint,
  physical_block_size int, mirror tinyint NOT NULL`,
    (instance) =>
      instance.backups.map((backup) => ({
        media_set_id: backup.id,
        family_sequence_number: 1,
        media_family_id: backupUuid(backup),
        media_count: 1,
        physical_device_name: backup.disk,
        device_type: 2,
        physical_block_size: 512,
      })),
  ),

  table(
    "backupmediaset",
    `media_set_id int NOT NULL, media_uuid uniqueidentifier, media_family_count tinyint, name nvarchar(128),
  description nvarchar(255), software_name nvarchar(128), software_vendor_id int, MTF_major_version tinyint,
  mirror_count tinyint, is_password_protected bit, is_compressed bit, is_encrypted bit`,
    (instance) =>
      instance.backups.map((backup) => ({
        media_set_id: backup.id,
        media_uuid: backupUuid(backup),
        media_family_count: 1,
        software_name: "Microsoft SQL Server",
        software_vendor_id: 4608,
        MTF_major_version: 1,
        mirror_count: 1,
        is_password_protected: 0,
        is_compressed: 0,
        is_encrypted: 0,
      })),
  ),

  // The lab's RESTORE restores nothing.
  table(
    "restorehistory",
    `restore_history_id int NOT NULL, restore_date datetime, destination_database_name nvarchar(128),
    user_name nvarchar(128), backup_set_id int NOT NULL, restore_type char(1), replace bit, recovery bit, restart bit,
    stop_at datetime, device_count tinyint, stop_at_mark_name nvarchar(128), stop_before bit`,
  ),
];

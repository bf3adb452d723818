import type { Session } from "../../tsql/host";
import { sqlError } from "../../tsql/messages";
import type { BackupRecord, Database, Instance } from "../model";
import { seesDefinitions } from "../permissions";
import type { Server } from "../server";
import { compatibilityLevels } from "./databases";
import { type DeclaredRow, declareView } from "./declare";

/** msdb's tables, unlike catalog views, answer 229 to who may not read them. */
const tableOf =
  (table: string, rows: (server: Server) => DeclaredRow[] = () => []) =>
  (server: Server, session: Session): DeclaredRow[] => {
    if (!seesDefinitions(server, session)) throw sqlError(229, "SELECT", table, "msdb", "dbo");
    return rows(server);
  };

/** Stable for a backup: made of the database's own id and the number of the backup. */
export const backupUuid = ({ databaseGuid, id }: BackupRecord): string =>
  `${databaseGuid.slice(0, 24)}${id.toString(16).toUpperCase().padStart(12, "0")}`;

const databaseOf = ({ databaseGuid }: BackupRecord, { databases }: Instance): Database | undefined =>
  [...databases.values()].find(({ guid }) => guid === databaseGuid);

const versionParts = ({ version }: Instance): readonly number[] => version.split(".").map(Number);

/** Of a log or differential backup the full one that it stands on. */
function baseOf(backup: BackupRecord, { backups }: Instance): BackupRecord | undefined {
  return backups.findLast(
    ({ id, type, isCopyOnly, databaseGuid }) =>
      id < backup.id && type === "D" && !isCopyOnly && databaseGuid === backup.databaseGuid,
  );
}

export const backupSet = declareView(
  `backup_set_id int NOT NULL, backup_set_uuid uniqueidentifier NOT NULL, media_set_id int NOT NULL,
  first_family_number tinyint, first_media_number smallint, last_family_number tinyint, last_media_number smallint,
  catalog_family_number tinyint, catalog_media_number smallint, position int, expiration_date datetime,
  software_vendor_id int, name nvarchar(128), description nvarchar(255), user_name nvarchar(128),
  software_major_version tinyint, software_minor_version tinyint, software_build_version smallint, time_zone smallint,
  mtf_minor_version tinyint, first_lsn numeric(25, 0), last_lsn numeric(25, 0), checkpoint_lsn numeric(25, 0),
  database_backup_lsn numeric(25, 0), database_creation_date datetime, backup_start_date datetime,
  backup_finish_date datetime, type char(1), sort_order smallint, code_page smallint, compatibility_level tinyint,
  database_version int, backup_size numeric(20, 0), database_name nvarchar(128), server_name nvarchar(128),
  machine_name nvarchar(128), flags int, unicode_locale int, unicode_compare_style int, collation_name nvarchar(128),
  is_password_protected bit, recovery_model nvarchar(60), has_bulk_logged_data bit, is_snapshot bit, is_readonly bit,
  is_single_user bit, has_backup_checksums bit, is_damaged bit, begins_log_chain bit, has_incomplete_metadata bit,
  is_force_offline bit, is_copy_only bit, first_recovery_fork_guid uniqueidentifier,
  last_recovery_fork_guid uniqueidentifier, fork_point_lsn numeric(25, 0), database_guid uniqueidentifier,
  family_guid uniqueidentifier, differential_base_lsn numeric(25, 0), differential_base_guid uniqueidentifier,
  compressed_backup_size numeric(20, 0), key_algorithm nvarchar(32), encryptor_thumbprint varbinary(20),
  encryptor_type nvarchar(32), last_valid_restore_time datetime SINCE 2022, compression_algorithm nvarchar(32) SINCE 2022`,
  tableOf("backupset", ({ instance }) =>
    instance.backups.map((backup) => {
      const [major = 0, minor = 0, build = 0] = versionParts(instance);
      const base = baseOf(backup, instance);
      return {
        backup_set_id: backup.id,
        backup_set_uuid: backupUuid(backup),
        media_set_id: backup.id,
        first_family_number: 1,
        first_media_number: 1,
        last_family_number: 1,
        last_media_number: 1,
        position: backup.position,
        software_vendor_id: 4608,
        name: backup.name ?? null,
        description: backup.description ?? null,
        user_name: backup.user,
        software_major_version: major,
        software_minor_version: minor,
        software_build_version: build,
        time_zone: 0,
        mtf_minor_version: 0,
        first_lsn: backup.firstLsn,
        last_lsn: backup.lastLsn,
        checkpoint_lsn: backup.firstLsn,
        database_backup_lsn: base?.firstLsn ?? 0n,
        database_creation_date: databaseOf(backup, instance)?.created ?? null,
        backup_start_date: backup.start,
        backup_finish_date: backup.finish,
        type: backup.type,
        sort_order: 52,
        code_page: 0,
        compatibility_level: compatibilityLevels[instance.majorVersion],
        database_version: databaseVersions[instance.majorVersion],
        backup_size: BigInt(backup.sizeBytes),
        database_name: backup.database,
        server_name: instance.name,
        machine_name: instance.name,
        flags: backup.isCopyOnly ? 1024 : 512,
        unicode_locale: 1033,
        unicode_compare_style: 196609,
        collation_name: instance.collation,
        is_password_protected: 0,
        recovery_model: backup.recoveryModel,
        has_bulk_logged_data: 0,
        is_snapshot: 0,
        is_readonly: 0,
        is_single_user: 0,
        has_backup_checksums: Number(backup.hasChecksums),
        is_damaged: 0,
        begins_log_chain: 0,
        has_incomplete_metadata: 0,
        is_force_offline: 0,
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
);

/** DATABASEPROPERTYEX(..., 'Version'): the version of the files. */
export const databaseVersions = { 2016: 852, 2017: 869, 2019: 904, 2022: 957, 2025: 998 } as const;

export const backupMediaFamily = declareView(
  `media_set_id int NOT NULL, family_sequence_number tinyint NOT NULL, media_family_id uniqueidentifier,
  media_count int, logical_device_name nvarchar(128), physical_device_name nvarchar(260), device_type tinyint,
  physical_block_size int, mirror tinyint NOT NULL`,
  tableOf("backupmediafamily", ({ instance }) =>
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
);

export const backupMediaSet = declareView(
  `media_set_id int NOT NULL, media_uuid uniqueidentifier, media_family_count tinyint, name nvarchar(128),
  description nvarchar(255), software_name nvarchar(128), software_vendor_id int, MTF_major_version tinyint,
  mirror_count tinyint, is_password_protected bit, is_compressed bit, is_encrypted bit`,
  tableOf("backupmediaset", ({ instance }) =>
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
);

export const backupFile = declareView(
  `backup_set_id int NOT NULL, first_family_number tinyint, first_media_number smallint, filegroup_name nvarchar(128),
  page_size int, file_number numeric(10, 0) NOT NULL, backed_up_page_count numeric(10, 0), file_type char(1),
  source_file_block_size numeric(10, 0), file_size numeric(20, 0), logical_name nvarchar(128),
  physical_drive nvarchar(260), physical_name nvarchar(260), state tinyint, state_desc nvarchar(64),
  create_lsn numeric(25, 0), drop_lsn numeric(25, 0), file_guid uniqueidentifier, read_only_lsn numeric(25, 0),
  read_write_lsn numeric(25, 0), differential_base_lsn numeric(25, 0), differential_base_guid uniqueidentifier,
  backup_size numeric(20, 0), filegroup_guid uniqueidentifier, is_readonly bit, is_present bit`,
  tableOf("backupfile", ({ instance }) =>
    instance.backups.flatMap((backup) =>
      [false, true].map((isLog) => ({
        backup_set_id: backup.id,
        first_family_number: 1,
        first_media_number: 1,
        filegroup_name: isLog ? null : "PRIMARY",
        page_size: isLog ? 0 : 8192,
        file_number: isLog ? 2n : 1n,
        file_type: isLog ? "L" : "D",
        source_file_block_size: 512n,
        file_size: BigInt(backup.sizeBytes),
        logical_name: isLog ? `${backup.database}_log` : backup.database,
        state: 0,
        state_desc: "ONLINE",
        backup_size: BigInt(isLog ? 0 : backup.sizeBytes),
        is_readonly: 0,
        is_present: 1,
      })),
    ),
  ),
);

export const restoreHistory = declareView(
  `restore_history_id int NOT NULL, restore_date datetime, destination_database_name nvarchar(128),
  user_name nvarchar(128), backup_set_id int NOT NULL, restore_type char(1), replace bit, recovery bit, restart bit,
  stop_at datetime, device_count tinyint, stop_at_mark_name nvarchar(128), stop_before bit`,
  tableOf("restorehistory"),
);
export const restoreFile = declareView(
  "restore_history_id int NOT NULL, file_number numeric(10, 0), destination_phys_drive nvarchar(260), destination_phys_name nvarchar(260)",
  tableOf("restorefile"),
);
export const suspectPages = declareView(
  `database_id int NOT NULL, file_id int NOT NULL, page_id bigint NOT NULL, event_type int NOT NULL,
  error_count int NOT NULL, last_update_date datetime NOT NULL`,
  tableOf("suspect_pages"),
);

import type { Session } from "../../tsql/host";
import { sqlError } from "../../tsql/messages";
import { bit, int, nvarchar } from "../../tsql/types";
import type { BackupRecord, Instance } from "../model";
import { seesDefinitions } from "../permissions";
import type { Server } from "../server";
import { compatibilityLevels } from "./databases";
import { char, datetime, defineView, guid, lsn, tinyint } from "./view";

interface BackupRow {
  readonly backup: BackupRecord;
  readonly instance: Instance;
}

/** msdb's tables, unlike catalog views, answer 229 to who may not read them. */
const backupRows =
  (table: string) =>
  (server: Server, session: Session): BackupRow[] => {
    if (!seesDefinitions(server, session)) throw sqlError(229, "SELECT", table, "msdb", "dbo");
    const { instance } = server;
    return instance.backups.map((backup) => ({ backup, instance }));
  };

export const backupSet = defineView<BackupRow>(
  ({ required, optional }) => [
    required("backup_set_id", int, ({ backup }) => backup.id),
    required("backup_set_uuid", guid, ({ backup }) => uuidOf(backup)),
    required("media_set_id", int, ({ backup }) => backup.id),
    optional("first_family_number", tinyint, 1),
    optional("first_media_number", { name: "smallint" }, 1),
    optional("name", nvarchar(128), null),
    optional("description", nvarchar(255), null),
    optional("user_name", nvarchar(128), "sa"),
    optional("first_lsn", lsn, ({ backup }) => backup.firstLsn),
    optional("last_lsn", lsn, ({ backup }) => backup.lastLsn),
    optional("checkpoint_lsn", lsn, ({ backup }) => backup.firstLsn),
    optional("database_backup_lsn", lsn, 0n),
    optional("database_creation_date", datetime, ({ backup, instance }) => databaseCreated(backup, instance)),
    optional("backup_start_date", datetime, ({ backup }) => backup.start),
    optional("backup_finish_date", datetime, ({ backup }) => backup.finish),
    optional("type", char(1), ({ backup }) => backup.type),
    optional("compatibility_level", tinyint, ({ instance }) => compatibilityLevels[instance.majorVersion]),
    optional("backup_size", { name: "numeric", precision: 20, scale: 0 }, ({ backup }) => BigInt(backup.sizeBytes)),
    optional("database_name", nvarchar(128), ({ backup }) => backup.database),
    optional("server_name", nvarchar(128), ({ instance }) => instance.name),
    optional("machine_name", nvarchar(128), ({ instance }) => instance.name),
    optional("collation_name", nvarchar(128), ({ instance }) => instance.collation),
    optional("recovery_model", nvarchar(60), ({ backup }) => backup.recoveryModel),
    optional("database_guid", guid, ({ backup }) => backup.databaseGuid),
    optional("family_guid", guid, ({ backup }) => backup.databaseGuid),
    optional("is_copy_only", bit, ({ backup }) => Number(backup.isCopyOnly)),
    optional("has_backup_checksums", bit, 0),
  ],
  backupRows("backupset"),
);

function databaseCreated({ databaseGuid }: BackupRecord, { databases }: Instance): Date | null {
  return [...databases.values()].find(({ guid: id }) => id === databaseGuid)?.created ?? null;
}

/** Stable for a backup: made of the database's own id and the number of the backup. */
function uuidOf({ databaseGuid, id }: BackupRecord): string {
  return `${databaseGuid.slice(0, 24)}${id.toString(16).toUpperCase().padStart(12, "0")}`;
}

export const backupMediaFamily = defineView<BackupRow>(
  ({ required, optional }) => [
    required("media_set_id", int, ({ backup }) => backup.id),
    required("family_sequence_number", tinyint, 1),
    optional("media_count", tinyint, 1),
    optional("logical_device_name", nvarchar(128), null),
    optional("physical_device_name", nvarchar(260), ({ backup }) => backup.disk),
    optional("device_type", tinyint, 2),
    required("mirror", tinyint, 0),
  ],
  backupRows("backupmediafamily"),
);

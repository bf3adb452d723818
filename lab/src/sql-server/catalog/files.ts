import type { Session } from "../../tsql/host";
import type { Database } from "../model";
import { findByName } from "../names";
import { requireServerState } from "../permissions";
import type { Server } from "../server";
import { allocatedBytes } from "../transaction-log";
import { type DeclaredRow, declareView } from "./declare";

const pageBytes = 8192;
export const logBytes = 8 * 1024 * 1024;

const fileStates: Readonly<Record<string, number>> = { ONLINE: 0, RESTORING: 1, RECOVERY_PENDING: 3, OFFLINE: 6 };

/** Each database has a data file and a log file. */
function filesOf(database: Database): DeclaredRow[] {
  return [false, true].map((isLog): DeclaredRow => {
    const name = isLog ? `${database.name}_log` : database.name;
    return {
      database_id: database.id,
      file_id: isLog ? 2 : 1,
      type: Number(isLog),
      type_desc: isLog ? "LOG" : "ROWS",
      data_space_id: isLog ? 0 : 1,
      name,
      physical_name: `/var/opt/mssql/data/${name}.${isLog ? "ldf" : "mdf"}`,
      state: fileStates[database.state] ?? 0,
      state_desc: database.state,
      size: Math.ceil((isLog ? logBytes : allocatedBytes(database)) / pageBytes),
      max_size: isLog ? 268_435_456 : -1,
      growth: 8192,
      is_read_only: Number(database.isReadOnly),
    };
  });
}

const fileColumns = `file_id int NOT NULL, file_guid uniqueidentifier, type tinyint NOT NULL, type_desc nvarchar(60),
  data_space_id int NOT NULL, name sysname NOT NULL, physical_name nvarchar(260) NOT NULL, state tinyint,
  state_desc nvarchar(60), size int NOT NULL, max_size int NOT NULL, growth int NOT NULL, is_media_read_only bit NOT NULL,
  is_read_only bit NOT NULL, is_sparse bit NOT NULL, is_percent_growth bit NOT NULL, is_name_reserved bit NOT NULL,
  is_persistent_log_buffer bit NOT NULL SINCE 2017, create_lsn numeric(25, 0), drop_lsn numeric(25, 0),
  read_only_lsn numeric(25, 0), read_write_lsn numeric(25, 0), differential_base_lsn numeric(25, 0),
  differential_base_guid uniqueidentifier, differential_base_time datetime, redo_start_lsn numeric(25, 0),
  redo_start_fork_guid uniqueidentifier, redo_target_lsn numeric(25, 0), redo_target_fork_guid uniqueidentifier,
  backup_lsn numeric(25, 0)`;

export const masterFiles = declareView(`database_id int NOT NULL, ${fileColumns}, credential_id int`, ({ instance }) =>
  [...instance.databases.values()].flatMap(filesOf),
);

export const databaseFiles = declareView(fileColumns, (server, session) => {
  const database = findByName(server.instance.databases, session.database);
  return database ? filesOf(database) : [];
});

const primary: DeclaredRow = {
  name: "PRIMARY",
  data_space_id: 1,
  type: "FG",
  type_desc: "ROWS_FILEGROUP",
  is_default: 1,
};
const dataSpaceColumns = `name sysname NOT NULL, data_space_id int NOT NULL, type char(2) NOT NULL,
  type_desc nvarchar(60), is_default bit, is_system bit`;

export const dataSpaces = declareView(dataSpaceColumns, () => [{ ...primary, is_system: 0 }]);
export const fileGroups = declareView(
  `${dataSpaceColumns}, filegroup_guid uniqueidentifier, log_filegroup_id int, is_read_only bit,
  is_autogrow_all_files bit`,
  () => [{ ...primary, is_system: 0, is_read_only: 0, is_autogrow_all_files: 0 }],
);

/** In bytes, with what was written since the last log backup: half a kilobyte for each block. */
export function logSpaceOf({ endOfLogLsn, lastLogBackupLsn }: Database): {
  readonly total: number;
  readonly used: number;
  readonly sinceBackup: number;
} {
  const sinceBackup = Math.round((Number(endOfLogLsn - (lastLogBackupLsn ?? endOfLogLsn)) / 100_000) * 512);
  return { total: logBytes, used: Math.min(logBytes, 512 * 1024 + sinceBackup), sinceBackup };
}

/** Only of the database that is asked in. */
export const logSpaceUsage = declareView(
  `database_id int, total_log_size_in_bytes bigint, used_log_space_in_bytes bigint, used_log_space_in_percent real,
  log_space_in_bytes_since_last_backup bigint`,
  (server: Server, session: Session) => {
    requireServerState(server, session);
    const database = findByName(server.instance.databases, session.database);
    if (!database) return [];
    const { total, used, sinceBackup } = logSpaceOf(database);
    return [
      {
        database_id: database.id,
        total_log_size_in_bytes: BigInt(total),
        used_log_space_in_bytes: BigInt(used),
        used_log_space_in_percent: (used / total) * 100,
        log_space_in_bytes_since_last_backup: BigInt(sinceBackup),
      },
    ];
  },
);

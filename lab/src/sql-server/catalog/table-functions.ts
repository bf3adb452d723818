import type { Session, TableFunction } from "../../tsql/host";
import type { SqlValue } from "../../tsql/types";
import { mayInDatabase } from "../database-permissions";
import { databasePermissionNames, serverPermissionNames } from "../ddl/grant";
import type { Database } from "../model";
import { findByName } from "../names";
import { hasPermission, requireServerState } from "../permissions";
import type { Server } from "../server";
import { allocatedBytes } from "../transaction-log";
import { type DeclaredRow, declareTable } from "./declare";
import { listedProperties } from "./extended-properties";
import { logBytes } from "./files";
import { sqlHandle } from "./sessions";

type Rows = (server: Server, args: readonly SqlValue[], session: Session) => Iterable<DeclaredRow>;

function functionOf(columns: string, rows: Rows): (server: Server, session: Session) => TableFunction {
  const table = declareTable(columns);
  return (server, session) => ({
    columns: table(server, () => []).columns,
    rows: (args) =>
      table(server, () =>
        rows(
          server,
          args.map(({ value }) => value),
          session,
        ),
      ).rows(),
  });
}

/** NULL asks for all databases. */
function databasesOf({ instance }: Server, id: SqlValue | undefined): Database[] {
  const all = [...instance.databases.values()];
  return id === null || id === undefined ? all : all.filter((database) => database.id === Number(id));
}

const logLsn = (lsn: bigint): string =>
  [lsn / 10n ** 15n, (lsn / 100_000n) % 10n ** 10n, lsn % 100_000n]
    .map((part, index) => part.toString(16).padStart(index === 2 ? 4 : 8, "0"))
    .join(":");

const megabytes = (bytes: number): number => Math.round((bytes / 1024 / 1024) * 100) / 100;

const functions: Readonly<Record<string, (server: Server, session: Session) => TableFunction>> = {
  dm_io_virtual_file_stats: functionOf(
    `database_id smallint NOT NULL, file_id smallint NOT NULL, sample_ms bigint NOT NULL, num_of_reads bigint NOT NULL,
    num_of_bytes_read bigint NOT NULL, io_stall_read_ms bigint NOT NULL, io_stall_queued_read_ms bigint NOT NULL,
    num_of_writes bigint NOT NULL, num_of_bytes_written bigint NOT NULL, io_stall_write_ms bigint NOT NULL,
    io_stall_queued_write_ms bigint NOT NULL, io_stall bigint NOT NULL, size_on_disk_bytes bigint NOT NULL,
    file_handle varbinary(8) NOT NULL`,
    (server, [id, file], session) => {
      requireServerState(server, session);
      return databasesOf(server, id).flatMap((database) =>
        [1, 2]
          .filter((number) => file === null || file === undefined || number === Number(file))
          .map((number) => ({
            database_id: database.id,
            file_id: number,
            sample_ms: BigInt(server.clock.now().getTime() - server.instance.startTime.getTime()),
            size_on_disk_bytes: BigInt(number === 2 ? logBytes : allocatedBytes(database)),
          })),
      );
    },
  ),

  dm_db_log_stats: functionOf(
    `database_id int, recovery_model nvarchar(60), log_min_lsn nvarchar(24), log_end_lsn nvarchar(24),
    current_vlf_sequence_number bigint, current_vlf_size_mb float, total_vlf_count bigint, total_log_size_mb float,
    active_vlf_count bigint, active_log_size_mb float, log_truncation_holdup_reason nvarchar(60), log_backup_time datetime,
    log_backup_lsn nvarchar(24), log_since_last_log_backup_mb float, log_checkpoint_lsn nvarchar(24),
    log_since_last_checkpoint_mb float, log_recovery_lsn nvarchar(24), log_recovery_size_mb float, recovery_vlf_count bigint`,
    (server, [id], session) => {
      requireServerState(server, session);
      return databasesOf(server, id).map((database) => ({
        database_id: database.id,
        recovery_model: database.recoveryModel,
        log_min_lsn: logLsn(database.lastLogBackupLsn ?? database.endOfLogLsn),
        log_end_lsn: logLsn(database.endOfLogLsn),
        current_vlf_sequence_number: database.endOfLogLsn / 10n ** 15n,
        current_vlf_size_mb: 2,
        total_vlf_count: 4n,
        total_log_size_mb: megabytes(logBytes),
        active_vlf_count: 1n,
        active_log_size_mb: 0.5,
        log_truncation_holdup_reason: database.recoveryModel === "SIMPLE" ? "NOTHING" : "LOG_BACKUP",
        log_backup_time:
          server.instance.backups.findLast(({ databaseGuid }) => databaseGuid === database.guid)?.finish ??
          new Date("1900-01-01T00:00:00Z"),
        log_backup_lsn: logLsn(database.lastLogBackupLsn ?? 0n),
        log_since_last_log_backup_mb: 0,
        recovery_vlf_count: 1n,
      }));
    },
  ),

  dm_db_log_info: functionOf(
    `database_id int NOT NULL, file_id smallint NOT NULL, vlf_begin_offset bigint NOT NULL, vlf_size_mb float NOT NULL,
    vlf_sequence_number bigint NOT NULL, vlf_active bit NOT NULL, vlf_status int NOT NULL, vlf_parity tinyint NOT NULL,
    vlf_first_lsn nvarchar(24), vlf_create_lsn nvarchar(24), vlf_encryptor_thumbprint varbinary(20)`,
    (server, [id], session) => {
      requireServerState(server, session);
      return databasesOf(server, id).flatMap((database) =>
        [0, 1, 2, 3].map((index) => ({
          database_id: database.id,
          file_id: 2,
          vlf_begin_offset: BigInt(8192 + (index * logBytes) / 4),
          vlf_size_mb: megabytes(logBytes / 4),
          vlf_sequence_number: index === 0 ? database.endOfLogLsn / 10n ** 15n : 0n,
          vlf_active: Number(index === 0),
          vlf_status: index === 0 ? 2 : 0,
          vlf_parity: 64,
        })),
      );
    },
  ),

  dm_exec_sql_text: functionOf(
    "dbid smallint, objectid int, number smallint, encrypted bit NOT NULL, text nvarchar(max)",
    (server, [handle]) =>
      [...server.sessions.values()]
        .filter(({ session }) => Buffer.isBuffer(handle) && handle.equals(sqlHandle(session.spid)))
        .map(({ request }) => ({ text: request?.text ?? null })),
  ),

  dm_exec_input_buffer: functionOf(
    "event_type nvarchar(256), parameters smallint, event_info nvarchar(max)",
    (server, [spid], session) => {
      const open = server.sessions.get(Number(spid));
      if (open?.session.spid !== session.spid) requireServerState(server, session);
      return open?.request ? [{ event_type: "Language Event", parameters: 0, event_info: open.request.text }] : [];
    },
  ),

  dm_os_volume_stats: functionOf(
    `database_id int NOT NULL, file_id int NOT NULL, volume_mount_point nvarchar(256), volume_id nvarchar(256),
    logical_volume_name nvarchar(256), file_system_type nvarchar(256), total_bytes bigint NOT NULL,
    available_bytes bigint NOT NULL, supports_compression bit, supports_alternate_streams bit, supports_sparse_files bit,
    is_read_only bit, is_compressed bit`,
    (server, [id, file], session) => {
      requireServerState(server, session);
      return databasesOf(server, Number(id)).map((database) => ({
        database_id: database.id,
        file_id: Number(file),
        volume_mount_point: "/",
        total_bytes: 1n << 38n,
        available_bytes: 1n << 37n,
      }));
    },
  ),

  fn_my_permissions: functionOf(
    "entity_name nvarchar(128), subentity_name nvarchar(128), permission_name nvarchar(60)",
    (server, [securable, securableClass], session) => {
      const kind = String(securableClass ?? "").toUpperCase();
      const row = (permission: string) => ({
        entity_name: kind === "SERVER" ? "server" : kind === "DATABASE" ? "database" : String(securable ?? ""),
        subentity_name: "",
        permission_name: permission,
      });
      if (kind === "SERVER")
        return [
          "CONNECT SQL",
          ...serverPermissionNames.filter((name) => name !== "CONNECT SQL" && hasPermission(server, session, name)),
        ].map(row);
      const database = findByName(
        server.instance.databases,
        kind === "DATABASE" && securable ? String(securable) : session.database,
      );
      const [name = "", schema = "dbo"] = String(securable ?? "")
        .split(".")
        .reverse();
      const object = kind === "OBJECT" ? { schema, name } : undefined;
      const known = object
        ? ["SELECT", "INSERT", "UPDATE", "DELETE", "EXECUTE", "REFERENCES", "VIEW DEFINITION", "ALTER", "CONTROL"]
        : databasePermissionNames;
      return known.filter((permission) => mayInDatabase(server, session, permission, database, object)).map(row);
    },
  ),

  fn_listextendedproperty: functionOf(
    "objtype sysname, objname sysname, name sysname NOT NULL, value sql_variant",
    (server, args, session) => listedProperties(server, session, args),
  ),

  fn_helpcollations: functionOf("name nvarchar(128) NOT NULL, description nvarchar(1000) NOT NULL", () =>
    [
      ["Latin1_General_BIN2", "Latin1-General, binary code point comparison sort"],
      [
        "Latin1_General_CI_AS",
        "Latin1-General, case-insensitive, accent-sensitive, kanatype-insensitive, width-insensitive",
      ],
      [
        "SQL_Latin1_General_CP1_CI_AS",
        "Latin1-General, case-insensitive, accent-sensitive, kanatype-insensitive, width-insensitive for Unicode Data, SQL Server Sort Order 52 on Code Page 1252 for non-Unicode Data",
      ],
    ].map(([name = "", description = ""]) => ({ name, description })),
  ),
};

/** Functions of schema sys in FROM; those that begin with fn_ are found without it too. */
export function systemTableFunction(
  server: Server,
  { schema, name }: { readonly schema?: string; readonly name: string },
  session: Session,
): TableFunction | undefined {
  const key = name.toLowerCase();
  const isNamed = schema?.toLowerCase() === "sys" || (schema === undefined && key.startsWith("fn_"));
  return isNamed && Object.hasOwn(functions, key) ? functions[key]?.(server, session) : undefined;
}

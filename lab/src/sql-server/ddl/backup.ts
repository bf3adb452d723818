import type { ResultSink, Session } from "../../tsql/host";
import { formatMessage, type SqlError, sqlError } from "../../tsql/messages";
import type { BackupDatabase } from "../../tsql/syntax/database";
import { sameName } from "../../tsql/values/collation";
import { refusedAccess } from "../database-access";
import { isOwner } from "../database-permissions";
import { advancedLog } from "../instance";
import type { BackupRecord, Database } from "../model";
import { findByName, nameKey } from "../names";
import { consequence } from "../refusals";
import type { Server } from "../server";
import { allocatedBytes } from "../transaction-log";

const pageBytes = 8192;

export function backUp(server: Server, statement: BackupDatabase, session: Session, sink: ResultSink): void {
  const verb = statement.log ? "BACKUP LOG" : "BACKUP DATABASE";
  const database = checked(server, statement, verb, session);
  const disk = statement.disks[0] ?? "";
  const start = server.clock.now();
  const firstLsn = (statement.log ? database.lastLogBackupLsn : undefined) ?? database.endOfLogLsn;
  const lastLsn = advancedLog(database);
  const isCopyOnly = "COPY_ONLY" in statement.options;
  const type = statement.log ? "L" : "DIFFERENTIAL" in statement.options ? "I" : "D";
  server.instance.backups.push({
    id: server.instance.backups.length + 1,
    type,
    isCopyOnly,
    database: database.name,
    databaseGuid: database.guid,
    recoveryModel: database.recoveryModel,
    start,
    finish: server.clock.now(),
    disk,
    firstLsn,
    lastLsn,
    sizeBytes: allocatedBytes(database),
    position: positionIn(server, statement),
    name: statement.options.NAME,
    description: statement.options.DESCRIPTION,
    user: session.login,
    hasChecksums: "CHECKSUM" in statement.options,
  });
  if (!isCopyOnly && database.recoveryModel !== "SIMPLE" && continuesChain(type, database))
    database.lastLogBackupLsn = lastLsn;
  report(server, statement, database, verb, sink);
}

/** The backup's place in its file: backups are added until one is told to begin the file anew. */
function positionIn({ instance }: Server, { options, disks: [disk = ""] }: BackupDatabase): number {
  if ("INIT" in options || "FORMAT" in options) return 1;
  return (instance.backups.findLast((backup) => sameName(backup.disk, disk))?.position ?? 0) + 1;
}

/** Whether a backup moves the log chain on: a full one starts it, a log backup continues it. */
function continuesChain(type: "D" | "L" | "I", database: Database): boolean {
  return type === "L" || (type === "D" && database.lastLogBackupLsn === undefined);
}

/** Throws 3021, 911, 262, 3147, 927, 4208, 4214, 3035, 3201; each is followed by 3013. */
function checked(server: Server, statement: BackupDatabase, verb: string, session: Session): Database {
  const refuse = (error: SqlError) => consequence(error, 3013, verb);
  if (session.transactionCount > 0) throw refuse(sqlError(3021));
  const database = findByName(server.instance.databases, statement.name);
  if (!database) throw refuse(sqlError(911, statement.name));
  if (!isOwner(server, session, database)) throw refuse(sqlError(262, verb, database.name));
  if (nameKey(database.name) === "tempdb") throw refuse(sqlError(3147));
  const closed = refusedAccess(server, database, session);
  if (closed) throw refuse(closed);
  if (statement.log && database.recoveryModel === "SIMPLE") throw refuse(sqlError(4208, verb));
  if (statement.log && database.lastLogBackupLsn === undefined) throw refuse(sqlError(4214));
  if ("DIFFERENTIAL" in statement.options && !hasFullBackup(server, database))
    throw refuse(sqlError(3035, database.name));
  const unusable = statement.disks.find((disk) => disk.trim() === "");
  if (unusable !== undefined || statement.disks.length === 0)
    throw refuse(
      sqlError(3201, unusable ?? "", "123(The filename, directory name, or volume label syntax is incorrect.)"),
    );
  return database;
}

function hasFullBackup({ instance }: Server, { guid, lastLogBackupLsn }: Database): boolean {
  const isBase = ({ type, isCopyOnly, databaseGuid }: BackupRecord) =>
    type === "D" && !isCopyOnly && databaseGuid === guid;
  return lastLogBackupLsn !== undefined || instance.backups.some(isBase);
}

function report(
  { instance }: Server,
  statement: BackupDatabase,
  database: Database,
  verb: string,
  sink: ResultSink,
): void {
  const say = (number: number, ...args: readonly (string | number)[]) =>
    sink.info({ ...formatMessage(number, ...args), number, state: 1, line: 0 });
  if ("STATS" in statement.options) say(3211, 100);
  const file = instance.backups.at(-1)?.position ?? 1;
  const dataPages = statement.log ? 0 : Math.ceil(allocatedBytes(database) / pageBytes);
  const logPages = 2;
  if (dataPages > 0) say(4035, dataPages, database.name, database.name, file);
  say(4035, logPages, database.name, `${database.name}_log`, file);
  const pages = dataPages + logPages;
  const seconds = 0.05;
  say(3014, verb, pages, seconds.toFixed(3), ((pages * pageBytes) / 1024 / 1024 / seconds).toFixed(3));
}

import { sqlError } from "../messages";
import type { BackupCertificate } from "../syntax/certificate";
import type {
  AlterDatabaseSet,
  BackupDatabase,
  CreateDatabase,
  DropDatabase,
  EncryptionKey,
  RenameDatabase,
} from "../syntax/database";
import { backupCertificate } from "./certificate";
import { type Cursor, identifier, integerLiteral, isIdentifier, list, stringLiteral } from "./cursor";

/** Options that are a word alone. */
const states: ReadonlySet<string> = new Set([
  "READ_ONLY",
  "READ_WRITE",
  "SINGLE_USER",
  "MULTI_USER",
  "RESTRICTED_USER",
  "ONLINE",
  "OFFLINE",
  "EMERGENCY",
]);

/** Options that have a value. */
const settings: ReadonlySet<string> = new Set(
  `ACCELERATED_DATABASE_RECOVERY ALLOW_SNAPSHOT_ISOLATION ANSI_NULLS ANSI_NULL_DEFAULT ANSI_PADDING ANSI_WARNINGS ARITHABORT
  AUTO_CLOSE AUTO_CREATE_STATISTICS AUTO_SHRINK AUTO_UPDATE_STATISTICS AUTO_UPDATE_STATISTICS_ASYNC CHANGE_TRACKING
  COMPATIBILITY_LEVEL CONCAT_NULL_YIELDS_NULL CONTAINMENT CURSOR_CLOSE_ON_COMMIT CURSOR_DEFAULT DATE_CORRELATION_OPTIMIZATION
  DB_CHAINING DEFAULT_FULLTEXT_LANGUAGE DEFAULT_LANGUAGE DELAYED_DURABILITY ENCRYPTION HONOR_BROKER_PRIORITY
  MEMORY_OPTIMIZED_ELEVATE_TO_SNAPSHOT MIXED_PAGE_ALLOCATION NESTED_TRIGGERS NUMERIC_ROUNDABORT PAGE_VERIFY PARAMETERIZATION
  QUERY_STORE QUOTED_IDENTIFIER READ_COMMITTED_SNAPSHOT RECURSIVE_TRIGGERS TARGET_RECOVERY_TIME
  TEMPORAL_HISTORY_RETENTION TORN_PAGE_DETECTION TRANSFORM_NOISE_WORDS TRUSTWORTHY TWO_DIGIT_YEAR_CUTOFF`.split(/\s+/),
);

/** https://learn.microsoft.com/sql/t-sql/statements/alter-database-transact-sql-set-options */
export function alterDatabase(cursor: Cursor): AlterDatabaseSet | RenameDatabase {
  const name = cursor.accept("CURRENT") ? undefined : identifier(cursor);
  if (cursor.accept("MODIFY")) {
    cursor.expect("NAME", "=");
    return { kind: "renameDatabase", name, newName: identifier(cursor) };
  }
  cursor.expect("SET");
  const token = cursor.peek();
  if (token.kind !== "word") cursor.fail();
  cursor.next();
  const option = token.keyword;
  let value = "";
  if (option === "RECOVERY") value = cursor.choose("FULL", "BULK_LOGGED", "SIMPLE");
  else if (option === "HADR") value = hadr(cursor);
  else if (!states.has(option)) {
    if (!settings.has(option)) cursor.raise(sqlError(102, token.text), token);
    cursor.accept("=");
    value = optionValue(cursor);
  }
  return { kind: "alterDatabaseSet", name, option, value, ...(termination(cursor) && { isRollback: true }) };
}

function hadr(cursor: Cursor): string {
  const word = cursor.choose("OFF", "SUSPEND", "RESUME", "AVAILABILITY");
  if (word !== "AVAILABILITY") return word;
  cursor.expect("GROUP", "=");
  return `AVAILABILITY GROUP = ${identifier(cursor)}`;
}

function optionValue(cursor: Cursor): string {
  const { kind, keyword } = cursor.peek();
  const isWord = kind === "word" && (isIdentifier(cursor.peek()) || keyword === "ON" || keyword === "OFF");
  if (!isWord && kind !== "number" && kind !== "string") cursor.fail();
  const token = cursor.next();
  return kind === "word" ? token.keyword : token.text;
}

/** Whether other sessions are to be ended. */
function termination(cursor: Cursor): boolean {
  if (!cursor.accept("WITH") || cursor.accept("NO_WAIT")) return false;
  cursor.expect("ROLLBACK");
  if (cursor.accept("IMMEDIATE")) return true;
  cursor.expect("AFTER");
  integerLiteral(cursor);
  cursor.accept("SECONDS");
  return true;
}

export function createDatabase(cursor: Cursor): CreateDatabase {
  const name = identifier(cursor);
  if (cursor.accept("COLLATE")) identifier(cursor);
  return { kind: "createDatabase", name };
}

export function encryptionKey(cursor: Cursor): EncryptionKey {
  cursor.expect("WITH", "ALGORITHM", "=");
  const algorithm = cursor.choose("AES_128", "AES_192", "AES_256", "TRIPLE_DES_3KEY");
  cursor.expect("ENCRYPTION", "BY", "SERVER", "CERTIFICATE");
  return { kind: "encryptionKey", change: "create", algorithm, certificateName: identifier(cursor) };
}

export function dropDatabase(cursor: Cursor): DropDatabase {
  const ifExists = cursor.accept("IF", "EXISTS");
  return { kind: "dropDatabase", names: list(cursor, () => identifier(cursor)), ifExists };
}

/** https://learn.microsoft.com/sql/t-sql/statements/backup-transact-sql */
export function backup(cursor: Cursor): BackupDatabase | BackupCertificate {
  const subject = cursor.choose("DATABASE", "LOG", "CERTIFICATE");
  if (subject === "CERTIFICATE") return backupCertificate(cursor);
  const name = identifier(cursor);
  cursor.expect("TO");
  const disks = list(cursor, () => {
    cursor.expect("DISK", "=");
    return stringLiteral(cursor);
  });
  const options: Record<string, string> = {};
  if (cursor.accept("WITH")) list(cursor, () => backupOption(cursor, options));
  return { kind: "backupDatabase", log: subject === "LOG", name, disks, options };
}

const backupOptions = [
  "COPY_ONLY",
  "DIFFERENTIAL",
  "INIT",
  "NOINIT",
  "FORMAT",
  "NOFORMAT",
  "SKIP",
  "NOSKIP",
  "CHECKSUM",
  "NO_CHECKSUM",
  "STOP_ON_ERROR",
  "CONTINUE_AFTER_ERROR",
  "COMPRESSION",
  "NO_COMPRESSION",
  "REWIND",
  "NOREWIND",
  "UNLOAD",
  "NOUNLOAD",
  "NO_TRUNCATE",
  "NORECOVERY",
  "NAME",
  "DESCRIPTION",
  "STATS",
  "MEDIANAME",
  "MEDIADESCRIPTION",
  "EXPIREDATE",
  "RETAINDAYS",
  "BUFFERCOUNT",
  "MAXTRANSFERSIZE",
  "BLOCKSIZE",
] as const;

function backupOption(cursor: Cursor, options: Record<string, string>): void {
  const option = cursor.choose(...backupOptions);
  const { kind } = cursor.accept("=") ? cursor.peek() : { kind: "none" };
  if (kind === "none") options[option] = "";
  else options[option] = kind === "number" || kind === "string" ? cursor.next().text : cursor.fail();
}

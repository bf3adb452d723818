import type { Advice } from "./advice";

const correctName: Advice = {
  cause: "there is no database of that name on this SQL Server.",
  remedy:
    "correct databaseName (SELECT name FROM sys.databases lists what is there), or create or restore the database first.",
};
const recreateLink: Advice = {
  cause: "SQL Server's log was truncated, or a log backup was taken, while the database was being copied.",
  remedy:
    "pause log backups until it is copied, or DBCC TRACEON (12381, -1) on SQL Server where the build knows it; then run pulumi up again, which makes a link that never came to replicate once more.",
};
const notTaken = (feature: string, remedy: string): Advice => ({
  cause: `the database has ${feature}, which a managed instance does not take.`,
  remedy: `${remedy}; then run pulumi up again.`,
});
const keepOut = (feature: string): Advice => ({
  cause: `the database is replicated by a link, and ${feature} would be added to it, which a managed instance does not take.`,
  remedy:
    "leave it out, or put it into another database. Where it must come: take the link out of the program and run pulumi up first; the copy on the instance then no longer follows.",
});
const roleWillCome: Advice = {
  cause: "the service was changing the role of the database; it tries again by itself.",
  remedy: "wait some minutes, then run pulumi up again.",
};

/** About the database of a link, its backups and its copy. Sources: facts of the link's pages; sys.messages. */
export const databaseNumbers: Readonly<Record<number, Advice>> = {
  911: correctName,
  922: {
    cause: "the database is being recovered.",
    remedy:
      "wait until it is online (SELECT state_desc FROM sys.databases WHERE name = N'<database>'), then run pulumi up again.",
  },
  924: {
    cause: "the database is in single-user mode, and somebody else has its one session.",
    remedy: "ALTER DATABASE [<database>] SET MULTI_USER; then run pulumi up again.",
  },
  927: {
    cause: "the database is being restored.",
    remedy:
      "end what restores it (log shipping, mirroring, a restore: RESTORE DATABASE [<database>] WITH RECOVERY, if all backups are in); then run pulumi up again.",
  },
  942: {
    cause: "the database is offline.",
    remedy: "ALTER DATABASE [<database>] SET ONLINE; then run pulumi up again.",
  },
  976: {
    cause: "the database is a secondary that is still being copied, is suspended, or is not readable.",
    remedy:
      "wait until it is copied (mi-link status). Where it is suspended: ALTER DATABASE [<database>] SET HADR RESUME, on the side that says so.",
  },
  1408: recreateLink,
  1412: recreateLink,
  1464: {
    cause: "the database is not being restored, as a secondary has to be.",
    remedy: "leave it out of the group on the secondary side: the link copies the database itself.",
  },
  1465: {
    cause: "the database is not in the recovery model FULL.",
    remedy: "use FullRecoveryDatabase for it, or: ALTER DATABASE [<database>] SET RECOVERY FULL, then back it up.",
  },
  1466: {
    cause: "the database is read-only.",
    remedy: "ALTER DATABASE [<database>] SET READ_WRITE; then run pulumi up again.",
  },
  1467: {
    cause: "the database is in emergency mode, or suspect.",
    remedy:
      "restore it from its last good backup, or have DBCC CHECKDB say what is damaged, and bring it online: ALTER DATABASE [<database>] SET ONLINE; then run pulumi up again.",
  },
  1468: {
    cause: "the database is in an availability group or a mirroring session.",
    remedy:
      "leave the setting as it is while it is there (SELECT * FROM sys.availability_databases_cluster names the group); or link another database.",
  },
  1469: {
    cause: "the database closes automatically.",
    remedy: "ALTER DATABASE [<database>] SET AUTO_CLOSE OFF; then run pulumi up again.",
  },
  1475: {
    cause: "there is no full backup that a log chain starts from; copy-only backups do not count.",
    remedy:
      "use FullRecoveryDatabase for it, or: BACKUP DATABASE [<database>] TO DISK = N'<path>' WITH CHECKSUM; then run pulumi up again.",
  },
  1478: recreateLink,
  1488: {
    cause: "the database is in single-user mode.",
    remedy: "ALTER DATABASE [<database>] SET MULTI_USER; then run pulumi up again.",
  },
  3013: {
    cause: "the backup failed; the message before it says why.",
    remedy: "mend what that message names (EXEC sp_readerrorlog 0, 1, N'BACKUP' has more), then run pulumi up again.",
  },
  3201: {
    cause: "SQL Server's service account cannot write the backup file: no such folder, no right, or no room.",
    remedy: "set backupDisk to a path that it can write; its own: SELECT SERVERPROPERTY('InstanceDefaultBackupPath')",
  },
  3211: { cause: "the backup is under way.", remedy: "wait for it, then run pulumi up again." },
  3853: {
    cause:
      "a database that came from a managed instance has metadata that this build does not take, after an index was dropped there (known issue of managed instances).",
    remedy: "rebuild the table's indexes: ALTER INDEX ALL ON [<table>] REBUILD; then DBCC CHECKDB again.",
  },
  4035: { cause: "no failure: so many pages were backed up.", remedy: "nothing is to be done." },
  3014: { cause: "no failure: the backup is done.", remedy: "nothing is to be done." },
  5011: {
    cause: "there is no such database, or the login may not alter it.",
    remedy:
      "correct databaseName (SELECT name, state_desc FROM sys.databases), or run as an administrator: ALTER SERVER ROLE sysadmin ADD MEMBER [<login>]",
  },
  8992: {
    cause:
      "DBCC CHECKDB met metadata that a managed instance left, after an index was dropped there (known issue of managed instances).",
    remedy: "rebuild the table's indexes: ALTER INDEX ALL ON [<table>] REBUILD; then DBCC CHECKDB again.",
  },
  9002: {
    cause:
      "the transaction log is full: it keeps what the managed instance has not got yet, or there is no log backup.",
    remedy:
      "give it room: free the disk, or ALTER DATABASE [<database>] MODIFY FILE (NAME = N'<log file>', MAXSIZE = UNLIMITED), but no second log file. Then mend the link where it is not connected (mi-link status), and back the log up.",
  },
  41937: {
    cause: "a copy-only backup on the managed instance is not possible while the database is encrypted by the service.",
    remedy: "ALTER DATABASE [<database>] SET ENCRYPTION OFF on the instance first, or use the service's own backups.",
  },
  41938: {
    cause: "a copy-only backup of this database is not possible on the managed instance now.",
    remedy: "wait until its other backups have ended, then take it again.",
  },
  41939: {
    cause: "the persistent version store of the database is in another filegroup than PRIMARY.",
    remedy:
      "ALTER DATABASE [<database>] SET ACCELERATED_DATABASE_RECOVERY = OFF, then = ON (PERSISTENT_VERSION_STORE_FILEGROUP = [PRIMARY]); then run pulumi up again.",
  },
  41947: notTaken(
    "memory-optimized data, and the instance's tier is General Purpose",
    "use an instance of the tier Business Critical, or move the memory-optimized tables to disk",
  ),
  41948: notTaken("several log files", "ALTER DATABASE [<database>] REMOVE FILE [<log file>], until one is left"),
  41949: notTaken(
    "more files than the instance can hold",
    "ALTER DATABASE [<database>] REMOVE FILE [<file>] after DBCC SHRINKFILE (N'<file>', EMPTYFILE), or use another instance",
  ),
  41950: notTaken("FILESTREAM or FileTable data", "move it to varbinary(max) columns and remove its filegroup"),
  41951: notTaken("files in the state DEFUNCT", "restore their filegroup, or copy the data to a new database"),
  41952: notTaken("a feature that the message names", "remove that feature, or link another database"),
  ...Object.fromEntries(
    [41954, 41955, 41956, 41957, 41958, 41959, 41960, 41961].map((number) => [number, roleWillCome]),
  ),
  47507: keepOut("a memory-optimized file"),
  47508: keepOut("a second log file"),
  47509: keepOut("FILESTREAM or FileTable data"),
  47510: keepOut("a second memory-optimized file"),
  47518: keepOut("a memory-optimized table"),
};

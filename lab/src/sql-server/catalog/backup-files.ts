import type { Table } from "../../tsql/host";
import type { BackupRecord } from "../model";
import type { Server } from "../server";
import { compatibilityLevels } from "./databases";
import { backupUuid, databaseVersions } from "./msdb";
import { declared, type Row, tableOf } from "./view";

type Shown = (server: Server, backups: readonly BackupRecord[]) => Table;

function shown(text: string, rows: (server: Server, backup: BackupRecord) => Row[]): Shown {
  const columns = declared(text);
  return (server, backups) => tableOf(columns, server, () => backups.flatMap((backup) => rows(server, backup)));
}

const types = { D: [1, "Database"], L: [2, "Transaction Log"], I: [5, "Database Differential"] } as const;

/** The result sets of RESTORE HEADERONLY, FILELISTONLY and LABELONLY. */
export const backupHeader: Readonly<Record<"HEADERONLY" | "FILELISTONLY" | "LABELONLY", Shown>> = {
  HEADERONLY: shown(
    `BackupName nvarchar(128), BackupDescription nvarchar(255), BackupType smallint, ExpirationDate datetime,
    Compressed tinyint = 0, Position smallint, DeviceType tinyint = 2, UserName nvarchar(128), ServerName nvarchar(128),
    DatabaseName nvarchar(128), DatabaseVersion int, DatabaseCreationDate datetime, BackupSize numeric(20, 0),
    FirstLSN numeric(25, 0), LastLSN numeric(25, 0), CheckpointLSN numeric(25, 0), DatabaseBackupLSN numeric(25, 0),
    BackupStartDate datetime, BackupFinishDate datetime, SortOrder smallint = 52, CodePage smallint = 0, UnicodeLocaleId int = 1033,
    UnicodeComparisonStyle int = 196609, CompatibilityLevel tinyint, SoftwareVendorId int = 4608, SoftwareVersionMajor int,
    SoftwareVersionMinor int, SoftwareVersionBuild int, MachineName nvarchar(128), Flags int, BindingID uniqueidentifier,
    RecoveryForkID uniqueidentifier, Collation nvarchar(128), FamilyGUID uniqueidentifier, HasBulkLoggedData bit = 0,
    IsSnapshot bit = 0, IsReadOnly bit = 0, IsSingleUser bit = 0, HasBackupChecksums bit, IsDamaged bit = 0, BeginsLogChain bit = 0,
    HasIncompleteMetaData bit = 0, IsForceOffline bit = 0, IsCopyOnly bit, FirstRecoveryForkID uniqueidentifier,
    ForkPointLSN numeric(25, 0), RecoveryModel nvarchar(60), DifferentialBaseLSN numeric(25, 0),
    DifferentialBaseGUID uniqueidentifier, BackupTypeDescription nvarchar(60), BackupSetGUID uniqueidentifier,
    CompressedBackupSize bigint, Containment tinyint NOT NULL, KeyAlgorithm nvarchar(32), EncryptorThumbprint varbinary(20),
    EncryptorType nvarchar(32), LastValidRestoreTime datetime SINCE 2022, TimeZone nvarchar(32) SINCE 2022,
    CompressionAlgorithm nvarchar(32) SINCE 2022`,
    ({ instance }, backup) => {
      const [type, description] = types[backup.type];
      const [major = 0, minor = 0, build = 0] = instance.version.split(".").map(Number);
      return [
        {
          BackupName: backup.name ?? null,
          BackupDescription: backup.description ?? null,
          BackupType: type,
          Position: backup.position,
          UserName: backup.user,
          ServerName: instance.name,
          DatabaseName: backup.database,
          DatabaseVersion: databaseVersions[instance.majorVersion],
          BackupSize: BigInt(backup.sizeBytes),
          FirstLSN: backup.firstLsn,
          LastLSN: backup.lastLsn,
          CheckpointLSN: backup.firstLsn,
          DatabaseBackupLSN: 0n,
          BackupStartDate: backup.start,
          BackupFinishDate: backup.finish,
          CompatibilityLevel: compatibilityLevels[instance.majorVersion],
          SoftwareVersionMajor: major,
          SoftwareVersionMinor: minor,
          SoftwareVersionBuild: build,
          MachineName: instance.name,
          Flags: backup.isCopyOnly ? 1024 : 512,
          BindingID: backup.databaseGuid,
          RecoveryForkID: backup.databaseGuid,
          Collation: instance.collation,
          FamilyGUID: backup.databaseGuid,
          HasBackupChecksums: Number(backup.hasChecksums),
          IsCopyOnly: Number(backup.isCopyOnly),
          FirstRecoveryForkID: backup.databaseGuid,
          RecoveryModel: backup.recoveryModel,
          BackupTypeDescription: description,
          BackupSetGUID: backupUuid(backup),
          CompressedBackupSize: BigInt(backup.sizeBytes),
        },
      ];
    },
  ),

  FILELISTONLY: shown(
    `LogicalName nvarchar(128), PhysicalName nvarchar(260), Type char(1), FileGroupName nvarchar(128), Size numeric(20, 0),
    MaxSize numeric(20, 0), FileId bigint, CreateLSN numeric(25, 0), DropLSN numeric(25, 0), UniqueId uniqueidentifier,
    ReadOnlyLSN numeric(25, 0), ReadWriteLSN numeric(25, 0), BackupSizeInBytes bigint, SourceBlockSize int = 512,
    FileGroupId int, LogGroupGUID uniqueidentifier, DifferentialBaseLSN numeric(25, 0),
    DifferentialBaseGUID uniqueidentifier, IsReadOnly bit = 0, IsPresent bit = 1, TDEThumbprint varbinary(32),
    SnapshotUrl nvarchar(360)`,
    (_, backup) =>
      [false, true].map((isLog) => {
        const logical = isLog ? `${backup.database}_log` : backup.database;
        return {
          LogicalName: logical,
          PhysicalName: `/var/opt/mssql/data/${logical}.${isLog ? "ldf" : "mdf"}`,
          Type: isLog ? "L" : "D",
          FileGroupName: isLog ? null : "PRIMARY",
          Size: BigInt(backup.sizeBytes),
          MaxSize: 35_184_372_080_640n,
          FileId: isLog ? 2n : 1n,
          CreateLSN: 0n,
          DropLSN: 0n,
          UniqueId: backupUuid(backup),
          ReadOnlyLSN: 0n,
          ReadWriteLSN: 0n,
          BackupSizeInBytes: BigInt(isLog ? 0 : backup.sizeBytes),
          FileGroupId: isLog ? 0 : 1,
        };
      }),
  ),

  LABELONLY: shown(
    `MediaName nvarchar(128), MediaSetId uniqueidentifier, FamilyCount int = 1, FamilySequenceNumber int = 1,
    MediaFamilyId uniqueidentifier, MediaSequenceNumber int = 1, MediaLabelPresent tinyint = 0, MediaDescription nvarchar(255),
    SoftwareName nvarchar(128), SoftwareVendorId int = 4608, MediaDate datetime, Mirror_Count int = 1, IsCompressed bit = 0`,
    (_, backup) => [
      {
        MediaSetId: backupUuid(backup),
        MediaFamilyId: backupUuid(backup),
        SoftwareName: "Microsoft SQL Server",
        MediaDate: backup.finish,
      },
    ],
  ),
};

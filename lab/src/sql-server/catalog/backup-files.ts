import type { Table } from "../../tsql/host";
import type { BackupRecord } from "../model";
import type { Server } from "../server";
import { compatibilityLevels } from "./databases";
import { type DeclaredRow, declareTable } from "./declare";
import { backupUuid, databaseVersions } from "./msdb";

type Shown = (server: Server, backups: readonly BackupRecord[]) => Table;

const shown =
  (columns: string, rows: (server: Server, backup: BackupRecord) => DeclaredRow[]): Shown =>
  (server, backups) =>
    declareTable(columns)(server, () => backups.flatMap((backup) => rows(server, backup)));

const types = { D: [1, "Database"], L: [2, "Transaction Log"], I: [5, "Database Differential"] } as const;

/** The result sets of RESTORE HEADERONLY, FILELISTONLY and LABELONLY. */
export const backupHeader: Readonly<Record<"HEADERONLY" | "FILELISTONLY" | "LABELONLY", Shown>> = {
  HEADERONLY: shown(
    `BackupName nvarchar(128), BackupDescription nvarchar(255), BackupType smallint, ExpirationDate datetime,
    Compressed tinyint, Position smallint, DeviceType tinyint, UserName nvarchar(128), ServerName nvarchar(128),
    DatabaseName nvarchar(128), DatabaseVersion int, DatabaseCreationDate datetime, BackupSize numeric(20, 0),
    FirstLSN numeric(25, 0), LastLSN numeric(25, 0), CheckpointLSN numeric(25, 0), DatabaseBackupLSN numeric(25, 0),
    BackupStartDate datetime, BackupFinishDate datetime, SortOrder smallint, CodePage smallint, UnicodeLocaleId int,
    UnicodeComparisonStyle int, CompatibilityLevel tinyint, SoftwareVendorId int, SoftwareVersionMajor int,
    SoftwareVersionMinor int, SoftwareVersionBuild int, MachineName nvarchar(128), Flags int, BindingID uniqueidentifier,
    RecoveryForkID uniqueidentifier, Collation nvarchar(128), FamilyGUID uniqueidentifier, HasBulkLoggedData bit,
    IsSnapshot bit, IsReadOnly bit, IsSingleUser bit, HasBackupChecksums bit, IsDamaged bit, BeginsLogChain bit,
    HasIncompleteMetaData bit, IsForceOffline bit, IsCopyOnly bit, FirstRecoveryForkID uniqueidentifier,
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
          Compressed: 0,
          Position: backup.position,
          DeviceType: 2,
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
          SortOrder: 52,
          CodePage: 0,
          UnicodeLocaleId: 1033,
          UnicodeComparisonStyle: 196609,
          CompatibilityLevel: compatibilityLevels[instance.majorVersion],
          SoftwareVendorId: 4608,
          SoftwareVersionMajor: major,
          SoftwareVersionMinor: minor,
          SoftwareVersionBuild: build,
          MachineName: instance.name,
          Flags: backup.isCopyOnly ? 1024 : 512,
          BindingID: backup.databaseGuid,
          RecoveryForkID: backup.databaseGuid,
          Collation: instance.collation,
          FamilyGUID: backup.databaseGuid,
          HasBulkLoggedData: 0,
          IsSnapshot: 0,
          IsReadOnly: 0,
          IsSingleUser: 0,
          HasBackupChecksums: Number(backup.hasChecksums),
          IsDamaged: 0,
          BeginsLogChain: 0,
          HasIncompleteMetaData: 0,
          IsForceOffline: 0,
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
    ReadOnlyLSN numeric(25, 0), ReadWriteLSN numeric(25, 0), BackupSizeInBytes bigint, SourceBlockSize int,
    FileGroupId int, LogGroupGUID uniqueidentifier, DifferentialBaseLSN numeric(25, 0),
    DifferentialBaseGUID uniqueidentifier, IsReadOnly bit, IsPresent bit, TDEThumbprint varbinary(32),
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
          SourceBlockSize: 512,
          FileGroupId: isLog ? 0 : 1,
          IsReadOnly: 0,
          IsPresent: 1,
        };
      }),
  ),

  LABELONLY: shown(
    `MediaName nvarchar(128), MediaSetId uniqueidentifier, FamilyCount int, FamilySequenceNumber int,
    MediaFamilyId uniqueidentifier, MediaSequenceNumber int, MediaLabelPresent tinyint, MediaDescription nvarchar(255),
    SoftwareName nvarchar(128), SoftwareVendorId int, MediaDate datetime, Mirror_Count int, IsCompressed bit`,
    (_, backup) => [
      {
        MediaSetId: backupUuid(backup),
        FamilyCount: 1,
        FamilySequenceNumber: 1,
        MediaFamilyId: backupUuid(backup),
        MediaSequenceNumber: 1,
        MediaLabelPresent: 0,
        SoftwareName: "Microsoft SQL Server",
        SoftwareVendorId: 4608,
        MediaDate: backup.finish,
        Mirror_Count: 1,
        IsCompressed: 0,
      },
    ],
  ),
};

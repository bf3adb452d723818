import type { KeyObject } from "node:crypto";
import type { TokenIssuer } from "../tds/contract";
import type { Change, Store } from "../tsql/stored";

/**
 * The state of one instance, SQL Server or managed instance, as plain data. DDL changes it, catalog views show it.
 * What follows from the state of two instances (connected, healthy, seeding) is not stored: it is asked of the Network.
 */
export interface Instance {
  /** The name that the lab calls it by; for a managed instance its short name. */
  readonly name: string;
  /** SERVERPROPERTY('ServerName'): the machine's present name, and the instance's. */
  hostName: string;
  /** @@SERVERNAME since the last start; null: sys.servers had no row for the server itself. */
  serverName: string | null;
  /** The name in that row, which the next start takes: sp_dropserver, sp_addserver. */
  localServer: string | null;
  readonly kind: "sqlServer" | "managedInstance";
  /** SERVERPROPERTY('ProductVersion'), e.g. "16.0.4175.1". */
  readonly version: string;
  /** 2016 ... 2025; a managed instance counts as 2022. */
  readonly majorVersion: 2016 | 2017 | 2019 | 2022 | 2025;
  /** Whether it knows sp_certificate_add_issuer and `;Server=[..]`: not before the Azure Connect Pack (2016, 2017). */
  readonly supportsManagedInstanceLink: boolean;
  /** sp_multidb_milink: whether its links have several databases. A restart does not change it. */
  isMultiDatabaseLinkEnabled: boolean;
  readonly collation: string;
  /** Of a SQL Server; a managed instance has Azure's. */
  edition: "Developer" | "Enterprise" | "Evaluation" | "Standard" | "Web" | "Express";
  /** SQL Server 2016 runs on nothing else. */
  readonly isOnWindows: boolean;
  /** By how much the instance's own clock is ahead of the lab's, or behind it where this is negative. */
  clockAheadMilliseconds: number;
  /** Loopback address that the instance, and its mirroring endpoint, listens on. */
  readonly address: string;
  readonly tdsPort: number;
  /** Microsoft Entra ID; undefined: the instance is not set up for it. */
  directory?: Directory;
  /** A managed instance's host name: `<name>.<dnsZone>.database.windows.net`, or another cloud's suffix. */
  readonly fqdn?: string;
  isHadrEnabled: boolean;
  forceEncryption: boolean;
  readonly traceFlags: Set<number>;
  /** The trace flags of -T, which are on again after a restart. */
  readonly startupTraceFlags: readonly number[];
  /** The time of the last start; a seeding does not outlive it. */
  startTime: Date;
  isRunning: boolean;
  /** The logins by their lower-case names. */
  readonly logins: Map<string, Login>;
  /** The server roles that users made. */
  readonly serverRoles: Map<string, Role>;
  readonly databases: Map<string, Database>;
  masterKey?: MasterKey;
  readonly serviceMasterKeyGuid: string;
  readonly certificates: Map<string, Certificate>;
  /** The instance has at most one endpoint of the type (7862). */
  mirroringEndpoint?: MirroringEndpoint;
  readonly groups: Map<string, AvailabilityGroup>;
  readonly backups: BackupRecord[];
  /** Whether SQL Server Agent runs. A managed instance's always does. */
  isAgentRunning: boolean;
  /** Its jobs in msdb, by their lower-case names. */
  readonly jobs: Map<string, Job>;
  readonly errorLog: { readonly at: Date; readonly text: string }[];
  nextCertificateId: number;
  nextEndpointId: number;
  nextDatabaseId: number;
  nextPrincipalId: number;
  nextJobHistoryId: number;
}

/** A database master key. */
export interface MasterKey {
  readonly guid: string;
  readonly created: Date;
  readonly password?: string;
  /** false: OPEN MASTER KEY with the password comes before any use of what it encrypts (15581). */
  readonly isEncryptedByServiceKey: boolean;
}

/** A principal that permissions can be granted to. */
export interface Holder {
  readonly principalId: number;
  /** Upper-case permissions: "VIEW SERVER STATE". */
  readonly permissions: Set<string>;
  readonly denied: Set<string>;
}

export interface Login extends Holder {
  readonly name: string;
  password: string;
  /** Lower-case names of server roles. */
  readonly roles: Set<string>;
  /** A Windows account: nobody can sign in as it with a password. */
  readonly isWindows?: boolean;
  isDisabled?: boolean;
  readonly created: Date;
  /** The login is refused with 18488 until the password is changed. */
  mustChangePassword?: boolean;
  defaultDatabase?: string;
  /** Made FROM CERTIFICATE: nobody can sign in as it. */
  readonly certificateId?: number;
  /** Made FROM EXTERNAL PROVIDER: the principal's id in Microsoft Entra. */
  readonly externalId?: string;
}

/** Microsoft Entra ID, as an instance that is set up for it (Azure Arc and an Entra admin) asks it. */
export interface Directory extends TokenIssuer {
  /** The id of whoever has the token; undefined where it is forged, has expired, or is for somebody else. */
  principalOf(token: string): string | undefined;
  /** The id of the principal with that display name. */
  find(name: string): string | undefined;
}

/** CREATE SERVER ROLE. */
export interface Role extends Holder {
  readonly name: string;
  readonly created: Date;
  readonly roles: Set<string>;
}

/** A user of one database. */
export interface DatabaseUser extends Holder {
  readonly name: string;
  readonly created: Date;
  /** Lower-case name; undefined: the user is of a certificate. */
  readonly login?: string;
  readonly certificateId?: number;
}

/** A committed transaction, as the log sends it to other copies of the database. */
export interface LogRecord {
  /** The LSN of its commit. */
  readonly lsn: bigint;
  readonly at: Date;
  readonly bytes: number;
  readonly changes: readonly Change[];
}

export interface Database {
  name: string;
  readonly id: number;
  readonly guid: string;
  readonly created: Date;
  recoveryModel: "FULL" | "BULK_LOGGED" | "SIMPLE";
  state: "ONLINE" | "RESTORING" | "OFFLINE" | "EMERGENCY";
  userAccess: "MULTI_USER" | "SINGLE_USER" | "RESTRICTED_USER";
  /** undefined: the version's own. */
  compatibilityLevel?: number;
  /** The options that ALTER DATABASE SET changed, by the column of sys.databases that shows each. */
  readonly options: Map<string, number>;
  isReadOnly: boolean;
  isAutoClose: boolean;
  /** The size of its files without tables; what the user's tables take comes on top of it. */
  sizeBytes: number;
  /** The user's tables and the other objects. */
  readonly store: Store;
  readonly users: Map<string, DatabaseUser>;
  /** Called with each log record as it is written. */
  readonly followers: Set<(record: LogRecord) => void>;
  /** Files beside the two that every database has, by their kind. */
  moreFiles?: readonly { readonly name: string; readonly kind: "LOG" | "FILESTREAM" | "MEMORY_OPTIMIZED_DATA" }[];
  /** undefined: no log chain, that is no full backup since the recovery model became FULL. */
  lastLogBackupLsn?: bigint;
  endOfLogLsn: bigint;
  /** The id is set while the database is in a group. */
  groupDatabaseId?: string;
  replicaId?: string;
  /** CREATE DATABASE ENCRYPTION KEY, and whether ALTER DATABASE SET ENCRYPTION has turned it on. */
  encryption?: DatabaseEncryption;
  /** SET HADR SUSPEND: a primary suspends all its copies, a copy itself. */
  isSuspended?: boolean;
}

export interface DatabaseEncryption {
  readonly algorithm: "AES_128" | "AES_192" | "AES_256" | "TRIPLE_DES_3KEY";
  /** Of the certificate in master that encrypts the key. */
  readonly thumbprint: Buffer;
  readonly created: Date;
  readonly isOn: boolean;
}

export interface Certificate {
  readonly name: string;
  readonly id: number;
  readonly der: Buffer;
  /** The key of a pair that the server made, encrypted by the master key (MK). */
  readonly privateKey?: KeyObject;
  /** A key with ENCRYPTION BY PASSWORD cannot be used by endpoints. */
  readonly keyPassword?: string;
  /** DNS patterns registered by sp_certificate_add_issuer; not visible in sys.certificates. */
  readonly trustedIssuerFor: Set<string>;
}

export interface MirroringEndpoint {
  readonly name: string;
  readonly id: number;
  /** Principal id of a login. */
  readonly ownerId: number;
  state: "STARTED" | "STOPPED" | "DISABLED";
  port: number;
  /** undefined: LISTENER_IP = ALL. */
  ip?: string;
  role: "PARTNER" | "WITNESS" | "ALL";
  authentication: readonly (
    | { readonly windows: "NTLM" | "KERBEROS" | "NEGOTIATE" }
    | { readonly certificateId: number }
  )[];
  encryption: { readonly mode: "DISABLED" | "SUPPORTED" | "REQUIRED"; readonly algorithms: readonly ("AES" | "RC4")[] };
  /** false while another process has the port: the statement succeeded all the same, and the error log has 9692. */
  isListening: boolean;
}

export interface AvailabilityGroup {
  readonly name: string;
  /** The id in upper case. */
  readonly id: string;
  readonly created: Date;
  readonly isDistributed: boolean;
  readonly clusterType: "wsfc" | "external" | "none";
  readonly options: Map<string, string>;
  /** The replicas; a distributed group's are its two members, of which the local one is the first. */
  readonly replicas: Replica[];
  /** Lower-case names of databases; empty for a distributed group. */
  readonly databases: Set<string>;
  /** This instance's role in the group. */
  role: "PRIMARY" | "SECONDARY";
  canCreateAnyDatabase: boolean;
}

export interface Replica {
  readonly id: string;
  readonly name: string;
  url: string;
  availabilityMode: "SYNCHRONOUS_COMMIT" | "ASYNCHRONOUS_COMMIT" | "CONFIGURATION_ONLY";
  failoverMode: "AUTOMATIC" | "MANUAL" | "EXTERNAL";
  seedingMode: "AUTOMATIC" | "MANUAL";
  sessionTimeout: number;
  backupPriority: number;
  primaryAllowConnections: "ALL" | "READ_WRITE";
  secondaryAllowConnections: "ALL" | "READ_ONLY" | "NO";
  readonly created: Date;
  modified: Date;
}

export interface BackupRecord {
  readonly id: number;
  readonly type: "D" | "L" | "I";
  readonly isCopyOnly: boolean;
  readonly database: string;
  readonly databaseGuid: string;
  readonly recoveryModel: string;
  readonly start: Date;
  readonly finish: Date;
  readonly disk: string;
  readonly firstLsn: bigint;
  readonly lastLsn: bigint;
  readonly sizeBytes: number;
  /** Place among the backups in the file. */
  readonly position: number;
  readonly name?: string;
  readonly description?: string;
  readonly user: string;
  readonly hasChecksums: boolean;
}

export interface Job {
  readonly id: string;
  readonly name: string;
  /** A login. */
  readonly owner: string;
  readonly description: string;
  readonly isEnabled: boolean;
  readonly created: Date;
  readonly steps: JobStep[];
  /** sp_add_jobserver has given it to this server. */
  isTargeted: boolean;
  /** The last run. */
  run?: { readonly requested: Date; readonly by: string; lastStep: number; stopped?: Date | undefined };
  /** Rows of msdb.dbo.sysjobhistory, by the names of its columns. */
  readonly history: Readonly<Record<string, string | number>>[];
}

export interface JobStep {
  readonly id: number;
  readonly uid: string;
  readonly name: string;
  readonly subsystem: "TSQL" | "PowerShell";
  readonly command: string;
  readonly database: string;
  readonly onSuccess: "succeed" | "fail" | "next";
  readonly onFail: "succeed" | "fail" | "next";
  readonly flags: number;
  /** The output of its last run. */
  log?: string;
}

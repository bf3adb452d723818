import type { PrincipalStatement } from "./principals";

/**
 * Statements that change the server itself: the parser makes them, the server model carries them out.
 * Names are unquoted. What the statement did not say is undefined, so that ALTER can leave it alone.
 */
export type ServerStatement =
  | CreateMasterKey
  | DropMasterKey
  | ChangeMasterKey
  | CreateCertificate
  | AlterCertificate
  | DropCertificate
  | BackupCertificate
  | EndpointStatement
  | DropEndpoint
  | AlterAuthorization
  | CreateAvailabilityGroup
  | AlterAvailabilityGroup
  | DropAvailabilityGroup
  | AlterDatabaseSet
  | CreateDatabase
  | DropDatabase
  | BackupDatabase
  | PrincipalStatement
  | Restore
  | Kill
  | { readonly kind: "reconfigure" | "checkpoint" }
  | DbccTrace
  | { readonly kind: "dbccLogSpace" };

export interface CreateMasterKey {
  readonly kind: "createMasterKey";
  readonly password?: string;
}
export interface DropMasterKey {
  readonly kind: "dropMasterKey";
}

export interface ChangeMasterKey {
  readonly kind: "changeMasterKey";
  readonly change: "open" | "close" | "addServiceKey" | "dropServiceKey";
  readonly password?: string;
}

export interface CreateCertificate {
  readonly kind: "createCertificate";
  readonly name: string;
  /** One of the two sources. */
  readonly subject?: string;
  readonly binary?: Buffer;
  readonly file?: string;
  /** As written, for the server to read with the session's date format. */
  readonly startDate?: string;
  readonly expiryDate?: string;
  readonly encryptionPassword?: string;
}
export interface AlterCertificate {
  readonly kind: "alterCertificate";
  readonly name: string;
  readonly change: "removePrivateKey" | "privateKey";
  readonly decryptionPassword?: string;
  readonly encryptionPassword?: string;
}
export interface DropCertificate {
  readonly kind: "dropCertificate";
  readonly name: string;
}
export interface BackupCertificate {
  readonly kind: "backupCertificate";
  readonly name: string;
  readonly file: string;
}

export interface EndpointStatement {
  readonly kind: "createEndpoint" | "alterEndpoint";
  readonly name: string;
  /** AUTHORIZATION. */
  readonly owner?: string;
  readonly state?: "STARTED" | "STOPPED" | "DISABLED";
  /** AS TCP (...); undefined when the clause is missing. */
  readonly tcp?: { readonly port?: number; readonly ip?: string | "ALL" };
  readonly payload?: "DATABASE_MIRRORING" | "SERVICE_BROKER" | "TSQL";
  readonly role?: "PARTNER" | "WITNESS" | "ALL";
  /** In the order written, as the order decides which is tried first. */
  readonly authentication?: readonly (
    | { readonly windows: "NTLM" | "KERBEROS" | "NEGOTIATE" }
    | { readonly certificate: string }
  )[];
  readonly encryption?: {
    readonly mode: "DISABLED" | "SUPPORTED" | "REQUIRED";
    readonly algorithms: readonly ("AES" | "RC4")[];
  };
}
/** ALTER AUTHORIZATION ON ENDPOINT::name TO login. */
export interface AlterAuthorization {
  readonly kind: "alterAuthorization";
  readonly name: string;
  readonly owner: string;
}
export interface DropEndpoint {
  readonly kind: "dropEndpoint";
  readonly name: string;
}

/** One `N'server' WITH (...)` or, in a distributed group, `N'group' WITH (...)`. */
export interface ReplicaSpec {
  readonly name: string;
  /** ENDPOINT_URL of a replica, LISTENER_URL of a distributed group's member. */
  readonly url?: string;
  readonly availabilityMode?: "SYNCHRONOUS_COMMIT" | "ASYNCHRONOUS_COMMIT" | "CONFIGURATION_ONLY";
  readonly failoverMode?: "AUTOMATIC" | "MANUAL" | "EXTERNAL";
  readonly seedingMode?: "AUTOMATIC" | "MANUAL";
  readonly sessionTimeout?: number;
  readonly backupPriority?: number;
  readonly primaryAllowConnections?: "ALL" | "READ_WRITE";
  readonly secondaryAllowConnections?: "ALL" | "READ_ONLY" | "NO";
}
export interface CreateAvailabilityGroup {
  readonly kind: "createAvailabilityGroup";
  readonly name: string;
  readonly distributed: boolean;
  /** Upper case; undefined where the version's default holds (WSFC). */
  readonly clusterType?: "WSFC" | "EXTERNAL" | "NONE";
  /** Further WITH options as written, upper-case names: BASIC, DB_FAILOVER, DTC_SUPPORT, CONTAINED, ... */
  readonly options: Readonly<Record<string, string>>;
  readonly databases: readonly string[];
  readonly replicas: readonly ReplicaSpec[];
}
export interface AlterAvailabilityGroup {
  readonly kind: "alterAvailabilityGroup";
  readonly name: string;
  readonly action:
    | { readonly kind: "addDatabase" | "removeDatabase"; readonly databases: readonly string[] }
    | { readonly kind: "addReplica" | "modifyReplica"; readonly replicas: readonly ReplicaSpec[] }
    | { readonly kind: "removeReplica"; readonly names: readonly string[] }
    | { readonly kind: "modifyMembers"; readonly members: readonly ReplicaSpec[] }
    | { readonly kind: "grantCreateAnyDatabase" | "denyCreateAnyDatabase" }
    | { readonly kind: "set"; readonly options: Readonly<Record<string, string>> }
    | { readonly kind: "failover" | "forceFailoverAllowDataLoss" };
}
export interface DropAvailabilityGroup {
  readonly kind: "dropAvailabilityGroup";
  readonly name: string;
}

export interface AlterDatabaseSet {
  readonly kind: "alterDatabaseSet";
  /** undefined for ALTER DATABASE CURRENT. */
  readonly name?: string;
  /** RECOVERY -> FULL, READ_ONLY -> "", AUTO_CLOSE -> ON, HADR -> OFF, ... upper case. */
  readonly option: string;
  readonly value: string;
  /** WITH ROLLBACK: other sessions are ended. */
  readonly isRollback?: boolean;
}
export interface CreateDatabase {
  readonly kind: "createDatabase";
  readonly name: string;
}
export interface DropDatabase {
  readonly kind: "dropDatabase";
  readonly names: readonly string[];
  readonly ifExists: boolean;
}
export interface BackupDatabase {
  readonly kind: "backupDatabase";
  readonly log: boolean;
  readonly name: string;
  readonly disks: readonly string[];
  /** WITH options, upper-case names: COPY_ONLY, INIT, FORMAT, CHECKSUM, COMPRESSION, NAME, STATS ... */
  readonly options: Readonly<Record<string, string>>;
}
export interface Restore {
  readonly kind: "restore";
  readonly what: "HEADERONLY" | "FILELISTONLY" | "LABELONLY" | "VERIFYONLY" | "DATABASE" | "LOG";
  /** Of the database that is restored. */
  readonly name?: string;
  readonly disk: string;
  /** Position in the file. */
  readonly file: number;
}
export interface Kill {
  readonly kind: "kill";
  readonly session: number;
}
export interface DbccTrace {
  readonly kind: "dbccTrace";
  readonly command: "TRACEON" | "TRACEOFF" | "TRACESTATUS";
  readonly flags: readonly number[];
  readonly global: boolean;
}

import type { FaultRule } from "./faults/faults";
import type { JournalEntry } from "./journal";
import type { ManagedInstance } from "./managed-instance/managed-instance";
import type { Database, Instance } from "./sql-server/model";

/** The options of a lab; every one has a default. */
export interface LabOptions {
  /** @default 1 */
  readonly sqlServers?: number;
  /** @default 1 */
  readonly managedInstances?: number;
  /** Databases db1, db2 ... of each SQL Server. @default 1 */
  readonly databases?: number;
  /** @default 8 MiB */
  readonly databaseSizeBytes?: number;
  /** The databases' recovery model; they have no backup yet. @default "FULL" */
  readonly recoveryModel?: Database["recoveryModel"];
  /** @default 2022 */
  readonly sqlVersion?: Instance["majorVersion"];
  /** An exact build instead: "16.0.4095.4". @default a build of `sqlVersion` that can take part in a link */
  readonly sqlBuild?: string;
  /** The SQL Servers' edition. Express and Web have no Always On. @default "Developer" */
  readonly edition?: Instance["edition"];
  /** The SQL Servers run on Windows, as 2016 always does. @default false: on Linux */
  readonly windows?: boolean;
  /** SQL Server Agent runs on the SQL Servers; Express has none. @default true */
  readonly agent?: boolean;
  /** By how much the SQL Servers' clocks are ahead of Azure's; behind where it is negative. @default 0 */
  readonly clockAheadMilliseconds?: number;
  /** The SQL Servers' collation; names differ by letter case where it does. @default "SQL_Latin1_General_CP1_CI_AS" */
  readonly collation?: string;
  /** 2016 and 2017 before the Azure Connect Pack. @default false */
  readonly withoutConnectPack?: boolean;
  /** false: Always On availability groups are not enabled (35221). @default true */
  readonly alwaysOn?: boolean;
  /** The SQL Servers are set up for Microsoft Entra: Azure Arc and an Entra admin. @default false */
  readonly entra?: boolean;
  /** How long a token of Microsoft Entra lasts. @default 3599 */
  readonly tokenLifetimeSeconds?: number;
  /** -T at start-up of the SQL Servers. @default none */
  readonly startupTraceFlags?: readonly number[];
  /** Update policy of the managed instances. @default the first one that takes the SQL Server's version */
  readonly databaseFormat?: ManagedInstance["databaseFormat"];
  /** The managed instances' service tier, which limits how many databases they take. @default "GeneralPurpose" */
  readonly serviceTier?: ManagedInstance["serviceTier"];
  /** The end of the managed instances' host names, e.g. `database.usgovcloudapi.net`. @default "database.windows.net" */
  readonly dnsSuffix?: string;
  /** @default 32 */
  readonly storageSizeInGB?: number;
  /** How long a planned failover takes, and an instance to stop or start. @default 0 */
  readonly changeMilliseconds?: number;
  /** Retry-After of operations, 15 where it is recorded. @default none */
  readonly retryAfterSeconds?: number;
  /** The least time that an operation of Azure takes. @default 0 */
  readonly operationMilliseconds?: number;
  /** Operations that may run at once before a change is refused (429). @default any number */
  readonly concurrentOperations?: number;
  /** Reads, writes and deletes that a subscription may send at once before it is throttled (429). @default any number */
  readonly requestQuota?: number;
  /** Everything listens on ::1, instances beside each other on any ports that are free. @default false: on 127.0.0.0/8 */
  readonly ipv6?: boolean;
  /** HTTP on the loopback address to steer the lab by; 0 is any port that is free. @default none */
  readonly controlPort?: number;
  /** Port of the management plane on the loopback address; 0 is any that is free. @default 0 */
  readonly armPort?: number;
  /** The time added to each request. @default 0 */
  readonly armLatencyMilliseconds?: number;
  /** The time added to each batch. @default 0 */
  readonly sqlLatencyMilliseconds?: number;
  /** The time from a commit until the other side of an asynchronous link has hardened it. @default 0 */
  readonly replicationLagMilliseconds?: number;
  /** The time from hardening until the other side shows the change. @default 0 */
  readonly redoLagMilliseconds?: number;
  readonly faults?: readonly FaultRule[];
  /** false: a link is refused while another one is being created on the instance. @default true */
  readonly linksSideBySide?: boolean;
  /** @default 64 MiB: a small database takes an eighth of a second */
  readonly seedingBytesPerSecond?: number;
  /** How long the creation of a link waits for SQL Server: 5 minutes in Azure. @default 5 seconds */
  readonly linkTimeoutMilliseconds?: number;
  /** The folder that ca.pem is written to. @default a new folder for temporary files, removed at the end */
  readonly directory?: string;
  /** Called for every statement, connection and request as it happens. */
  readonly onJournalEntry?: (entry: JournalEntry) => void;
}

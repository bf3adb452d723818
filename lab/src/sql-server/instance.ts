import type { Clock } from "../network";
import { createStore } from "../tsql/data/store";
import { systemCertificates } from "./certificates/system-certificates";
import { hasAlwaysOn } from "./editions";
import type { Certificate, Database, Instance, Login } from "./model";
import { nameKey, newGuid } from "./names";
import { writeLogOf } from "./transaction-log";
import { linkableBuilds, majorVersionOf, supportsLink } from "./versions";

export interface DatabaseRequest {
  readonly name: string;
  /** @default "FULL" */
  readonly recoveryModel?: Database["recoveryModel"];
  /** Whether a full backup has started the log chain. @default false */
  readonly isBackedUp?: boolean;
  /** @default 8 MiB */
  readonly sizeBytes?: number;
}

export interface InstanceRequest {
  readonly name: string;
  readonly address: string;
  readonly clock: Clock;
  /** @default "sqlServer" */
  readonly kind?: Instance["kind"];
  /** @default a build of SQL Server 2022 that can take part in a link */
  readonly version?: string;
  /** @default 1433 */
  readonly tdsPort?: number;
  readonly fqdn?: string;
  readonly collation?: string;
  /** @default "Developer" */
  readonly edition?: Instance["edition"];
  /** @default only 2016 */
  readonly isOnWindows?: boolean;
  /** @default 0 */
  readonly clockAheadMilliseconds?: number;
  /** @default true, where the edition has it */
  readonly isHadrEnabled?: boolean;
  /** @default false */
  readonly forceEncryption?: boolean;
  /** @default true, but for Express */
  readonly isAgentRunning?: boolean;
  readonly administrator: { readonly name?: string; readonly password: string };
  readonly databases?: readonly DatabaseRequest[];
  /** @default none */
  readonly startupTraceFlags?: readonly number[];
}

const mebibyte = 1024 * 1024;
/** The first log record of a new database: log file 43, block 152, record 1. */
const firstLsn = 43_0000000152_00001n;

/** A freshly installed instance. */
export function createInstance(request: InstanceRequest): Instance {
  const { kind = "sqlServer", version = linkableBuilds[2022], edition = "Developer" } = request;
  const created = request.clock.now();
  const majorVersion = majorVersionOf(version);
  const instance: Instance = {
    name: request.name,
    hostName: request.name,
    serverName: request.name,
    localServer: request.name,
    kind,
    version,
    majorVersion,
    supportsManagedInstanceLink: kind === "managedInstance" || supportsLink(version),
    isMultiDatabaseLinkEnabled: false,
    collation: request.collation ?? "SQL_Latin1_General_CP1_CI_AS",
    edition,
    isOnWindows: kind === "managedInstance" || majorVersion === 2016 || request.isOnWindows === true,
    clockAheadMilliseconds: request.clockAheadMilliseconds ?? 0,
    address: request.address,
    tdsPort: request.tdsPort ?? 1433,
    fqdn: request.fqdn,
    isHadrEnabled: (request.isHadrEnabled ?? true) && hasAlwaysOn(edition),
    forceEncryption: request.forceEncryption ?? false,
    traceFlags: new Set(request.startupTraceFlags),
    startupTraceFlags: request.startupTraceFlags ?? [],
    startTime: created,
    isRunning: true,
    logins: new Map(),
    serverRoles: new Map(),
    databases: new Map(),
    masterKey: kind === "managedInstance" ? { guid: newGuid(), created, isEncryptedByServiceKey: true } : undefined,
    serviceMasterKeyGuid: newGuid(),
    certificates: freshCertificates(),
    groups: new Map(),
    backups: [],
    isAgentRunning: edition !== "Express" && (request.isAgentRunning ?? true),
    jobs: new Map(),
    errorLog: [],
    nextCertificateId: 256,
    nextEndpointId: 65536,
    nextDatabaseId: 1,
    nextPrincipalId: 267,
    nextJobHistoryId: 1,
  };
  for (const name of ["master", "tempdb", "model", "msdb"]) {
    addDatabase(instance, { name, recoveryModel: name === "model" ? "FULL" : "SIMPLE" }, created);
  }
  for (const database of request.databases ?? []) addDatabase(instance, database, created);
  addLogin(instance, administratorLogin(request, created));
  if (instance.majorVersion === 2016) addLogin(instance, clusterLogin(created));
  return instance;
}

function freshCertificates(): Map<string, Certificate> {
  return new Map(
    systemCertificates.map(({ name, der }, index) => [
      nameKey(name),
      { name, id: 101 + index, der, trustedIssuerFor: new Set() },
    ]),
  );
}

function administratorLogin({ administrator, kind }: InstanceRequest, created: Date): Login {
  const name = administrator.name ?? (kind === "managedInstance" ? "miadmin" : "sa");
  return newLogin({ name, password: administrator.password, principalId: 1, created, roles: new Set(["sysadmin"]) });
}

/** The login of the cluster's service. Whoever sets Always On up has to grant it permissions. */
function clusterLogin(created: Date): Login {
  const name = "NT AUTHORITY\\SYSTEM";
  return newLogin({ name, password: newGuid(), principalId: 259, isWindows: true, created });
}

export function newLogin(login: Pick<Login, "name" | "password" | "principalId" | "created"> & Partial<Login>): Login {
  return { roles: new Set(), permissions: new Set(), denied: new Set(), ...login };
}

export function addLogin(instance: Instance, login: Login): void {
  instance.logins.set(nameKey(login.name), login);
}

/** CREATE DATABASE: the new one has model's recovery model, FULL, without a log chain until its first full backup. */
export function addDatabase(instance: Instance, request: DatabaseRequest, created: Date): Database {
  const database: Database = {
    name: request.name,
    id: instance.nextDatabaseId++,
    guid: newGuid(),
    created,
    recoveryModel: request.recoveryModel ?? "FULL",
    state: "ONLINE",
    userAccess: "MULTI_USER",
    options: new Map(),
    isReadOnly: false,
    isAutoClose: false,
    sizeBytes: request.sizeBytes ?? 8 * mebibyte,
    store: createStore(),
    users: new Map(),
    followers: new Set(),
    lastLogBackupLsn: request.isBackedUp ? firstLsn : undefined,
    endOfLogLsn: firstLsn,
  };
  writeLogOf(database);
  instance.databases.set(nameKey(request.name), database);
  return database;
}

/** The copy of another instance's database, still empty. */
export function emptyCopy(source: Database, changes: Partial<Database>): Database {
  const copy: Database = {
    ...source,
    isSuspended: undefined,
    encryption: undefined,
    ...changes,
    store: createStore(),
    followers: new Set(),
  };
  writeLogOf(copy);
  return copy;
}

/** Makes the log one block longer and returns its new end. */
export function advancedLog(database: Database): bigint {
  database.endOfLogLsn += 8_00000n;
  return database.endOfLogLsn;
}

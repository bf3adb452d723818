import type { Latency } from "../faults/faults";
import type { Clock, Seeding } from "../network";
import type { Instance } from "../sql-server/model";
import { nameKey } from "../sql-server/names";
import type { KeyedCertificate } from "../x509";
import type { Cuts } from "./cuts";
import type { Operations } from "./operations";
import type { Replication } from "./replication";
import type { RequestQuota } from "./request-quota";

/** What Azure knows of one managed instance, around the engine that speaks TDS. */
export interface ManagedInstance {
  readonly engine: Instance & { readonly fqdn: string };
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly location: string;
  readonly dnsZone: string;
  readonly administratorLogin: string;
  readonly subnetId: string;
  /** The update policy decides which versions of SQL Server may be linked. */
  databaseFormat: "SQLServer2022" | "SQLServer2025" | "AlwaysUpToDate";
  readonly serviceTier: ServiceTier;
  vCores: number;
  storageSizeInGB: number;
  licenseType: "LicenseIncluded" | "BasePrice";
  hybridSecondaryUsage: "Active" | "Passive";
  publicDataEndpointEnabled: boolean;
  tags: Readonly<Record<string, unknown>>;
  /** Nothing but reading works on an instance that is not Ready. */
  state: "Ready" | "Updating" | "Stopping" | "Stopped" | "Starting" | "Deleting" | "Deleted";
  endpointCertificate: KeyedCertificate;
  /** By lower-case name. */
  readonly trustCertificates: Map<string, TrustCertificate>;
  readonly links: Map<string, Link>;
}

export type ServiceTier = "GeneralPurpose" | "NextGenGeneralPurpose" | "BusinessCritical";

export interface TrustCertificate {
  readonly name: string;
  readonly der: Buffer;
}

/** A distributed availability group as the ARM resource declares it, and what became of it. */
export interface Link {
  readonly name: string;
  readonly id: string;
  readonly linkMode: "SingleDatabase" | "MultiDatabase";
  /** One, or in the other mode all that the group has. */
  databases: readonly LinkedDatabase[];
  /** Lower-case names of those that are no longer in the link, but in the group still. */
  readonly takenOut: Set<string>;
  readonly partnerEndpoint: string;
  readonly partnerAvailabilityGroupName: string;
  readonly instanceAvailabilityGroupName: string;
  readonly failoverMode: "None" | "Manual";
  /** Of the instance, when the link was made: the direction of the first copy. */
  readonly initialRole: LinkRole;
  readonly created: Date;
  readonly instanceReplicaId: string;
  readonly partnerReplicaId: string;
  /** Of the instance now. The partner's is its own to tell: after a forced failover the two need not fit. */
  role: LinkRole;
  replicationMode: "Async" | "Sync";
  isFailingOver: boolean;
  phase: "creating" | "created" | "failed";
  /** Ends the wait of a creation that is no longer wanted. */
  readonly cancelled: AbortController;
  /** What a creation ended with, until another one is tried. */
  failure?: LinkFailure;
}

export interface LinkedDatabase {
  readonly name: string;
  readonly instanceReplicaId: string;
  readonly partnerReplicaId: string;
  seeding?: Seeding;
  /** From the beginning of the first copy until the link is gone. */
  replication?: Replication;
  /** Why this one does not replicate, whatever the others do. */
  failure?: LinkFailure;
}

export type LinkRole = "Primary" | "Secondary";

/** link-state errors of the troubleshooting page: the state the link shows and the engine's number and text. */
export interface LinkFailure {
  readonly state: "LinkInitError" | "LinkCreationError" | "LinkSynchronizationError";
  readonly number: number;
  readonly text: string;
}

export interface AzureOptions {
  /** false: a second link is refused while one is being created, as older instances do. */
  readonly linksSideBySide: boolean;
  readonly seedingBytesPerSecond: number;
  /** How long a creation waits for the other side: five minutes in Azure (41962). */
  readonly linkTimeoutMilliseconds: number;
  /** Of a planned failover, and of an instance that stops or starts. @default 0 */
  readonly changeMilliseconds?: number;
  /** Retry-After of operations, 15 in the recordings that keep it. @default none */
  readonly retryAfterSeconds?: number;
  /** What every operation takes at least. @default 0 */
  readonly operationMilliseconds?: number;
  /** Operations that may run at once before another change is refused (429). @default any number */
  readonly concurrentOperations?: number;
  /** Requests of each kind that a subscription may send at once before it is throttled (429). @default any number */
  readonly requestQuota?: number;
}

/** Everything that the management plane answers from. */
export interface Azure {
  readonly clock: Clock;
  readonly operations: Operations;
  readonly options: AzureOptions;
  readonly quota: RequestQuota;
  /** That issues the managed instances' endpoint certificates. */
  readonly issuingAuthority: Buffer;
  readonly managedInstances: readonly ManagedInstance[];
  /** Who can be reached over the wire. */
  readonly sqlServers: readonly Instance[];
  /** How far behind the secondaries are: it can be changed at any time. */
  readonly latency: Latency;
  /** Between whom the network is cut. */
  readonly cuts: Cuts;
  /** Ends what an instance serves, or begins it again; set by whoever serves its TDS port. */
  switchPower?: (engine: Instance, on: boolean) => Promise<void>;
}

export function resourceId({ subscriptionId, resourceGroup, engine }: ManagedInstance): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Sql/managedInstances/${engine.name}`;
}

/** "Up to 100 on General Purpose and Business Critical, 500 on Next-gen General Purpose", databases of all kinds. */
export function databaseLimit({ serviceTier }: ManagedInstance): number {
  return serviceTier === "NextGenGeneralPurpose" ? 500 : 100;
}

const systemDatabases: ReadonlySet<string> = new Set(["master", "model", "msdb", "tempdb"]);

export function userDatabases({ engine }: ManagedInstance) {
  return [...engine.databases.values()].filter(({ name }) => !systemDatabases.has(nameKey(name)));
}

import type { Seeding } from "../network";
import type { Instance } from "../sql-server/model";
import { nameKey } from "../sql-server/names";
import type { KeyedCertificate } from "../x509";
import type { Replication } from "./replication";

/** A managed instance as Azure knows it, around the engine that speaks TDS. */
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
  /** The certificates by their lower-case names. */
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
  /** One database, or all that the group has if linkMode is MultiDatabase. */
  databases: readonly LinkedDatabase[];
  /** Lower-case names of databases that have left the link but are still in the group. */
  readonly takenOut: Set<string>;
  readonly partnerEndpoint: string;
  readonly partnerAvailabilityGroupName: string;
  readonly instanceAvailabilityGroupName: string;
  readonly failoverMode: "None" | "Manual";
  /** The instance's role when the link was made: it decides the direction of the first copy. */
  readonly initialRole: LinkRole;
  readonly created: Date;
  readonly instanceReplicaId: string;
  readonly partnerReplicaId: string;
  /** The instance's role now. The partner keeps its own: after a forced failover the two may contradict each other. */
  role: LinkRole;
  replicationMode: "Async" | "Sync";
  isFailingOver: boolean;
  phase: "creating" | "created" | "failed";
  /** Ends the wait of a creation that is no longer wanted. */
  readonly cancelled: AbortController;
  /** The error that a creation ended with, until the next one is tried. */
  failure?: LinkFailure;
}

export interface LinkedDatabase {
  readonly name: string;
  readonly instanceReplicaId: string;
  readonly partnerReplicaId: string;
  seeding?: Seeding;
  /** The replication from the beginning of the first copy until the link is gone. */
  replication?: Replication;
  /** The reason why this database does not replicate, whatever the others do. */
  failure?: LinkFailure;
}

export type LinkRole = "Primary" | "Secondary";

/** A link-state error of the troubleshooting page: the state that the link shows and the engine's number and text. */
export interface LinkFailure {
  readonly state: "LinkInitError" | "LinkCreationError" | "LinkSynchronizationError";
  readonly number: number;
  readonly text: string;
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

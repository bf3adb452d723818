/** `properties` of Microsoft.Sql/managedInstances/distributedAvailabilityGroups, as far as it is of use. */
export interface LinkProperties {
  readonly distributedAvailabilityGroupId?: string;
  readonly replicationMode?: "Async" | "Sync";
  readonly partnerAvailabilityGroupName?: string;
  readonly partnerEndpoint?: string;
  readonly instanceLinkRole?: "Primary" | "Secondary";
  readonly instanceAvailabilityGroupName?: string;
  readonly failoverMode?: "Manual" | "None";
  readonly databases?: readonly LinkDatabase[];
}

/** An element of `databases` in the properties of a link. */
export interface LinkDatabase {
  readonly databaseName: string;
  readonly replicaState?: string;
  readonly seedingProgress?: string;
  readonly connectedState?: "CONNECTED" | "DISCONNECTED";
  /** The number of an SQL Server error, as text. */
  readonly mostRecentLinkError?: string;
  /** Of the certificate that SQL Server shows; `{}` where the service does not tell it. */
  readonly partnerAuthCertValidity?: { readonly certificateName?: string; readonly expiryDate?: string };
  readonly synchronizationHealth?: "HEALTHY" | "PARTIALLY_HEALTHY" | "NOT_HEALTHY";
  readonly instanceSendReplicationLagSeconds?: number;
  readonly instanceRedoReplicationLagSeconds?: number;
}

export interface DatabaseProperties {
  readonly creationDate?: string;
  /** "Online", "Restoring" ... */
  readonly status?: string;
}

/** The database of the link; there is one, as links are made in single-database mode. */
export const linkedDatabase = ({ properties }: { readonly properties: LinkProperties }): LinkDatabase | undefined =>
  properties.databases?.[0];

export const stateOfReplica = (link: { readonly properties: LinkProperties }): string =>
  (linkedDatabase(link)?.replicaState ?? "").toLowerCase();

/** The states of a link on the way to replicate. */
export const beingMade = ["CreatingLink", "Seeding", "Copying"] as const;

export const isBeingMade = (link: { readonly properties: LinkProperties }): boolean =>
  ["", ...beingMade].some((state) => state.toLowerCase() === stateOfReplica(link));

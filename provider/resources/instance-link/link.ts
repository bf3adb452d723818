import { azArguments, childId, parseInstanceId, quotedWord, shortId } from "../../arguments/managed-instance-id";
import type { SqlServer } from "../../arguments/sql-server-settings";
import type { ArmResource } from "../../azure/client";
import type { DatabaseProperties, LinkDatabase, LinkProperties } from "../../azure/link-properties";
import type { TakenOver } from "../../lifecycle/ownership";
import type { Sql } from "../../sql-server/connection";

export type { DatabaseProperties, LinkDatabase, LinkProperties };

/** The arguments of a link, as check leaves them. */
export interface Inputs {
  readonly managedInstanceId: string;
  readonly linkName: string;
  readonly databaseName: string;
  readonly partnerAvailabilityGroupName: string;
  readonly partnerEndpoint: string;
  readonly instanceAvailabilityGroupName: string;
  readonly failoverMode: "Manual" | "None";
  readonly replicationMode: "Async" | "Sync";
  readonly databaseOnDelete: "Keep" | "Delete";
  readonly seedingTimeoutMinutes?: number;
  readonly sqlServer?: SqlServer;
  readonly adopt?: boolean;
}

/** Stable facts only: positions, times and lags change by the second. */
export interface State extends Inputs, TakenOver {
  readonly distributedAvailabilityGroupId?: string;
  /** The managed instance's role; a failover changes it. */
  readonly role?: LinkProperties["instanceLinkRole"];
  readonly connectedState?: LinkDatabase["connectedState"];
  /** Only while it is not connected. */
  readonly mostRecentLinkError?: string;
  /** When the copy came to be: what tells it from another database of the name. */
  readonly databaseCreationDate?: string;
  /** End of the SQL Server's certificate by which the instance knows it, ISO 8601. */
  readonly partnerCertificateExpiryDate?: string;
  /** Only of a link that is none: it never came to replicate, or it was deleted in Azure and left its copy. */
  readonly linkState?: "NeverStarted" | "Deleted";
  /** What the SQL Server is known by; left out where the link is not told of it. */
  readonly instanceId?: string;
}

export type Link = ArmResource<LinkProperties>;
export type Database = ArmResource<DatabaseProperties>;

/** Pulumi's id. */
export const idOf = ({ managedInstanceId, linkName }: Inputs): string => shortId(managedInstanceId, linkName);

/** Azure's id. */
export const linkIdOf = ({ managedInstanceId, linkName }: Inputs): string =>
  childId(managedInstanceId, "distributedAvailabilityGroups", linkName);
export const databaseIdOf = ({ managedInstanceId, databaseName }: Inputs): string =>
  childId(managedInstanceId, "databases", databaseName);

export const instanceName = ({ managedInstanceId }: Inputs): string => parseInstanceId(managedInstanceId).name;
export const linkLabel = (inputs: Inputs): string =>
  `the link ${inputs.linkName} on the managed instance ${instanceName(inputs)}`;
export const databaseLabel = (inputs: Inputs): string =>
  `the database ${inputs.databaseName} on the managed instance ${instanceName(inputs)}`;

export const deleteDatabase = (inputs: Inputs): string =>
  `az sql midb delete ${azArguments(inputs.managedInstanceId)} -n ${quotedWord(inputs.databaseName)}`;

/**
 * It is noted on the SQL Server, where the resource is told of that: in Azure there is no place for a note. By its name, which
 * is that of a group on the SQL Server, whatever instance it leads to.
 */
export const noted = <Server extends Sql | undefined>(inputs: Inputs, server: Server) => ({
  server,
  kind: "link" as const,
  name: inputs.linkName,
  doing: `create ${linkLabel(inputs)}`,
});

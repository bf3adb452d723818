import { adviceFor } from "../../errors/catalogue";
import { notConnected } from "../../errors/not-connected";
import { VisibleError } from "../../errors/visible-error";
import { sameName } from "../../sql-server/names";
import type { ArmResource, AzureAccess } from "../client";
import { childId, parseInstanceId, shortId } from "../resource-id";
import { inWords } from "./progress";

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
}

/** Stable facts only: positions, times and lags change by the second. */
export interface State extends Inputs {
  readonly distributedAvailabilityGroupId?: string;
  /** Of the managed instance; a failover changes it. */
  readonly role?: string;
  readonly connectedState?: string;
  /** Only while it is not connected. */
  readonly mostRecentLinkError?: string;
  /** When the copy came to be: what tells it from another database of the name. */
  readonly databaseCreationDate?: string;
}

/** `properties` of Microsoft.Sql/managedInstances/distributedAvailabilityGroups, as far as it is of use. */
export interface LinkProperties {
  readonly distributedAvailabilityGroupId?: string;
  readonly replicationMode?: Inputs["replicationMode"];
  readonly partnerAvailabilityGroupName?: string;
  readonly partnerEndpoint?: string;
  readonly instanceLinkRole?: string;
  readonly instanceAvailabilityGroupName?: string;
  readonly failoverMode?: Inputs["failoverMode"];
  readonly databases?: readonly LinkDatabase[];
}

export interface LinkDatabase {
  readonly databaseName: string;
  readonly replicaState?: string;
  readonly seedingProgress?: string;
  readonly connectedState?: string;
  /** The number of an SQL Server error, as text. */
  readonly mostRecentLinkError?: string;
}

export interface DatabaseProperties {
  readonly creationDate?: string;
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

/** Both at once: the link, and the database that it writes to. */
export async function look(
  inputs: Inputs,
  azure: AzureAccess,
): Promise<{ readonly link?: Link; readonly database?: Database }> {
  const [link, database] = await Promise.all([
    findLink(inputs, azure),
    azure.find<DatabaseProperties>(`look at ${databaseLabel(inputs)}`, databaseIdOf(inputs)),
  ]);
  return { link, database };
}

export const findLink = (inputs: Inputs, azure: AzureAccess): Promise<Link | undefined> =>
  azure.find<LinkProperties>(`look at ${linkLabel(inputs)}`, linkIdOf(inputs));

/** A link of single-database mode has one. */
export const linkedDatabase = ({ properties }: Link): LinkDatabase | undefined => properties.databases?.[0];

/** Any state with "Error" in it is a failure (troubleshooting page). */
export const isBroken = (link: Link): boolean => /error/i.test(linkedDatabase(link)?.replicaState ?? "");

/** It never came to replicate: only deleting and making it again helps. */
export const neverStarted = (link: Link): boolean =>
  /^Link(?:Init|Creation)Error$/i.test(linkedDatabase(link)?.replicaState ?? "");

export const isBeingMade = (link: Link): boolean =>
  /^(?:CreatingLink|Seeding|Copying|)$/i.test(linkedDatabase(link)?.replicaState ?? "");

/** What the program asks for and what is there, in one; the instance's role is no argument and is never compared. */
export function stateOf(inputs: Inputs, { properties }: Link, database: Database | undefined): State {
  const linked = properties.databases?.[0];
  return {
    ...inputs,
    databaseName: linked?.databaseName ?? inputs.databaseName,
    partnerAvailabilityGroupName: properties.partnerAvailabilityGroupName ?? inputs.partnerAvailabilityGroupName,
    partnerEndpoint: properties.partnerEndpoint ?? inputs.partnerEndpoint,
    instanceAvailabilityGroupName: properties.instanceAvailabilityGroupName ?? inputs.instanceAvailabilityGroupName,
    failoverMode: properties.failoverMode ?? inputs.failoverMode,
    replicationMode: properties.replicationMode ?? inputs.replicationMode,
    distributedAvailabilityGroupId: properties.distributedAvailabilityGroupId,
    role: properties.instanceLinkRole,
    connectedState: linked?.connectedState,
    mostRecentLinkError: isConnected(linked) ? undefined : linked?.mostRecentLinkError,
    databaseCreationDate: database?.properties.creationDate,
  };
}

const isConnected = (linked: LinkDatabase | undefined): boolean => /^connected$/i.test(linked?.connectedState ?? "");

/** What 41976 means of a link that has been connected. */
const noAnswer = {
  cause:
    "SQL Server is down or out of reach, its certificate has expired, or its availability group or distributed one was dropped.",
  remedy:
    "see SQL Server's side: SELECT last_connect_error_number, last_connect_error_description FROM sys.dm_hadr_availability_replica_states, and its error log.",
};

/** A link that lost its partner; what the next update puts right is drift instead. */
export function disconnection({ drift, ...state }: State & { readonly drift?: string }): string[] {
  if (drift !== undefined || !/^disconnected$/i.test(state.connectedState ?? "")) return [];
  const { mostRecentLinkError: error } = state;
  const number = Number(error);
  return [
    notConnected(
      `${linkLabel(state).replace(/^t/, "T")} was not connected to SQL Server`,
      error === undefined ? [] : [`Error of the link in Azure: ${error}`],
      number > 0 && number !== 41976 ? adviceFor([number]) : noAnswer,
    ),
  ];
}

/** The link that is there is the one that was asked for, not somebody else's of the same name. */
export function isAskedFor(inputs: Inputs, { properties }: Link): boolean {
  const linked = properties.databases?.[0];
  return (
    sameName(linked?.databaseName ?? inputs.databaseName, inputs.databaseName) &&
    sameName(properties.partnerAvailabilityGroupName ?? "", inputs.partnerAvailabilityGroupName) &&
    sameName(properties.instanceAvailabilityGroupName ?? "", inputs.instanceAvailabilityGroupName)
  );
}

/** The link's own error: a number, with what the catalogue knows; Azure's answer to the operation comes after it. */
export function linkFailure(doing: string, link: Link, operation?: VisibleError): VisibleError {
  const linked = linkedDatabase(link);
  const number = linked?.mostRecentLinkError;
  const state = linked ? `${linked.replicaState}: ${inWords(linked)}` : "no state";
  const codes = [...(number ? [Number(number) || number] : []), ...(operation?.codes ?? [])];
  return new VisibleError(
    {
      doing,
      said: [`Link state ${state}${number ? `; error ${number}` : ""}.`, ...(operation?.failure.said ?? [])],
      ...(adviceFor(codes) ?? {
        cause: "the managed instance and SQL Server do not agree.",
        remedy: "https://aka.ms/mi-link-troubleshooting",
      }),
    },
    codes,
  );
}

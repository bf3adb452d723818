import { sameUrl } from "../../arguments/endpoint-url";
import { azArguments, childId, parseInstanceId, sameInAzure, shortId } from "../../arguments/managed-instance-id";
import { sameName } from "../../arguments/names";
import type { SqlServer } from "../../arguments/sql-server-settings";
import type { ArmResource, AzureAccess } from "../../azure/client";
import { adviceFor } from "../../errors/catalogue";
import { theirs } from "../../errors/codes";
import { nextLine } from "../../errors/existing";
import { notConnected } from "../../errors/not-connected";
import { VisibleError } from "../../errors/visible-error";
import { sql } from "../../sql-server/tsql";
import { inWords, isKnownState, type LinkDatabase } from "./progress";

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
}

/** Stable facts only: positions, times and lags change by the second. */
export interface State extends Inputs {
  readonly distributedAvailabilityGroupId?: string;
  /** Of the managed instance; a failover changes it. */
  readonly role?: LinkProperties["instanceLinkRole"];
  readonly connectedState?: LinkDatabase["connectedState"];
  /** Only while it is not connected. */
  readonly mostRecentLinkError?: string;
  /** When the copy came to be: what tells it from another database of the name. */
  readonly databaseCreationDate?: string;
  /** Only of a link that is none: it never came to replicate, or it was deleted in Azure and left its copy. */
  readonly linkState?: "NeverStarted" | "Deleted";
  /** Of the SQL Server, where it is known. */
  readonly instanceId?: string;
}

/** `properties` of Microsoft.Sql/managedInstances/distributedAvailabilityGroups, as far as it is of use. */
export interface LinkProperties {
  readonly distributedAvailabilityGroupId?: string;
  readonly replicationMode?: Inputs["replicationMode"];
  readonly partnerAvailabilityGroupName?: string;
  readonly partnerEndpoint?: string;
  readonly instanceLinkRole?: "Primary" | "Secondary";
  readonly instanceAvailabilityGroupName?: string;
  readonly failoverMode?: Inputs["failoverMode"];
  readonly databases?: readonly LinkDatabase[];
}

export interface DatabaseProperties {
  readonly creationDate?: string;
  /** "Online", "Restoring" ... */
  readonly status?: string;
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
  `az sql midb delete ${azArguments(inputs.managedInstanceId)} -n ${JSON.stringify(inputs.databaseName)}`;

/**
 * Both at once: the link, and the database that it writes to. What is missing, is another link than the one that is
 * known, or never came to replicate, is so for sure: such a link is forgotten, or deleted and made again.
 */
export async function look(inputs: Inputs, azure: AzureAccess): Promise<Found> {
  const [link, database] = await Promise.all([findLink(inputs, azure), findDatabase(inputs, azure)]);
  // A link that is being made has no database yet.
  const isExpected = !link || !(isBeingMade(link) || neverStarted(link));
  const [sureLink, sureDatabase] = await Promise.all([
    link
      ? sure(link, inputs, azure)
      : azure.findForSure<LinkProperties>(`look at ${linkLabel(inputs)}`, linkIdOf(inputs)),
    database ??
      (isExpected
        ? azure.findForSure<DatabaseProperties>(`look at ${databaseLabel(inputs)}`, databaseIdOf(inputs))
        : undefined),
  ]);
  return { link: sureLink, database: sureDatabase };
}

async function sure(first: Link, inputs: Inputs, azure: AzureAccess): Promise<Link> {
  const isUsual = (link: Link) => isAskedFor(inputs, link) && !neverStarted(link);
  if (isUsual(first)) return first;
  const last = await azure.threeTimes(
    `look at ${linkLabel(inputs)}`,
    () => findLink(inputs, azure),
    (link) => link !== undefined && isUsual(link),
  );
  return last ?? first;
}

/** Before a link is made: the usual answer is that nothing is there, and what is there may have been deleted just now. */
export async function lookForExisting(inputs: Inputs, azure: AzureAccess): Promise<Found> {
  return await azure.threeTimes<Found>(
    `look at ${linkLabel(inputs)}`,
    async () => {
      const [link, database] = await Promise.all([
        azure.findOrListed<LinkProperties>(`look at ${linkLabel(inputs)}`, linkIdOf(inputs)),
        azure.findOrListed<DatabaseProperties>(`look at ${databaseLabel(inputs)}`, databaseIdOf(inputs)),
      ]);
      return { link, database };
    },
    ({ link, database }) => !link && !database,
  );
}

interface Found {
  readonly link?: Link;
  readonly database?: Database;
}

/** One look. */
export const findLink = (inputs: Inputs, azure: AzureAccess): Promise<Link | undefined> =>
  azure.find<LinkProperties>(`look at ${linkLabel(inputs)}`, linkIdOf(inputs));

const findDatabase = (inputs: Inputs, azure: AzureAccess): Promise<Database | undefined> =>
  azure.find<DatabaseProperties>(`look at ${databaseLabel(inputs)}`, databaseIdOf(inputs));

/** A link of single-database mode has one. */
export const linkedDatabase = ({ properties }: Link): LinkDatabase | undefined => properties.databases?.[0];

const stateOfReplica = (link: Link): string => (linkedDatabase(link)?.replicaState ?? "").toLowerCase();

/** Any state with "Error" in it is a failure (troubleshooting page). */
export const isBroken = (link: Link): boolean => stateOfReplica(link).includes("error");

/** It never came to replicate: only deleting and making it again helps. Of no other state may that be thought. */
export const neverStarted = (link: Link): boolean =>
  ["linkiniterror", "linkcreationerror"].includes(stateOfReplica(link));

export const isBeingMade = (link: Link): boolean =>
  ["", "creatinglink", "seeding", "copying"].includes(stateOfReplica(link));

/** Whether it replicates cannot be told from its state, which is none of those that are documented. */
export function isUnclear(link: Link): boolean {
  const linked = linkedDatabase(link);
  return linked !== undefined && !isBroken(link) && !isKnownState(linked) && linked.connectedState !== "CONNECTED";
}

/** What the program asks for and what is there, in one; the instance's role is no argument and is never compared. */
export function stateOf(inputs: Inputs, link: Link, database: Database | undefined): State {
  const { properties } = link;
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
    linkState: neverStarted(link) ? "NeverStarted" : undefined,
  };
}

const isConnected = (linked: LinkDatabase | undefined): boolean => /^connected$/i.test(linked?.connectedState ?? "");

/** What 41976 means of a link that has been connected. */
const noAnswer = {
  cause:
    "SQL Server is down or out of reach, its mirroring endpoint is stopped, its certificate has expired, or its availability group or distributed one was dropped.",
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
function isAskedFor(inputs: Inputs, { properties }: Link): boolean {
  const linked = properties.databases?.[0];
  return (
    sameName(linked?.databaseName ?? inputs.databaseName, inputs.databaseName) &&
    sameName(properties.partnerAvailabilityGroupName ?? "", inputs.partnerAvailabilityGroupName) &&
    sameName(properties.instanceAvailabilityGroupName ?? "", inputs.instanceAvailabilityGroupName)
  );
}

/** By its group's id; an interrupted creation left none, or somebody made it again just as it was. */
export const isTheLink = (state: State, link: Link): boolean =>
  (state.distributedAvailabilityGroupId !== undefined &&
    link.properties.distributedAvailabilityGroupId === state.distributedAvailabilityGroupId) ||
  isAskedFor(state, link);

/** Nobody but the user knows whose data is in a database that stands where the copy has to be. */
export const waysOn = (inputs: Inputs): string =>
  [
    `look at the data in it, and at the database: az sql midb show ${azArguments(inputs.managedInstanceId)} -n ${JSON.stringify(inputs.databaseName)}`,
    "If it is in use, as after a cut-over: take the link out of the program (with the groups and the database that it was made of) and run pulumi up, which leaves the database on the managed instance; or pulumi state delete <urn of the link>.",
    `If SQL Server is the original and nobody uses this one: rename it on the managed instance, which keeps its data: ${sql`ALTER DATABASE ${sql.identifier(inputs.databaseName)} MODIFY NAME = ${sql.identifier(`${inputs.databaseName}_kept`)}`.text}; then run pulumi up --refresh, which makes a new copy.`,
  ].join(nextLine);

/** The link was deleted in Azure, and its copy is still there: what that means, and both ways on. */
export const copyLeft = (inputs: Inputs) => ({
  said: [`the link was deleted in Azure; ${databaseLabel(inputs)} is an independent database now`],
  cause:
    "somebody cut over to the managed instance, or deleted the link by mistake; making it again needs the copy gone, which may hold data by now.",
  remedy: waysOn(inputs),
});
/** Not the one from before a replacement either, which had another endpoint or mode. */
export function isExactlyAsked(inputs: Inputs, link: Link): boolean {
  const { partnerEndpoint, failoverMode } = link.properties;
  return (
    isAskedFor(inputs, link) &&
    sameUrl(partnerEndpoint ?? inputs.partnerEndpoint, inputs.partnerEndpoint) &&
    sameInAzure(failoverMode ?? inputs.failoverMode, inputs.failoverMode)
  );
}

/** The link's own error: a number, with what the catalogue knows; Azure's answer to the operation comes after it. */
export function linkFailure(doing: string, link: Link, operation?: VisibleError): VisibleError {
  const linked = linkedDatabase(link);
  const number = linked?.mostRecentLinkError;
  const state = linked ? `${linked.replicaState}: ${inWords(linked)}` : "no state";
  const codes = [...(number ? [Number(number) || theirs(number)] : []), ...(operation?.codes ?? [])];
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

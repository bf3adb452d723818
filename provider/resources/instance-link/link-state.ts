import { sameUrl } from "../../arguments/endpoint-url";
import { sameInAzure } from "../../arguments/managed-instance-id";
import { sameName } from "../../arguments/names";
import type { Database, Inputs, Link, LinkDatabase, State } from "./link";

/** The database of the link; there is one, as links are made in single-database mode. */
export const linkedDatabase = ({ properties }: Link): LinkDatabase | undefined => properties.databases?.[0];

const stateOfReplica = (link: Link): string => (linkedDatabase(link)?.replicaState ?? "").toLowerCase();

/** Any state with "Error" in it is a failure (troubleshooting page). */
export const isBroken = (link: Link): boolean => stateOfReplica(link).includes("error");

/** Whether it never came to replicate. Only such a link may be deleted and made again. */
export const neverStarted = (link: Link): boolean =>
  ["linkiniterror", "linkcreationerror"].includes(stateOfReplica(link));

/** The states of a link on the way to replicate. */
export const beingMade = ["CreatingLink", "Seeding", "Copying"] as const;

export const isBeingMade = (link: Link): boolean =>
  ["", ...beingMade].some((state) => state.toLowerCase() === stateOfReplica(link));

/** Whether its state is an undocumented one, which does not tell whether it replicates. */
export function isUnclear(link: Link): boolean {
  const linked = linkedDatabase(link);
  return linked !== undefined && !isBroken(link) && !isKnownState(linked) && linked.connectedState !== "CONNECTED";
}

/** The recorded state: what the program asks for, overwritten by what is there. The role is an output, and never compared. */
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
    partnerCertificateExpiryDate: linked?.partnerAuthCertValidity?.expiryDate,
    linkState: neverStarted(link) ? "NeverStarted" : undefined,
  };
}

const isConnected = (linked: LinkDatabase | undefined): boolean => /^connected$/i.test(linked?.connectedState ?? "");

/** A property that Azure keeps for good, as it is and as it was asked for. */
interface Kept {
  readonly name: keyof Inputs;
  readonly found: string;
  readonly wanted: string;
  readonly isSame: boolean;
}

/** What tells a link from somebody else's of the same name. */
function identity(inputs: Inputs, { properties }: Link): readonly Kept[] {
  const { databaseName, partnerAvailabilityGroupName: partner, instanceAvailabilityGroupName: own } = inputs;
  return [
    kept("databaseName", properties.databases?.[0]?.databaseName ?? databaseName, databaseName, sameName),
    kept("partnerAvailabilityGroupName", properties.partnerAvailabilityGroupName ?? "", partner, sameName),
    kept("instanceAvailabilityGroupName", properties.instanceAvailabilityGroupName ?? "", own, sameName),
  ];
}

const details = ({ partnerEndpoint, failoverMode }: Inputs, { properties }: Link): readonly Kept[] => [
  kept("partnerEndpoint", properties.partnerEndpoint ?? partnerEndpoint, partnerEndpoint, sameUrl),
  kept("failoverMode", properties.failoverMode ?? failoverMode, failoverMode, sameInAzure),
];

const kept = (name: keyof Inputs, found: string, wanted: string, same: (a: string, b: string) => boolean): Kept => ({
  name,
  found,
  wanted,
  isSame: same(found, wanted),
});

/** Whether the link that is there is the one that was asked for, and not somebody else's of the same name. */
export const isAskedFor = (inputs: Inputs, link: Link): boolean => identity(inputs, link).every(({ isSame }) => isSame);

/** Whether it is also not the link from before a replacement, which had another endpoint or mode. */
export const isExactlyAsked = (inputs: Inputs, link: Link): boolean => keptOtherwise(inputs, link).length === 0;

/** What Azure keeps for good, and is not as it was asked for. */
export const keptOtherwise = (inputs: Inputs, link: Link): Kept[] =>
  [...identity(inputs, link), ...details(inputs, link)].filter(({ isSame }) => !isSame);

/** Whether it is the recorded link, by its group's id. Without an id, or where somebody made it again just so, by its names. */
export const isTheLink = (state: State, link: Link): boolean =>
  (state.distributedAvailabilityGroupId !== undefined &&
    link.properties.distributedAvailabilityGroupId === state.distributedAvailabilityGroupId) ||
  isAskedFor(state, link);

const states: Readonly<Record<string, string>> = {
  creatinglink: "the managed instance is connecting to SQL Server",
  seeding: "copying to the managed instance",
  copying: "copying to the managed instance",
  linksynchronizing: "the link replicates",
  connected: "the link replicates",
  linkfailoverinprogress: "a failover is under way",
  linkiniterror: "the link could not be started",
  linkcreationerror: "the copy could not be made",
  linksynchronizationerror: "replication has stopped",
};

const isKnownState = ({ replicaState = "" }: LinkDatabase): boolean => replicaState.toLowerCase() in states;

/** The link's state, for people. */
export function inWords({ replicaState = "" }: LinkDatabase): string {
  return states[replicaState.toLowerCase()] ?? `the link is in the state ${replicaState || "(none)"}`;
}

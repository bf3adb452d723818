import { isLabel } from "./host";
import type { Property } from "./property";

/** The parts of a managed instance's resource id. */
export interface InstanceId {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly name: string;
}

const form =
  /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.Sql\/managedInstances\/([^/]+)$/i;
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const example = "/subscriptions/<guid>/resourceGroups/<group>/providers/Microsoft.Sql/managedInstances/<name>";

/** What is wrong with the id, in words that end the sentence "managedInstanceId ..."; undefined when nothing is. */
export function instanceIdProblem(id: string): string | undefined {
  const [, subscription, group, name] = form.exec(id) ?? [];
  if (!subscription || !group || !name)
    return `must be the resource id of a managed instance (${example}), not ${JSON.stringify(id)}`;
  if (!guid.test(subscription)) return `has the subscription ${JSON.stringify(subscription)}, which is not a GUID`;
  // Resource naming rules of Azure: resource groups 1-90, managed instances 1-63.
  if (!/^[\p{L}\p{Nd}\-._()]{1,89}[\p{L}\p{Nd}\-_()]$|^[\p{L}\p{Nd}\-_()]$/u.test(group)) {
    return `has the resource group ${JSON.stringify(group)}, which Azure does not allow (letters, digits, - . _ ( ), at most 90, no full stop at the end)`;
  }
  if (!isLabel(name)) {
    return `has the instance name ${JSON.stringify(name)}, which Azure does not allow (letters, digits and hyphens inside, at most 63)`;
  }
  return undefined;
}

/** Names and ids of Azure Resource Manager mean the same in any letter case. */
export const sameInAzure = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** The parts of an id that `instanceIdProblem` finds nothing wrong with. */
export function parseInstanceId(id: string): InstanceId {
  const [, subscriptionId = "", resourceGroup = "", name = ""] = form.exec(id) ?? [];
  return { subscriptionId: subscriptionId.toLowerCase(), resourceGroup, name };
}

/** Azure takes any case and answers with several; this is the documented one. */
export function canonicalInstanceId(id: string): string {
  const { subscriptionId, resourceGroup, name } = parseInstanceId(id);
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Sql/managedInstances/${name}`;
}

type Child = "databases" | "distributedAvailabilityGroups" | "endpointCertificates" | "serverTrustCertificates";

export const childCollection = (instanceId: string, type: Child): string => `${instanceId}/${type}`;

/** The name is encoded: a `#` or a blank in it must not end the path. */
export const childId = (instanceId: string, type: Child, name: string): string =>
  `${instanceId}/${type}/${encodeURIComponent(name)}`;

/** The list that shows a child, and the instance that it belongs to. */
export function collectionOf(childId: string): { readonly collection: string; readonly instance: string } {
  const collection = childId.slice(0, childId.lastIndexOf("/"));
  return { collection, instance: collection.slice(0, collection.lastIndexOf("/")) };
}

export const nameInId = (childId: string): string => decodeURIComponent(childId.slice(childId.lastIndexOf("/") + 1));

/** Pulumi's id of a child, `mi1/DAG_db1`. It may be short: the instance's whole resource id is recorded beside it. */
export const shortId = (instanceId: string, name: string): string => `${parseInstanceId(instanceId).name}/${name}`;

/** A name as one word of a command line, out of which it cannot get: in a name, `$(...)` may stand. */
export const quotedWord = (name: string): string =>
  /["$`\\!\p{Cc}]/u.test(name) ? `'${name.replaceAll("'", "'\\''")}'` : `"${name}"`;

/** The same, bare where it can be: Azure allows brackets in the names of resource groups. */
export const shellWord = (word: string): string => (/^[\p{L}\p{N}_./-]+$/u.test(word) ? word : quotedWord(word));

/** Arguments by which most az commands find the instance: `-g group --mi name --subscription id`. */
export function azArguments(instanceId: string, option = "--mi"): string {
  const { subscriptionId, resourceGroup, name } = parseInstanceId(instanceId);
  return `-g ${shellWord(resourceGroup)} ${option} ${name} --subscription ${subscriptionId}`;
}

/** The same for `az sql mi link`, which has --instance-name in place of --mi. */
export const linkArguments = (instanceId: string): string => azArguments(instanceId, "--instance-name");

/** The `managedInstanceId` argument of every resource in Azure. */
export const managedInstanceIdProperty: Property<string> = {
  type: "string",
  required: true,
  onChange: "replace",
  check: instanceIdProblem,
  canonical: canonicalInstanceId,
  same: sameInAzure,
};

/**
 * `managedInstanceId` of the resources that a component makes first. They are on SQL Server and only look at the instance
 * before they make anything, so that a missing one leaves nothing behind. Changing it changes nothing.
 */
export const lookedAtFirst: Property<string> = {
  ...managedInstanceIdProperty,
  required: false,
  onChange: "update",
  same: () => true,
  since: 2,
};

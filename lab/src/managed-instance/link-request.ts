import { randomUUID } from "node:crypto";
import { nameKey } from "../sql-server/names";
import { sameName } from "../tsql/values/collation";
import { offers } from "./api-versions";
import { ArmError } from "./arm-error";
import { checkDatabaseName } from "./database-name";
import { parseEndpointAddress } from "./endpoint-address";
import { type Call, invalidParameter, invalidSegment, isRecord, propertiesOf, textOf } from "./exchange";
import type { Link, LinkedDatabase } from "./managed-instance";

/** The link that a PUT asks for, in either of the body's shapes. Throws what the service refuses. */
export function requestedLink(call: Call): Link {
  const { body, shape, name, azure } = call;
  const properties = propertiesOf(body);
  if (Object.keys(properties).length === 0)
    throw new ArmError(
      400,
      "InvalidDistributedAvailabilityGroupsCreateOrUpdateRequest",
      "Distributed Availability Group Create or Update request body is empty or invalid.",
    );
  const wanted = shape === "new" ? properties : fromOldNames(properties);
  const linkMode = linkModeOf(wanted, call);
  // The old shape does not show the groups' names. A client that sends back what it read, as the Azure CLI did to
  // update a link, leaves them out.
  const known = call.instance.links.get(nameKey(name));
  const groupName = (member: "instanceAvailabilityGroupName" | "partnerAvailabilityGroupName") =>
    wanted[member] === undefined ? known?.[member] : textOf(wanted[member]);
  const instanceAvailabilityGroupName = groupName("instanceAvailabilityGroupName");
  const partnerAvailabilityGroupName = groupName("partnerAvailabilityGroupName");
  const names = databaseNames(wanted.databases, linkMode);
  if (!instanceAvailabilityGroupName)
    throw invalidRequest("InstanceAvailabilityGroupName", "Instance Availability Group Name");
  if (!partnerAvailabilityGroupName)
    throw invalidRequest("PartnerAvailabilityGroupName", "Partner Availability Group Name");
  if (sameName(instanceAvailabilityGroupName, partnerAvailabilityGroupName))
    throw new ArmError(
      400,
      "InstanceAvailabilityGroupNamePartnerAvailabilityGroupNameMatch",
      "Distributed Availability Group Create or Update request body has equal Instance and Partner Availability Group Names.",
    );
  const partnerEndpoint = textOf(wanted.partnerEndpoint);
  if (!partnerEndpoint) throw invalidRequest("PartnerEndpoint", "Partner Endpoint");
  // The service's text still has the old name.
  if (!parseEndpointAddress(partnerEndpoint)) throw invalidParameter("SourceEndpoint");
  // The mode is ignored, as a new link is asynchronous; but a value that is not of the enumeration is refused.
  oneOf(["Async", "Sync"], wanted.replicationMode, "replicationMode", "Async");
  if (oneOf(["Automatic", "Manual"], wanted.seedingMode, "seedingMode", "Automatic") === "Manual")
    throw invalidRequest("SeedingMode", "Seeding Mode. Currently, only the 'Automatic' mode is supported");
  const role = oneOf(["Primary", "Secondary"], wanted.instanceLinkRole, "instanceLinkRole", "Secondary");
  const ids = { instanceReplicaId: randomUUID(), partnerReplicaId: randomUUID() };
  return {
    name,
    id: randomUUID(),
    linkMode,
    databases: names.map((each) => linkedDatabase({ linkMode, ...ids }, each)),
    takenOut: new Set(),
    partnerEndpoint,
    partnerAvailabilityGroupName,
    instanceAvailabilityGroupName,
    failoverMode: oneOf(["Manual", "None"], wanted.failoverMode, "failoverMode", "Manual"),
    ...ids,
    initialRole: role,
    created: azure.clock.now(),
    role,
    isFailingOver: false,
    replicationMode: "Async",
    phase: "creating",
    cancelled: new AbortController(),
  };
}

export function requestedReplicationMode({ body }: Call): Link["replicationMode"] | undefined {
  const { replicationMode } = propertiesOf(body);
  return replicationMode === undefined
    ? undefined
    : oneOf(["Async", "Sync"] as const, replicationMode, "replicationMode", "Async");
}

function fromOldNames(old: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return {
    databases: [{ databaseName: old.targetDatabase }],
    partnerEndpoint: old.sourceEndpoint,
    partnerAvailabilityGroupName: old.primaryAvailabilityGroupName,
    instanceAvailabilityGroupName: old.secondaryAvailabilityGroupName,
    replicationMode: old.replicationMode,
  };
}

/** Each database of a link of several has replica ids of its own. */
export function linkedDatabase(
  { linkMode, instanceReplicaId, partnerReplicaId }: Pick<Link, "linkMode" | "instanceReplicaId" | "partnerReplicaId">,
  name: string,
): LinkedDatabase {
  if (linkMode === "SingleDatabase") return { name, instanceReplicaId, partnerReplicaId };
  return { name, instanceReplicaId: randomUUID(), partnerReplicaId: randomUUID() };
}

/** Versions from 2025-08-01-preview on know `linkMode`; several databases need it. */
function linkModeOf(wanted: Readonly<Record<string, unknown>>, { version, name }: Call): Link["linkMode"] {
  if (!offers(version, "linkMode")) return "SingleDatabase";
  const modes = ["SingleDatabase", "MultiDatabase"] as const;
  const mode = oneOf(modes, wanted.linkMode, "linkMode", "SingleDatabase");
  if (mode === "MultiDatabase" && !/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name))
    throw new ArmError(
      400,
      "InvalidMultiDbDistributedAvailabilityGroupName",
      "Multi-database Distributed Availability Group name can only be made up of lowercase letters 'a'-'z', the numbers 0-9 and the hyphen. The hyphen may not lead or trail in the name.",
    );
  return mode;
}

/** The names in `databases`: several only in a link of several databases. */
export function databaseNames(databases: unknown, linkMode: Link["linkMode"]): readonly string[] {
  const names = (Array.isArray(databases) ? databases : []).map((each) =>
    isRecord(each) ? textOf(each.databaseName) : "",
  );
  const hasTooMany = names.length > 1 && linkMode === "SingleDatabase";
  const isTwice = new Set(names.map(nameKey)).size < names.length;
  if (names.length === 0 || names.includes("") || hasTooMany || isTwice) throw invalidRequest("Databases", "Databases");
  for (const name of names) checkDatabaseName(name);
  return names;
}

function oneOf<T extends string>(allowed: readonly T[], value: unknown, member: string, otherwise: T): T {
  if (value === undefined || value === null) return otherwise;
  const found = allowed.find((candidate) => candidate.toLowerCase() === textOf(value).toLowerCase());
  if (!found) throw invalidSegment(member);
  return found;
}

export function invalidRequest(member: string, words: string): ArmError {
  return new ArmError(
    400,
    `InvalidDistributedAvailabilityGroupsCreateOrUpdateRequest${member}`,
    `Distributed Availability Group Create or Update request body has empty or Invalid ${words}.`,
  );
}

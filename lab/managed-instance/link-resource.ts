import { isIP } from "node:net";
import { nameKey, sameName } from "../sql-server/names";
import { ArmError, childNotFound } from "./arm-error";
import { child } from "./certificate-resources";
import { refuseWhileCreatingLink } from "./creating-link";
import { instanceAt, parseEndpointAddress } from "./endpoint-address";
import { accepted, type Call, ok, type Reply } from "./exchange";
import { invalidRequest, requestedLink, requestedReplicationMode } from "./link-request";
import { linkProperties } from "./link-shapes";
import { changeReplicationMode, drop, establish } from "./links";
import { type Link, type ServiceTier, userDatabases } from "./managed-instance";

const type = "distributedAvailabilityGroups";

export function listLinks(call: Call): Reply {
  return ok({ value: [...call.instance.links.values()].map((link) => linkResource(link, call)) });
}

export function getLink(call: Call): Reply {
  return ok(linkResource(existing(call), call));
}

/** A second PUT of the same link changes its replication mode or nothing; one of a link that failed tries again. */
export function putLink(call: Call): Reply {
  const { instance, azure, name } = call;
  const link = requestedLink(call);
  const known = instance.links.get(nameKey(name));
  if (known && known.phase !== "failed") {
    if (!isSame(known, link))
      throw new ArmError(
        400,
        "ManagedInstanceLinkForProvidedAvailabilityGroupsAlreadyExists",
        "It is not possible to add an additional database to an existing Managed Instance link as a single link can contain only one database. Please use a different distributed availability group name and try again.",
      );
    const mode = requestedReplicationMode(call) ?? known.replicationMode;
    return accepted(
      call,
      type,
      creationOf(known),
      () => (mode === known.replicationMode ? undefined : changeReplicationMode(known, mode, instance, azure)),
      () => linkResource(known, call),
    );
  }
  refuseWhileCreatingLink(call, creationOf(link));
  refuseWhatIsTaken(link, call);
  refuseUnknownHost(link, call);
  if (!call.failOperation) {
    if (known) drop(name, instance);
    instance.links.set(nameKey(name), link);
  }
  return accepted(
    call,
    type,
    creationOf(link),
    (closing) => establish(link, instance, azure, closing),
    () => linkResource(link, call),
  );
}

export function patchLink(call: Call): Reply {
  const mode = requestedReplicationMode(call);
  const link = existing(call);
  if (link.isFailingOver)
    throw new ArmError(
      409,
      "ConflictingDatabaseOperation",
      "There is already some operation on the database and the current operation should wait till it is done.",
    );
  const change = () => (mode ? changeReplicationMode(link, mode, call.instance, call.azure) : undefined);
  return accepted(call, type, "DistributedAvailabilityGroupsUpdateLinkReplicationMode", change, () =>
    linkResource(link, call),
  );
}

export function deleteLink(call: Call): Reply {
  return accepted(call, type, "DistributedAvailabilityGroupsDropLink", () => drop(call.name, call.instance));
}

function creationOf({ initialRole }: Link): string {
  return `DistributedAvailabilityGroupsLinkCreate${initialRole === "Primary" ? "FromMI" : ""}`;
}

export function existing({ instance, name }: Call): Link {
  const link = instance.links.get(nameKey(name));
  if (!link) throw childNotFound(type, name);
  return link;
}

export function linkResource(link: Link, { instance, azure, shape }: Call): object {
  return { properties: linkProperties(link, instance, azure, shape), ...child(type, link.name, instance) };
}

function isSame(one: Link, other: Link): boolean {
  const identity = (link: Link) =>
    [
      link.database,
      link.partnerEndpoint,
      link.partnerAvailabilityGroupName,
      link.instanceAvailabilityGroupName,
      link.failoverMode,
      link.initialRole,
    ]
      .join("\n")
      .toLowerCase();
  return identity(one) === identity(other);
}

/** A name, not an address, that the lab's name service does not know. */
function refuseUnknownHost({ partnerEndpoint }: Link, { azure }: Call): void {
  const host = parseEndpointAddress(partnerEndpoint)?.host ?? "";
  if (isIP(host) > 0 || host === "localhost" || instanceAt({ host, port: 0 }, azure.sqlServers)) return;
  throw new ArmError(
    400,
    "UnableToResolveRemoteServer",
    "The remote partner server name could not be resolved due to an invalid server name or DNS connectivity issues.",
  );
}

/** "Up to 100 on General Purpose and Business Critical, 500 on Next-gen General Purpose", databases of all kinds. */
const databaseLimits: Readonly<Record<ServiceTier, number>> = {
  GeneralPurpose: 100,
  NextGenGeneralPurpose: 500,
  BusinessCritical: 100,
};

function refuseWhatIsTaken(link: Link, call: Call): void {
  const { instance, name } = call;
  const others = [...instance.links.values()].filter((other) => !sameName(other.name, name));
  if (others.some((other) => sameName(other.instanceAvailabilityGroupName, link.instanceAvailabilityGroupName)))
    throw invalidRequest("InstanceAvailabilityGroupName", "Instance Availability Group Name");
  if (link.initialRole === "Primary") {
    refuseUnseedable(link, call);
    return;
  }
  const limit = databaseLimits[instance.serviceTier];
  const coming = others.filter(({ database }) => !instance.engine.databases.has(nameKey(database)));
  if (userDatabases(instance).length + coming.length >= limit)
    throw new ArmError(
      400,
      "DatabaseNumberLimitReached",
      "Maximum number of databases for SQL Database Managed Instance reached.",
    );
  const own = instance.links.get(nameKey(name))?.instanceReplicaId;
  const isTaken =
    others.some((other) => sameName(other.database, link.database)) ||
    userDatabases(instance).some(
      (known) => sameName(known.name, link.database) && (known.replicaId === undefined || known.replicaId !== own),
    );
  if (isTaken) throw nameInUse(link.database);
}

/** The other direction: the instance has the database, in no other link. */
function refuseUnseedable({ database, name }: Link, { instance }: Call): void {
  const source = userDatabases(instance).find((known) => sameName(known.name, database));
  if (!source)
    throw new ArmError(
      404,
      "DatabaseDoesNotExist",
      "User has specified a database name that does not exist on this server instance.",
    );
  if ([...instance.links.values()].some((other) => sameName(other.database, database) && !sameName(other.name, name)))
    throw nameInUse(database);
}

function nameInUse(database: string): ArmError {
  return new ArmError(
    400,
    "ManagedDatabaseNameInUse",
    `Database '${database}' already exists. Choose a different database name.`,
  );
}

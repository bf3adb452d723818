import { nameKey, sameName } from "../sql-server/names";
import { ArmError, childNotFound, creatingLink } from "./arm-error";
import { child } from "./certificate-resources";
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
        409,
        "ConflictingDatabaseOperation",
        `Link '${name}' exists with other properties. Delete it before creating another one of the name.`,
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
  refuseWhatIsTaken(link, call);
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

/** "Up to 100 on General Purpose and Business Critical, 500 on Next-gen General Purpose", databases of all kinds. */
const databaseLimits: Readonly<Record<ServiceTier, number>> = {
  GeneralPurpose: 100,
  NextGenGeneralPurpose: 500,
  BusinessCritical: 100,
};

function refuseWhatIsTaken(link: Link, call: Call): void {
  const { instance, azure, name } = call;
  const others = [...instance.links.values()].filter((other) => !sameName(other.name, name));
  if (!azure.options.linksSideBySide && others.some(({ phase }) => phase === "creating"))
    throw creatingLink(creationOf(link));
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
      `The managed instance '${instance.engine.name}' has reached its limit of ${limit} databases.`,
    );
  const own = instance.links.get(nameKey(name))?.instanceReplicaId;
  const isTaken =
    others.some((other) => sameName(other.database, link.database)) ||
    userDatabases(instance).some(
      (known) => sameName(known.name, link.database) && (known.replicaId === undefined || known.replicaId !== own),
    );
  if (isTaken)
    throw new ArmError(
      400,
      "ManagedDatabaseNameInUse",
      `The database name '${link.database}' is already in use on the managed instance '${instance.engine.name}'.`,
    );
}

/** The other direction: the instance has the database, in no other link. */
function refuseUnseedable({ database, name }: Link, { instance }: Call): void {
  const source = userDatabases(instance).find((known) => sameName(known.name, database));
  if (!source) throw childNotFound("databases", database);
  if ([...instance.links.values()].some((other) => sameName(other.database, database) && !sameName(other.name, name)))
    throw new ArmError(
      400,
      "ManagedDatabaseNameInUse",
      `The database '${source.name}' of the managed instance '${instance.engine.name}' is part of another link.`,
    );
}

import { nameKey, sameName } from "../sql-server/names";
import { ArmError, childNotFound } from "./arm-error";
import { child } from "./certificate-resources";
import { accepted, type Call, isRecord, ok, type Reply } from "./exchange";
import { invalidRequest, requestedLink, requestedReplicationMode } from "./link-request";
import { linkProperties } from "./link-shapes";
import { changeReplicationMode, drop, establish } from "./links";
import { type Link, userDatabases } from "./managed-instance";

const type = "distributedAvailabilityGroups";

export function listLinks(call: Call): Reply {
  return ok({ value: [...call.instance.links.values()].map((link) => linkResource(link, call)) });
}

export function getLink(call: Call): Reply {
  return ok(linkResource(existing(call), call));
}

/** A second PUT of the same link changes nothing; one of a link that failed tries again. */
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
    return accepted(
      call,
      type,
      "DistributedAvailabilityGroupsLinkCreate",
      () => undefined,
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
    "DistributedAvailabilityGroupsLinkCreate",
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

/** Planned failover belongs to the primary, which in the lab is SQL Server. Forced failover is not part of the lab. */
export function failOver(call: Call): Reply {
  existing(call);
  const failoverType = isRecord(call.body) ? call.body.failoverType : undefined;
  if (failoverType !== "Planned")
    throw new ArmError(
      400,
      "InvalidDistributedAvailabilityGroupFailoverRequest",
      `The lab does not do this failover: '${failoverType}'.`,
    );
  throw new ArmError(
    400,
    "InvalidDistributedAvailabilityGroupFailoverInstanceRole",
    "Planned failover can be executed on a link in the primary role only. Current state of the specified link is secondary.",
  );
}

function existing({ instance, name }: Call): Link {
  const link = instance.links.get(nameKey(name));
  if (!link) throw childNotFound(type, name);
  return link;
}

function linkResource(link: Link, { instance, azure, shape }: Call): object {
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
    ]
      .join("\n")
      .toLowerCase();
  return identity(one) === identity(other);
}

function refuseWhatIsTaken(link: Link, { instance, azure, name }: Call): void {
  const others = [...instance.links.values()].filter((other) => !sameName(other.name, name));
  if (!azure.options.linksSideBySide && others.some(({ phase }) => phase === "creating"))
    throw new ArmError(
      400,
      "OperationCanNotStartDueToMiLink",
      "The operation cannot be started because a database is being created through Azure SQL Managed Instance link.",
    );
  if (others.some((other) => sameName(other.instanceAvailabilityGroupName, link.instanceAvailabilityGroupName)))
    throw invalidRequest("InstanceAvailabilityGroupName", "Instance Availability Group Name");
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

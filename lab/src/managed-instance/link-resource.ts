import { isIP } from "node:net";
import { nameKey } from "../sql-server/names";
import { sameName } from "../tsql/values/collation";
import { agreementOn } from "./agreement";
import { ArmError, childNotFound } from "./arm-error";
import { child } from "./certificate-resources";
import { refuseWhileCreatingLink } from "./creating-link";
import { instanceAt, parseEndpointAddress } from "./endpoint-address";
import { accepted, type Call, ok, propertiesOf, type Reply } from "./exchange";
import { databaseNames, invalidRequest, requestedLink, requestedReplicationMode } from "./link-request";
import { linkProperties } from "./link-shapes";
import { changeReplicationMode, drop, establish, notReplicating } from "./links";
import { databaseLimit, type Link, type ManagedInstance, userDatabases } from "./managed-instance";
import { changeDatabases, followGroup } from "./membership";
import type { OperationFailure } from "./operations";

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
    (closing) => create(link, call, closing),
    () => linkResource(link, call),
  );
}

export function patchLink(call: Call): Reply {
  const { instance, azure } = call;
  const mode = requestedReplicationMode(call);
  const link = existing(call);
  if (link.isFailingOver)
    throw new ArmError(
      409,
      "ConflictingDatabaseOperation",
      "There is already some operation on the database and the current operation should wait till it is done.",
    );
  const { databases } = propertiesOf(call.body);
  const result = () => linkResource(link, call);
  if (databases === undefined || link.linkMode === "SingleDatabase") {
    const change = () => (mode ? changeReplicationMode(link, mode, instance, azure) : undefined);
    return accepted(call, type, "DistributedAvailabilityGroupsUpdateLinkReplicationMode", change, result);
  }
  const names = databaseNames(databases, link.linkMode);
  const added = names.filter((wanted) => !link.databases.some(({ name }) => sameName(name, wanted)));
  // When SQL Server is the primary, databases are added to its group, and the link follows.
  if (link.role === "Secondary" && added.length > 0) throw invalidRequest("Databases", "Databases");
  for (const name of added) if (!has(instance, name)) throw databaseDoesNotExist();
  return accepted(
    call,
    type,
    "UpdateManagedFailoverGroup",
    () => {
      const agreement = agreementOn(link, instance, azure);
      if (link.phase !== "created" || "disagreement" in agreement) return notReplicating(link);
      changeDatabases(names, link, instance, agreement.agreed, azure);
      return mode ? changeReplicationMode(link, mode, instance, azure) : undefined;
    },
    result,
  );
}

export function deleteLink(call: Call): Reply {
  const { instance, name } = call;
  const hasSeveral = instance.links.get(nameKey(name))?.linkMode === "MultiDatabase";
  const operation = hasSeveral ? "DropManagedFailoverGroup" : "DistributedAvailabilityGroupsDropLink";
  return accepted(call, type, operation, () => drop(name, instance));
}

/** Creates a link. When SQL Server is the primary of several databases, the recorded operation ends before they are copied. */
async function create(
  link: Link,
  { instance, azure }: Call,
  closing: AbortSignal,
): Promise<OperationFailure | undefined> {
  const established = establish(link, instance, azure, closing);
  if (link.linkMode === "SingleDatabase") return established;
  followGroup(link, instance, azure, closing);
  if (link.initialRole === "Primary") return established;
  established.catch(() => undefined);
  return undefined;
}

function creationOf({ initialRole, linkMode }: Link): string {
  if (linkMode === "MultiDatabase") return "CreateManagedFailoverGroup";
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
      link.linkMode,
      ...link.databases.map(({ name }) => name).sort(),
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

/** Refuses a host name that the lab's name service does not know; any IP address is accepted. */
function refuseUnknownHost({ partnerEndpoint }: Link, { azure }: Call): void {
  const host = parseEndpointAddress(partnerEndpoint)?.host ?? "";
  if (isIP(host) > 0 || host === "localhost" || instanceAt({ host, port: 0 }, azure.sqlServers)) return;
  throw new ArmError(
    400,
    "UnableToResolveRemoteServer",
    "The remote partner server name could not be resolved due to an invalid server name or DNS connectivity issues.",
  );
}

function refuseWhatIsTaken(link: Link, call: Call): void {
  const { instance, name } = call;
  const others = [...instance.links.values()].filter((other) => !sameName(other.name, name));
  if (others.some((other) => sameName(other.instanceAvailabilityGroupName, link.instanceAvailabilityGroupName)))
    throw invalidRequest("InstanceAvailabilityGroupName", "Instance Availability Group Name");
  if (link.initialRole === "Primary") {
    refuseUnseedable(link, call);
    return;
  }
  const coming = others.flatMap(({ databases }) => databases.filter(({ name }) => !has(instance, name)));
  if (userDatabases(instance).length + coming.length + link.databases.length > databaseLimit(instance))
    throw new ArmError(
      400,
      "DatabaseNumberLimitReached",
      "Maximum number of databases for SQL Database Managed Instance reached.",
    );
  const own = instance.links.get(nameKey(name))?.instanceReplicaId;
  for (const { name: wanted } of link.databases) {
    const isTaken = userDatabases(instance).some(
      (known) => sameName(known.name, wanted) && (known.replicaId === undefined || known.replicaId !== own),
    );
    if (isTaken || isLinked(wanted, others)) throw nameInUse(wanted);
  }
}

/** Checks a link whose first primary is the instance: it has the databases, and they are in no other link. */
function refuseUnseedable({ databases, name }: Link, { instance }: Call): void {
  const others = [...instance.links.values()].filter((other) => !sameName(other.name, name));
  for (const { name: wanted } of databases) {
    if (!has(instance, wanted)) throw databaseDoesNotExist();
    if (isLinked(wanted, others)) throw nameInUse(wanted);
  }
}

function has({ engine }: ManagedInstance, database: string): boolean {
  return engine.databases.has(nameKey(database));
}

function isLinked(database: string, links: readonly Link[]): boolean {
  return links.some(({ databases }) => databases.some(({ name }) => sameName(name, database)));
}

function databaseDoesNotExist(): ArmError {
  return new ArmError(
    404,
    "DatabaseDoesNotExist",
    "User has specified a database name that does not exist on this server instance.",
  );
}

function nameInUse(database: string): ArmError {
  return new ArmError(
    400,
    "ManagedDatabaseNameInUse",
    `Database '${database}' already exists. Choose a different database name.`,
  );
}

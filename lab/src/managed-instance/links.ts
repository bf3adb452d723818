import { writeErrorLog } from "../sql-server/error-log";
import { nameKey } from "../sql-server/names";
import { formatMessage } from "../tsql/messages";
import { type Agreed, agreementOn, type Disagreement, noSuchDatabase, unreachable } from "./agreement";
import type { Azure } from "./azure";
import { answers, instanceAt, parseEndpointAddress } from "./endpoint-address";
import { creationFailure, interrupted, linkIsNotFound } from "./engine-failures";
import type { Link, LinkFailure, ManagedInstance } from "./managed-instance";
import type { OperationFailure } from "./operations";
import { joinDatabase, joinGroups, leave } from "./replica";
import { lookAgainMilliseconds, seed } from "./seed";

/** The reason for cancelling a creation when it is not that the link is deleted. */
const instanceStops = new Error("The instance stops.");

/** Interrupts the creation of links: it does not outlive a stop of the instance. */
export function interruptCreations({ links }: ManagedInstance): void {
  for (const { phase, cancelled } of links.values()) if (phase === "creating") cancelled.abort(instanceStops);
}

/** Finds the other side, joins its group, and copies the database; lasts as long as the copy does. */
export async function establish(
  link: Link,
  instance: ManagedInstance,
  azure: Azure,
  closing: AbortSignal,
): Promise<OperationFailure | undefined> {
  const signal = AbortSignal.any([closing, link.cancelled.signal]);
  try {
    const met = await meet(link, instance, azure, signal);
    if ("disagreement" in met) {
      logOnSqlServer(link, met.disagreement, azure);
      return fail(link, met.disagreement, instance, azure);
    }
    const { agreed } = met;
    if (!hasRoom(link, instance, agreed)) return fail(link, noMoreSpace(link, instance), instance, azure);
    joinGroups(link, instance, agreed, azure.clock.now());
    const copies = link.databases.map((database) => {
      const copy = joinDatabase(link, database, instance, agreed, azure.clock.now());
      return { copy, seeded: seed(database, copy, { link, instance, sqlServer: agreed.sqlServer, azure, signal }) };
    });
    const broken = (await Promise.all(copies.map(({ seeded }) => seeded))).find((each) => each !== undefined);
    if (broken === "out of time") return rollBack(link, instance);
    if (broken) return fail(link, broken, instance, azure);
    for (const { copy } of copies) copy.state = "ONLINE";
    link.phase = "created";
    for (const { replication } of link.databases) replication?.pump();
    return undefined;
  } catch (error) {
    if (!link.cancelled.signal.aborted) throw error;
    if (link.cancelled.signal.reason !== instanceStops) return linkIsNotFound;
    fail(link, unreachable({ ...link, phase: "creating" }), instance, azure);
    return interrupted;
  }
}

/** Deletes a link. The operation for one that is not there fails, after it was accepted. */
export function drop(name: string, instance: ManagedInstance): OperationFailure | undefined {
  const link = instance.links.get(nameKey(name));
  if (!link) return { code: "OperationIdNotFound", message: `The operation with Id: '${name}' does not exist.` };
  link.cancelled.abort();
  leave(link, instance);
  instance.links.delete(nameKey(name));
  return undefined;
}

/** The recorded code says the opposite of the recorded text. */
export function notReplicating({ databases }: Link): OperationFailure {
  return {
    code: "InvalidOperationForDatabaseNotInReplicationRelationship",
    message: `The operation cannot be performed since the database '${databases[0]?.name}' is in a replication relationship.`,
  };
}

/** Changes the replication mode (PATCH); only a link that replicates can. */
export function changeReplicationMode(
  link: Link,
  mode: Link["replicationMode"],
  instance: ManagedInstance,
  azure: Azure,
): OperationFailure | undefined {
  if (link.phase !== "created" || "disagreement" in agreementOn(link, instance, azure)) {
    return notReplicating(link);
  }
  link.replicationMode = mode;
  for (const replica of instance.engine.groups.get(nameKey(link.name))?.replicas ?? [])
    replica.availabilityMode = mode === "Sync" ? "SYNCHRONOUS_COMMIT" : "ASYNCHRONOUS_COMMIT";
  return undefined;
}

async function meet(
  link: Link,
  instance: ManagedInstance,
  azure: Azure,
  signal: AbortSignal,
): Promise<{ agreed: Agreed } | { disagreement: Disagreement }> {
  const { clock, options } = azure;
  const deadline = clock.now().getTime() + options.linkTimeoutMilliseconds;
  for (;;) {
    const agreement = (await reaches(link, azure))
      ? agreementOn(link, instance, azure)
      : { disagreement: notReached() };
    if ("agreed" in agreement || clock.now().getTime() >= deadline) return agreement;
    await clock.sleep(lookAgainMilliseconds, signal);
  }
}

/** Connects to the partner's endpoint: a program that listens there answers, whatever the catalog says. */
async function reaches(link: Link, { sqlServers }: Azure): Promise<boolean> {
  const address = parseEndpointAddress(link.partnerEndpoint);
  return address !== undefined && answers(instanceAt(address, sqlServers)?.address ?? address.host, address.port);
}

const notReached = (): LinkFailure => ({ state: "LinkInitError", number: 41986, text: formatMessage(41986).text });

/** "Link creation is cancelled automatically after 6 days". It is not documented what remains of the link: the lab removes it. */
function rollBack(link: Link, instance: ManagedInstance): OperationFailure {
  drop(link.name, instance);
  return {
    code: "OperationTimedOut",
    message: "The operation timed out and automatically rolled back. Please retry the operation.",
  };
}

function hasRoom({ databases, initialRole }: Link, { storageSizeInGB }: ManagedInstance, { sqlServer }: Agreed) {
  const sizes = databases.map(({ name }) => sqlServer.databases.get(nameKey(name))?.sizeBytes ?? 0);
  return initialRole === "Primary" || sizes.reduce((sum, size) => sum + size, 0) <= storageSizeInGB * 2 ** 30;
}

function noMoreSpace(link: Link, { storageSizeInGB }: ManagedInstance): Disagreement {
  const message = `The managed instance has reached its storage limit. The storage usage for the managed instance cannot exceed (${storageSizeInGB * 1024}) MBs.`;
  return { ...noSuchDatabase(link), refusal: { code: "NoMoreSpaceInManagedInstance", message } };
}

function logOnSqlServer(link: Link, { logsOnSqlServer }: Disagreement, { sqlServers, clock }: Azure): void {
  const address = parseEndpointAddress(link.partnerEndpoint);
  const sqlServer = address && instanceAt(address, sqlServers);
  if (!logsOnSqlServer || !sqlServer) return;
  writeErrorLog(sqlServer, clock.now(), formatMessage(...logsOnSqlServer).text);
}

/** The link stays, in its error state, until it is deleted or tried again; the instance's error log has why. */
function fail(
  link: Link,
  failure: LinkFailure & Pick<Disagreement, "refusal">,
  { engine }: ManagedInstance,
  { clock }: Azure,
): OperationFailure {
  writeErrorLog(engine, clock.now(), failure.text);
  for (const { replication } of link.databases) replication?.stop();
  link.phase = "failed";
  link.failure = failure;
  return failure.refusal ?? creationFailure(failure);
}

import { nameKey } from "../sql-server/names";
import { sameName } from "../tsql/values/collation";
import { type Agreed, agreementOn, noSuchDatabase } from "./agreement";
import type { Azure } from "./azure";
import { linkedDatabase } from "./link-request";
import type { Link, LinkedDatabase, ManagedInstance } from "./managed-instance";
import { databaseLimit, userDatabases } from "./managed-instance";
import { joinDatabase, leaveDatabase } from "./replica";
import { lookAgainMilliseconds, seed } from "./seed";

/**
 * Keeps a link of several databases equal to its group: a database that SQL Server, as the primary, adds to the group
 * comes over by itself. One that was taken out of the link alone does not come back, and the group is unhealthy until
 * it is taken out there too.
 */
export async function followGroup(
  link: Link,
  instance: ManagedInstance,
  azure: Azure,
  closing: AbortSignal,
): Promise<void> {
  const signal = AbortSignal.any([closing, link.cancelled.signal]);
  while (!signal.aborted) {
    const agreement = link.phase === "created" ? agreementOn(link, instance, azure) : undefined;
    if (agreement && "agreed" in agreement) follow(link, instance, agreement.agreed, azure, signal);
    await azure.clock.sleep(lookAgainMilliseconds, signal).catch(() => undefined);
  }
}

function follow(link: Link, instance: ManagedInstance, agreed: Agreed, azure: Azure, signal: AbortSignal): void {
  for (const key of link.takenOut) if (!agreed.group.databases.has(key)) link.takenOut.delete(key);
  if (link.role === "Primary") return;
  const added = [...agreed.group.databases].filter((key) => !link.takenOut.has(key) && !isMember(link, key));
  for (const key of added) {
    const { name } = agreed.sqlServer.databases.get(key) ?? {};
    if (name !== undefined) add(linkedDatabase(link, name), link, instance, agreed, azure, signal);
  }
}

/** Makes these names the link's databases (PATCH). New ones are copied after the request's operation has ended. */
export function changeDatabases(
  names: readonly string[],
  link: Link,
  instance: ManagedInstance,
  agreed: Agreed,
  azure: Azure,
): void {
  for (const database of link.databases.filter(({ name }) => !names.some((wanted) => sameName(wanted, name)))) {
    link.databases = link.databases.filter((member) => member !== database);
    if (agreed.group.databases.has(nameKey(database.name))) link.takenOut.add(nameKey(database.name));
    leaveDatabase(link, database, instance);
  }
  for (const name of names.filter((wanted) => !isMember(link, wanted)))
    add(linkedDatabase(link, name), link, instance, agreed, azure, link.cancelled.signal);
}

/** Adds a database. An instance that has no room for it leaves the link inconsistent. */
function add(
  database: LinkedDatabase,
  link: Link,
  instance: ManagedInstance,
  agreed: Agreed,
  azure: Azure,
  signal: AbortSignal,
): void {
  link.databases = [...link.databases, database];
  const isFull = userDatabases(instance).length >= databaseLimit(instance);
  const isTaken = instance.engine.databases.has(nameKey(database.name));
  if (link.role === "Secondary" && (isFull || isTaken)) {
    database.failure = noSuchDatabase(link);
    return;
  }
  const copy = joinDatabase(link, database, instance, agreed, azure.clock.now());
  seed(database, copy, { link, instance, sqlServer: agreed.sqlServer, azure, signal }).then(
    (broken) => {
      if (broken === undefined) copy.state = "ONLINE";
      else database.failure = broken === "out of time" ? noSuchDatabase(link) : broken;
      database.replication?.pump();
    },
    () => undefined,
  );
}

function isMember({ databases }: Link, name: string): boolean {
  return databases.some((member) => sameName(member.name, name));
}

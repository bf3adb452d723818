import { randomUUID } from "node:crypto";
import { emptyCopy } from "../sql-server/instance";
import type { AvailabilityGroup, Database, Instance, Replica } from "../sql-server/model";
import { nameKey, newGuid } from "../sql-server/names";
import { sameName } from "../tsql/values/collation";
import type { Agreed } from "./agreement";
import type { Link, LinkedDatabase, ManagedInstance } from "./managed-instance";

/** Joins the instance with a group of its own and the distributed one. */
export function joinGroups(link: Link, { engine }: ManagedInstance, { distributedGroup }: Agreed, now: Date): void {
  const role = link.role === "Primary" ? ("PRIMARY" as const) : ("SECONDARY" as const);
  engine.groups.set(nameKey(link.instanceAvailabilityGroupName), { ...localGroup(link, engine, now), role });
  engine.groups.set(nameKey(link.name), { ...distributedGroupOf(link, distributedGroup, now), role });
}

/** Joins a database on the side that gets a copy of it, to be filled. */
export function joinDatabase(
  link: Link,
  { name }: LinkedDatabase,
  { engine }: ManagedInstance,
  { sqlServer, group }: Agreed,
  now: Date,
): Database {
  const own = engine.groups.get(nameKey(link.instanceAvailabilityGroupName));
  const [from, to] = link.role === "Primary" ? [engine, sqlServer] : [sqlServer, engine];
  const source = from.databases.get(nameKey(name));
  if (!source) throw new Error(`${from.name} has no database ${name}`);
  if (link.role === "Primary") {
    source.replicaId = link.instanceReplicaId;
    source.groupDatabaseId = randomUUID().toUpperCase();
  }
  const copy = emptyCopy(source, {
    id: to.nextDatabaseId++,
    created: now,
    state: "RESTORING",
    isReadOnly: true,
    lastLogBackupLsn: undefined,
    replicaId: link.role === "Primary" ? group.replicas[0]?.id : link.instanceReplicaId,
  });
  own?.databases.add(nameKey(name));
  if (link.role === "Primary") group.databases.add(nameKey(name));
  to.databases.set(nameKey(name), copy);
  return copy;
}

/** Ends a link on the instance: finished copies become databases of their own, unfinished ones go. */
export function leave(link: Link, instance: ManagedInstance): void {
  for (const database of link.databases) leaveDatabase(link, database, instance);
  instance.engine.groups.delete(nameKey(link.name));
  instance.engine.groups.delete(nameKey(link.instanceAvailabilityGroupName));
}

export function leaveDatabase(link: Link, database: LinkedDatabase, { engine }: ManagedInstance): void {
  const key = nameKey(database.name);
  database.replication?.stop();
  database.replication = undefined;
  engine.groups.get(nameKey(link.instanceAvailabilityGroupName))?.databases.delete(key);
  const copy = engine.databases.get(key);
  if (copy?.replicaId !== link.instanceReplicaId) return;
  if (copy.state === "RESTORING") {
    engine.databases.delete(key);
    return;
  }
  copy.isReadOnly = false;
  copy.groupDatabaseId = undefined;
  copy.replicaId = undefined;
  copy.isSuspended = undefined;
}

function distributedGroupOf(link: Link, { id, replicas }: AvailabilityGroup, now: Date): AvailabilityGroup {
  return {
    ...emptyGroup(link.name, id, now),
    isDistributed: true,
    replicas: replicas.map((replica) => member(replica, link, now)).reverse(),
  };
}

function emptyGroup(name: string, id: string, created: Date): AvailabilityGroup {
  return {
    name,
    id,
    created,
    isDistributed: false,
    clusterType: "none",
    options: new Map(),
    replicas: [],
    databases: new Set(),
    role: "SECONDARY",
    canCreateAnyDatabase: true,
  };
}

function localGroup(link: Link, engine: Instance, now: Date): AvailabilityGroup {
  const replica: Replica = {
    id: link.instanceReplicaId,
    name: engine.name,
    url: `TCP://${engine.fqdn}:5022`,
    availabilityMode: "SYNCHRONOUS_COMMIT",
    failoverMode: "MANUAL",
    seedingMode: "AUTOMATIC",
    sessionTimeout: 10,
    backupPriority: 50,
    primaryAllowConnections: "ALL",
    secondaryAllowConnections: "ALL",
    created: now,
    modified: now,
  };
  return { ...emptyGroup(link.instanceAvailabilityGroupName, newGuid(), now), replicas: [replica] };
}

function member(replica: Replica, link: Link, now: Date): Replica {
  const isLocal = sameName(replica.name, link.instanceAvailabilityGroupName);
  return { ...replica, id: isLocal ? randomUUID() : link.partnerReplicaId, created: now, modified: now };
}

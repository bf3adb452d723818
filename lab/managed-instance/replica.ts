import { randomUUID } from "node:crypto";
import { emptyCopy } from "../sql-server/instance";
import type { AvailabilityGroup, Database, Instance, Replica } from "../sql-server/model";
import { nameKey, sameName } from "../sql-server/names";
import type { Agreed } from "./agreement";
import type { Link, ManagedInstance } from "./managed-instance";

/** The instance joins: its own group, the distributed group, and the database that the copy goes to. */
export function joinAsSecondary(
  link: Link,
  { engine }: ManagedInstance,
  { sqlServer, distributedGroup }: Agreed,
  now: Date,
): Database {
  const source = sqlServer.databases.get(nameKey(link.database));
  if (!source) throw new Error(`${sqlServer.name} has no database ${link.database}`);
  const local = localGroup(link, engine, now);
  const distributed = distributedGroupOf(link, distributedGroup, now);
  const database = emptyCopy(source, {
    id: engine.nextDatabaseId++,
    created: now,
    state: "RESTORING",
    isReadOnly: true,
    lastLogBackupLsn: undefined,
    replicaId: link.instanceReplicaId,
  });
  local.databases.add(nameKey(database.name));
  engine.groups.set(nameKey(local.name), local);
  engine.groups.set(nameKey(distributed.name), distributed);
  engine.databases.set(nameKey(database.name), database);
  return database;
}

/** The instance has the database already: SQL Server's group gets a copy of it, to be filled. */
export function joinAsPrimary(
  link: Link,
  { engine }: ManagedInstance,
  { sqlServer, group, distributedGroup }: Agreed,
  now: Date,
): Database {
  const source = engine.databases.get(nameKey(link.database));
  if (!source) throw new Error(`${engine.name} has no database ${link.database}`);
  const local = { ...localGroup(link, engine, now), role: "PRIMARY" as const };
  local.databases.add(nameKey(source.name));
  source.replicaId = link.instanceReplicaId;
  source.groupDatabaseId = randomUUID().toUpperCase();
  engine.groups.set(nameKey(local.name), local);
  engine.groups.set(nameKey(link.name), { ...distributedGroupOf(link, distributedGroup, now), role: "PRIMARY" });
  const copy = emptyCopy(source, {
    id: sqlServer.nextDatabaseId++,
    created: now,
    state: "RESTORING",
    isReadOnly: true,
    lastLogBackupLsn: undefined,
    replicaId: group.replicas[0]?.id,
  });
  group.databases.add(nameKey(copy.name));
  sqlServer.databases.set(nameKey(copy.name), copy);
  return copy;
}

/** The link is gone: a finished copy becomes a database of its own, an unfinished one goes. */
export function leave(link: Link, { engine }: ManagedInstance): void {
  engine.groups.delete(nameKey(link.name));
  engine.groups.delete(nameKey(link.instanceAvailabilityGroupName));
  link.replication?.stop();
  link.replication = undefined;
  const copy = engine.databases.get(nameKey(link.database));
  if (copy?.replicaId !== link.instanceReplicaId) return;
  if (copy.state === "RESTORING") {
    engine.databases.delete(nameKey(link.database));
    return;
  }
  copy.isReadOnly = false;
  copy.groupDatabaseId = undefined;
  copy.replicaId = undefined;
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
  return { ...emptyGroup(link.instanceAvailabilityGroupName, randomUUID(), now), replicas: [replica] };
}

function member(replica: Replica, link: Link, now: Date): Replica {
  const isLocal = sameName(replica.name, link.instanceAvailabilityGroupName);
  return { ...replica, id: isLocal ? randomUUID() : link.partnerReplicaId, created: now, modified: now };
}

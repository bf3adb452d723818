import type { Session } from "../../tsql/host";
import { sqlError } from "../../tsql/messages";
import type { CreateAvailabilityGroup } from "../../tsql/syntax/availability-group";
import { sameName } from "../../tsql/values/collation";
import type { AvailabilityGroup, Database, Replica } from "../model";
import { checkIdentifier, findByName, firstDuplicate, nameKey, newGuid } from "../names";
import { requirePermission } from "../permissions";
import type { Server } from "../server";
import { createDistributedGroup } from "./create-distributed-group";
import { checkDatabase, checkGroupStatement, creating } from "./group-checks";
import { newReplica } from "./replica";

export function createGroup(server: Server, statement: CreateAvailabilityGroup, session: Session): void {
  checkIdentifier(statement.name);
  requirePermission(server, session, "CREATE AVAILABILITY GROUP");
  checkGroupStatement(server, "CREATE AVAILABILITY GROUP", session);
  if (statement.distributed) createDistributedGroup(server, statement);
  else createLocalGroup(server, statement);
}

/** Creates a local group. The instance becomes its primary at once; the databases stay online and count as synchronized. */
function createLocalGroup(server: Server, statement: CreateAvailabilityGroup): void {
  const { instance, clock } = server;
  const { name, databases, replicas: specs } = statement;
  const clusterType = clusterTypeOf(server, statement);
  const databaseTwice = firstDuplicate(databases);
  if (databaseTwice !== undefined) throw sqlError(35234, databaseTwice);
  const replicaTwice = firstDuplicate(specs.map((spec) => spec.name));
  if (replicaTwice !== undefined) throw sqlError(35235, replicaTwice);
  const now = clock.now();
  const replicas = specs.map((spec) => newReplica(spec, clusterType, name, "CREATE AVAILABILITY GROUP", now));
  const local = replicas.find((replica) => sameName(replica.name, instance.hostName));
  if (!local) throw sqlError(35237, name);
  const members = creating(name, () => {
    if (findByName(instance.groups, name)) throw sqlError(41106, name);
    return databases.map((database) => checkDatabase(server, database, name));
  });
  const group: AvailabilityGroup = {
    name,
    id: newGuid(),
    created: now,
    isDistributed: false,
    clusterType,
    options: new Map(Object.entries(statement.options)),
    replicas,
    databases: new Set(),
    role: "PRIMARY",
    canCreateAnyDatabase: false,
  };
  instance.groups.set(nameKey(name), group);
  for (const database of members) join(database, group, local);
}

export function join(database: Database, group: AvailabilityGroup, replica: Replica): void {
  group.databases.add(nameKey(database.name));
  database.groupDatabaseId = newGuid();
  database.replicaId = replica.id;
}

export function leave(database: Database, group: AvailabilityGroup): void {
  group.databases.delete(nameKey(database.name));
  database.groupDatabaseId = undefined;
  database.replicaId = undefined;
  database.isSuspended = undefined;
}

/** 2016 has no CLUSTER_TYPE: it stands on a cluster. Later versions have no cluster in the lab, so that WSFC is refused (35220). */
function clusterTypeOf(
  { instance }: Server,
  { clusterType }: CreateAvailabilityGroup,
): AvailabilityGroup["clusterType"] {
  if (instance.majorVersion === 2016) {
    if (clusterType) throw sqlError(102, "CLUSTER_TYPE");
    return "wsfc";
  }
  if (clusterType === "NONE") return "none";
  if (clusterType === "EXTERNAL") return "external";
  throw sqlError(35220);
}

import type { Session } from "../../tsql/host";
import { sqlError } from "../../tsql/messages";
import type { AlterAvailabilityGroup, ReplicaSpec } from "../../tsql/syntax/availability-group";
import { sameName } from "../../tsql/values/collation";
import { isListenerUrl } from "../endpoint-url";
import type { AvailabilityGroup, Replica } from "../model";
import { findByName, firstDuplicate, goesBy } from "../names";
import { hasPermission } from "../permissions";
import { labRefusal, missing } from "../refusals";
import type { Server } from "../server";
import { changeRole } from "./change-role";
import { join, leave } from "./create-group";
import { checkDatabase, checkGroupStatement, linksOver } from "./group-checks";
import { checkOptions, modified, newReplica } from "./replica";

const statementName = "ALTER AVAILABILITY GROUP";

export async function alterGroup(
  server: Server,
  { name, action }: AlterAvailabilityGroup,
  session: Session,
): Promise<void> {
  checkGroupStatement(server, statementName, session);
  const group = findByName(server.instance.groups, name);
  if (action.kind === "modifyMembers" && !group) throw sqlError(19510, name);
  if (!group || !hasPermission(server, session, "ALTER ANY AVAILABILITY GROUP")) throw sqlError(41100, name);
  if (action.kind === "modifyMembers") return modifyMembers(server, group, action.members);
  if (action.kind === "grantCreateAnyDatabase" || action.kind === "denyCreateAnyDatabase") {
    group.canCreateAnyDatabase = action.kind === "grantCreateAnyDatabase";
    return;
  }
  if (action.kind === "failover" || action.kind === "forceFailoverAllowDataLoss")
    return changeRole(server, group, action.kind);
  if (action.kind === "set" && action.options.ROLE === "SECONDARY") return changeRole(server, group, "becomeSecondary");
  if (group.role !== "PRIMARY") throw sqlError(41140, group.name);
  if (group.isDistributed)
    throw labRefusal(`${statementName} ${action.kind} on a distributed availability group is not modelled`);
  switch (action.kind) {
    case "addDatabase":
      return addDatabases(server, group, action.databases);
    case "removeDatabase":
      return removeDatabases(server, group, action.databases);
    case "addReplica":
      return addReplicas(server, group, action.replicas);
    case "modifyReplica":
      return modifyReplicas(server, group, action.replicas);
    case "removeReplica":
      return removeReplicas(server, group, action.names);
    case "set":
      for (const [option, value] of Object.entries(action.options)) group.options.set(option, value);
  }
}

function addDatabases(server: Server, group: AvailabilityGroup, names: readonly string[]): void {
  const twice = firstDuplicate(names);
  if (twice !== undefined) throw sqlError(35234, twice);
  const databases = names.map((name) => checkDatabase(server, name, group.name));
  const [link] = linksOver(server.instance, group.name);
  const hasSeveral = server.instance.isMultiDatabaseLinkEnabled;
  if (link && !hasSeveral && group.databases.size + databases.length > 1) throw sqlError(47503, group.name, link.name);
  const local = localReplica(server, group);
  if (local) for (const database of databases) join(database, group, local);
}

function removeDatabases({ instance }: Server, group: AvailabilityGroup, names: readonly string[]): void {
  const databases = names.map((name) => {
    const database = findByName(instance.databases, name);
    if (!database || ![...group.databases].some((member) => sameName(member, name)))
      throw sqlError(35281, name, group.name);
    return database;
  });
  if (linksOver(instance, group.name).length > 0 && !instance.isMultiDatabaseLinkEnabled) throw sqlError(47520);
  for (const database of databases) leave(database, group);
}

function addReplicas({ clock }: Server, group: AvailabilityGroup, specs: readonly ReplicaSpec[]): void {
  const replicas = specs.map((spec) => {
    if (findReplica(group, spec.name)) throw sqlError(35282, spec.name, group.name);
    return newReplica(spec, group.clusterType, group.name, statementName, clock.now());
  });
  group.replicas.push(...replicas);
}

function modifyReplicas({ clock }: Server, group: AvailabilityGroup, specs: readonly ReplicaSpec[]): void {
  const replacements = specs.map((spec) => {
    const replica = findReplica(group, spec.name);
    if (!replica) throw missing("alter", "availability replica", spec.name);
    const replacement = modified(replica, spec, clock.now());
    checkOptions(replacement, group.clusterType, group.name, statementName);
    return [replica, replacement] as const;
  });
  replace(group, replacements);
}

function removeReplicas({ instance }: Server, group: AvailabilityGroup, names: readonly string[]): void {
  const replicas = names.map((name) => {
    const replica = findReplica(group, name);
    if (!replica) throw sqlError(35283, name, group.name);
    if (goesBy(instance, name)) throw sqlError(35284, name, group.name);
    return replica;
  });
  for (const replica of replicas) group.replicas.splice(group.replicas.indexOf(replica), 1);
}

/** MODIFY AVAILABILITY GROUP ON changes the members of a distributed group. */
function modifyMembers(
  { instance, clock, network }: Server,
  group: AvailabilityGroup,
  specs: readonly ReplicaSpec[],
): void {
  if (!group.isDistributed) throw sqlError(19512, group.name);
  if (network.partnerState(instance, group).isFailingOver) throw sqlError(47512, "AVAILABILITY_MODE");
  const replacements = specs.map((spec) => {
    const member = findReplica(group, spec.name);
    if (!member) throw sqlError(19508, spec.name, group.name);
    if (spec.url !== undefined && !isListenerUrl(spec.url, instance)) throw sqlError(19499, spec.url);
    if (spec.failoverMode === "AUTOMATIC") throw sqlError(35277);
    return [member, modified(member, spec, clock.now())] as const;
  });
  replace(group, replacements);
}

function replace(group: AvailabilityGroup, replacements: readonly (readonly [Replica, Replica])[]): void {
  for (const [replica, replacement] of replacements) group.replicas[group.replicas.indexOf(replica)] = replacement;
}

function findReplica(group: AvailabilityGroup, name: string): Replica | undefined {
  return group.replicas.find((replica) => sameName(replica.name, name));
}

function localReplica({ instance }: Server, group: AvailabilityGroup): Replica | undefined {
  return group.replicas.find((replica) => goesBy(instance, replica.name));
}

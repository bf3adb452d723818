import { sqlError } from "../../tsql/messages";
import type { CreateAvailabilityGroup, ReplicaSpec } from "../../tsql/syntax/availability-group";
import { sameName } from "../../tsql/values/collation";
import { isListenerUrl, isManagedInstanceUrl, seededDatabase } from "../endpoint-url";
import type { AvailabilityGroup, Replica } from "../model";
import { findByName, nameKey, newGuid } from "../names";
import type { Server } from "../server";
import { creating, distributedGroupsOver } from "./group-checks";
import { withDefaults } from "./replica";

export function createDistributedGroup(server: Server, statement: CreateAvailabilityGroup): void {
  const { instance, clock } = server;
  const { name, replicas: specs, clusterType, databases, options } = statement;
  if (clusterType || databases.length > 0 || Object.keys(options).length > 0) throw sqlError(19497);
  // The grammar has two members, no more and no fewer.
  if (specs.length !== 2) throw sqlError(102, ")");
  const now = clock.now();
  const members = specs.map((spec) => newMember(server, spec, now));
  const local = members.find((member) => isLocalGroup(server, member.name));
  const remote = members.find((member) => member !== local);
  const localGroup = local && findByName(instance.groups, local.name);
  if (!local || !remote || !localGroup) throw sqlError(19501);
  const existing = findByName(instance.groups, name);
  creating(name, () => {
    if (existing) throw sqlError(existing.isDistributed ? 19502 : 19509, name);
    checkLocalGroup(server, name, localGroup, remote);
    if (isManagedInstanceUrl(remote.url)) checkLink(server, name, localGroup, [local, remote], remote);
  });
  instance.groups.set(nameKey(name), {
    name,
    id: newGuid(),
    created: now,
    isDistributed: true,
    clusterType: localGroup.clusterType,
    options: new Map(),
    replicas: [local, remote],
    databases: new Set(),
    // SQL Server waits to be seeded if the other side has the database and sends it.
    role: isSeeded(server, localGroup, remote) ? "SECONDARY" : localGroup.role,
    canCreateAnyDatabase: false,
  });
}

function newMember({ instance }: Server, spec: ReplicaSpec, now: Date): Replica {
  const url = spec.url ?? "";
  if (!isListenerUrl(url, instance)) throw sqlError(19499, url);
  const member = withDefaults(spec, url, now);
  if (member.failoverMode === "AUTOMATIC") throw sqlError(35277);
  return member;
}

function isLocalGroup({ instance }: Server, name: string): boolean {
  return findByName(instance.groups, name)?.isDistributed === false;
}

function checkLocalGroup({ instance }: Server, name: string, local: AvailabilityGroup, remote: Replica): void {
  if (local.options.has("CONTAINED")) throw sqlError(47129, name);
  if (local.options.has("BASIC")) throw sqlError(19513, name);
  const existing = distributedGroupsOver(instance, local.name);
  if (existing.some(({ replicas }) => replicas.some((replica) => sameName(replica.name, remote.name))))
    throw sqlError(19507, name);
  if (existing.some(({ role }) => role === "SECONDARY")) throw sqlError(19503, name);
}

/** Whether the other side seeds this one: its URL names the database, or a link of several databases begins with none here. */
function isSeeded({ instance }: Server, { databases }: AvailabilityGroup, { url }: Replica): boolean {
  if (seededDatabase(url) !== undefined) return true;
  return isManagedInstanceUrl(url) && instance.isMultiDatabaseLinkEnabled && databases.size === 0;
}

/**
 * Checks the settings of a link. It has one database, unless sp_multidb_milink allows several; it is seeded
 * automatically and starts asynchronous.
 */
function checkLink(
  server: Server,
  name: string,
  local: AvailabilityGroup,
  members: readonly Replica[],
  secondary: Replica,
): void {
  if (secondary.seedingMode === "MANUAL") throw sqlError(47500, secondary.name);
  if (members.some(({ availabilityMode }) => availabilityMode === "SYNCHRONOUS_COMMIT"))
    throw sqlError(47501, secondary.name);
  if (local.databases.size === 0 && !isSeeded(server, local, secondary)) throw sqlError(47519, name, local.name);
  if (local.databases.size > 1 && !server.instance.isMultiDatabaseLinkEnabled) throw sqlError(47502, name, local.name);
}

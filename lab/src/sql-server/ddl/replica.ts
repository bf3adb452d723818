import { sqlError } from "../../tsql/messages";
import type { ReplicaSpec } from "../../tsql/syntax/availability-group";
import { isEndpointUrl } from "../endpoint-url";
import type { AvailabilityGroup, Replica } from "../model";
import { checkIdentifier, newGuid } from "../names";

const shortestSessionTimeout = 5;
const highestBackupPriority = 100;

/** Makes a replica of a local group, for CREATE and ADD REPLICA. Throws 35236, 35232, 41198, 41197 and those of checkOptions. */
export function newReplica(
  spec: ReplicaSpec,
  clusterType: AvailabilityGroup["clusterType"],
  group: string,
  statement: string,
  now: Date,
): Replica {
  checkIdentifier(spec.name);
  if (spec.url === undefined) throw sqlError(35236, spec.name);
  if (!isEndpointUrl(spec.url)) throw sqlError(35232, spec.url);
  const replica = withDefaults(spec, spec.url, now);
  checkOptions(replica, clusterType, group, statement);
  return replica;
}

/** Throws 41198, 41197. */
export function withDefaults(spec: ReplicaSpec, url: string, now: Date): Replica {
  if (!spec.availabilityMode) throw sqlError(41198, spec.name);
  if (!spec.failoverMode) throw sqlError(41197, spec.name);
  return {
    id: newGuid(),
    name: spec.name,
    url,
    availabilityMode: spec.availabilityMode,
    failoverMode: spec.failoverMode,
    seedingMode: spec.seedingMode ?? "MANUAL",
    sessionTimeout: spec.sessionTimeout ?? 10,
    backupPriority: spec.backupPriority ?? 50,
    primaryAllowConnections: spec.primaryAllowConnections ?? "ALL",
    secondaryAllowConnections: spec.secondaryAllowConnections ?? "NO",
    created: now,
    modified: now,
  };
}

/** MODIFY REPLICA changes the options that it names. */
export function modified(replica: Replica, spec: ReplicaSpec, now: Date): Replica {
  return {
    ...replica,
    url: spec.url ?? replica.url,
    availabilityMode: spec.availabilityMode ?? replica.availabilityMode,
    failoverMode: spec.failoverMode ?? replica.failoverMode,
    seedingMode: spec.seedingMode ?? replica.seedingMode,
    sessionTimeout: spec.sessionTimeout ?? replica.sessionTimeout,
    backupPriority: spec.backupPriority ?? replica.backupPriority,
    primaryAllowConnections: spec.primaryAllowConnections ?? replica.primaryAllowConnections,
    secondaryAllowConnections: spec.secondaryAllowConnections ?? replica.secondaryAllowConnections,
    modified: now,
  };
}

/** Throws 35214, 35209, 35211, 47101. */
export function checkOptions(
  replica: Replica,
  clusterType: AvailabilityGroup["clusterType"],
  group: string,
  statement: string,
): void {
  const { name, sessionTimeout, backupPriority, availabilityMode, failoverMode } = replica;
  if (sessionTimeout < shortestSessionTimeout) throw sqlError(35214, statement, name, shortestSessionTimeout);
  if (backupPriority < 0 || backupPriority > highestBackupPriority)
    throw sqlError(35209, statement, name, 0, highestBackupPriority);
  if (availabilityMode === "ASYNCHRONOUS_COMMIT" && failoverMode === "AUTOMATIC")
    throw sqlError(35211, statement, name);
  if (clusterType === "none" && failoverMode !== "MANUAL") throw sqlError(47101, group);
}

import type { PartnerState } from "../../network";
import type { Wanted } from "../../tsql/host";
import type { AvailabilityGroup, Replica } from "../model";
import { findByName, goesBy } from "../names";
import type { Server } from "../server";
import { groupsIn } from "./availability-groups";
import { type Coded, type Row, serverState, type View, view } from "./view";

const none: Coded = [null, null];
const online: Coded = [1, "ONLINE"];
const roles = { PRIMARY: [1, "PRIMARY"], SECONDARY: [2, "SECONDARY"] } as const;
export const healths = {
  NOT_HEALTHY: [0, "NOT_HEALTHY"],
  PARTIALLY_HEALTHY: [1, "PARTIALLY_HEALTHY"],
  HEALTHY: [2, "HEALTHY"],
} as const;

/** One replica as this instance sees it. */
interface ReplicaState {
  readonly group: AvailabilityGroup;
  readonly replica: Replica;
  readonly isLocal: boolean;
  readonly role: Coded;
  readonly isConnected: boolean;
  readonly health: Coded;
  readonly lastConnectError?: PartnerState["lastConnectError"];
}

/** The replica of a group that this instance is: by its own name, or in a distributed group by its local group's. */
export function isLocalReplica({ instance }: Server, group: AvailabilityGroup, replica: Replica): boolean {
  if (!group.isDistributed) return goesBy(instance, replica.name);
  return findByName(instance.groups, replica.name)?.isDistributed === false;
}

/** Asks the network about each distributed group, once for a whole view. */
export function partnersOf(
  { instance, network }: Server,
  groups: readonly AvailabilityGroup[],
): Map<AvailabilityGroup, PartnerState> {
  const distributed = groups.filter(({ isDistributed }) => isDistributed);
  return new Map(distributed.map((group) => [group, network.partnerState(instance, group)]));
}

function* replicaStates(server: Server, wanted?: Wanted): Iterable<ReplicaState> {
  const groups = groupsIn(server.instance, wanted);
  const partners = partnersOf(server, groups);
  for (const group of groups) {
    const partner = partners.get(group);
    for (const replica of group.replicas) {
      if (isLocalReplica(server, group, replica)) yield localState(server, group, replica, partner);
      else yield remoteState(group, replica, partner);
    }
  }
}

function localState(
  server: Server,
  group: AvailabilityGroup,
  replica: Replica,
  partner: PartnerState | undefined,
): ReplicaState {
  const health = healths[hasNothingSuspended(server, group) ? secondaryHealth(group, partner) : "NOT_HEALTHY"];
  // "Whether a secondary replica is currently connected to the primary": a secondary shows that of itself.
  const isConnected = group.role === "PRIMARY" || (partner?.connected ?? true);
  return { group, replica, isLocal: true, role: roles[group.role], isConnected, health };
}

const secondaryHealth = ({ role }: AvailabilityGroup, partner: PartnerState | undefined) =>
  role === "SECONDARY" ? (partner?.synchronizationHealth ?? "HEALTHY") : "HEALTHY";

/** Whether no database of the group is suspended here. */
function hasNothingSuspended({ instance }: Server, { isDistributed, replicas, databases }: AvailabilityGroup): boolean {
  const groups = isDistributed ? replicas.flatMap(({ name }) => findByName(instance.groups, name) ?? []) : [];
  const keys = [...databases, ...groups.flatMap((local) => [...local.databases])];
  return keys.every((key) => !instance.databases.get(key)?.isSuspended);
}

/** A replica on a further SQL Server (not in a link) is out of reach in the lab. */
function remoteState(group: AvailabilityGroup, replica: Replica, partner: PartnerState | undefined): ReplicaState {
  const role = partner?.remoteRole ?? (group.role === "PRIMARY" ? "SECONDARY" : "PRIMARY");
  return {
    group,
    replica,
    isLocal: false,
    role: roles[role],
    isConnected: partner?.connected ?? false,
    health: healths[partner?.connected ? partner.synchronizationHealth : "NOT_HEALTHY"],
    lastConnectError: partner?.connected ? undefined : partner?.lastConnectError,
  };
}

function replicaRow({ group, replica, isLocal, role, isConnected, health, lastConnectError }: ReplicaState): Row {
  return {
    replica_id: replica.id,
    group_id: group.id,
    is_local: Number(isLocal),
    role,
    operational_state: isLocal ? [2, "ONLINE"] : none,
    recovery_health: isLocal ? online : none,
    synchronization_health: health,
    connected_state: isConnected ? [1, "CONNECTED"] : [0, "DISCONNECTED"],
    last_connect_error_number: lastConnectError?.number ?? null,
    last_connect_error_description: lastConnectError?.description ?? null,
    last_connect_error_timestamp: lastConnectError?.at ?? null,
  };
}

function clusterRow({ group, replica, isLocal, isConnected }: ReplicaState): Row {
  return {
    replica_id: replica.id,
    replica_server_name: replica.name,
    group_id: group.id,
    join_state: isLocal || isConnected ? [1, "JOINED_STANDALONE_INSTANCE"] : [0, "NOT_JOINED"],
  };
}

function* groupStates(server: Server, wanted?: Wanted): Iterable<Row> {
  const groups = groupsIn(server.instance, wanted);
  const partners = partnersOf(server, groups);
  for (const group of groups) {
    const isPrimary = (replica: Replica) => isLocalReplica(server, group, replica) === (group.role === "PRIMARY");
    yield {
      group_id: group.id,
      primary_replica: group.replicas.find(isPrimary)?.name ?? null,
      primary_recovery_health: group.role === "PRIMARY" ? online : none,
      secondary_recovery_health: group.role === "SECONDARY" ? online : none,
      synchronization_health:
        healths[
          hasNothingSuspended(server, group) ? (partners.get(group)?.synchronizationHealth ?? "HEALTHY") : "NOT_HEALTHY"
        ],
    };
  }
}

export const replicaStateViews: readonly View[] = [
  view(
    "dm_hadr_availability_replica_states",
    `replica_id uniqueidentifier NOT NULL, group_id uniqueidentifier NOT NULL, is_local bit NOT NULL,
    role tinyint CODED, operational_state tinyint CODED, recovery_health tinyint CODED,
    synchronization_health tinyint CODED, connected_state tinyint CODED, last_connect_error_number int,
    last_connect_error_description nvarchar(1024), last_connect_error_timestamp datetime`,
    serverState((server, _session, wanted) => [...replicaStates(server, wanted)].map(replicaRow)),
  ),
  view(
    "dm_hadr_availability_group_states",
    `group_id uniqueidentifier NOT NULL, primary_replica varchar(128), primary_recovery_health tinyint CODED,
    secondary_recovery_health tinyint CODED, synchronization_health tinyint CODED`,
    serverState((server, _session, wanted) => groupStates(server, wanted)),
  ),
  view(
    "dm_hadr_availability_replica_cluster_states",
    `replica_id uniqueidentifier NOT NULL, replica_server_name nvarchar(256) NOT NULL, group_id uniqueidentifier NOT NULL,
    join_state tinyint CODED`,
    serverState((server) => [...replicaStates(server)].map(clusterRow)),
  ),
];

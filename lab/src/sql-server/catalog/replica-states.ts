import type { PartnerState } from "../../network";
import { bit, int, nvarchar } from "../../tsql/types";
import type { AvailabilityGroup, Replica } from "../model";
import { findByName, goesBy } from "../names";
import { requireServerState } from "../permissions";
import type { Server } from "../server";
import { type Coded, datetime, defineView, guid, varchar } from "./view";

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

/** What the network says of each distributed group, asked once for a whole view. */
export function partnersOf({ instance, network }: Server): Map<AvailabilityGroup, PartnerState> {
  const distributed = [...instance.groups.values()].filter(({ isDistributed }) => isDistributed);
  return new Map(distributed.map((group) => [group, network.partnerState(instance, group)]));
}

function* replicaStates(server: Server): Iterable<ReplicaState> {
  const partners = partnersOf(server);
  for (const group of server.instance.groups.values()) {
    const partner = partners.get(group);
    for (const replica of group.replicas) {
      if (isLocalReplica(server, group, replica)) yield localState(group, replica, partner);
      else yield remoteState(group, replica, partner);
    }
  }
}

function localState(group: AvailabilityGroup, replica: Replica, partner: PartnerState | undefined): ReplicaState {
  const health = healths[group.role === "SECONDARY" ? (partner?.synchronizationHealth ?? "HEALTHY") : "HEALTHY"];
  // "Whether a secondary replica is currently connected to the primary": a secondary says it of itself.
  const isConnected = group.role === "PRIMARY" || (partner?.connected ?? true);
  return { group, replica, isLocal: true, role: roles[group.role], isConnected, health };
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

export const availabilityReplicaStates = defineView<ReplicaState>(
  ({ required, optional, coded }) => [
    required("replica_id", guid, ({ replica }) => replica.id),
    required("group_id", guid, ({ group }) => group.id),
    required("is_local", bit, ({ isLocal }) => Number(isLocal)),
    ...coded("role", ({ role }) => role),
    ...coded("operational_state", ({ isLocal }) => (isLocal ? [2, "ONLINE"] : none)),
    ...coded("recovery_health", ({ isLocal }) => (isLocal ? online : none)),
    ...coded("synchronization_health", ({ health }) => health),
    ...coded("connected_state", ({ isConnected }) => (isConnected ? [1, "CONNECTED"] : [0, "DISCONNECTED"])),
    optional("last_connect_error_number", int, ({ lastConnectError }) => lastConnectError?.number ?? null),
    optional(
      "last_connect_error_description",
      nvarchar(1024),
      ({ lastConnectError }) => lastConnectError?.description ?? null,
    ),
    optional("last_connect_error_timestamp", datetime, ({ lastConnectError }) => lastConnectError?.at ?? null),
  ],
  (server, session) => {
    requireServerState(server, session);
    return replicaStates(server);
  },
);

interface GroupState {
  readonly group: AvailabilityGroup;
  readonly primary: string | null;
  readonly health: Coded;
}

function* groupStates(server: Server): Iterable<GroupState> {
  const partners = partnersOf(server);
  for (const group of server.instance.groups.values()) {
    const isPrimary = (replica: Replica) => isLocalReplica(server, group, replica) === (group.role === "PRIMARY");
    yield {
      group,
      primary: group.replicas.find(isPrimary)?.name ?? null,
      health: healths[partners.get(group)?.synchronizationHealth ?? "HEALTHY"],
    };
  }
}

export const availabilityGroupStates = defineView<GroupState>(
  ({ required, optional, coded }) => [
    required("group_id", guid, ({ group }) => group.id),
    optional("primary_replica", varchar(128), ({ primary }) => primary),
    ...coded("primary_recovery_health", ({ group }) => (group.role === "PRIMARY" ? online : none)),
    ...coded("secondary_recovery_health", ({ group }) => (group.role === "SECONDARY" ? online : none)),
    ...coded("synchronization_health", ({ health }) => health),
  ],
  (server, session) => {
    requireServerState(server, session);
    return groupStates(server);
  },
);

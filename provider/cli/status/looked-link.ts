import { sameName } from "../../arguments/names";
import { linkedDatabase } from "../../resources/instance-link/link-state";
import type { CopyState, ReplicaState } from "../../sql-server/catalog/replica-states";
import type { Link } from "./both-sides";
import type { LinkStatus } from "./status-data";

/** A link with what both sides say of its connection and of its databases. */
export interface Looked extends Link {
  readonly serverName: string;
  readonly instanceLabel: string;
  /** Of the partner, or of this side where that is the secondary: it tells whether the two are connected. */
  readonly partner?: ReplicaState;
  readonly own?: ReplicaState;
  readonly copies: readonly CopyState[];
  readonly connected?: boolean;
  readonly primary?: LinkStatus["primary"];
}

export function looked(link: Link): Looked {
  const { server, distributed, ours, local, instance, instanceName, arm } = link;
  const states =
    server?.replicas?.filter(({ groupName }) => distributed && sameName(groupName, distributed.name)) ?? [];
  const own = states.find(({ isLocal }) => isLocal);
  // A secondary does not see the primary: its own row tells whether it is connected.
  const partner = own?.role === "SECONDARY" ? own : states.find(({ isLocal }) => !isLocal);
  const others = distributed?.replicas.filter(({ name }) => !ours || !sameName(name, ours.name)) ?? [];
  const isOfLink = ({ replicaName, databaseName }: CopyState) =>
    others.some(({ name }) => sameName(name, replicaName)) ||
    server?.databases?.some(
      (database) =>
        local !== undefined &&
        sameName(database.groupName, local.name) &&
        databaseName !== null &&
        sameName(database.databaseName, databaseName),
    ) === true;
  const connections = [partner?.connectedState, arm && linkedDatabase(arm)?.connectedState].flatMap(
    (state) => state ?? [],
  );
  return {
    ...link,
    serverName: server?.server?.instance.name ?? server?.address ?? "SQL Server",
    instanceLabel: instance?.name ?? instanceName ?? "(unknown)",
    own,
    partner,
    copies: distributed ? (server?.copies?.filter(isOfLink) ?? []) : [],
    connected: connections.length === 0 ? undefined : connections.every((state) => state === "CONNECTED"),
    primary: primaryOf(own?.role, arm?.properties.instanceLinkRole),
  };
}

function primaryOf(onServer: string | null | undefined, inAzure: string | undefined): LinkStatus["primary"] {
  if (onServer === "PRIMARY" && inAzure === "Primary") return "both";
  if (onServer === "SECONDARY" && inAzure === "Secondary") return "neither";
  if (onServer === "PRIMARY" || (!onServer && inAzure === "Secondary")) return "SQL Server";
  return onServer === "SECONDARY" || inAzure === "Primary" ? "managed instance" : undefined;
}

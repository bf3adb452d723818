import type { RoleChange } from "../../network";
import { sqlError } from "../../tsql/messages";
import type { AvailabilityGroup } from "../model";
import { labRefusal } from "../refusals";
import type { Server } from "../server";
import { supportsPlannedFailover } from "../versions";
import { linksOver } from "./group-checks";

/**
 * Carries out FAILOVER, FORCE_FAILOVER_ALLOW_DATA_LOSS and SET (ROLE = SECONDARY) of a distributed group. Unlike a
 * group between two SQL Servers, a link fails over from its primary. Throws 47122, 19504, 47517, 41122, 47511, 47513,
 * 47514.
 */
export async function changeRole(server: Server, group: AvailabilityGroup, change: RoleChange): Promise<void> {
  const { instance, network } = server;
  if (!group.isDistributed) {
    if (group.clusterType === "none" && change === "failover") throw sqlError(47122, group.name);
    throw labRefusal(
      `the roles of availability group '${group.name}' do not change: it has no other replica in the lab`,
    );
  }
  if (change === "failover") {
    if (instance.kind === "sqlServer" && !supportsPlannedFailover(instance.version)) throw sqlError(19504, group.name);
    if (group.role !== "PRIMARY") throw sqlError(47517);
    if (!linksOver(instance, group.replicas[0]?.name ?? "").includes(group)) throw sqlError(47511, group.name);
  }
  if (change === "forceFailoverAllowDataLoss" && group.role === "PRIMARY") throw sqlError(41122, group.name);
  await network.changeRole(instance, group, change);
}

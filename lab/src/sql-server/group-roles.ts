import type { AvailabilityGroup, Database, Instance } from "./model";
import { findByName } from "./names";

/** The local group under a distributed one, on the instance that both are on. */
function localGroupUnder({ groups }: Instance, { replicas }: AvailabilityGroup): AvailabilityGroup | undefined {
  for (const { name } of replicas) {
    const group = findByName(groups, name);
    if (group && !group.isDistributed) return group;
  }
  return undefined;
}

/**
 * Changes the role of one side of a distributed group, and whether its databases can be written to. On SQL Server the
 * local group has its primary here all the same: the forwarder.
 */
export function setRole(instance: Instance, distributed: AvailabilityGroup, role: AvailabilityGroup["role"]): void {
  distributed.role = role;
  const local = localGroupUnder(instance, distributed);
  if (local && instance.kind === "managedInstance") local.role = role;
  for (const database of databasesOf(instance, local)) database.isReadOnly = role === "SECONDARY";
}

function databasesOf({ databases }: Instance, group: AvailabilityGroup | undefined): readonly Database[] {
  return [...(group?.databases ?? [])].flatMap((key) => databases.get(key) ?? []);
}

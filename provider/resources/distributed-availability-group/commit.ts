import { findGroup, type Group } from "../../sql-server/catalog/groups";
import type { Sql } from "../../sql-server/connection";
import { type Statement, sql } from "../../sql-server/tsql";

/** A link begins with the first. */
export const modes = ["ASYNCHRONOUS_COMMIT", "SYNCHRONOUS_COMMIT"] as const;

export type AvailabilityMode = (typeof modes)[number];

/** The changes that give both members the mode, which both need; none where they have it. */
export function commitMode({ replicas }: Group, mode: AvailabilityMode): Statement[] {
  if (replicas.every(({ availabilityMode }) => availabilityMode === mode)) return [];
  const option = mode === "SYNCHRONOUS_COMMIT" ? sql`SYNCHRONOUS_COMMIT` : sql`ASYNCHRONOUS_COMMIT`;
  return [sql.list(replicas.map(({ name }) => sql`${sql.string(name)} WITH (AVAILABILITY_MODE = ${option})`))];
}

/** Gives SQL Server's half of a connected link the mode. Does nothing where the group is not there. */
export async function commit(server: Sql, groupName: string, mode: AvailabilityMode): Promise<void> {
  const group = await findGroup(server, groupName);
  if (!group?.isDistributed) return;
  for (const change of commitMode(group, mode)) {
    await server.change(
      `give the distributed availability group ${groupName} the mode ${mode}`,
      sql`ALTER AVAILABILITY GROUP ${sql.identifier(groupName)} MODIFY AVAILABILITY GROUP ON ${change}`,
      async () => false,
    );
  }
}

import { pause } from "../../errors/interrupted";
import { VisibleError } from "../../errors/visible-error";
import type { Sql } from "../connection";
import { sql } from "../tsql";

/** A distributed group that is connected with its other side: a live link. No change may take it down as a side effect. */
export interface ConnectedGroup {
  readonly name: string;
  readonly localGroupName: string;
  /** Where the other side finds this instance. */
  readonly localUrl: string;
}

/** Reads the row of the secondary, on whichever side that is: it tells whether it is connected to the primary. */
export async function connectedGroups(server: Sql): Promise<ConnectedGroup[]> {
  return await server.query<ConnectedGroup>(
    "look for connected distributed availability groups",
    sql`SELECT g.name, r.replica_server_name AS localGroupName, r.endpoint_url AS localUrl
    FROM sys.availability_groups g
    JOIN sys.dm_hadr_availability_replica_states s ON s.group_id = g.group_id
    JOIN sys.dm_hadr_availability_replica_states l ON l.group_id = g.group_id AND l.is_local = 1
    JOIN sys.availability_replicas r ON r.replica_id = l.replica_id
    WHERE g.is_distributed = 1 AND s.role_desc = 'SECONDARY' AND s.connected_state_desc = 'CONNECTED'`,
  );
}

/**
 * How to get another port or address. Azure never changes the address of a link, so the link has to be made again; and as a
 * run changes endpoint and groups before the link, the old link has to be gone in a run before.
 */
export const moveLink =
  'a link keeps its address for good, so it has to go first: (1) set databaseOnDelete: "Delete" on the link (InstanceLink or ManagedInstanceLink) and run pulumi up; (2) take the link out of the program and run pulumi up, which deletes it and its copy on the managed instance (or, for this one run, pulumi destroy --target <urn of the link> --target-dependents); (3) make the change, put the link back, and run pulumi up: the database is copied again from the start.';

/** Refuses a change of this instance's port or address that would take live links down and leave them so. */
export function refuseToMove(server: Sql, change: string, connected: readonly ConnectedGroup[]): void {
  if (connected.length === 0) return;
  throw new VisibleError(
    {
      doing: `${change} on ${server.instance.name} (${server.address})`,
      said: connected.map(
        ({ name, localUrl }) => `the distributed availability group ${name} is connected, over ${localUrl}`,
      ),
      cause: "the change would disconnect a link that works, for good. Nothing was changed.",
      remedy: moveLink,
    },
    ["LinkIsConnected"],
  );
}

/** SESSION_TIMEOUT of 20 seconds, when this side knows at the latest that the other one is gone, and five more. */
const disconnectionSeconds = 25;

/** The groups that stay connected for longer than a link that has just been deleted may look so. */
export async function stillConnected(
  server: Sql,
  doing: string,
  signal: AbortSignal,
  isMeant: (group: ConnectedGroup) => boolean,
): Promise<ConnectedGroup[]> {
  const start = performance.now();
  for (;;) {
    const connected = (await connectedGroups(server)).filter(isMeant);
    if (connected.length === 0 || performance.now() - start >= disconnectionSeconds * 1000) return connected;
    await pause(500, doing, signal);
  }
}

/** Refuses to drop a group while a link over it is connected: the link goes first. */
export async function requireNoLink(
  server: Sql,
  doing: string,
  signal: AbortSignal,
  isOver: (group: ConnectedGroup) => boolean,
): Promise<void> {
  const [connected] = await stillConnected(server, doing, signal, isOver);
  if (!connected) return;
  throw new VisibleError(
    {
      doing: `${doing} on ${server.instance.name} (${server.address})`,
      said: [`the distributed availability group ${connected.name} is connected to its managed instance`],
      cause: "a link still uses it: another stack's; or this program's, which does not say that it is built on it.",
      remedy:
        "nothing was dropped. Delete the link first; in the program, pass the groups' names on as outputs (linkName: distributedGroup.groupName, localGroupName: group.groupName), so that link and groups go in the right order.",
    },
    ["LinkIsConnected"],
  );
}

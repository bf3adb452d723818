import { type Existing, existing, nextLine } from "../errors/existing";
import { VisibleError } from "../errors/visible-error";
import type { Sql } from "./connection";
import type { Obstacle } from "./obstacle";
import { sql } from "./tsql";

const on = (server: Sql): string => `on ${server.instance.name} (${server.address})`;

/** The refusal to touch an object of the name that exists already, outside the resource's state. */
export function alreadyExists(server: Sql, doing: string, found: string, what: Existing, code: number): VisibleError {
  return new VisibleError({ doing: `${doing} ${on(server)}`, said: [found], ...existing(what) }, [code]);
}

/** Statements that show who uses an object, for whoever wants to remove it by hand. */
export const lookAt = {
  group: (name: string): string =>
    sql`SELECT r.replica_server_name, r.endpoint_url, s.connected_state_desc, d.database_name FROM sys.availability_groups g JOIN sys.availability_replicas r ON r.group_id = g.group_id LEFT JOIN sys.dm_hadr_availability_replica_states s ON s.replica_id = r.replica_id LEFT JOIN sys.availability_databases_cluster d ON d.group_id = g.group_id WHERE g.name = ${sql.string(name)}`
      .text,
  /** Shows the URLs of all groups: all use the one endpoint, and a certificate of a managed instance has the host in them as its name. */
  groupUrls:
    "SELECT g.name, r.endpoint_url FROM sys.availability_groups g JOIN sys.availability_replicas r ON r.group_id = g.group_id",
  certificate: (name: string): string =>
    sql`SELECT e.name FROM sys.database_mirroring_endpoints e JOIN sys.certificates c ON c.certificate_id = e.certificate_id WHERE c.name = ${sql.string(name)}`
      .text,
};

/** The error for an object that was made a moment ago and is not there. */
export function vanished(server: Sql, what: string): VisibleError {
  return new VisibleError({
    doing: `find ${what} ${on(server)} after it was made`,
    cause: "somebody dropped it meanwhile.",
    remedy: "run pulumi refresh, then pulumi up.",
  });
}

/** The warning that something was not dropped as something else still uses it. `remedy`: the statement that drops it later. */
export function kept(server: Sql, what: string, users: readonly string[], remedy: string): string {
  return `Kept ${what} ${on(server)}: ${users.join(", ")} still ${users.length === 1 ? "needs" : "need"} it. This stack does not know it any more; once nothing needs it, remove it by hand: ${remedy}`;
}

/** Refuses with all obstacles at once. */
export function requireNoObstacle(server: Sql, doing: string, obstacles: readonly Obstacle[]): void {
  if (obstacles.length > 0) throw hindered(server, doing, obstacles);
}

/** The refusal with all obstacles at once. */
export function hindered(server: Sql, doing: string, obstacles: readonly Obstacle[]): VisibleError {
  return new VisibleError(
    {
      doing: `${doing} ${on(server)}`,
      cause: [
        `${obstacles.map(({ problem }) => problem).join("; ")}.`,
        ...new Set(obstacles.flatMap(({ cause }) => cause ?? [])),
      ].join(" "),
      remedy: [...new Set(obstacles.map(({ remedy }) => remedy))].join(nextLine),
    },
    obstacles.map(({ code }) => code),
  );
}

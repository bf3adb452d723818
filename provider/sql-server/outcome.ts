import { VisibleError } from "../errors/visible-error";
import type { Sql } from "./connection";

const on = (server: Sql): string => `on ${server.instance.name} (${server.address})`;

/** Something of that name is there and was not made by this stack: it is left alone. */
export function alreadyExists(
  server: Sql,
  doing: string,
  found: string,
  cause: string,
  remedy: string,
  code: number,
): VisibleError {
  return new VisibleError({ doing: `${doing} ${on(server)}`, said: [found], cause, remedy }, [code]);
}

/** It was made a moment ago and is not there. */
export function vanished(server: Sql, what: string): VisibleError {
  return new VisibleError({
    doing: `find ${what} ${on(server)} after it was made`,
    cause: "somebody dropped it meanwhile.",
    remedy: "run pulumi refresh, then pulumi up.",
  });
}

/** Said instead of dropping what something else still uses. `remedy` is how it is removed later. */
export function kept(server: Sql, what: string, users: readonly string[], remedy: string): string {
  return `Kept ${what} ${on(server)}: ${users.join(", ")} still ${users.length === 1 ? "needs" : "need"} it. This stack does not know it any more; once nothing needs it, remove it by hand: ${remedy}`;
}

/** One thing that stands in the way of a change, found before anything is touched. */
export interface Obstacle {
  /** The number that SQL Server would answer with, or a word where it has none. */
  readonly code: number | string;
  readonly problem: string;
  readonly remedy: string;
}

/** Refuses with all obstacles at once. */
export function requireNoObstacle(server: Sql, doing: string, obstacles: readonly Obstacle[]): void {
  if (obstacles.length === 0) return;
  throw new VisibleError(
    {
      doing: `${doing} ${on(server)}`,
      cause: `${obstacles.map(({ problem }) => problem).join("; ")}.`,
      remedy: [...new Set(obstacles.map(({ remedy }) => remedy))].join("\n              "),
    },
    obstacles.map(({ code }) => code),
  );
}

import type { Code } from "../errors/codes";
import { type Existing, existing } from "../errors/existing";
import type { Statement } from "./tsql";

/** One thing that stands in the way of a change, found before anything is touched. */
export interface Obstacle {
  /** The number that SQL Server would answer with, or a word where it has none. */
  readonly code: Code;
  readonly problem: string;
  /** The likely cause, in whole sentences. */
  readonly cause?: string;
  readonly remedy: string;
  /** The same as what is run, where T-SQL is all there is to it but for what comes `afterwards`. */
  readonly statements?: readonly Statement[];
  readonly afterwards?: string;
}

/** The remedy by T-SQL: as a message has it, and as what is run. */
export const byRunning = (
  words: string,
  ...statements: readonly Statement[]
): Pick<Obstacle, "remedy" | "statements"> => ({
  remedy: `${words}${statements.map(({ text }) => text).join("; ")}`,
  statements,
});

/** The obstacle that an object of the name exists already. Where it is the only one: `alreadyExists`. */
export function existingObstacle(problem: string, what: Existing, code: number): Obstacle {
  const { cause, remedy } = existing({ because: "It stays as it is.", ...what });
  return { code, problem, cause, remedy };
}

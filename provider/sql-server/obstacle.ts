import type { Code } from "../errors/codes";
import { type Existing, existing } from "../errors/existing";

/** One thing that stands in the way of a change, found before anything is touched. */
export interface Obstacle {
  /** The number that SQL Server would answer with, or a word where it has none. */
  readonly code: Code;
  readonly problem: string;
  /** What may have led there, whole sentences. */
  readonly cause?: string;
  readonly remedy: string;
}

/** Something of that name is there already: see `alreadyExists`, for one that stands alone. */
export function existingObstacle(problem: string, what: Existing, code: number): Obstacle {
  const { cause, remedy } = existing({ because: "It stays as it is.", ...what });
  return { code, problem, cause, remedy };
}

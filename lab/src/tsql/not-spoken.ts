import { SqlError } from "./messages";

/** The one error for what is outside the lab's boundary. `[lab]` tells it from the server's own. */
export function notSpoken(what: string): SqlError {
  return new SqlError(50000, 16, `[lab] ${what} is not spoken here: lab/README.md, "The boundary", says what is.`);
}

/** System procedures outside the boundary; without this list the lab would say that they do not exist (2812). */
const procedures = /^sp_(bindefault|bindrule|cursor\w*|rename|recompile|refreshview|settriggerorder)$/i;

export const isSpokenProcedure = (name: string): boolean => !procedures.test(name);

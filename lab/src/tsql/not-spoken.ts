import { SqlError } from "./messages";

/** What is outside the lab's boundary: never to be taken for the server's own words. */
export function notSpoken(what: string): SqlError {
  return new SqlError(50000, 16, `[lab] ${what} is not spoken here: lab/README.md, "The boundary", says what is.`);
}

/** System procedures that the lab would otherwise have to say it never heard of. */
const procedures = /^sp_(bindefault|bindrule|cursor\w*|rename|recompile|refreshview|settriggerorder)$/i;

export const isSpokenProcedure = (name: string): boolean => !procedures.test(name);

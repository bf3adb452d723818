import { SqlError } from "../messages";

/** What is outside the lab's boundary: never to be taken for the server's own words. */
export function notSpoken(what: string): SqlError {
  return new SqlError(50000, 16, `[lab] ${what} is not spoken here: lab/README.md, "The boundary", says what is.`);
}

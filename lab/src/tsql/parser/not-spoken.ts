import { SqlError } from "../messages";

/** What is beyond the lab's language: always the same error, which names it and says where the boundary is written. */
export const notSpoken = (what: string): SqlError =>
  new SqlError(50000, 16, `[lab] Not spoken here: ${what}. See "The boundary" in lab/README.md.`);

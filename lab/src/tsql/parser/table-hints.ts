import { sqlError } from "../messages";
import { notSpoken } from "../not-spoken";
import type { Cursor } from "./cursor";

/** https://learn.microsoft.com/sql/t-sql/queries/hints-transact-sql-table */
const hints: ReadonlySet<string> = new Set(
  `FORCESCAN FORCESEEK HOLDLOCK IGNORE_CONSTRAINTS IGNORE_TRIGGERS INDEX KEEPDEFAULTS KEEPIDENTITY NOEXPAND NOLOCK NOWAIT
  PAGLOCK READCOMMITTED READCOMMITTEDLOCK READPAST READUNCOMMITTED REPEATABLEREAD ROWLOCK SERIALIZABLE SNAPSHOT
  SPATIAL_WINDOW_MAX_CELLS TABLOCK TABLOCKX UPDLOCK XLOCK`.split(/\s+/),
);

const spoken = ["NOLOCK", "READUNCOMMITTED", "READCOMMITTED"];

export const startsHints = (cursor: Cursor, ahead = 0): boolean =>
  cursor.peek(ahead).keyword === "(" &&
  hints.has(cursor.peek(ahead + 1).keyword) &&
  [")", ","].includes(cursor.peek(ahead + 2).keyword);

/** Parses WITH (NOLOCK), or (NOLOCK) as older scripts have it, which also leave out the commas between hints. */
export function tableHints(cursor: Cursor): string[] {
  // A view's definition may end with WITH CHECK OPTION.
  if (cursor.at("WITH", "CHECK") || !(startsHints(cursor) || cursor.accept("WITH"))) return [];
  // A common table expression may be meant, which would need a semicolon before it.
  if (!cursor.accept("(")) cursor.raise(sqlError(336, cursor.peek().text));
  const found = [tableHint(cursor)];
  while (!cursor.accept(")")) {
    cursor.accept(",");
    found.push(tableHint(cursor));
  }
  return found;
}

function tableHint(cursor: Cursor): string {
  const token = cursor.peek();
  if (token.kind !== "word") cursor.fail();
  if (!hints.has(token.keyword)) cursor.raise(sqlError(321, token.text));
  if (!spoken.includes(token.keyword)) cursor.raise(notSpoken(`The table hint ${token.keyword}`));
  return cursor.next().keyword;
}

import { sqlError } from "../messages";
import { notSpoken } from "../not-spoken";
import type { Window } from "../syntax/query";
import { type Cursor, list } from "./cursor";
import { expression, orderBy } from "./expression";

const rankings: ReadonlySet<string> = new Set(["ROW_NUMBER", "RANK", "DENSE_RANK", "NTILE"]);

/** OVER (PARTITION BY ... ORDER BY ...) behind a call that ranks rows. */
export function windowOf(cursor: Cursor, name: string): Window | undefined {
  if (!cursor.accept("OVER")) return undefined;
  if (!rankings.has(name)) cursor.raise(notSpoken(`${name} with OVER`));
  cursor.expect("(");
  const partitionBy = cursor.accept("PARTITION", "BY") ? list(cursor, () => expression(cursor)) : [];
  const ordering = cursor.at("ORDER") ? orderBy(cursor) : [];
  // 10752: what ranks rows takes no frame of them.
  if (cursor.at("ROWS") || cursor.at("RANGE")) cursor.raise(sqlError(10752, name));
  cursor.expect(")");
  return { partitionBy, orderBy: ordering };
}

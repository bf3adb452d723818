import type { Call, FrameBound, Window } from "../syntax";
import { type Cursor, integerLiteral, list } from "./cursor";
import { expression, orderBy } from "./expression";

/** [IGNORE NULLS | RESPECT NULLS] OVER (PARTITION BY ... ORDER BY ... ROWS ...) behind a call. */
export function windowOf(cursor: Cursor): Pick<Call, "over" | "ignoresNulls"> {
  const ignoresNulls = cursor.accept("IGNORE", "NULLS");
  if (!ignoresNulls) cursor.accept("RESPECT", "NULLS");
  if (!cursor.accept("OVER")) return {};
  cursor.expect("(");
  const partitionBy = cursor.accept("PARTITION", "BY") ? list(cursor, () => expression(cursor)) : [];
  const ordering = cursor.at("ORDER") ? orderBy(cursor) : [];
  const frame = frameOf(cursor);
  cursor.expect(")");
  return { over: { partitionBy, orderBy: ordering, frame }, ignoresNulls };
}

function frameOf(cursor: Cursor): Window["frame"] {
  const unit = cursor.accept("ROWS") ? "rows" : cursor.accept("RANGE") ? "range" : undefined;
  if (!unit) return undefined;
  if (!cursor.accept("BETWEEN")) return { unit, from: bound(cursor), to: 0 };
  const from = bound(cursor);
  cursor.expect("AND");
  return { unit, from, to: bound(cursor) };
}

function bound(cursor: Cursor): FrameBound {
  if (cursor.accept("CURRENT", "ROW")) return 0;
  if (cursor.accept("UNBOUNDED"))
    return cursor.choose("PRECEDING", "FOLLOWING") === "PRECEDING" ? "unboundedPreceding" : "unboundedFollowing";
  const count = integerLiteral(cursor);
  return cursor.choose("PRECEDING", "FOLLOWING") === "PRECEDING" ? -count : count;
}

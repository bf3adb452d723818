import { notSpoken } from "../not-spoken";
import type { Expression } from "../syntax/query";
import { type Cursor, list } from "./cursor";
import { expression } from "./expression";

const severalGroupings: readonly (readonly string[])[] = [
  ["ROLLUP", "("],
  ["CUBE", "("],
  ["GROUPING", "SETS"],
];

export function groupByClause(cursor: Cursor): Expression[] {
  if (!cursor.accept("GROUP", "BY")) return [];
  const groupBy = list(cursor, () => {
    const several = severalGroupings.find((words) => cursor.at(...words));
    return several ? refused(cursor, several) : expression(cursor);
  });
  const after = severalGroupings.find(([word = ""]) => cursor.at("WITH", word));
  return after ? refused(cursor, ["WITH", ...after]) : groupBy;
}

const refused = (cursor: Cursor, words: readonly string[]): never =>
  cursor.raise(notSpoken(words.filter((word) => word !== "(").join(" ")));

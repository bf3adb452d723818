import type { Expression, Select } from "../syntax";
import { type Cursor, list, parenthesizedList } from "./cursor";
import { expression } from "./expression";

type Sets = readonly (readonly Expression[])[];

/** GROUP BY expressions, ROLLUP, CUBE, GROUPING SETS, or the older WITH ROLLUP and WITH CUBE. */
export function groupByClause(cursor: Cursor): Pick<Select, "groupBy" | "groupingSets"> {
  if (!cursor.accept("GROUP", "BY")) return { groupBy: [] };
  cursor.accept("ALL");
  const elements = list(cursor, () => element(cursor));
  let sets = elements.reduce<Sets>((left, right) => left.flatMap((a) => right.map((b) => [...a, ...b])), [[]]);
  if (cursor.accept("WITH", "ROLLUP")) sets = rollup(sets.flat().map((item) => [item]));
  else if (cursor.accept("WITH", "CUBE")) sets = cube(sets.flat().map((item) => [item]));
  else if (elements.every((element) => element.length === 1 && element[0]?.length === 1))
    return { groupBy: sets.flat() };
  const texts = new Map<string, number>();
  const groupBy: Expression[] = [];
  const position = (item: Expression): number => {
    const text = JSON.stringify(item, (_, value: unknown) =>
      typeof value === "bigint" ? `${value}n` : value,
    ).toLowerCase();
    const known = texts.get(text) ?? groupBy.push(item) - 1;
    texts.set(text, known);
    return known;
  };
  const groupingSets = sets.map((set) => [...new Set(set.map(position))]);
  return { groupBy, groupingSets };
}

function element(cursor: Cursor): Sets {
  if (cursor.at("ROLLUP", "(")) return rollup(composites(cursor));
  if (cursor.at("CUBE", "(")) return cube(composites(cursor));
  if (cursor.accept("GROUPING", "SETS")) return parenthesizedList(cursor, () => element(cursor)).flat();
  return [composite(cursor)];
}

function composites(cursor: Cursor): Expression[][] {
  cursor.next();
  return parenthesizedList(cursor, () => composite(cursor));
}

/** `a`, `(a, b)` or `()`: what is grouped by together. */
function composite(cursor: Cursor): Expression[] {
  if (cursor.accept("(", ")")) return [];
  return startsList(cursor) ? parenthesizedList(cursor, () => expression(cursor)) : [expression(cursor)];
}

/** A comma inside of the parenthesis, or nothing but a name. */
function startsList(cursor: Cursor): boolean {
  if (!cursor.at("(")) return false;
  for (let ahead = 1, depth = 1; cursor.peek(ahead).kind !== "end"; ahead++) {
    const { keyword } = cursor.peek(ahead);
    if (keyword === "(") depth++;
    if (keyword === ")" && --depth === 0) return ahead === 2;
    if (keyword === "," && depth === 1) return true;
  }
  return false;
}

const rollup = (items: Sets): Sets => [...items.map((_, at) => items.slice(0, items.length - at).flat()), []];
function cube(items: Sets): Sets {
  let sets: Sets = [[]];
  for (const item of [...items].reverse()) sets = [...sets.map((set) => [...item, ...set]), ...sets];
  return sets;
}

import type { Condition } from "../syntax/query";
import type { SqlValue } from "../types";
import { familyOf } from "../values/type-rules";
import { bind } from "./bind";
import { conjuncts, position } from "./equijoin";
import type { Frame, Scope } from "./scope";
import type { Wanted } from "./source";

/** Finds the `column = value` in WHERE, so that a catalog view need not show all of its rows. */
export function wantedBy(where: Condition | undefined, scope: Scope): (outer: Frame | undefined) => Wanted {
  const found = where ? conjuncts(where).flatMap((part) => equality(part, scope)) : [];
  return (outer) => new Map(found.map(([column, value]) => [column, value(outer)]));
}

/** Only names and ids count: whether two of them are equal does not depend on their types' lengths. */
function equality(condition: Condition, scope: Scope): [number, (outer: Frame | undefined) => SqlValue][] {
  if (condition.kind !== "compare" || condition.operator !== "=") return [];
  const { left, right } = condition;
  const column = position(left, scope);
  const isOuter = right.kind === "column" && position(right, scope) === undefined;
  if (column === undefined || !(isOuter || right.kind === "literal" || right.kind === "variable")) return [];
  const [one, other] = [bind(left, scope), bind(right, scope)];
  const family = familyOf(one.type);
  const isAlike = ["character", "guid"].includes(family) && familyOf(other.type) === family;
  return isAlike ? [[column, (outer) => other.value({ row: [], outer })]] : [];
}

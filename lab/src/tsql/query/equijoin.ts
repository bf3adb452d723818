import type { Condition, Expression } from "../syntax/query";
import type { SqlType, SqlValue } from "../types";
import { fold } from "../values/collation";
import { familyOf } from "../values/type-rules";
import { resolveColumn, type Scope } from "./scope";
import type { Wanted } from "./source";

type Row = readonly SqlValue[];

/** The rows of the right table that can stand beside a row of the left one. */
export type Candidates = (left: Row) => readonly Row[];

interface Equijoin {
  among(right: readonly Row[]): Candidates;
  /** The one value that these rows of the left table need in the right one; undefined if they need several. */
  wanted(left: readonly Row[]): Wanted | undefined;
}

/** Finds a.x = b.y in ON and groups the right table's rows by y, so that only equal ones are looked at. */
export function equijoin(on: Condition | undefined, scope: Scope, leftWidth: number): Equijoin | undefined {
  const pair =
    on &&
    conjuncts(on)
      .map((part) => columnPair(part, scope, leftWidth))
      .find((found) => found);
  if (!pair) return undefined;
  const among = (right: readonly Row[]): Candidates => {
    const buckets = new Map<string | bigint, Row[]>();
    for (const row of right) {
      const key = pair.key(row[pair.right - leftWidth] ?? null);
      if (key === undefined) continue;
      const bucket = buckets.get(key);
      if (bucket) bucket.push(row);
      else buckets.set(key, [row]);
    }
    return (left) => {
      const key = pair.key(left[pair.left] ?? null);
      return (key === undefined ? undefined : buckets.get(key)) ?? [];
    };
  };
  return {
    among,
    wanted(left) {
      const value = left[0]?.[pair.left] ?? null;
      const key = pair.key(value);
      const isOne = key !== undefined && left.every((row) => pair.key(row[pair.left] ?? null) === key);
      return isOne ? new Map([[pair.right - leftWidth, value]]) : undefined;
    },
  };
}

export function conjuncts(condition: Condition): readonly Condition[] {
  return condition.kind === "and" ? condition.operands.flatMap(conjuncts) : [condition];
}

interface Pair {
  readonly left: number;
  readonly right: number;
  /** Gives equal values equal keys; undefined for NULL, which equals nothing. */
  readonly key: (value: SqlValue) => string | bigint | undefined;
}

function columnPair(condition: Condition, scope: Scope, leftWidth: number): Pair | undefined {
  if (condition.kind !== "compare" || condition.operator !== "=") return undefined;
  const [one, other] = [position(condition.left, scope), position(condition.right, scope)];
  if (one === undefined || other === undefined || one < leftWidth === other < leftWidth) return undefined;
  const [left, right] = one < leftWidth ? [one, other] : [other, one];
  const key = keyFor(scope, left, right);
  return key && { left, right, key };
}

export function position(expression: Expression, scope: Scope): number | undefined {
  if (expression.kind !== "column") return undefined;
  const { level, index } = resolveColumn(scope, expression.parts);
  return level === 0 ? index : undefined;
}

/** A key is used only where equal values are sure to have equal keys; the condition is evaluated in any case. */
function keyFor({ columns }: Scope, left: number, right: number): Pair["key"] | undefined {
  const [a, b] = [columns[left], columns[right]];
  if (!a || !b) return undefined;
  const [one, other] = [familyOf(a.type), familyOf(b.type)];
  if (one !== other) return undefined;
  if (one === "integer")
    return (value) => (typeof value === "number" || typeof value === "bigint" ? BigInt(value) : undefined);
  if (one === "character" || one === "guid") return (value) => (value === null ? undefined : fold(String(value)));
  return one === "decimal" && sameType(a.type, b.type)
    ? (value) => (typeof value === "bigint" ? value : undefined)
    : undefined;
}

const sameType = (a: SqlType, b: SqlType): boolean => JSON.stringify(a) === JSON.stringify(b);

import { SqlError } from "../messages";
import type { Condition, Expression } from "../syntax";
import type { SqlType, SqlValue } from "../types";
import { convertValue } from "../values/convert";
import { familyOf } from "../values/type-rules";
import { bind } from "./bind";
import type { Source } from "./from";
import { type Bound, type Frame, resolveColumn, type Scope } from "./scope";

type Rows = (outer: Frame | undefined) => Iterable<readonly SqlValue[]>;

/** All rows that the condition could be true of: where it asks for a whole unique key, one row instead of all. */
export function candidateRows(source: Source, where: Condition | undefined, scope: Scope): Rows {
  const all: Rows = (outer) => source.rows(outer);
  if (!where || !source.keys || source.keys.length === 0) return all;
  const wanted = new Map(conjuncts(where).flatMap((part) => equalityOf(part, scope)));
  for (const key of source.keys) {
    const values = key.positions.map((position) => wanted.get(position));
    if (values.length === 0 || !values.every((value) => value !== undefined)) continue;
    const types = key.positions.map((position) => scope.columns[position]?.type);
    return (outer) => {
      const found = values.map((value, index) => sought(value, types[index], outer));
      if (found.includes(null)) return [];
      return found.includes(undefined) ? source.rows(outer) : key.find(found.map((value) => value ?? null));
    };
  }
  return all;
}

function conjuncts(condition: Condition): readonly Condition[] {
  return condition.kind === "and" ? condition.operands.flatMap(conjuncts) : [condition];
}

/** `column = value` either way round, where the value does not depend on the row. */
function equalityOf(condition: Condition, scope: Scope): [number, Bound][] {
  if (condition.kind !== "compare" || condition.operator !== "=") return [];
  for (const [one, other] of [
    [condition.left, condition.right],
    [condition.right, condition.left],
  ] as const) {
    const position = ownColumn(one, scope);
    const value = position === undefined ? undefined : independent(other, scope);
    const type = position === undefined ? undefined : scope.columns[position]?.type;
    if (position !== undefined && value && type && comparesAlike(value, type)) return [[position, value]];
  }
  return [];
}

function ownColumn(expression: Expression, scope: Scope): number | undefined {
  if (expression.kind !== "column") return undefined;
  const { level, index } = resolveColumn(scope, expression.parts);
  return level === 0 ? index : undefined;
}

function independent(expression: Expression, scope: Scope): Bound | undefined {
  const plain = expression.kind === "unary" ? expression.operand : expression;
  if (plain.kind !== "literal" && plain.kind !== "variable" && expression.kind !== "column") return undefined;
  if (expression.kind === "column" && ownColumn(expression, scope) !== undefined) return undefined;
  try {
    return bind(expression, { ...scope, columns: [] });
  } catch (error) {
    if (error instanceof SqlError) return undefined;
    throw error;
  }
}

/** The comparison happens in the column's own type, so that equal values have equal keys. */
function comparesAlike({ type, collation, isNull }: Bound, column: SqlType): boolean {
  if (isNull || (collation !== undefined && collation !== "ignoreCase")) return false;
  const [from, to] = [familyOf(type), familyOf(column)];
  if (to === "integer" || to === "guid") return from === to || from === "character";
  return from === to && (to === "character" || JSON.stringify(type) === JSON.stringify(column));
}

/** In the column's type; undefined where it does not fit into it, so that all rows have to be looked at. */
function sought(value: Bound | undefined, type: SqlType | undefined, outer: Frame | undefined): SqlValue | undefined {
  const found = value?.value({ row: [], outer }) ?? null;
  if (!value || !type || found === null) return found;
  try {
    return familyOf(type) === "character" ? String(found) : convertValue(found, value.type, type);
  } catch (error) {
    if (error instanceof SqlError) return undefined;
    throw error;
  }
}

import { sqlError } from "../messages";
import type { Call, Expression, Select } from "../syntax/query";
import type { SqlType, SqlValue } from "../types";
import { fold } from "../values/collation";
import { keyOf } from "../values/compare";
import { bind } from "./bind";
import { aggregate, aggregateNames, isAggregate } from "./functions/aggregates";
import { type Bound, type Frame, resolveColumn, type Scope } from "./scope";

type Clause = "select" | "having" | "orderBy";
/** The error of a column that is neither grouped by nor aggregated. */
const notGrouped: Readonly<Record<Clause, number>> = { select: 8120, having: 8121, orderBy: 8127 };

/** Turns rows into groups: a group's row has its keys, then the aggregates that the select list and HAVING ask for. */
export interface Grouping {
  scope(clause: Clause): Scope;
  groups(rows: Iterable<Frame>): Frame[];
}

/** Returns undefined if the query groups nothing. The select list has to be bound in the grouping's scope. */
export function grouping(select: Select, scope: Scope, expressions: readonly Expression[]): Grouping | undefined {
  if (select.groupBy.length === 0 && !select.having && !expressions.some(hasAggregate)) return undefined;
  const keys = select.groupBy.map((expression) => {
    if (hasAggregate(expression)) throw sqlError(144);
    const bound = bind(expression, scope);
    // 164: GROUP BY 1 names no column.
    if (expression.kind === "literal") throw sqlError(164);
    return { bound, fingerprint: fingerprint(expression), column: columnIndex(expression, scope) };
  });
  const aggregates: {
    readonly type: SqlType;
    readonly nullable: boolean;
    compute(rows: readonly Frame[]): SqlValue;
  }[] = [];
  const keySlot = (index: number): Bound => slot(index, (keys[index] as (typeof keys)[number]).bound);
  const slot = (
    index: number,
    { type, nullable, collation }: Pick<Bound, "type" | "nullable" | "collation">,
  ): Bound => ({
    type,
    nullable,
    collation,
    value: (frame) => frame.row[index] ?? null,
  });

  const groupedFor = (clause: Clause): Scope["grouped"] => ({
    replace(expression) {
      if (keys.length === 0 || expression.kind === "column" || expression.kind === "literal") return undefined;
      const wanted = fingerprint(expression);
      const index = keys.findIndex((key) => key.fingerprint === wanted);
      return index < 0 ? undefined : keySlot(index);
    },
    columnOf(column) {
      const index = keys.findIndex((key) => key.column === column);
      const { table, name, schema } = scope.columns[column] as Scope["columns"][number];
      if (index < 0) throw sqlError(notGrouped[clause], [schema, table, name].filter(Boolean).join("."));
      return keySlot(index);
    },
    aggregate(call) {
      if (call.args.some(hasAggregate)) throw sqlError(130);
      const inner = call.args.map((argument) => bind(argument, scope));
      const order = call.orderBy.map((item) => ({ by: bind(item.expression, scope), descending: item.descending }));
      const found = aggregate(call.name, inner, { distinct: call.distinct, star: call.star, order });
      aggregates.push(found);
      return slot(keys.length + aggregates.length - 1, found);
    },
  });
  return {
    scope: (clause) => ({ ...scope, grouped: groupedFor(clause) }),
    groups(rows) {
      const byKey = new Map<
        string,
        { readonly keys: readonly SqlValue[]; readonly frames: Frame[]; readonly outer?: Frame }
      >();
      for (const frame of rows) {
        const values = keys.map(({ bound }) => bound.value(frame));
        const key = JSON.stringify(
          values.map((value, index) => keyOf(value, (text) => fold(text, keys[index]?.bound.collation))),
        );
        const group = byKey.get(key);
        if (group) group.frames.push(frame);
        else byKey.set(key, { keys: values, frames: [frame], outer: frame.outer });
      }
      // Without GROUP BY all rows are one group, even if there are none.
      if (byKey.size === 0 && keys.length === 0) byKey.set("", { keys: [], frames: [] });
      return [...byKey.values()].map((group) => ({
        row: [...group.keys, ...aggregates.map((item) => item.compute(group.frames))],
        outer: group.outer,
      }));
    },
  };
}

function columnIndex(expression: Expression, scope: Scope): number | undefined {
  if (expression.kind !== "column") return undefined;
  const { level, index } = resolveColumn(scope, expression.parts);
  return level === 0 ? index : undefined;
}

/** A text that is equal for expressions that say the same. */
function fingerprint(expression: Expression): string {
  return JSON.stringify(expression, (_, value: unknown) =>
    typeof value === "bigint" ? `${value}n` : value,
  ).toLowerCase();
}

/** Whether the expression has an aggregate, outside of its subqueries. */
function hasAggregate(expression: Expression): boolean {
  switch (expression.kind) {
    case "call":
      return isAggregateCall(expression) || [...expression.args, ...windowParts(expression)].some(hasAggregate);
    case "unary":
    case "collate":
    case "cast":
      return hasAggregate(expression.operand);
    case "chain":
      return hasAggregate(expression.first) || expression.rest.some(({ operand }) => hasAggregate(operand));
    case "case": {
      const parts = expression.branches.flatMap(({ value, result }) => (value ? [value, result] : [result]));
      const conditions = expression.branches.some(
        ({ condition }) => condition && JSON.stringify(condition, plain).match(aggregateCall),
      );
      return (
        [expression.input, expression.otherwise, ...parts].some((part) => part && hasAggregate(part)) ||
        Boolean(conditions)
      );
    }
    default:
      return false;
  }
}

const plain = (_: string, value: unknown): unknown => (typeof value === "bigint" ? String(value) : value);
const aggregateCall = new RegExp(`"kind":"call","name":"(?:${aggregateNames.join("|")})"`);
const isAggregateCall = (call: Call): boolean => !call.schema && !call.over && isAggregate(call.name);
const windowParts = ({ over }: Call): Expression[] =>
  over ? [...over.partitionBy, ...over.orderBy.map(({ expression }) => expression)] : [];

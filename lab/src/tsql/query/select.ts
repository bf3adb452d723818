import { sqlError } from "../messages";
import type { Expression, OrderItem, Select, SelectItem } from "../syntax/query";
import { int, type SqlValue } from "../types";
import { sameName } from "../values/collation";
import { assigner } from "./assign";
import { bind, bindCondition } from "./bind";
import { fromClause } from "./from";
import { grouping } from "./grouping";
import { type Bound, type Frame, type ResultColumn, resolveColumn, type Scope, sourceColumn } from "./scope";
import type { SortKey } from "./sort";
import { wantedBy } from "./wanted";
import { windows } from "./windows";

/** A row of the result with what it is sorted by. */
export interface SortableRow {
  readonly values: readonly SqlValue[];
  readonly keys: readonly SqlValue[];
}
export interface BoundSelect {
  readonly columns: readonly ResultColumn[];
  readonly sortKeys: readonly SortKey[];
  rows(outer: Frame | undefined): SortableRow[];
}

export function bindSelect(select: Select, orderBy: readonly OrderItem[], base: Scope): BoundSelect {
  const source = fromClause(select.from, base);
  const scope: Scope = { ...base, columns: source.columns };
  const where = select.where && bindCondition(select.where, scope);
  const wanted = wantedBy(select.where, scope);
  const expressions = select.items.flatMap((item) => (item.kind === "all" ? [] : [item.expression]));
  const grouped = grouping(select, scope, [...expressions, ...orderBy.map((item) => item.expression)]);
  const over = windows();
  const scopeFor = (clause: "select" | "having" | "orderBy"): Scope => ({
    ...(grouped?.scope(clause) ?? scope),
    windows: clause === "having" ? undefined : over.scope,
  });
  const rowScope = scopeFor("select");
  const items = select.items.flatMap((item) => boundItems(item, rowScope, select.from.length > 0));
  const having = select.having && bindCondition(select.having, scopeFor("having"));
  const assigns = select.items.some((item) => item.kind === "assign");
  const keys = orderBy.map((item) => sortKey(item, items, scopeFor("orderBy"), select.distinct));

  return {
    columns: items.map(({ name, bound, column }) => ({
      name,
      table: column === undefined ? undefined : scope.columns[column]?.table,
      type: bound.type,
      nullable: bound.nullable,
      collation: bound.collation,
      origin: bound.origin,
      isNull: bound.isNull,
    })),
    sortKeys: keys.map(({ bound, descending }) => ({ type: bound.type, collation: bound.collation, descending })),
    rows(outerFrame) {
      const frames = filtered(source.rows(outerFrame, wanted(outerFrame)), outerFrame, where);
      const rows = grouped ? grouped.groups(frames).map((frame) => ({ ...frame, outer: outerFrame })) : frames;
      const result: SortableRow[] = [];
      const kept = having ? [...rows].filter((frame) => having(frame) === true) : rows;
      for (const frame of over.calculated(kept)) {
        const values = (): SqlValue[] => items.map(({ bound }) => bound.value(frame));
        // SELECT TOP 1 @x = name ... ORDER BY assigns variables in the order of the sorted rows.
        if (assigns)
          result.push({
            get values() {
              return values();
            },
            keys: keys.map(({ bound }) => bound.value(frame)),
          });
        else result.push(sortable(values(), keys, frame));
      }
      return result;
    },
  };
}

function sortable(values: readonly SqlValue[], keys: readonly OrderKey[], frame: Frame): SortableRow {
  return {
    values,
    keys: keys.map(({ bound, item }) => (item === undefined ? bound.value(frame) : (values[item] ?? null))),
  };
}

function* filtered(
  rows: Iterable<readonly SqlValue[]>,
  outer: Frame | undefined,
  where: ((frame: Frame) => boolean | null) | undefined,
): Generator<Frame> {
  for (const row of rows) {
    const frame = { row, outer };
    if (where && where(frame) !== true) continue;
    yield frame;
  }
}

export interface BoundItem {
  readonly name: string;
  readonly bound: Bound;
  /** The position in the tables' row, if the item is a column. */
  readonly column?: number;
  /** The expression as written, to recognize it in ORDER BY. */
  readonly expression?: Expression;
}

function boundItems(item: SelectItem, scope: Scope, hasFrom: boolean): BoundItem[] {
  switch (item.kind) {
    case "all": {
      // 263: SELECT * needs a FROM.
      if (!hasFrom) throw sqlError(263);
      const { qualifier } = item;
      const found = scope.columns.flatMap((column, index) =>
        column.name !== "" && (qualifier === undefined || sameName(column.table, qualifier))
          ? [
              {
                name: column.name,
                column: index,
                bound: scope.grouped ? scope.grouped.columnOf(index) : sourceColumn(scope, index),
              },
            ]
          : [],
      );
      if (found.length === 0) throw sqlError(107, qualifier ?? "");
      return found;
    }
    case "assign":
      return [{ name: "", bound: assignment(item, scope) }];
    case "expression": {
      const { expression, alias } = item;
      // The column is called as the query spells it, not as the catalog does.
      const ownName = expression.kind === "column" ? (expression.parts.at(-1) ?? "") : "";
      return [
        { name: alias ?? ownName, bound: bind(expression, scope), expression, column: columnOf(expression, scope) },
      ];
    }
  }
}

function assignment(item: Extract<SelectItem, { kind: "assign" }>, scope: Scope): Bound {
  const assign = assigner(item.variable, item.operator, bind(item.expression, scope), scope.context);
  return { type: int, nullable: true, value: (frame) => assign(frame) };
}

function columnOf(expression: Expression, scope: Scope): number | undefined {
  if (expression.kind !== "column") return undefined;
  const { level, index } = resolveColumn(scope, expression.parts);
  return level === 0 ? index : undefined;
}

interface OrderKey {
  readonly bound: Bound;
  readonly descending: boolean;
  /** The position in the select list, if the key is one of its items. */
  readonly item?: number;
}

/** Binds an item of ORDER BY: a position or an alias of the select list, or an expression over the tables. */
function sortKey(order: OrderItem, items: readonly BoundItem[], scope: Scope, distinct: boolean): OrderKey {
  const { expression, descending } = order;
  const at = (item: number): OrderKey => ({ bound: (items[item] as BoundItem).bound, descending, item });
  if (expression.kind === "literal") {
    const position = expression.literal.value;
    if (typeof position !== "number") throw sqlError(408, 1);
    if (position < 1 || position > items.length) throw sqlError(108, position);
    return at(position - 1);
  }
  const named =
    expression.kind === "column" && expression.parts.length === 1 ? (expression.parts[0] as string) : undefined;
  if (named !== undefined) {
    const matches = items.flatMap((item, index) => (sameName(item.name, named) ? [index] : []));
    if (matches[0] !== undefined) return at(matches[0]);
  }
  const written = JSON.stringify(expression, plain).toLowerCase();
  const same = items.findIndex(
    (item) => item.expression && JSON.stringify(item.expression, plain).toLowerCase() === written,
  );
  if (same >= 0) return at(same);
  const column = columnOf(expression, scope);
  const selected = items.findIndex((item) => column !== undefined && item.column === column);
  if (selected >= 0) return at(selected);
  if (distinct) throw sqlError(145);
  return { bound: bind(expression, scope), descending };
}

const plain = (_: string, value: unknown): unknown => (typeof value === "bigint" ? String(value) : value);

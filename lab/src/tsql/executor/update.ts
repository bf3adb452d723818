import { deleteRows, updateRows } from "../data/rows";
import { positionOf } from "../data/store";
import { type ChangeableTable, changeableTable, type Target } from "../data/target";
import { sqlError } from "../messages";
import { bind, bindCondition } from "../query/bind";
import { fromClause } from "../query/from";
import { operation } from "../query/operators";
import { emptyScope } from "../query/query";
import { type Bound, type Context, type Frame, nullValue, type Scope } from "../query/scope";
import type { Row } from "../stored";
import type { TableSource } from "../syntax/query";
import type { DataStatement, SetItem } from "../syntax/row-change";
import type { SqlValue } from "../types";
import { sameName } from "../values/collation";
import type { RowStatement } from "./carry-out";
import { columnValue } from "./column-value";
import { defaultValue } from "./default-value";
import { rowCheck } from "./row-check";
import { type Run, resolving } from "./run";

type Change = Extract<DataStatement, { readonly kind: "update" | "delete" }>;

/** Binds an UPDATE or DELETE: it finds rows as a SELECT would, and changes them together. */
export function changeOfRows(statement: Change, run: Run): RowStatement {
  const verb = statement.kind === "update" ? "UPDATE" : "DELETE";
  const named: TableSource = { kind: "table", name: statement.table };
  const found = resolving(() => changeableTable(statement.table, verb, run.context));
  const context: Context = { ...run.context, changed: named };
  const bound = resolving(() => {
    const base = emptyScope(context);
    const source = fromClause([named], base);
    const scope: Scope = { ...base, columns: source.columns };
    const where = statement.where && bindCondition(statement.where, scope);
    return { source, where, set: statement.kind === "update" ? settersOf(statement.set, scope, found, run) : [] };
  });
  return {
    target: found,
    perform(transaction) {
      const target: Target = { ...found, place: found.found.place, transaction, verb };
      const check = rowCheck(target, context);
      const { source, where, set } = bound;
      const frames = [...source.rows(undefined)].map((row): Frame => ({ row }));
      const changes = frames
        .filter((frame) => !where || where(frame) === true)
        .map((frame) => {
          const after = frame.row.slice(0, -1);
          for (const apply of set) apply(frame, after);
          return { row: Number(frame.row.at(-1)), after: verb === "UPDATE" ? check(after) : undefined };
        });
      store(target, changes);
      return changes.length;
    },
  };
}

function store(target: Target, changes: readonly { readonly row: number; readonly after?: Row }[]): void {
  if (target.verb === "UPDATE")
    updateRows(
      target,
      changes.flatMap(({ row, after }) => (after ? [{ row, after }] : [])),
    );
  else
    deleteRows(
      target,
      changes.map(({ row }) => row),
    );
}

type Setter = (frame: Frame, after: SqlValue[]) => void;

/** Binds the assignments of SET. Throws 264. */
function settersOf(items: readonly SetItem[], scope: Scope, found: ChangeableTable, run: Run): Setter[] {
  const names = items.map(({ column }) => column.at(-1) ?? "");
  const twice = names.find((name, at) => names.findIndex((other) => sameName(other, name)) < at);
  if (twice !== undefined) throw sqlError(264, twice);
  return items.map((item) => setter(item, scope, found, run));
}

function setter(item: SetItem, scope: Scope, found: ChangeableTable, run: Run): Setter {
  const { context } = run;
  const name = item.column.at(-1) ?? "";
  const position = positionOf(found.table.columns, name);
  const column = found.table.columns[position];
  if (!column) throw sqlError(207, name);
  if (column.type.name === "timestamp") throw sqlError(272);
  if (column.identity) throw sqlError(8102, column.name);
  const current: Bound = {
    type: column.type,
    nullable: column.nullable,
    value: (frame) => frame.row[position] ?? null,
  };
  const value = columnValue(newValue(item, current, scope, defaultValue(column, context)), column, found, context);
  return (frame, after) => {
    after[position] = value(frame);
  };
}

function newValue(item: SetItem, current: Bound, scope: Scope, fallback: Bound | undefined): Bound {
  const value = item.value ? bind(item.value, scope) : fallback;
  if (!value) return { ...current, isNull: true, nullable: true, value: nullValue };
  if (item.operator === "") return value;
  const change = operation(item.operator, current, value);
  return {
    type: change.type,
    nullable: true,
    value: (frame) => change.apply(current.value(frame), value.value(frame)),
  };
}

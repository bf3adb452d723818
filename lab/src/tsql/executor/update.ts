import { columnValue } from "../data/column-value";
import { defaultValue } from "../data/default-value";
import { deleteRows, rowCheck, updateRows } from "../data/rows";
import { positionOf, type Row } from "../data/store";
import { type ChangeableTable, changeableTable, type Target } from "../data/target";
import { sqlError } from "../messages";
import { notSpoken } from "../parser/not-spoken";
import { assigner } from "../query/assign";
import { bind } from "../query/bind";
import { bindCondition } from "../query/conditions";
import { fromClause } from "../query/from";
import { operation } from "../query/operators";
import type { Bound, CommonTable, Context, Frame, Scope } from "../query/scope";
import { candidateRows } from "../query/seek";
import type { TableSource } from "../syntax";
import type { DataStatement, SetItem } from "../table-syntax";
import type { SqlValue } from "../types";
import { sameName } from "../values/collation";
import type { RowStatement } from "./carry-out";
import { commonTablesOf, limitOf } from "./common-tables";
import { type Run, resolving } from "./run";

type Change = Extract<DataStatement, { readonly kind: "update" | "delete" }>;

/** UPDATE and DELETE: finds rows as a SELECT would, each of the target's rows once, and changes them together. */
export function changeOfRows(statement: Change, run: Run): RowStatement {
  const verb = statement.kind === "update" ? "UPDATE" : "DELETE";
  const commonTables = commonTablesOf(statement.commonTables);
  const { source: named, from } = sourceOf(statement, commonTables);
  const found = resolving(() => changeableTable(named.name, verb, run.context));
  const { table } = found;
  const context: Context = { ...run.context, changed: named };
  const bound = resolving(() => {
    const base: Scope = { context, columns: [], commonTables };
    const source = fromClause(from, base);
    const scope: Scope = { ...base, columns: source.columns };
    const where = statement.where && bindCondition(statement.where, scope);
    const idAt = source.columns.findLastIndex((column) => column.name === "");
    const rowAt = idAt - table.columns.length;
    const set = statement.kind === "update" ? settersOf(statement.set, scope, found, rowAt, run) : [];
    return { candidates: candidateRows(source, statement.where, scope), where, idAt, rowAt, set };
  });
  const limit = limitOf(statement.top, run);
  return {
    target: found,
    perform(transaction) {
      const target: Target = { ...found, place: found.found.place, context, transaction, verb };
      const frames = matching(bound.candidates(undefined), bound.where, bound.idAt, limit);
      const check = rowCheck(target);
      const changes = [...frames].map(([row, frame]) => {
        const after = frame.row.slice(bound.rowAt, bound.idAt);
        for (const apply of bound.set) apply(frame, after);
        return { row, after: verb === "UPDATE" ? check(after) : undefined };
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

/** The table behind UPDATE: one of FROM's, by alias or by name, or one of its own. */
function sourceOf(
  { table, hints, from }: Change,
  commonTables: ReadonlyMap<string, CommonTable>,
): { readonly source: NamedTable; readonly from: readonly TableSource[] } {
  const sources = from.flatMap(parts);
  const tables = sources.filter((one) => one.kind === "table");
  const isAlias = table.schema === undefined && table.database === undefined;
  const source =
    tables.find(({ alias }) => isAlias && alias !== undefined && sameName(alias, table.name)) ??
    tables.find(({ alias, name }) => alias === undefined && sameName(name.name, table.name)) ??
    tables.find(({ name }) => sameName(name.name, table.name));
  const { name } = source ?? { name: table };
  if (
    sources.some((one) => one.kind === "derived" && isAlias && sameName(one.alias, table.name)) ||
    (name.schema === undefined && commonTables.has(name.name.toLowerCase()))
  )
    throw notSpoken("A change of rows through a query");
  if (source && hints.length > 0) {
    const hinted = { ...source, hints: [...(source.hints ?? []), ...hints] };
    return { source: hinted, from: from.map((one) => replaced(one, source, hinted)) };
  }
  if (source) return { source, from };
  const own: NamedTable = { kind: "table", name: table, hints };
  return { source: own, from: [own, ...from] };
}

function replaced(source: TableSource, wanted: NamedTable, by: NamedTable): TableSource {
  if (source === wanted) return by;
  if (source.kind !== "joined") return source;
  const joins = source.joins.map((join) => ({ ...join, source: replaced(join.source, wanted, by) }));
  return { ...source, first: replaced(source.first, wanted, by), joins };
}

type NamedTable = Extract<TableSource, { readonly kind: "table" }>;

function parts(source: TableSource): TableSource[] {
  if (source.kind !== "joined") return [source];
  return [source.first, ...source.joins.map((join) => join.source)].flatMap(parts);
}

/** A row that FROM finds several times is changed once. */
function matching(
  rows: Iterable<Row>,
  where: ((frame: Frame) => boolean | null) | undefined,
  idAt: number,
  limit = Number.POSITIVE_INFINITY,
): Map<number, Frame> {
  const found = new Map<number, Frame>();
  for (const row of rows) {
    if (found.size >= limit) break;
    const frame: Frame = { row };
    if (where && where(frame) !== true) continue;
    const id = row[idAt];
    // An outer join may have no row of the target beside that of another table.
    if (typeof id === "number" && !found.has(id)) found.set(id, frame);
  }
  return found;
}

type Setter = (frame: Frame, after: SqlValue[]) => void;

/** Throws 264. */
function settersOf(items: readonly SetItem[], scope: Scope, found: ChangeableTable, rowAt: number, run: Run): Setter[] {
  const names = items.flatMap(({ column }) => column?.at(-1) ?? []);
  const twice = names.find((name, at) => names.findIndex((other) => sameName(other, name)) < at);
  if (twice !== undefined) throw sqlError(264, twice);
  return items.map((item) => setter(item, scope, found, rowAt, run));
}

function setter(item: SetItem, scope: Scope, found: ChangeableTable, rowAt: number, run: Run): Setter {
  const { context } = run;
  if (!item.column) {
    if (!item.variable || !item.value) return () => undefined;
    const assign = assigner(item.variable, item.operator, bind(item.value, scope), context);
    return (frame) => void assign(frame);
  }
  const name = item.column.at(-1) ?? "";
  const position = positionOf(found.table.columns, name);
  const column = found.table.columns[position];
  if (!column) throw sqlError(207, name);
  if (column.computed) throw sqlError(271, column.name);
  if (column.type.name === "timestamp") throw sqlError(272);
  if (column.identity) throw sqlError(8102, column.name);
  const current: Bound = {
    type: column.type,
    nullable: column.nullable,
    value: (frame) => frame.row[rowAt + position] ?? null,
  };
  const value = columnValue(newValue(item, current, scope, defaultValue(column, context)), column, {
    ...found,
    context,
  });
  const variable =
    item.variable && assigner(item.variable, "", { ...current, value: (frame) => frame.row[0] ?? null }, context);
  return (frame, after) => {
    const next = value(frame);
    after[position] = next;
    if (variable) variable({ row: [next] });
  };
}

function newValue(item: SetItem, current: Bound, scope: Scope, fallback: Bound | undefined): Bound {
  const value = item.value ? bind(item.value, scope) : fallback;
  if (!value) return { ...current, isNull: true, nullable: true, value: () => null };
  if (item.operator === "") return value;
  const change = operation(item.operator, current, value);
  return {
    type: change.type,
    nullable: true,
    value: (frame) => change.apply(current.value(frame), value.value(frame)),
  };
}

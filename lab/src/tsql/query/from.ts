import { type FoundObject, findObject, isTableVariable, requirePermission, writtenName } from "../data/access";
import { readingOf } from "../data/isolation";
import { tableReader, type UniqueKey } from "../data/read";
import { openTransaction } from "../data/session-data";
import type { StoredColumn, StoredTable, StoredView } from "../data/store";
import { sqlError } from "../messages";
import { notSpoken } from "../parser/not-spoken";
import type { Condition, Join, TableSource } from "../syntax";
import type { Column, SqlValue } from "../types";
import { sameName } from "../values/collation";
import type { ChangedQuery } from "./changed";
import { bindCondition } from "./conditions";
import { type Candidates, equijoin } from "./equijoin";
import { bindQuery } from "./query";
import type { CommonTable, Context, Frame, Scope, SourceColumn } from "./scope";
import { tableFunction } from "./table-functions";

type Row = readonly SqlValue[];
type NamedTable = Extract<TableSource, { readonly kind: "table" }>;

/** The tables of a FROM clause: a row is all their columns side by side. */
export interface Source {
  readonly columns: readonly SourceColumn[];
  rows(outer: Frame | undefined): Iterable<Row>;
  /** Of a single table: its unique keys, to find one row without looking at all of them. */
  readonly keys?: readonly UniqueKey[];
  /** Keeps a lock of a row that is part of the result. */
  readonly keep?: (row: Row) => void;
}

export function fromClause(sources: readonly TableSource[], scope: Scope): Source {
  const [first, ...others] = sources.map((source) => tableSource(source, scope));
  if (!first) return { columns: [], rows: () => [[]] };
  const joined = others.reduce<Source>((left, right) => join({ join: "cross" }, left, right, scope), first);
  const tables = exposedNames(sources);
  const twice = tables.find((name, index) => tables.findIndex((other) => sameName(other, name)) < index);
  if (twice !== undefined) throw sqlError(1013, twice, twice);
  return joined;
}

function exposedNames(sources: readonly TableSource[]): string[] {
  return sources.flatMap((source) => {
    if (source.kind === "joined") return exposedNames([source.first, ...source.joins.map((item) => item.source)]);
    if (source.kind === "function") return [source.alias ?? source.name.name];
    if (source.kind !== "table") return [source.alias];
    return [source.alias ?? [source.name.database, source.name.schema, source.name.name].filter(Boolean).join(".")];
  });
}

/** Tables in one statement, those of common table expressions counted each time that they are used. */
const mostTables = 5000;
/** Pairs of rows that one statement may look at before it gives up. */
const mostRows = 1_000_000;

function tableSource(source: TableSource, scope: Scope): Source {
  if (++scope.context.effort.tables > mostTables) throw sqlError(8623);
  const { changed } = scope.context;
  if (changed?.source === source && changed.through) return changedThrough(source, changed.through);
  switch (source.kind) {
    case "table":
      return namedTable(source, scope);
    case "derived":
      return derivedTable(
        { query: source.query, columnNames: source.columnNames, commonTables: scope.commonTables },
        source.alias,
        scope.context,
        scope.outer,
      );
    case "function":
      return tableFunction(source, scope);
    case "joined": {
      let left = tableSource(source.first, scope);
      for (const item of source.joins)
        left = isApply(item) ? apply(item, left, scope) : join(item, left, tableSource(item.source, scope), scope);
      return left;
    }
  }
}

const isApply = ({ join: kind }: Join): boolean => kind === "crossApply" || kind === "outerApply";

/** APPLY: what is on its right is looked up anew for each row of what is on its left. */
function apply(item: Join, left: Source, scope: Scope): Source {
  const right = tableSource(item.source, { ...scope, outer: { ...scope, columns: left.columns }, columns: [] });
  const isOuter = item.join === "outerApply";
  const columns = [...left.columns, ...(isOuter ? optional(right.columns) : right.columns)];
  const noRight: Row = right.columns.map(() => null);
  return {
    columns,
    *rows(outer) {
      for (const row of left.rows(outer)) {
        let found = false;
        for (const other of right.rows({ row, outer })) {
          if (++scope.context.effort.rows > mostRows) throw sqlError(701, "default");
          found = true;
          yield [...row, ...other];
        }
        if (!found && isOuter) yield [...row, ...noRight];
      }
    },
  };
}

function namedTable(source: NamedTable, scope: Scope): Source {
  const { name, alias } = source;
  const common = name.schema === undefined ? scope.commonTables.get(name.name.toLowerCase()) : undefined;
  if (common) return derivedTable(common, alias ?? name.name, scope.context);
  const exposing = { table: alias ?? name.name, schema: alias === undefined ? name.schema : undefined };
  const found = findObject(name, scope.context);
  if (found?.object.kind === "table") return storedTable(found.object, found, source, scope, exposing);
  if (found?.object.kind === "view") {
    const view = storedView(found.object, found, scope.context, exposing);
    return scope.context.changed?.source === source ? numbered(view, exposing) : view;
  }
  if (isTableVariable(name)) throw sqlError(1087, name.name);
  const { session, database } = scope.context;
  const table = session.host.table(database === undefined ? name : { database, ...name }, session);
  if (!table) throw sqlError(208, writtenName(name));
  return { columns: exposed(table.columns, exposing), rows: () => table.rows() };
}

function storedTable(
  table: StoredTable,
  found: FoundObject,
  source: NamedTable,
  { context }: Scope,
  exposing: Exposing,
): Source {
  requirePermission("SELECT", found);
  const { session } = context;
  const isChanged = context.changed?.source === source;
  const { store, database } = found.place;
  const databaseName = database?.name ?? session.database;
  const reading = readingOf({ session, hints: source.hints ?? [], store, databaseName, isChanged });
  const columns = exposed(table.columns.map(withOrigin), exposing);
  return {
    columns: isChanged ? [...columns, { ...rowId, ...exposing }] : columns,
    ...tableReader(table, reading, openTransaction(session), isChanged),
  };
}

/** No identifier is empty: nothing but the statement that changes the table finds this column. */
const rowId: Column = { name: "", type: { name: "int" }, nullable: false };

/** The query's own columns, then what nobody else finds: those of the table behind it and its rows' ids. */
function changedThrough(source: TableSource, { query, context, commonTables, columns }: ChangedQuery): Source {
  const bound = bindQuery(query, context, undefined, commonTables);
  const table =
    source.kind === "table" ? (source.alias ?? source.name.name) : source.kind === "derived" ? source.alias : "";
  const named = bound.columns.map((column, at) => ({ ...column, name: columns[at]?.name ?? "" }));
  return { columns: exposed(named, { table }), rows: (outer) => bound.rows(outer) };
}

/** With a trigger in the place of the change rows are numbered as they come. */
function numbered({ columns, rows }: Source, exposing: Exposing): Source {
  return {
    columns: [...columns, { ...rowId, ...exposing }],
    *rows(outer) {
      let id = 0;
      for (const row of rows(outer)) yield [...row, ++id];
    },
  };
}

function storedView(view: StoredView, found: FoundObject, context: Context, exposing: Exposing): Source {
  requirePermission("SELECT", found);
  const inside: Context = {
    ...context,
    database: found.place.database?.name,
    tableVariables: undefined,
    firing: undefined,
  };
  const query = bindQuery(view.query, inside, undefined, new Map());
  const columns = query.columns.map((column, index) => ({ ...column, name: view.columns[index]?.name ?? column.name }));
  return { columns: exposed(columns, exposing), rows: () => query.rows(undefined) };
}

function derivedTable(
  { query: definition, columnNames: names, commonTables, isItself = false }: CommonTable,
  alias: string,
  context: Context,
  outerScope?: Scope,
): Source {
  if (isItself) throw notSpoken("a recursive common table expression");
  const query = bindQuery(definition, context, outerScope, commonTables);
  const columns = query.columns.map((column, index) => ({ ...column, name: names[index] ?? column.name }));
  if (names.length > 0 && names.length !== columns.length) {
    throw sqlError(names.length > columns.length ? 8159 : 8158, alias);
  }
  const unnamed = columns.findIndex((column) => column.name === "");
  if (unnamed >= 0) throw sqlError(8155, unnamed + 1, alias);
  const twice = columns.find(({ name }, at) => columns.findIndex((other) => sameName(other.name, name)) < at);
  if (twice) throw sqlError(8156, twice.name, alias);
  return { columns: exposed(columns, { table: alias }), rows: (outer) => query.rows(outer) };
}

const withOrigin = (column: StoredColumn): Column => ({
  ...column,
  origin: column.identity ? "identity" : column.computed ? undefined : "stored",
});

export interface Exposing {
  readonly table: string;
  readonly schema?: string;
}

export const exposed = (columns: readonly Column[], exposing: Exposing): SourceColumn[] =>
  columns.map((column) => ({ ...column, ...exposing }));

const optional = (columns: readonly SourceColumn[]): SourceColumn[] =>
  columns.map((column) => ({ ...column, nullable: true }));

function join(
  item: Omit<Join, "source"> & { readonly on?: Condition },
  left: Source,
  right: Source,
  scope: Scope,
): Source {
  const keepLeft = item.join === "left" || item.join === "full";
  const keepRight = item.join === "right" || item.join === "full";
  const columns = [
    ...(keepRight ? optional(left.columns) : left.columns),
    ...(keepLeft ? optional(right.columns) : right.columns),
  ];
  const joined: Scope = { ...scope, columns, grouped: undefined };
  const on = item.on && bindCondition(item.on, joined);
  const candidates = equijoin(item.on, joined, left.columns.length) ?? ((rows: readonly Row[]) => () => rows);
  const noLeft: Row = left.columns.map(() => null);
  const noRight: Row = right.columns.map(() => null);
  return {
    columns,
    rows: (outer) => {
      const matches = (row: Row): boolean => {
        if (++scope.context.effort.rows > mostRows) throw sqlError(701, "default");
        return !on || on({ row, outer }) === true;
      };
      const rows = [...right.rows(outer)];
      const keep = (leftRow: Row, rightRow?: Row): void => {
        left.keep?.(leftRow);
        if (rightRow) right.keep?.(rightRow);
      };
      return pairs(left.rows(outer), rows, candidates(rows), matches, keepLeft && noRight, keepRight && noLeft, keep);
    },
  };
}

/** Rows side by side where they match; `noRight`, `noLeft`: what stands beside a row that matches none, if it is kept. */
function* pairs(
  left: Iterable<Row>,
  right: readonly Row[],
  candidates: Candidates,
  matches: (row: Row) => boolean,
  noRight: Row | false,
  noLeft: Row | false,
  keep: (leftRow: Row, rightRow?: Row) => void,
): Generator<Row> {
  const matched = new Set<Row>();
  for (const leftRow of left) {
    let found = false;
    for (const rightRow of candidates(leftRow)) {
      const row = [...leftRow, ...rightRow];
      if (!matches(row)) continue;
      found = true;
      keep(leftRow, rightRow);
      matched.add(rightRow);
      yield row;
    }
    if (found || !noRight) continue;
    keep(leftRow);
    yield [...leftRow, ...noRight];
  }
  if (noLeft) for (const rightRow of right) if (!matched.has(rightRow)) yield [...noLeft, ...rightRow];
}

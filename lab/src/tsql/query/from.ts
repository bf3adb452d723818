import { type FoundObject, findObject, isTableVariable, requirePermission, writtenName } from "../data/access";
import { tableRows } from "../data/read";
import { sqlError } from "../messages";
import { notSpoken } from "../not-spoken";
import type { StoredColumn, StoredTable } from "../stored";
import type { Condition, Join, TableSource } from "../syntax/query";
import type { Column, SqlValue } from "../types";
import { sameName } from "../values/collation";
import { bindCondition } from "./bind";
import { type Candidates, equijoin } from "./equijoin";
import type { CommonTable, Scope, SourceColumn } from "./scope";
import { type Exposing, exposed, type Source, type Wanted } from "./source";
import { tableFunction } from "./table-functions";

type Row = readonly SqlValue[];
type NamedTable = Extract<TableSource, { readonly kind: "table" }>;

/** Binds FROM: its tables, joined to one source of rows. */
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

/** The most tables in one statement. Those of a common table expression count each time that it is used. */
const mostTables = 5000;
/** The most pairs of rows that one statement may look at before it gives up. */
const mostRows = 1_000_000;

function tableSource(source: TableSource, scope: Scope): Source {
  if (++scope.context.effort.tables > mostTables) throw sqlError(8623);
  switch (source.kind) {
    case "table":
      return namedTable(source, scope);
    case "derived":
      return derivedTable(
        { query: source.query, columnNames: source.columnNames, commonTables: scope.commonTables },
        source.alias,
        scope,
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

/** APPLY looks up its right side anew for each row of its left side. */
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
  if (common?.isItself) throw notSpoken("A recursive common table expression");
  if (common) return derivedTable(common, alias ?? name.name, scope);
  const exposing = { table: alias ?? name.name, schema: alias === undefined ? name.schema : undefined };
  const found = findObject(name, scope.context);
  if (found?.object.kind === "table") return storedTable(found.object, found, source, scope, exposing);
  if (isTableVariable(name)) throw sqlError(1087, name.name);
  const { session } = scope.context;
  const table = session.host.table(name, session);
  if (!table) throw sqlError(208, writtenName(name));
  const named = (wanted: Wanted) =>
    new Map(
      table.columns.flatMap(({ name }, at) => {
        const value = wanted.get(at);
        return value === undefined ? [] : [[name, value] as const];
      }),
    );
  return {
    columns: exposed(table.columns, exposing),
    rows: (_outer, wanted) => table.rows(wanted && named(wanted)),
  };
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
  const isChanged = context.changed === source;
  const reading = { session, hints: source.hints ?? [], isChanged };
  const columns = exposed(table.columns.map(withOrigin), exposing);
  return {
    columns: isChanged ? [...columns, { ...rowId, ...exposing }] : columns,
    rows: () => tableRows(table, found.place, reading),
  };
}

/** The column with a row's id has no name, so that only the statement that changes the table finds it. */
const rowId: Column = { name: "", type: { name: "int" }, nullable: false };

function derivedTable(
  { query, columnNames: names, commonTables }: Pick<CommonTable, "query" | "columnNames" | "commonTables">,
  alias: string,
  { context, bindQuery }: Scope,
  outer?: Scope,
): Source {
  const bound = bindQuery(query, context, outer, commonTables);
  const columns = bound.columns.map((column, index) => ({ ...column, name: names[index] ?? column.name }));
  if (names.length > 0 && names.length !== columns.length) {
    throw sqlError(names.length > columns.length ? 8159 : 8158, alias);
  }
  const unnamed = columns.findIndex((column) => column.name === "");
  if (unnamed >= 0) throw sqlError(8155, unnamed + 1, alias);
  const twice = columns.find(({ name }, at) => columns.findIndex((other) => sameName(other.name, name)) < at);
  if (twice) throw sqlError(8156, twice.name, alias);
  return { columns: exposed(columns, { table: alias }), rows: (outer) => bound.rows(outer) };
}

const withOrigin = (column: StoredColumn): Column => ({
  ...column,
  origin: column.identity ? "identity" : "stored",
});

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
  const equal = equijoin(item.on, joined, left.columns.length);
  const noLeft: Row = left.columns.map(() => null);
  const noRight: Row = right.columns.map(() => null);
  return {
    columns,
    rows: (outer, wanted) => {
      const matches = (row: Row): boolean => {
        if (++scope.context.effort.rows > mostRows) throw sqlError(701, "default");
        return !on || on({ row, outer }) === true;
      };
      const leftRows = [...left.rows(outer, keepRight ? undefined : wanted)];
      const rows = [...right.rows(outer, keepRight ? undefined : equal?.wanted(leftRows))];
      const candidates = equal?.among(rows) ?? (() => rows);
      return pairs(leftRows, rows, candidates, matches, keepLeft && noRight, keepRight && noLeft);
    },
  };
}

/** Puts matching rows side by side. `noRight` and `noLeft` stand beside a row without a match, if such rows are kept. */
function* pairs(
  left: Iterable<Row>,
  right: readonly Row[],
  candidates: Candidates,
  matches: (row: Row) => boolean,
  noRight: Row | false,
  noLeft: Row | false,
): Generator<Row> {
  const matched = new Set<Row>();
  for (const leftRow of left) {
    let found = false;
    for (const rightRow of candidates(leftRow)) {
      const row = [...leftRow, ...rightRow];
      if (!matches(row)) continue;
      found = true;
      matched.add(rightRow);
      yield row;
    }
    if (found || !noRight) continue;
    yield [...leftRow, ...noRight];
  }
  if (noLeft) for (const rightRow of right) if (!matched.has(rightRow)) yield [...noLeft, ...rightRow];
}

import { sqlError } from "../messages";
import type { Expression, Query, QueryTerm, Select } from "../syntax/query";
import { int, type SqlValue } from "../types";
import { fold, sameName } from "../values/collation";
import { keyOf } from "../values/compare";
import { convertValue } from "../values/convert";
import { bind } from "./bind";
import { coerce, unified } from "./coerce";
import { addCommonTable } from "./common-tables";
import {
  type Bound,
  type BoundQuery,
  type CommonTable,
  type Context,
  nullValue,
  type ResultColumn,
  type Scope,
} from "./scope";
import { bindSelect, type SortableRow } from "./select";
import { compareKeys, type SortKey } from "./sort";

/** The scope of an expression without a table around it. */
export const emptyScope = (context: Context): Scope => ({ context, columns: [], commonTables: new Map(), bindQuery });

export function bindQuery(
  query: Query,
  context: Context,
  outer: Scope | undefined,
  inherited: ReadonlyMap<string, CommonTable> = outer?.commonTables ?? new Map(),
): BoundQuery {
  const commonTables = new Map(inherited);
  for (const table of query.commonTables) addCommonTable(table, commonTables);
  const outerScope: Scope = { ...emptyScope(context), commonTables };
  const bound =
    query.rest.length === 0
      ? singleTerm(query, context, outer, commonTables)
      : combined(query, context, outer, commonTables);
  const count = (expression: Expression | undefined): number | undefined => {
    if (!expression) return undefined;
    const value = Number(coerce(bind(expression, outerScope), int).value({ row: [] }));
    if (value < 0) throw sqlError(10742);
    return value;
  };
  return {
    columns: bound.columns,
    rows(frame) {
      const rows = bound.rows(frame);
      const offset = count(query.offset) ?? 0;
      const fetch = count(query.fetch);
      return rows.slice(offset, fetch === undefined ? undefined : offset + fetch);
    },
  };
}

/** Binds one SELECT. Its ORDER BY may name columns that it does not return, and TOP counts sorted rows. */
function singleTerm(
  query: Query,
  context: Context,
  outer: Scope | undefined,
  commonTables: ReadonlyMap<string, CommonTable>,
): BoundQuery {
  const { first: term, orderBy } = query;
  if (term.kind !== "select") {
    if (orderBy.length > 0) return combined(query, context, outer, commonTables);
    return boundTerm(term, context, outer, commonTables);
  }
  const base: Scope = { ...emptyScope(context), outer, commonTables };
  const select = bindSelect(term, orderBy, base);
  const top = topOf(term, base);
  return {
    columns: select.columns,
    rows(frame) {
      const all = term.distinct ? distinct(select.rows(frame), select.columns) : select.rows(frame);
      const sorted =
        select.sortKeys.length > 0 ? all.sort((a, b) => compareKeys(a.keys, b.keys, select.sortKeys)) : all;
      return top(sorted, select.sortKeys).map(({ values }) => values);
    },
  };
}

function boundTerm(
  term: QueryTerm,
  context: Context,
  outer: Scope | undefined,
  commonTables: ReadonlyMap<string, CommonTable>,
): BoundQuery {
  switch (term.kind) {
    case "select":
      return singleTerm({ commonTables: [], first: term, rest: [], orderBy: [] }, context, outer, commonTables);
    case "parenthesized":
      return bindQuery(term.query, context, outer, commonTables);
    case "values":
      return valuesOf(term, { ...emptyScope(context), outer, commonTables });
  }
}

function valuesOf(term: Extract<QueryTerm, { kind: "values" }>, scope: Scope): BoundQuery {
  const rows = term.rows.map((row) => row.map((expression) => bind(expression, scope)));
  const width = rows[0]?.length ?? 0;
  if (rows.some((row) => row.length !== width)) throw sqlError(10709);
  const types = Array.from({ length: width }, (_, index) => unified(rows.map((row) => row[index] as Bound)));
  const values = rows.map((row) => row.map((bound, index) => coerce(bound, types[index] ?? int)));
  return {
    columns: types.map((type, index) => ({ name: "", type, nullable: rows.some((row) => row[index]?.nullable) })),
    rows: (outer) => values.map((row) => row.map((bound) => bound.value({ row: [], outer }))),
  };
}

type Taken = (rows: SortableRow[], keys: readonly SortKey[]) => SortableRow[];

function topOf(select: Select, scope: Scope): Taken {
  if (!select.top) return (rows) => rows;
  const { count, percent, withTies } = select.top;
  const bound = bind(count, scope);
  return (rows, keys) => {
    const limit = Number(
      convertValue(bound.value({ row: [] }), bound.type, percent ? { name: "float" } : { name: "bigint" }) ?? -1,
    );
    if (limit < 0) throw sqlError(percent ? 1031 : 1060);
    let taken = percent ? Math.ceil((rows.length * limit) / 100) : limit;
    if (withTies && taken > 0)
      while (taken < rows.length && compareKeys(rows[taken - 1]?.keys ?? [], rows[taken]?.keys ?? [], keys) === 0)
        taken++;
    return rows.slice(0, taken);
  };
}

function rowKey(values: readonly SqlValue[], columns: readonly ResultColumn[]): string {
  return JSON.stringify(values.map((value, index) => keyOf(value, (text) => fold(text, columns[index]?.collation))));
}

function distinct(rows: readonly SortableRow[], columns: readonly ResultColumn[]): SortableRow[] {
  const seen = new Set<string>();
  return rows.filter(({ values }) => {
    const key = rowKey(values, columns);
    return !seen.has(key) && seen.add(key);
  });
}

/** Binds UNION and the like: the first term names the columns, all terms give the types. INTERSECT binds tighter. */
function combined(
  query: Query,
  context: Context,
  outer: Scope | undefined,
  commonTables: ReadonlyMap<string, CommonTable>,
): BoundQuery {
  const terms = [query.first, ...query.rest.map(({ term }) => term)].map((term) =>
    boundTerm(term, context, outer, commonTables),
  );
  const [first] = terms as [BoundQuery];
  // 205: all terms need the same number of columns.
  if (terms.some((term) => term.columns.length !== first.columns.length)) throw sqlError(205);
  const columns = first.columns.map((column, index) => {
    const alternatives = terms.map((term) => ({ ...(term.columns[index] as ResultColumn), value: nullValue }));
    return { ...column, type: unified(alternatives), nullable: alternatives.some(({ nullable }) => nullable) };
  });
  const sortKeys = query.orderBy.map((item) => ({
    ...sortColumn(item.expression, columns),
    descending: item.descending,
  }));
  return {
    columns,
    rows(frame) {
      const tables = terms.map((term) => term.rows(frame).map((row) => converted(row, term.columns, columns)));
      const rows = combine(
        tables,
        query.rest.map(({ operator }) => operator),
        columns,
      );
      if (sortKeys.length === 0) return rows;
      const keyed = rows.map((values) => ({ values, keys: sortKeys.map(({ index }) => values[index] ?? null) }));
      return keyed.sort((a, b) => compareKeys(a.keys, b.keys, sortKeys)).map(({ values }) => values);
    },
  };
}

function converted(row: readonly SqlValue[], from: readonly ResultColumn[], to: readonly ResultColumn[]): SqlValue[] {
  return row.map((value, index) => convertValue(value, from[index]?.type ?? int, to[index]?.type ?? int));
}

type Rows = (readonly SqlValue[])[];

function combine(tables: readonly Rows[], operators: readonly string[], columns: readonly ResultColumn[]): Rows {
  const key = (row: readonly SqlValue[]): string => rowKey(row, columns);
  const unique = (rows: Rows): Rows => {
    const seen = new Set<string>();
    return rows.filter((row) => {
      const rowsKey = key(row);
      return !seen.has(rowsKey) && seen.add(rowsKey);
    });
  };
  const keep = (rows: Rows, others: Rows, present: boolean): Rows => {
    const keys = new Set(others.map(key));
    return unique(rows).filter((row) => keys.has(key(row)) === present);
  };
  const terms: Rows[] = [tables[0] ?? []];
  const pending: string[] = [];
  for (const [index, operator] of operators.entries()) {
    const table = tables[index + 1] ?? [];
    if (operator === "intersect") terms.push(keep(terms.pop() ?? [], table, true));
    else {
      pending.push(operator);
      terms.push(table);
    }
  }
  let result = [...(terms[0] ?? [])];
  for (const [index, operator] of pending.entries()) {
    const table = terms[index + 1] ?? [];
    if (operator === "except") result = keep(result, table, false);
    else if (operator === "union") result = unique([...result, ...table]);
    else for (const row of table) result.push(row);
  }
  return result;
}

function sortColumn(
  expression: Expression,
  columns: readonly ResultColumn[],
): ResultColumn & { readonly index: number } {
  let index = -1;
  const isPosition = expression.kind === "literal" && expression.literal.type.name === "int";
  if (isPosition) index = Number(expression.literal.value) - 1;
  else if (expression.kind === "column")
    index = columns.findIndex((column) => sameName(column.name, expression.parts.at(-1) ?? ""));
  const column = columns[index];
  // 104: only a column of a UNION can be what it is sorted by.
  if (!column) throw isPosition ? sqlError(108, index + 1) : sqlError(104);
  return { ...column, index };
}

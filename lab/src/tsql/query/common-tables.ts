import { sqlError } from "../messages";
import type { Query, QueryTerm, TableSource } from "../syntax";
import type { SqlValue } from "../types";
import { sameName } from "../values/collation";
import { type BoundQuery, bindQuery } from "./query";
import type { CommonTable, Context } from "./scope";

type Definition = Query["commonTables"][number];

/** WITH name AS (query): the tables before it are known in it; where it is recursive, the table itself too. */
export function addCommonTable({ name, columnNames, query }: Definition, tables: Map<string, CommonTable>): void {
  const inside = new Map(tables);
  const isRecursive = query.rest.some(({ term }) => readsTable(term, name));
  tables.set(name.toLowerCase(), {
    query,
    columnNames,
    commonTables: inside,
    recursive: isRecursive ? (context) => recursive({ name, columnNames, query }, inside, context) : undefined,
  });
}

/** The anchor's rows, then those that the recursive part makes of the rows of the round before, until there are none. */
function recursive(
  { name, columnNames, query }: Definition,
  tables: ReadonlyMap<string, CommonTable>,
  context: Context,
): BoundQuery {
  const at = query.rest.findIndex(({ term }) => readsTable(term, name));
  // 252: only UNION ALL stands before the recursive part.
  if (query.rest.slice(at).some(({ operator }) => operator !== "unionAll")) throw sqlError(252, name);
  const anchor = bindQuery({ ...query, rest: query.rest.slice(0, at) }, context, undefined, tables);
  const columns = anchor.columns.map((column, index) => ({
    ...column,
    name: columnNames[index] ?? column.name,
    nullable: true,
  }));
  const working: { columns: typeof columns; rows: readonly (readonly SqlValue[])[] } = { columns, rows: [] };
  const known = new Map(tables).set(name.toLowerCase(), { query, columnNames, commonTables: tables, working });
  const parts = query.rest
    .slice(at)
    .map(({ term }) =>
      bindQuery({ commonTables: query.commonTables, first: term, rest: [], orderBy: [] }, context, undefined, known),
    );
  for (const part of parts) {
    if (part.columns.length !== columns.length) throw sqlError(205);
    const different = columns.findIndex(
      ({ type }, index) =>
        !part.columns[index]?.isNull && JSON.stringify(type) !== JSON.stringify(part.columns[index]?.type),
    );
    if (different >= 0) throw sqlError(240, columns[different]?.name ?? "", name);
  }
  return {
    columns,
    rows() {
      const all = [...anchor.rows(undefined)];
      working.rows = all.slice();
      for (let round = 0; working.rows.length > 0; round++) {
        const found = parts.flatMap((part) => part.rows(undefined));
        const { maxRecursion } = context.effort;
        if (found.length > 0 && maxRecursion > 0 && round >= maxRecursion) throw sqlError(530, maxRecursion);
        context.effort.rows += found.length;
        if (context.effort.rows > mostRows) throw sqlError(701, "default");
        for (const row of found) all.push(row);
        working.rows = found;
      }
      return all;
    },
  };
}

const mostRows = 1_000_000;

function readsTable(term: QueryTerm, name: string): boolean {
  if (term.kind === "values") return false;
  if (term.kind === "parenthesized")
    return [term.query.first, ...term.query.rest.map((part) => part.term)].some((inner) => readsTable(inner, name));
  return term.from.some((source) => mentions(source, name));
}

function mentions(source: TableSource, name: string): boolean {
  switch (source.kind) {
    case "table":
      return source.name.schema === undefined && sameName(source.name.name, name);
    case "derived":
      return [source.query.first, ...source.query.rest.map(({ term }) => term)].some((term) => readsTable(term, name));
    case "joined":
      return mentions(source.first, name) || source.joins.some((item) => mentions(item.source, name));
    case "pivot":
    case "unpivot":
      return mentions(source.source, name);
    default:
      return false;
  }
}

import { findObject, notModelled } from "../data/access";
import type { Row, StoredTable, StoredView } from "../data/store";
import { sqlError } from "../messages";
import type { Condition, Query, Select, SelectItem, TableSource } from "../syntax";
import { sameName } from "../values/collation";
import { bindCondition } from "./conditions";
import type { CommonTable, Context } from "./scope";

type NamedTable = Extract<TableSource, { readonly kind: "table" }>;

/** The table of FROM that a statement changes: its rows end with those of the table and their ids. */
export interface Changed {
  readonly source: TableSource;
  /** A view, common table expression or derived table over it. */
  readonly through?: ChangedQuery;
}

/** A query over one table whose rows end with that table's rows and their ids. */
export interface ChangedQuery {
  readonly query: Query;
  readonly context: Context;
  readonly commonTables: ReadonlyMap<string, CommonTable>;
  readonly name: NamedTable["name"];
  /** What the query's columns are called, and which of the table's they are; undefined: none of them. */
  readonly columns: readonly { readonly name: string; readonly base?: string }[];
  /** WITH CHECK OPTION: what a row must still be after the change, with the name that it calls the table by. */
  readonly check?: { readonly condition: Condition; readonly table: string };
}

/** Throws 4403 and 4405 where the query does not lead to the rows of one table. */
export function changedQuery(
  { query, columnNames, commonTables }: CommonTable,
  title: string,
  context: Context,
): ChangedQuery {
  const { first, rest } = query;
  if (first.kind !== "select" || rest.length > 0) throw notModelled("A change of rows through a UNION");
  if (first.distinct || first.groupBy.length > 0 || first.having) throw sqlError(4403, title);
  const [inner] = first.from;
  if (first.from.length !== 1 || !inner) throw sqlError(4405, title);
  if (inner.kind !== "table")
    throw inner.kind === "joined" ? sqlError(4405, title) : notModelled("A change of rows through a query of a query");
  const table = findObject(inner.name, context)?.object;
  if (table?.kind !== "table" || commonTables.has(inner.name.name.toLowerCase()))
    throw notModelled("A change of rows through a query of a query");
  const alias = inner.alias ?? inner.name.name;
  const hidden = [...table.columns.map(({ name }) => name), ""].map(
    (name): SelectItem => ({ kind: "expression", expression: { kind: "column", parts: [alias, name] }, alias: "" }),
  );
  const select: Select = { ...first, items: [...first.items, ...hidden] };
  const columns = first.items.flatMap((item) => columnsOf(item, table));
  return {
    query: { ...query, first: select },
    context: { ...context, changed: { source: inner } },
    commonTables,
    name: inner.name,
    columns: columns.map((column, at) => ({ ...column, name: columnNames[at] ?? column.name })),
  };
}

export function viewQuery(view: StoredView, database: string | undefined, context: Context): ChangedQuery {
  const inside: Context = { ...context, database, tableVariables: undefined, firing: undefined };
  const names = view.columns.map(({ name }) => name);
  const changed = changedQuery({ query: view.query, columnNames: names, commonTables: new Map() }, view.name, inside);
  const { first } = view.query;
  if (!view.isChecked || first.kind !== "select" || !first.where) return changed;
  const [from] = first.from;
  const table = from?.kind === "table" ? (from.alias ?? from.name.name) : "";
  return { ...changed, check: { condition: first.where, table } };
}

function columnsOf(item: SelectItem, { columns }: StoredTable): { readonly name: string; readonly base?: string }[] {
  if (item.kind === "all") return columns.map(({ name }) => ({ name, base: name }));
  if (item.kind === "assign") return [];
  const { expression, alias } = item;
  const named = expression.kind === "column" ? (expression.parts.at(-1) ?? "") : undefined;
  const base = columns.find(({ name }) => named !== undefined && sameName(name, named))?.name;
  return [{ name: alias ?? base ?? named ?? "", base }];
}

/** The table's own column behind one of the query's. Throws 207, 4406. */
export function baseColumn({ columns, name: table }: ChangedQuery, name: string): string {
  const found = columns.find((column) => sameName(column.name, name));
  if (!found) throw sqlError(207, name);
  if (found.base === undefined) throw sqlError(4406, table.name);
  return found.base;
}

/** 550: a row that the view does not show any more. */
export function rowChecker({ check, context }: ChangedQuery, { columns }: StoredTable): (row: Row) => void {
  if (!check) return () => undefined;
  const { condition, table } = check;
  const scope = { context, columns: columns.map((column) => ({ ...column, table })), commonTables: new Map() };
  const holds = bindCondition(condition, scope);
  return (row) => {
    if (holds({ row }) !== true) throw sqlError(550);
  };
}

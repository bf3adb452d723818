import type { Query } from "../syntax/query";
import type { CommonTable } from "./scope";

/** Adds WITH name AS (query). The query knows the tables that were added before it. */
export function addCommonTable(
  { name, columnNames, query }: Query["commonTables"][number],
  tables: Map<string, CommonTable>,
): void {
  const key = name.toLowerCase();
  const itself: CommonTable = { query, columnNames, commonTables: tables, isItself: true };
  tables.set(key, { query, columnNames, commonTables: new Map(tables).set(key, itself) });
}

import type { Query } from "../syntax";
import type { CommonTable } from "./scope";

/** WITH name AS (query): the tables before it are known in it. */
export function addCommonTable(
  { name, columnNames, query }: Query["commonTables"][number],
  tables: Map<string, CommonTable>,
): void {
  const before = new Map(tables);
  const itself: CommonTable = { query, columnNames, commonTables: before, isItself: true };
  const inside = new Map(before).set(name.toLowerCase(), itself);
  tables.set(name.toLowerCase(), { query, columnNames, commonTables: inside });
}

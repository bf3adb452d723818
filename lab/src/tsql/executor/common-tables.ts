import { sqlError } from "../messages";
import { bind, coerce } from "../query/bind";
import { addCommonTable } from "../query/common-tables";
import type { CommonTable } from "../query/scope";
import type { Expression } from "../syntax";
import type { CommonTables } from "../table-syntax";
import type { Run } from "./run";

/** WITH in front of INSERT, UPDATE and DELETE. */
export function commonTablesOf(commonTables: CommonTables): ReadonlyMap<string, CommonTable> {
  const found = new Map<string, CommonTable>();
  for (const table of commonTables) addCommonTable(table, found);
  return found;
}

/** TOP (n); undefined: all rows. */
export function limitOf(top: Expression | undefined, run: Run): number | undefined {
  if (!top) return undefined;
  const bound = bind(top, { context: run.context, columns: [], commonTables: new Map() });
  const limit = Number(coerce(bound, { name: "bigint" }).value({ row: [] }) ?? -1);
  if (limit < 0) throw sqlError(1060);
  return limit;
}

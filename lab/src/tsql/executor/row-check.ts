import { sessionData } from "../data/session-data";
import { qualifiedName, schemaAndName, type Target } from "../data/target";
import { sqlError } from "../messages";
import { bindCondition } from "../query/bind";
import { emptyScope } from "../query/query";
import type { Context, Scope, SourceColumn } from "../query/scope";
import type { Row, StoredTable } from "../stored";
import type { SqlValue } from "../types";

/** The names in a CHECK are the table's own columns. */
export function tableScope(table: StoredTable, context: Context): Scope {
  const columns: SourceColumn[] = table.columns.map((column) => ({ ...column, table: table.name }));
  return { ...emptyScope(context), columns };
}

/** Returns what checks and completes a row of the table. It throws 515, and 547 for CHECK. */
export function rowCheck(target: Omit<Target, "transaction">, context: Context): (values: readonly SqlValue[]) => Row {
  const { table, verb, databaseName } = target;
  const scope = tableScope(table, context);
  const versions = table.columns.flatMap(({ type }, position) => (type.name === "timestamp" ? [position] : []));
  const checks = table.definition.checks.map((check) => ({ ...check, holds: bindCondition(check.value, scope) }));
  const required = table.columns.flatMap((column, position) => (column.nullable ? [] : [{ column, position }]));
  return (values) => {
    const row = [...values];
    for (const position of versions) row[position] = nextRowVersion(target, context);
    const missing = required.find(({ position }) => (row[position] ?? null) === null);
    if (missing) throw sqlError(515, missing.column.name, qualifiedName(target), verb);
    const broken = checks.find(({ holds }) => holds({ row }) === false);
    if (broken) {
      const column = broken.column === undefined ? "" : `, column '${broken.column}'`;
      throw sqlError(547, verb, "CHECK", broken.name, databaseName, schemaAndName(table), column);
    }
    return row;
  };
}

/** All rowversion columns of a database share one counter. */
function nextRowVersion({ place }: Pick<Target, "place">, { session }: Context): Buffer {
  const store = place.store ?? sessionData(session).ids;
  const version = Buffer.alloc(8);
  version.writeBigUInt64BE(++store.rowVersion);
  return version;
}

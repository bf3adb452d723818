import { sqlError } from "../messages";
import type { Row, StoredTable, UniqueIndex } from "../stored";
import { textOf } from "../values/convert";
import { checkReferences, type RowChange } from "./foreign-keys";
import { takeLock } from "./locks";
import { keyText } from "./table";
import { schemaAndName, type Target } from "./target";
import { changeRow } from "./transaction";

/** A table with so many rows counts as full (1105), because memory has an end. */
const mostRows = 1_000_000;

export function insertRows(target: Target, rows: readonly Row[]): void {
  const { table } = target;
  if (table.rows.size + rows.length > mostRows)
    throw sqlError(1105, schemaAndName(table), target.databaseName, "PRIMARY");
  takeLock(target.place, "X", target.transaction);
  const changes = rows.map((after) => {
    const row = table.nextRow++;
    requireFreeKeys(table, after);
    changeRow(target.transaction, target.place, table, row, after);
    return { before: undefined, after };
  });
  checkReferences(target, changes);
}

export function updateRows(target: Target, rows: readonly { readonly row: number; readonly after: Row }[]): void {
  const { table, transaction, place } = target;
  takeLock(place, "X", transaction);
  const changes: RowChange[] = [];
  const moved = new Map<number, Row>();
  for (const { row, after } of rows) {
    const before = table.rows.get(row);
    if (!before) continue;
    changes.push({ before, after });
    if (table.indexes.every((index) => keyOf(table, index, before) === keyOf(table, index, after)))
      changeRow(transaction, place, table, row, after);
    else moved.set(row, after);
  }
  // All keys go before the new ones come, so that SET id = id + 1 meets none of the old ones.
  for (const row of moved.keys()) changeRow(transaction, place, table, row, undefined);
  for (const [row, after] of moved) {
    requireFreeKeys(table, after);
    changeRow(transaction, place, table, row, after);
  }
  checkReferences(target, changes);
}

export function deleteRows(target: Target, rows: readonly number[]): void {
  const { table, transaction, place } = target;
  takeLock(place, "X", transaction);
  const changes: RowChange[] = [];
  for (const row of rows) {
    const before = table.rows.get(row);
    if (!before) continue;
    changeRow(transaction, place, table, row, undefined);
    changes.push({ before, after: undefined });
  }
  checkReferences(target, changes);
}

const keyOf = ({ columns }: StoredTable, { positions }: UniqueIndex, row: Row): string =>
  keyText(row, positions, columns);

/** Throws 2627 for a constraint, 2601 for an index. */
function requireFreeKeys(table: StoredTable, row: Row): void {
  for (const index of table.indexes) if (index.rows.has(keyOf(table, index, row))) throw duplicate(table, index, row);
}

function duplicate(table: StoredTable, { key, positions }: UniqueIndex, row: Row) {
  const value = duplicateValue(table, positions, row);
  if (key.kind === "index") return sqlError(2601, schemaAndName(table), key.name, value);
  const kind = key.kind === "primary" ? "PRIMARY KEY" : "UNIQUE KEY";
  return sqlError(2627, kind, key.name, schemaAndName(table), value);
}

/** A key as messages show it: (1, abc), with <NULL> for NULL. */
export function duplicateValue({ columns }: StoredTable, positions: readonly number[], row: Row): string {
  const values = positions.map((position) => {
    const value = row[position] ?? null;
    const column = columns[position];
    return value === null || !column ? "<NULL>" : textOf(value, column.type);
  });
  return `(${values.join(", ")})`;
}

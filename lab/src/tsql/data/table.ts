import type { Key, Row, StoredColumn, StoredTable, TableDefinition } from "../stored";
import type { SqlValue } from "../types";
import { fold } from "../values/collation";
import { compareValues, keyOf } from "../values/compare";
import { positionOf } from "./store";

/** Makes a table of that definition, with `rows` by their ids. */
export function createTable(definition: TableDefinition, rows: Iterable<readonly [number, Row]> = []): StoredTable {
  const { id, schema, name, created, modified, columns, keys } = definition;
  const table: StoredTable = {
    kind: "table",
    id,
    schema,
    name,
    created,
    modified,
    definition,
    columns,
    rows: new Map(),
    isOrdered: true,
    lastRow: undefined,
    nextRow: 1,
    nextIdentity: columns.find(({ identity }) => identity)?.identity?.seed ?? 0n,
    lastIdentity: undefined,
    indexes: keys
      .filter(({ isUnique }) => isUnique)
      .map((key) => ({ key, positions: positionsOf(key, columns), rows: new Map() })),
  };
  for (const [row, values] of rows) putRow(table, row, values);
  return table;
}

/** Copies a table with rows of its own, under another definition of the same columns if one is given. */
export function copyTable(table: StoredTable, definition = table.definition): StoredTable {
  const copy = createTable(definition, table.rows);
  return Object.assign(copy, {
    nextRow: table.nextRow,
    nextIdentity: table.nextIdentity,
    lastIdentity: table.lastIdentity,
  });
}

export function positionsOf({ columns: names }: Pick<Key, "columns">, columns: readonly StoredColumn[]): number[] {
  return names.map((name) => positionOf(columns, name));
}

/** A text that is equal for rows whose columns at these positions are equal. */
export function keyText(row: Row, positions: readonly number[], columns: readonly StoredColumn[]): string {
  return keyTextOf(
    positions.map((position) => row[position] ?? null),
    positions,
    columns,
  );
}

export function keyTextOf(
  values: readonly SqlValue[],
  positions: readonly number[],
  columns: readonly StoredColumn[],
): string {
  const parts = values.map((value, index) =>
    keyOf(value, (text) => fold(text, columns[positions[index] ?? 0]?.collation)),
  );
  return parts.length === 1 ? (parts[0] ?? "") : JSON.stringify(parts);
}

/** Inserts or replaces a row, indexes included; the caller has made sure that keys stay unique. */
export function putRow(table: StoredTable, row: number, values: Row): void {
  const before = table.rows.get(row);
  if (before) {
    unindex(table, row, before);
    if (compareRows(table, [row, before], [row, values]) !== 0) table.isOrdered = false;
  } else if (follows(table, values, row)) table.lastRow = row;
  else table.isOrdered = false;
  table.rows.set(row, values);
  if (row >= table.nextRow) table.nextRow = row + 1;
  for (const { positions, rows } of table.indexes) rows.set(keyText(values, positions, table.columns), row);
}

export function removeRow(table: StoredTable, row: number): void {
  const before = table.rows.get(row);
  if (!before) return;
  unindex(table, row, before);
  table.rows.delete(row);
  if (table.lastRow === row) table.lastRow = undefined;
}

/** Removes the row's own entry only: within one statement another row may have taken the key over. */
function unindex(table: StoredTable, row: number, values: Row): void {
  for (const { positions, rows } of table.indexes) {
    const key = keyText(values, positions, table.columns);
    if (rows.get(key) === row) rows.delete(key);
  }
}

function clusteredKey({ indexes }: StoredTable) {
  return indexes.find(({ key }) => key.isClustered);
}

function compareRows(table: StoredTable, [oneId, one]: [number, Row], [otherId, other]: [number, Row]): number {
  for (const position of clusteredKey(table)?.positions ?? []) {
    const [a, b] = [one[position] ?? null, other[position] ?? null];
    const column = table.columns[position];
    const order =
      a === null || b === null
        ? Number(a !== null) - Number(b !== null)
        : column
          ? compareValues(a, b, column.type, column.collation)
          : 0;
    if (order !== 0) return order;
  }
  return oneId - otherId;
}

function follows(table: StoredTable, values: Row, row: number): boolean {
  if (table.rows.size === 0) return true;
  const last = table.lastRow === undefined ? undefined : table.rows.get(table.lastRow);
  return last !== undefined && compareRows(table, [table.lastRow ?? 0, last], [row, values]) < 0;
}

/** The rows in the order of the clustered key, or in that of their arrival. */
export function orderedRows(table: StoredTable): ReadonlyMap<number, Row> {
  if (!table.isOrdered) {
    const sorted = [...table.rows].sort((one, other) => compareRows(table, one, other));
    table.rows = new Map(sorted);
    table.lastRow = sorted.at(-1)?.[0];
    table.isOrdered = true;
  }
  return table.rows;
}

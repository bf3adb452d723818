import type { Change, Row, Store, StoredObject, StoredTable } from "../stored";
import type { SqlValue } from "../types";
import { tablesOf } from "./store";
import { copyTable, putRow, removeRow } from "./table";

/** Redoes a committed transaction on another copy of the database. */
export function applyChanges(store: Store, changes: readonly Change[]): void {
  for (const change of changes) {
    if (change.kind === "object") {
      if (change.after) store.objects.set(change.key, copyObject(change.after));
      else store.objects.delete(change.key);
      continue;
    }
    const table = store.objects.get(change.key);
    if (table?.kind !== "table") continue;
    if (change.after) {
      putRow(table, change.row, change.after);
      followIdentity(table, change.after);
    } else removeRow(table, change.row);
  }
}

/** Lets a copy go on counting where the original is. */
function followIdentity(table: StoredTable, row: Row): void {
  const position = table.columns.findIndex(({ identity }) => identity);
  const identity = table.columns[position]?.identity;
  if (identity) noteIdentity(table, wholeOf(row[position] ?? null, table, position), identity.increment);
}

/** An identity column's value as a whole number, whatever its type is. */
export function wholeOf(value: SqlValue, table: StoredTable, position: number): bigint {
  const type = table.columns[position]?.type;
  const whole = typeof value === "number" || typeof value === "bigint" ? BigInt(value) : 0n;
  return type && "scale" in type ? whole / 10n ** BigInt(type.scale) : whole;
}

/** Moves the next identity value beyond every one that the table has. */
export function noteIdentity(table: StoredTable, value: bigint, increment: bigint): void {
  table.lastIdentity = value;
  const next = value + increment;
  if (increment > 0n ? next > table.nextIdentity : next < table.nextIdentity) table.nextIdentity = next;
}

export function copyObject(object: StoredObject): StoredObject {
  return object.kind === "table" ? copyTable(object) : object;
}

/** The bytes that a row takes in a page and in the log, about. */
export function rowBytes(row: Row | undefined): number {
  return (row ?? []).reduce<number>((sum, value) => sum + valueBytes(value), 11);
}

function valueBytes(value: SqlValue): number {
  if (value === null) return 0;
  if (typeof value === "string") return 2 + value.length * 2;
  if (Buffer.isBuffer(value)) return 2 + value.length;
  return typeof value === "number" ? 4 : typeof value === "bigint" || value instanceof Date ? 8 : 16;
}

function tableBytes({ rows }: StoredTable): number {
  let total = 0;
  for (const row of rows.values()) total += rowBytes(row);
  return total;
}

const pageBytes = 8192;
/** A table with rows has whole extents of eight pages. */
const extentBytes = 8 * pageBytes;

/** The size of the user's tables in the database's files. */
export function storedBytes(store: Store): number {
  return tablesOf(store).reduce((sum, table) => sum + Math.ceil(tableBytes(table) / extentBytes) * extentBytes, 0);
}

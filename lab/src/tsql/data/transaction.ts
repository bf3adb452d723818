import type { Change, Entry, Row, Store, StoredObject, StoredTable, Transaction } from "../stored";
import { copyObject, rowBytes } from "./changes";
import { type Place, takeLock } from "./locks";
import { putRow, removeRow } from "./table";

let lastId = 0n;

export function beginTransaction(spid: number, name?: string): Transaction {
  return {
    id: ++lastId,
    spid,
    name,
    entries: [],
    savepoints: new Map(),
    lockedStores: new Set(),
    waiting: new Set(),
  };
}

/** Changes a row, or deletes it where `after` is undefined. */
export function changeRow(
  transaction: Transaction,
  place: Place,
  table: StoredTable,
  row: number,
  after: Row | undefined,
): void {
  takeLock(place, "X", transaction);
  const { store, key } = place;
  const before = table.rows.get(row);
  transaction.entries.push({ kind: "row", store, key, table, row, before, after });
  set(table, row, after);
}

/** Makes or replaces an object, or drops it where `after` is undefined. */
export function changeObject(
  transaction: Transaction,
  place: Place & { readonly objects: Map<string, StoredObject> },
  after: StoredObject | undefined,
): void {
  takeLock(place, "Sch-M", transaction);
  const { objects, store, key } = place;
  transaction.entries.push({ kind: "object", objects, store, key, before: objects.get(key), after });
  if (after) objects.set(key, after);
  else objects.delete(key);
}

/** Undoes everything after the first `mark` entries. */
export function undoTo(transaction: Transaction, mark: number): void {
  const { entries } = transaction;
  while (entries.length > mark) {
    const entry = entries.pop();
    if (entry?.kind === "row") set(entry.table, entry.row, entry.before);
    else if (entry?.before) entry.objects.set(entry.key, entry.before);
    else if (entry) entry.objects.delete(entry.key);
  }
}

function set(table: StoredTable, row: number, values: Row | undefined): void {
  if (values) putRow(table, row, values);
  else removeRow(table, row);
}

export function commit(transaction: Transaction, now: Date): void {
  const byStore = new Map<Store, { readonly changes: Change[]; bytes: number }>();
  for (const entry of transaction.entries) {
    if (!entry.store) continue;
    const log = byStore.get(entry.store) ?? { changes: [], bytes: 0 };
    byStore.set(entry.store, log);
    log.changes.push(changeOf(entry));
    log.bytes += entry.kind === "row" ? rowBytes(entry.before) + rowBytes(entry.after) + recordBytes : definitionBytes;
  }
  for (const [store, { changes, bytes }] of byStore) store.committed?.(changes, bytes, now);
  end(transaction);
}

/** The size of a log record's header, and of a change of the catalog. */
const recordBytes = 96;
const definitionBytes = 4096;

function changeOf(entry: Entry): Change {
  if (entry.kind === "row") return { kind: "row", key: entry.key, row: entry.row, after: entry.after };
  return { kind: "object", key: entry.key, after: entry.after && copyObject(entry.after) };
}

export function rollBack(transaction: Transaction): void {
  undoTo(transaction, 0);
  end(transaction);
}

function end(transaction: Transaction): void {
  transaction.isEnded = true;
  transaction.entries.length = 0;
  for (const { locks } of transaction.lockedStores)
    for (const [key, { owner }] of locks) if (owner === transaction) locks.delete(key);
  transaction.lockedStores.clear();
  for (const wake of [...transaction.waiting]) wake();
}

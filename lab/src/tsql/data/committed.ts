import { copyObject } from "./changes";
import type { Store, StoredObject, StoredTable } from "./store";
import { copyTable, putRow, removeRow } from "./table";
import type { Transaction } from "./transaction";

/** Makes `copy` what `store` has without the changes of transactions that have not ended. */
export function copyCommitted(copy: Store, store: Store): void {
  copy.objects.clear();
  const keys = new Set([...store.objects.keys(), ...store.locks.keys()]);
  for (const key of keys) {
    const owner = store.locks.get(key);
    const object = owner ? firstOf(owner, store, key) : store.objects.get(key);
    if (object) copy.objects.set(key, object.kind === "table" ? committedTable(object) : copyObject(object));
  }
  copy.nextId = store.nextId;
  copy.allowsSnapshot = store.allowsSnapshot;
  copy.readsVersions = store.readsVersions;
}

/** An object before the first change that a transaction has made to it. */
function firstOf({ entries }: Transaction, store: Store, key: string): StoredObject | undefined {
  const first = entries.find((entry) => entry.kind === "object" && entry.store === store && entry.key === key);
  return first?.kind === "object" ? first.before : store.objects.get(key);
}

function committedTable(table: StoredTable): StoredTable {
  const copy = copyTable(table);
  for (const row of table.locks.keys()) removeRow(copy, row);
  for (const [row, { before }] of table.locks) if (before) putRow(copy, row, before);
  return copy;
}

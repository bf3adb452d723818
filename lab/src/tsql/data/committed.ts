import type { Store } from "../stored";
import { copyObject } from "./changes";
import { putRow, removeRow } from "./table";

/** Makes `copy` what `store` has without the changes of transactions that have not ended. */
export function copyCommitted(copy: Store, store: Store): void {
  copy.objects.clear();
  for (const [key, object] of store.objects) copy.objects.set(key, copyObject(object));
  for (const owner of new Set([...store.locks.values()].map((lock) => lock.owner)))
    for (const entry of owner.entries.toReversed()) {
      if (entry.store !== store) continue;
      if (entry.kind === "row") setRow(copy, entry.key, entry.row, entry.before);
      else if (entry.before) copy.objects.set(entry.key, copyObject(entry.before));
      else copy.objects.delete(entry.key);
    }
  copy.nextId = store.nextId;
}

function setRow({ objects }: Store, key: string, row: number, values: Parameters<typeof putRow>[2] | undefined): void {
  const table = objects.get(key);
  if (table?.kind !== "table") return;
  if (values) putRow(table, row, values);
  else removeRow(table, row);
}

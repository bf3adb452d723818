import { requireUnlocked } from "./locks";
import type { Store, StoredTable, StoredTrigger } from "./store";
import type { ChangeVerb } from "./target";
import type { Transaction } from "./transaction";

/** What a trigger's body sees of the statement that fired it. */
export interface Firing {
  /** inserted and deleted */
  readonly tables: Map<string, StoredTable>;
  /** Of the trigger's table; UPDATE() asks for them by name. */
  readonly columns: StoredTable["columns"];
  /** column_id of those that the statement has set. */
  readonly updated: ReadonlySet<number>;
  readonly verb: ChangeVerb;
}

/** The enabled triggers of a table or view, oldest first. */
export function triggersOn(
  store: Store | undefined,
  key: string,
  verb: ChangeVerb,
  reader: Transaction | undefined,
): StoredTrigger[] {
  if (!store) return [];
  return allTriggersOn(store, key, reader)
    .filter(({ isDisabled, events }) => !isDisabled && events.includes(verb))
    .sort((one, other) => one.created.getTime() - other.created.getTime());
}

export function allTriggersOn(store: Store, key: string, reader?: Transaction): StoredTrigger[] {
  const found: StoredTrigger[] = [];
  for (const [own, object] of store.objects) {
    if (object.kind !== "trigger" || object.parent !== key) continue;
    requireUnlocked({ store, key: own }, "Sch-S", reader);
    found.push(object);
  }
  return found;
}

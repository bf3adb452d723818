import type { Lock, LockMode, LockRequest, Store, Transaction } from "../stored";

/** The place of a table: its log records name it by this. */
export interface Place {
  readonly store: Store | undefined;
  readonly key: string;
}

/** Thrown where somebody else's lock is in the way: the statement is undone, waits, and starts again. */
export class LockWait extends Error {
  constructor(
    readonly owner: Transaction,
    readonly request: LockRequest,
  ) {
    super(`transaction ${owner.id} has not ended`);
  }
}

/** Throws LockWait where somebody else holds the object. What only a session sees has no store and no locks. */
export function requireUnlocked({ store, key }: Place, mode: LockMode, asking: Transaction | undefined): void {
  const held = store?.locks.get(key);
  if (!held || held.owner === asking || (mode === "Sch-S" && held.mode === "X")) return;
  throw new LockWait(held.owner, { mode, objectId: store?.objects.get(key)?.id });
}

export function takeLock(place: Place, mode: Lock["mode"], owner: Transaction): void {
  const { store, key } = place;
  requireUnlocked(place, mode, owner);
  if (!store || store.locks.get(key)?.mode === "Sch-M") return;
  store.locks.set(key, { owner, mode });
  owner.lockedStores.add(store);
}

import type { Place, Transaction } from "./transaction";

/**
 * S: rows of a table are read; X: they are changed. Sch-S: an object is named; Sch-M: it is made, changed or dropped.
 * Only X and Sch-M are held, until the transaction ends.
 */
export type LockMode = "S" | "X" | "Sch-S" | "Sch-M";

export interface Lock {
  readonly owner: Transaction;
  readonly mode: "X" | "Sch-M";
}

export interface LockRequest {
  readonly mode: LockMode;
  /** undefined: what is being dropped, or a lock of sp_getapplock. */
  readonly objectId?: number;
  /** Milliseconds, instead of those of LOCK_TIMEOUT. */
  readonly timeout?: number;
}

/** Somebody else's lock is in the way: the statement is undone, waits, and starts again. */
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

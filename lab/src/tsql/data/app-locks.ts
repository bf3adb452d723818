import type { Session } from "../host";
import { SqlError } from "../messages";
import type { Store, Transaction } from "../stored";
import { waitForLock } from "./lock-wait";
import { LockWait } from "./locks";
import { openTransaction, sessionData } from "./session-data";

interface AppLock {
  readonly owner: Transaction;
  readonly mode: AppLockMode;
  /** How often the lock was taken; sp_releaseapplock gives one back. */
  count: number;
}

const conflicts = {
  IntentShared: ["Exclusive"],
  Shared: ["IntentExclusive", "Exclusive"],
  Update: ["Update", "IntentExclusive", "Exclusive"],
  IntentExclusive: ["Shared", "Update", "Exclusive"],
  Exclusive: ["IntentShared", "Shared", "Update", "IntentExclusive", "Exclusive"],
} as const;
type AppLockMode = keyof typeof conflicts;

export const appLockMode = (text: string): AppLockMode | undefined =>
  (Object.keys(conflicts) as AppLockMode[]).find((mode) => mode.toLowerCase() === text.toLowerCase());

/** The locks by database and by the resource's name, in which letter case counts. */
const held = new WeakMap<Store, Map<string, AppLock[]>>();

function locksOf(store: Store, resource: string): AppLock[] {
  const byName = held.get(store) ?? new Map<string, AppLock[]>();
  held.set(store, byName);
  const locks = (byName.get(resource) ?? []).filter(({ owner }) => !owner.isEnded);
  byName.set(resource, locks);
  return locks;
}

export type AppLockOwner = "Transaction" | "Session";

/** The transaction that holds the lock until it ends; undefined where none is open. */
const ownerOf = (session: Session, owner: AppLockOwner): Transaction | undefined =>
  owner === "Session" ? sessionData(session).holder : openTransaction(session);

export interface AppLockRequest {
  readonly store: Store;
  readonly resource: string;
  readonly owner: AppLockOwner;
}

/** sp_getapplock returns 0 at once, 1 after a wait, -1 too late, -2 when cancelled, -3 to a deadlock's victim, or -999. */
export async function getAppLock(
  {
    store,
    resource,
    owner: kind,
    mode,
    timeout,
  }: AppLockRequest & { readonly mode: AppLockMode; readonly timeout: number },
  session: Session,
  signal: AbortSignal,
): Promise<number> {
  const owner = ownerOf(session, kind);
  if (!owner) return -999;
  const mine = [openTransaction(session), sessionData(session).holder];
  for (let waited = 0; ; waited = 1) {
    const locks = locksOf(store, resource);
    const other = locks.find(
      (lock) => !mine.includes(lock.owner) && (conflicts[mode] as readonly string[]).includes(lock.mode),
    );
    if (!other) {
      const own = locks.find((lock) => lock.owner === owner && lock.mode === mode);
      if (own) own.count++;
      else locks.push({ owner, mode, count: 1 });
      return waited;
    }
    const failure = await outcomeOf(other.owner, session, timeout, signal);
    if (failure !== undefined) return failure;
  }
}

async function outcomeOf(
  owner: Transaction,
  session: Session,
  timeout: number,
  signal: AbortSignal,
): Promise<number | undefined> {
  try {
    await waitForLock(new LockWait(owner, { mode: "X", timeout }), session, signal);
    return signal.aborted ? -2 : undefined;
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return error.number === 1205 ? -3 : -1;
  }
}

/** Returns false where the session does not hold the lock. */
export function releaseAppLock({ store, resource, owner: kind }: AppLockRequest, session: Session): boolean {
  const owner = ownerOf(session, kind);
  const locks = locksOf(store, resource);
  const own = locks.findLast((lock) => lock.owner === owner);
  if (!own || !owner) return false;
  if (--own.count === 0) locks.splice(locks.indexOf(own), 1);
  for (const wake of [...owner.waiting]) wake();
  return true;
}

/** The one mode that APPLOCK_MODE shows for all the locks that the owner holds. */
export function heldAppLockMode({ store, resource, owner: kind }: AppLockRequest, session: Session): string {
  const owner = ownerOf(session, kind);
  const modes = new Set(locksOf(store, resource).flatMap((lock) => (lock.owner === owner ? [lock.mode] : [])));
  if (modes.has("Exclusive")) return "Exclusive";
  const intent = modes.has("IntentExclusive") ? "IntentExclusive" : "";
  for (const mode of ["Update", "Shared"] as const) if (modes.has(mode)) return `${mode}${intent}`;
  return intent || (modes.has("IntentShared") ? "IntentShared" : "NoLock");
}

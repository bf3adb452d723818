import type { Session } from "../host";
import { SqlError, sqlError } from "../messages";
import type { Store, StoredTable } from "./store";
import { keyText } from "./table";
import type { Transaction } from "./transaction";

/** Somebody else's uncommitted change is in the way: the statement is undone, waits, and starts again. */
export class LockWait extends Error {
  constructor(readonly owner: Transaction) {
    super(`transaction ${owner.id} has not ended`);
  }
}

/** Reads the whole table: every uncommitted change of somebody else is in the way. */
export function requireUnlocked(table: StoredTable, reader: Transaction | undefined): void {
  for (const owner of table.owners) if (owner !== reader) throw new LockWait(owner);
}

/** Reads or changes one row. */
export function requireUnlockedRow(table: StoredTable, row: number, reader: Transaction | undefined): void {
  const lock = table.locks.get(row);
  if (lock && lock.owner !== reader) throw new LockWait(lock.owner);
}

/** Looks for a key: a row that has it, or that had it before an uncommitted change, is in the way. */
export function requireUnlockedKey(
  table: StoredTable,
  positions: readonly number[],
  key: string,
  reader: Transaction | undefined,
): void {
  if (table.owners.size === 0 || (table.owners.size === 1 && reader && table.owners.has(reader))) return;
  for (const [row, { owner, before }] of table.locks) {
    if (owner === reader) continue;
    const now = table.rows.get(row);
    const isMeant = [before, now].some((values) => values && keyText(values, positions, table.columns) === key);
    if (isMeant) throw new LockWait(owner);
  }
}

/** Names an object that an uncommitted CREATE, ALTER or DROP of somebody else is about. */
export function requireUnlockedObject({ locks }: Store, key: string, reader: Transaction | undefined): void {
  const owner = locks.get(key);
  if (owner && owner !== reader) throw new LockWait(owner);
}

/** Ends when the owner's transaction does. Throws 1205 where that one waits for this session, 1222 after LOCK_TIMEOUT. */
export async function waitForLock(owner: Transaction, session: Session, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const own = session.transaction;
  for (let next: Transaction | undefined = owner; next; next = next.waitsFor)
    if (next === own) throw withState(1205, 51, session.spid, "lock");
  const timeout = Number(session.options.get("LOCK_TIMEOUT") ?? -1);
  if (timeout === 0) throw withState(1222, 56);
  if (own) own.waitsFor = owner;
  const over = new AbortController();
  try {
    const limits = AbortSignal.any([signal, over.signal]);
    const ended = new Promise<"ended">((resolve) => {
      const wake = () => resolve("ended");
      owner.waiting.add(wake);
      limits.addEventListener("abort", () => owner.waiting.delete(wake), { once: true });
    });
    const aborted = new Promise<"aborted">((resolve) => {
      limits.addEventListener("abort", () => resolve("aborted"), { once: true });
    });
    const late =
      timeout > 0
        ? [
            session.host.sleep(timeout, limits).then(
              () => "late" as const,
              () => "aborted" as const,
            ),
          ]
        : [];
    if ((await Promise.race([ended, aborted, ...late])) === "late") throw withState(1222, 51);
  } finally {
    over.abort();
    if (own) own.waitsFor = undefined;
  }
}

function withState(number: number, state: number, ...args: readonly (string | number)[]): SqlError {
  const { severity, text } = sqlError(number, ...args);
  return new SqlError(number, severity, text, state);
}

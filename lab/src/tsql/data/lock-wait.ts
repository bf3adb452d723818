import type { Session } from "../host";
import { SqlError, sqlError } from "../messages";
import type { Transaction } from "../stored";
import type { LockWait } from "./locks";
import { lockTimeout } from "./session-options";

/** Waits until the owner's transaction ends. Throws 1205 where that would close a circle, 1222 after LOCK_TIMEOUT. */
export async function waitForLock({ owner, request }: LockWait, session: Session, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const own = session.transaction;
  if (own && waitsFor(owner, own)) throw withState(1205, 51, session.spid, "lock");
  const timeout = request.timeout ?? lockTimeout(session);
  if (timeout === 0) throw withState(1222, 56);
  const over = new AbortController();
  const limits = AbortSignal.any([signal, over.signal]);
  const ended = new Promise<void>((resolve) => {
    owner.waiting.add(resolve);
    limits.addEventListener(
      "abort",
      () => {
        owner.waiting.delete(resolve);
        resolve();
      },
      { once: true },
    );
  });
  const late = () => "late" as const;
  const isLate = timeout > 0 ? [session.host.sleep(timeout, limits).then(late, () => undefined)] : [];
  session.lockWait = { blockedBy: owner.spid, request, since: session.host.now() };
  if (own) own.waitsFor = owner;
  try {
    if ((await Promise.race([ended, ...isLate])) === "late") throw withState(1222, 51);
  } finally {
    over.abort();
    session.lockWait = undefined;
    if (own) own.waitsFor = undefined;
  }
}

/** Whether the one waits for the other, which makes whoever would wait last the deadlock's victim. */
function waitsFor(waiting: Transaction, wanted: Transaction): boolean {
  for (let next: Transaction | undefined = waiting; next; next = next.waitsFor) if (next === wanted) return true;
  return false;
}

function withState(number: number, state: number, ...args: readonly (string | number)[]): SqlError {
  const { severity, text } = sqlError(number, ...args);
  return new SqlError(number, severity, text, state);
}

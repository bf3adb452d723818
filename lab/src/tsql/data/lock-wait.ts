import type { Session } from "../host";
import { SqlError, sqlError } from "../messages";
import type { LockWait } from "./locks";
import { lockTimeout, optionOf } from "./session-options";
import type { Transaction } from "./transaction";

/** Ends when the owner's transaction does. Throws 1205 for a deadlock's victim, 1222 after LOCK_TIMEOUT. */
export async function waitForLock({ owner, request }: LockWait, session: Session, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const own = session.transaction;
  const priority = deadlockPriority(session);
  const victim = own && deadlockVictim(own, owner, priority);
  if (victim === own && own) throw withState(1205, 51, session.spid, "lock");
  const timeout = request.noWait ? 0 : (request.timeout ?? lockTimeout(session));
  if (timeout === 0) throw withState(1222, 56);
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
    const chosen = new Promise<"victim">((resolve) => {
      if (own) own.wait = { for: owner, priority, giveUp: () => resolve("victim") };
    });
    session.lockWait = { blockedBy: owner.spid, request, since: session.host.now() };
    const late =
      timeout > 0
        ? [
            session.host.sleep(timeout, limits).then(
              () => "late" as const,
              () => "aborted" as const,
            ),
          ]
        : [];
    victim?.wait?.giveUp();
    const outcome = await Promise.race([ended, aborted, chosen, ...late]);
    if (outcome === "victim") throw withState(1205, 51, session.spid, "lock");
    if (outcome === "late") throw withState(1222, 51);
  } finally {
    over.abort();
    session.lockWait = undefined;
    if (own) own.wait = undefined;
  }
}

/** Of the transactions that would wait for each other the one with the lowest priority, then the one that has changed least. */
function deadlockVictim(own: Transaction, owner: Transaction, priority: number): Transaction | undefined {
  const others: Transaction[] = [];
  for (let next: Transaction | undefined = owner; next !== own; next = next.wait?.for) {
    if (!next || others.includes(next)) return undefined;
    others.push(next);
  }
  const cost = (one: Transaction): readonly [number, number] => [
    one === own ? priority : (one.wait?.priority ?? 0),
    one.entries.length,
  ];
  return others.reduce((victim, other) => {
    const [[lowest, least], [otherPriority, changes]] = [cost(victim), cost(other)];
    return otherPriority < lowest || (otherPriority === lowest && changes < least) ? other : victim;
  }, own);
}

/** SET DEADLOCK_PRIORITY: LOW, NORMAL, HIGH, or -10 to 10. */
export function deadlockPriority(session: Session): number {
  const value = optionOf(session, "DEADLOCK_PRIORITY");
  return { LOW: -5, NORMAL: 0, HIGH: 5 }[value] ?? Number(value);
}

function withState(number: number, state: number, ...args: readonly (string | number)[]): SqlError {
  const { severity, text } = sqlError(number, ...args);
  return new SqlError(number, severity, text, state);
}

import { LockWait, waitForLock } from "../data/locks";
import { SqlError } from "../messages";
import { BatchAborted, type Run, rollBack } from "./run";

/** Waits, as long as LOCK_TIMEOUT lets it, and starts again where somebody else's uncommitted change is in the way. */
export async function whenUnlocked<T>(run: Run, perform: () => Promise<T> | T): Promise<T> {
  for (;;) {
    try {
      return await perform();
    } catch (error) {
      if (!(error instanceof LockWait)) throw error;
      await unlocked(error, run);
      if (run.signal.aborted) throw new BatchAborted();
    }
  }
}

/** A deadlock's victim loses its transaction. */
async function unlocked({ owner }: LockWait, run: Run): Promise<void> {
  try {
    await waitForLock(owner, run.session, run.signal);
  } catch (error) {
    if (error instanceof SqlError && error.number === 1205) rollBack(run);
    throw error;
  }
}

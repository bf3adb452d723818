import { waitForLock } from "../data/lock-wait";
import { LockWait } from "../data/locks";
import { BatchAborted, type Run } from "./run";

/** Waits, as long as LOCK_TIMEOUT lets it, and starts again where somebody else's uncommitted change is in the way. */
export async function whenUnlocked<T>(run: Run, perform: () => Promise<T> | T): Promise<T> {
  for (;;) {
    try {
      return await perform();
    } catch (error) {
      if (!(error instanceof LockWait)) throw error;
      await waitForLock(error, run.session, run.signal);
      if (run.signal.aborted) throw new BatchAborted();
    }
  }
}

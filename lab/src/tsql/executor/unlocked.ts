import { waitForLock } from "../data/lock-wait";
import { LockWait } from "../data/locks";
import { BatchAborted, type Run } from "./run";

/** Performs a statement. While somebody else's uncommitted change is in the way it waits, up to LOCK_TIMEOUT, and starts again. */
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

import type { Clock } from "./network";

/** The machine's time, moved forward by as much as a test wants; sleepers that are due wake at once. */
export interface LabClock extends Clock {
  advance(milliseconds: number): void;
}

/** A clock that shows another time and runs as fast; how far it is ahead may change. */
export const aheadOf = (clock: Clock, milliseconds: () => number): Clock => ({
  now: () => new Date(clock.now().getTime() + milliseconds()),
  sleep: (duration, signal) => clock.sleep(duration, signal),
});

interface Sleeper {
  readonly due: number;
  timer: NodeJS.Timeout;
  wake(): void;
}

/** setTimeout's longest delay; a longer sleep is cut into pieces. */
const longestTimer = 2 ** 31 - 1;

/** datetime2 has no later one. */
const lastMoment = Date.UTC(9999, 11, 31);

export function createClock(): LabClock {
  let ahead = 0;
  const sleepers = new Set<Sleeper>();
  const now = () => Date.now() + ahead;

  function schedule(sleeper: Sleeper): void {
    clearTimeout(sleeper.timer);
    const left = Math.max(0, sleeper.due - now());
    sleeper.timer =
      left <= longestTimer ? setTimeout(sleeper.wake, left) : setTimeout(() => schedule(sleeper), longestTimer);
  }

  return {
    now: () => new Date(now()),
    advance(milliseconds) {
      if (now() + milliseconds > lastMoment) throw new RangeError("time ends with the year 9999");
      ahead += milliseconds;
      for (const sleeper of sleepers) schedule(sleeper);
    },
    sleep(milliseconds, signal) {
      if (signal?.aborted) return Promise.reject(signal.reason);
      return new Promise((resolve, reject) => {
        const end = () => {
          clearTimeout(sleeper.timer);
          sleepers.delete(sleeper);
          signal?.removeEventListener("abort", abort);
        };
        const abort = () => {
          end();
          reject(signal?.reason);
        };
        const wake = () => {
          end();
          resolve();
        };
        const sleeper: Sleeper = { due: now() + milliseconds, timer: setTimeout(() => undefined, 0), wake };
        sleepers.add(sleeper);
        signal?.addEventListener("abort", abort);
        schedule(sleeper);
      });
    },
  };
}

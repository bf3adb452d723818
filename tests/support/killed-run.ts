import type { JournalEntry, Lab } from "#lab/index";
import { type Call, callOf, request, statement } from "./calls";
import { killAll } from "./process-tree";

/** When a run is killed: at a call that changes something, or after the reads that follow on one. */
export type Moment = "before its answer" | "after its answer" | "after the reads that follow";

/** One moment in a run: the call is the n-th of its title. */
export interface Cell {
  readonly title: string;
  readonly nth: number;
  readonly moment: Moment;
  /** No other change follows. */
  readonly isLast: boolean;
}

/**
 * The moments of a run in which it can be killed, from what it asked: before and after the answer to each change, and after
 * the reads between two changes, all of them together. They change nothing, so that only the last of them differs: by then
 * the engine has had time to write down what came before.
 */
export function cellsOf(calls: readonly Call[]): Cell[] {
  const seen = new Map<string, number>();
  const last = calls.findLastIndex(({ changes }) => changes);
  return calls.flatMap(({ title, changes }, at) => {
    if (!changes) return [];
    const nth = (seen.get(title) ?? 0) + 1;
    seen.set(title, nth);
    const isRead = calls[at + 1]?.changes === false;
    const moments: readonly Moment[] = ["before its answer", "after its answer"];
    return [...moments, ...(isRead ? (["after the reads that follow"] as const) : [])].map((moment) => ({
      title,
      nth,
      moment,
      isLast: at === last,
    }));
  });
}

/** Sees each call of a program when it arrives, and when it has taken effect and is not yet answered. */
export class Killer {
  #cell: Cell | undefined;
  #marker = "";
  #seen = 0;
  #isArmed = false;
  #timer: NodeJS.Timeout | undefined;
  /** How many processes were killed. */
  killed = 0;

  /** To be given to the lab. */
  readonly onJournalEntry = (entry: JournalEntry): void => {
    const call = callOf(entry);
    if (!call || !this.#cell || call.title !== this.#cell.title || ++this.#seen !== this.#cell.nth) return;
    if (this.#cell.moment === "before its answer") this.#kill();
    else setImmediate(() => this.#arm());
  };

  /** Has the lab's faults tell of each call before it is carried out. The one at which the run is killed is not. */
  attach({ faults }: Lab): void {
    const { beforeStatement, beforeRequest } = faults;
    faults.beforeStatement = (instance, text) => {
      const fault = beforeStatement(instance, text);
      return this.#stopsAt(statement(text)) ? { ...fault, drop: "before" } : fault;
    };
    faults.beforeRequest = (method, path) => {
      const fault = beforeRequest(method, path);
      return this.#stopsAt(request(method, path)) ? { ...fault, drop: "before" } : fault;
    };
  }

  /** @param marker stands in the environment of all processes of the run, and of no other */
  async during<Run>(cell: Cell, marker: string, run: () => Promise<Run>): Promise<Run> {
    this.#cell = cell;
    this.#marker = marker;
    try {
      return await run();
    } finally {
      clearTimeout(this.#timer);
      this.#cell = undefined;
      this.#isArmed = false;
    }
  }

  /** The answer is on its way. */
  #arm(): void {
    if (!this.#cell) return;
    this.#isArmed = true;
    const { moment, isLast } = this.#cell;
    // A run that asks for nothing more for a while is writing its state, or has nothing more to ask.
    if (isLast) this.#timer = setTimeout(() => this.#kill(), moment === "after its answer" ? 20 : 200);
    else if (moment === "after its answer") this.#timer = setTimeout(() => this.#kill(), 100);
  }

  #stopsAt({ changes }: Call): boolean {
    if (!this.#isArmed || (this.#cell?.moment === "after the reads that follow" && !changes)) return false;
    this.#kill();
    return true;
  }

  #kill(): void {
    clearTimeout(this.#timer);
    this.#isArmed = false;
    this.#cell = undefined;
    this.killed = killAll(this.#marker);
  }
}

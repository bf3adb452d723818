import { setTimeout as delay } from "node:timers/promises";
import { VisibleError } from "./visible-error";

/** The error of an operation that its signal ended: for the signal's own reason, as its deadline passed, or as the user interrupted the run. */
export function interrupted(doing: string, signal: AbortSignal): VisibleError {
  const { reason } = signal;
  if (reason instanceof VisibleError) return new VisibleError({ ...reason.failure, doing }, reason.codes);
  const timedOut = reason instanceof Error && reason.name === "TimeoutError";
  return new VisibleError(
    {
      doing,
      cause: timedOut ? "the deadline of the operation (customTimeouts) has passed." : "the run was interrupted.",
      remedy: "run pulumi refresh to see what is there, then pulumi up.",
    },
    [timedOut ? "Deadline" : "Interrupted"],
  );
}

/** Waits, or throws that the run was interrupted or its deadline has passed. */
export async function pause(milliseconds: number, doing: string, signal: AbortSignal): Promise<void> {
  try {
    await delay(milliseconds, undefined, { signal });
  } catch {
    throw interrupted(doing, signal);
  }
}

import { setTimeout as delay } from "node:timers/promises";
import { interrupted } from "../errors/interrupted";
import { azureFailure } from "./azure-failure";
import type { Fault, Outcome } from "./fault";

/** What waiting needs: how to tell the user, and when to give up. */
export interface Patience {
  readonly signal: AbortSignal;
  readonly status: (message: string) => void;
}

/**
 * The one place where something is tried again. PUT, DELETE and GET may be sent twice here: a second identical PUT of a
 * link or a certificate succeeds, and a DELETE of what is gone does too.
 */
export async function untilAnswered<T>(
  doing: string,
  { signal, status }: Patience,
  attempt: () => Promise<Outcome<T>>,
): Promise<T> {
  for (let failures = 0; ; failures++) {
    const outcome = await attempt();
    if ("value" in outcome) return outcome.value;
    const { fault } = outcome;
    const why = reasonToWait(fault);
    if (why === undefined) throw azureFailure(doing, fault);
    const milliseconds = fault.retryAfterMilliseconds ?? Math.min(500 * 2 ** failures, 30_000);
    status(`${why} (${fault.code}); trying again in ${Math.max(1, Math.round(milliseconds / 1000))} s to ${doing}`);
    await pause(milliseconds, doing, signal);
  }
}

/** Waits, or throws that the run was interrupted or its deadline has passed. */
export async function pause(milliseconds: number, doing: string, signal: AbortSignal): Promise<void> {
  try {
    await delay(milliseconds, undefined, { signal });
  } catch {
    throw interrupted(doing, signal);
  }
}

/** Documented codes of an instance that does something else meanwhile: one thing at a time is all it does. */
const busy = new Set([
  "ConflictingServerOperation",
  "ConflictingSubscriptionOperation",
  "ConflictingSystemOperationInProgress",
  "ManagedInstanceIsBusy",
  "ManagedInstanceOperationInProgress",
  "ManagedInstanceStarting",
  "ManagementServiceDatabaseBusy",
  "OperationCanNotStartDueToMiLink",
]);

const lost = new Set([
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EAI_AGAIN",
  "ERR_STREAM_PREMATURE_CLOSE",
  "REQUEST_SEND_ERROR",
  "ECONNABORTED",
]);

function reasonToWait({ code, status }: Fault): string | undefined {
  if (busy.has(code))
    return code === "OperationCanNotStartDueToMiLink"
      ? "the instance is busy with another link"
      : "the instance is busy";
  if (status === 429) return "Azure throttles requests";
  if (status !== undefined && [408, 500, 502, 503, 504].includes(status))
    return `Azure is out of order for a moment, HTTP ${status}`;
  if (status === undefined && lost.has(code)) return "the connection to Azure broke";
  return undefined;
}

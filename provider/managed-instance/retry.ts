import { pause } from "../errors/interrupted";
import { VisibleError } from "../errors/visible-error";
import { azureFailure } from "./azure-failure";
import type { Fault, Outcome } from "./fault";

/** What waiting needs: how to tell the user, and when to give up. */
export interface Patience {
  readonly signal: AbortSignal;
  readonly status: (message: string) => void;
  /** How long Azure may give nothing but server errors and broken connections. @default 15 minutes */
  readonly longestOutageMilliseconds?: number;
}

const fifteenMinutes = 15 * 60_000;

/**
 * The one place where something is tried again. PUT, DELETE and GET may be sent twice here: a second identical PUT of a
 * link or a certificate succeeds, and a DELETE of what is gone does too. An instance that is busy, and throttling, are
 * waited for until the operation's signal ends, as copying for another link may take days; an outage, counted from the
 * first failure in a row, for 15 minutes.
 */
export async function untilAnswered<T>(
  doing: string,
  { signal, status, longestOutageMilliseconds = fifteenMinutes }: Patience,
  attempt: () => Promise<Outcome<T>>,
): Promise<T> {
  let outageSince: number | undefined;
  for (let failures = 0; ; failures++) {
    const outcome = await attempt();
    if ("value" in outcome) return outcome.value;
    const { fault } = outcome;
    const outage = outageOf(fault);
    const why = outage ?? reasonToWait(fault);
    if (why === undefined) throw azureFailure(doing, fault);
    outageSince = outage === undefined ? undefined : (outageSince ?? Date.now());
    const milliseconds = fault.retryAfterMilliseconds ?? Math.min(500 * 2 ** failures, 30_000);
    if (outageSince !== undefined && Date.now() + milliseconds - outageSince > longestOutageMilliseconds)
      throw outageFailure(doing, fault, longestOutageMilliseconds);
    status(`${why} (${fault.code}); trying again in ${Math.max(1, Math.round(milliseconds / 1000))} s to ${doing}`);
    await pause(milliseconds, doing, signal);
  }
}

/** What was asked for may have been done all the same. */
function outageFailure(doing: string, fault: Fault, milliseconds: number): VisibleError {
  const { failure, codes } = azureFailure(doing, fault);
  return new VisibleError(
    {
      ...failure,
      cause: `Azure, or the way to it, has been out of order for ${Math.round(milliseconds / 60_000)} minutes.`,
      remedy: "see https://azure.status.microsoft and this machine's network; then run pulumi up again, which goes on.",
    },
    [...codes, "Outage"],
  );
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
  return status === 429 ? "Azure throttles requests" : undefined;
}

function outageOf({ code, status }: Fault): string | undefined {
  if (busy.has(code)) return undefined;
  if (status !== undefined && [408, 500, 502, 503, 504].includes(status))
    return `Azure is out of order for a moment, HTTP ${status}`;
  return status === undefined && lost.has(code) ? "the connection to Azure broke" : undefined;
}

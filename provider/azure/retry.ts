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
 * Asks Azure again until it answers. PUT, DELETE and GET may be sent twice: a second identical PUT of a link or a
 * certificate succeeds, and a DELETE of what is gone does too. An instance that is busy, and throttling, are
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
      cause: `${fault.service === "sign-in" ? "Azure's sign-in service" : "Azure"}, or the way to it, has been out of order for ${Math.round(milliseconds / 60_000)} minutes.`,
      remedy: "see https://azure.status.microsoft and this machine's network; then run pulumi up again, which goes on.",
    },
    [...codes, "Outage"],
  );
}

/** Documented codes of an instance that does something else meanwhile: one thing at a time is all it does. */
const busy = new Set([
  "Conflict",
  "ConflictingDatabaseOperation",
  "ConflictingServerOperation",
  "ConflictingSubscriptionOperation",
  "ConflictingSystemOperationInProgress",
  "ManagedInstanceIsBusy",
  "ManagedInstanceOperationInProgress",
  "ManagedInstanceStarting",
  "ManagementServiceDatabaseBusy",
  "OperationCanNotStartDueToMiLink",
  "OperationInProgress",
]);

const lost = new Set([
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EAI_AGAIN",
  "EHOSTDOWN",
  "EHOSTUNREACH",
  "ENETDOWN",
  "ENETUNREACH",
  "ERR_STREAM_PREMATURE_CLOSE",
  "REQUEST_SEND_ERROR",
  "ECONNABORTED",
]);

/** The wrong address at first; once Azure has answered there, a name server or a machine that is down for a moment. */
const lostLater = new Set(["ECONNREFUSED", "ENOTFOUND"]);

/** Something else is in the way of a change, and Azure knows or says that it passes. */
export const isConflict = ({ code, status, retryAfterMilliseconds }: Fault): boolean =>
  busy.has(code) || (status === 409 && retryAfterMilliseconds !== undefined);

function reasonToWait(fault: Fault): string | undefined {
  if (isConflict(fault))
    return fault.code === "OperationCanNotStartDueToMiLink"
      ? "the instance is busy with another link"
      : "the instance is busy";
  if (fault.status !== 429) return undefined;
  return fault.service === "sign-in" ? "the sign-in service throttles requests" : "Azure throttles requests";
}

function outageOf(fault: Fault): string | undefined {
  const { code, status, service, isTransient } = fault;
  if (isConflict(fault)) return undefined;
  const who = service === "sign-in" ? "the sign-in service" : "Azure";
  if (status !== undefined && (isTransient || [408, 500, 502, 503, 504].includes(status)))
    return `${who} is out of order for a moment, HTTP ${status}`;
  if (status !== undefined) return undefined;
  return lost.has(code) || (isTransient && lostLater.has(code)) ? `the connection to ${who} broke` : undefined;
}

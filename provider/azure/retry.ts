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
 * What is retried. Requests to Azure and to its sign-in service are retried here. The user sees each wait.
 * - An instance that is busy, and throttling (429), until the operation's deadline: a copy for another link takes days.
 * - An outage (408, 500, 502 to 504, a broken connection) for 15 minutes from the first failure in a row.
 * - Anything else fails at once. A token that Azure refuses (401) is replaced once, in `session.ts`; and the library that
 *   signs in retries by itself only while it searches for credentials, in `credential.ts`.
 *
 * So a PUT, a DELETE or a GET may be sent twice. That does no harm: a second identical PUT of a link or a certificate
 * succeeds, and so does a DELETE of what is gone.
 *
 * Statements to SQL Server are retried once when their connection breaks, in `sql-server/connection.ts`: a query is sent
 * again, a change only after a look shows that it was not made. A certificate that gets its name from the resource takes
 * another free one, up to three times, where somebody else was faster (`sql-server-certificate/lifecycle.ts`).
 *
 * Azure's answer may be out of date. So it is asked again, `threeTimes` in `requests.ts`; and a DELETE that says "gone" of
 * what is still listed is sent again, up to three times, in `client.ts`.
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

/** The failure after an outage ("Outage", which is uncertain): Azure may have done what was asked for all the same. */
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

/** Documented codes of an instance that is busy: it carries out one operation at a time. */
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

/** Before Azure has answered once, these mean a wrong address; after that, a machine or a name server that is down. */
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

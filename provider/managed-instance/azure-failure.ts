import { adviceFor } from "../errors/catalogue";
import { interrupted } from "../errors/interrupted";
import { VisibleError } from "../errors/visible-error";
import type { Fault } from "./fault";

/** A fault in words: Azure's code and text, the request's id, and what the catalogue knows about it. */
export function azureFailure(doing: string, fault: Fault): VisibleError {
  return new VisibleError({ doing, said: [said(fault)], ...adviceFor(keysOf(fault)) }, [fault.code]);
}

function said({ code, text, status, requestId }: Fault): string {
  const http = status === undefined || code === `HTTP ${status}` ? "" : ` (HTTP ${status})`;
  return `Azure: ${code}${http}: ${text}${requestId ? ` [request id ${requestId}]` : ""}`;
}

/** The network's codes mean something else here than for SQL Server; gateways name what they miss in the text only. */
function keysOf({ code, text, status }: Fault): string[] {
  const missing = /^The Resource 'Microsoft\.Sql\/managedInstances\/[^'/]+' under resource group/i.test(text)
    ? ["InstanceNotFound"]
    : [];
  const network = isTlsProblem(code, text) ? ["AzureTls"] : [`Azure ${code}`];
  return [
    ...missing,
    ...(status === undefined ? network : []),
    code,
    ...(status === undefined ? [] : [`HTTP ${status}`]),
  ];
}

const isTlsProblem = (code: string, text: string): boolean =>
  /CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS|EPROTO/.test(code) || /self.signed|unable to (?:verify|get)|altname/i.test(text);

/** No token could be had. The libraries nest what went wrong: the sign-in service's own number is in the text. */
export function signInFailure(
  doing: string,
  error: Error,
  unreachable: string | undefined,
  signal: AbortSignal,
): Error {
  if (signal.aborted) return interrupted(doing, signal);
  const text = [firstSentences(error), unreachable].filter(Boolean).join(" ");
  const number = /AADSTS\d+/.exec(text)?.[0];
  const code = number ?? (unreachable === undefined && isUnavailable(error) ? "NoAzureCredentials" : networkCode(text));
  const keys = number ? [number, "AADSTS"] : code.startsWith("Azure") ? [code] : [`Azure ${code}`, code];
  return new VisibleError({ doing: `sign in to Azure to ${doing}`, said: [text], ...adviceFor(keys) }, [code]);
}

export const isSignInError = (error: unknown): error is Error =>
  error instanceof Error &&
  /^(?:AuthenticationError|AggregateAuthenticationError|CredentialUnavailableError|AuthenticationRequiredError)$/.test(
    error.name,
  );

/** Nothing was even tried with success: no credential is there at all. */
const isUnavailable = (error: Error): boolean =>
  error.name === "CredentialUnavailableError" ||
  (error.name === "AggregateAuthenticationError" &&
    (error as Error & { readonly errors?: readonly Error[] }).errors?.every(isUnavailable) === true);

function networkCode(text: string): string {
  if (isTlsProblem("", text)) return "AzureTls";
  return /\b(ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|ECONNRESET)\b/.exec(text)?.[1] ?? "AzureSignIn";
}

/** DefaultAzureCredential lists every way that it tried, over pages; a line for each is enough. */
function firstSentences(error: Error): string {
  const text = error.message.replace(/\s+/g, " ").trim();
  return text.length <= 600 ? text : `${text.slice(0, 600)} ...`;
}

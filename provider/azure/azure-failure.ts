import { adviceFor } from "../errors/catalogue";
import { type Code, theirs } from "../errors/codes";
import { VisibleError } from "../errors/visible-error";
import type { Fault } from "./fault";

/** A fault in words: Azure's code and text, the request's id, and what the catalogue knows about it. */
export function azureFailure(doing: string, fault: Fault): VisibleError {
  const whole = fault.service === "sign-in" ? `sign in to Azure to ${doing}` : doing;
  return new VisibleError({ doing: whole, said: [said(fault)], ...adviceFor(keysOf(fault)) }, [codeOf(fault)]);
}

function said({ code, text, status, requestId, service }: Fault): string {
  const http = status === undefined || code === `HTTP ${status}` ? "" : ` (HTTP ${status})`;
  const who = service === "sign-in" ? "Sign-in" : "Azure";
  // The sign-in service begins its text with its number.
  return `${who}: ${text.startsWith(code) ? "" : `${code}${http}: `}${text}${requestId ? ` [request id ${requestId}]` : ""}`;
}

/** The code that `isFailure` compares. The dozens of codes of TLS become one of ours. */
const codeOf = ({ code, status, service }: Fault): Code =>
  (service === "sign-in" && status === undefined ? tlsAdvice(code) : undefined) ?? theirs(code);

/** Keys of the catalogue, the most exact first. "Azure " comes before a code of the network: SQL Server has advice of its own. */
function keysOf({ code, status, service, isOfGateway }: Fault): string[] {
  if (status === undefined) return [tlsAdvice(code) ?? `Azure ${code}`, code, ...(service ? ["AzureSignIn"] : [])];
  if (service === "sign-in") return [code, ...(code.startsWith("AADSTS") ? ["AADSTS"] : []), "AzureSignIn"];
  return [...(isOfGateway && code === "ResourceNotFound" ? ["InstanceNotFound"] : []), code, `HTTP ${status}`];
}

/** Codes of OpenSSL's verification as Node names them (tls, "X509 certificate error codes"), and of the handshake. */
function tlsAdvice(code: string): "AzureTls" | "AzureTlsName" | undefined {
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID" || code === "HOSTNAME_MISMATCH") return "AzureTlsName";
  return /CERT|CRL|SELF_SIGNED|UNABLE_TO|INVALID_CA|INVALID_PURPOSE|^ERR_(?:TLS|SSL)|^EPROTO$/.test(code)
    ? "AzureTls"
    : undefined;
}

/**
 * Codes of Node's and OpenSSL's for a TLS connection that did not come about, told from each other without their words.
 * Source: "X509 certificate error codes" of Node's documentation of tls; ERR_SSL_* are OpenSSL's reasons.
 */
const untrusted: ReadonlySet<string> = new Set([
  "CERT_REJECTED",
  "CERT_CHAIN_TOO_LONG",
  "CERT_REVOKED",
  "CERT_SIGNATURE_FAILURE",
  "CERT_UNTRUSTED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "INVALID_CA",
  "INVALID_PURPOSE",
  "PATH_LENGTH_EXCEEDED",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY",
  "UNABLE_TO_DECRYPT_CERT_SIGNATURE",
  "UNABLE_TO_GET_CRL",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);
const outOfDate: ReadonlySet<string> = new Set(["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID"]);
const otherName: ReadonlySet<string> = new Set(["ERR_TLS_CERT_ALTNAME_INVALID", "HOSTNAME_MISMATCH"]);

export type TlsKind = "TlsUntrusted" | "TlsOutOfDate" | "TlsOtherName" | "TlsNotSpoken";

/** What is wrong with the TLS of the other side, as a key of the catalogue; nothing where the code is of something else. */
export function tlsKind(code: string): readonly TlsKind[] {
  if (untrusted.has(code)) return ["TlsUntrusted"];
  if (outOfDate.has(code)) return ["TlsOutOfDate"];
  if (otherName.has(code)) return ["TlsOtherName"];
  const isOfTheHandshake = code === "EPROTO" || code === "EENCRYPT" || /^ERR_(?:SSL|TLS|OSSL)_/.test(code);
  return isOfTheHandshake ? ["TlsNotSpoken"] : [];
}

import certificates from "./system-certificates.json";

/**
 * A certificate that signed SQL Server's own modules: every master has these, without private keys. Two are the
 * genuine ones; the others were made as CREATE CERTIFICATE makes them, with a key that nobody kept.
 */
export interface SystemCertificate {
  readonly name: string;
  readonly der: Buffer;
}

/** All instances have the same ones, as all instances of one build do. */
export const systemCertificates: readonly SystemCertificate[] = (certificates as [name: string, der: string][]).map(
  ([name, der]) => ({ name, der: Buffer.from(der, "base64") }),
);

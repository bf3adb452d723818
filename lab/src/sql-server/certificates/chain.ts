import { X509Certificate } from "node:crypto";

/** Whether one certificate leads, over others that are there, to one that signed itself. */
export function chainsToRoot(der: Buffer, known: readonly Buffer[], depth = 0): boolean {
  const certificate = new X509Certificate(der);
  if (certificate.verify(certificate.publicKey)) return true;
  if (depth > known.length) return false;
  return known.some((candidate) => {
    const issuer = new X509Certificate(candidate);
    return (
      !candidate.equals(der) &&
      certificate.checkIssued(issuer) &&
      certificate.verify(issuer.publicKey) &&
      chainsToRoot(candidate, known, depth + 1)
    );
  });
}

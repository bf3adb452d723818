import { parseCertificate, x509Of } from "./parse";
import { remembered } from "./remembered";

/**
 * THE ONE STAND-IN in the lab's chain of trust. A managed instance's endpoint certificate is issued by a Microsoft
 * authority that chains to one of these two genuine roots (SHA-1 of the DER, as the Azure CA details page lists them).
 * Their private keys cannot be had, so the lab's issuing authority is not signed by them: a root counts as its issuer
 * by this thumbprint. Everything below the root is checked by signature.
 */
const rootsOfTheIssuingAuthority: ReadonlySet<string> = new Set([
  "DF3C24F9BFD666761B268073FE06D1CC8D4F82A4", // DigiCert Global Root G2
  "73A5E64A3BFF8316FF0EDCCC618A906E4EAE4D74", // Microsoft RSA Root Certificate Authority 2017
]);

/**
 * Whether a certificate leads, over others, to one of these that signed itself. `issuingAuthority` is Azure's, which a
 * managed instance shows along with its certificate: nobody imports it.
 */
export function chainsToRoot(
  der: Buffer,
  known: readonly Buffer[],
  issuingAuthority?: Buffer,
  passed: readonly Buffer[] = [],
): boolean {
  if (isIssuedBy(der, der)) return known.some((root) => root.equals(der));
  const issuers = issuingAuthority ? [issuingAuthority, ...known] : known;
  return issuers.some(
    (issuer) =>
      !passed.includes(issuer) &&
      (der === issuingAuthority ? isRootOfTheIssuingAuthority(issuer) : isIssuedBy(der, issuer)) &&
      chainsToRoot(issuer, known, issuingAuthority, [...passed, der]),
  );
}

const isIssuedBy = remembered((der, issuer: Buffer) => {
  const [certificate, authority] = [x509Of(der), x509Of(issuer)];
  return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
});

function isRootOfTheIssuingAuthority(der: Buffer): boolean {
  return rootsOfTheIssuingAuthority.has(parseCertificate(der).thumbprint.toString("hex").toUpperCase());
}

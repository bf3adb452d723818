import { createHash, X509Certificate } from "node:crypto";
import { daysFrom, issueCertificate, type KeyedCertificate } from "../x509";

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

const microsoft = [
  { name: "countryName", value: "US" },
  { name: "organizationName", value: "Microsoft Corporation" },
];
const issuingAuthorityName = [...microsoft, { name: "commonName", value: "Microsoft Azure TLS Issuing CA 01" }];
const rootName = [
  { name: "countryName", value: "US" },
  { name: "organizationName", value: "DigiCert Inc" },
  { shortName: "OU", value: "www.digicert.com" },
  { name: "commonName", value: "DigiCert Global Root G2" },
];

export interface IssuingAuthority {
  readonly certificate: X509Certificate;
  /** The leaf of one instance: subject and alternative names as Azure fills them, one year. */
  issue(fqdn: string, now: Date): Promise<KeyedCertificate>;
}

export async function createIssuingAuthority(now: Date): Promise<IssuingAuthority> {
  const authority = await issueCertificate({
    subject: issuingAuthorityName,
    issuer: rootName,
    notBefore: daysFrom(now, -365),
    notAfter: daysFrom(now, 5 * 365),
    extensions: [
      { name: "basicConstraints", cA: true, pathLenConstraint: 0, critical: true },
      { name: "keyUsage", digitalSignature: true, keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return {
    certificate: new X509Certificate(authority.der),
    issue(fqdn, start) {
      const zone = fqdn.slice(fqdn.indexOf(".") + 1);
      return issueCertificate({
        subject: [
          { name: "countryName", value: "US" },
          { shortName: "ST", value: "WA" },
          { name: "localityName", value: "Redmond" },
          { name: "organizationName", value: "Microsoft Corporation" },
          { name: "commonName", value: zone },
        ],
        issuer: issuingAuthorityName,
        notBefore: daysFrom(start, -1),
        notAfter: daysFrom(start, 359),
        extensions: [
          { name: "basicConstraints", cA: false, critical: true },
          { name: "keyUsage", digitalSignature: true, keyEncipherment: true, critical: true },
          { name: "extKeyUsage", clientAuth: true, serverAuth: true },
          { name: "subjectAltName", altNames: [fqdn, zone].map((value) => ({ type: 2, value })) },
        ],
        signerKey: authority.key,
      });
    },
  };
}

/** SHA-1 of the DER in upper-case hexadecimal: how SQL Server and Azure identify a certificate. */
export function thumbprint(der: Buffer): string {
  return createHash("sha1").update(der).digest("hex").toUpperCase();
}

export interface TrustedRoot {
  readonly der: Buffer;
  /** What sp_certificate_add_issuer registered the root for: "*.database.windows.net". */
  readonly trustedIssuerFor: ReadonlySet<string>;
}

/** Whether a leaf was issued for the name by the authority, and one of the roots stands for that authority and name. */
export function chainsToRoot(
  leaf: Buffer,
  fqdn: string,
  authority: X509Certificate,
  roots: Iterable<TrustedRoot>,
  now: Date,
): boolean {
  return isIssuedBy(leaf, fqdn, authority, now) && [...roots].some((root) => isRootFor(root, fqdn));
}

function isIssuedBy(leaf: Buffer, fqdn: string, authority: X509Certificate, now: Date): boolean {
  const certificate = new X509Certificate(leaf);
  return (
    certificate.checkHost(fqdn) !== undefined &&
    certificate.checkIssued(authority) &&
    certificate.verify(authority.publicKey) &&
    isValidAt(certificate, now)
  );
}

function isRootFor(root: TrustedRoot, fqdn: string): boolean {
  return (
    rootsOfTheIssuingAuthority.has(thumbprint(root.der)) &&
    [...root.trustedIssuerFor].some((pattern) => covers(pattern, fqdn))
  );
}

/** `*.database.windows.net` covers `sqlmi1.<zone>.database.windows.net`: any number of labels, unlike in TLS. */
function covers(pattern: string, fqdn: string): boolean {
  const [wanted, name] = [pattern.toLowerCase(), fqdn.toLowerCase()];
  return wanted.startsWith("*.") ? name.endsWith(wanted.slice(1)) : wanted === name;
}

export function isValidAt(certificate: X509Certificate, now: Date): boolean {
  return now >= certificate.validFromDate && now <= certificate.validToDate;
}

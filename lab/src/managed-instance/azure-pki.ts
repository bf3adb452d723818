import { createHash } from "node:crypto";
import { chainsToRoot } from "../sql-server/certificates/chain";
import { isValidAt, x509Of } from "../sql-server/certificates/parse";
import { remembered } from "../sql-server/certificates/remembered";
import { daysFrom, issueCertificate, type KeyedCertificate } from "../x509";

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
  readonly der: Buffer;
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
    der: authority.der,
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
  /** The name that sp_certificate_add_issuer registered the root for: "*.database.windows.net". */
  readonly trustedIssuerFor: ReadonlySet<string>;
}

/** Whether a leaf was issued for the name, and leads to a root that was registered for it. */
export function isTrustedFor(
  fqdn: string,
  leaf: Buffer,
  authority: Buffer,
  roots: Iterable<TrustedRoot>,
  now: Date,
): boolean {
  const registered = [...roots].filter(({ trustedIssuerFor }) =>
    [...trustedIssuerFor].some((pattern) => covers(pattern, fqdn)),
  );
  return (
    isValidAt(leaf, now) &&
    isIssuedFor(leaf, fqdn) &&
    chainsToRoot(
      leaf,
      registered.map(({ der }) => der),
      authority,
    )
  );
}

const isIssuedFor = remembered((leaf, fqdn: string) => x509Of(leaf).checkHost(fqdn) !== undefined);

/** A pattern covers any number of labels, unlike in TLS: `*.database.windows.net` covers `mi1.<zone>.database.windows.net`. */
function covers(pattern: string, fqdn: string): boolean {
  const [wanted, name] = [pattern.toLowerCase(), fqdn.toLowerCase()];
  return wanted.startsWith("*.") ? name.endsWith(wanted.slice(1)) : wanted === name;
}

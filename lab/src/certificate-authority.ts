import { isIP } from "node:net";
import { daysFrom, issueCertificate, type KeyedCertificate } from "./x509";

/** The lab's own authority: it signs what the lab's servers show in TLS, for the SQL half and the ARM half. */
export interface CertificateAuthority {
  readonly pem: string;
  /** One certificate for all the names and addresses. */
  issue(hosts: readonly string[]): Promise<{ readonly key: string; readonly cert: string }>;
}

const authorityName = [{ name: "commonName", value: "mi-link lab CA" }];

export async function createCertificateAuthority(): Promise<CertificateAuthority> {
  // The dates are of the machine's time, not of the lab's: the clients that check these certificates have no other.
  const notBefore = daysFrom(new Date(), -1);
  const authority: KeyedCertificate = await issueCertificate({
    subject: authorityName,
    issuer: authorityName,
    notBefore,
    notAfter: daysFrom(notBefore, 825),
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
      { name: "subjectKeyIdentifier" },
    ],
  });
  return {
    pem: authority.pem,
    async issue(hosts) {
      const { key, pem } = await issueCertificate({
        subject: [{ name: "commonName", value: "mi-link lab" }],
        issuer: authorityName,
        notBefore,
        notAfter: daysFrom(notBefore, 397),
        extensions: [
          { name: "basicConstraints", cA: false },
          { name: "keyUsage", digitalSignature: true, keyEncipherment: true, critical: true },
          { name: "extKeyUsage", serverAuth: true },
          {
            name: "subjectAltName",
            altNames: hosts.map((host) => (isIP(host) ? { type: 7, ip: host } : { type: 2, value: host })),
          },
        ],
        signerKey: authority.key,
      });
      return { key: key.export({ type: "pkcs8", format: "pem" }).toString(), cert: pem };
    },
  };
}

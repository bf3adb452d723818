import { type KeyObject, randomBytes, sign, X509Certificate } from "node:crypto";
import { asn1, md, pki } from "node-forge";
import { takeKeyPair } from "./sql-server/certificates/key-pool";

/** A certificate with the private key that it was made for. */
export interface KeyedCertificate {
  readonly der: Buffer;
  readonly pem: string;
  readonly key: KeyObject;
}

export interface CertificateRequest {
  readonly subject: readonly pki.CertificateField[];
  readonly issuer: readonly pki.CertificateField[];
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly extensions: readonly object[];
  /** The issuer's private key; the certificate is self-signed without it. */
  readonly signerKey?: KeyObject;
}

/** Makes a new RSA 2048 key and a certificate over it that is signed for real. */
export async function issueCertificate(request: CertificateRequest): Promise<KeyedCertificate> {
  const { privateKey } = await takeKeyPair();
  const { n, e } = forgeKey(privateKey);
  const certificate = pki.createCertificate();
  certificate.publicKey = pki.setRsaPublicKey(n, e);
  certificate.serialNumber = `33${randomBytes(15).toString("hex")}`;
  certificate.validity.notBefore = request.notBefore;
  certificate.validity.notAfter = request.notAfter;
  certificate.setSubject([...request.subject]);
  certificate.setIssuer([...request.issuer]);
  certificate.setExtensions([...request.extensions]);
  signWith(request.signerKey ?? privateKey, certificate);
  const der = Buffer.from(asn1.toDer(pki.certificateToAsn1(certificate)).getBytes(), "binary");
  return { der, pem: new X509Certificate(der).toString(), key: privateKey };
}

/** Has Node sign a certificate that forge built: RSA in forge's JavaScript takes a hundred times as long as in OpenSSL. */
function signWith(key: KeyObject, certificate: pki.Certificate): void {
  const toBeSigned = (): Buffer => Buffer.from(asn1.toDer(certificate.tbsCertificate).getBytes(), "binary");
  const signer = { ...forgeKey(key), sign: () => sign("sha256", toBeSigned(), key).toString("binary") };
  certificate.sign(signer, md.sha256.create());
}

function forgeKey(key: KeyObject): pki.rsa.PrivateKey {
  return pki.privateKeyFromAsn1(asn1.fromDer(key.export({ type: "pkcs1", format: "der" }).toString("binary")));
}

export function daysFrom(start: Date, days: number): Date {
  return new Date(start.getTime() + days * 86_400_000);
}

import { type KeyObject, randomBytes } from "node:crypto";
import { md, pki } from "node-forge";
import { takeKeyPair } from "./sql-server/certificates/key-pool";

/** A certificate with the private key that it was made for. */
export interface KeyedCertificate {
  readonly der: Buffer;
  readonly pem: string;
  readonly key: KeyObject;
  readonly keyPem: string;
}

export interface CertificateRequest {
  readonly subject: readonly pki.CertificateField[];
  readonly issuer: readonly pki.CertificateField[];
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly extensions: readonly object[];
  /** PEM of the issuer's private key; self-signed where left out. */
  readonly signerKeyPem?: string;
}

/** A new RSA 2048 key and a certificate over it that is signed for real. */
export async function issueCertificate(request: CertificateRequest): Promise<KeyedCertificate> {
  const { privateKey } = await takeKeyPair();
  const keyPem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const own = pki.privateKeyFromPem(keyPem);
  const certificate = pki.createCertificate();
  certificate.publicKey = pki.setRsaPublicKey(own.n, own.e);
  certificate.serialNumber = `33${randomBytes(15).toString("hex")}`;
  certificate.validity.notBefore = request.notBefore;
  certificate.validity.notAfter = request.notAfter;
  certificate.setSubject([...request.subject]);
  certificate.setIssuer([...request.issuer]);
  certificate.setExtensions([...request.extensions]);
  certificate.sign(request.signerKeyPem ? pki.privateKeyFromPem(request.signerKeyPem) : own, md.sha256.create());
  const pem = pki.certificateToPem(certificate);
  return { der: derOf(pem), pem, key: privateKey, keyPem };
}

function derOf(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ""), "base64");
}

export function daysFrom(start: Date, days: number): Date {
  return new Date(start.getTime() + days * 86_400_000);
}

import { createHash, X509Certificate } from "node:crypto";
import { asn1, util } from "node-forge";
import { remembered } from "./remembered";

/** A certificate's fields as sys.certificates shows them. */
export interface CertificateFields {
  readonly subject: string;
  readonly issuer: string;
  /** Hex pairs, lower case, blank between them. */
  readonly serialNumber: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** SHA-1 of the DER. */
  readonly thumbprint: Buffer;
  readonly keyLength: number;
}

/** Throws where the bytes are not exactly one X.509 certificate in DER. */
export const parseCertificate = remembered(parse);

export const x509Of = remembered((der) => new X509Certificate(der));

export function isValidAt(der: Buffer, now: Date): boolean {
  const { notBefore, notAfter } = parseCertificate(der);
  return now >= notBefore && now <= notAfter;
}

function parse(der: Buffer): CertificateFields {
  if (der[0] !== 0x30) throw new Error("not DER");
  const [body] = children(asn1.fromDer(util.createBuffer(der.toString("binary"))));
  const [, serial, , issuer, , subject] = body ? children(body) : [];
  if (!serial || !issuer || !subject) throw new Error("not a version 3 certificate");
  const certificate = x509Of(der);
  return {
    subject: simpleName(subject),
    issuer: simpleName(issuer),
    serialNumber: (Buffer.from(text(serial), "binary").toString("hex").match(/../g) ?? []).join(" "),
    notBefore: certificate.validFromDate,
    notAfter: certificate.validToDate,
    thumbprint: createHash("sha1").update(der).digest(),
    keyLength: keyLength(certificate),
  };
}

function keyLength({ publicKey }: X509Certificate): number {
  const details = publicKey.asymmetricKeyDetails;
  return details?.modulusLength ?? Number(/\d+/.exec(details?.namedCurve ?? "")?.[0] ?? 0);
}

/** The values in the certificate's own order, as Windows' simple form of a name: "US, DigiCert Inc, DigiCert Global Root G2". */
function simpleName(name: asn1.Asn1): string {
  return children(name)
    .flatMap((set) => children(set))
    .map((attribute) => children(attribute)[1])
    .map((value) => (value ? decode(value) : ""))
    .join(", ");
}

function decode(value: asn1.Asn1): string {
  const isUtf8 = Number(value.type) === Number(asn1.Type.UTF8);
  return isUtf8 ? Buffer.from(text(value), "binary").toString("utf8") : text(value);
}

function children(node: asn1.Asn1): asn1.Asn1[] {
  if (!Array.isArray(node.value)) throw new Error("not the structure of a certificate");
  return node.value;
}

function text(node: asn1.Asn1): string {
  if (typeof node.value !== "string") throw new Error("not the structure of a certificate");
  return node.value;
}

import { type KeyObject, randomBytes, sign } from "node:crypto";
import { asn1, util } from "node-forge";
import { takeKeyPair } from "./key-pool";

export interface SelfSigned {
  readonly der: Buffer;
  readonly privateKey: KeyObject;
}

export interface SelfSignedRequest {
  readonly subject: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

const { Class, Type } = asn1;
const sha256WithRsaEncryption = "1.2.840.113549.1.1.11";
const commonNameOid = "2.5.4.3";
/** RFC 5280 4.1.2.5: from 2050 on, dates are GeneralizedTime. */
const lastUtcTime = Date.UTC(2050, 0, 1);

/**
 * What CREATE CERTIFICATE ... WITH SUBJECT makes: version 3, 16 bytes of serial number, issuer = subject = one CN,
 * RSA 2048, sha256WithRSAEncryption, no extensions.
 */
export async function createSelfSigned(request: SelfSignedRequest): Promise<SelfSigned> {
  const { publicKey, privateKey } = await takeKeyPair();
  const algorithm = () =>
    sequence(primitive(Type.OID, asn1.oidToDer(sha256WithRsaEncryption).getBytes()), primitive(Type.NULL, ""));
  const toBeSigned = sequence(
    asn1.create(Class.CONTEXT_SPECIFIC, 0, true, [primitive(Type.INTEGER, "\x02")]),
    primitive(Type.INTEGER, newSerialNumber()),
    algorithm(),
    distinguishedName(request.subject),
    sequence(time(request.notBefore), time(request.notAfter)),
    distinguishedName(request.subject),
    asn1.fromDer(util.createBuffer(publicKey.export({ type: "spki", format: "der" }).toString("binary"))),
  );
  const signature = sign("sha256", encode(toBeSigned), privateKey).toString("binary");
  const der = encode(sequence(toBeSigned, algorithm(), primitive(Type.BITSTRING, `\x00${signature}`)));
  return { der, privateKey };
}

function distinguishedName(commonName: string): asn1.Asn1 {
  const attribute = sequence(primitive(Type.OID, asn1.oidToDer(commonNameOid).getBytes()), directoryString(commonName));
  return sequence(asn1.create(Class.UNIVERSAL, Type.SET, true, [attribute]));
}

/** Windows encodes what PrintableString cannot hold as BMPString: an underscore is enough. Surrogates have no place in one. */
function directoryString(value: string): asn1.Asn1 {
  if (/^[A-Za-z0-9 '()+,\-./:=?]*$/.test(value)) return primitive(Type.PRINTABLESTRING, value);
  const isBasic = !/[\uD800-\uDFFF]/.test(value);
  return isBasic ? primitive(Type.BMPSTRING, value) : primitive(Type.UTF8, util.encodeUtf8(value));
}

function time(date: Date): asn1.Asn1 {
  return date.getTime() < lastUtcTime
    ? primitive(Type.UTCTIME, String(asn1.dateToUtcTime(date)))
    : primitive(Type.GENERALIZEDTIME, String(asn1.dateToGeneralizedTime(date)));
}

/** Positive and of full length: the first byte is between 0x10 and 0x7F. */
function newSerialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes.readUInt8(0) & 0x6f) | 0x10;
  return bytes.toString("binary");
}

function sequence(...items: asn1.Asn1[]): asn1.Asn1 {
  return asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, items);
}

function primitive(type: asn1.Type, value: string): asn1.Asn1 {
  return asn1.create(Class.UNIVERSAL, type, false, value);
}

function encode(node: asn1.Asn1): Buffer {
  return Buffer.from(asn1.toDer(node).getBytes(), "binary");
}

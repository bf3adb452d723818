import { X509Certificate } from "node:crypto";
import type { Sql } from "./connection";
import { sql } from "./query";
import { type Validity, validityAt } from "./validity";

/** A certificate of `master`. */
export interface Certificate {
  readonly name: string;
  readonly subject: string;
  /** SHA-1 of the DER, upper-case hexadecimal without 0x: the identity of a certificate. */
  readonly thumbprint: string;
  /** The certificate with its public key, DER. */
  readonly der: Buffer;
  /** `YYYY-MM-DD`, UTC. */
  readonly startDate: string;
  readonly expiryDate: string;
  /** By the server's clock. */
  readonly validity: Validity;
}

interface Row {
  readonly name: string;
  readonly subject: string;
  readonly thumbprint: Buffer;
  readonly der: Buffer;
  readonly start_date: Date;
  readonly expiry_date: Date;
  readonly now: Date;
}

export async function findCertificate(server: Sql, name: string): Promise<Certificate | undefined> {
  const [row] = await server.query<Row>(
    `read the certificate ${name}`,
    sql`SELECT name, subject, thumbprint, start_date, expiry_date, CERTENCODED(certificate_id) AS der,
      SYSUTCDATETIME() AS now
    FROM sys.certificates WHERE name = ${sql.string(name)}`,
  );
  return (
    row && {
      ...row,
      thumbprint: hex(row.thumbprint),
      startDate: isoDate(row.start_date),
      expiryDate: isoDate(row.expiry_date),
      validity: validityAt(row.now, row.expiry_date),
    }
  );
}

/** Dropped only if it is still the one that was recorded; nothing happens when it is gone. */
export async function dropCertificate(server: Sql, name: string, thumbprint: string | undefined): Promise<void> {
  const found = await findCertificate(server, name);
  if (!found || (thumbprint !== undefined && found.thumbprint !== thumbprint)) return;
  await server.change(
    `drop the certificate ${name}`,
    sql`DROP CERTIFICATE ${sql.identifier(name)}`,
    async () => (await findCertificate(server, name)) === undefined,
  );
}

/** A public key as Azure and people hand it around: hexadecimal with or without 0x, or PEM. undefined: not a certificate. */
export function parseCertificate(text: string): X509Certificate | undefined {
  const trimmed = text.trim();
  const digits = trimmed.replace(/^0x/i, "");
  const isHex = /^([0-9a-f]{2})+$/i.test(digits);
  if (!isHex && !trimmed.startsWith("-----BEGIN CERTIFICATE-----")) return undefined;
  try {
    return new X509Certificate(isHex ? Buffer.from(digits, "hex") : trimmed);
  } catch {
    return undefined;
  }
}

export const thumbprintOf = (certificate: X509Certificate): string => certificate.fingerprint.replaceAll(":", "");

export const hex = (bytes: Buffer): string => bytes.toString("hex").toUpperCase();

export const isoDate = (date: Date): string => date.toISOString().slice(0, 10);

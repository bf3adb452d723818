import { X509Certificate } from "node:crypto";
import { digitsOf, isHexadecimal } from "../../arguments/hexadecimal";
import { isFailure } from "../../errors/visible-error";
import type { Sql } from "../connection";
import { byRunning, type Obstacle } from "../obstacle";
import { type Statement, sql } from "../tsql";
import { type Validity, validityAt } from "../validity";

/** A certificate of `master`. */
export interface Certificate {
  readonly name: string;
  readonly subject: string | null;
  /** SHA-1 of the DER, upper-case hexadecimal without 0x: the identity of a certificate. */
  readonly thumbprint: string;
  /** The certificate with its public key, DER. */
  readonly der: Buffer;
  /** MK: its private key is there, encrypted by the master key; PW: by a password; NA: there is none. */
  readonly privateKey: string;
  /** `YYYY-MM-DD`, UTC. */
  readonly startDate: string;
  readonly expiryDate: string;
  /** Validity by the server's clock. */
  readonly validity: Validity;
  /** The server's clock when it was looked at. */
  readonly now: Date;
}

/** A row of `certificatesWhere`. */
export interface CertificateRow {
  readonly name: string;
  readonly subject: string | null;
  readonly thumbprint: Buffer;
  readonly der: Buffer;
  readonly privateKey: string;
  readonly start_date: Date | null;
  readonly expiry_date: Date | null;
  readonly now: Date;
}

export async function findCertificate(server: Sql, name: string): Promise<Certificate | undefined> {
  const [row] = await server.query<CertificateRow>(
    `read the certificate ${name}`,
    certificatesWhere(sql`name = ${sql.string(name)}`),
  );
  return row && certificateOf(row);
}

export const certificatesWhere = (condition: Statement): Statement =>
  sql`SELECT name, subject, thumbprint, start_date, expiry_date, CERTENCODED(certificate_id) AS der,
      pvt_key_encryption_type AS privateKey,
      SYSUTCDATETIME() AS now
    FROM sys.certificates WHERE ${condition}`;

export function certificateOf(row: CertificateRow): Certificate {
  // The dates of the certificate itself: what the catalog has of them may be NULL.
  const expiry = row.expiry_date ?? new X509Certificate(row.der).validToDate;
  return {
    ...row,
    thumbprint: hex(row.thumbprint),
    privateKey: row.privateKey.trim(),
    startDate: isoDate(row.start_date ?? new X509Certificate(row.der).validFromDate),
    expiryDate: isoDate(expiry),
    validity: validityAt(row.now, expiry),
  };
}

/** Why no endpoint connects with the certificate: the server must be able to open its private key. */
export function keyObstacles({ name, privateKey }: Pick<Certificate, "name" | "privateKey">): Obstacle[] {
  if (privateKey === "NA") {
    return [
      {
        code: 15563,
        problem: `the certificate ${name} has lost its private key, so it proves nothing any more`,
        remedy:
          "give another expiry (certificateExpiry of InstancePairing), and another certificateName where you give one: a new certificate takes its place",
      },
    ];
  }
  if (privateKey !== "PW") return [];
  return [
    {
      code: 15581,
      problem: `the private key of the certificate ${name} is encrypted by a password, so the server cannot open it`,
      ...byRunning(
        "have the master key encrypt it: ",
        sql`ALTER CERTIFICATE ${sql.identifier(name)} WITH PRIVATE KEY (DECRYPTION BY PASSWORD = N'<its password>')`,
      ),
    },
  ];
}

/** Drops the certificate if it is still the recorded one; does nothing when it is gone. */
export async function dropCertificate(server: Sql, name: string, thumbprint: string | undefined): Promise<void> {
  const found = await findCertificate(server, name);
  if (!found || (thumbprint !== undefined && found.thumbprint !== thumbprint)) return;
  await server.change(
    `drop the certificate ${name}`,
    dropStatement(name),
    async () => (await findCertificate(server, name)) === undefined,
  );
}

export const dropStatement = (name: string): Statement => sql`DROP CERTIFICATE ${sql.identifier(name)}`;

/** What needs a certificate of `master`, as the catalog shows it. SQL Server refuses the drop for some of it; the rest would be lost. */
async function usersOfCertificate(server: Sql, name: string): Promise<string[]> {
  const rows = await server.query<{ readonly kind: string; readonly name: string | null }>(
    `see what uses the certificate ${name}`,
    sql`SELECT N'the endpoint' AS kind, e.name FROM sys.database_mirroring_endpoints e
      JOIN sys.certificates c ON c.certificate_id = e.certificate_id WHERE c.name = ${sql.string(name)}
    UNION SELECT N'the endpoint', e.name FROM sys.service_broker_endpoints e
      JOIN sys.certificates c ON c.certificate_id = e.certificate_id WHERE c.name = ${sql.string(name)}
    UNION SELECT N'the login', p.name FROM sys.server_principals p
      JOIN sys.certificates c ON c.sid = p.sid WHERE p.type = 'C' AND c.name = ${sql.string(name)}
    UNION SELECT N'the user', p.name FROM sys.database_principals p
      JOIN sys.certificates c ON c.sid = p.sid WHERE p.type = 'C' AND c.name = ${sql.string(name)}
    UNION SELECT N'the signature of', OBJECT_NAME(s.major_id) FROM sys.crypt_properties s
      JOIN sys.certificates c ON c.thumbprint = s.thumbprint WHERE c.name = ${sql.string(name)}
    UNION SELECT N'the encryption of the database', DB_NAME(k.database_id) FROM sys.dm_database_encryption_keys k
      JOIN sys.certificates c ON c.thumbprint = k.encryptor_thumbprint WHERE c.name = ${sql.string(name)}`,
  );
  // A query of its own, as msdb may have another collation than master.
  const backups = await server.query<{ readonly name: string }>(
    `see which backups need the certificate ${name}`,
    sql`SELECT DISTINCT b.database_name AS name FROM msdb.dbo.backupset b
    WHERE b.encryptor_thumbprint IN (SELECT thumbprint FROM sys.certificates WHERE name = ${sql.string(name)})`,
  );
  return [
    ...rows.map(({ kind, name }) => `${kind} ${name ?? "(nameless)"}`),
    ...backups.map(({ name }) => `the encrypted backups of ${name}`),
  ];
}

/** Drops it as `dropCertificate` does, but only where nothing needs it. Returns what does. */
export async function dropUnused(
  server: Sql,
  name: string,
  thumbprint: string | undefined,
): Promise<readonly string[]> {
  const found = await findCertificate(server, name);
  if (!found || (thumbprint !== undefined && found.thumbprint !== thumbprint)) return [];
  const users = await usersOfCertificate(server, name);
  if (users.length > 0) return users;
  try {
    await dropCertificate(server, name, thumbprint);
    return [];
  } catch (error) {
    // Something began to use it a moment ago, or uses it in a way that the catalog does not show.
    if (isFailure(error, 15187, 15352, 15559)) return ["something on that server"];
    throw error;
  }
}

/** All certificates of `master`, by one question. */
export async function allCertificates(server: Sql): Promise<readonly Certificate[]> {
  const rows = await server.query<CertificateRow>("read the certificates", certificatesWhere(sql`1 = 1 ORDER BY name`));
  return rows.map(certificateOf);
}

/** A public key as Azure and people hand it around: hexadecimal with or without 0x, or PEM. undefined: not a certificate. */
export function parseCertificate(text: string): X509Certificate | undefined {
  const trimmed = text.trim();
  const digits = digitsOf(trimmed);
  const isHex = isHexadecimal(digits);
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

/** The name of the SQL Server's own certificate; `\` of a named instance may not stand in it (script page, "Create the SQL Server certificate"). */
export const documentedName = (instanceName: string): string => `Cert_${instanceName.replaceAll("\\", "_")}_endpoint`;

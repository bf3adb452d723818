import { createHash } from "node:crypto";
import { bit, int, nvarchar, sysname, varbinary } from "../../tsql/types";
import { type CertificateFields, parseCertificate } from "../certificates/parse";
import type { Certificate } from "../model";
import { seesDefinitions } from "../permissions";
import { currentKeyStore } from "../server";
import { char, datetime, defineView, guid, variant } from "./view";

interface CertificateRow {
  readonly certificate: Certificate;
  readonly fields: CertificateFields;
}

const privateKeyEncryption = {
  NA: "NO_PRIVATE_KEY",
  MK: "ENCRYPTED_BY_MASTER_KEY",
  PW: "ENCRYPTED_BY_PASSWORD",
} as const;

function encryptionOf({ privateKey, keyPassword }: Certificate): keyof typeof privateKeyEncryption {
  return privateKey ? (keyPassword !== undefined ? "PW" : "MK") : "NA";
}

/** S-1-9-1-... over the thumbprint, as logins from certificates have it. */
export function certificateSid(thumbprint: Buffer): Buffer {
  return Buffer.concat([Buffer.from("010600000000000901000000", "hex"), thumbprint]);
}

/** Of a login or user that was made from a certificate: the certificate's own. */
export function sidOfCertificate(certificates: ReadonlyMap<string, Certificate>, id: number | undefined) {
  const found = id === undefined ? undefined : [...certificates.values()].find((certificate) => certificate.id === id);
  return found && certificateSid(parseCertificate(found.der).thumbprint);
}

export function certificateStringSid(thumbprint: Buffer): string {
  const parts = [0, 4, 8, 12, 16].map((offset) => thumbprint.readUInt32LE(offset));
  return `S-1-9-1-${parts.join("-")}`;
}

export const certificates = defineView<CertificateRow>(
  ({ required, optional, since }) => [
    required("name", sysname, ({ certificate }) => certificate.name),
    required("certificate_id", int, ({ certificate }) => certificate.id),
    optional("principal_id", int, 1),
    required("pvt_key_encryption_type", char(2), ({ certificate }) => encryptionOf(certificate)),
    optional(
      "pvt_key_encryption_type_desc",
      nvarchar(60),
      ({ certificate }) => privateKeyEncryption[encryptionOf(certificate)],
    ),
    optional("is_active_for_begin_dialog", bit, 1),
    optional("issuer_name", nvarchar(442), ({ fields }) => fields.issuer),
    optional("cert_serial_number", nvarchar(64), ({ fields }) => fields.serialNumber),
    optional("sid", varbinary(85), ({ fields }) => certificateSid(fields.thumbprint)),
    optional("string_sid", nvarchar(128), ({ fields }) => certificateStringSid(fields.thumbprint)),
    optional("subject", nvarchar(4000), ({ fields }) => fields.subject),
    optional("expiry_date", datetime, ({ fields }) => fields.notAfter),
    optional("start_date", datetime, ({ fields }) => fields.notBefore),
    required("thumbprint", varbinary(32), ({ fields }) => fields.thumbprint),
    optional("attested_by", nvarchar(260), null),
    optional("pvt_key_last_backup_date", datetime, null),
    ...since(
      2017,
      optional("key_length", int, ({ fields }) => fields.keyLength),
    ),
  ],
  (server, session) =>
    seesDefinitions(server, session)
      ? [...currentKeyStore(server, session).certificates.values()].map((certificate) => ({
          certificate,
          fields: parseCertificate(certificate.der),
        }))
      : [],
);

interface SymmetricKeyRow {
  readonly name: string;
  readonly id: number;
  readonly guid: string;
  readonly created: Date;
}

export const symmetricKeys = defineView<SymmetricKeyRow>(
  ({ required, optional }) => [
    required("name", sysname, (key) => key.name),
    optional("principal_id", int, 1),
    required("symmetric_key_id", int, (key) => key.id),
    required("key_length", int, 256),
    required("key_algorithm", char(2), "A3"),
    optional("algorithm_desc", nvarchar(60), "AES_256"),
    required("create_date", datetime, (key) => key.created),
    required("modify_date", datetime, (key) => key.created),
    optional("key_guid", guid, (key) => key.guid),
    optional("key_thumbprint", variant, null),
    optional("provider_type", nvarchar(120), null),
    optional("cryptographic_provider_guid", guid, null),
    optional("cryptographic_provider_algid", variant, null),
  ],
  (server, session) => {
    if (!seesDefinitions(server, session)) return [];
    const { masterKey } = currentKeyStore(server, session);
    const keys: SymmetricKeyRow[] = [];
    if (masterKey) keys.push({ name: "##MS_DatabaseMasterKey##", id: 101, ...masterKey });
    if (currentKeyStore(server, session) === server.instance) {
      const created = server.instance.databases.get("master")?.created ?? server.clock.now();
      keys.push({ name: "##MS_ServiceMasterKey##", id: 102, guid: server.instance.serviceMasterKeyGuid, created });
    }
    return keys;
  },
);

/** The SID of a SQL login: 16 bytes; sa's is 0x01. */
export function loginSid(name: string, principalId: number): Buffer {
  return principalId === 1 ? Buffer.from([1]) : createHash("md5").update(name.toLowerCase()).digest();
}

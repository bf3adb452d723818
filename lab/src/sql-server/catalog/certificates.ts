import { createHash } from "node:crypto";
import { parseCertificate } from "../certificates/parse";
import type { Certificate, Instance } from "../model";
import { currentKeyStore } from "../server";
import { definitions, type Row, serverState, type View, view } from "./view";

/** The SID of a login from a certificate is S-1-9-1-... over the thumbprint. */
export function certificateSid(thumbprint: Buffer): Buffer {
  return Buffer.concat([Buffer.from("010600000000000901000000", "hex"), thumbprint]);
}

/** The SID of a login or user that was made from a certificate. */
export function sidOfCertificate(certificates: ReadonlyMap<string, Certificate>, id: number | undefined) {
  const found = id === undefined ? undefined : [...certificates.values()].find((certificate) => certificate.id === id);
  return found && certificateSid(parseCertificate(found.der).thumbprint);
}

export function certificateStringSid(thumbprint: Buffer): string {
  const parts = [0, 4, 8, 12, 16].map((offset) => thumbprint.readUInt32LE(offset));
  return `S-1-9-1-${parts.join("-")}`;
}

/** The SID of a SQL login: 16 bytes; sa's is 0x01. */
export function loginSid(name: string, principalId: number): Buffer {
  return principalId === 1 ? Buffer.from([1]) : createHash("md5").update(name.toLowerCase()).digest();
}

const keyColumns = `cryptographic_provider_guid uniqueidentifier, cryptographic_provider_algid sql_variant`;

function certificateRow({ name, id, der, privateKey, keyPassword }: Certificate): Row {
  const fields = parseCertificate(der);
  return {
    name,
    certificate_id: id,
    pvt_key_encryption_type: !privateKey
      ? ["NA", "NO_PRIVATE_KEY"]
      : keyPassword === undefined
        ? ["MK", "ENCRYPTED_BY_MASTER_KEY"]
        : ["PW", "ENCRYPTED_BY_PASSWORD"],
    issuer_name: fields.issuer,
    cert_serial_number: fields.serialNumber,
    sid: certificateSid(fields.thumbprint),
    string_sid: certificateStringSid(fields.thumbprint),
    subject: fields.subject,
    expiry_date: fields.notAfter,
    start_date: fields.notBefore,
    thumbprint: fields.thumbprint,
    key_length: fields.keyLength,
  };
}

const keyLengths = { AES_128: 128, AES_192: 192, AES_256: 256, TRIPLE_DES_3KEY: 192 } as const;

/** As soon as one database is encrypted tempdb is too, by a key of its own. */
function encryptionRows({ databases }: Instance): Row[] {
  const own = [...databases.values()].flatMap(({ id, encryption }) => (encryption ? [{ id, ...encryption }] : []));
  const first = own.find(({ isOn }) => isOn);
  const tempdb = first && { ...first, id: 2, algorithm: "AES_256" as const, thumbprint: Buffer.alloc(0) };
  return [...(tempdb ? [tempdb] : []), ...own].map(({ id, algorithm, thumbprint, created, isOn }) => ({
    ...{ database_id: id, encryption_state: isOn ? 3 : 1, encryption_state_desc: isOn ? "ENCRYPTED" : "UNENCRYPTED" },
    ...{
      create_date: created,
      regenerate_date: created,
      modify_date: created,
      set_date: created,
      opened_date: created,
    },
    ...{ key_algorithm: algorithm.split("_")[0] ?? "", key_length: keyLengths[algorithm], percent_complete: 0 },
    encryptor_thumbprint: thumbprint,
    encryptor_type: thumbprint.length > 0 ? "CERTIFICATE" : "ASYMMETRIC KEY",
  }));
}

export const certificateViews: readonly View[] = [
  view(
    "certificates",
    `name sysname NOT NULL, certificate_id int NOT NULL, principal_id int = 1, pvt_key_encryption_type char(2) CODED,
    is_active_for_begin_dialog bit = 1, issuer_name nvarchar(442), cert_serial_number nvarchar(64), sid varbinary(85),
    string_sid nvarchar(128), subject nvarchar(4000), expiry_date datetime, start_date datetime,
    thumbprint varbinary(32) NOT NULL, attested_by nvarchar(260), pvt_key_last_backup_date datetime,
    key_length int SINCE 2017`,
    definitions((server, session) => [...currentKeyStore(server, session).certificates.values()].map(certificateRow)),
  ),

  view(
    "symmetric_keys",
    `name sysname NOT NULL, principal_id int = 1, symmetric_key_id int NOT NULL, key_length int NOT NULL = 256,
    key_algorithm char(2) NOT NULL = 'A3', algorithm_desc nvarchar(60) = 'AES_256', create_date datetime NOT NULL,
    modify_date datetime NOT NULL, key_guid uniqueidentifier, key_thumbprint sql_variant, provider_type nvarchar(120),
    ${keyColumns}`,
    definitions((server, session) => {
      const { instance, clock } = server;
      const store = currentKeyStore(server, session);
      const installed = instance.databases.get("master")?.created ?? clock.now();
      const key = (name: string, id: number, guid: string, created: Date): Row => ({
        name,
        symmetric_key_id: id,
        key_guid: guid,
        create_date: created,
        modify_date: created,
      });
      const { masterKey } = store;
      return [
        ...(masterKey ? [key("##MS_DatabaseMasterKey##", 101, masterKey.guid, masterKey.created)] : []),
        ...(store === instance ? [key("##MS_ServiceMasterKey##", 102, instance.serviceMasterKeyGuid, installed)] : []),
      ];
    }),
  ),

  // The lab makes no asymmetric keys, and signs nothing.
  view(
    "asymmetric_keys",
    `name sysname NOT NULL, principal_id int, asymmetric_key_id int NOT NULL, pvt_key_encryption_type char(2) CODED,
    thumbprint varbinary(32) NOT NULL, algorithm char(2) NOT NULL, algorithm_desc nvarchar(60), key_length int NOT NULL,
    sid varbinary(85), string_sid nvarchar(128), public_key varbinary(8000) NOT NULL, attested_by nvarchar(260),
    provider_type nvarchar(120), ${keyColumns}`,
  ),
  view(
    "crypt_properties",
    `class tinyint CODED, major_id int NOT NULL, thumbprint varbinary(32) NOT NULL, crypt_type char(4) CODED,
    crypt_property varbinary(8000) NOT NULL`,
  ),
  view(
    "dm_database_encryption_keys",
    `database_id int, encryption_state int, create_date datetime, regenerate_date datetime, modify_date datetime,
    set_date datetime, opened_date datetime, key_algorithm nvarchar(32), key_length int,
    encryptor_thumbprint varbinary(20), encryptor_type nvarchar(32), percent_complete real,
    encryption_state_desc nvarchar(32)`,
    serverState(({ instance }) => encryptionRows(instance)),
  ),
];

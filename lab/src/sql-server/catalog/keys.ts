import { seesDefinitions } from "../permissions";
import { declareView } from "./declare";

export const credentials = declareView(
  `credential_id int NOT NULL, name sysname NOT NULL, credential_identity nvarchar(4000), create_date datetime NOT NULL,
  modify_date datetime NOT NULL, target_type nvarchar(100), target_id int`,
);

export const asymmetricKeys = declareView(
  `name sysname NOT NULL, principal_id int, asymmetric_key_id int NOT NULL, pvt_key_encryption_type char(2) NOT NULL,
  pvt_key_encryption_type_desc nvarchar(60), thumbprint varbinary(32) NOT NULL, algorithm char(2) NOT NULL,
  algorithm_desc nvarchar(60), key_length int NOT NULL, sid varbinary(85), string_sid nvarchar(128),
  public_key varbinary(8000) NOT NULL, attested_by nvarchar(260), provider_type nvarchar(120),
  cryptographic_provider_guid uniqueidentifier, cryptographic_provider_algid sql_variant`,
);

/** The master key by the service master key and by its password. */
export const keyEncryptions = declareView(
  `key_id int NOT NULL, thumbprint varbinary(32), crypt_type char(4) NOT NULL, crypt_type_desc nvarchar(60),
  crypt_property varbinary(8000)`,
  (server, session) => {
    const { masterKey } = server.instance;
    if (!masterKey || session.database.toLowerCase() !== "master" || !seesDefinitions(server, session)) return [];
    const byService = { key_id: 101, crypt_type: "ESKM", crypt_type_desc: "ENCRYPTION BY MASTER KEY" };
    return [
      ...(masterKey.isEncryptedByServiceKey ? [byService] : []),
      { key_id: 101, crypt_type: "ESP2", crypt_type_desc: "ENCRYPTION BY PASSWORD" },
    ];
  },
);

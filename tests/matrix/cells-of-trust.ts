import type { Cell } from "./cell";

const certificateRow = (name: string, row: object | undefined) => ({
  query: `SELECT name, pvt_key_encryption_type_desc AS [key], thumbprint FROM sys.certificates WHERE name = N'${name}'`,
  row,
});
const masterKeyRow = {
  query: `SELECT d.is_master_key_encrypted_by_server AS opens FROM sys.databases d
    JOIN sys.symmetric_keys k ON k.symmetric_key_id = 101 WHERE d.database_id = 1`,
  row: { opens: true },
};

const masterKey: readonly Cell[] = [
  {
    resource: "MasterKey",
    property: "is_master_key_encrypted_by_server: off",
    byHand: ["ALTER MASTER KEY DROP ENCRYPTION BY SERVICE MASTER KEY"],
    found: ["update master-key: drift"],
    drift: /not encrypted by the service master key.*OPEN MASTER KEY.*ADD ENCRYPTION BY SERVICE MASTER KEY/,
    refused: {
      words: /OPEN MASTER KEY DECRYPTION BY PASSWORD = '<its password>'; ALTER MASTER KEY ADD ENCRYPTION/,
      remedy: [
        "OPEN MASTER KEY DECRYPTION BY PASSWORD = 'Kept-in-a-safe-place-1'; ALTER MASTER KEY ADD ENCRYPTION BY SERVICE MASTER KEY",
      ],
    },
    shown: [masterKeyRow],
  },
  {
    resource: "MasterKey",
    property: "(dropped)",
    byHand: ["DROP MASTER KEY"],
    refusedBySqlServer: 15580,
    found: [],
    because: "the key of the certificate is encrypted by it",
    shown: [masterKeyRow],
  },
  {
    resource: "MasterKey",
    property: "keyGuid: dropped once the certificate's key had a password, and made anew",
    byHand: [
      "ALTER CERTIFICATE [{certificate}] WITH PRIVATE KEY (ENCRYPTION BY PASSWORD = N'Of-the-key-1'); DROP MASTER KEY; CREATE MASTER KEY ENCRYPTION BY PASSWORD = N'Another-key-1'",
      "ALTER CERTIFICATE [{certificate}] WITH PRIVATE KEY (DECRYPTION BY PASSWORD = N'Of-the-key-1')",
    ],
    found: [],
    because: "any key that the server can open will do; it is not dropped later, as this stack has not made it",
    shown: [masterKeyRow, certificateRow("{certificate}", { key: "ENCRYPTED_BY_MASTER_KEY" })],
  },
  {
    resource: "MasterKey",
    property: "(dropped once the certificate's key had a password)",
    byHand: [
      "ALTER CERTIFICATE [{certificate}] WITH PRIVATE KEY (ENCRYPTION BY PASSWORD = N'Of-the-key-1'); DROP MASTER KEY",
    ],
    found: ["create master-key", "update certificate: drift"],
    drift: /private key of the certificate {1}\S+ is encrypted by a password/,
    refused: {
      words: /ALTER CERTIFICATE \[Cert_sqlserver1_endpoint\] WITH PRIVATE KEY \(DECRYPTION BY PASSWORD/,
      remedy: ["ALTER CERTIFICATE [{certificate}] WITH PRIVATE KEY (DECRYPTION BY PASSWORD = N'Of-the-key-1')"],
    },
    shown: [masterKeyRow, certificateRow("{certificate}", { key: "ENCRYPTED_BY_MASTER_KEY" })],
  },
];

const sqlServerCertificate: readonly Cell[] = [
  {
    resource: "SqlServerCertificate",
    property: "pvt_key_encryption_type: by a password",
    byHand: ["ALTER CERTIFICATE [{certificate}] WITH PRIVATE KEY (ENCRYPTION BY PASSWORD = N'Of-the-key-1')"],
    found: ["update certificate: drift"],
    drift: /private key of the certificate \S+ is encrypted by a password/,
    refused: {
      words: /ALTER CERTIFICATE \[Cert_sqlserver1_endpoint\] WITH PRIVATE KEY \(DECRYPTION BY PASSWORD/,
      remedy: ["ALTER CERTIFICATE [{certificate}] WITH PRIVATE KEY (DECRYPTION BY PASSWORD = N'Of-the-key-1')"],
    },
    shown: [certificateRow("{certificate}", { key: "ENCRYPTED_BY_MASTER_KEY" })],
  },
  {
    resource: "SqlServerCertificate",
    property: "(dropped)",
    byHand: ["DROP CERTIFICATE [{certificate}]"],
    refusedBySqlServer: 15187,
    found: [],
    because: "the endpoint uses it",
    shown: [certificateRow("{certificate}", { key: "ENCRYPTED_BY_MASTER_KEY" })],
  },
  {
    resource: "SqlServerCertificate",
    property: "pvt_key_encryption_type: private key removed",
    byHand: ["ALTER CERTIFICATE [{certificate}] REMOVE PRIVATE KEY"],
    found: ["update certificate: drift"],
    drift: /has lost its private key, so it proves nothing any more/,
    refused: {
      words: /give another expiry.*a new certificate takes its place/,
      remedy: [{ program: { expiry: "2090-01-01" } }],
    },
    shown: [
      certificateRow("{certificate}", undefined),
      certificateRow("{certificate}_20900101", { key: "ENCRYPTED_BY_MASTER_KEY" }),
      { get: "serverTrustCertificates/{certificate}_20900101", properties: {} },
    ],
    isLast: true,
  },
  {
    resource: "SqlServerCertificate",
    property: "thumbprint: another certificate under its name",
    byHand: [
      "CREATE CERTIFICATE [other] WITH SUBJECT = N'other'",
      "ALTER ENDPOINT [database_mirroring_endpoint] FOR DATABASE_MIRRORING (AUTHENTICATION = CERTIFICATE [other])",
      "DROP CERTIFICATE [{certificate}]; CREATE CERTIFICATE [{certificate}] WITH SUBJECT = N'another'",
    ],
    found: ["create certificate", "update endpoint: certificateName"],
    preview: ["create certificate", "replace trust: certificateName, publicKey", "update endpoint: certificateName"],
    shown: [
      {
        query: `SELECT c.name, c.subject FROM sys.database_mirroring_endpoints e
          JOIN sys.certificates c ON c.certificate_id = e.certificate_id WHERE c.name LIKE N'{certificate}[_]%'`,
        row: {},
      },
      certificateRow("{certificate}", {}),
    ],
    isLast: true,
  },
  {
    resource: "SqlServerCertificate",
    property: "(dropped, with the endpoint that used it)",
    byHand: ["DROP ENDPOINT [database_mirroring_endpoint]; DROP CERTIFICATE [{certificate}]"],
    found: ["create certificate", "create endpoint", "update group: drift", "update group-unlinked: drift"],
    preview: [
      "create certificate",
      "create endpoint",
      "replace trust: certificateName, publicKey",
      "update group: drift",
      "update group-unlinked: drift",
    ],
    shown: [{ query: "SELECT state_desc AS state FROM sys.database_mirroring_endpoints", row: { state: "STARTED" } }],
    isLast: true,
  },
];

const otherBlob = {
  request: "PUT serverTrustCertificates/{certificate}",
  body: { properties: { publicBlob: "0x{otherBlob}" } },
};
const trust: readonly Cell[] = [
  {
    resource: "TrustCertificate",
    property: "(deleted)",
    byHand: [{ request: "DELETE serverTrustCertificates/{certificate}" }],
    found: ["create trust"],
    shown: [{ get: "serverTrustCertificates/{certificate}", properties: { publicBlob: "{blob}" } }],
  },
  {
    resource: "TrustCertificate",
    property: "publicKey: another one under the name",
    byHand: [{ request: "DELETE serverTrustCertificates/{certificate}" }, otherBlob],
    found: ["replace trust: publicKey"],
    refused: {
      inPreview: true,
      words: /the key that is there was not uploaded by this resource/,
      remedy: [{ request: "DELETE serverTrustCertificates/{certificate}" }],
    },
    shown: [{ get: "serverTrustCertificates/{certificate}", properties: { publicBlob: "{blob}" } }],
  },
  {
    resource: "TrustCertificate",
    property: "certificateName: the key under another name",
    byHand: [
      { request: "DELETE serverTrustCertificates/{certificate}" },
      { request: "PUT serverTrustCertificates/renamed", body: { properties: { publicBlob: "0x{blob}" } } },
    ],
    found: ["create trust"],
    refused: {
      words: /the same public key is there already under the name renamed/,
      remedy: [{ request: "DELETE serverTrustCertificates/renamed" }],
    },
    shown: [{ get: "serverTrustCertificates/{certificate}", properties: { publicBlob: "{blob}" } }],
  },
];

const rootRow = (name: string) => certificateRow(name, { key: "NO_PRIVATE_KEY" });
const roots: readonly Cell[] = [
  ...["MicrosoftPKI", "DigiCertPKI"].map(
    (name): Cell => ({
      resource: "TrustedRoots",
      property: `roots: ${name} dropped`,
      byHand: [`DROP CERTIFICATE [${name}]`],
      found: ["update roots: thumbprints"],
      shown: [rootRow(name)],
    }),
  ),
  {
    resource: "TrustedRoots",
    property: "(all dropped)",
    byHand: ["DROP CERTIFICATE [MicrosoftPKI]; DROP CERTIFICATE [DigiCertPKI]"],
    found: ["create roots"],
    shown: [rootRow("MicrosoftPKI"), rootRow("DigiCertPKI")],
  },
  {
    resource: "TrustedRoots",
    property: "thumbprints: another certificate under the name of a root",
    byHand: ["DROP CERTIFICATE [MicrosoftPKI]; CREATE CERTIFICATE [MicrosoftPKI] FROM BINARY = 0x{otherBlob}"],
    found: ["update roots: thumbprints"],
    refused: {
      words: /the name MicrosoftPKI belongs to another certificate/,
      remedy: ["DROP CERTIFICATE [MicrosoftPKI]"],
    },
    shown: [rootRow("MicrosoftPKI")],
  },
  {
    resource: "TrustedRoots",
    property: "added: a root under another name, registered",
    byHand: [
      `DROP CERTIFICATE [DigiCertPKI]; CREATE CERTIFICATE [renamed_root] FROM BINARY = 0x{digicertBlob};
       DECLARE @id int = CERT_ID(N'renamed_root'); EXEC sp_certificate_add_issuer @id, N'*.database.windows.net'`,
    ],
    found: [],
    because: "a root is known by its thumbprint, whatever its name",
    shown: [rootRow("renamed_root"), certificateRow("DigiCertPKI", undefined)],
  },
  {
    resource: "TrustedRoots",
    property: "dnsPattern: a root without its registration",
    byHand: [
      "DECLARE @id int = CERT_ID(N'MicrosoftPKI'); EXEC sp_certificate_drop_issuer @id, N'*.database.windows.net'",
    ],
    found: [],
    because: "no view lists the registrations; only the next change of the roots, or a new root, makes them again",
    shown: [rootRow("MicrosoftPKI")],
    afterwards: [
      "DECLARE @id int = CERT_ID(N'MicrosoftPKI'); EXEC sp_certificate_add_issuer @id, N'*.database.windows.net'",
    ],
  },
];

const instanceCertificate: readonly Cell[] = [
  {
    resource: "ManagedInstanceCertificate",
    property: "(dropped)",
    byHand: ["DROP CERTIFICATE [{fqdn}]"],
    found: ["create instance-certificate", "update dag: drift", "update dag-unlinked: drift"],
    preview: [
      "create instance-certificate",
      "update dag: drift, managedInstanceFqdn",
      "update dag-unlinked: drift, managedInstanceFqdn",
    ],
    up: ["create instance-certificate", "update dag: drift", "update dag-unlinked: drift"],
    shown: [certificateRow("{fqdn}", { key: "NO_PRIVATE_KEY" })],
  },
  {
    resource: "ManagedInstanceCertificate",
    property: "thumbprint: another certificate under the host name",
    byHand: ["DROP CERTIFICATE [{fqdn}]; CREATE CERTIFICATE [{fqdn}] FROM BINARY = 0x{otherBlob}"],
    found: ["update instance-certificate: drift"],
    drift: /Azure presents another certificate \(\w+\) than the one imported/,
    shown: [
      {
        query: `SELECT COUNT(*) AS right_one FROM sys.certificates WHERE name = N'{fqdn}' AND issuer_name LIKE N'%Microsoft%'`,
        row: { right_one: 1 },
      },
    ],
  },
  {
    resource: "ManagedInstanceCertificate",
    property: "(dropped, and imported under another name)",
    byHand: ["DROP CERTIFICATE [{fqdn}]; CREATE CERTIFICATE [renamed] FROM BINARY = 0x{instanceBlob}"],
    found: ["create instance-certificate", "update dag: drift", "update dag-unlinked: drift"],
    preview: [
      "create instance-certificate",
      "update dag: drift, managedInstanceFqdn",
      "update dag-unlinked: drift, managedInstanceFqdn",
    ],
    refused: {
      words: /the same certificate is there under the name renamed/,
      remedy: ["DROP CERTIFICATE [renamed]"],
    },
    shown: [certificateRow("{fqdn}", { key: "NO_PRIVATE_KEY" }), certificateRow("renamed", undefined)],
  },
  {
    resource: "ManagedInstanceCertificate",
    property: "expiryDate: Azure renews its certificate",
    byHand: [{ azure: "renews its certificate" }],
    found: ["update instance-certificate: drift"],
    drift: /Azure presents another certificate/,
    shown: [certificateRow("{fqdn}", { key: "NO_PRIVATE_KEY" })],
  },
];

export const trustCells: readonly Cell[] = [
  ...masterKey,
  ...trust,
  ...roots,
  ...instanceCertificate,
  ...sqlServerCertificate,
];

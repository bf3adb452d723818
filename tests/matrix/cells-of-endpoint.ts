import type { Cell } from "./cell";

const endpoint = "ALTER ENDPOINT [database_mirroring_endpoint]";
const mirroring = (clause: string) => `${endpoint} FOR DATABASE_MIRRORING (${clause})`;

/** The endpoint as a link needs it, and as the stack made it. */
const asMade = {
  query: `SELECT e.name, e.state_desc AS state, t.port, t.ip_address AS address, e.role_desc AS role,
      e.connection_auth_desc AS authentication, c.name AS certificate, e.is_encryption_enabled AS encrypted,
      e.encryption_algorithm_desc AS algorithm, p.name AS owner
    FROM sys.database_mirroring_endpoints e
    JOIN sys.tcp_endpoints t ON t.endpoint_id = e.endpoint_id
    LEFT JOIN sys.certificates c ON c.certificate_id = e.certificate_id
    LEFT JOIN sys.server_principals p ON p.principal_id = e.principal_id`,
  row: {
    name: "database_mirroring_endpoint",
    state: "STARTED",
    port: 5022,
    address: null,
    role: "ALL",
    authentication: "CERTIFICATE",
    certificate: "{certificate}",
    encrypted: true,
    algorithm: "AES",
    owner: "sa",
  },
};

const one = (property: string, byHand: string, found: string, drift?: RegExp): Cell => ({
  resource: "MirroringEndpoint",
  property,
  byHand: [byHand],
  found: [`update endpoint: ${found}`],
  ...(drift && { drift }),
  shown: [asMade],
});

export const endpointCells: readonly Cell[] = [
  one("state, STATE: STOPPED", `${endpoint} STATE = STOPPED`, "state"),
  one("state: DISABLED", `${endpoint} STATE = DISABLED`, "state"),
  one("port, LISTENER_PORT: 5024", `${endpoint} AS TCP (LISTENER_PORT = 5024)`, "drift", /^port is 5024, not 5022$/),
  one(
    "LISTENER_IP: one address",
    `${endpoint} AS TCP (LISTENER_IP = ('127.0.0.1'))`,
    "drift",
    /^LISTENER_IP is 127\.0\.0\.1, not ALL/,
  ),
  ...["PARTNER", "WITNESS"].map((role) =>
    one(`ROLE: ${role}`, mirroring(`ROLE = ${role}`), "drift", new RegExp(`^ROLE is ${role}, not ALL$`)),
  ),
  {
    ...one(
      "certificateName: another certificate",
      `CREATE CERTIFICATE [other] WITH SUBJECT = N'other'; ${mirroring("AUTHENTICATION = CERTIFICATE [other]")}`,
      "certificateName",
    ),
    afterwards: ["DROP CERTIFICATE [other]"],
  },
  ...["WINDOWS NEGOTIATE CERTIFICATE [{certificate}]", "CERTIFICATE [{certificate}] WINDOWS NTLM"].map((methods) =>
    one(
      `AUTHENTICATION: ${methods}`,
      mirroring(`AUTHENTICATION = ${methods}`),
      "drift",
      /^AUTHENTICATION is .*WINDOWS (NEGOTIATE|NTLM).*, not CERTIFICATE \[Cert_sqlserver1_endpoint\]$/,
    ),
  ),
  one(
    "AUTHENTICATION: WINDOWS KERBEROS, without a certificate",
    mirroring("AUTHENTICATION = WINDOWS KERBEROS"),
    "certificateName, drift",
    /^AUTHENTICATION is WINDOWS KERBEROS, not CERTIFICATE/,
  ),
  ...[
    "DISABLED",
    "SUPPORTED ALGORITHM AES",
    "SUPPORTED ALGORITHM RC4",
    "SUPPORTED ALGORITHM AES RC4",
    "SUPPORTED ALGORITHM RC4 AES",
    "REQUIRED ALGORITHM RC4",
    "REQUIRED ALGORITHM RC4 AES",
    "REQUIRED ALGORITHM AES RC4",
  ].map((encryption) =>
    one(
      `algorithm, ENCRYPTION: ${encryption}`,
      mirroring(`ENCRYPTION = ${encryption}`),
      "drift",
      new RegExp(`^ENCRYPTION is ${encryption}, not REQUIRED ALGORITHM AES$`),
    ),
  ),
  one(
    "owner: another login",
    "ALTER AUTHORIZATION ON ENDPOINT::[database_mirroring_endpoint] TO [dba]",
    "drift",
    /^the endpoint's owner is dba, not sa$/,
  ),
  {
    resource: "MirroringEndpoint",
    property: "(dropped)",
    byHand: ["DROP ENDPOINT [database_mirroring_endpoint]"],
    found: ["create endpoint", "update group: drift", "update group-unlinked: drift"],
    drift: /the instance has no mirroring endpoint/,
    shown: [asMade],
  },
  {
    resource: "MirroringEndpoint",
    property: "endpointName: dropped, and made under another name",
    byHand: [
      `DROP ENDPOINT [database_mirroring_endpoint];
       CREATE ENDPOINT [renamed] STATE = STARTED AS TCP (LISTENER_PORT = 5022)
       FOR DATABASE_MIRRORING (ROLE = ALL, AUTHENTICATION = CERTIFICATE [{certificate}], ENCRYPTION = REQUIRED ALGORITHM AES)`,
    ],
    found: ["create endpoint"],
    refused: { words: /the endpoint renamed exists already/, remedy: ["DROP ENDPOINT [renamed]"] },
    shown: [asMade],
  },
];

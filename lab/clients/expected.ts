import type { BatchAnswer, ResultSet } from "./client";
import { certificateName, endpointName, expiry, groupName, linkName, type SeedValues } from "./seed";

type Wanted = string | RegExp | null;

interface WantedSet {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, Wanted>>[];
  /** The server has rows of its own besides. */
  readonly others?: boolean;
}

interface WantedAnswer {
  readonly messages?: readonly Wanted[];
  readonly sets?: readonly WantedSet[];
}

// The columns are in the order of SQL Server's documentation.
const certificates = [
  ...["name", "certificate_id", "principal_id", "pvt_key_encryption_type", "pvt_key_encryption_type_desc"],
  ...["is_active_for_begin_dialog", "issuer_name", "cert_serial_number", "sid", "string_sid", "subject"],
  ...["expiry_date", "start_date", "thumbprint", "attested_by", "pvt_key_last_backup_date", "key_length"],
];
const endpoints = [
  ...["name", "endpoint_id", "principal_id", "protocol", "protocol_desc", "type", "type_desc", "state", "state_desc"],
  ...["is_admin_endpoint", "role", "role_desc", "is_encryption_enabled", "connection_auth", "connection_auth_desc"],
  ...["certificate_id", "encryption_algorithm", "encryption_algorithm_desc"],
];
const groups = [
  ...["group_id", "name", "resource_id", "resource_group_id", "failure_condition_level", "health_check_timeout"],
  ...["automated_backup_preference", "automated_backup_preference_desc", "version", "basic_features", "dtc_support"],
  ...["db_failover", "is_distributed", "cluster_type", "cluster_type_desc"],
  ...["required_synchronized_secondaries_to_commit", "sequence_number", "is_contained"],
];

const microsoftRoot = "73A5E64A3BFF8316FF0EDCCC618A906E4EAE4D74";
const digiCertRoot = "DF3C24F9BFD666761B268073FE06D1CC8D4F82A4";

/** SQL Server's answer to each of the procedure's batches; the last one is asked once the link exists. */
export function expectedAnswers(values: SeedValues): readonly WantedAnswer[] {
  const name = certificateName(values);
  const own = {
    name,
    certificate_id: /^\d+$/,
    pvt_key_encryption_type: "MK",
    pvt_key_encryption_type_desc: "ENCRYPTED_BY_MASTER_KEY",
    is_active_for_begin_dialog: "1",
    issuer_name: `Certificate for ${name}`,
    subject: `Certificate for ${name}`,
    expiry_date: new RegExp(expiry.year),
    thumbprint: /^[0-9A-F]{40}$/,
    key_length: "2048",
  };
  const imported = { pvt_key_encryption_type: "NA", pvt_key_encryption_type_desc: "NO_PRIVATE_KEY" };
  const nothing = {};
  const certificateNameSet = { columns: ["SQLServerCertName"], rows: [{ SQLServerCertName: name }] };
  const create = `CREATE CERTIFICATE [${name}] \r    WITH SUBJECT = 'Certificate for ${name}',\r    EXPIRY_DATE = '${expiry.written}'\r`;
  return [
    nothing,
    {
      messages: [
        new RegExp(`^Processed \\d+ pages for database '${values.database}', file '.+' on file 1\\.$`),
        new RegExp(`^Processed \\d+ pages for database '${values.database}', file '.+_log' on file 1\\.$`),
        /^BACKUP DATABASE successfully processed \d+ pages in [\d.]+ seconds \([\d.]+ MB\/sec\)\.$/,
      ],
    },
    { messages: ["Creating master key.\rKeep the password confidential and in a secure place."] },
    { messages: [create] },
    nothing,
    { sets: [{ columns: certificates, rows: [own] }] },
    nothing,
    {
      sets: [
        certificateNameSet,
        { columns: ["SQLServerPublicKey"], rows: [{ SQLServerPublicKey: /^3082([0-9A-F]{2})+$/ }] },
      ],
    },
    nothing,
    { messages: ["Creating MicrosoftPKI certificate."] },
    { messages: ["Creating DigiCertPKI certificate."] },
    {
      sets: [
        {
          columns: certificates,
          rows: [
            own,
            { ...imported, name: values.instanceFqdn, subject: /database\.windows\.net/ },
            { ...imported, name: "MicrosoftPKI", thumbprint: microsoftRoot, key_length: "4096" },
            { ...imported, name: "DigiCertPKI", thumbprint: digiCertRoot, key_length: "2048" },
          ],
          others: true,
        },
      ],
    },
    { sets: [{ columns: endpoints, rows: [] }] },
    nothing,
    { sets: [certificateNameSet] },
    nothing,
    { sets: [endpointSet("CERTIFICATE")] },
    { sets: [endpointSet("CERTIFICATE")] },
    nothing,
    { sets: [endpointSet("NEGOTIATE, CERTIFICATE")] },
    { sets: [{ columns: ["SQLServerName"], rows: [{ SQLServerName: values.sqlServer }] }] },
    nothing,
    nothing,
    { sets: [{ columns: groups, rows: [groupRow(groupName(values), "0"), groupRow(linkName(values), "1")] }] },
    { sets: [connectionSet(values)] },
  ];
}

function endpointSet(authentication: string): WantedSet {
  const row = {
    name: endpointName,
    type_desc: "DATABASE_MIRRORING",
    state_desc: "STARTED",
    role_desc: "ALL",
    connection_auth_desc: authentication,
    is_encryption_enabled: "1",
    encryption_algorithm_desc: "AES",
  };
  return { columns: Object.keys(row), rows: [row] };
}

function groupRow(name: string, isDistributed: string): Readonly<Record<string, Wanted>> {
  return { name, is_distributed: isDistributed, cluster_type: "2", cluster_type_desc: /^none$/i, is_contained: "0" };
}

function connectionSet({ sqlServer, sqlServerAddress, instance, instanceFqdn, database }: SeedValues): WantedSet {
  const row = (replica: string, endpoint: string) => ({
    Replica: replica,
    Endpoint: endpoint,
    "Connected state": "CONNECTED",
  });
  return {
    columns: [
      ...["Replica", "Endpoint", "Connected state", "Last connection error", "Last connection error No"],
      "Last error timestamp",
    ],
    rows: [
      row(sqlServer, `TCP://${sqlServerAddress}:5022`),
      row(`AG_${database}`, `TCP://${sqlServerAddress}:5022`),
      row(instance, `tcp://${instanceFqdn}:5022;Server=[${instance}]`),
    ],
  };
}

/** Says how an answer differs from the expected one; undefined where it does not. */
export function disagreement(answer: BatchAnswer, wanted: WantedAnswer): string | undefined {
  if (answer.error !== undefined) return `error: ${answer.error}`;
  const { messages = [], sets = [] } = wanted;
  if (answer.messages.length !== messages.length || !messages.every((text, at) => fits(answer.messages[at], text)))
    return `messages ${JSON.stringify(answer.messages)}, expected ${messages.join(" | ") || "none"}`;
  if (answer.sets.length !== sets.length) return `${answer.sets.length} result sets, expected ${sets.length}`;
  return sets.map((set, at) => setDisagreement(answer.sets[at], set)).find((found) => found !== undefined);
}

function setDisagreement(set: ResultSet | undefined, { columns, rows, others }: WantedSet): string | undefined {
  if (!set || set.columns.join() !== columns.join())
    return `columns ${set?.columns.join()}, expected ${columns.join()}`;
  if (!others && set.rows.length !== rows.length) return `${set.rows.length} rows, expected ${rows.length}`;
  const missing = rows.find(
    (row) => !set.rows.some((seen) => columns.every((name, at) => !(name in row) || fits(seen[at], row[name]))),
  );
  if (missing === undefined) return undefined;
  const shown = Object.entries(missing).map(([name, value]) => `${name} = ${value}`);
  return `no row with ${shown.join(", ")} in ${JSON.stringify(set.rows).slice(0, 2000)}`;
}

function fits(seen: string | null | undefined, wanted: Wanted | undefined): boolean {
  if (wanted instanceof RegExp) return typeof seen === "string" && wanted.test(seen);
  return seen === wanted;
}

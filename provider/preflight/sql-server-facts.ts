import {
  type Certificate,
  type CertificateRow,
  certificateOf,
  certificatesWhere,
} from "../sql-server/catalog/certificates";
import { type Database, databasesWhere } from "../sql-server/catalog/databases";
import { type Endpoint, endpointQuery, type Listener, listenersQuery } from "../sql-server/catalog/endpoint";
import { type MasterKey, masterKeyQuery } from "../sql-server/catalog/master-key";
import type { Batch, Sql } from "../sql-server/connection";
import type { Instance } from "../sql-server/instance";
import { type Statement, sql } from "../sql-server/tsql";
import { type Known, known, mapped, type NotRead, onSqlServer } from "./told";

/** What a SQL Server shows of itself, as far as a link depends on it. */
export interface SqlServerFacts {
  readonly instance: Known<Instance>;
  /** How sentences name it: `SQLSERVER1 (10.0.0.4:1433)`. */
  readonly label: string;
  readonly settings: Known<ServerRow | undefined>;
  /** Milliseconds by which its clock is ahead of this machine's. */
  readonly ahead: Known<number>;
  /** Names of the procedures that came with updates, as far as this build has them. */
  readonly procedures: Known<ReadonlySet<string>>;
  readonly traceFlags: Known<ReadonlySet<number>>;
  readonly masterKey: Known<MasterKey | undefined>;
  readonly endpoint: Known<Endpoint | undefined>;
  readonly listeners: Known<readonly Listener[]>;
  readonly certificates: Known<readonly Certificate[]>;
  readonly groups: Known<readonly GroupRow[]>;
  readonly databases: Known<readonly Database[]>;
  readonly options: Known<readonly OptionRow[]>;
  readonly files: Known<readonly FileRow[]>;
  readonly encrypted: Known<readonly EncryptionRow[]>;
  /** Kinds of filegroups beyond rows: FILESTREAM and In-Memory OLTP. */
  readonly filegroups: Known<readonly FilegroupRow[]>;
  /** sp_multidb_milink, where this build has it. */
  readonly isMultiDatabase: Known<boolean>;
}

export interface ServerRow {
  readonly edition: string | null;
  readonly engineEdition: number | null;
  readonly editionId: number | null;
  readonly collation: string | null;
  /** "/" on Linux. */
  readonly separator: string | null;
  /** 1: nothing is hidden from the login. Otherwise views have no rows for what it may not see. */
  readonly seesAll: number | null;
  readonly now: Date;
}

/** A replica of a group of this instance, and the databases of the group. */
export interface GroupRow {
  readonly name: string;
  readonly isDistributed: boolean | null;
  readonly replicaName: string | null;
  readonly url: string | null;
  readonly databaseName: string | null;
}

/** A row of sys.databases as this version has it: some columns came later. */
export interface OptionRow {
  readonly name: string;
  readonly user_access_desc: string | null;
  readonly is_encrypted: boolean | null;
  readonly is_published: boolean | null;
  readonly is_merge_published: boolean | null;
  readonly is_cdc_enabled: boolean | null;
  readonly is_accelerated_database_recovery_on?: boolean | null;
}

/** A file of a database. */
export interface FileRow {
  readonly databaseName: string;
  readonly name: string;
  /** 0: rows, 1: log, 2: FILESTREAM or In-Memory OLTP. */
  readonly type: number;
  /** Text, because the driver has a bigint as text. */
  readonly bytes: string;
}

export interface FilegroupRow {
  readonly databaseName: string;
  /** FD: FILESTREAM; FX: In-Memory OLTP. */
  readonly type: string;
}

export interface EncryptionRow {
  readonly name: string;
  /** Of the certificate in `master` that protects the key; null: something else does, such as a key in a vault. */
  readonly certificateName: string | null;
}

interface Rows {
  readonly settings: ServerRow;
  readonly procedures: { readonly name: string };
  readonly traceFlags: { readonly TraceFlag: number; readonly Global: number };
  readonly masterKey: MasterKey;
  readonly endpoint: Endpoint;
  readonly listeners: Listener;
  readonly certificates: CertificateRow;
  readonly groups: GroupRow;
  readonly databases: Database;
  readonly options: OptionRow;
  readonly files: FileRow;
  readonly encrypted: EncryptionRow;
}

/** Which databases are looked at: names, or all of users. */
export type Wanted = readonly string[] | "all";

const statements = (wanted: Wanted): Batch<Rows> => ({
  settings: sql`SELECT CONVERT(nvarchar(128), SERVERPROPERTY('Edition')) AS edition,
      CONVERT(int, SERVERPROPERTY('EngineEdition')) AS engineEdition,
      CONVERT(int, SERVERPROPERTY('EditionID')) AS editionId,
      CONVERT(nvarchar(128), SERVERPROPERTY('Collation')) AS collation,
      CONVERT(nvarchar(8), SERVERPROPERTY('PathSeparator')) AS separator,
      HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW ANY DEFINITION') AS seesAll, SYSUTCDATETIME() AS now`,
  procedures: sql`SELECT name FROM sys.system_objects
    WHERE name IN (N'sp_certificate_add_issuer', N'sp_get_endpoint_certificate', N'sp_multidb_milink')`,
  traceFlags: sql`DBCC TRACESTATUS (1800, 9567, 12381)`,
  masterKey: masterKeyQuery,
  endpoint: endpointQuery,
  listeners: listenersQuery,
  certificates: certificatesWhere(sql`name NOT LIKE N'##MS[_]%'`),
  groups: sql`SELECT g.name, g.is_distributed AS isDistributed, r.replica_server_name AS replicaName, r.endpoint_url AS url,
      d.database_name AS databaseName
    FROM sys.availability_groups g
    LEFT JOIN sys.availability_replicas r ON r.group_id = g.group_id
    LEFT JOIN sys.availability_databases_cluster d ON d.group_id = g.group_id`,
  databases: databasesWhere(theWanted(wanted)),
  options: sql`SELECT d.* FROM sys.databases d WHERE ${theWanted(wanted)}`,
  files: sql`SELECT d.name AS databaseName, f.name, f.type, CONVERT(bigint, f.size) * 8192 AS bytes
    FROM sys.master_files f JOIN sys.databases d ON d.database_id = f.database_id
    WHERE ${theWanted(wanted)} ORDER BY f.file_id`,
  encrypted: sql`SELECT d.name, c.name AS certificateName
    FROM sys.dm_database_encryption_keys k
    JOIN sys.databases d ON d.database_id = k.database_id
    LEFT JOIN sys.certificates c ON c.thumbprint = k.encryptor_thumbprint
    WHERE k.encryption_state > 1 AND ${theWanted(wanted)}`,
});

/** Of `d`, the row of sys.databases: no system databases, no snapshots, no distribution database. */
const theWanted = (wanted: Wanted): Statement =>
  wanted === "all"
    ? sql`d.database_id > 4 AND d.source_database_id IS NULL AND d.is_distributor = 0`
    : sql`d.name IN (${wanted.length === 0 ? sql`NULL` : sql.list(wanted.map(sql.string))})`;

const doing = "look at what a link needs";

/** One batch; where that is refused, each read by itself, so that only what cannot be read is not known. */
export async function sqlServerFacts(server: Sql, wanted: Wanted): Promise<SqlServerFacts> {
  const batch = statements(wanted);
  const begun = Date.now();
  const rows = onlyWhatIsSeen(await readAll(server, batch), server.instance);
  const clock = (begun + Date.now()) / 2;
  const one = <Name extends keyof Rows>(name: Name): Known<Rows[Name] | undefined> =>
    mapped(rows[name], ([first]) => first);
  const settings = rows.settings;
  const procedures = mapped(rows.procedures, (all) => new Set(all.map(({ name }) => name)));
  const isNew = "value" in procedures && procedures.value.has("sp_multidb_milink");
  return {
    instance: { value: server.instance },
    label: `${server.instance.name} (${server.address})`,
    settings: mapped(settings, ([first]) => first),
    ahead: mapped(settings, ([first]) => (first?.now.getTime() ?? clock) - clock),
    procedures,
    traceFlags: mapped(
      rows.traceFlags,
      (all) => new Set(all.filter(({ Global }) => Global === 1).map(({ TraceFlag }) => TraceFlag)),
    ),
    masterKey: one("masterKey"),
    endpoint: one("endpoint"),
    listeners: rows.listeners,
    certificates: mapped(rows.certificates, (all) => all.map(certificateOf)),
    groups: rows.groups,
    databases: rows.databases,
    options: rows.options,
    files: rows.files,
    encrypted: rows.encrypted,
    filegroups: await filegroupsOf(server, rows.files),
    isMultiDatabase: isNew ? await known(() => isMultiDatabase(server)) : { value: false },
  };
}

type Read = { readonly [Name in keyof Rows]: Known<readonly Rows[Name][]> };

async function readAll(server: Sql, batch: Batch<Rows>): Promise<Read> {
  const names = Object.keys(batch) as (keyof Rows)[];
  const asked = await known(() => server.queryAll<Rows>(doing, batch));
  const entries =
    "value" in asked
      ? names.map((name) => [name, { value: asked.value[name] }])
      : await Promise.all(
          names.map(async (name) => [name, await known(() => server.query(`${doing} (${name})`, batch[name]))]),
        );
  return Object.fromEntries(entries) as Read;
}

/** Of a server that cannot be reached, or does not let the login in. */
export const unreached = (address: string, why: NotRead): SqlServerFacts => ({
  instance: why,
  label: address,
  settings: why,
  ahead: why,
  procedures: why,
  traceFlags: why,
  masterKey: why,
  endpoint: why,
  listeners: why,
  certificates: why,
  groups: why,
  databases: why,
  options: why,
  files: why,
  encrypted: why,
  filegroups: why,
  isMultiDatabase: why,
});

/** Without the right to see them, views have no rows: that nothing is there must not be believed then. */
function onlyWhatIsSeen(rows: Read, { login }: Instance): Read {
  const { settings } = rows;
  if ("why" in settings || settings.value[0]?.seesAll === 1) return rows;
  const hidden: NotRead = {
    why: `the login ${login} may not see all that is there`,
    remedy: [onSqlServer(sql`GRANT VIEW ANY DEFINITION TO ${sql.identifier(login)}`)],
  };
  return { ...rows, masterKey: hidden, endpoint: hidden, certificates: hidden, groups: hidden, files: hidden };
}

/** Only where a database has files of such filegroups, which is seldom. */
async function filegroupsOf(server: Sql, files: Known<readonly FileRow[]>): Promise<Known<readonly FilegroupRow[]>> {
  if ("why" in files) return files;
  const names = new Set(files.value.filter(({ type }) => type === 2).map(({ databaseName }) => databaseName));
  if (names.size === 0) return { value: [] };
  const each = [...names].map(
    (name) => sql`SELECT ${sql.string(name)} AS databaseName, g.type FROM ${sql.identifier(name)}.sys.filegroups g
    WHERE g.type IN ('FD', 'FX')`,
  );
  return await known(() => server.query("see what filegroups the databases have", sql.list(each, "\nUNION ALL ")));
}

/** Without an argument it shows the setting (page "Extend an availability group"). */
async function isMultiDatabase(server: Sql): Promise<boolean> {
  const [row] = await server.query<Record<string, number>>(
    "read whether its links have several databases",
    sql`EXEC sys.sp_multidb_milink`,
  );
  return Object.values(row ?? {})[0] === 1;
}

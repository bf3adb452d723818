import assert from "node:assert/strict";
import { createServer } from "node:net";
import type { BothSidesOptions } from "#lab-tests/both-sides";
import type { PreflightArgs, Verdict } from "#provider/index";
import type { PreflightScene } from "./preflight-scene";

/** A problem in the lab, and the one finding that must tell of it. */
export interface Planted {
  readonly problem: string;
  readonly finds: Readonly<Record<string, Verdict>>;
  /** What the finding must say. */
  readonly says: RegExp;
  /** What its remedy must say, where only a human carries that out. */
  readonly advises?: RegExp;
  plant(scene: PreflightScene): Promise<unknown>;
  /** What the preflight is asked beside the usual. */
  args?(scene: PreflightScene): Partial<PreflightArgs>;
  /** Stands for what only the reader of a remedy knows. */
  readonly filledIn?: Readonly<Record<string, string>>;
  /** What a step in words means. */
  inWords?(scene: PreflightScene): Promise<unknown>;
  /** Where the remedy is for a human alone, or nothing the lab can run; otherwise it is carried out as it is printed. */
  readonly byHand?: ((scene: PreflightScene) => Promise<unknown>) | "the lab cannot";
  /** Puts the lab back as it was, after the problem was found to be gone. */
  after?(scene: PreflightScene): Promise<unknown>;
}

const sql =
  (...batches: readonly string[]) =>
  async ({ sql: run }: PreflightScene) => {
    for (const batch of batches) await run(batch);
  };
const inLab = ({ lab, server: { name } }: PreflightScene) => lab.sqlServer(name);
const server =
  (changes: Partial<ReturnType<typeof inLab>>) =>
  async (scene: PreflightScene): Promise<unknown> =>
    Object.assign(inLab(scene), changes);
const db1 = (scene: PreflightScene) => inLab(scene).databases.get("db1") ?? assert.fail("the lab has no db1");
const database =
  (changes: Partial<ReturnType<typeof db1>>) =>
  async (scene: PreflightScene): Promise<unknown> =>
    Object.assign(db1(scene), changes);
const nothing = async (): Promise<void> => {};

/** Azure answers this to a GET, until `healed`. */
const azureSays =
  (matching: string, body: object, status = 200) =>
  async ({ lab }: PreflightScene) =>
    lab.faults.add({
      on: "request",
      method: "GET",
      matching,
      times: "always",
      answer: { status, code: "", message: "", body },
    });
const healed = async ({ lab }: PreflightScene) => lab.faults.clear();
const aLink = (name: string, instanceAvailabilityGroupName: string, replicaState: string) => ({
  value: [{ name, properties: { instanceAvailabilityGroupName, databases: [{ databaseName: "db9", replicaState }] } }],
});

const endpoint = (clause: string) => sql(`ALTER ENDPOINT e FOR DATABASE_MIRRORING (${clause})`);
const showsOwn = endpoint("AUTHENTICATION = CERTIFICATE own");
const newCertificate = (name: string, more: string) =>
  sql(
    `CREATE CERTIFICATE ${name} WITH SUBJECT = '${name}'${more}`,
    `ALTER ENDPOINT e FOR DATABASE_MIRRORING (AUTHENTICATION = CERTIFICATE ${name})`,
  );
const withoutCertificate = (name: string) => async (scene: PreflightScene) => {
  await showsOwn(scene);
  await sql(`DROP CERTIFICATE ${name}`)(scene);
};
const inDays = (days: number) =>
  new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10).replaceAll("-", "");

const emptyGroup = (name: string) => (scene: PreflightScene) =>
  scene.sql(scene.localGroup("").replace("GROUP ag ", `GROUP ${name} `));

let leavePort = nothing;
async function occupyPort(scene: PreflightScene): Promise<void> {
  await sql("ALTER ENDPOINT e STATE = STOPPED")(scene);
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(5022, scene.server.host, resolve));
  leavePort = () => new Promise((resolve) => other.close(() => resolve()));
  await sql("ALTER ENDPOINT e STATE = STARTED")(scene);
}

const presented = async (scene: PreflightScene): Promise<string> =>
  `0x${(await scene.send("GET", "endpointCertificates/DATABASE_MIRRORING")).body.properties?.publicBlob}`;

const importAnew = async (scene: PreflightScene): Promise<void> => {
  const name = `[${scene.instance.fqdn}]`;
  await sql(`IF CERT_ID('${name}') IS NOT NULL DROP CERTIFICATE ${name}`)(scene);
  await sql(`CREATE CERTIFICATE ${name} FROM BINARY = ${await presented(scene)}`)(scene);
};

const moreFiles =
  (kind: "LOG" | "FILESTREAM" | "MEMORY_OPTIMIZED_DATA", ...names: readonly string[]) =>
  (scene: PreflightScene) =>
    database({ moreFiles: names.map((name) => ({ name, kind })) })(scene);
const withoutMoreFiles = database({ moreFiles: [] });

/** All on one lab, one after the other. */
export const onOneLab: readonly Planted[] = [
  {
    problem: "the trace flag 1800 is off",
    plant: sql("DBCC TRACEOFF (1800, -1)"),
    finds: { "trace-flag-1800": "warning" },
    says: /1800 is off: copying is slow/,
  },
  {
    problem: "the trace flag 9567 is off",
    plant: sql("DBCC TRACEOFF (9567, -1)"),
    finds: { "trace-flag-9567": "warning" },
    says: /9567 is off: .*without compression/,
  },
  {
    problem: "the trace flag 12381 was left on",
    plant: sql("DBCC TRACEON (12381, -1)"),
    finds: { "trace-flag-12381": "warning" },
    says: /no log is truncated/,
  },
  {
    problem: "the login is no sysadmin",
    plant: sql("CREATE LOGIN dba WITH PASSWORD = 'Dba-Passw0rd'", "GRANT CONTROL SERVER TO dba"),
    args: ({ server: { host, port }, lab }) => ({
      sqlServer: { host, port, user: "dba", password: "Dba-Passw0rd", caFile: lab.ready.caFile },
    }),
    finds: { rights: "failed" },
    says: /the login dba is not a member of sysadmin/i,
    after: sql("DROP LOGIN dba"),
  },
  {
    problem: "it is the Web edition",
    plant: server({ edition: "Web" }),
    finds: { edition: "failed" },
    says: /Web Edition .* no link/,
    byHand: server({ edition: "Standard" }),
  },
  {
    problem: "it is the Express edition",
    plant: server({ edition: "Express" }),
    finds: { edition: "failed" },
    says: /Express Edition .* no link/,
    byHand: server({ edition: "Developer" }),
  },
  {
    problem: "Always On is not enabled",
    plant: server({ isHadrEnabled: false }),
    finds: { "always-on": "failed" },
    says: /not enabled/,
  },
  {
    problem: "its clock is ahead",
    plant: server({ clockAheadMilliseconds: 20 * 60_000 }),
    finds: { clocks: "failed" },
    says: /20 minutes ahead of Azure/,
  },
  {
    problem: "its clock is behind",
    plant: server({ clockAheadMilliseconds: -90 * 60_000 }),
    finds: { clocks: "failed" },
    says: /90 minutes behind/,
  },
  {
    problem: "the master key does not open by itself",
    plant: sql("ALTER MASTER KEY DROP ENCRYPTION BY SERVICE MASTER KEY"),
    finds: { "master-key": "failed" },
    says: /not encrypted by the service master key/,
    filledIn: { "<its password>": "P@ssw0rd!x" },
  },
  {
    problem: "the name of a root belongs to another certificate",
    plant: sql("DROP CERTIFICATE DigiCertPKI", "CREATE CERTIFICATE DigiCertPKI WITH SUBJECT = 'mine'"),
    finds: { "trusted-roots": "failed" },
    says: /the name DigiCertPKI belongs to another certificate/i,
    byHand: sql("DROP CERTIFICATE DigiCertPKI"),
  },
  {
    problem: "the endpoint is stopped",
    plant: sql("ALTER ENDPOINT e STATE = STOPPED"),
    finds: { "endpoint-state": "failed" },
    says: /is STOPPED/,
  },
  {
    problem: "another process has the endpoint's port",
    plant: occupyPort,
    finds: { "endpoint-listener": "failed" },
    says: /does not listen on its port 5022/,
    inWords: () => leavePort(),
  },
  {
    problem: "the endpoint is for partners only",
    plant: endpoint("ROLE = PARTNER"),
    finds: { "endpoint-role": "failed" },
    says: /Its role is PARTNER/,
  },
  {
    problem: "the endpoint encrypts by RC4",
    plant: endpoint("ENCRYPTION = REQUIRED ALGORITHM RC4"),
    finds: { "endpoint-encryption": "failed" },
    says: /not encrypt by AES, .*: RC4/,
    after: endpoint("ENCRYPTION = REQUIRED ALGORITHM AES"),
  },
  {
    problem: "the endpoint does not encrypt",
    plant: endpoint("ENCRYPTION = DISABLED"),
    finds: { "endpoint-encryption": "failed" },
    says: /not encrypt by AES/,
  },
  {
    problem: "the endpoint takes Windows accounts only",
    plant: endpoint("AUTHENTICATION = WINDOWS NEGOTIATE"),
    finds: { "endpoint-authentication": "warning" },
    says: /It takes no certificates, only NEGOTIATE/,
    byHand: endpoint("AUTHENTICATION = WINDOWS NEGOTIATE CERTIFICATE own"),
    after: showsOwn,
  },
  {
    problem: "the endpoint's certificate ends soon",
    plant: newCertificate("soon", `, EXPIRY_DATE = '${inDays(20)}'`),
    finds: { "endpoint-certificate": "warning" },
    says: /soon ends on \d{4}-\d{2}-\d{2}/,
    byHand: withoutCertificate("soon"),
  },
  {
    problem: "the endpoint's certificate has ended",
    plant: newCertificate("past", ", START_DATE = '20200101', EXPIRY_DATE = '20210101'"),
    finds: { "endpoint-certificate": "failed" },
    says: /past ended on 2021-01-01/,
    byHand: withoutCertificate("past"),
  },
  {
    problem: "the endpoint's certificate has lost its private key",
    async plant(scene) {
      await newCertificate("lost", "")(scene);
      await sql("ALTER CERTIFICATE lost REMOVE PRIVATE KEY")(scene);
    },
    finds: { "endpoint-certificate": "failed" },
    says: /lost its private key/,
    byHand: withoutCertificate("lost"),
  },
  {
    problem: "the private key of the endpoint's certificate is behind a password",
    plant: sql("ALTER CERTIFICATE own WITH PRIVATE KEY (ENCRYPTION BY PASSWORD = 'Key-Passw0rd')"),
    finds: { "endpoint-certificate": "failed" },
    says: /encrypted by a password/,
    filledIn: { "<its password>": "Key-Passw0rd" },
  },
  {
    problem: "the instance presents another certificate than was imported",
    plant: ({ lab, instance }) => lab.renewCertificate(instance.name),
    finds: { "instance-certificate": "failed" },
    says: /another certificate under the name sqlmi1\.\S+ than the instance presents/,
    byHand: importAnew,
  },
  {
    problem: "the instance's certificate was imported under another name",
    async plant(scene) {
      await sql(`DROP CERTIFICATE [${scene.instance.fqdn}]`)(scene);
      await sql(`CREATE CERTIFICATE theirs FROM BINARY = ${await presented(scene)}`)(scene);
    },
    finds: { "instance-certificate": "failed" },
    says: /under the name theirs: a link finds it only as sqlmi1/,
    byHand: async (scene) => {
      await sql("DROP CERTIFICATE theirs")(scene);
      await importAnew(scene);
    },
  },
  {
    problem: "there is no such database",
    plant: nothing,
    args: () => ({ databases: ["db1", "nobody"] }),
    finds: { "database of nobody": "failed" },
    says: /There is no database of that name/,
    byHand: nothing,
  },
  {
    problem: "the database is offline",
    plant: sql("ALTER DATABASE db1 SET OFFLINE WITH ROLLBACK IMMEDIATE"),
    finds: { "database-state": "failed" },
    says: /db1 is OFFLINE/,
  },
  {
    problem: "the database is read-only",
    plant: sql("ALTER DATABASE db1 SET READ_ONLY"),
    finds: { "read-only": "failed" },
    says: /is read-only/,
  },
  {
    problem: "the database closes by itself",
    plant: sql("ALTER DATABASE db1 SET AUTO_CLOSE ON"),
    finds: { "auto-close": "failed" },
    says: /closes automatically/,
  },
  {
    problem: "the database is in single-user mode",
    plant: sql("ALTER DATABASE db1 SET SINGLE_USER WITH ROLLBACK IMMEDIATE"),
    finds: { "user-access": "failed" },
    says: /single-user/,
  },
  {
    problem: "the recovery model is SIMPLE",
    plant: sql("ALTER DATABASE db1 SET RECOVERY SIMPLE"),
    finds: { "log-chain": "warning" },
    says: /is SIMPLE, not FULL/,
  },
  {
    problem: "the log chain was broken by a change of the recovery model",
    plant: sql("ALTER DATABASE db1 SET RECOVERY SIMPLE", "ALTER DATABASE db1 SET RECOVERY FULL"),
    finds: { "log-chain": "warning" },
    says: /no full backup that a log chain starts from/,
  },
  {
    problem: "the only backup is a copy",
    plant: sql(
      "ALTER DATABASE db1 SET RECOVERY SIMPLE",
      "ALTER DATABASE db1 SET RECOVERY FULL",
      "BACKUP DATABASE db1 TO DISK = 'copy.bak' WITH COPY_ONLY",
    ),
    finds: { "log-chain": "warning" },
    says: /copy-only ones do not count/,
  },
  {
    problem: "accelerated database recovery is off",
    plant: sql("ALTER DATABASE db1 SET ACCELERATED_DATABASE_RECOVERY = OFF"),
    finds: { "accelerated-recovery": "warning" },
    says: /cannot be turned on later/,
  },
  {
    problem: "the database is encrypted by TDE",
    plant: sql(
      "CREATE CERTIFICATE tde WITH SUBJECT = 'tde'",
      "USE db1; CREATE DATABASE ENCRYPTION KEY WITH ALGORITHM = AES_256 ENCRYPTION BY SERVER CERTIFICATE tde; USE master",
      "ALTER DATABASE db1 SET ENCRYPTION ON",
    ),
    finds: { encryption: "warning" },
    says: /encrypted by TDE with the certificate tde/,
    byHand: sql(
      "ALTER DATABASE db1 SET ENCRYPTION OFF",
      "USE db1; DROP DATABASE ENCRYPTION KEY; USE master",
      "DROP CERTIFICATE tde",
    ),
  },
  {
    problem: "changes of the database are captured",
    plant: async (scene) => void db1(scene).options.set("is_cdc_enabled", 1),
    finds: { replication: "warning" },
    says: /change data capture is on/,
    byHand: async (scene) => void db1(scene).options.delete("is_cdc_enabled"),
  },
  {
    problem: "the database is published for replication",
    plant: async (scene) => void db1(scene).options.set("is_published", 1),
    finds: { replication: "warning" },
    says: /published for replication/,
    byHand: async (scene) => void db1(scene).options.delete("is_published"),
  },
  {
    problem: "the database has two log files",
    plant: moreFiles("LOG", "log2"),
    finds: { "log-files": "failed" },
    says: /2 log files/,
    byHand: withoutMoreFiles,
  },
  {
    problem: "the database has FILESTREAM data",
    plant: moreFiles("FILESTREAM", "fs"),
    finds: { filegroups: "failed" },
    says: /FILESTREAM/,
    byHand: withoutMoreFiles,
  },
  {
    problem: "the database has In-Memory OLTP data, for an instance that does not take it",
    plant: moreFiles("MEMORY_OPTIMIZED_DATA", "xtp"),
    finds: { filegroups: "failed" },
    says: /In-Memory OLTP data, and the managed instance is of the tier GeneralPurpose/,
    byHand: withoutMoreFiles,
  },
  {
    problem: "the In-Memory OLTP data is in two containers",
    plant: moreFiles("MEMORY_OPTIMIZED_DATA", "xtp1", "xtp2"),
    finds: { filegroups: "failed" },
    says: /in 2 containers/,
    byHand: withoutMoreFiles,
  },
  {
    problem: "the database is larger than the instance",
    plant: database({ sizeBytes: 40 * 2 ** 30 }),
    finds: { "database-size": "failed" },
    says: /It has 40 GB, and the storage of the managed instance is 32 GB/,
    after: database({ sizeBytes: 8 * 2 ** 20 }),
  },
  {
    problem: "the database is in an availability group",
    plant: (scene) => scene.sql(scene.localGroup("DATABASE db1 ").replace("GROUP ag ", "GROUP other ")),
    finds: { "database-group": "failed" },
    says: /in the availability group other already/,
    byHand: sql("DROP AVAILABILITY GROUP other"),
  },
  {
    problem: "there is an availability group of the name",
    plant: emptyGroup("AG_db1"),
    finds: { "group-name": "failed" },
    says: /There is an availability group AG_db1/,
    byHand: sql("DROP AVAILABILITY GROUP AG_db1"),
  },
  {
    problem: "the name of the distributed group is taken on SQL Server",
    plant: emptyGroup("DAG_db1"),
    finds: { "distributed-group-name": "failed" },
    says: /There is an availability group DAG_db1/,
    byHand: sql("DROP AVAILABILITY GROUP DAG_db1"),
  },
  {
    problem: "the name of the link is none that Azure allows",
    plant: nothing,
    args: () => ({ databases: [{ databaseName: "db1", linkName: "dag/1" }] }),
    finds: { "names-in-azure": "failed" },
    says: /dag\/1 must not hold/,
    byHand: nothing,
  },
  {
    problem: "the instance has a database of the name",
    plant: (scene) => scene.finished("PUT", "databases/db1", { location: "westeurope" }),
    finds: { "database-on-instance": "failed" },
    says: /has a database db1, and a link never writes over one/,
    after: (scene) => scene.finished("DELETE", "databases/db1_kept"),
  },
  {
    problem: "the instance has a link of the name",
    plant: azureSays("/distributedAvailabilityGroups$", aLink("DAG_db1", "AG_db9_MI", "LinkSynchronizing")),
    finds: { "link-name": "failed" },
    says: /has a link DAG_db1 already/,
    byHand: healed,
  },
  {
    problem: "another link has the name of the group on the instance",
    plant: azureSays("/distributedAvailabilityGroups$", aLink("DAG_db9", "AG_db1_MI", "LinkSynchronizing")),
    finds: { "instance-group-name": "failed" },
    says: /The link DAG_db9 has the availability group AG_db1_MI/,
    byHand: healed,
  },
  {
    problem: "another link is being made",
    plant: azureSays("/distributedAvailabilityGroups$", aLink("DAG_db9", "AG_db9_MI", "CreatingLink")),
    finds: { "other-links": "warning" },
    says: /Of DAG_db9 the database is being copied/,
    byHand: healed,
  },
  {
    problem: "the instance is full",
    async plant({ managedInstance }) {
      const names = Array.from({ length: 100 }, (_, i) => `CREATE DATABASE full${i}`);
      await managedInstance.request().batch(names.join(";\n"));
    },
    finds: { "database-limit": "failed" },
    says: /would have 101 databases, with 1 more than today, and takes 100/,
    byHand: async ({ managedInstance }) => {
      const names = Array.from({ length: 100 }, (_, i) => `full${i}`);
      await managedInstance.request().batch(`DROP DATABASE ${names.join(", ")}`);
    },
  },
  {
    problem: "the instance is in a failover group",
    async plant(scene) {
      const pairs = [{ primaryManagedInstanceId: scene.instance.id.toUpperCase(), partnerManagedInstanceId: "x" }];
      const body = { value: [{ name: "fg1", properties: { managedInstancePairs: pairs } }] };
      await azureSays("/instanceFailoverGroups$", body)(scene);
    },
    finds: { "failover-group": "failed" },
    says: /in the failover group fg1/,
    byHand: healed,
  },
  {
    problem: "whoever is signed in may only read",
    plant: azureSays("/permissions$", { value: [{ actions: ["*/read"], notActions: [] }] }),
    finds: { "azure-rights": "failed" },
    says: /Missing: Microsoft\.Sql\/managedInstances\/distributedAvailabilityGroups\/write, /,
    byHand: healed,
  },
  {
    problem: "a role takes away what no other gives",
    plant: azureSays("/permissions$", {
      value: [{ actions: ["*"], notActions: ["Microsoft.Sql/managedInstances/serverTrustCertificates/*"] }],
    }),
    finds: { "azure-rights": "failed" },
    says: /Missing: (?:Microsoft\.Sql\/managedInstances\/serverTrustCertificates\/\w+(?:, )?){3}\./,
    byHand: healed,
  },
  {
    problem: "what is allowed cannot be read",
    plant: azureSays("/permissions$", { error: { code: "AuthorizationFailed", message: "no" } }, 403),
    finds: { "azure-rights": "unknown" },
    says: /It was not tested: could not list the permissions .*AuthorizationFailed/,
    byHand: healed,
  },
  {
    problem: "the instance is stopped",
    plant: (scene) => scene.finished("POST", "stop"),
    // A stopped instance does not show its certificate.
    finds: { "instance-state": "failed", "instance-certificate": "unknown" },
    says: /It is stopped/,
  },
];

/** Each on a lab of its own where nothing is set up. */
export const withOptions: readonly (Planted & { readonly options: BothSidesOptions })[] = [
  {
    problem: "SQL Server 2016",
    options: { sqlVersion: 2016 },
    plant: nothing,
    finds: { version: "failed" },
    says: /no availability groups without a cluster/,
    byHand: "the lab cannot",
  },
  {
    problem: "SQL Server 2017 without the Azure Connect pack",
    options: { sqlVersion: 2017, withoutConnectPack: true },
    plant: nothing,
    finds: { update: "failed" },
    says: /14\.0\.3456\.2, lacks sp_certificate_add_issuer/,
    advises: /Install CU31 and the Azure Connect pack \(KB5050533\)/,
    byHand: "the lab cannot",
  },
  {
    problem: "SQL Server 2019 before CU20",
    options: { sqlBuild: "15.0.4298.1" },
    plant: nothing,
    finds: { update: "failed" },
    says: /15\.0\.4298\.1, lacks/,
    advises: /Install CU20 \(KB5024276\)/,
    byHand: "the lab cannot",
  },
  {
    problem: "links of several databases",
    options: { sqlBuild: "16.0.4275.1" },
    plant: sql("EXEC sys.sp_multidb_milink 1"),
    finds: { "link-mode": "failed" },
    says: /have several databases/,
  },
  {
    problem: "other collations on the two sides",
    options: { collation: "Latin1_General_CI_AS" },
    plant: nothing,
    finds: { collation: "warning" },
    says: /Latin1_General_CI_AS, and that of the managed instance SQL_Latin1_General_CP1_CI_AS/,
    byHand: "the lab cannot",
  },
  {
    problem: "an instance of an older update policy",
    options: { sqlVersion: 2025, databaseFormat: "SQLServer2022" },
    plant: nothing,
    finds: { "update-policy": "failed" },
    says: /SQLServer2022 does not take SQL Server 2025/,
  },
  {
    problem: "no way back from an instance that is always up to date",
    options: { databaseFormat: "AlwaysUpToDate" },
    plant: nothing,
    finds: { "way-back": "warning" },
    says: /AlwaysUpToDate lets no database come back to SQL Server 2022/,
    byHand: "the lab cannot",
  },
  {
    problem: "Always On that is not enabled on Windows",
    options: { windows: true },
    plant: server({ isHadrEnabled: false }),
    finds: { "always-on": "failed" },
    says: /not enabled/,
    advises: /^Enable-SqlAlwaysOn -ServerInstance 'sqlserver1' -Force$/,
  },
  {
    problem: "a machine that got another name",
    options: {},
    plant: server({ hostName: "elsewhere" }),
    finds: { "server-name": "failed" },
    says: /while SERVERPROPERTY\('ServerName'\) is elsewhere/,
    inWords: ({ lab, server }) => lab.restart(server.name),
  },
  {
    problem: "a server that sys.servers does not have",
    options: {},
    async plant({ lab, server, sql: run }) {
      await run("EXEC sp_dropserver N'sqlserver1'");
      await lab.restart(server.name);
    },
    finds: { "server-name": "failed" },
    says: /@@SERVERNAME is NULL/,
    inWords: ({ lab, server }) => lab.restart(server.name),
  },
  {
    problem: "the name of the certificate is taken on the instance",
    options: {},
    async plant(scene) {
      await scene.sql("CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'P@ssw0rd!x'");
      await scene.sql("CREATE CERTIFICATE old WITH SUBJECT = 'old'");
      const [row] = await scene.sql("SELECT CERTENCODED(CERT_ID('old')) AS der");
      assert.ok(row?.der instanceof Buffer);
      const properties = { publicBlob: `0x${row.der.toString("hex")}` };
      await scene.finished("PUT", "serverTrustCertificates/Cert_sqlserver1_endpoint", { properties });
      await scene.sql("DROP CERTIFICATE old");
    },
    finds: { "trust-certificate": "failed" },
    says: /under the name Cert_sqlserver1_endpoint/,
    byHand: (scene) => scene.finished("DELETE", "serverTrustCertificates/Cert_sqlserver1_endpoint"),
  },
];

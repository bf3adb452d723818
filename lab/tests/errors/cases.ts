/** How an error number is raised: what is run before, and the batch that raises it. */
export interface ErrorCase {
  readonly number: number;
  readonly batch: string;
  /** These batches run first and must succeed. */
  readonly before?: readonly string[];
  readonly version?: string;
  readonly withoutAlwaysOn?: boolean;
  /** "guest" is a login without any permission. */
  readonly as?: "guest";
  /** The connection itself is refused. */
  readonly login?: { readonly password?: string; readonly database?: string };
}

const masterKey = "CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'P@ssw0rd!x'";
const certificate = "CREATE CERTIFICATE c WITH SUBJECT = 'Certificate for c'";
const endpoint = (authentication = "CERTIFICATE c", port = 15022, name = "e") =>
  `CREATE ENDPOINT ${name} STATE = STARTED AS TCP (LISTENER_PORT = ${port}, LISTENER_IP = ALL) FOR DATABASE_MIRRORING (ROLE = ALL, AUTHENTICATION = ${authentication}, ENCRYPTION = REQUIRED ALGORITHM AES)`;
const trust = [masterKey, certificate];
const toFile = "BACKUP CERTIFICATE c TO FILE = 'c.cer'";
const newLogin = "CREATE LOGIN l WITH PASSWORD = 'P@ssw0rd!x'";
const modes = "AVAILABILITY_MODE = SYNCHRONOUS_COMMIT, FAILOVER_MODE = MANUAL, SEEDING_MODE = AUTOMATIC";
const url = "ENDPOINT_URL = 'TCP://10.0.0.4:5022'";
const replica = (options = `${url}, ${modes}`, name = "sqlserver1") => `N'${name}' WITH (${options})`;
const group = (name = "ag", databases = "db1", replicas = replica(), options = "CLUSTER_TYPE = NONE") =>
  `CREATE AVAILABILITY GROUP ${name} WITH (${options})${databases ? ` FOR DATABASE ${databases}` : " FOR"} REPLICA ON ${replicas}`;

const listener = "LISTENER_URL = 'TCP://10.0.0.4:5022'";
const managed = "LISTENER_URL = 'tcp://sqlmi1.0a1b2c.database.windows.net:5022;Server=[sqlmi1]'";
const asynchronous = "AVAILABILITY_MODE = ASYNCHRONOUS_COMMIT, FAILOVER_MODE = MANUAL, SEEDING_MODE = AUTOMATIC";
const member = (name: string, options: string) => `N'${name}' WITH (${options})`;
const link = ({
  name = "dag",
  options = "WITH (DISTRIBUTED) ",
  local = member("ag", `${listener}, ${asynchronous}`),
  remote = member("ag_mi", `${managed}, ${asynchronous}`),
} = {}) => `CREATE AVAILABILITY GROUP ${name} ${options}AVAILABILITY GROUP ON ${local}, ${remote}`;
const manualSeeding = asynchronous.replace("SEEDING_MODE = AUTOMATIC", "SEEDING_MODE = MANUAL");
const seeded = managed.replace("]'", "];Database=[db9]'");
const seededLink = link({ remote: member("ag_mi", `${seeded}, ${asynchronous}`) });
const modified = (group: string, name: string) =>
  `ALTER AVAILABILITY GROUP ${group} MODIFY AVAILABILITY GROUP ON N'${name}' WITH (SEEDING_MODE = MANUAL)`;

const language: readonly ErrorCase[] = [
  { number: 102, batch: "SELECT 1 +" },
  { number: 156, batch: "SELECT FROM sys.databases" },
  { number: 119, batch: "EXEC sp_executesql @stmt = N'SELECT 1', N''" },
  { number: 137, batch: "SELECT @nothing" },
  { number: 179, batch: "EXEC sp_executesql N'SELECT 1' OUTPUT" },
  { number: 196, batch: "SELECT 1 AS one UNION SELECT 2 INTO t" },
  { number: 207, batch: "SELECT nothing FROM sys.databases" },
  { number: 208, batch: "SELECT * FROM sys.nothing" },
  { number: 911, batch: "USE nowhere" },
  { number: 2812, batch: "EXEC sp_nothing" },
  { number: 2812, batch: "EXEC sp_certificate_add_issuer 256, N'*.database.windows.net'", version: "14.0.3456.2" },
  { number: 319, batch: "PRINT 1 WITH c AS (SELECT 1 AS one) SELECT one FROM c" },
  { number: 321, batch: "SELECT name FROM sys.databases WITH (NOTHING)" },
  { number: 336, batch: "SELECT name FROM sys.databases WITH c AS (SELECT 1 AS one) SELECT one FROM c" },
  { number: 574, batch: `BEGIN TRANSACTION ${group()}` },
  { number: 133, batch: "GOTO nowhere" },
  { number: 195, batch: "SELECT nothing(1)" },
  { number: 235, batch: "SELECT CAST('12x' AS money)" },
  { number: 468, batch: "SELECT 1 WHERE 'a' COLLATE Latin1_General_CI_AS = 'b' COLLATE Latin1_General_CS_AS" },
  { number: 2745, batch: "RAISERROR('bad', 20, 1) WITH LOG" },
  { number: 4108, batch: "SELECT 1 FROM sys.databases WHERE ROW_NUMBER() OVER (ORDER BY name) = 1" },
  { number: 8115, batch: "SELECT 2147483647 + 1" },
  { number: 8120, batch: "SELECT name, COUNT(*) FROM sys.databases" },
  { number: 8121, batch: "SELECT state FROM sys.databases GROUP BY state HAVING database_id > 1" },
  { number: 8134, batch: "SELECT 1 / 0" },
];

const permissions: readonly ErrorCase[] = [
  { number: 229, batch: "SELECT * FROM msdb.dbo.backupset", as: "guest" },
  { number: 262, batch: "CREATE DATABASE mine", as: "guest" },
  { number: 297, batch: "SELECT * FROM sys.dm_hadr_availability_replica_states", as: "guest" },
  { number: 300, batch: "SELECT * FROM sys.dm_hadr_availability_replica_states", as: "guest" },
  { number: 15247, batch: masterKey, as: "guest" },
  { number: 262, batch: certificate, as: "guest" },
  { number: 15151, before: trust, batch: "DROP CERTIFICATE c", as: "guest" },
  { number: 15247, before: trust, batch: endpoint(), as: "guest" },
  { number: 15151, before: [...trust, endpoint()], batch: "ALTER ENDPOINT e STATE = STOPPED", as: "guest" },
  { number: 15247, batch: group(), as: "guest" },
  { number: 41100, before: [group()], batch: "ALTER AVAILABILITY GROUP ag GRANT CREATE ANY DATABASE", as: "guest" },
  { number: 15151, before: [group()], batch: "DROP AVAILABILITY GROUP ag", as: "guest" },
  { number: 5011, batch: "ALTER DATABASE db2 SET RECOVERY SIMPLE", as: "guest" },
  { number: 262, batch: "BACKUP DATABASE db2 TO DISK = N'b'", as: "guest" },
  { number: 3701, batch: "DROP DATABASE db2", as: "guest" },
  { number: 15247, batch: newLogin, as: "guest" },
  { number: 4613, batch: "GRANT VIEW SERVER STATE TO visitor", as: "guest" },
  { number: 2571, batch: "DBCC TRACEON (1800, -1)", as: "guest" },
  { number: 4060, batch: "SELECT 1 AS one", login: { database: "nowhere" } },
  { number: 18456, batch: "SELECT 1 AS one", login: { password: "wrong" } },
];

const certificates: readonly ErrorCase[] = [
  { number: 15151, batch: "DROP CERTIFICATE nothing" },
  { number: 15187, before: [...trust, endpoint()], batch: "DROP CERTIFICATE c" },
  { number: 15208, batch: "CREATE CERTIFICATE c FROM FILE = '/nowhere/c.cer'" },
  { number: 15212, before: [masterKey], batch: "CREATE CERTIFICATE c WITH SUBJECT = ''" },
  {
    number: 15213,
    before: [masterKey],
    batch: "CREATE CERTIFICATE c WITH SUBJECT = 'c', START_DATE = '20500101', EXPIRY_DATE = '20400101'",
  },
  {
    number: 15214,
    before: [masterKey],
    batch: "CREATE CERTIFICATE c WITH SUBJECT = 'c', START_DATE = '20100101', EXPIRY_DATE = '20110101'",
  },
  {
    number: 15215,
    before: [masterKey],
    batch: "CREATE CERTIFICATE c WITH SUBJECT = 'c', START_DATE = '20500101', EXPIRY_DATE = '20600101'",
  },
  { number: 15232, before: trust, batch: certificate },
  { number: 15297, batch: "CREATE CERTIFICATE c FROM BINARY = 0x3082" },
  {
    number: 15232,
    before: ["CREATE CERTIFICATE a FROM BINARY = {der}"],
    batch: "CREATE CERTIFICATE b FROM BINARY = {der}",
  },
  { number: 241, before: [masterKey], batch: `${certificate}, EXPIRY_DATE = 'soon'` },
  { number: 242, before: [masterKey], batch: `${certificate}, EXPIRY_DATE = '30/03/2030'` },
  { number: 15240, before: [...trust, toFile], batch: toFile },
  { number: 15116, batch: "CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'Ab1!'" },
  { number: 15118, batch: "CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'abcdefghij'" },
  { number: 15151, batch: "DROP MASTER KEY" },
  { number: 15015, batch: "EXEC sp_dropserver 'nothing'" },
  { number: 15028, batch: "EXEC sp_addserver 'other', 'local'" },
  { number: 15313, before: [masterKey], batch: "OPEN MASTER KEY DECRYPTION BY PASSWORD = 'wrong'" },
  {
    number: 15465,
    before: [masterKey, "CREATE CERTIFICATE c ENCRYPTION BY PASSWORD = 'P@ssw0rd!x' WITH SUBJECT = 'c'"],
    batch: "ALTER CERTIFICATE c WITH PRIVATE KEY (DECRYPTION BY PASSWORD = 'wrong')",
  },
  { number: 15578, before: [masterKey], batch: masterKey },
  { number: 15559, before: [...trust, "CREATE LOGIN ofc FROM CERTIFICATE c"], batch: "DROP CERTIFICATE c" },
  { number: 15580, before: trust, batch: "DROP MASTER KEY" },
  { number: 15581, batch: certificate },
];

const endpoints: readonly ErrorCase[] = [
  { number: 7860, before: [...trust, endpoint()], batch: "ALTER ENDPOINT e FOR TSQL ()" },
  { number: 7862, before: [...trust, endpoint()], batch: endpoint("CERTIFICATE c", 15023, "second") },
  { number: 7863, before: [...trust, endpoint()], batch: "ALTER ENDPOINT e" },
  { number: 102, before: trust, batch: endpoint("CERTIFICATE c", 1023) },
  { number: 102, before: trust, batch: endpoint("CERTIFICATE c", 32768) },
  { number: 15151, batch: endpoint() },
  { number: 15151, batch: "ALTER ENDPOINT e STATE = STOPPED" },
  { number: 15151, batch: "DROP ENDPOINT e" },
  { number: 15151, batch: "GRANT CONNECT ON ENDPOINT::e TO sa" },
  { number: 7873, batch: "DROP ENDPOINT [TSQL Default TCP]" },
  { number: 7874, before: trust, batch: endpoint("CERTIFICATE c", 14330) },
  { number: 15530, before: trust, batch: endpoint("CERTIFICATE c", 15022, "[TSQL Default TCP]") },
  {
    number: 15563,
    before: ["DECLARE @sql nvarchar(max) = N'CREATE CERTIFICATE c FROM BINARY = {der}' EXEC sp_executesql @sql"],
    batch: endpoint(),
  },
];

const logins: readonly ErrorCase[] = [
  { number: 15025, before: [newLogin], batch: newLogin },
  { number: 15025, batch: "CREATE LOGIN sysadmin WITH PASSWORD = 'P@ssw0rd!x'" },
  { number: 15151, batch: "DROP LOGIN l" },
  { number: 15151, batch: "GRANT VIEW SERVER STATE TO l" },
];

const databases: readonly ErrorCase[] = [
  { number: 1465, batch: group("ag", "simple") },
  { number: 1466, before: ["ALTER DATABASE db1 SET READ_ONLY"], batch: group() },
  { number: 1467, before: ["ALTER DATABASE db1 SET EMERGENCY"], batch: group() },
  { number: 1488, before: ["ALTER DATABASE db1 SET SINGLE_USER"], batch: group() },
  { number: 1468, before: [group()], batch: "ALTER DATABASE db1 SET RECOVERY SIMPLE" },
  { number: 1469, before: ["ALTER DATABASE db1 SET AUTO_CLOSE ON"], batch: group() },
  { number: 1475, batch: group("ag", "fresh") },
  { number: 1475, before: ["BACKUP DATABASE fresh TO DISK = N'/b.bak' WITH COPY_ONLY"], batch: group("ag", "fresh") },
  { number: 226, batch: "BEGIN TRANSACTION ALTER DATABASE db1 SET RECOVERY SIMPLE" },
  { number: 1801, batch: "CREATE DATABASE DB1" },
  { number: 3701, batch: "DROP DATABASE nowhere" },
  { number: 3708, batch: "DROP DATABASE msdb" },
  { number: 3752, before: [group()], batch: "DROP DATABASE db1" },
  { number: 5011, batch: "ALTER DATABASE nowhere SET RECOVERY FULL" },
  { number: 5058, batch: "ALTER DATABASE tempdb SET RECOVERY FULL" },
  { number: 5069, batch: "ALTER DATABASE nowhere SET RECOVERY FULL" },
  { number: 35240, before: [group()], batch: "ALTER DATABASE db1 SET HADR OFF" },
  { number: 35242, batch: "ALTER DATABASE db1 SET HADR OFF" },
];

const backups: readonly ErrorCase[] = [
  { number: 3013, batch: "BACKUP DATABASE nowhere TO DISK = N'b'" },
  { number: 3021, batch: "BEGIN TRANSACTION BACKUP DATABASE db1 TO DISK = N'b'" },
  { number: 3035, batch: "BACKUP DATABASE fresh TO DISK = N'b' WITH DIFFERENTIAL" },
  { number: 3147, batch: "BACKUP DATABASE tempdb TO DISK = N'b'" },
  { number: 3201, batch: "BACKUP DATABASE db1 TO DISK = N''" },
  { number: 4208, batch: "BACKUP LOG simple TO DISK = N'b'" },
  { number: 4214, batch: "BACKUP LOG fresh TO DISK = N'b'" },
];

const groups: readonly ErrorCase[] = [
  { number: 35208, batch: `USE db1 ${group()}` },
  { number: 35209, batch: group("ag", "db1", replica(`${url}, ${modes}, BACKUP_PRIORITY = 101`)) },
  {
    number: 35211,
    batch: group(
      "ag",
      "db1",
      replica(`${url}, AVAILABILITY_MODE = ASYNCHRONOUS_COMMIT, FAILOVER_MODE = AUTOMATIC`),
      "CLUSTER_TYPE = EXTERNAL",
    ),
  },
  { number: 35214, batch: group("ag", "db1", replica(`${url}, ${modes}, SESSION_TIMEOUT = 4`)) },
  { number: 35220, batch: group("ag", "db1", replica(), "DB_FAILOVER = ON") },
  { number: 35221, batch: group(), withoutAlwaysOn: true },
  { number: 35232, batch: group("ag", "db1", replica(`ENDPOINT_URL = 'nowhere', ${modes}`)) },
  { number: 35234, batch: group("ag", "db1, DB1") },
  { number: 35235, batch: group("ag", "db1", `${replica()}, ${replica()}`) },
  { number: 35236, batch: group("ag", "db1", replica(modes)) },
  { number: 35237, batch: group("ag", "db1", replica(undefined, "elsewhere")) },
  { number: 35238, batch: group("ag", "nowhere") },
  { number: 35244, before: [group()], batch: group("other", "db1") },
  { number: 35249, batch: group("ag", "msdb") },
  { number: 35280, before: [group()], batch: "ALTER AVAILABILITY GROUP ag ADD DATABASE db1" },
  { number: 35281, before: [group()], batch: "ALTER AVAILABILITY GROUP ag REMOVE DATABASE db2" },
  { number: 35282, before: [group()], batch: `ALTER AVAILABILITY GROUP ag ADD REPLICA ON ${replica()}` },
  { number: 35283, before: [group()], batch: "ALTER AVAILABILITY GROUP ag REMOVE REPLICA ON N'elsewhere'" },
  { number: 35284, before: [group()], batch: "ALTER AVAILABILITY GROUP ag REMOVE REPLICA ON N'sqlserver1'" },
  { number: 41100, batch: "ALTER AVAILABILITY GROUP ag ADD DATABASE db1" },
  { number: 41106, before: [group()], batch: group("AG", "db2") },
  { number: 41152, batch: group("ag", "nowhere") },
  { number: 41197, batch: group("ag", "db1", replica(`${url}, AVAILABILITY_MODE = SYNCHRONOUS_COMMIT`)) },
  { number: 41198, batch: group("ag", "db1", replica(`${url}, FAILOVER_MODE = MANUAL`)) },
  { number: 102, batch: group(), version: "13.0.7000.253" },
  {
    number: 47101,
    batch: group("ag", "db1", replica(`${url}, AVAILABILITY_MODE = SYNCHRONOUS_COMMIT, FAILOVER_MODE = AUTOMATIC`)),
  },
  { number: 47122, before: [group()], batch: "ALTER AVAILABILITY GROUP ag FAILOVER" },
  { number: 15151, batch: "DROP AVAILABILITY GROUP ag" },
];

const distributedGroups: readonly ErrorCase[] = [
  { number: 19497, before: [group()], batch: link({ options: "WITH (DISTRIBUTED, DB_FAILOVER = ON) " }) },
  { number: 19498, before: [group()], batch: link({ options: "" }) },
  {
    number: 19499,
    before: [group()],
    batch: link({ remote: member("ag_mi", `LISTENER_URL = 'sqlmi1', ${asynchronous}`) }),
  },
  { number: 19499, before: [group()], batch: link(), version: "14.0.3456.2" },
  ...["14.0.3490.10", "15.0.4420.2", "16.0.1000.6"].map((version) => ({
    number: 19499,
    before: [group("ag", "")],
    batch: seededLink,
    version,
  })),
  { number: 19501, batch: link() },
  { number: 19502, before: [group(), link()], batch: link() },
  {
    number: 19503,
    before: [group("ag", ""), seededLink],
    batch: link({ name: "dag2", remote: member("ag_mi2", `${seeded}, ${asynchronous}`) }),
  },
  ...["15.0.4420.2", "16.0.1000.6", "16.0.4120.1"].map((version) => ({
    number: 19504,
    before: [group(), link()],
    batch: "ALTER AVAILABILITY GROUP dag FAILOVER",
    version,
  })),
  { number: 19507, before: [group(), link()], batch: link({ name: "dag2" }) },
  { number: 19508, before: [group(), link()], batch: modified("dag", "x") },
  { number: 19509, before: [group(), group("dag", "db2")], batch: link() },
  { number: 19510, batch: modified("dag", "ag") },
  { number: 19512, before: [group()], batch: modified("ag", "ag") },
  { number: 19513, before: [group("ag", "db1", replica(), "BASIC, CLUSTER_TYPE = NONE")], batch: link() },
  {
    number: 35277,
    before: [group()],
    batch: link({ local: member("ag", `${listener}, ${asynchronous.replace("MANUAL", "AUTOMATIC")}`) }),
  },
  {
    number: 41140,
    before: [group("ag", ""), seededLink],
    batch: "ALTER AVAILABILITY GROUP dag SET (REQUIRED_SYNCHRONIZED_SECONDARIES_TO_COMMIT = 0)",
  },
  { number: 41122, before: [group(), link()], batch: "ALTER AVAILABILITY GROUP dag FORCE_FAILOVER_ALLOW_DATA_LOSS" },
  { number: 47129, before: [group("ag", "db1", replica(), "CONTAINED, CLUSTER_TYPE = NONE")], batch: link() },
  {
    number: 47511,
    before: [group(), link({ remote: member("other", `LISTENER_URL = 'TCP://10.0.0.9:5022', ${asynchronous}`) })],
    batch: "ALTER AVAILABILITY GROUP dag FAILOVER",
  },
  { number: 50000, before: [group(), link()], batch: "DROP AVAILABILITY GROUP ag" },
  { number: 47500, before: [group()], batch: link({ remote: member("ag_mi", `${managed}, ${manualSeeding}`) }) },
  { number: 47501, before: [group()], batch: link({ remote: member("ag_mi", `${managed}, ${modes}`) }) },
  { number: 47502, before: [group("ag", "db1, db2")], batch: link() },
  { number: 47503, before: [group(), link()], batch: "ALTER AVAILABILITY GROUP ag ADD DATABASE db2" },
  { number: 47517, before: [group("ag", ""), seededLink], batch: "ALTER AVAILABILITY GROUP dag FAILOVER" },
  { number: 47519, before: [group("ag", "")], batch: link() },
  { number: 47520, before: [group(), link()], batch: "ALTER AVAILABILITY GROUP ag REMOVE DATABASE db1" },
];

export const cases: readonly ErrorCase[] = [
  ...language,
  ...permissions,
  ...certificates,
  ...endpoints,
  ...logins,
  ...databases,
  ...backups,
  ...groups,
  ...distributedGroups,
];

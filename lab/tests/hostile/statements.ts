import { readFileSync } from "node:fs";
import { fixture } from "../support/place";
import { mutateText, mutateWords, oneOf, type Random } from "./mutation";

const seedBatches = (
  JSON.parse(readFileSync(fixture("seed_batches.json"), "utf8")) as readonly { readonly short: string }[]
).map(({ short }) => short);

const queries = [
  "SELECT TOP 2 p.Id, COUNT(*) n FROM People p LEFT JOIN People b ON b.Id = p.Boss WHERE p.Name LIKE N'%o[a-c]' AND NOT (p.Id IN (1, 2)) GROUP BY p.Id HAVING COUNT(*) > 0 ORDER BY n DESC",
  "WITH c AS (SELECT Id FROM People) SELECT CASE WHEN Id > 1 THEN 'a' ELSE N'b' END x FROM c UNION ALL SELECT CAST(0x41 AS varchar(1)) ORDER BY 1",
  "SELECT d.name, d.recovery_model_desc, rs.synchronization_state_desc FROM sys.databases d LEFT JOIN sys.dm_hadr_database_replica_states rs ON rs.database_id = d.database_id WHERE d.database_id > 4",
  "SELECT ag.name, ar.replica_server_name, ar.endpoint_url, ars.role_desc, ars.connected_state_desc FROM sys.availability_groups ag JOIN sys.availability_replicas ar ON ar.group_id = ag.group_id LEFT JOIN sys.dm_hadr_availability_replica_states ars ON ars.replica_id = ar.replica_id",
  "SELECT name, certificate_id, pvt_key_encryption_type_desc, expiry_date, CERTENCODED(certificate_id) FROM sys.certificates WHERE name NOT LIKE '##%'",
  "SELECT e.name, e.state_desc, t.port, m.role_desc FROM sys.database_mirroring_endpoints m JOIN sys.endpoints e ON e.endpoint_id = m.endpoint_id JOIN sys.tcp_endpoints t ON t.endpoint_id = e.endpoint_id",
  "SELECT o.name, c.name, t.name, c.max_length FROM sys.objects o JOIN sys.columns c ON c.object_id = o.object_id JOIN sys.types t ON t.user_type_id = c.user_type_id WHERE o.type = 'U' ORDER BY o.name, c.column_id",
  "SELECT SERVERPROPERTY('ProductVersion'), @@VERSION, @@SPID, SUSER_SNAME(), DB_NAME(), HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW SERVER STATE'), IS_SRVROLEMEMBER('sysadmin'), OBJECT_ID(N'dbo.People')",
  "SELECT UPPER(N'a'), SUBSTRING('abc', 2, 1), REPLACE('aXb', 'x', ''), STUFF('abc', 1, 1, 'z'), LEN('a '), REVERSE('ab'), CHARINDEX('b', 'ab'), REPLICATE('ab', 3), CONCAT('a', 1, NULL), QUOTENAME('a]b')",
  "SELECT DATEADD(day, 1, '2026-11-25'), DATEDIFF(second, '2026-01-01', GETDATE()), DATEPART(week, SYSUTCDATETIME()), CONVERT(varchar(30), GETDATE(), 121), TRY_CONVERT(int, 'x'), CAST('12:13:14.5' AS time(3)), ISNULL(NULL, 1), COALESCE(NULL, 2), NULLIF(1, 1), ROUND(1.25, 1), POWER(2, 10), ABS(-1), 7 % 3, 6 ^ 3, ~5",
  "SELECT a.Id, x.v FROM People a CROSS APPLY (SELECT MAX(b.Id) v FROM People b WHERE b.Id < a.Id) x WHERE EXISTS (SELECT 1 FROM People c WHERE c.Boss = a.Id) OR a.Id >= ALL (SELECT Id FROM People) EXCEPT SELECT 1, 2",
  "SELECT TABLE_NAME, COLUMN_NAME, DATA_TYPE FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = 'dbo'",
];

const flow = [
  "BEGIN TRY DECLARE @i int = 0; WHILE @i < 3 BEGIN SET @i += 1 IF @i = 2 CONTINUE PRINT CONVERT(varchar(10), @i) END; THROW 50001, N'x', 1 END TRY BEGIN CATCH SELECT ERROR_NUMBER() END CATCH",
  "EXEC sp_executesql N'SELECT @a', N'@a int', @a = 1; RAISERROR('%d', 16, 1, 5); DBCC TRACEON(1800, -1)",
  "DECLARE @sql nvarchar(max) = N'' SELECT @sql += N'PRINT ''' + name + N''';' FROM sys.databases EXEC (@sql)",
  "DECLARE @n int, @s varchar(20) = 'x' EXEC @n = sp_executesql N'SET @s = @s + ''y'' SELECT @s', N'@s varchar(20) OUTPUT', @s OUTPUT SELECT @n, @s, @@ERROR, @@ROWCOUNT, @@NESTLEVEL",
  "WAITFOR DELAY '00:00:00.01' IF @@TRANCOUNT = 0 BEGIN TRAN WAITFOR TIME '23:59:59' COMMIT",
  "SET NOCOUNT ON SET XACT_ABORT ON SET DATEFORMAT dmy SET LANGUAGE us_english SET IMPLICIT_TRANSACTIONS ON SET LOCK_TIMEOUT 100 SET TRANSACTION ISOLATION LEVEL SERIALIZABLE DBCC TRACESTATUS(-1)",
  "IF 1 = 1 GOTO done PRINT 'no' done: RETURN DECLARE c CURSOR FOR SELECT 1 OPEN c FETCH NEXT FROM c",
];

const tables = [
  "CREATE TABLE t (id int IDENTITY PRIMARY KEY, v varchar(5) NOT NULL DEFAULT 'x', CHECK (id < 9)) INSERT t (v) OUTPUT inserted.* VALUES ('a'), (DEFAULT) UPDATE x SET v += 'b' FROM t x JOIN People p ON p.Id = x.id WHERE id IN (1, 2) DELETE TOP (1) t DROP TABLE t",
  "BEGIN TRAN CREATE TABLE #t (a int REFERENCES t) INSERT #t SELECT Id FROM People SAVE TRAN s ALTER TABLE #t ADD b int UNIQUE ROLLBACK TRAN s SELECT * INTO #u FROM #t COMMIT DECLARE @v TABLE (a int) INSERT @v EXEC ('SELECT 1')",
  "CREATE OR ALTER PROCEDURE p @a int = 1, @b varchar(5) OUTPUT AS BEGIN SELECT @b = Name FROM People WHERE Id = @a RETURN 3 END",
  "DECLARE @b varchar(5) EXEC p 2, @b OUTPUT EXEC dbo.p @a = 3, @b = @b OUTPUT SELECT @b DROP PROCEDURE IF EXISTS p",
  "CREATE VIEW v AS SELECT p.Id, p.Name + N'!' AS Loud FROM People p WHERE p.Id > 1",
  "SELECT * FROM v ORDER BY Id DESC OFFSET 1 ROWS FETCH NEXT 2 ROWS ONLY DROP VIEW v",
  "CREATE TABLE ##g (a decimal(10,2), b datetime2(3), c uniqueidentifier DEFAULT NEWID(), d varbinary(max), e AS a * 2, f sql_variant, g nvarchar(max) COLLATE Latin1_General_CI_AS) CREATE UNIQUE INDEX i ON ##g (a DESC, b) INSERT ##g (a, b) VALUES (1.5, SYSDATETIME()) SELECT * FROM ##g",
  "ALTER TABLE People ADD n int NULL ALTER TABLE People ALTER COLUMN n bigint ALTER TABLE People DROP COLUMN n",
  "CREATE SCHEMA s CREATE TABLE s.x (a int PRIMARY KEY NONCLUSTERED, b int CONSTRAINT fk FOREIGN KEY REFERENCES People (Id) ON DELETE CASCADE) TRUNCATE TABLE s.x DROP TABLE s.x DROP SCHEMA s",
];

const modules = [
  "CREATE TRIGGER tr ON People AFTER INSERT, UPDATE AS BEGIN SET NOCOUNT ON IF UPDATE(Boss) PRINT CONVERT(varchar(9), (SELECT COUNT(*) FROM inserted i LEFT JOIN deleted d ON d.Id = i.Id)) END",
  "INSERT People (Id, Name, Boss) VALUES (9, N'Eve', 1) UPDATE People SET Boss = 2 WHERE Id = 9 DELETE People WHERE Id = 9 DROP TRIGGER IF EXISTS tr",
  "CREATE FUNCTION f (@a int = 1) RETURNS int AS BEGIN DECLARE @r int = @a * 2 WHILE @r < 10 SET @r += 1 RETURN @r END",
  "SELECT dbo.f(3), dbo.f(DEFAULT) FROM People WHERE dbo.f(Id) > 4 DROP FUNCTION IF EXISTS f",
  "MERGE People AS t USING (VALUES (1, N'Ann'), (7, N'Gil')) AS s (Id, Name) ON s.Id = t.Id WHEN MATCHED AND t.Name <> s.Name THEN UPDATE SET Name = s.Name WHEN NOT MATCHED BY TARGET THEN INSERT (Id, Name) VALUES (s.Id, s.Name) WHEN NOT MATCHED BY SOURCE AND t.Id > 6 THEN DELETE OUTPUT $action, inserted.Id, deleted.Id;",
  "CREATE SEQUENCE q AS bigint START WITH 5 INCREMENT BY -2 MINVALUE -9 CYCLE SELECT NEXT VALUE FOR q, NEXT VALUE FOR dbo.q OVER (ORDER BY Id) FROM People ALTER SEQUENCE q RESTART DROP SEQUENCE q",
  "CREATE SYNONYM y FOR dbo.People SELECT COUNT(*) FROM y DROP SYNONYM y CREATE TYPE tt AS TABLE (a int PRIMARY KEY) DECLARE @t tt INSERT @t VALUES (1), (2) SELECT SUM(a) FROM @t DROP TYPE tt",
  "CREATE USER u WITHOUT LOGIN CREATE ROLE r ALTER ROLE r ADD MEMBER u GRANT SELECT ON People TO r EXECUTE AS USER = 'u' SELECT USER_NAME(), HAS_PERMS_BY_NAME('People', 'OBJECT', 'SELECT') REVERT DROP USER u DROP ROLE r",
  "SELECT session_id, status, command FROM sys.dm_exec_requests SELECT request_session_id, resource_type, request_mode FROM sys.dm_tran_locks EXEC sp_who EXEC sp_helpdb N'db1' EXEC sp_help N'People' EXEC sp_columns N'People'",
];

const server = [
  "CREATE DATABASE made COLLATE SQL_Latin1_General_CP1_CI_AS ALTER DATABASE made SET RECOVERY SIMPLE WITH NO_WAIT ALTER DATABASE made MODIFY NAME = renamed DROP DATABASE IF EXISTS renamed",
  "BACKUP DATABASE db1 TO DISK = N'c:\\b.bak' WITH INIT, COMPRESSION, STATS = 10 BACKUP LOG db1 TO DISK = N'NUL'",
  "CREATE LOGIN l WITH PASSWORD = N'P@ssw0rd!x', CHECK_POLICY = OFF, DEFAULT_DATABASE = master ALTER SERVER ROLE sysadmin ADD MEMBER l CREATE USER l FOR LOGIN l GRANT VIEW SERVER STATE TO l DROP USER l DROP LOGIN l",
  "GRANT CONNECT ON ENDPOINT::database_mirroring_endpoint TO [l] REVOKE ALTER ANY AVAILABILITY GROUP TO l DENY CREATE ANY DATABASE TO public",
  "CREATE CERTIFICATE c WITH SUBJECT = 'c', EXPIRY_DATE = '11/25/2036', START_DATE = '20261125' BACKUP CERTIFICATE c TO FILE = 'c:\\c.cer' WITH PRIVATE KEY (FILE = 'c:\\c.pvk', ENCRYPTION BY PASSWORD = 'P@ssw0rd!x') DROP CERTIFICATE c",
  "EXEC sp_certificate_add_issuer 256, N'*.database.windows.net' EXEC sp_get_endpoint_certificate 4 EXEC sp_readerrorlog 0, 1, N'login' EXEC sp_spaceused N'dbo.People'",
  "CREATE ENDPOINT e STATE = STARTED AS TCP (LISTENER_PORT = 5022, LISTENER_IP = ALL) FOR DATABASE_MIRRORING (ROLE = ALL, AUTHENTICATION = CERTIFICATE c, ENCRYPTION = REQUIRED ALGORITHM AES) ALTER ENDPOINT e STATE = STOPPED DROP ENDPOINT e",
  "CREATE AVAILABILITY GROUP [AG] WITH (CLUSTER_TYPE = NONE, DB_FAILOVER = ON) FOR DATABASE [db1] REPLICA ON N'sqlserver1' WITH (ENDPOINT_URL = N'TCP://127.0.0.11:5022', FAILOVER_MODE = MANUAL, AVAILABILITY_MODE = SYNCHRONOUS_COMMIT, SEEDING_MODE = AUTOMATIC, SECONDARY_ROLE (ALLOW_CONNECTIONS = ALL))",
  "CREATE AVAILABILITY GROUP [DAG] WITH (DISTRIBUTED) AVAILABILITY GROUP ON N'AG' WITH (LISTENER_URL = N'TCP://127.0.0.11:5022', FAILOVER_MODE = MANUAL, AVAILABILITY_MODE = ASYNCHRONOUS_COMMIT, SEEDING_MODE = AUTOMATIC), N'sqlmi1' WITH (LISTENER_URL = N'tcp://sqlmi1.73d19f36a420a.database.windows.net:5022;Server=[sqlmi1]', FAILOVER_MODE = MANUAL, AVAILABILITY_MODE = ASYNCHRONOUS_COMMIT, SEEDING_MODE = AUTOMATIC)",
  "ALTER AVAILABILITY GROUP AG ADD DATABASE db1 ALTER AVAILABILITY GROUP AG MODIFY REPLICA ON N'sqlserver1' WITH (SEEDING_MODE = MANUAL) ALTER AVAILABILITY GROUP AG REMOVE DATABASE db1 ALTER AVAILABILITY GROUP AG GRANT CREATE ANY DATABASE",
  "ALTER AVAILABILITY GROUP DAG FORCE_FAILOVER_ALLOW_DATA_LOSS ALTER AVAILABILITY GROUP DAG SET (ROLE = SECONDARY) ALTER AVAILABILITY GROUP DAG MODIFY AVAILABILITY GROUP ON 'AG' WITH (AVAILABILITY_MODE = SYNCHRONOUS_COMMIT) DROP AVAILABILITY GROUP DAG DROP AVAILABILITY GROUP AG",
  "USE master CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'P@ssw0rd!x' OPEN MASTER KEY DECRYPTION BY PASSWORD = 'P@ssw0rd!x' DROP MASTER KEY",
];

const corpus: readonly string[] = [...seedBatches, ...queries, ...flow, ...tables, ...modules, ...server];

const splinters = [
  ..."( ) ' [ ] , ; -- /* */ @ @@ # ## = != <= *= + - * / % ~ . .. :: \" $ { } N' 0x 0xG 1e999 1e-999 -0 .5e".split(
    " ",
  ),
  ...[..."\0\ud83d\u00df\u0130\u2028\ufeff"],
  "99999999999999999999999999999999999999",
  "-2147483649",
  "9223372036854775808",
  "'9999-12-31 23:59:59.9999999'",
  "'0001-01-01'",
  "REPLICATE(CAST('x' AS varchar(max)), 100000)",
  "CAST(1 AS decimal(38, 38))",
  "SELECT * FROM sys.objects a, sys.columns b, sys.types c",
  "(SELECT TOP 1 name FROM sys.objects)",
  ...[
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
    "valueOf",
    "[__proto__]",
    "@constructor",
    "@@constructor",
  ],
  ..."NULL SELECT FROM WHERE END BEGIN CASE NOT IN AS INTO TOP DISTINCT UNION GROUP WITH ON GO EXEC DEFAULT max".split(
    " ",
  ),
  "WHILE 1 = 1",
  "BEGIN TRAN",
  "ROLLBACK",
  "GOTO x",
].map((text) => (/^\w/.test(text) ? ` ${text} ` : text));

export function mutatedStatement(random: Random): string {
  const text = oneOf(corpus, random);
  const words = random(3) > 0 ? mutateWords(text, [text, oneOf(corpus, random)], random) : text;
  return (random(2) === 0 || words === text ? mutateText(words, splinters, corpus, random) : words).slice(0, 60_000);
}

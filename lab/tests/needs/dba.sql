-- who is connected
SELECT s.session_id, s.login_name, s.host_name, s.program_name, s.status, s.database_id, DB_NAME(s.database_id) AS db, s.open_transaction_count, s.last_request_start_time,
       c.client_net_address, c.encrypt_option, c.auth_scheme, c.net_transport
FROM sys.dm_exec_sessions s JOIN sys.dm_exec_connections c ON c.session_id = s.session_id WHERE s.is_user_process = 1 AND s.session_id = @@SPID;
--> 1 row: session_id | login_name = sa | host_name | program_name = node-mssql | status = running | database_id | db = master | open_transaction_count | last_request_start_time | client_net_address | encrypt_option = TRUE | auth_scheme = SQL | net_transport
GO
-- what runs, who blocks whom, and what was sent
SELECT r.session_id, r.status, r.command, r.blocking_session_id, r.wait_type, r.wait_time, r.wait_resource, r.percent_complete, r.total_elapsed_time,
       r.cpu_time, r.logical_reads, DB_NAME(r.database_id) AS db, t.text
FROM sys.dm_exec_requests r CROSS APPLY sys.dm_exec_sql_text(r.sql_handle) t
WHERE r.session_id = @@SPID;
--> 1 row: session_id | status = running | command = SELECT | blocking_session_id = 0 | wait_type = NULL | wait_time | wait_resource | percent_complete | total_elapsed_time | cpu_time | logical_reads | db = master | text
GO
-- which table is locked
USE db1;
CREATE TABLE dbo.locked (id int PRIMARY KEY, name nvarchar(20));
BEGIN TRANSACTION;
INSERT dbo.locked VALUES (1, N'x');
SELECT OBJECT_SCHEMA_NAME(l.resource_associated_entity_id, l.resource_database_id) + N'.' + OBJECT_NAME(l.resource_associated_entity_id, l.resource_database_id) AS name,
       SCHEMA_NAME(o.schema_id) AS owner, TYPE_NAME(c.user_type_id) AS type, COL_NAME(o.object_id, 1) AS first
FROM sys.dm_tran_locks l JOIN sys.objects o ON o.object_id = l.resource_associated_entity_id JOIN sys.columns c ON c.object_id = o.object_id AND c.column_id = 2
WHERE l.request_session_id = @@SPID AND l.resource_type = 'OBJECT';
COMMIT;
DROP TABLE dbo.locked;
USE master;
--> 1+ rows: name = dbo.locked | owner = dbo | type = nvarchar | first = id
GO
-- how many rows a table has
SELECT t.name, SUM(p.rows) AS rows FROM db1.sys.tables t JOIN db1.sys.partitions p ON p.object_id = t.object_id AND p.index_id IN (0, 1) GROUP BY t.name;
--> 0 rows: name | rows
GO
-- files and free space
SELECT f.name, f.type_desc, f.physical_name, f.size * 8 / 1024 AS mb, f.max_size, f.growth, f.is_percent_growth, f.state_desc FROM db1.sys.database_files f ORDER BY f.type;
--> 2 rows: name | type_desc = ROWS | physical_name | mb | max_size | growth | is_percent_growth | state_desc
GO
-- the error log
sp_readerrorlog 0, 1;
--> 0+ rows: LogDate | ProcessInfo | Text
GO
-- what a session may be told about itself
SELECT @@SPID AS spid, DB_NAME() AS db, USER_NAME() AS [user], SUSER_SNAME() AS login, HOST_NAME() AS host, APP_NAME() AS app, @@TRANCOUNT AS transactions,
       @@LANGUAGE AS language, @@LOCK_TIMEOUT AS patience, @@DATEFIRST AS first_day, @@TEXTSIZE AS longest, @@NESTLEVEL AS nesting, XACT_STATE() AS state, CONNECTIONPROPERTY('net_transport') AS transport, SESSION_USER AS s, SYSTEM_USER AS y, CURRENT_TIMESTAMP AS now;
--> 1 row: spid | db = master | user = dbo | login = sa | host | app = node-mssql | transactions = 0 | language = us_english | patience = -1 | first_day = 7 | longest = 2147483647 | nesting = 0 | state = 0 | transport = TCP | s = dbo | y = sa | now
GO
-- a procedure that an update would bring
EXEC sp_no_such_procedure;
--! 2812
GO
-- a session is ended
KILL 9999;
--! 6106
GO
-- the database goes offline and comes back
CREATE DATABASE [kept];
ALTER DATABASE [kept] SET OFFLINE WITH ROLLBACK IMMEDIATE;
SELECT state_desc FROM sys.databases WHERE name = N'kept';
ALTER DATABASE [kept] SET ONLINE;
ALTER DATABASE [kept] SET SINGLE_USER WITH ROLLBACK IMMEDIATE;
ALTER DATABASE [kept] SET MULTI_USER; ALTER DATABASE [kept] MODIFY NAME = [renamed];
DROP DATABASE IF EXISTS [renamed];
SELECT COUNT(*) AS left_over FROM sys.databases WHERE name IN (N'kept', N'renamed');
--> 1 row: state_desc = OFFLINE
--> 1 row: left_over = 0
GO
-- backups of each kind, and what is in them
CREATE DATABASE [saved];
BACKUP DATABASE [saved] TO DISK = N'/saved.bak' WITH INIT, FORMAT, COMPRESSION, CHECKSUM, STATS = 10, NAME = N'full';
BACKUP DATABASE [saved] TO DISK = N'/saved.dif' WITH DIFFERENTIAL;
BACKUP LOG [saved] TO DISK = N'/saved.trn';
BACKUP DATABASE [saved] TO DISK = N'NUL' WITH COPY_ONLY;
SELECT type, is_copy_only FROM msdb.dbo.backupset WHERE database_name = N'saved' ORDER BY backup_set_id;
RESTORE VERIFYONLY FROM DISK = N'/saved.bak';
DROP DATABASE [saved];
--> 4 rows: type = D | is_copy_only = 0
GO
-- what is in a backup
RESTORE HEADERONLY FROM DISK = N'C:\b.bak' WITH FILE = 1, NOUNLOAD;
--> 1+ rows: BackupName | BackupDescription | BackupType = 1 | ...
GO
-- a date and a number as text, in a script's own way
/* the day before yesterday, /* and */ a rate */
DECLARE @since datetime = GETDATE() - 2, @rate float = 1.5e6, @money money = 1234.5;
SELECT @@ERROR AS error, DATEDIFF(day, @since, GETDATE()) AS days, CAST(@rate / 1e6 AS varchar(20)) + ' MB' AS rate, CONVERT(varchar(20), @money, 1) AS money,
       LEN(CONVERT(varchar(40), SYSUTCDATETIME(), 126)) AS utc, CONVERT(varbinary(4), '0xCAFE', 1) AS bytes, CAST(0x0100 AS int) AS number, LEN(CAST(NEWID() AS nvarchar(36))) AS id,
       CAST('12.5' AS decimal(5, 2)) AS dec, IIF(1 != 2, DAY('20260131'), 0) AS day, TRIM(N' x ') AS trimmed, CHAR(65) AS letters;
--> 1 row: error = 0 | days = 2 | rate = 1.5 MB | money = 1,234.50 | utc | bytes = 0xCAFE | number = 256 | id = 36 | dec = 12.5 | day = 31 | trimmed = x | letters = A
GO

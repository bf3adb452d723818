-- link-domain 1.6: which version this is
USE master;
SELECT @@VERSION AS 'SQL Server version';
--> 1 row: SQL Server version
GO
-- link-domain 1.6: the master key by its id
SELECT * FROM sys.symmetric_keys WHERE symmetric_key_id = 101;
--> 1 row: name = ##MS_DatabaseMasterKey## | principal_id = 1 | symmetric_key_id = 101 | key_length = 256 | key_algorithm = A3 | algorithm_desc = AES_256 | ...
GO
-- link-domain 1.6: the master key by its name
SELECT * FROM sys.symmetric_keys WHERE name LIKE '%DatabaseMasterKey%';
--> 1 row: name | principal_id | symmetric_key_id = 101 | ...
GO
-- link-domain 1.6: a master key, where there is one
CREATE MASTER KEY ENCRYPTION BY PASSWORD = '<strong_passwor1D>';
--! 15578
GO
-- link-domain 1.6: Always On
SELECT SERVERPROPERTY('IsHadrEnabled');
--> 1 row:  = 1
GO
-- link-domain 1.6: trace flags
DBCC TRACESTATUS;
--> 2 rows: TraceFlag = 1800 | Status = 1 | Global = 1 | Session = 0
GO
-- link-domain 1.6: the flag that keeps the log while databases are seeded
DBCC TRACEON(12381, -1);
DBCC TRACESTATUS(12381) WITH NO_INFOMSGS;
DBCC TRACEOFF(12381, -1);
--> 1 row: TraceFlag = 12381 | Status = 1 | Global | Session
GO
-- link-domain 1.6: what the cluster's service needs on 2016
-- only 2016
GRANT ALTER ANY AVAILABILITY GROUP TO [NT AUTHORITY\SYSTEM];
GRANT CONNECT SQL TO [NT AUTHORITY\SYSTEM];
GRANT VIEW SERVER STATE TO [NT AUTHORITY\SYSTEM];
GO
-- link-domain 1.7: recovery model and first backup
ALTER DATABASE [db1] SET RECOVERY FULL;
BACKUP DATABASE [db1] TO DISK = N'C:\backup\db1.bak' WITH CHECKSUM;
GO
-- link-domain 1.7: the recovery model
SELECT name, recovery_model, recovery_model_desc FROM sys.databases WHERE name = N'db1';
--> 1 row: name = db1 | recovery_model = 1 | recovery_model_desc = FULL
GO
-- link-domain 1.7: the last full backup
SELECT TOP 1 backup_finish_date, is_copy_only FROM msdb.dbo.backupset
 WHERE database_name = N'db1' AND type = 'D' AND is_copy_only = 0 ORDER BY backup_finish_date DESC;
--> 1 row: backup_finish_date | is_copy_only = 0
GO
-- link-domain 1.9: databases under TDE and their certificates
SELECT db.name, cer.name FROM sys.dm_database_encryption_keys dek
 LEFT JOIN sys.certificates cer ON dek.encryptor_thumbprint = cer.thumbprint
 INNER JOIN sys.databases db ON dek.database_id = db.database_id WHERE dek.encryption_state = 3;
--> 0 rows: name | name
GO
-- link-domain 1.9: the certificate into a file
BACKUP CERTIFICATE [Cert_sqlserver1_endpoint] TO FILE = 'c:\full_path\TDE_Cert.cer';
GO

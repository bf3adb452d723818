-- link-domain 2.1.1: the endpoint altered, with Windows authentication kept
ALTER ENDPOINT [database_mirroring_endpoint]
    STATE=STARTED
    AS TCP (LISTENER_PORT=5022, LISTENER_IP = ALL)
    FOR DATABASE_MIRRORING (ROLE=ALL, AUTHENTICATION = WINDOWS NEGOTIATE CERTIFICATE [Cert_sqlserver1_endpoint], ENCRYPTION = REQUIRED ALGORITHM AES);
SELECT connection_auth_desc FROM sys.database_mirroring_endpoints;
--> 1 row: connection_auth_desc = NEGOTIATE, CERTIFICATE
GO
-- link-domain 2.2: a database that comes from the instance may be made here
ALTER AVAILABILITY GROUP [AG_db1] GRANT CREATE ANY DATABASE;
GO
-- link-domain 2.5: a transaction that keeps the log while a database is seeded
USE db1;
CREATE TABLE Prevent1412 (Id INT, CreatedAt DATETIME);
BEGIN TRAN;
INSERT INTO Prevent1412 VALUES (1, GETDATE());
SELECT @@TRANCOUNT AS transactions;
COMMIT TRAN;
DROP TABLE Prevent1412;
USE master;
--> 1 row: transactions = 1
GO
-- a DBA holds the copy back, and lets it go on
ALTER DATABASE [db1] SET HADR SUSPEND;
SELECT is_suspended, suspend_reason_desc FROM sys.dm_hadr_database_replica_states WHERE database_id = DB_ID(N'db1') AND is_local = 1;
ALTER DATABASE [db1] SET HADR RESUME;
SELECT is_suspended, suspend_reason_desc FROM sys.dm_hadr_database_replica_states WHERE database_id = DB_ID(N'db1') AND is_local = 1;
--> 1 row: is_suspended = 1 | suspend_reason_desc = SUSPEND_FROM_USER
--> 1 row: is_suspended = 0 | suspend_reason_desc = NULL
GO
-- link-domain 2.6: synchronous
ALTER AVAILABILITY GROUP [DAG_db1] MODIFY AVAILABILITY GROUP ON
    'AG_db1' WITH (AVAILABILITY_MODE = SYNCHRONOUS_COMMIT),
    'sqlmi1' WITH (AVAILABILITY_MODE = SYNCHRONOUS_COMMIT);
SELECT r.availability_mode_desc FROM sys.availability_replicas r JOIN sys.availability_groups g ON g.group_id = r.group_id WHERE g.is_distributed = 1;
--> 2 rows: availability_mode_desc = SYNCHRONOUS_COMMIT
GO
-- link-domain 2.7: planned, from the primary
ALTER AVAILABILITY GROUP [DAG_db1] FAILOVER;
GO
-- link-domain 2.7: and back
-- on managedInstance
ALTER AVAILABILITY GROUP [DAG_db1] FAILOVER;
GO
-- link-domain 2.7: forced, on the secondary
-- on managedInstance
ALTER AVAILABILITY GROUP [DAG_db1] FORCE_FAILOVER_ALLOW_DATA_LOSS;
GO
-- link-domain 2.7: the backup of the old primary's tail
BACKUP LOG [db1] TO DISK = N'C:\backup\tail.trn' WITH COPY_ONLY;
GO
-- link-domain 2.7: the old primary gives way
ALTER AVAILABILITY GROUP [DAG_db1] SET (ROLE = SECONDARY);
SELECT rs.role_desc FROM sys.availability_groups ag JOIN sys.dm_hadr_availability_replica_states rs ON ag.group_id = rs.group_id
WHERE rs.is_local = 1 AND ag.is_distributed = 1;
--> 1 row: role_desc = SECONDARY
GO
-- link-domain 2.7: back to SQL Server
-- on managedInstance
ALTER AVAILABILITY GROUP [DAG_db1] FAILOVER;
GO
-- link-domain 2.9: the database stays in its group while the distributed group is there
ALTER AVAILABILITY GROUP [AG_db1] REMOVE DATABASE [db1];
--! 47520
GO
-- link-domain 2.9: taken down
DROP AVAILABILITY GROUP [DAG_db1];
GO
-- link-domain 2.9: the local group
DROP AVAILABILITY GROUP [AG_db1];
GO
-- link-domain 2.9: the certificates, by what their names contain
SELECT name FROM sys.certificates
WHERE name LIKE '%PKI%' OR name LIKE '%endpoint%' OR name LIKE '%database.windows.net%' ORDER BY name;
--> 4 rows: name = Cert_sqlserver1_endpoint
GO
-- link-domain 2.9: the endpoint first, then its certificate and the others
DROP ENDPOINT [database_mirroring_endpoint];
DROP CERTIFICATE [Cert_sqlserver1_endpoint];
DROP CERTIFICATE [$(InstanceFqdn)];
DROP CERTIFICATE [MicrosoftPKI];
DROP CERTIFICATE [DigiCertPKI];
SELECT COUNT(*) AS left_over FROM sys.availability_groups;
--> 1 row: left_over = 0
GO
-- link-domain 2.2: a group without a database
CREATE AVAILABILITY GROUP [AG_new] WITH (CLUSTER_TYPE = NONE)
FOR REPLICA ON N'sqlserver1' WITH (
    ENDPOINT_URL = N'TCP://$(SqlServerAddress):5022', FAILOVER_MODE = MANUAL,
    AVAILABILITY_MODE = SYNCHRONOUS_COMMIT, SEEDING_MODE = AUTOMATIC, SECONDARY_ROLE(ALLOW_CONNECTIONS = ALL));
ALTER AVAILABILITY GROUP [AG_new] GRANT CREATE ANY DATABASE;
ALTER AVAILABILITY GROUP [AG_new] ADD REPLICA ON N'sqlserver2' WITH (
    ENDPOINT_URL = N'TCP://sqlserver2:5022', FAILOVER_MODE = MANUAL, AVAILABILITY_MODE = ASYNCHRONOUS_COMMIT);
ALTER AVAILABILITY GROUP [AG_new] REMOVE REPLICA ON N'sqlserver2';
CREATE AVAILABILITY GROUP [DAG_new] WITH (DISTRIBUTED) AVAILABILITY GROUP ON
    N'AG_new' WITH (LISTENER_URL = 'TCP://$(SqlServerAddress):5022', AVAILABILITY_MODE = ASYNCHRONOUS_COMMIT,
        FAILOVER_MODE = MANUAL, SEEDING_MODE = AUTOMATIC, SESSION_TIMEOUT = 20),
    N'AG_new_MI' WITH (LISTENER_URL = 'tcp://$(InstanceFqdn):5022;Server=[sqlmi1];Database=[db2]',
        AVAILABILITY_MODE = ASYNCHRONOUS_COMMIT, FAILOVER_MODE = MANUAL, SEEDING_MODE = AUTOMATIC);
SELECT name, cluster_type_desc FROM sys.availability_groups ORDER BY name;
--> 2 rows: name = AG_new | cluster_type_desc = none
GO

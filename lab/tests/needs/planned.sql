-- owning: an object is claimed before it is made, in the database master
EXEC master.sys.sp_addextendedproperty @name = N'mi-link:endpoint:5f2b6c1d', @value = N'{"stack":"org/app/dev","urn":"urn:pulumi:dev::app::endpoint","token":"3f"}';
GO
-- owning: who claimed it
SELECT p.name, CAST(p.value AS nvarchar(4000)) AS value FROM master.sys.extended_properties p
WHERE p.class = 0 AND p.name LIKE N'mi-link:%';
--> 1 row: name = mi-link:endpoint:5f2b6c1d | value
GO
-- owning: a claim is made once
EXEC master.sys.sp_addextendedproperty @name = N'mi-link:endpoint:5f2b6c1d', @value = N'{}';
--! 15233
GO
-- owning: a claim that goes to another token
EXEC master.sys.sp_updateextendedproperty @name = N'mi-link:endpoint:5f2b6c1d', @value = N'{"token":"40"}';
SELECT CAST(value AS nvarchar(4000)) AS value FROM sys.fn_listextendedproperty(N'mi-link:endpoint:5f2b6c1d', NULL, NULL, NULL, NULL, NULL, NULL);
--> 1 row: value = {"token":"40"}
GO
-- owning: a claim is given up with its object
EXEC master.sys.sp_dropextendedproperty @name = N'mi-link:endpoint:5f2b6c1d';
SELECT COUNT(*) AS claims FROM master.sys.extended_properties WHERE class = 0;
--> 1 row: claims = 0
GO
-- owning: one run at a time
DECLARE @result int;
EXEC @result = sp_getapplock @Resource = N'mi-link', @LockMode = 'Exclusive', @LockOwner = 'Session', @LockTimeout = 5000;
SELECT @result AS result, APPLOCK_MODE('public', N'mi-link', 'Session') AS mode;
EXEC sp_getapplock @Resource = N'mi-link', @LockMode = 'Exclusive', @LockOwner = 'Session';
EXEC sp_releaseapplock @Resource = N'mi-link', @LockOwner = 'Session';
EXEC @result = sp_releaseapplock @Resource = N'mi-link', @LockOwner = 'Session';
SELECT @result AS released;
--> 1 row: result = 0 | mode = Exclusive
--> 1 row: released = 0
GO
-- owning: a lock of a transaction, which ends with it
BEGIN TRANSACTION;
EXEC sp_getapplock @Resource = N'mi-link', @LockMode = 'Exclusive';
SELECT APPLOCK_MODE('public', N'mi-link', 'Transaction') AS mode;
ROLLBACK;
SELECT APPLOCK_MODE('public', N'mi-link', 'Transaction') AS mode;
EXEC sp_releaseapplock @Resource = N'mi-link';
--> 1 row: mode = Exclusive
--> 1 row: mode = NoLock
--! 1223
GO
-- taking over: all that belongs to links
SELECT g.name, g.group_id, g.is_distributed, r.replica_server_name, r.replica_id, r.endpoint_url, r.availability_mode_desc,
       r.failover_mode_desc, r.seeding_mode_desc, r.session_timeout, r.create_date, r.modify_date
FROM sys.availability_groups g JOIN sys.availability_replicas r ON r.group_id = g.group_id ORDER BY g.name, r.replica_server_name;
--> 3 rows: name = AG_db1 | group_id | is_distributed | replica_server_name | replica_id | endpoint_url | availability_mode_desc | failover_mode_desc | seeding_mode_desc | session_timeout | create_date | modify_date
GO
-- taking over: the databases of a group
SELECT g.name, d.database_name FROM sys.availability_databases_cluster d JOIN sys.availability_groups g ON g.group_id = d.group_id;
--> 1 row: name = AG_db1 | database_name = db1
GO
-- taking over: a login by its name, and by its id
SELECT p.name, p.type_desc, SUSER_SNAME(p.sid) AS by_sid, SUSER_ID(p.name) AS id FROM sys.server_principals p WHERE p.name = SUSER_SNAME();
--> 1 row: name = sa | type_desc = SQL_LOGIN | by_sid = sa | id = 1
GO
-- preflight: version, edition, update, names
-- on both
SELECT SERVERPROPERTY('ProductVersion') AS version, SERVERPROPERTY('ProductMajorVersion') AS major, SERVERPROPERTY('ProductUpdateLevel') AS level,
       SERVERPROPERTY('Edition') AS edition, SERVERPROPERTY('EngineEdition') AS engine, SERVERPROPERTY('EditionID') AS id,
       SERVERPROPERTY('ServerName') AS server, SERVERPROPERTY('MachineName') AS machine, SERVERPROPERTY('InstanceName') AS instance,
       SERVERPROPERTY('Collation') AS collation, SERVERPROPERTY('IsClustered') AS is_clustered, SERVERPROPERTY('HadrManagerStatus') AS hadr,
       SERVERPROPERTY('IsIntegratedSecurityOnly') AS windows_only, SERVERPROPERTY('ProductLevel') AS product_level, @@SERVERNAME AS name, IIF(SERVERPROPERTY('ProductMajorVersion') >= 13, 1, 0) AS text_is_no_number;
--> 1 row: version | major | level | edition | engine | id | server | machine | instance | collation = SQL_Latin1_General_CP1_CI_AS | is_clustered | hadr = 1 | windows_only | product_level | name | text_is_no_number = 0
GO
-- preflight: the clocks of both sides
-- on both
SELECT SYSUTCDATETIME() AS utc, SYSDATETIMEOFFSET() AS here, GETUTCDATE() AS short, DATEDIFF(minute, GETUTCDATE(), GETDATE()) AS minutes;
--> 1 row: utc | here | short | minutes = 0
GO
-- preflight: what this login may do
SELECT IS_SRVROLEMEMBER('sysadmin') AS sysadmin, HAS_PERMS_BY_NAME(NULL, NULL, 'CONTROL SERVER') AS control,
       HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW SERVER STATE') AS state, HAS_PERMS_BY_NAME(NULL, NULL, 'ALTER ANY ENDPOINT') AS endpoints,
       HAS_PERMS_BY_NAME(NULL, NULL, 'ALTER ANY AVAILABILITY GROUP') AS groups, HAS_PERMS_BY_NAME(N'db1', 'DATABASE', 'BACKUP DATABASE') AS backups,
       HAS_PERMS_BY_NAME(N'database_mirroring_endpoint', 'ENDPOINT', 'CONTROL') AS endpoint, ORIGINAL_LOGIN() AS login;
--> 1 row: sysadmin = 1 | control = 1 | state = 1 | endpoints = 1 | groups = 1 | backups = 1 | endpoint = 1 | login = sa
GO
-- preflight: the master key and what opens it
SELECT k.name, k.algorithm_desc, d.is_master_key_encrypted_by_server FROM sys.symmetric_keys k CROSS JOIN sys.databases d
WHERE k.symmetric_key_id = 101 AND d.name = N'master';
--> 1 row: name = ##MS_DatabaseMasterKey## | algorithm_desc = AES_256 | is_master_key_encrypted_by_server = 1
GO
-- preflight: certificates and how long they are valid
SELECT name, thumbprint, expiry_date, DATEDIFF(day, SYSUTCDATETIME(), expiry_date) AS days, pvt_key_encryption_type_desc, issuer_name,
       CASE WHEN expiry_date < SYSUTCDATETIME() THEN 'expired' WHEN expiry_date < DATEADD(day, 60, SYSUTCDATETIME()) THEN 'soon' ELSE 'valid' END AS validity
FROM sys.certificates WHERE name NOT LIKE '##MS[_]%' ORDER BY expiry_date DESC;
--> 4 rows: name = MicrosoftPKI | thumbprint = 0x73A5E64A3BFF8316FF0EDCCC618A906E4EAE4D74 | expiry_date | days | pvt_key_encryption_type_desc = NO_PRIVATE_KEY | issuer_name | validity = valid
GO
-- preflight: the databases
SELECT d.name, d.database_id, d.state_desc, d.recovery_model_desc, d.collation_name, d.compatibility_level, d.is_read_only, d.user_access_desc,
       d.containment_desc, d.is_encrypted, d.is_auto_close_on, d.is_cdc_enabled, d.is_published, d.is_broker_enabled, d.is_trustworthy_on,
       d.is_memory_optimized_elevate_to_snapshot_on, d.replica_id, d.group_database_id, d.source_database_id, SUSER_SNAME(d.owner_sid) AS owner,
       d.log_reuse_wait_desc, d.service_broker_guid, d.create_date, DATABASEPROPERTYEX(d.name, 'Status') AS status
FROM sys.databases d WHERE d.database_id > 4;
--> 1 row: name = db1 | database_id | state_desc = ONLINE | recovery_model_desc = FULL | collation_name | compatibility_level | is_read_only = 0 | user_access_desc | containment_desc | is_encrypted = 0 | is_auto_close_on | is_cdc_enabled | is_published | is_broker_enabled | is_trustworthy_on | is_memory_optimized_elevate_to_snapshot_on | replica_id | group_database_id | source_database_id | owner = sa | log_reuse_wait_desc | service_broker_guid | create_date | status = ONLINE
GO
-- preflight: the log chain
SELECT d.name, r.last_log_backup_lsn, r.database_guid, r.recovery_fork_guid,
  (SELECT MAX(b.backup_finish_date) FROM msdb.dbo.backupset b WHERE b.database_name = d.name AND b.type = 'D' AND b.is_copy_only = 0) AS last_full,
  (SELECT MAX(b.backup_finish_date) FROM msdb.dbo.backupset b WHERE b.database_name = d.name AND b.type = 'L') AS last_log
FROM sys.databases d LEFT JOIN sys.database_recovery_status r ON r.database_id = d.database_id WHERE d.name = N'db1';
--> 1 row: name = db1 | last_log_backup_lsn | database_guid | recovery_fork_guid | last_full | last_log = NULL
GO
-- preflight: the backups and their files
SELECT TOP (20) b.database_name, b.type, b.backup_start_date, b.backup_finish_date, b.first_lsn, b.last_lsn, b.checkpoint_lsn, b.database_backup_lsn,
       b.is_copy_only, b.has_backup_checksums, b.backup_size, b.compressed_backup_size, b.recovery_model, b.encryptor_thumbprint, m.physical_device_name
FROM msdb.dbo.backupset b JOIN msdb.dbo.backupmediafamily m ON m.media_set_id = b.media_set_id
WHERE b.database_name = N'db1' ORDER BY b.backup_finish_date DESC;
--> 2 rows: database_name = db1 | type = D | backup_start_date | backup_finish_date | first_lsn | last_lsn | checkpoint_lsn | database_backup_lsn | is_copy_only = 0 | has_backup_checksums | backup_size | compressed_backup_size | recovery_model = FULL | encryptor_thumbprint | physical_device_name
GO
-- preflight: TDE
SELECT DB_NAME(k.database_id) AS name, k.encryption_state, k.key_algorithm, k.key_length, k.encryptor_thumbprint, k.encryptor_type, k.percent_complete
FROM sys.dm_database_encryption_keys k;
--> 0 rows: name | encryption_state | key_algorithm | key_length | encryptor_thumbprint | encryptor_type | percent_complete
GO
-- preflight: files and sizes, and what a copy does not take
SELECT DB_NAME(f.database_id) AS name, SUM(CASE WHEN f.type = 0 THEN CAST(f.size AS bigint) END) * 8192 AS bytes,
       SUM(CASE WHEN f.type = 1 THEN 1 ELSE 0 END) AS logs, COUNT(CASE WHEN f.type = 2 THEN 1 END) AS filestreams
FROM sys.master_files f WHERE f.database_id = DB_ID(N'db1') GROUP BY f.database_id;
--> 1 row: name = db1 | bytes | logs = 1 | filestreams = 0
GO
-- preflight: names that would clash
SELECT N'endpoint' AS what, name FROM sys.endpoints WHERE type = 4
UNION ALL SELECT N'group', name FROM sys.availability_groups
UNION ALL SELECT N'certificate', name FROM sys.certificates WHERE name = N'Cert_sqlserver1_endpoint'
ORDER BY what, name;
--> 4 rows: what = certificate | name = Cert_sqlserver1_endpoint
GO
-- preflight: the machine
SELECT cpu_count, physical_memory_kb, sqlserver_start_time FROM sys.dm_os_sys_info;
--> 1 row: cpu_count | physical_memory_kb | sqlserver_start_time
GO
-- preflight: the operating system
-- since 2017
SELECT host_platform, host_distribution, host_release FROM sys.dm_os_host_info;
--> 1 row: host_platform | host_distribution | host_release
GO
-- preflight: settings
SELECT name, value, value_in_use, is_dynamic FROM sys.configurations WHERE name IN ('max server memory (MB)', 'remote access') ORDER BY name;
--> 2 rows: name = max server memory (MB) | value | value_in_use | is_dynamic
GO
-- preflight: is the port heard on
SELECT ip_address, is_ipv4, port, type_desc, state_desc FROM sys.dm_tcp_listener_states ORDER BY port;
--> 2+ rows: ip_address | is_ipv4 | port | type_desc | state_desc = ONLINE
GO
-- preflight: what procedures there are
SELECT OBJECT_ID(N'sys.sp_certificate_add_issuer') AS issuers, OBJECT_ID(N'sys.sp_get_endpoint_certificate') AS endpoint, OBJECT_ID(N'sys.no_such_procedure') AS none;
--> 1 row: issuers | endpoint | none = NULL
GO
-- preflight: limits of the instance
-- on managedInstance
SELECT COUNT(*) AS databases FROM sys.databases WHERE database_id > 4;
SELECT SERVERPROPERTY('EngineEdition') AS engine, SERVERPROPERTY('PathSeparator') AS separator;
--> 1 row: databases = 1
--> 1 row: engine = 8 | separator
GO
-- status: everything about the replicas' states
-- on both
SELECT ag.name, ag.is_distributed, ar.replica_server_name, rs.is_local, rs.role, rs.role_desc, rs.operational_state, rs.operational_state_desc,
       rs.connected_state, rs.connected_state_desc, rs.recovery_health, rs.recovery_health_desc, rs.synchronization_health,
       rs.synchronization_health_desc, rs.last_connect_error_number, rs.last_connect_error_description, rs.last_connect_error_timestamp
FROM sys.dm_hadr_availability_replica_states rs JOIN sys.availability_groups ag ON ag.group_id = rs.group_id
JOIN sys.availability_replicas ar ON ar.replica_id = rs.replica_id WHERE ag.is_distributed = 1 ORDER BY rs.is_local;
--> 2 rows: name = DAG_db1 | is_distributed = 1 | replica_server_name | is_local = 0 | role | role_desc | operational_state | operational_state_desc | connected_state = 1 | connected_state_desc = CONNECTED | recovery_health | recovery_health_desc | synchronization_health = 2 | synchronization_health_desc = HEALTHY | last_connect_error_number | last_connect_error_description | last_connect_error_timestamp
GO
-- status: queues and log sequence numbers
SELECT DB_NAME(d.database_id) AS name, d.is_local, d.is_primary_replica, d.synchronization_state_desc, d.is_commit_participant, d.synchronization_health_desc,
       d.database_state_desc, d.is_suspended, d.suspend_reason_desc, d.recovery_lsn, d.truncation_lsn, d.last_sent_lsn, d.last_sent_time,
       d.last_received_lsn, d.last_received_time, d.last_hardened_lsn, d.last_hardened_time, d.last_redone_lsn, d.last_redone_time,
       d.log_send_queue_size, d.log_send_rate, d.redo_queue_size, d.redo_rate, d.filestream_send_rate, d.end_of_log_lsn, d.last_commit_lsn,
       d.last_commit_time, d.low_water_mark_for_ghosts
FROM sys.dm_hadr_database_replica_states d WHERE d.is_local = 0;
--> 1 row: name = db1 | is_local = 0 | is_primary_replica | synchronization_state_desc | is_commit_participant | synchronization_health_desc | database_state_desc | is_suspended = 0 | suspend_reason_desc = NULL | recovery_lsn | truncation_lsn | last_sent_lsn | last_sent_time | last_received_lsn | last_received_time | last_hardened_lsn | last_hardened_time | last_redone_lsn | last_redone_time | log_send_queue_size | log_send_rate | redo_queue_size | redo_rate | filestream_send_rate | end_of_log_lsn | last_commit_lsn | last_commit_time | low_water_mark_for_ghosts
GO
-- status: the groups' states
SELECT g.name, s.primary_replica, s.primary_recovery_health_desc, s.secondary_recovery_health_desc, s.synchronization_health_desc
FROM sys.dm_hadr_availability_group_states s JOIN sys.availability_groups g ON g.group_id = s.group_id ORDER BY g.name;
--> 2 rows: name = AG_db1 | primary_replica = sqlserver1 | primary_recovery_health_desc | secondary_recovery_health_desc | synchronization_health_desc = HEALTHY
GO
-- status: the cluster's view
SELECT c.replica_server_name, c.join_state_desc FROM sys.dm_hadr_availability_replica_cluster_states c ORDER BY c.replica_server_name;
SELECT d.database_name, d.is_failover_ready, d.is_pending_secondary_suspend, d.is_database_joined FROM sys.dm_hadr_database_replica_cluster_states d WHERE d.database_name = N'db1';
--> 3 rows: replica_server_name = AG_db1 | join_state_desc
--> 1+ rows: database_name = db1 | is_failover_ready | is_pending_secondary_suspend | is_database_joined
GO
-- status: seeding while it goes on, its rate, and the time that is left
SELECT local_database_name, remote_machine_name, role_desc, internal_state_desc, transfer_rate_bytes_per_second, transferred_size_bytes, database_size_bytes,
       CASE WHEN transfer_rate_bytes_per_second > 0 THEN (database_size_bytes - transferred_size_bytes) / transfer_rate_bytes_per_second END AS seconds,
       100.0 * transferred_size_bytes / NULLIF(database_size_bytes, 0) AS percentage, start_time_utc, end_time_utc, estimate_time_complete_utc,
       failure_code, failure_message, failure_time_utc
FROM sys.dm_hadr_physical_seeding_stats;
--> 0 rows: local_database_name | remote_machine_name | role_desc | internal_state_desc | transfer_rate_bytes_per_second | transferred_size_bytes | database_size_bytes | seconds | percentage | start_time_utc | end_time_utc | estimate_time_complete_utc | failure_code | failure_message | failure_time_utc
GO
-- status: the last error log entries
EXEC sp_readerrorlog 0, 1, N'mirroring';
--> 0+ rows: LogDate | ProcessInfo | Text
GO
-- an endpoint with Windows authentication: as it is found
SELECT e.name, e.endpoint_id, e.state_desc, e.role_desc, e.connection_auth, e.connection_auth_desc, e.certificate_id, e.is_encryption_enabled,
       e.encryption_algorithm, e.encryption_algorithm_desc, t.port, t.is_dynamic_port, t.ip_address, o.name AS owner, SUSER_NAME(e.principal_id) AS by_id
FROM sys.database_mirroring_endpoints e JOIN sys.tcp_endpoints t ON t.endpoint_id = e.endpoint_id
JOIN sys.server_principals o ON o.principal_id = e.principal_id;
--> 1 row: name | endpoint_id | state_desc | role_desc | connection_auth = 4 | connection_auth_desc = CERTIFICATE | certificate_id | is_encryption_enabled | encryption_algorithm = 2 | encryption_algorithm_desc = AES | port = 5022 | is_dynamic_port | ip_address | owner = sa | by_id = sa
GO
-- an endpoint with Windows authentication: RC4 with AES beside it, Windows kept
ALTER ENDPOINT [database_mirroring_endpoint] FOR DATABASE_MIRRORING (AUTHENTICATION = WINDOWS NEGOTIATE CERTIFICATE [Cert_sqlserver1_endpoint],
  ENCRYPTION = REQUIRED ALGORITHM AES RC4);
SELECT connection_auth_desc, encryption_algorithm_desc FROM sys.database_mirroring_endpoints;
--> 1 row: connection_auth_desc = NEGOTIATE, CERTIFICATE | encryption_algorithm_desc = AES, RC4
GO
-- an endpoint with Windows authentication: its owner, and who may connect
ALTER AUTHORIZATION ON ENDPOINT::[database_mirroring_endpoint] TO [sa];
CREATE LOGIN [mirroring] WITH PASSWORD = N'P@ssw0rd!x';
GRANT CONNECT ON ENDPOINT::[database_mirroring_endpoint] TO [mirroring];
SELECT p.permission_name, p.state_desc, g.name AS grantee FROM sys.server_permissions p
JOIN sys.server_principals g ON g.principal_id = p.grantee_principal_id
JOIN sys.endpoints e ON e.endpoint_id = p.major_id WHERE p.class = 105 AND e.name = N'database_mirroring_endpoint';
REVOKE CONNECT ON ENDPOINT::[database_mirroring_endpoint] FROM [mirroring];
DROP LOGIN [mirroring];
--> 1 row: permission_name = CONNECT | state_desc = GRANT | grantee = mirroring
GO
-- rights: a login that may do only what links need
CREATE LOGIN [links] WITH PASSWORD = N'P@ssw0rd!x', CHECK_POLICY = OFF, DEFAULT_DATABASE = [master];
GRANT CONTROL SERVER TO [links];
ALTER SERVER ROLE [sysadmin] ADD MEMBER [links];
SELECT r.name AS role FROM sys.server_role_members m JOIN sys.server_principals r ON r.principal_id = m.role_principal_id
JOIN sys.server_principals p ON p.principal_id = m.member_principal_id WHERE p.name = N'links';
ALTER SERVER ROLE [sysadmin] DROP MEMBER [links];
REVOKE CONTROL SERVER FROM [links];
CREATE SERVER ROLE [linking] AUTHORIZATION [sa];
ALTER SERVER ROLE [linking] ADD MEMBER [links];
ALTER SERVER ROLE [linking] DROP MEMBER [links];
DROP SERVER ROLE [linking];
ALTER LOGIN [links] WITH PASSWORD = N'An0ther!x', DEFAULT_DATABASE = [master];
ALTER LOGIN [links] DISABLE;
DROP LOGIN [links];
--> 1 row: role = sysadmin
GO
-- rotation: what the endpoint needs next
DECLARE @name sysname = N'Cert_' + @@SERVERNAME + N'_' + CAST(2 AS nvarchar(10)), @create nvarchar(max);
SET @create = CONCAT(N'CREATE CERTIFICATE ', QUOTENAME(@name), N' WITH SUBJECT = N', QUOTENAME(@name, ''''), N', EXPIRY_DATE = ''20400101''');
EXEC sp_executesql @create;
SELECT name, thumbprint FROM sys.certificates WHERE name = @name;
--> 1 row: name = Cert_sqlserver1_2 | thumbprint
GO
-- rotation: moved over in one step, undone where that fails
BEGIN TRY
  ALTER ENDPOINT [database_mirroring_endpoint] FOR DATABASE_MIRRORING (AUTHENTICATION = CERTIFICATE [no such certificate]);
END TRY
BEGIN CATCH
  SELECT ERROR_NUMBER() AS number, ERROR_SEVERITY() AS severity, ERROR_STATE() AS state, ERROR_LINE() AS line, ERROR_PROCEDURE() AS [procedure], ERROR_MESSAGE() AS message;
END CATCH
--> 1 row: number = 15151 | severity = 16 | state | line | procedure = NULL | message
GO

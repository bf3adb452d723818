-- link-domain 2.1.1: the mirroring endpoint
SELECT name, type_desc, state_desc, role_desc, connection_auth_desc, is_encryption_enabled, encryption_algorithm_desc
FROM sys.database_mirroring_endpoints;
--> 1 row: name = database_mirroring_endpoint | type_desc = DATABASE_MIRRORING | state_desc = STARTED | role_desc = ALL | connection_auth_desc | is_encryption_enabled = 1 | encryption_algorithm_desc = AES
GO
-- link-domain 2.1.1: its port and address
SELECT e.name, t.port, t.ip_address FROM sys.database_mirroring_endpoints e JOIN sys.tcp_endpoints t ON t.endpoint_id = e.endpoint_id;
--> 1 row: name = database_mirroring_endpoint | port = 5022 | ip_address = NULL
GO
-- link-domain 2.1.4: both groups
SELECT * FROM sys.availability_groups ORDER BY is_distributed;
--> 2 rows: group_id | name = AG_db1 | resource_id | resource_group_id | failure_condition_level | health_check_timeout | automated_backup_preference | automated_backup_preference_desc | version | basic_features | dtc_support | db_failover | is_distributed = 0 | ...
GO
-- link-domain 2.3: the connection
-- on both
SELECT r.replica_server_name AS [Replica], r.endpoint_url AS [Endpoint], rs.connected_state_desc AS [Connected state],
       rs.last_connect_error_description AS [Last connection error], rs.last_connect_error_number AS [Last connection error No],
       rs.last_connect_error_timestamp AS [Last error timestamp]
FROM sys.dm_hadr_availability_replica_states rs JOIN sys.availability_replicas r ON rs.replica_id = r.replica_id;
--> 3 rows: Replica | Endpoint | Connected state = CONNECTED | Last connection error | Last connection error No | Last error timestamp
GO
-- link-domain 2.3: the health, on the primary
SELECT rs.synchronization_health_desc FROM sys.availability_groups ag
JOIN sys.dm_hadr_availability_replica_states rs ON ag.group_id = rs.group_id
WHERE rs.is_local = 0 AND rs.role = 2 AND ag.is_distributed = 1 AND ag.name = N'DAG_db1';
--> 1 row: synchronization_health_desc = HEALTHY
GO
-- link-domain 2.3: the health, on the secondary
-- on managedInstance
SELECT rs.synchronization_health_desc FROM sys.availability_groups ag
JOIN sys.dm_hadr_availability_replica_states rs ON ag.group_id = rs.group_id
WHERE rs.is_local = 0 AND rs.role = 2 AND ag.is_distributed = 1 AND ag.name = N'DAG_db1';
--> 0 rows: synchronization_health_desc
GO
-- link-domain 2.3: the role
SELECT ag.name, rs.role_desc FROM sys.availability_groups ag
JOIN sys.dm_hadr_availability_replica_states rs ON ag.group_id = rs.group_id
WHERE rs.is_local = 1 AND ag.is_distributed = 1 AND ag.name = N'DAG_db1';
--> 1 row: name = DAG_db1 | role_desc = PRIMARY
GO
-- link-domain 2.3: the role on the instance
-- on managedInstance
SELECT ag.name, rs.role_desc FROM sys.availability_groups ag
JOIN sys.dm_hadr_availability_replica_states rs ON ag.group_id = rs.group_id
WHERE rs.is_local = 1 AND ag.is_distributed = 1 AND ag.name = N'DAG_db1';
--> 1 row: name = DAG_db1 | role_desc = SECONDARY
GO
-- link-domain 2.3: the lag
-- on both
SELECT ag.name, ars1.role_desc, ars2.connected_state_desc, ars2.synchronization_health_desc, drs.secondary_lag_seconds
FROM sys.availability_groups ag
JOIN sys.dm_hadr_availability_replica_states ars1 ON ag.group_id = ars1.group_id
JOIN sys.dm_hadr_availability_replica_states ars2 ON ag.group_id = ars2.group_id
JOIN sys.dm_hadr_database_replica_states drs ON ars2.replica_id = drs.replica_id
WHERE ag.is_distributed = 1 AND ag.name = N'DAG_db1' AND ars1.is_local = 1 AND ars2.is_local = 0;
--> 1 row: name = DAG_db1 | role_desc | connected_state_desc = CONNECTED | synchronization_health_desc = HEALTHY | secondary_lag_seconds
GO
-- link-domain 2.3: the whole configuration
-- on both
SELECT ag.name, ag.is_distributed, ar.replica_server_name, ar.availability_mode_desc, ars.connected_state_desc, ars.role_desc,
       ars.operational_state_desc, ars.synchronization_health_desc
FROM sys.availability_groups ag JOIN sys.availability_replicas ar ON ag.group_id = ar.group_id
LEFT JOIN sys.dm_hadr_availability_replica_states ars ON ars.replica_id = ar.replica_id WHERE ag.is_distributed = 1;
--> 2 rows: name = DAG_db1 | is_distributed = 1 | replica_server_name | availability_mode_desc = ASYNCHRONOUS_COMMIT | connected_state_desc | role_desc | operational_state_desc | synchronization_health_desc
GO
-- link-domain 2.4: how far seeding is; nothing goes on
SELECT ag.local_database_name, ar.current_state, ar.is_source, ag.internal_state_desc, ag.database_size_bytes, ag.transferred_size_bytes,
       ag.transfer_rate_bytes_per_second, ag.total_disk_io_wait_time_ms, ag.total_network_wait_time_ms, ag.is_compression_enabled,
       ag.start_time_utc, ag.estimate_time_complete_utc, ar.completion_time, ar.number_of_attempts
FROM sys.dm_hadr_physical_seeding_stats ag INNER JOIN sys.dm_hadr_automatic_seeding ar ON local_physical_seeding_id = operation_id;
--> 0 rows: local_database_name | current_state | is_source | internal_state_desc | database_size_bytes | transferred_size_bytes | transfer_rate_bytes_per_second | total_disk_io_wait_time_ms | total_network_wait_time_ms | is_compression_enabled | start_time_utc | estimate_time_complete_utc | completion_time | number_of_attempts
GO
-- link-domain 2.4: what was seeded
SELECT start_time, completion_time, ag_id, ag_db_id, ag_remote_replica_id, operation_id, is_source, current_state, performed_seeding,
       failure_state, failure_state_desc, error_code, number_of_attempts FROM sys.dm_hadr_automatic_seeding;
--> 1 row: start_time | completion_time | ag_id | ag_db_id | ag_remote_replica_id | operation_id | is_source = 1 | current_state = COMPLETED | performed_seeding = 1 | failure_state = NULL | failure_state_desc | error_code | number_of_attempts
GO
-- link-domain 2.4: the worker of a backup for seeding
DECLARE @dbId int = DB_ID(N'db1');
SELECT * FROM sys.dm_exec_requests WHERE database_id = @dbId AND command = 'VDI_CLIENT_WORKER';
--> 0 rows: session_id | request_id | start_time | status | command | sql_handle | ... | database_id | ... | percent_complete | ...
GO
-- link-domain 2.4: when seeding is done
DECLARE @dbId int = DB_ID(N'db1');
SELECT synchronization_state_desc, synchronization_health_desc FROM sys.dm_hadr_database_replica_states WHERE database_id = @dbId AND is_local = 0;
--> 1 row: synchronization_state_desc = SYNCHRONIZING | synchronization_health_desc = HEALTHY
GO
-- link-domain 2.5: how full the logs are
DBCC SQLPERF(LOGSPACE);
--> 3+ rows: Database Name = master | Log Size (MB) | Log Space Used (%) | Status = 0
GO
-- link-domain 2.5: what holds the log
SELECT name, log_reuse_wait, log_reuse_wait_desc FROM sys.databases WHERE name = N'db1';
--> 1 row: name | log_reuse_wait = 0 | log_reuse_wait_desc = NOTHING
GO
-- link-domain 2.8: log sequence numbers on SQL Server
SELECT ag.name, db.name, drs.synchronization_state_desc, drs.end_of_log_lsn, drs.last_hardened_lsn
FROM sys.dm_hadr_database_replica_states drs JOIN sys.databases db ON db.database_id = drs.database_id
JOIN sys.availability_groups ag ON drs.group_id = ag.group_id WHERE ag.is_distributed = 1 AND db.name = 'db1';
--> 1 row: name = DAG_db1 | name = db1 | synchronization_state_desc | end_of_log_lsn | last_hardened_lsn
GO
-- link-domain 2.8: log sequence numbers on the instance
-- on managedInstance
SELECT db.name, drs.synchronization_state_desc, drs.end_of_log_lsn, drs.last_hardened_lsn
FROM sys.dm_hadr_database_replica_states drs JOIN sys.databases db ON db.database_id = drs.database_id WHERE db.name = 'db1' AND drs.is_primary_replica = 1;
--> 1+ rows: name = db1 | synchronization_state_desc | end_of_log_lsn | last_hardened_lsn
GO
-- link-domain 2.8: the first full backup of the instance
-- on managedInstance
SELECT TOP (1) backup_finish_date FROM msdb.dbo.backupset WHERE database_name = N'db1' AND type = 'D' ORDER BY backup_finish_date DESC;
--> 0 rows: backup_finish_date
GO

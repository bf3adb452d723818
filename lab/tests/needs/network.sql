-- link-domain 1.8.1: on the instance, what its address and ports are
-- on managedInstance
SELECT 'DECLARE @serverName NVARCHAR(512) = N''' + value + '''' FROM sys.dm_hadr_fabric_config_parameters WHERE parameter_name = 'DnsRecordName'
UNION
SELECT 'DECLARE @node NVARCHAR(512) = N''' + NodeName + '.' + Cluster + ''''
FROM (SELECT SUBSTRING(replica_address, 0, CHARINDEX('\', replica_address)) AS NodeName,
             RIGHT(service_name, CHARINDEX('/', REVERSE(service_name)) - 1) AppName, JoinCol = 1
      FROM sys.dm_hadr_fabric_partitions fp
      INNER JOIN sys.dm_hadr_fabric_replicas fr ON fp.partition_id = fr.partition_id
      INNER JOIN sys.dm_hadr_fabric_nodes fn ON fr.node_name = fn.node_name
      WHERE service_name LIKE '%ManagedServer%' AND replica_role = 2) t1
LEFT JOIN (SELECT value AS Cluster, JoinCol = 1 FROM sys.dm_hadr_fabric_config_parameters WHERE parameter_name = 'ClusterName') t2 ON (t1.JoinCol = t2.JoinCol)
INNER JOIN (SELECT [value] AS AppName FROM sys.dm_hadr_fabric_config_parameters WHERE section_name = 'SQL' AND parameter_name = 'InstanceName') t3 ON (t1.AppName = t3.AppName)
UNION
SELECT 'DECLARE @port NVARCHAR(512) = N''' + value + '''' FROM sys.dm_hadr_fabric_config_parameters WHERE parameter_name = 'HadrPort';
--> 3 rows:
GO
-- link-domain 1.8.2: an endpoint for the test, where there is one already
USE master;
CREATE CERTIFICATE TEST_CERT WITH SUBJECT = N'Certificate for SQL Server', EXPIRY_DATE = N'3/30/2051';
CREATE ENDPOINT TEST_ENDPOINT STATE=STARTED AS TCP (LISTENER_PORT=5022, LISTENER_IP = ALL)
  FOR DATABASE_MIRRORING (ROLE=ALL, AUTHENTICATION = CERTIFICATE TEST_CERT, ENCRYPTION = REQUIRED ALGORITHM AES);
--! 7862
GO
-- link-domain 1.8.2: nothing of it is left
DROP CERTIFICATE TEST_CERT;
SELECT COUNT(*) AS certificates FROM sys.certificates WHERE name = N'TEST_CERT';
--> 1 row: certificates = 0
GO

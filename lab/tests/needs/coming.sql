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
-- owning: how a lock is held by this session
DECLARE @result int;
EXEC @result = sp_getapplock @Resource = N'mi-link', @LockMode = 'Exclusive', @LockOwner = 'Session', @LockTimeout = 5000;
SELECT @result AS result, APPLOCK_MODE('public', N'mi-link', 'Session') AS mode;
EXEC sp_releaseapplock @Resource = N'mi-link', @LockOwner = 'Session';
--> 1 row: result = 0 | mode = Exclusive
GO
-- owning: how a lock is held by this transaction
BEGIN TRANSACTION;
EXEC sp_getapplock @Resource = N'mi-link', @LockMode = 'Exclusive';
SELECT APPLOCK_MODE('public', N'mi-link', 'Transaction') AS mode;
ROLLBACK;
SELECT APPLOCK_MODE('public', N'mi-link', 'Transaction') AS mode;
--> 1 row: mode = Exclusive
--> 1 row: mode = NoLock
GO
-- an endpoint with Windows authentication: its owner by the id
SELECT name, SUSER_NAME(principal_id) AS owner FROM sys.database_mirroring_endpoints;
--> 1 row: name = database_mirroring_endpoint | owner = sa
GO
-- link-domain 3.5: the chain of the instance's certificate, while the link is connected
DECLARE @id int = CERT_ID(N'$(InstanceFqdn)');
EXEC sp_validate_certificate_ca_chain @id;
GO
-- a DBA holds the copy back, and lets it go on
ALTER DATABASE [db1] SET HADR SUSPEND;
SELECT is_suspended, suspend_reason_desc FROM sys.dm_hadr_database_replica_states WHERE database_id = DB_ID(N'db1') AND is_local = 1;
ALTER DATABASE [db1] SET HADR RESUME;
SELECT is_suspended, suspend_reason_desc FROM sys.dm_hadr_database_replica_states WHERE database_id = DB_ID(N'db1') AND is_local = 1;
--> 1 row: is_suspended = 1 | suspend_reason_desc = SUSPEND_FROM_USER
--> 1 row: is_suspended = 0 | suspend_reason_desc = NULL
GO

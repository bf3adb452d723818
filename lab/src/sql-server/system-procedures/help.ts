import { objectNamed } from "./object-named";

/** What an administrator types to look around. */
export const helpProcedures: readonly string[] = [
  `CREATE PROCEDURE sp_MSforeachdb @command1 nvarchar(2000), @replacechar nchar(1) = N'?', @command2 nvarchar(2000) = NULL,
    @command3 nvarchar(2000) = NULL, @precommand nvarchar(2000) = NULL, @postcommand nvarchar(2000) = NULL AS
  SET NOCOUNT ON
  DECLARE @name sysname, @command nvarchar(max)
  IF @precommand IS NOT NULL EXEC (@precommand)
  DECLARE each_database CURSOR LOCAL STATIC FOR SELECT name FROM sys.databases WHERE state = 0 ORDER BY database_id
  OPEN each_database
  FETCH NEXT FROM each_database INTO @name
  WHILE @@FETCH_STATUS = 0
  BEGIN
    SET @command = REPLACE(@command1, @replacechar, @name)
    EXEC (@command)
    SET @command = REPLACE(@command2, @replacechar, @name)
    IF @command IS NOT NULL EXEC (@command)
    SET @command = REPLACE(@command3, @replacechar, @name)
    IF @command IS NOT NULL EXEC (@command)
    FETCH NEXT FROM each_database INTO @name
  END
  IF @postcommand IS NOT NULL EXEC (@postcommand)`,

  `CREATE PROCEDURE sp_who @loginame sysname = NULL AS
  SELECT spid, ecid, status, loginame = RTRIM(loginame), hostname, blk = CONVERT(char(5), blocked),
    dbname = CASE WHEN dbid = 0 THEN NULL ELSE DB_NAME(dbid) END, cmd, request_id
  FROM sys.sysprocesses
  WHERE @loginame IS NULL OR RTRIM(loginame) = @loginame OR CONVERT(varchar(10), spid) = @loginame
    OR (@loginame = 'active' AND cmd <> 'AWAITING COMMAND')
  ORDER BY spid`,

  `CREATE PROCEDURE sp_who2 @loginame sysname = NULL AS
  SELECT SPID = CONVERT(char(5), spid),
    Status = CASE LOWER(status) WHEN 'sleeping' THEN LOWER(status) ELSE UPPER(status) END,
    Login = CONVERT(nvarchar(128), RTRIM(loginame)),
    HostName = CASE hostname WHEN '' THEN '  .' ELSE CONVERT(nvarchar(128), RTRIM(hostname)) END,
    BlkBy = CASE blocked WHEN 0 THEN '  .' ELSE CONVERT(char(5), blocked) END, DBName = DB_NAME(dbid), Command = cmd,
    CPUTime = CONVERT(varchar(10), cpu), DiskIO = CONVERT(varchar(20), physical_io),
    LastBatch = SUBSTRING(CONVERT(varchar(30), last_batch, 111), 6, 5) + ' ' + CONVERT(varchar(8), last_batch, 108),
    ProgramName = CONVERT(nvarchar(128), RTRIM(program_name)), SPID = CONVERT(char(5), spid),
    REQUESTID = CONVERT(char(5), request_id)
  FROM sys.sysprocesses
  WHERE @loginame IS NULL OR RTRIM(loginame) = @loginame OR CONVERT(varchar(10), spid) = @loginame
    OR (@loginame = 'active' AND cmd <> 'AWAITING COMMAND')
  ORDER BY spid`,

  `CREATE PROCEDURE sp_helpdb @dbname sysname = NULL AS
  IF @dbname IS NOT NULL AND DB_ID(@dbname) IS NULL
  BEGIN
    RAISERROR('The database ''%s'' does not exist. Supply a valid database name. To see available databases, use sys.databases.', 16, 1, @dbname)
    RETURN 1
  END
  SELECT d.name,
    db_size = RIGHT(REPLICATE(' ', 10) + CONVERT(varchar(17), CONVERT(decimal(15, 2), (SELECT SUM(CONVERT(bigint, f.size)) FROM sys.master_files f WHERE f.database_id = d.database_id) * 8192.0 / 1048576)), 10) + ' MB',
    owner = SUSER_SNAME(d.owner_sid), dbid = CONVERT(smallint, d.database_id),
    created = CONVERT(nvarchar(11), d.create_date),
    status = CONVERT(nvarchar(600), 'Status=' + d.state_desc + ', Updateability=' + CASE d.is_read_only WHEN 1 THEN 'READ_ONLY' ELSE 'READ_WRITE' END
      + ', UserAccess=' + d.user_access_desc + ', Recovery=' + d.recovery_model_desc + ', Version=' + CONVERT(varchar(10), DATABASEPROPERTYEX(d.name, 'Version'))
      + ', Collation=' + ISNULL(d.collation_name, '') + ', SQLSortOrder=52, IsAutoCreateStatistics, IsAutoUpdateStatistics'),
    d.compatibility_level
  FROM sys.databases d WHERE @dbname IS NULL OR d.name = @dbname ORDER BY d.name
  IF @dbname IS NOT NULL
    SELECT f.name, fileid = f.file_id, filename = CONVERT(nchar(260), f.physical_name),
      filegroup = CASE f.data_space_id WHEN 0 THEN NULL ELSE 'PRIMARY' END,
      size = CONVERT(nvarchar(18), CONVERT(bigint, f.size) * 8) + ' KB',
      maxsize = CASE f.max_size WHEN -1 THEN 'Unlimited' ELSE CONVERT(nvarchar(18), CONVERT(bigint, f.max_size) * 8) + ' KB' END,
      growth = CONVERT(nvarchar(18), CONVERT(bigint, f.growth) * 8) + ' KB',
      usage = CASE f.type WHEN 1 THEN 'log only' ELSE 'data only' END
    FROM sys.master_files f WHERE f.database_id = DB_ID(@dbname) ORDER BY f.file_id
  RETURN 0`,

  `CREATE PROCEDURE sp_helpfile @filename sysname = NULL AS
  SELECT name, fileid = file_id, filename = CONVERT(nchar(260), physical_name),
    filegroup = CASE data_space_id WHEN 0 THEN NULL ELSE 'PRIMARY' END,
    size = CONVERT(nvarchar(15), CONVERT(bigint, size) * 8) + ' KB',
    maxsize = CASE max_size WHEN -1 THEN 'Unlimited' ELSE CONVERT(nvarchar(15), CONVERT(bigint, max_size) * 8) + ' KB' END,
    growth = CONVERT(nvarchar(15), CONVERT(bigint, growth) * 8) + ' KB',
    usage = CASE type WHEN 1 THEN 'log only' ELSE 'data only' END
  FROM sys.database_files WHERE @filename IS NULL OR name = @filename ORDER BY file_id`,

  `CREATE PROCEDURE sp_helpserver @server sysname = NULL, @optname varchar(35) = NULL, @show_topology varchar(1) = NULL AS
  SELECT name, network_name = CONVERT(nvarchar(30), data_source),
    status = CONVERT(varchar(70), 'rpc,rpc out,use remote collation'), id = CONVERT(char(4), server_id),
    collation_name, connect_timeout, query_timeout
  FROM sys.servers WHERE @server IS NULL OR name = @server`,

  `CREATE PROCEDURE sp_helpsrvrole @srvrolename sysname = NULL AS
  SELECT ServerRole = name, Description = CASE name WHEN 'sysadmin' THEN 'System Administrators'
    WHEN 'securityadmin' THEN 'Security Administrators' WHEN 'serveradmin' THEN 'Server Administrators'
    WHEN 'setupadmin' THEN 'Setup Administrators' WHEN 'processadmin' THEN 'Process Administrators'
    WHEN 'diskadmin' THEN 'Disk Administrators' WHEN 'dbcreator' THEN 'Database Creators'
    WHEN 'bulkadmin' THEN 'Bulk Insert Administrators' END
  FROM sys.server_principals
  WHERE type = 'R' AND is_fixed_role = 1 AND principal_id < 11 AND (@srvrolename IS NULL OR name = @srvrolename)
  ORDER BY principal_id`,

  `CREATE PROCEDURE sp_helpsrvrolemember @srvrolename sysname = NULL AS
  SELECT ServerRole = r.name, MemberName = m.name, MemberSID = m.sid
  FROM sys.server_role_members rm JOIN sys.server_principals r ON r.principal_id = rm.role_principal_id
  JOIN sys.server_principals m ON m.principal_id = rm.member_principal_id
  WHERE @srvrolename IS NULL OR r.name = @srvrolename`,

  `CREATE PROCEDURE sp_helprole @rolename sysname = NULL AS
  SELECT RoleName = name, RoleId = principal_id, IsAppRole = CONVERT(int, 0)
  FROM sys.database_principals WHERE type = 'R' AND (@rolename IS NULL OR name = @rolename)`,

  `CREATE PROCEDURE sp_helptext @objname nvarchar(776), @columnname sysname = NULL AS
  IF OBJECT_ID(@objname) IS NULL
  BEGIN
    DECLARE @database sysname = DB_NAME()
    RAISERROR(15009, -1, -1, @objname, @database)
    RETURN 1
  END
  SELECT Text = definition FROM sys.sql_modules WHERE object_id = OBJECT_ID(@objname)
  RETURN 0`,

  `CREATE PROCEDURE sp_helpindex @objname nvarchar(776) AS
  ${objectNamed}
  IF NOT EXISTS (SELECT 1 FROM sys.indexes WHERE object_id = @id AND index_id > 0)
  BEGIN
    RAISERROR(15472, -1, -1, @objname)
    RETURN 0
  END
  SELECT index_name = i.name,
    index_description = CONVERT(varchar(210), LOWER(i.type_desc) + CASE WHEN i.is_unique = 1 THEN ', unique' ELSE '' END
      + CASE WHEN i.is_primary_key = 1 THEN ', primary key' WHEN i.is_unique_constraint = 1 THEN ', unique key' ELSE '' END + ' located on PRIMARY'),
    index_keys = CONVERT(nvarchar(2078), (SELECT STRING_AGG(COL_NAME(@id, c.column_id) + CASE c.is_descending_key WHEN 1 THEN '(-)' ELSE '' END, ', ') WITHIN GROUP (ORDER BY c.key_ordinal)
      FROM sys.index_columns c WHERE c.object_id = @id AND c.index_id = i.index_id AND c.is_included_column = 0))
  FROM sys.indexes i WHERE i.object_id = @id AND i.index_id > 0 ORDER BY i.name
  RETURN 0`,

  `CREATE PROCEDURE sp_lock @spid1 int = NULL, @spid2 int = NULL AS
  SELECT spid = CONVERT(smallint, session_id), dbid = database_id, ObjId = CONVERT(int, 0), IndId = CONVERT(smallint, 0),
    Type = CONVERT(nvarchar(4), 'DB'), Resource = CONVERT(nvarchar(32), ''), Mode = CONVERT(nvarchar(8), 'S'),
    Status = CONVERT(nvarchar(5), 'GRANT')
  FROM sys.dm_exec_sessions WHERE @spid1 IS NULL OR session_id IN (@spid1, @spid2)`,

  `CREATE PROCEDURE xp_msver @optname sysname = NULL AS
  SELECT [Index] = CONVERT(smallint, v.i), Name = CONVERT(nvarchar(255), v.n), Internal_Value = CONVERT(int, v.k),
    Character_Value = CONVERT(nvarchar(255), v.c)
  FROM (SELECT 1 AS i, 'ProductName' AS n, NULL AS k, 'Microsoft SQL Server' AS c
    UNION ALL SELECT 2, 'ProductVersion', CONVERT(int, SERVERPROPERTY('ProductMajorVersion')) * 65536, CONVERT(nvarchar(128), SERVERPROPERTY('ProductVersion'))
    UNION ALL SELECT 3, 'Language', 1033, 'English (United States)'
    UNION ALL SELECT 4, 'Platform', NULL, 'NT x64'
    UNION ALL SELECT 16, 'ProcessorCount', cpu_count, CONVERT(nvarchar(10), cpu_count) FROM sys.dm_os_sys_info
    UNION ALL SELECT 19, 'PhysicalMemory', CONVERT(int, physical_memory_kb / 1024), CONVERT(nvarchar(20), physical_memory_kb / 1024) FROM sys.dm_os_sys_info) v
  WHERE @optname IS NULL OR v.n = @optname ORDER BY v.i`,
];

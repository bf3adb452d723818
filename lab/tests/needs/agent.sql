-- preflight: whether SQL Server Agent runs
SELECT servicename, status_desc, startup_type_desc FROM sys.dm_server_services WHERE servicename LIKE N'SQL Server Agent%';
--> 1 row: servicename = SQL Server Agent (MSSQLSERVER) | status_desc = Running | startup_type_desc = Manual
GO
-- link-domain 1.8.1: the documentation's job tests both ports
EXEC msdb.dbo.sp_add_job @job_name = N'TestMILinkConnection', @owner_login_name = N'sa';
EXEC msdb.dbo.sp_add_jobstep @job_name = N'TestMILinkConnection', @step_name = N'Test Port 5022', @step_id = 1, @subsystem = N'PowerShell', @on_success_action = 3, @on_fail_action = 3,
  @command = N'tnc $(InstanceFqdn) -port 5022 | select ComputerName, RemoteAddress, TcpTestSucceeded | Format-List', @database_name = N'master';
EXEC msdb.dbo.sp_add_jobstep @job_name = N'TestMILinkConnection', @step_name = N'Test Statement', @subsystem = N'TSQL', @command = N'PRINT DB_NAME()', @database_name = N'msdb';
EXEC msdb.dbo.sp_add_jobserver @job_name = N'TestMILinkConnection', @server_name = N'(local)';
EXEC msdb.dbo.sp_start_job @job_name = N'TestMILinkConnection';
WHILE NOT EXISTS (SELECT 1 FROM msdb.dbo.sysjobhistory h JOIN msdb.dbo.sysjobs j ON j.job_id = h.job_id WHERE j.name = N'TestMILinkConnection' AND h.step_id = 0) WAITFOR DELAY '00:00:00.010';
SELECT h.step_name, h.run_status FROM msdb.dbo.sysjobhistory h JOIN msdb.dbo.sysjobs_view j ON j.job_id = h.job_id WHERE j.name = N'TestMILinkConnection' ORDER BY h.step_id;
SELECT h.message FROM msdb.dbo.sysjobhistory h WHERE h.step_name = N'Test Statement';
--> 3 rows: step_name = (Job outcome) | run_status = 1
--> 1 row: message = Executed as user: NT SERVICE\SQLSERVERAGENT. msdb [SQLSTATE 01000] (Message 0).  The step succeeded.
GO
-- link-domain 1.8.1: the job is dropped, and its history with it
EXEC msdb.dbo.sp_delete_job @job_name = N'TestMILinkConnection';
SELECT COUNT(*) AS left_over FROM msdb.dbo.sysjobhistory;
--> 1 row: left_over = 0
GO
-- link-domain 1.8.2: the instance tests the way to SQL Server
-- on managedInstance
EXEC msdb.dbo.sp_add_job @job_name = N'NetHelper', @enabled = 1, @category_name = N'[Uncategorized (Local)]', @owner_login_name = N'miadmin';
EXEC msdb.dbo.sp_add_jobstep @job_name = N'NetHelper', @step_name = N'TNC network probe from SQL MI to SQL Server', @subsystem = N'PowerShell',
  @command = N'tnc $(SqlServerAddress) -port 5022 -InformationLevel Quiet', @database_name = N'master', @flags = 40;
EXEC msdb.dbo.sp_add_jobserver @job_name = N'NetHelper', @server_name = N'(local)';
EXEC msdb.dbo.sp_start_job @job_name = N'NetHelper';
WHILE NOT EXISTS (SELECT 1 FROM msdb.dbo.sysjobactivity a JOIN msdb.dbo.sysjobs j ON j.job_id = a.job_id WHERE j.name = N'NetHelper' AND a.stop_execution_date IS NOT NULL) WAITFOR DELAY '00:00:00.010';
SELECT l.log FROM msdb.dbo.sysjobstepslogs l JOIN msdb.dbo.sysjobsteps s ON s.step_uid = l.step_uid JOIN msdb.dbo.sysjobs j ON j.job_id = s.job_id WHERE j.name = N'NetHelper';
EXEC msdb.dbo.sp_delete_job @job_name = N'NetHelper';
--> 1 row: log = True
GO
-- what Agent refuses
EXEC msdb.dbo.sp_add_job @job_name = N'twice';
BEGIN TRY EXEC msdb.dbo.sp_add_job @job_name = N'twice' END TRY BEGIN CATCH SELECT ERROR_NUMBER() AS number END CATCH
BEGIN TRY EXEC msdb.dbo.sp_start_job @job_name = N'twice' END TRY BEGIN CATCH SELECT ERROR_NUMBER() AS number END CATCH
EXEC msdb.dbo.sp_add_jobserver @job_name = N'twice';
BEGIN TRY EXEC msdb.dbo.sp_start_job @job_name = N'twice' END TRY BEGIN CATCH SELECT ERROR_NUMBER() AS number END CATCH
BEGIN TRY EXEC msdb.dbo.sp_add_jobserver @job_name = N'twice' END TRY BEGIN CATCH SELECT ERROR_NUMBER() AS number END CATCH
BEGIN TRY EXEC msdb.dbo.sp_add_jobstep @job_name = N'twice', @step_name = N's', @subsystem = N'CmdExec', @command = N'dir' END TRY BEGIN CATCH SELECT ERROR_NUMBER() AS number END CATCH
BEGIN TRY EXEC msdb.dbo.sp_delete_job @name = N'twice' END TRY BEGIN CATCH SELECT ERROR_NUMBER() AS number END CATCH
BEGIN TRY EXEC msdb.dbo.sp_delete_job END TRY BEGIN CATCH SELECT ERROR_NUMBER() AS number END CATCH
EXEC msdb.dbo.sp_delete_job @job_name = N'twice';
EXEC msdb.dbo.sp_delete_job @job_name = N'twice';
--> 1 row: number = 14261
--> 1 row: number = 14256
--> 1 row: number = 14528
--> 1 row: number = 14269
--> 1 row: number = 14234
--> 1 row: number = 8145
--> 1 row: number = 14294
--! 14262
GO

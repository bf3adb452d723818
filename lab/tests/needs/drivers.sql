-- tedious: its settings, as it signs in
set ansi_nulls on
set ansi_null_dflt_on on
set ansi_padding on
set ansi_warnings on
set arithabort on
set concat_null_yields_null on
set datefirst 7
set dateformat mdy
set implicit_transactions off
set language us_english
set numeric_roundabort off
set quoted_identifier on
set textsize 2147483647
set transaction isolation level read committed
set xact_abort off
GO
-- mssql: is a connection of the pool alive?
SELECT 1;
--> 1 row:  = 1
GO
-- pymssql: its settings, and the database
SET ARITHABORT ON;SET CONCAT_NULL_YIELDS_NULL ON;SET ANSI_NULLS ON;SET ANSI_NULL_DFLT_ON ON;SET ANSI_PADDING ON;SET ANSI_WARNINGS ON;SET ANSI_NULL_DFLT_ON ON;SET CURSOR_CLOSE_ON_COMMIT ON;SET QUOTED_IDENTIFIER ON;SET TEXTSIZE 2147483647;
use [master]
GO
-- JDBC: transactions by hand, and back
set implicit_transactions on
IF @@TRANCOUNT > 0 COMMIT TRAN
IF @@TRANCOUNT > 0 ROLLBACK TRAN
set implicit_transactions off
GO
-- JDBC: a time-out for locks, a limit of rows, an isolation level
SET LOCK_TIMEOUT 10000
SET ROWCOUNT 0
SET TEXTSIZE 2147483647
set transaction isolation level read committed
SET LOCK_TIMEOUT -1
GO
-- ODBC and JDBC: the types of parameters that are not declared
EXEC sp_describe_undeclared_parameters N'SELECT name FROM sys.databases WHERE database_id = @P1 AND name LIKE @P2';
--> 2 rows: parameter_ordinal = 1 | name = @P1 | suggested_system_type_id = 56 | suggested_system_type_name = int | ...
GO
-- ODBC and JDBC: the types of an insertion's parameters
CREATE TABLE db1.dbo.undeclared (id int, name nvarchar(20));
EXEC sp_describe_undeclared_parameters N'INSERT INTO db1.dbo.undeclared (id, name) VALUES (@P1, @P2)';
EXEC sp_describe_undeclared_parameters N'UPDATE db1.dbo.undeclared SET name = @P1 WHERE id = @P2';
EXEC sp_describe_undeclared_parameters N'DELETE FROM db1.dbo.undeclared WHERE id = @P1 AND name = @P2', N'@P1 int';
DROP TABLE db1.dbo.undeclared;
--> 2 rows: parameter_ordinal = 1 | name = @P1 | suggested_system_type_id = 56 | ...
--> 2 rows: parameter_ordinal = 1 | name = @P1 | suggested_system_type_id = 231 | ...
--> 1 row: parameter_ordinal = 1 | name = @P2 | suggested_system_type_id = 231 | ...
GO
-- sqlcmd: what it asks first
SET TEXTSIZE 4096 SELECT @@VERSION AS version, DB_NAME() AS db
--> 1 row: version | db = master
GO

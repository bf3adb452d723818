import { oneOf } from "./bnf";

/**
 * The lab's language in the notation of the documentation (see bnf.ts), as far as the public grammar knows it as well.
 * To have a construct checked, write its syntax down as a rule and name it among <statement>, <expression> and the like.
 * Variables must be @i, @s or @x: those exist before the batch begins. What one of the sides does not know, though SQL
 * Server does, belongs into grammar-gaps.ts.
 */
export const rules = {
  batch: `{ <statements> | <statements> | <statements> | <statements> | <procedure_call> [ ; ] <statements> | <module> }`,
  statements: `{ <statement> [ ; ] | <statement> [ ; ] | <statement> ; <sequel> } ...n`,
  sequel: `{ <throw> ; | <with_common_table> }`,
  statement: `{ <print> | <select> | <declare> | <set> | <flow> | <raise> | <execute> | <transaction> | <insert> | <update>
    | <delete> | <create_table> | <alter_table> | <create_index> | <drop> | <server> | USE <name> }`,
  flow: `{ RETURN | RETURN 1 | RETURN @i | BEGIN <statements> END | IF <condition> <statement> | IF <condition> <statement> ELSE <statement>
    | WHILE <condition> { <statement> | BREAK | BEGIN <statements> CONTINUE END }
    | BEGIN TRY <statements> END TRY BEGIN CATCH [ <statements> ] END CATCH | WAITFOR { DELAY | TIME } <time> }`,

  // Queries
  select: `{ <query> | SELECT <item> ,...n INTO <table> FROM <source> } [ ORDER BY <order> ,...n [ OFFSET <integer> ROWS [ FETCH NEXT <integer> ROWS ONLY ] ] ] [ <option> ]`,
  option: `OPTION ( { RECOMPILE | MAXDOP 1 | FORCE ORDER | MAXDOP 1 , RECOMPILE } )`,
  with_common_table: `WITH { <name> [ ( <name> ,...n ) ] AS ( <query> ) } ,...n { <select> | <insert> | <update> | <delete> }`,
  query: `{ <specification> | <specification> <set_operator> <specification> | ( <query> ) }`,
  set_operator: `{ UNION | UNION ALL | EXCEPT | INTERSECT }`,
  specification: `SELECT [ DISTINCT | ALL ] [ TOP { <integer> | ( <expression> ) } [ PERCENT ] [ WITH TIES ] ] <item> ,...n 
    [ FROM <source> ,...n [ WHERE <condition> ] [ GROUP BY <expression> ,...n [ HAVING <condition> ] ] ]`,
  item: `{ <expression> | * | <name> . * | <expression> AS <name> | <expression> <name> | <name> = <expression>
    | <expression> AS <string> }`,
  source: `{ <table> | <table> <alias> | <table> AS <alias> | <source> <join> <table> <alias> ON <condition>
    | <source> CROSS JOIN <table> | ( <query> ) AS <alias> | ( VALUES <row> ,...n ) AS <alias> ( <name> ,...n )
    | <table> <alias> WITH ( <hint> ,...n ) }`,
  hint: `{ NOLOCK | TABLOCK | UPDLOCK | ROWLOCK | HOLDLOCK }`,
  join: `{ JOIN | INNER JOIN | LEFT JOIN | LEFT OUTER JOIN | RIGHT JOIN | FULL OUTER JOIN }`,
  order: `{ <column> | <column> ASC | <expression> DESC }`,
  row: `( <expression> ,...n )`,

  // Expressions and conditions
  expression: `{ <literal> | <column> | <variable> | NULL | ( <expression> ) | - <expression> | ~ <expression>
    | <expression> <operator> <expression> | <case> | <cast> | <call> | ( <select_one> )
    | <column> COLLATE <collation> }`,
  select_one: `SELECT <expression> [ FROM <table> [ WHERE <condition> ] ]`,
  case: `{ CASE <expression> { WHEN <expression> THEN <expression> } ...n [ ELSE <expression> ] END
    | CASE { WHEN <condition> THEN <expression> } ...n [ ELSE <expression> ] END }`,
  cast: `{ CAST ( <expression> AS <type> ) | TRY_CAST ( <expression> AS <type> )
    | CONVERT ( <type> , <expression> [ , <integer> ] ) | IIF ( <condition> , <expression> , <expression> ) }`,
  call: `{ COUNT ( * ) | <function> ( <expression> ) | COUNT ( DISTINCT <expression> ) | GETDATE ( )
    | ISNULL ( <expression> , <expression> ) | COALESCE ( <expression> ,...n ) | NULLIF ( <expression> , <expression> )
    | DATEADD ( <datepart> , <expression> , <expression> ) | DATEDIFF ( <datepart> , <expression> , <expression> )
    | SERVERPROPERTY ( <string> ) | CERTENCODED ( CERT_ID ( <string> ) ) | LEFT ( <expression> , <integer> )
    | STRING_AGG ( <expression> , <string> ) WITHIN GROUP ( ORDER BY <column> ) | dbo . f ( <expression> ) | <bare> }`,
  condition: `{ <expression> <comparison> <expression> | <expression> IS [ NOT ] NULL | NOT <condition> | ( <condition> )
    | <condition> { AND | OR } <condition> | <expression> [ NOT ] BETWEEN <expression> AND <expression>
    | <expression> [ NOT ] IN ( <expression> ,...n ) | <expression> [ NOT ] IN ( <select_one> )
    | <expression> [ NOT ] LIKE <string> [ ESCAPE '!' ] | EXISTS ( <query> )
    | <expression> <comparison> { ALL | ANY | SOME } ( <select_one> ) }`,

  // Variables, errors, procedures, transactions
  declare: `{ DECLARE <new_variable> [ AS ] <type> [ = <expression> ] | DECLARE { <new_variable> <type> } ,...n
    | DECLARE <new_variable> TABLE ( <column_definition> ,...n ) }`,
  set: `{ SET <variable> = <expression> | SET <variable> <assignment> <expression> | SET <switch> <on_off>
    | SELECT { <variable> = <expression> } ,...n | SET TRANSACTION ISOLATION LEVEL <isolation>
    | SET IDENTITY_INSERT <table> <on_off> | SET STATISTICS { IO | TIME } <on_off>
    | SET { LOCK_TIMEOUT 1000 | ROWCOUNT 5 | DATEFIRST 7 | DATEFORMAT mdy | LANGUAGE us_english | LOCK_TIMEOUT -1 } }`,
  print: `PRINT <expression>`,
  throw: `{ THROW | THROW <number> , <message> , 1 }`,
  raise: `{ RAISERROR ( <message> , 16 , 1 [ , <literal> ] ) [ WITH NOWAIT ] | PRINT <string> }`,
  message: `{ <string> | @s }`,
  number: `{ 50001 | @i }`,
  execute: `{ EXEC <procedure_call> | EXECUTE <procedure_call> | EXEC @i = <procedure_call> | EXEC ( <string> )
    | EXEC ( @s ) | EXEC ( { <string> | @s } + { @s | <string> } ) }`,
  procedure_call: `<procedure> [ <argument> ,...n | { <parameter> = <argument> } ,...n | <literal> , <parameter> = <argument> ]`,
  argument: `{ <literal> | <variable> | NULL | <variable> OUTPUT | DEFAULT | - 1 }`,
  transaction: `{ COMMIT | BEGIN TRAN | BEGIN TRANSACTION <name> | COMMIT TRANSACTION | ROLLBACK | ROLLBACK TRAN <name>
    | SAVE TRAN <name> | SAVE TRANSACTION <name> | BEGIN DISTRIBUTED TRAN | COMMIT WORK | ROLLBACK WORK
    | ROLLBACK TRANSACTION @s }`,

  // Rows
  insert: `INSERT [ TOP ( <integer> ) ] [ INTO ] <table> [ ( <name> ,...n ) ] [ OUTPUT <output> ,...n [ INTO <table> ] ] { VALUES <row> ,...n | DEFAULT VALUES | <specification>
    | EXEC <procedure_call> }`,
  output: `{ inserted . <name> | inserted . * | deleted . <name> [ AS <name> ] }`,
  update: `UPDATE [ TOP ( <integer> ) ] <table> SET { <name> = <expression> | <name> += <expression>
    | @i = <expression> | @i = <name> = <expression> | <name> = DEFAULT } ,...n [ OUTPUT <output> ,...n ] [ FROM <source> ] [ WHERE <condition> ]`,
  delete: `{ DELETE <table> | DELETE [ TOP ( <integer> ) ] FROM <table> [ OUTPUT <output> ,...n ] [ FROM <source> ]
    [ WHERE <condition> ] }`,

  // Tables and other objects
  create_table: `CREATE TABLE <table> ( { <column_definition> | <table_constraint> | <name> AS <computed> } ,...n ) [ ON <filegroup> ]`,
  computed: `{ <expression> | ( <expression> ) PERSISTED }`,
  column_definition: `<name> <type> { [ <nullability> ] | IDENTITY [ ( 1 , 1 ) ] [ <nullability> ]
    | [ CONSTRAINT <name> ] DEFAULT <default> [ <nullability> ] } [ <column_constraint> ]`,
  nullability: `{ NULL | NOT NULL }`,
  column_constraint: `{ PRIMARY KEY | UNIQUE | CONSTRAINT <name> UNIQUE | CHECK ( <condition> ) | REFERENCES <table> ( <name> ) }`,
  default: `{ <literal> | ( <literal> ) | GETDATE ( ) | - 1 }`,
  table_constraint: `[ CONSTRAINT <name> ] { PRIMARY KEY [ CLUSTERED ] ( <key> ,...n ) | UNIQUE ( <key> ,...n )
    | CHECK ( <condition> ) | FOREIGN KEY ( <name> ) REFERENCES <table> ( <name> ) [ ON DELETE CASCADE ] }`,
  key: `<name> [ ASC | DESC ]`,
  alter_table: `ALTER TABLE <table> { ADD <column_definition> | ADD <table_constraint> | ALTER COLUMN <name> <type> [ NOT NULL ]
    | DROP COLUMN <name> | DROP CONSTRAINT <name> }`,
  create_index: `CREATE [ UNIQUE ] [ CLUSTERED | NONCLUSTERED ] INDEX <name> ON <table> ( <key> ,...n )
    [ INCLUDE ( <name> ,...n ) ] [ ON <filegroup> ]`,
  drop: `{ TRUNCATE TABLE <table> | DROP TABLE <table> | DROP TABLE IF EXISTS <table> | DROP VIEW <module_name> | DROP PROCEDURE <module_name> | DROP SCHEMA <name>
    | DROP PROCEDURE IF EXISTS <module_name> | DROP INDEX <name> ON <table> | DROP INDEX IF EXISTS <name> ON <table>
    | CREATE SCHEMA <name> | DROP DATABASE IF EXISTS <name> | DROP DATABASE <name> | DROP CERTIFICATE <name> | DROP ENDPOINT <name>
    | DROP AVAILABILITY GROUP <name> | DROP LOGIN <name> | DROP MASTER KEY }`,
  module: `{ { CREATE | CREATE OR ALTER } { PROCEDURE | PROC } <module_name> [ <new_parameter> ] [ WITH RECOMPILE ] AS <statements>
    | ALTER PROCEDURE <module_name> AS <statements> | CREATE VIEW <module_name> [ ( <name> ,...n ) ] AS <specification> | CREATE VIEW <module_name> [ WITH SCHEMABINDING ] AS <query> [ WITH CHECK OPTION ] }`,

  new_parameter: `{ @p1 <type> [ = <literal> ] [ OUTPUT ] | @p1 <type> , @p2 <type> = <literal> }`,

  // The server
  server: `{ <certificate> | <endpoint> | <group> | <database> | <backup> | <login> | <permission>
    | DBCC { TRACEON | TRACEOFF | TRACESTATUS } ( 1800 , -1 ) }`,
  certificate: `{ CREATE CERTIFICATE <name> WITH SUBJECT = <string> [ , START_DATE = <date> ] [ , EXPIRY_DATE = <date> ]
    | CREATE CERTIFICATE <name> [ AUTHORIZATION <name> ] FROM FILE = <string>
    | CREATE CERTIFICATE <name> ENCRYPTION BY PASSWORD = <string> WITH SUBJECT = <string>
    | CREATE MASTER KEY ENCRYPTION BY PASSWORD = <string> | BACKUP CERTIFICATE <name> TO FILE = <string> }`,
  endpoint: `ALTER ENDPOINT <name> [ STATE = { STARTED | STOPPED } ] AS TCP ( LISTENER_PORT = 5022
    [ , LISTENER_IP = ALL ] ) FOR DATABASE_MIRRORING ( AUTHENTICATION = { CERTIFICATE <name> | WINDOWS NEGOTIATE }
    , ENCRYPTION = REQUIRED ALGORITHM AES , ROLE = ALL )`,
  group: `ALTER AVAILABILITY GROUP <name> { ADD DATABASE <name> | REMOVE DATABASE <name> | FAILOVER
    | FORCE_FAILOVER_ALLOW_DATA_LOSS | GRANT CREATE ANY DATABASE | DENY CREATE ANY DATABASE
    | SET ( { AUTOMATED_BACKUP_PREFERENCE = PRIMARY | FAILURE_CONDITION_LEVEL = 3 | HEALTH_CHECK_TIMEOUT = 30000 } )
    | MODIFY REPLICA ON <string> WITH ( <replica_option> ) | ADD REPLICA ON <string> WITH ( ENDPOINT_URL = <string> , AVAILABILITY_MODE = SYNCHRONOUS_COMMIT , FAILOVER_MODE = MANUAL )
    | REMOVE REPLICA ON <string> }`,
  replica_option: `{ AVAILABILITY_MODE = SYNCHRONOUS_COMMIT | FAILOVER_MODE = MANUAL | SEEDING_MODE = AUTOMATIC
    | SESSION_TIMEOUT = 20 | SECONDARY_ROLE ( ALLOW_CONNECTIONS = ALL ) }`,
  database: `{ CREATE DATABASE <name> [ COLLATE <collation> ] | ALTER DATABASE <name> SET RECOVERY { FULL | SIMPLE | BULK_LOGGED }
    | ALTER DATABASE <name> SET { READ_ONLY | MULTI_USER | SINGLE_USER } [ WITH ROLLBACK IMMEDIATE ]
    | ALTER DATABASE <name> SET { AUTO_CLOSE | AUTO_SHRINK | READ_COMMITTED_SNAPSHOT | ALLOW_SNAPSHOT_ISOLATION } <on_off>
    | ALTER DATABASE <name> SET HADR { OFF | SUSPEND | RESUME | AVAILABILITY GROUP = <name> }
    | ALTER DATABASE <name> SET COMPATIBILITY_LEVEL = 150 | ALTER DATABASE CURRENT SET ONLINE }`,
  backup: `BACKUP { DATABASE | LOG } <name> TO DISK = <string> [ WITH { COPY_ONLY | INIT | FORMAT | CHECKSUM
    | COMPRESSION | STATS = 10 } ,...n ]`,
  login: `CREATE LOGIN <name> WITH PASSWORD = <string> [ , DEFAULT_DATABASE = <name> ] [ , CHECK_POLICY = <on_off> ]`,
  permission: `GRANT { VIEW DEFINITION | ALTER ANY LOGIN | CONTROL SERVER } TO <name>`,

  // Words
  name: oneOf("a", "b", "Name", "[x y]", "[a]]b]", '"q q"', "état", "#t", "_id", "[select]"),
  table: oneOf("t", "dbo . t", "[dbo] . [t]", "db1 . dbo . t", "sys . databases", "#t", "master . sys . certificates"),
  module_name: oneOf("m", "dbo . m", "[dbo] . [m n]"),
  filegroup: oneOf("[PRIMARY]", "fg"),
  alias: oneOf("x", "[y]", "z1"),
  column: oneOf("a", "x . a", "[x] . [b]", "dbo . t . a", "name"),
  procedure: oneOf("p", "dbo . p", "sp_executesql", "master . dbo . p", "[p q]"),
  parameter: oneOf("@a", "@stmt", "@certid"),
  variable: oneOf("@i", "@s", "@x"),
  new_variable: oneOf("@n1", "@n2", "@n3", "@n4", "@n5"),
  literal: oneOf("1", "0", "42", "1.5", ".5", "2e3", "'text'", "N'te''xt'", "0x3082", "''", "12345678901234567890"),
  integer: oneOf("1", "10", "100"),
  string: oneOf("'a'", "N'b c'", "'it''s'", "''"),
  date: oneOf("'20300101'", "'03/30/2030'"),
  time: oneOf("'00:00:01'"),
  type: oneOf(
    "int",
    "bigint",
    "bit",
    "varchar ( 10 )",
    "nvarchar ( max )",
    "sysname",
    "decimal ( 10 , 2 )",
    "datetime2 ( 3 )",
    "float",
    "uniqueidentifier",
    "varbinary ( max )",
  ),
  operator: oneOf("+", "-", "*", "/", "%", "&", "|", "^"),
  comparison: oneOf("=", "<>", "!=", "<", "<=", ">", ">="),
  assignment: oneOf("+=", "-=", "*=", "/="),
  function: oneOf("UPPER", "LEN", "SUM", "MAX", "MIN", "AVG", "DB_ID", "ABS"),
  datepart: oneOf("day", "hour", "minute", "second", "year"),
  bare: oneOf("CURRENT_TIMESTAMP", "@@SERVERNAME", "@@ROWCOUNT", "@@VERSION"),
  collation: oneOf("Latin1_General_CI_AS", "SQL_Latin1_General_CP1_CI_AS"),
  switch: oneOf("NOCOUNT", "XACT_ABORT", "ANSI_NULLS", "QUOTED_IDENTIFIER", "IMPLICIT_TRANSACTIONS"),
  isolation: oneOf("READ COMMITTED", "SNAPSHOT", "READ UNCOMMITTED"),
  on_off: oneOf("ON", "OFF"),
} as const;

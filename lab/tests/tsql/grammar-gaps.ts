/** Where the two sides differ and are known to. */
export interface Gap {
  readonly what: string;
  readonly refusedBy: "lab" | "grammar";
  /** Whom SQL Server agrees with. */
  readonly right: "lab" | "grammar" | "unsure";
  /** The tokens with one blank between them and ‸ before the one that is refused. */
  readonly near: RegExp;
  readonly example: string;
}

/** The grammar is older than the statement, or narrower than the documentation. */
const refusedByGrammar: readonly Omit<Gap, "refusedBy" | "right">[] = [
  {
    what: "CREATE CERTIFICATE ... FROM BINARY",
    near: /(‸CREATE CERTIFICATE \S+ FROM|CREATE CERTIFICATE \S+ (AUTHORIZATION \S+ )?FROM ‸)/i,
    example: "CREATE CERTIFICATE c FROM BINARY = 0x3082",
  },
  {
    what: "ACTIVE FOR BEGIN_DIALOG of a certificate",
    near: /ACTIVE FOR ‸BEGIN_DIALOG/i,
    example: "CREATE CERTIFICATE c FROM FILE = 'c.cer' ACTIVE FOR BEGIN_DIALOG = ON",
  },
  {
    what: "CREATE ENDPOINT, which came after this edition of the grammar",
    near: /(‸CREATE |CREATE ‸)ENDPOINT/i,
    example:
      "CREATE ENDPOINT e STATE = STARTED AS TCP ( LISTENER_PORT = 5022 ) FOR DATABASE_MIRRORING ( ROLE = ALL , AUTHENTICATION = CERTIFICATE c )",
  },
  {
    what: "options of an endpoint in another order than AUTHENTICATION, ENCRYPTION, ROLE",
    near: /(‸ALTER ENDPOINT .* \( |\( ‸)(ROLE|ENCRYPTION) =/i,
    example: "ALTER ENDPOINT e AS TCP ( LISTENER_PORT = 5022 ) FOR DATABASE_MIRRORING ( ROLE = ALL )",
  },
  {
    what: "CREATE AVAILABILITY GROUP",
    near: /(‸CREATE |CREATE ‸)AVAILABILITY GROUP/i,
    example: "CREATE AVAILABILITY GROUP g FOR DATABASE d REPLICA ON 'a' WITH ( ENDPOINT_URL = 'TCP://a:5022' )",
  },
  {
    what: "members and replicas of a group with other options, or in another order, than ALTER's first example has",
    near: /(GROUP|REPLICA) ON \S+ WITH \( (ENDPOINT_URL = \S+ , )?‸[A-Z_]+ =/i,
    example: "ALTER AVAILABILITY GROUP g MODIFY AVAILABILITY GROUP ON 'a' WITH ( SEEDING_MODE = AUTOMATIC )",
  },
  {
    what: "DENY and REVOKE",
    near: /^(.* )?‸(DENY|REVOKE) /i,
    example: "DENY VIEW DEFINITION TO a",
  },
  {
    what: "permissions that the grammar does not know",
    near: /GRANT (‸CONNECT|VIEW SERVER ‸STATE|ALTER ANY LINKED ‸SERVER)/i,
    example: "GRANT CONNECT ON ENDPOINT::e TO a",
  },
  {
    what: "options of a login in another order",
    near: /CHECK_POLICY = \S+ , ‸DEFAULT_DATABASE/i,
    example: "CREATE LOGIN a WITH PASSWORD = 'p' , CHECK_POLICY = OFF , DEFAULT_DATABASE = d",
  },
  {
    what: "ALTER VIEW and CREATE OR ALTER VIEW",
    near: /ALTER ‸VIEW/i,
    example: "CREATE OR ALTER VIEW v AS SELECT 1 AS a",
  },
  {
    what: "ALTER TABLE WITH CHECK or NOCHECK for every kind of constraint",
    near: /WITH (‸NOCHECK|CHECK ADD CONSTRAINT \S+ ‸(CHECK|UNIQUE|PRIMARY))/i,
    example: "ALTER TABLE t WITH NOCHECK ADD CONSTRAINT c CHECK ( a > 0 )",
  },
  {
    what: "ALTER TABLE DROP of a constraint without the word CONSTRAINT",
    near: /ALTER TABLE \S+( \. \S+)* DROP ‸|‸ALTER TABLE \S+( \. \S+)* DROP (?!COLUMN|CONSTRAINT)/i,
    example: "ALTER TABLE t DROP c",
  },
  {
    what: "IDENTITY behind other options of a column",
    near: /(PRIMARY KEY|UNIQUE|\)|DEFAULT \S+|IDENTITY) ‸IDENTITY/i,
    example: "CREATE TABLE t ( a int PRIMARY KEY IDENTITY )",
  },
  {
    what: "operators in a DEFAULT",
    near: /DEFAULT (\( )*\S+ ‸?[-+*/%]/i,
    example: "CREATE TABLE t ( a int DEFAULT ( 1 + 2 ) )",
  },
  {
    what: "a column's name as DEFAULT, which SQL Server's parser takes (128 follows)",
    near: /DEFAULT (\( )*(‸[\p{L}_#"[]|\S+ ‸(PRIMARY|UNIQUE|CHECK|REFERENCES|CONSTRAINT|NULL|NOT|\)|,))/iu,
    example: "CREATE TABLE t ( a int DEFAULT b PRIMARY KEY )",
  },
  {
    what: "options of an index",
    near: /\) WITH \( ‸(FILLFACTOR|PAD_INDEX|DROP_EXISTING|SORT_IN_TEMPDB)/i,
    example: "CREATE INDEX i ON t ( a ) WITH ( FILLFACTOR = 80 )",
  },
  {
    what: "a join of a join in parentheses",
    near: /\) ‸(CROSS|JOIN|INNER|LEFT|RIGHT|FULL)/i,
    example: "SELECT 1 FROM ( t JOIN u ON t . a = u . a ) CROSS JOIN v",
  },
  {
    what: "TOP with another number than an integer",
    near: /TOP (‸[\d.]+e?\d* |[\d.]*[.e]\d* ‸)/i,
    example: "SELECT TOP 2e3 a FROM t",
  },
  { what: "SET TEXTSIZE", near: /SET ‸TEXTSIZE/i, example: "SET TEXTSIZE 100" },
  { what: "EXEC ... WITH RECOMPILE", near: /EXEC(UTE)? .*(‸WITH |WITH ‸)RECOMPILE/i, example: "EXEC p WITH RECOMPILE" },
  {
    what: "a bare word as the default of a parameter",
    near: /PROC(EDURE)? .*@\w+ [^@]*= ‸[\p{L}_#["]/iu,
    example: "CREATE PROCEDURE p @a varchar ( 5 ) = word AS PRINT @a",
  },
  {
    what: "an empty statement before a procedure that is called without EXEC",
    near: /^(; )+‸/i,
    example: "; sp_who",
  },
];

/** The grammar takes more than is documented. */
const refusedByLab: readonly Omit<Gap, "refusedBy" | "right">[] = [
  {
    what: "WAITFOR without DELAY or TIME, and more or less than one time behind them",
    near: /WAITFOR( (DELAY|TIME))?( \S+)? ‸/i,
    example: "WAITFOR '00:00:01'",
  },
  {
    what: "commas that are left out between columns, options and objects",
    near: /(ALGORITHM \S+ ‸ROLE =|AUTHENTICATION = (CERTIFICATE \S+|WINDOWS NEGOTIATE) ‸ENCRYPTION|PASSWORD = \S+ ‸(DEFAULT_DATABASE|CHECK_POLICY)|COPY_ONLY ‸|DROP \S+ (IF EXISTS )?\S+( \. \S+)* ‸)/i,
    example: "CREATE LOGIN a WITH PASSWORD = 'p' DEFAULT_DATABASE = d",
  },
  {
    what: "a column's definition that no comma separates from the one before",
    near: /TABLE [^;]*[^(,;] ‸\S+ ([,)]|AS|\w+int|int|bit|n?varchar|varbinary|sysname|decimal|datetime2|float|uniqueidentifier)( |$)/i,
    example: "CREATE TABLE t ( a int b int )",
  },
  {
    what: "a common table expression behind a statement that no semicolon ends (319, 336)",
    near: /(‸WITH (\S+|\[.*?\]|".*?")|WITH ‸(\S+|\[.*?\]|".*?")) (\(|AS)/i,
    example: "PRINT 1 WITH c AS ( SELECT 1 AS a ) SELECT a FROM c",
  },
  { what: "a semicolon inside parentheses", near: /SELECT .*‸; \)/i, example: "PRINT ( SELECT 1 ; )" },
  { what: "DEFAULT as a value in an expression", near: /‸DEFAULT/i, example: "WHILE DEFAULT IN ( SELECT 1 ) BREAK" },
  {
    what: "anything between the parentheses of DBCC",
    near: /DBCC TRACE\w+ \( ([^)]+ )?‸/i,
    example: "DBCC TRACEON ( 1800 -1 )",
  },
  {
    what: "INTO in a query that is a part of something (156)",
    near: /SELECT .*‸INTO/i,
    example: "INSERT t SELECT 1 INTO u",
  },
  { what: "a file that is named without quotes", near: /DISK = ‸/i, example: "BACKUP DATABASE d TO DISK = a" },
  {
    what: "a query as an argument without parentheses of its own",
    near: /(?<!\b(IN|EXISTS|ALL|ANY|SOME|AS)) \( ‸SELECT/i,
    example: "PRINT f ( SELECT 1 )",
  },
  { what: "GRANT to nobody", near: /GRANT .* (TO ‸|‸TO$)/i, example: "GRANT CONTROL SERVER TO ;" },
  { what: "COMMIT and ROLLBACK with a name but without TRAN", near: /(COMMIT|ROLLBACK) ‸/i, example: "COMMIT a" },
  {
    what: "SET with any word for ON and OFF",
    near: /SET (NOCOUNT|XACT_ABORT|ANSI_\w+|QUOTED_IDENTIFIER|IMPLICIT_TRANSACTIONS) ‸/i,
    example: "SET XACT_ABORT x",
  },
  { what: "EXEC of a text without parentheses", near: /EXEC(UTE)? (@\w+ = )?‸N?'/i, example: "EXEC 'sp_who'" },
  {
    what: "THROW where it can only be a name, as no semicolon is before it",
    near: /THROW (\S+ )?‸/i,
    example: "BEGIN TRAN THROW 50001 , 'a' , 1",
  },
];

export const gaps: readonly Gap[] = [
  ...refusedByGrammar.map((gap): Gap => ({ ...gap, refusedBy: "grammar", right: "lab" })),
  ...refusedByLab.map((gap): Gap => ({ ...gap, refusedBy: "lab", right: "lab" })),
  {
    what: "names that begin with a period",
    refusedBy: "lab",
    right: "unsure",
    near: /(^|[-+*/%,;(=<>.~] |(EXEC|EXECUTE|PRINT|OUTPUT|SELECT|FROM|SET|BY|AND|OR|NOT|WHEN|THEN|ELSE|ON) )‸\. /i,
    example: "PRINT . a",
  },
  {
    what: "words of a permission behind its first: the lab takes any",
    refusedBy: "grammar",
    right: "grammar",
    near: /(GRANT( \w+){0,4} ‸\w+( \w+){0,4} TO|GRANT \w+ ‸TO|‸GRANT( \w+){1,6} TO)/i,
    example: "GRANT VIEW PROCEDURE TO a",
  },
];

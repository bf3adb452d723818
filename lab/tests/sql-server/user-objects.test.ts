import assert from "node:assert/strict";
import { openDatabase, type TestDatabase } from "./database";

describe("the catalog of a user's database", function () {
  this.timeout(30_000);
  let database: TestDatabase;
  const rows = (text: string) => database.rows(text);

  before(async () => {
    database = await openDatabase([
      "CREATE SCHEMA sales",
      `CREATE TABLE sales.Orders (Id int IDENTITY(5, 2) CONSTRAINT PK_Orders PRIMARY KEY, Note nvarchar(50) NULL,
        Price decimal(9, 2) NOT NULL CONSTRAINT DF_Price DEFAULT 0, At datetime2(3), Big varchar(max),
        CONSTRAINT UQ_Note UNIQUE (Note), CONSTRAINT CK_Price CHECK (Price >= 0))`,
      "INSERT sales.Orders (Note) VALUES ('a'), ('b'), ('c')",
      "CREATE VIEW sales.Cheap AS SELECT Id, Price FROM sales.Orders WHERE Price < 10",
      "CREATE PROCEDURE dbo.nothing AS RETURN 0",
    ]);
  });
  after(() => database?.close());

  it("lists tables, views, procedures and constraints with their schemas", async () => {
    const found =
      await rows(`SELECT SCHEMA_NAME(o.schema_id) AS s, o.name, RTRIM(o.type) AS type, OBJECT_NAME(o.parent_object_id) AS parent
      FROM sys.objects o WHERE o.is_ms_shipped = 0 ORDER BY o.name`);
    assert.deepEqual(found, [
      { s: "sales", name: "Cheap", type: "V", parent: null },
      { s: "sales", name: "CK_Price", type: "C", parent: "Orders" },
      { s: "sales", name: "DF_Price", type: "D", parent: "Orders" },
      { s: "dbo", name: "nothing", type: "P", parent: null },
      { s: "sales", name: "Orders", type: "U", parent: null },
      { s: "sales", name: "PK_Orders", type: "PK", parent: "Orders" },
      { s: "sales", name: "UQ_Note", type: "UQ", parent: "Orders" },
    ]);
    assert.deepEqual(
      await rows("SELECT t.name, s.name AS s FROM sys.tables t JOIN sys.schemas s ON s.schema_id = t.schema_id"),
      [{ name: "Orders", s: "sales" }],
    );
  });

  it("describes columns as scripts ask for them", async () => {
    const found =
      await rows(`SELECT c.name, t.name AS type, c.max_length AS length, c.precision AS p, c.scale AS s, c.is_nullable AS n, c.is_identity AS i
      FROM sys.columns c JOIN sys.types t ON t.user_type_id = c.user_type_id WHERE c.object_id = OBJECT_ID('sales.Orders') ORDER BY c.column_id`);
    assert.deepEqual(
      found.map((row) => Object.values(row).join(" ")),
      [
        "Id int 4 10 0 false true",
        "Note nvarchar 100 0 0 true false",
        "Price decimal 5 9 2 false false",
        "At datetime2 7 23 3 true false",
        "Big varchar -1 0 0 true false",
      ],
    );
    assert.deepEqual(
      await rows(`SELECT COLUMN_NAME AS c, DATA_TYPE AS t, CHARACTER_MAXIMUM_LENGTH AS l, IS_NULLABLE AS n, COLUMN_DEFAULT AS d
        FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = 'Orders' AND ORDINAL_POSITION IN (2, 3)`),
      [
        { c: "Note", t: "nvarchar", l: 50, n: "YES", d: null },
        { c: "Price", t: "decimal", l: null, n: "NO", d: "((0))" },
      ],
    );
    assert.deepEqual(
      await rows(
        "SELECT TABLE_SCHEMA AS s, TABLE_NAME AS n, TABLE_TYPE AS t FROM INFORMATION_SCHEMA.TABLES ORDER BY n",
      ),
      [
        { s: "sales", n: "Cheap", t: "VIEW" },
        { s: "sales", n: "Orders", t: "BASE TABLE" },
      ],
    );
  });

  it("agrees with the functions that tell of it", async () => {
    assert.deepEqual(
      await rows(`SELECT OBJECT_ID('sys.sp_nothing') AS nothing
        FROM sys.all_objects WHERE object_id = OBJECT_ID('sys.sp_certificate_add_issuer')`),
      [{ nothing: null }],
    );
  });

  it("gives no two schemas one number", async () => {
    for (const text of ["CREATE SCHEMA one", "CREATE SCHEMA two", "DROP SCHEMA one", "CREATE SCHEMA three"])
      await database.run(text);
    assert.deepEqual(await rows("SELECT COUNT(*) - COUNT(DISTINCT schema_id) AS n FROM sys.schemas"), [{ n: 0 }]);
    assert.equal(await database.refusal("CREATE SCHEMA Guest"), 2714);
    await database.run("DROP SCHEMA two DROP SCHEMA three");
  });

  it("counts rows and shows keys", async () => {
    assert.deepEqual(
      await rows(`SELECT i.name, i.type_desc AS type, i.is_primary_key AS pk, CONVERT(int, p.rows) AS n FROM sys.indexes i
        JOIN sys.partitions p ON p.object_id = i.object_id AND p.index_id = i.index_id ORDER BY i.index_id`),
      [
        { name: "PK_Orders", type: "CLUSTERED", pk: true, n: 3 },
        { name: "UQ_Note", type: "NONCLUSTERED", pk: false, n: 3 },
      ],
    );
    assert.deepEqual(await rows("SELECT CONVERT(int, last_value) AS last FROM sys.identity_columns"), [{ last: 9 }]);
    const [used] = await rows("EXEC sp_spaceused 'sales.Orders'");
    assert.deepEqual([used?.name, String(used?.rows).trim()], ["Orders", "3"]);
    assert.match(String((await rows("EXEC sp_spaceused"))[0]?.database_size), /^\d+\.\d\d MB$/);
  });

  it("hides other databases' objects, and tells of those of another one where it is asked to", async () => {
    assert.deepEqual(await rows("SELECT name FROM master.sys.tables"), []);
    assert.deepEqual(await rows("USE master SELECT name FROM db1.sys.tables USE db1"), [{ name: "Orders" }]);
  });

  it("say in a result which columns are a table's own, as bulk loads ask before they send any", async () => {
    assert.deepEqual(await database.origins("SELECT TOP 0 Id, Note, Price + 1 AS p, -Price AS m FROM sales.Orders"), [
      "identity",
      "stored",
      "",
      "",
    ]);
    assert.deepEqual(await database.origins("SELECT x.Price, ABS(x.Price) AS m FROM sales.Cheap AS x"), ["stored", ""]);
    await database.run("CREATE TABLE dbo.twice (n int, m AS (n * 2))");
    assert.deepEqual(await database.origins("SELECT * FROM dbo.twice"), ["stored", ""]);
  });

  it("describes procedures, functions and sequences as the standard and as sys.parameters do", async () => {
    await database.run("CREATE PROCEDURE told @n int, @s nvarchar(20) OUTPUT AS SET @s = 'x'");
    await database.run("CREATE FUNCTION half (@d decimal(9, 2)) RETURNS varchar(9) AS BEGIN RETURN @d / 2 END");
    await database.run("CREATE SEQUENCE numbers AS bigint START WITH 5 MAXVALUE 99 CYCLE");
    const list = async (text: string) => (await rows(text)).map((row) => Object.values(row).join(" "));
    assert.deepEqual(
      await list(
        "SELECT OBJECT_NAME(object_id) AS o, parameter_id, name, TYPE_NAME(user_type_id) AS t, max_length, is_output FROM sys.parameters WHERE OBJECT_NAME(object_id) IN ('told', 'half')",
      ),
      ["told 1 @n int 4 false", "told 2 @s nvarchar 40 true", "half 0  varchar 9 true", "half 1 @d decimal 5 false"],
    );
    assert.deepEqual(
      await list(
        "SELECT SPECIFIC_NAME, ORDINAL_POSITION, PARAMETER_MODE, IS_RESULT, PARAMETER_NAME, DATA_TYPE, NUMERIC_SCALE FROM INFORMATION_SCHEMA.PARAMETERS WHERE SPECIFIC_NAME = 'half'",
      ),
      ["half 0 OUT YES  varchar ", "half 1 IN NO @d decimal 2"],
    );
    assert.deepEqual(
      await list(
        "SELECT ROUTINE_NAME, ROUTINE_TYPE, DATA_TYPE, CHARACTER_MAXIMUM_LENGTH FROM INFORMATION_SCHEMA.ROUTINES WHERE ROUTINE_NAME IN ('told', 'half')",
      ),
      ["told PROCEDURE  ", "half FUNCTION varchar 9"],
    );
    assert.deepEqual(
      await list(
        "SELECT SEQUENCE_NAME, DATA_TYPE, START_VALUE, MAXIMUM_VALUE, CYCLE_OPTION FROM INFORMATION_SCHEMA.SEQUENCES",
      ),
      ["numbers bigint 5 99 1"],
    );
  });

  it("counts the rows and pages of each index, and shows a bulk load what it may fill", async () => {
    await database.run("CREATE TABLE counted (id int IDENTITY PRIMARY KEY, n int) INSERT counted (n) VALUES (1), (2)");
    const [stats] = await rows(
      "SELECT row_count AS n, used_page_count AS p FROM sys.dm_db_partition_stats WHERE object_id = OBJECT_ID('counted')",
    );
    assert.deepEqual(stats, { n: "2", p: "2" });
    await database.run("CREATE INDEX few ON counted (n) WHERE n > 5");
    assert.deepEqual(
      await rows(
        "SELECT stats_id AS id, has_filter AS f, filter_definition AS d FROM sys.stats WHERE object_id = OBJECT_ID('counted')",
      ),
      [
        { id: 1, f: false, d: null },
        { id: 2, f: true, d: "([n]>(5))" },
      ],
    );
    assert.deepEqual(await database.origins("sp_executesql N'SET FMTONLY ON SELECT * FROM counted'"), [
      "identity",
      "stored",
    ]);
  });
});

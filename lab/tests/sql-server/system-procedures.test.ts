import assert from "node:assert/strict";
import type mssql from "mssql";
import { serve } from "./served";

describe("the procedures that drivers and administrators call", () => {
  let served: Awaited<ReturnType<typeof serve>>;
  let pool: mssql.ConnectionPool;
  const rows = async (text: string) => [...(await pool.query(text)).recordset].map((row) => ({ ...row }));

  before(async () => {
    served = await serve();
    pool = await served.connect({ database: "db01" });
    await pool.batch(
      `CREATE TABLE parent (id int IDENTITY PRIMARY KEY, name nvarchar(20) NOT NULL DEFAULT 'x', at datetime2 NULL)`,
    );
    await pool.batch("CREATE TABLE child (id int PRIMARY KEY, parent int REFERENCES parent (id) ON DELETE CASCADE)");
  });
  after(async () => {
    await pool.close();
    await served.close();
  });

  it("describe the first result set of a batch without running it", async () => {
    const described = await rows(
      "EXEC sp_describe_first_result_set N'INSERT parent (name) VALUES (''no''); SELECT id, name AS n, @p AS p FROM parent', N'@p decimal(9,2)'",
    );
    assert.deepEqual(
      described.map((column) => [column.name, column.system_type_name, column.is_nullable, column.max_length]),
      [
        ["id", "int", false, 4],
        ["n", "nvarchar(20)", false, 40],
        ["p", "decimal(9,2)", true, 5],
      ],
    );
    const unsized = await rows(
      "EXEC sp_describe_first_result_set N'SELECT CONVERT(money, 1) AS m, CONVERT(ntext, N''a'') AS t, CONVERT(datetime2(3), NULL) AS d'",
    );
    assert.deepEqual(
      unsized.map((column) => [column.system_type_name, column.collation_name !== null]),
      [
        ["money", false],
        ["ntext", true],
        ["datetime2(3)", false],
      ],
    );
    assert.deepEqual(await rows("SELECT COUNT(*) AS n FROM parent"), [{ n: 0 }]);
    await assert.rejects(
      pool.query("EXEC sp_describe_first_result_set N'SELECT nothing FROM parent'"),
      /Invalid column name/,
    );
  });

  it("are seen under the names of SQL Server 2000, and as the standard has them", async () => {
    assert.deepEqual(await rows("SELECT COUNT(*) AS n FROM master..sysdatabases WHERE name = 'db01'"), [{ n: 1 }]);
    assert.deepEqual(await rows("SELECT xtype FROM sysobjects WHERE name = 'parent'"), [{ xtype: "U " }]);
    assert.deepEqual(
      await rows("SELECT TABLE_NAME, CONSTRAINT_TYPE FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS ORDER BY 1, 2"),
      [
        { TABLE_NAME: "child", CONSTRAINT_TYPE: "FOREIGN KEY" },
        { TABLE_NAME: "child", CONSTRAINT_TYPE: "PRIMARY KEY" },
        { TABLE_NAME: "parent", CONSTRAINT_TYPE: "PRIMARY KEY" },
      ],
    );
  });

  it("tell what type a parameter has to have that nobody declares", async () => {
    const types = async (text: string, declared = "") =>
      (await rows(`EXEC sp_describe_undeclared_parameters N'${text}', N'${declared}'`)).map(
        (row) => `${row.parameter_ordinal} ${row.name} ${row.suggested_system_type_name}`,
      );
    await pool.batch("CREATE TABLE typed (c char(30), n int, d decimal(9, 2), b varbinary(10))");
    assert.deepEqual(await types("INSERT typed (b, c) VALUES (@B, @c)"), ["1 @B varbinary(10)", "2 @c char(30)"]);
    assert.deepEqual(await types("SELECT * FROM typed WHERE c = @p1 AND c > @p2 AND d < @p3 AND c LIKE @p4"), [
      "1 @p1 char(30)",
      "2 @p2 varchar(8000)",
      "3 @p3 numeric(38,19)",
      "4 @p4 varchar(8000)",
    ]);
    assert.deepEqual(await types("UPDATE typed SET n = @v WHERE b IN (@a, @b) AND d = @known", "@known int"), [
      "1 @v int",
      "2 @a varbinary(10)",
      "3 @b varbinary(10)",
    ]);
    assert.deepEqual(await types("SELECT CAST(@x AS date)"), ["1 @x date"]);
    await assert.rejects(types("SELECT @y FROM typed"), { number: 11502 });
    await assert.rejects(types("DELETE typed WHERE n = @n OR n = @n"), { number: 11508 });
    assert.deepEqual(await types("DECLARE @own int = 1, @other int SELECT @own"), []);
    assert.deepEqual(await rows("SELECT COUNT(*) AS n FROM typed"), [{ n: 0 }]);
    await assert.rejects(types("SELECT * FROM nothing WHERE a = @p"), { number: 208 });
  });
});

describe("the metadata of constraints", () => {
  it("is in the catalog, with names, columns and actions", async () => {
    const served = await serve();
    const pool = await served.connect({ database: "db01" });
    try {
      await pool.batch(
        "CREATE TABLE a (id int CONSTRAINT pk PRIMARY KEY, n int CONSTRAINT df DEFAULT 7, CONSTRAINT ck CHECK (n > 0))",
      );
      await pool.batch("CREATE TABLE b (x int CONSTRAINT fk REFERENCES a (id) ON UPDATE CASCADE)");
      const { recordset } = await pool.query(`
        SELECT k.name, i.name AS detail FROM sys.key_constraints k
          JOIN sys.indexes i ON i.object_id = k.parent_object_id AND i.index_id = k.unique_index_id
        UNION ALL SELECT name, definition FROM sys.check_constraints
        UNION ALL SELECT name, definition FROM sys.default_constraints
        UNION ALL SELECT f.name, f.update_referential_action_desc + ' ' + c.name FROM sys.foreign_keys f
          JOIN sys.foreign_key_columns fc ON fc.constraint_object_id = f.object_id
          JOIN sys.columns c ON c.object_id = fc.referenced_object_id AND c.column_id = fc.referenced_column_id
        ORDER BY 1`);
      assert.deepEqual(
        [...recordset].map(({ name, detail }) => [name, detail]),
        [
          ["ck", "([n]>(0))"],
          ["df", "((7))"],
          ["fk", "CASCADE id"],
          ["pk", "pk"],
        ],
      );
    } finally {
      await pool.close();
      await served.close();
    }
  });
});

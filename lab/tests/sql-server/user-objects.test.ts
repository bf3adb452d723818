import assert from "node:assert/strict";
import { served } from "./served";

describe("the catalog of a user's database", () => {
  const database = served({ databases: [{ name: "db1" }] }, { database: "db1" });
  const { run, rows } = database;

  before(async () => {
    for (const text of [
      "CREATE SCHEMA sales",
      `CREATE TABLE sales.Orders (Id int IDENTITY(5, 2) CONSTRAINT PK_Orders PRIMARY KEY, Note nvarchar(50) NULL,
        Price decimal(9, 2) NOT NULL CONSTRAINT DF_Price DEFAULT 0, At datetime2(3), Big varchar(max),
        CONSTRAINT UQ_Note UNIQUE (Note), CONSTRAINT CK_Price CHECK (Price >= 0))`,
      "INSERT sales.Orders (Note) VALUES ('a'), ('b'), ('c')",
    ])
      await run(text);
  });

  it("lists tables and constraints with their schemas", async () => {
    const found =
      await rows(`SELECT SCHEMA_NAME(o.schema_id) AS s, o.name, RTRIM(o.type) AS type, OBJECT_NAME(o.parent_object_id) AS parent
      FROM sys.objects o WHERE o.is_ms_shipped = 0 ORDER BY o.name`);
    assert.deepEqual(found, [
      { s: "sales", name: "CK_Price", type: "C", parent: "Orders" },
      { s: "sales", name: "DF_Price", type: "D", parent: "Orders" },
      { s: "sales", name: "Orders", type: "U", parent: null },
      { s: "sales", name: "PK_Orders", type: "PK", parent: "Orders" },
      { s: "sales", name: "UQ_Note", type: "UQ", parent: "Orders" },
    ]);
    assert.deepEqual(
      await rows("SELECT t.name, s.name AS s FROM sys.tables t JOIN sys.schemas s ON s.schema_id = t.schema_id"),
      [{ name: "Orders", s: "sales" }],
    );
  });

  it("gives no two schemas one number", async () => {
    for (const text of ["CREATE SCHEMA one", "CREATE SCHEMA two", "DROP SCHEMA one", "CREATE SCHEMA three"])
      await run(text);
    assert.deepEqual(await rows("SELECT COUNT(*) - COUNT(DISTINCT schema_id) AS n FROM sys.schemas"), [{ n: 0 }]);
    assert.deepEqual(await database.refusal("CREATE SCHEMA Guest"), [2714]);
    await run("DROP SCHEMA two DROP SCHEMA three");
  });

  it("hides other databases' objects, and tells of those of another one where it is asked to", async () => {
    assert.deepEqual(await rows("SELECT name FROM master.sys.tables"), []);
    assert.deepEqual(await rows("USE master SELECT name FROM db1.sys.tables USE db1"), [{ name: "Orders" }]);
  });

  it("shows which columns an index has", async () => {
    await run("CREATE TABLE kept (a int, b int, c int, CONSTRAINT uq UNIQUE CLUSTERED (a DESC, b))");
    await run("CREATE INDEX ix ON kept (c)");
    assert.deepEqual(
      (
        await rows(`SELECT i.name, COL_NAME(c.object_id, c.column_id) AS col, c.key_ordinal, c.is_descending_key
        FROM sys.index_columns c JOIN sys.indexes i ON i.object_id = c.object_id AND i.index_id = c.index_id
        WHERE c.object_id = OBJECT_ID('kept') ORDER BY i.index_id, c.index_column_id`)
      ).map((row) => Object.values(row).join(" ")),
      ["uq a 1 true", "uq b 2 false", "ix c 1 false"],
    );
  });
});

import assert from "node:assert/strict";
import { openDatabase, type TestDatabase } from "./database";

describe("the catalog of constraints and indexes", function () {
  this.timeout(30_000);
  let database: TestDatabase;
  const rows = (text: string) => database.rows(text);

  before(async () => {
    database = await openDatabase([
      "CREATE SCHEMA sales",
      `CREATE TABLE sales.Customers (Region int, Id int, Name nvarchar(50) NOT NULL DEFAULT 'nobody',
        CONSTRAINT PK_Customers PRIMARY KEY (Region, Id DESC), CONSTRAINT UQ_Name UNIQUE (Name))`,
      `CREATE TABLE sales.Orders (Id int PRIMARY KEY, CustomerId int, Region int, Price int CONSTRAINT CK_Price CHECK (Price > 0),
        CONSTRAINT FK_Customer FOREIGN KEY (Region, CustomerId) REFERENCES sales.Customers (Region, Id))`,
      "CREATE INDEX IX_Price ON sales.Orders (Price DESC, Id)",
    ]);
  });
  after(() => database?.close());

  it("shows keys with their columns in order, and whether somebody named them", async () => {
    const keys =
      await rows(`SELECT k.name, k.type, k.is_system_named AS own, c.name AS c, i.key_ordinal AS n, i.is_descending_key AS d
      FROM sys.key_constraints k JOIN sys.index_columns i ON i.object_id = k.parent_object_id AND i.index_id = k.unique_index_id
      JOIN sys.columns c ON c.object_id = i.object_id AND c.column_id = i.column_id
      WHERE k.parent_object_id = OBJECT_ID('sales.Customers') ORDER BY k.name, i.key_ordinal`);
    assert.deepEqual(
      keys.map((row) => Object.values(row).join(" ")),
      ["PK_Customers PK false Region 1 false", "PK_Customers PK false Id 2 true", "UQ_Name UQ false Name 1 false"],
    );
    assert.deepEqual(
      await rows(
        "SELECT is_system_named AS own FROM sys.key_constraints WHERE parent_object_id = OBJECT_ID('sales.Orders')",
      ),
      [{ own: true }],
    );
  });

  it("pairs the columns of foreign keys with those that they refer to", async () => {
    const pairs =
      await rows(`SELECT f.name, f.delete_referential_action_desc AS d, OBJECT_NAME(f.referenced_object_id) AS t,
      COL_NAME(c.parent_object_id, c.parent_column_id) AS c, COL_NAME(c.referenced_object_id, c.referenced_column_id) AS r
      FROM sys.foreign_keys f JOIN sys.foreign_key_columns c ON c.constraint_object_id = f.object_id ORDER BY c.constraint_column_id`);
    assert.deepEqual(pairs, [
      { name: "FK_Customer", d: "NO_ACTION", t: "Customers", c: "Region", r: "Region" },
      { name: "FK_Customer", d: "NO_ACTION", t: "Customers", c: "CustomerId", r: "Id" },
    ]);
    assert.deepEqual(
      await rows(`SELECT CONSTRAINT_NAME AS c, UNIQUE_CONSTRAINT_NAME AS u, UPDATE_RULE AS p, DELETE_RULE AS d
        FROM INFORMATION_SCHEMA.REFERENTIAL_CONSTRAINTS`),
      [{ c: "FK_Customer", u: "PK_Customers", p: "NO ACTION", d: "NO ACTION" }],
    );
  });

  it("shows what checks and defaults say, and of which column", async () => {
    assert.deepEqual(
      await rows("SELECT name, COL_NAME(parent_object_id, parent_column_id) AS c FROM sys.check_constraints"),
      [{ name: "CK_Price", c: "Price" }],
    );
    assert.deepEqual(
      await rows(
        "SELECT COL_NAME(parent_object_id, parent_column_id) AS c, definition AS d FROM sys.default_constraints",
      ),
      [{ c: "Name", d: "('nobody')" }],
    );
  });

  it("lists them as the standard's views do", async () => {
    const found =
      await rows(`SELECT t.TABLE_NAME AS t, t.CONSTRAINT_TYPE AS k, c.COLUMN_NAME AS c, c.ORDINAL_POSITION AS n
      FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS t JOIN INFORMATION_SCHEMA.KEY_COLUMN_USAGE c
      ON c.CONSTRAINT_SCHEMA = t.CONSTRAINT_SCHEMA AND c.CONSTRAINT_NAME = t.CONSTRAINT_NAME
      ORDER BY t.TABLE_NAME, t.CONSTRAINT_TYPE, c.ORDINAL_POSITION`);
    assert.deepEqual(
      found.map((row) => Object.values(row).join(" ")),
      [
        "Customers PRIMARY KEY Region 1",
        "Customers PRIMARY KEY Id 2",
        "Customers UNIQUE Name 1",
        "Orders FOREIGN KEY Region 1",
        "Orders FOREIGN KEY CustomerId 2",
        "Orders PRIMARY KEY Id 1",
      ],
    );
    assert.deepEqual(
      await rows(
        "SELECT TABLE_NAME AS t, COLUMN_NAME AS c FROM INFORMATION_SCHEMA.CONSTRAINT_COLUMN_USAGE WHERE CONSTRAINT_NAME = 'CK_Price'",
      ),
      [{ t: "Orders", c: "Price" }],
    );
  });

  it("finds constraints by name and by id, as it finds tables", async () => {
    const [found] =
      await rows(`SELECT OBJECT_NAME(OBJECT_ID('db1.sales.CK_Price')) AS name, OBJECT_ID('sales.CK_Price', 'C') - OBJECT_ID('sales.CK_Price') AS same,
      OBJECT_ID('sales.CK_Price', 'U') AS u, OBJECT_ID('CK_Price') AS elsewhere, OBJECT_SCHEMA_NAME(OBJECT_ID('sales.FK_Customer')) AS s`);
    assert.deepEqual(found, { name: "CK_Price", same: 0, u: null, elsewhere: null, s: "sales" });
  });
});

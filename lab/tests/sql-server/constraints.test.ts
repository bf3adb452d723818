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
        Twice AS (Id * 2), CONSTRAINT PK_Customers PRIMARY KEY (Region, Id DESC), CONSTRAINT UQ_Name UNIQUE (Name))`,
      `CREATE TABLE sales.Orders (Id int PRIMARY KEY, CustomerId int, Region int, Price int CONSTRAINT CK_Price CHECK (Price > 0),
        CONSTRAINT FK_Customer FOREIGN KEY (Region, CustomerId) REFERENCES sales.Customers (Region, Id) ON DELETE CASCADE)`,
      "CREATE INDEX IX_Price ON sales.Orders (Price DESC, Id) INCLUDE (Region)",
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

  it("tells included columns of an index from those of its key", async () => {
    const found =
      await rows(`SELECT COL_NAME(c.object_id, c.column_id) AS name, c.key_ordinal AS n, c.is_descending_key AS d,
      c.is_included_column AS i FROM sys.index_columns c JOIN sys.indexes i ON i.object_id = c.object_id AND i.index_id = c.index_id
      WHERE i.name = 'IX_Price' ORDER BY c.index_column_id`);
    assert.deepEqual(found, [
      { name: "Price", n: 1, d: true, i: false },
      { name: "Id", n: 2, d: false, i: false },
      { name: "Region", n: 0, d: false, i: true },
    ]);
  });

  it("pairs the columns of foreign keys with those that they refer to", async () => {
    const pairs =
      await rows(`SELECT f.name, f.delete_referential_action_desc AS d, OBJECT_NAME(f.referenced_object_id) AS t,
      COL_NAME(c.parent_object_id, c.parent_column_id) AS c, COL_NAME(c.referenced_object_id, c.referenced_column_id) AS r
      FROM sys.foreign_keys f JOIN sys.foreign_key_columns c ON c.constraint_object_id = f.object_id ORDER BY c.constraint_column_id`);
    assert.deepEqual(pairs, [
      { name: "FK_Customer", d: "CASCADE", t: "Customers", c: "Region", r: "Region" },
      { name: "FK_Customer", d: "CASCADE", t: "Customers", c: "CustomerId", r: "Id" },
    ]);
    assert.deepEqual(
      await rows(`SELECT CONSTRAINT_NAME AS c, UNIQUE_CONSTRAINT_NAME AS u, UPDATE_RULE AS p, DELETE_RULE AS d
        FROM INFORMATION_SCHEMA.REFERENTIAL_CONSTRAINTS`),
      [{ c: "FK_Customer", u: "PK_Customers", p: "NO ACTION", d: "CASCADE" }],
    );
  });

  it("shows what checks, defaults and computed columns say, and of which column", async () => {
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
    assert.deepEqual(await rows("SELECT name, is_persisted AS p, is_nullable AS n FROM sys.computed_columns"), [
      { name: "Twice", p: false, n: true },
    ]);
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

  it("keeps filtered indexes unique among the rows that are in them", async () => {
    await database.run("CREATE TABLE filtered (id int, a int, b int)");
    await database.run("CREATE UNIQUE INDEX ux ON filtered (a) WHERE a IS NOT NULL AND b > 0");
    await database.run("INSERT filtered VALUES (1, NULL, 1), (2, NULL, 1), (3, 7, 1), (4, 7, 0)");
    assert.equal(await database.refusal("INSERT filtered VALUES (5, 7, 2)"), 2601);
    assert.equal(await database.refusal("UPDATE filtered SET b = 1 WHERE id = 4"), 2601);
    await database.run("UPDATE filtered SET b = 0 WHERE id = 3 UPDATE filtered SET b = 1 WHERE id = 4");
    assert.deepEqual(await rows("SELECT id FROM filtered WHERE a = 7 ORDER BY id"), [{ id: 3 }, { id: 4 }]);
    assert.equal(await database.refusal("ALTER TABLE filtered DROP COLUMN b"), 4922);
    await database.run("ALTER TABLE filtered DROP COLUMN id");
    assert.equal(await database.refusal("UPDATE filtered SET b = 1 WHERE a = 7"), 2601);
    assert.deepEqual(await rows("SELECT has_filter AS f FROM sys.indexes WHERE name = 'ux'"), [{ f: true }]);
    assert.equal(await database.refusal("CREATE UNIQUE INDEX u2 ON filtered (b) WHERE a IS NULL"), 1505);
  });

  it("lets rows pass while a constraint is off, and looks at them when it is told to", async () => {
    await database.run("CREATE TABLE p (id int PRIMARY KEY)");
    await database.run(`CREATE TABLE c (p int CONSTRAINT fkp REFERENCES p (id) CONSTRAINT ckp CHECK (p < 10),
      CONSTRAINT uqc UNIQUE (p))`);
    await database.run("ALTER TABLE c NOCHECK CONSTRAINT ALL INSERT c VALUES (77)");
    const state = () =>
      rows(`SELECT name, is_disabled AS d, is_not_trusted AS t FROM sys.foreign_keys WHERE name = 'fkp'
        UNION ALL SELECT name, is_disabled, is_not_trusted FROM sys.check_constraints WHERE name = 'ckp'`);
    assert.deepEqual(await state(), [
      { name: "fkp", d: true, t: true },
      { name: "ckp", d: true, t: true },
    ]);
    assert.equal(await database.refusal("ALTER TABLE c WITH CHECK CHECK CONSTRAINT fkp"), 547);
    await database.run("ALTER TABLE c CHECK CONSTRAINT fkp, ckp");
    assert.equal(await database.refusal("INSERT c VALUES (7)"), 547);
    await database.run("ALTER TABLE c ADD note int");
    await database.run("DELETE c ALTER TABLE c WITH CHECK CHECK CONSTRAINT ALL");
    assert.deepEqual(
      (await state()).map(({ d, t }) => [d, t]),
      [
        [false, false],
        [false, false],
      ],
    );
    assert.equal(await database.refusal("ALTER TABLE c NOCHECK CONSTRAINT nothing"), 4916);
    assert.equal(await database.refusal("ALTER TABLE c NOCHECK CONSTRAINT uqc"), 4916);
  });

  it("shows definitions as the server writes them, whatever they were written like", async () => {
    await database.run(`CREATE TABLE texts (a int DEFAULT -1, b nvarchar(20) default (N'it''s'), c datetime DEFAULT CURRENT_TIMESTAMP,
      d int DEFAULT ((0)), e AS (a+d) * 2 - 1, f AS CAST(b AS varchar(5)) + 'x', g uniqueidentifier DEFAULT NewID(), h decimal(5, 2) default 1.50,
      CONSTRAINT ck1 CHECK (a > 0 AND (d<5 or d is not null)), CONSTRAINT ck2 CHECK (b IN ('x', 'y')),
      CONSTRAINT ck3 CHECK (a BETWEEN 1 AND 9), CONSTRAINT ck4 CHECK (NOT (b LIKE 'q%') AND isnull(a,0) != 3))`);
    const shown =
      await rows(`SELECT definition AS d FROM sys.default_constraints WHERE parent_object_id = OBJECT_ID('texts')
      UNION ALL SELECT definition FROM sys.check_constraints WHERE parent_object_id = OBJECT_ID('texts')
      UNION ALL SELECT definition FROM sys.computed_columns WHERE object_id = OBJECT_ID('texts')`);
    assert.deepEqual(
      shown.map(({ d }) => d),
      [
        "((-1))",
        "(N'it''s')",
        "(getdate())",
        "((0))",
        "(newid())",
        "((1.50))",
        "([a]>(0) AND ([d]<(5) OR [d] IS NOT NULL))",
        "([b]='y' OR [b]='x')",
        "([a]>=(1) AND [a]<=(9))",
        "(NOT [b] like 'q%' AND isnull([a],(0))<>(3))",
        "(([a]+[d])*(2)-(1))",
        "(CONVERT([varchar](5),[b])+'x')",
      ],
    );
    const used = await rows(
      `SELECT COLUMN_NAME AS c FROM INFORMATION_SCHEMA.CONSTRAINT_COLUMN_USAGE WHERE CONSTRAINT_NAME = 'ck1'`,
    );
    assert.deepEqual(used, [{ c: "a" }, { c: "d" }]);
  });

  it("finds constraints by name and by id, as it finds tables", async () => {
    const [found] =
      await rows(`SELECT OBJECT_NAME(OBJECT_ID('db1.sales.CK_Price')) AS name, OBJECT_ID('sales.CK_Price', 'C') - OBJECT_ID('sales.CK_Price') AS same,
      OBJECT_ID('sales.CK_Price', 'U') AS u, OBJECT_ID('CK_Price') AS elsewhere, OBJECT_SCHEMA_NAME(OBJECT_ID('sales.FK_Customer')) AS s`);
    assert.deepEqual(found, { name: "CK_Price", same: 0, u: null, elsewhere: null, s: "sales" });
  });

  it("holds only new rows to what is added WITH NOCHECK", async () => {
    await database.run("CREATE TABLE late (n int) INSERT late VALUES (-1)");
    assert.equal(await database.refusal("ALTER TABLE late ADD CONSTRAINT ckl CHECK (n > 0)"), 547);
    await database.run("ALTER TABLE late WITH NOCHECK ADD CONSTRAINT ckl CHECK (n > 0)");
    assert.equal(await database.refusal("INSERT late VALUES (-2)"), 547);
  });
});

import assert from "node:assert/strict";
import sql, { type RequestError } from "mssql";
import { type Lab, startLab } from "#lab/index";
import { openSession, type TestSession } from "./sessions";

describe("rows that a driver sends", function () {
  this.timeout(30_000);
  let lab: Lab;
  let session: TestSession;

  before(async () => {
    lab = await startLab();
    session = await openSession(lab);
    await session.batch(
      "CREATE TYPE dbo.Items AS TABLE (id int PRIMARY KEY, name nvarchar(20) NOT NULL, price decimal(9, 2) DEFAULT 1)",
    );
    await session.batch(`CREATE TABLE item (id int IDENTITY PRIMARY KEY, name nvarchar(20) NOT NULL,
      price decimal(9, 2) DEFAULT 1 CHECK (price < 100), made datetime2, raw varbinary(max), big AS price * 10)`);
    await session.batch("CREATE TABLE log (n int) ");
    await session.batch("CREATE TRIGGER counted ON item AFTER INSERT AS INSERT log SELECT COUNT(*) FROM inserted");
  });
  after(async () => {
    await session?.close();
    await lab?.close();
  });
  beforeEach(() => session.batch("TRUNCATE TABLE item TRUNCATE TABLE log"));

  function table(): sql.Table {
    const rows = new sql.Table("item");
    rows.columns.add("name", sql.NVarChar(20), { nullable: false });
    rows.columns.add("price", sql.Decimal(9, 2), { nullable: true });
    rows.columns.add("made", sql.DateTime2(3), { nullable: true });
    rows.columns.add("raw", sql.VarBinary(sql.MAX), { nullable: true });
    return rows;
  }
  const failure = async (work: Promise<unknown>): Promise<number | undefined> => {
    try {
      await work;
      return undefined;
    } catch (error) {
      return (error as RequestError).number;
    }
  };

  it("are inserted by a bulk load, with numbers, defaults and computed columns, without triggers or CHECK", async () => {
    const made = new Date("2026-01-02T03:04:05.678Z");
    const rows = table();
    rows.rows.add("a", 2.5, made, Buffer.from("00ff", "hex"));
    rows.rows.add("b", null, null, null);
    rows.rows.add("c", 500, null, null);
    for (let count = 0; count < 5000; count++) rows.rows.add(`n${count}`, 3, null, Buffer.alloc(10, count));
    assert.equal((await session.pool.request().bulk(rows)).rowsAffected, 5003);
    assert.deepEqual(await session.batch("SELECT TOP (3) id, name, price, made, raw, big FROM item ORDER BY id"), [
      { id: 1, name: "a", price: 2.5, made, raw: Buffer.from("00ff", "hex"), big: 25 },
      { id: 2, name: "b", price: 1, made: null, raw: null, big: 10 },
      { id: 3, name: "c", price: 500, made: null, raw: null, big: 5000 },
    ]);
    assert.deepEqual(await session.batch("SELECT COUNT(*) AS n, MAX(id) AS last FROM item"), [{ n: 5003, last: 5003 }]);
    assert.deepEqual(await session.batch("SELECT n FROM log"), []);
  });

  it("count constraints, fire triggers and keep NULLs in a bulk load that asks for it", async () => {
    const rows = table();
    rows.rows.add("a", null, null, null);
    await session.pool.request().bulk(rows, { checkConstraints: true, fireTriggers: true, keepNulls: true });
    assert.deepEqual(await session.batch("SELECT price FROM item"), [{ price: null }]);
    assert.deepEqual(await session.batch("SELECT n FROM log"), [{ n: 1 }]);
    rows.rows.add("b", 100, null, null);
    assert.equal(await failure(session.pool.request().bulk(rows, { checkConstraints: true })), 547);
    assert.deepEqual(await session.batch("SELECT COUNT(*) AS n FROM item"), [{ n: 1 }]);
  });

  it("of a bulk load go with its transaction, and none are taken for a table that is not there", async () => {
    const transaction = session.pool.transaction();
    await transaction.begin();
    const rows = table();
    rows.rows.add("a", 1, null, null);
    await transaction.request().bulk(rows);
    await transaction.rollback();
    assert.deepEqual(await session.batch("SELECT * FROM item"), []);
    rows.rows.add("a name of more than twenty characters", 1, null, null);
    const missing = new sql.Table("nothing");
    missing.columns.add("a", sql.Int, { nullable: true });
    missing.rows.add(1);
    assert.equal(await failure(session.pool.request().bulk(missing)), 208);
    assert.deepEqual(await session.batch("SELECT 1 AS alive"), [{ alive: 1 }]);
  });

  it("are a table-valued parameter of a procedure or a statement", async () => {
    await session.batch(
      "CREATE PROCEDURE dbo.AddItems @items dbo.Items READONLY, @factor int = 1 AS INSERT item (name, price) SELECT name, price * @factor FROM @items WHERE id > 0",
    );
    const items = new sql.Table("dbo.Items");
    items.columns.add("id", sql.Int);
    items.columns.add("name", sql.NVarChar(20));
    items.columns.add("price", sql.Decimal(9, 2));
    items.rows.add(1, "one", 1.5);
    items.rows.add(-2, "two", 2);
    await session.pool.request().input("items", items).input("factor", sql.Int, 10).execute("AddItems");
    assert.deepEqual(await session.batch("SELECT name, price FROM item"), [{ name: "one", price: 15 }]);
    const { recordset } = await session.pool.request().input("t", items).query("SELECT SUM(price) AS total FROM @t");
    assert.equal(recordset[0].total, 3.5);
    await session.pool.request().execute("AddItems");
    items.rows.add(1, "again", 1);
    assert.equal(await failure(session.pool.request().input("items", items).execute("AddItems")), 2627);
  });

  it("may be in a variable of a table type, which a procedure cannot change", async () => {
    const declared = `DECLARE @own dbo.Items, @n int = 2 INSERT @own (id, name) VALUES (1, 'x'), (@n, 'y')`;
    await session.batch(
      `${declared} EXEC dbo.AddItems @own, @factor = 3 EXEC sp_executesql N'INSERT item (name) SELECT name FROM @t', N'@t dbo.Items READONLY', @own`,
    );
    assert.deepEqual(await session.batch("SELECT name, price FROM item ORDER BY id"), [
      { name: "x", price: 3 },
      { name: "y", price: 3 },
      { name: "x", price: 1 },
      { name: "y", price: 1 },
    ]);
    await session.batch("CREATE PROCEDURE dbo.Spoil @items dbo.Items READONLY AS DELETE @items");
    assert.equal(await session.failure(`${declared} EXEC dbo.Spoil @own`), 10700);
    assert.equal(await session.failure("CREATE PROCEDURE dbo.p @items dbo.Items AS SELECT 1"), 352);
    assert.equal(await session.failure("DROP TYPE dbo.Items"), 3732);
    assert.equal(await session.failure("CREATE TYPE dbo.Items AS TABLE (a int)"), 219);
    assert.equal(await session.failure("DECLARE @x dbo.Nothing"), 2715);
    const [found] = await session.batch("SELECT name, is_table_type FROM sys.types WHERE name = 'Items'");
    assert.deepEqual(found, { name: "Items", is_table_type: true });
  });
});

import assert from "node:assert/strict";
import { errorsOf, newServer, rowsOf, type Server } from "./server-of-arrays";

describe("a user's tables", () => {
  let server: Server;
  beforeEach(() => {
    server = newServer();
  });
  const rows = (query: string) => rowsOf(query, server);
  const errors = (text: string) => errorsOf(text, server);
  const run = async (text: string) => {
    const { errors: found } = await server.run(text);
    assert.deepEqual(
      found.map((error) => `${error.number} ${error.text}`),
      [],
    );
  };

  it("are filled by queries, by calls, and with defaults", async () => {
    await run("CREATE TABLE t (a int DEFAULT 7, b varchar(10) DEFAULT ('x' + 'y'), d datetime2 DEFAULT SYSDATETIME())");
    await run(
      "INSERT t DEFAULT VALUES INSERT t (a) VALUES (DEFAULT), (1) INSERT t (a, b) SELECT Id, Name FROM People WHERE Id < 3",
    );
    await run("INSERT t (a) EXEC ('SELECT 40 UNION ALL SELECT 41')");
    assert.deepEqual(await rows("SELECT a, b FROM t WHERE d IS NOT NULL"), [
      [7, "xy"],
      [7, "xy"],
      [1, "xy"],
      [1, "Ada"],
      [2, "bob"],
      [40, "xy"],
      [41, "xy"],
    ]);
    await run("SELECT a, COUNT(*) AS n INTO copied FROM t GROUP BY a HAVING COUNT(*) > 1");
    assert.deepEqual(await rows("SELECT * FROM copied ORDER BY a"), [
      [1, 2],
      [7, 2],
    ]);
  });

  it("refuse rows that break their constraints, all of the statement's rows together", async () => {
    await run(`CREATE TABLE parent (id int CONSTRAINT PK_parent PRIMARY KEY, code varchar(3) UNIQUE)
      CREATE TABLE child (id int NOT NULL, parentId int NULL CONSTRAINT FK_child REFERENCES parent (id),
        amount int CONSTRAINT CK_amount CHECK (amount > 0), CONSTRAINT PK_child PRIMARY KEY (id, amount))
      CREATE UNIQUE INDEX IX_child ON child (parentId, id)
      INSERT parent VALUES (1, 'a'), (2, 'b')`);
    const said = async (text: string) =>
      (await server.run(text)).errors.map(({ number, text: words }) => `${number} ${words}`);
    assert.deepEqual(await said("INSERT parent VALUES (3, 'c'), (1, 'd')"), [
      "2627 Violation of PRIMARY KEY constraint 'PK_parent'. Cannot insert duplicate key in object 'dbo.parent'. The duplicate key value is (1).",
    ]);
    assert.match(
      (await said("INSERT parent VALUES (4, 'A')"))[0] ?? "",
      /^2627 Violation of UNIQUE KEY constraint 'UQ__parent__\w{16}'.*\(A\)\.$/,
    );
    assert.deepEqual(await said("INSERT child VALUES (1, NULL, NULL)"), [
      "515 Cannot insert the value NULL into column 'amount', table 'master.dbo.child'; column does not allow nulls. INSERT fails.",
    ]);
    assert.deepEqual(await said("INSERT child VALUES (1, 1, 0)"), [
      `547 The INSERT statement conflicted with the CHECK constraint "CK_amount". The conflict occurred in database "master", table "dbo.child", column 'amount'.`,
    ]);
    assert.deepEqual(await said("INSERT child VALUES (1, 9, 1)"), [
      `547 The INSERT statement conflicted with the FOREIGN KEY constraint "FK_child". The conflict occurred in database "master", table "dbo.parent", column 'id'.`,
    ]);
    await run("INSERT child VALUES (1, 1, 1)");
    assert.deepEqual(await said("INSERT child VALUES (1, 1, 2)"), [
      "2601 Cannot insert duplicate key row in object 'dbo.child' with unique index 'IX_child'. The duplicate key value is (1, 1).",
    ]);
    assert.deepEqual(await said("DELETE parent"), [
      `547 The DELETE statement conflicted with the REFERENCE constraint "FK_child". The conflict occurred in database "master", table "dbo.child", column 'parentId'.`,
    ]);
    assert.deepEqual(await said("UPDATE parent SET code = 'long'"), [
      "2628 String or binary data would be truncated in table 'master.dbo.parent', column 'code'. Truncated value: 'lon'.",
    ]);
    assert.deepEqual(await rows("SELECT (SELECT COUNT(*) FROM parent), (SELECT COUNT(*) FROM child)"), [[2, 1]]);
    const { prints } = await server.run("INSERT child VALUES (1, 9, 1) PRINT 'on'");
    assert.deepEqual(prints, ["The statement has been terminated.", "on"]);
  });

  it("answer wrong statements with the numbers of the real server", async () => {
    await run("CREATE TABLE t (id int IDENTITY, a int NOT NULL, b varchar(5)) CREATE TABLE empty (a tinyint)");
    const cases = {
      "CREATE TABLE t (x int)": "2714",
      "CREATE TABLE other.t (x int)": "2760",
      "CREATE TABLE x (a int, A int)": "2705",
      "CREATE TABLE x (a int IDENTITY, b int IDENTITY)": "2744",
      "CREATE TABLE x (a varchar(5) IDENTITY)": "2749",
      "CREATE TABLE x (a int NULL PRIMARY KEY)": "8111,1750",
      "CREATE TABLE x (a int PRIMARY KEY, b int NOT NULL, PRIMARY KEY (b))": "1779,1750",
      "CREATE TABLE x (a int REFERENCES nowhere (a))": "1767,1750",
      "CREATE TABLE x (a int REFERENCES t (a))": "1776,1750",
      "INSERT t VALUES (1)": "213",
      "INSERT t (a) VALUES (1, 2)": "110",
      "INSERT t (a, b) VALUES (1)": "109",
      "INSERT t (a, b) SELECT 1": "120",
      "INSERT t (a) SELECT 1, 2": "121",
      "INSERT t (a, a) VALUES (1, 2)": "264",
      "INSERT t (c) VALUES (1)": "207",
      "INSERT t (id, a) VALUES (1, 1)": "544",
      "INSERT t (a) VALUES (NULL)": "515",
      "INSERT t (b) VALUES ('x')": "515",
      "INSERT t (a) VALUES ('x')": "245",
      "INSERT empty VALUES (300)": "220",
      "INSERT empty VALUES ('300')": "244",
      "UPDATE t SET id = 1": "8102",
      "SET IDENTITY_INSERT empty ON": "8106",
      "ALTER TABLE empty DROP COLUMN z": "4924",
      "ALTER TABLE empty DROP CONSTRAINT z": "3728,3727",
    };
    const found = Object.fromEntries(
      await Promise.all(Object.keys(cases).map(async (key) => [key, (await errors(key)).join().replaceAll("@1", "")])),
    );
    assert.deepEqual(found, cases);
  });

  it("change their columns and constraints", async () => {
    await run("CREATE TABLE t (a int) INSERT t VALUES (1), (2)");
    await run("ALTER TABLE t ADD b varchar(3), c int NOT NULL CONSTRAINT DF_c DEFAULT 9");
    await run("ALTER TABLE t ADD CONSTRAINT CK_a CHECK (a < 10)");
    await run("UPDATE t SET b = a ALTER TABLE t ALTER COLUMN b int NOT NULL");
    assert.deepEqual(await rows("SELECT a, b + 1, c FROM t"), [
      [1, 2, 9],
      [2, 3, 9],
    ]);
    assert.deepEqual(await errors("ALTER TABLE t DROP COLUMN c"), ["5074@1", "4922@1"]);
    assert.deepEqual(await errors("ALTER TABLE t ADD d int NOT NULL"), ["4901@1"]);
    assert.deepEqual(await errors("INSERT t VALUES (10, 1, 1)"), ["547@1"]);
    await run("ALTER TABLE t DROP CONSTRAINT DF_c, CK_a ALTER TABLE t DROP COLUMN c, b");
    assert.deepEqual(await rows("SELECT * FROM t"), [[1], [2]]);
    await run("INSERT t VALUES (2)");
    assert.deepEqual(await errors("CREATE UNIQUE INDEX IX ON t (a)"), ["1505@1"]);
    assert.deepEqual(await errors("ALTER TABLE t ADD CONSTRAINT U UNIQUE (a)"), ["1505@1", "1750@1"]);
  });

  it("are in schemas, which go when they are empty", async () => {
    await run("CREATE SCHEMA sales");
    await run("CREATE TABLE sales.orders (id int, total int) INSERT sales.orders VALUES (1, 10), (2, 20)");
    assert.deepEqual(await rows("SELECT SUM(o.total) FROM sales.orders o"), [[30]]);
    assert.deepEqual(await errors("DROP SCHEMA sales"), ["3729@1"]);
    assert.deepEqual(await rows("SELECT OBJECT_NAME(OBJECT_ID('[sales].orders')), OBJECT_ID('sales.orders', 'V')"), [
      ["orders", null],
    ]);
    await run("DROP TABLE sales.orders DROP SCHEMA sales");
  });

  it("are a session's own, where their names begin with # or @", async () => {
    await run("CREATE TABLE #t (a int) INSERT #t VALUES (1)");
    await run("IF OBJECT_ID('tempdb..#t') IS NULL RAISERROR('gone', 16, 1)");
    await run("EXEC('INSERT #t VALUES (2) CREATE TABLE #inner (a int)')");
    assert.deepEqual(await rows("SELECT * FROM tempdb..#t"), [[1], [2]]);
    assert.deepEqual(await errors("SELECT * FROM #inner"), ["208@1"]);
    assert.deepEqual(
      await rows("DECLARE @v TABLE (a int PRIMARY KEY) BEGIN TRAN INSERT @v VALUES (1) ROLLBACK SELECT * FROM @v"),
      [[1]],
    );
    assert.deepEqual(await errors("SELECT * FROM @v"), ["1087@1"]);
    await run("DROP TABLE IF EXISTS #t");
    assert.deepEqual(await errors("SELECT * FROM #t"), ["208@1"]);
  });
});

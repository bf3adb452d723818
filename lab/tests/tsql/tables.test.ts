import assert from "node:assert/strict";
import { errorsOf, newServer, rowsOf, type Server } from "./support";

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

  it("hold rows that are inserted, updated and deleted", async () => {
    await run(
      "CREATE TABLE dbo.Item (Id int IDENTITY(10, 5) PRIMARY KEY, Name nvarchar(20) NOT NULL, Price decimal(9, 2))",
    );
    await run("INSERT INTO Item (Name, Price) VALUES (N'one', 1.5), ('two', NULL); INSERT Item VALUES ('three', 3)");
    assert.deepEqual(await rows("SELECT Id, Name, Price FROM dbo.Item"), [
      [10, "one", 150n],
      [15, "two", null],
      [20, "three", 300n],
    ]);
    const { ends } = await server.run("UPDATE Item SET Price = Price * 2, Name += '!' WHERE Price IS NOT NULL");
    assert.deepEqual(ends, [{ rowCount: 2, isSelect: false, failed: false, command: "update" }]);
    await run("DELETE TOP (1) FROM Item WHERE Name = 'two'");
    assert.deepEqual(await rows("SELECT Name, Price FROM master..Item ORDER BY Id DESC"), [
      ["three!", 600n],
      ["one!", 300n],
    ]);
    await run("TRUNCATE TABLE Item INSERT Item (Name) VALUES ('again')");
    assert.deepEqual(await rows("SELECT * FROM Item"), [[10, "again", null]]);
    await run("DROP TABLE Item");
    assert.deepEqual(await errors("SELECT * FROM Item"), ["208@1"]);
  });

  it("are filled by queries, by calls, and with defaults", async () => {
    await run(
      "CREATE TABLE t (a int DEFAULT 7, b varchar(10) DEFAULT ('x' + 'y'), c AS a * 2, d datetime2 DEFAULT SYSDATETIME())",
    );
    await run(
      "INSERT t DEFAULT VALUES INSERT t (a) VALUES (DEFAULT), (1) INSERT t (a, b) SELECT Id, Name FROM People WHERE Id < 3",
    );
    await run("INSERT t (a) EXEC ('SELECT 40 UNION ALL SELECT 41')");
    assert.deepEqual(await rows("SELECT a, b, c FROM t WHERE d IS NOT NULL"), [
      [7, "xy", 14],
      [7, "xy", 14],
      [1, "xy", 2],
      [1, "Ada", 2],
      [2, "bob", 4],
      [40, "xy", 80],
      [41, "xy", 82],
    ]);
    await run("SELECT a, COUNT(*) AS n INTO copied FROM t GROUP BY a HAVING COUNT(*) > 1");
    assert.deepEqual(await rows("SELECT * FROM copied ORDER BY a"), [
      [1, 2],
      [7, 2],
    ]);
  });

  it("are changed through joins, common table expressions and aliases", async () => {
    await run("CREATE TABLE t (id int PRIMARY KEY, v int) CREATE TABLE u (id int, w int)");
    await run("INSERT t VALUES (1, 1), (2, 2), (3, 3) INSERT u VALUES (2, 20), (2, 21), (3, 30)");
    await run("UPDATE x SET v = u.w FROM t AS x JOIN u ON u.id = x.id WHERE u.w <> 21");
    await run("DELETE x FROM t x LEFT JOIN u ON u.id = x.id WHERE u.id IS NULL");
    assert.deepEqual(await rows("SELECT * FROM t"), [
      [2, 20],
      [3, 30],
    ]);
    await run("WITH few AS (SELECT id FROM u WHERE w = 30) DELETE t WHERE id IN (SELECT id FROM few)");
    await run("DECLARE @v int UPDATE t SET @v = v = v + 1 WHERE id = 2 INSERT u VALUES (@v, 0)");
    assert.deepEqual(await rows("SELECT id, v FROM t UNION ALL SELECT * FROM u WHERE w = 0"), [
      [2, 21],
      [21, 0],
    ]);
  });

  it("give back what changed with OUTPUT", async () => {
    await run("CREATE TABLE t (id int IDENTITY PRIMARY KEY, v int) CREATE TABLE old (id int, v int)");
    assert.deepEqual(await rows("INSERT t (v) OUTPUT inserted.id, inserted.v * 2 AS twice VALUES (5), (6)"), [
      [1, 10],
      [2, 12],
    ]);
    assert.deepEqual(await rows("UPDATE t SET v = v + 1 OUTPUT deleted.v, inserted.v WHERE id = 2"), [[6, 7]]);
    await run("DELETE t OUTPUT deleted.* INTO old");
    assert.deepEqual(await rows("SELECT * FROM old"), [
      [1, 5],
      [2, 7],
    ]);
  });

  it("come in the order of their clustered key", async () => {
    await run("CREATE TABLE t (id int PRIMARY KEY, v varchar(5)) INSERT t VALUES (3, 'c'), (1, 'a'), (2, 'b')");
    assert.deepEqual((await rows("SELECT v FROM t")).flat(), ["a", "b", "c"]);
    await run("UPDATE t SET id = id + 10 WHERE id = 1 DELETE t WHERE id = 3 INSERT t VALUES (5, 'e')");
    assert.deepEqual((await rows("SELECT v FROM t")).flat(), ["b", "e", "a"]);
    await run("CREATE TABLE heap (id int) INSERT heap VALUES (3), (1), (2)");
    assert.deepEqual((await rows("SELECT id FROM heap")).flat(), [3, 1, 2]);
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

  it("move keys without meeting the old ones, and cascade to their children", async () => {
    await run(`CREATE TABLE p (id int PRIMARY KEY)
      CREATE TABLE c (id int REFERENCES p ON DELETE CASCADE ON UPDATE CASCADE, n int)
      CREATE TABLE s (id int REFERENCES p (id) ON DELETE SET NULL ON UPDATE CASCADE)
      INSERT p VALUES (1), (2), (3) INSERT c VALUES (1, 1), (2, 2) INSERT s VALUES (2)`);
    await run("UPDATE p SET id = id + 1 DELETE p WHERE id = 3");
    assert.deepEqual(await rows("SELECT * FROM p UNION ALL SELECT id FROM c UNION ALL SELECT * FROM s"), [
      [2],
      [4],
      [2],
      [null],
    ]);
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
      "DROP SCHEMA nowhere": "15151",
    };
    const found = Object.fromEntries(
      await Promise.all(Object.keys(cases).map(async (key) => [key, (await errors(key)).join().replaceAll("@1", "")])),
    );
    assert.deepEqual(found, cases);
  });

  it("number their rows, and say so", async () => {
    await run("CREATE TABLE t (id int IDENTITY(1, 1), a int)");
    assert.deepEqual(await rows("SELECT SCOPE_IDENTITY(), @@IDENTITY, IDENT_CURRENT('t')"), [[null, null, 1n]]);
    await run("INSERT t VALUES (1), (2)");
    assert.deepEqual(await rows("SELECT SCOPE_IDENTITY(), @@IDENTITY, IDENT_CURRENT('dbo.t')"), [[2n, 2n, 2n]]);
    await run("BEGIN TRAN INSERT t VALUES (3) ROLLBACK EXEC('INSERT t VALUES (4)')");
    assert.deepEqual(await rows("SELECT SCOPE_IDENTITY(), @@IDENTITY"), [[3n, 4n]]);
    await run(
      "SET IDENTITY_INSERT t ON INSERT t (id, a) VALUES (100, 5) SET IDENTITY_INSERT t OFF INSERT t VALUES (6)",
    );
    assert.deepEqual((await rows("SELECT id FROM t")).flat(), [1, 2, 4, 100, 101]);
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

  it("are in schemas, and behind views and procedures", async () => {
    await run("CREATE SCHEMA sales");
    await run("CREATE TABLE sales.orders (id int, total int) INSERT sales.orders VALUES (1, 10), (2, 20)");
    await run("CREATE VIEW sales.big (number, total) AS SELECT id, total FROM sales.orders WHERE total > 10");
    assert.deepEqual(await rows("SELECT b.number FROM sales.big b"), [[2]]);
    await run(`CREATE PROCEDURE sales.add_order @id int, @total int = 5, @count int OUTPUT AS
      INSERT sales.orders VALUES (@id, @total)
      SELECT @count = COUNT(*) FROM sales.orders
      RETURN @id`);
    assert.deepEqual(
      await rows(
        "DECLARE @n int, @r int EXEC @r = sales.add_order 7, @count = @n OUTPUT SELECT @n, @r, SUM(total) FROM sales.orders",
      ),
      [[3, 7, 35]],
    );
    assert.deepEqual(await errors("EXEC sales.add_order"), ["201@1"]);
    assert.deepEqual(await errors("EXEC sales.add_order 1, 2, 3, 4"), ["8144@1"]);
    assert.deepEqual(await errors("SELECT 1 CREATE VIEW v AS SELECT 1 AS a"), ["111@1"]);
    assert.deepEqual(await errors("DROP SCHEMA sales"), ["3729@1"]);
    assert.deepEqual(await rows("SELECT OBJECT_NAME(OBJECT_ID('[sales].orders')), OBJECT_ID('sales.big', 'U')"), [
      ["orders", null],
    ]);
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

  it("have indexes of some of their rows only, which are unique among these", async () => {
    const server = newServer();
    const run = async (text: string) => (await server.run(text)).errors.map(({ number }) => number);
    assert.deepEqual(
      await run(
        "CREATE TABLE t (id int, code varchar(5), gone bit) INSERT t VALUES (1, 'a', 0), (2, 'a', 1), (3, NULL, 0)",
      ),
      [],
    );
    assert.deepEqual(await run("CREATE UNIQUE INDEX ux ON t (code) WHERE gone = 0 AND code IS NOT NULL"), []);
    assert.deepEqual(await run("INSERT t VALUES (4, 'a', 1), (5, NULL, 0), (6, 'b', 0)"), []);
    assert.deepEqual(await run("INSERT t VALUES (7, 'a', 0)"), [2601]);
    assert.deepEqual(await run("UPDATE t SET gone = 0 WHERE id = 2"), [2601]);
    assert.deepEqual(await run("UPDATE t SET gone = 1 WHERE id = 1 UPDATE t SET gone = 0 WHERE id = 2"), []);
    assert.deepEqual(await rowsOf("SELECT id FROM t WHERE code = 'a' ORDER BY id", server), [[1], [2], [4]]);
    assert.deepEqual(await run("ALTER TABLE t DROP COLUMN id INSERT t VALUES ('a', 0)"), [2601]);
    assert.deepEqual(await run("CREATE UNIQUE INDEX uy ON t (code) WHERE gone = 1"), [1505]);
  });

  it("have indexes within their definition, alone or behind a column", async () => {
    await run("CREATE TABLE t (id int INDEX ix UNIQUE, v int, gone bit, INDEX iv UNIQUE (v DESC, id) WHERE gone = 0)");
    await run("INSERT t VALUES (1, 5, 0)");
    assert.deepEqual(await errors("INSERT t VALUES (1, 6, 1)"), ["2601@1"]);
    await run("ALTER TABLE t ADD other int DROP INDEX ix ON t INSERT t VALUES (1, 5, 1, NULL)");
    assert.deepEqual(await errors("INSERT t VALUES (1, 5, 0, NULL)"), ["2601@1"]);
    assert.deepEqual(
      await errors("DECLARE @t TABLE (a int, INDEX ia UNIQUE (a) WHERE a > 1) INSERT @t VALUES (1), (1), (2), (2)"),
      ["2601@1"],
    );
    await run("CREATE TABLE u (a int, b int, c int, INDEX iu NONCLUSTERED (a) INCLUDE (b, c) WITH (FILLFACTOR = 80))");
    assert.deepEqual(await errors("CREATE TABLE x (a int, INDEX ia (b))"), ["1911@1", "1750@1"]);
    assert.deepEqual(await errors("CREATE TABLE x (a int INDEX ia, INDEX IA (a))"), ["1913@1", "1750@1"]);
  });

  it("are no parents by an index of some of their rows only", async () => {
    await run("CREATE TABLE p (a int, b int, INDEX ia UNIQUE (a) WHERE b = 0, INDEX ib UNIQUE (b))");
    assert.deepEqual(await errors("CREATE TABLE c (a int REFERENCES p (a))"), ["1776@1", "1750@1"]);
    await run("CREATE TABLE c (b int REFERENCES p (b))");
  });

  it("have indexes that are rebuilt and reorganized, and statistics", async () => {
    await run("CREATE TABLE t (id int CONSTRAINT pk PRIMARY KEY, v int INDEX iv)");
    for (const text of [
      "ALTER INDEX ALL ON t REBUILD WITH (ONLINE = ON, FILLFACTOR = 80)",
      "ALTER INDEX pk ON dbo.t REBUILD PARTITION = ALL",
      "ALTER INDEX iv ON t REORGANIZE ALTER INDEX iv ON t SET (ALLOW_PAGE_LOCKS = ON)",
      "CREATE STATISTICS s ON t (v, id) WHERE v > 1 WITH FULLSCAN, NORECOMPUTE",
      "UPDATE STATISTICS t UPDATE STATISTICS dbo.t iv WITH SAMPLE 50 PERCENT, INCREMENTAL = OFF",
      "UPDATE STATISTICS t (iv, s) WITH RESAMPLE DROP STATISTICS t.s, dbo.t.other",
    ])
      await run(text);
    const cases = {
      "ALTER INDEX nothing ON t REBUILD": "2727",
      "ALTER INDEX ALL ON nothing REBUILD": "1088",
      "UPDATE STATISTICS nothing": "2706",
      "CREATE STATISTICS s ON nothing (a)": "1088",
      "CREATE STATISTICS s ON t (nothing)": "1911",
      "DROP STATISTICS nothing.s": "3701",
    };
    const found = Object.fromEntries(
      await Promise.all(Object.keys(cases).map(async (key) => [key, (await errors(key)).join().replaceAll("@1", "")])),
    );
    assert.deepEqual(found, cases);
  });

  it("get the default of a new column in the rows that are there, where it is asked for", async () => {
    await run("CREATE TABLE t (id int) INSERT t VALUES (1)");
    await run("ALTER TABLE t ADD more int NULL DEFAULT 5 WITH VALUES, least int NULL DEFAULT 5");
    assert.deepEqual(await rows("SELECT more, least FROM t"), [[5, null]]);
  });

  it("are numbered anew under a name that is a reserved word", async () => {
    await run("CREATE TABLE [order] (id int IDENTITY) DBCC CHECKIDENT ('order', RESEED, 7)");
    await run("INSERT [order] DEFAULT VALUES");
    assert.deepEqual(await rows("SELECT id FROM [order]"), [[7]]);
  });

  it("find a row by its key as fast with ten thousand rows as with a hundred", async () => {
    await run("CREATE TABLE t (id int PRIMARY KEY, v int)");
    await run("SET NOCOUNT ON DECLARE @i int = 0 WHILE @i < 10000 BEGIN INSERT t VALUES (@i, @i) SET @i += 1 END");
    const looked = await rows(
      "DECLARE @i int = 0, @s bigint = 0, @v int WHILE @i < 10000 BEGIN SELECT @v = v FROM t WHERE id = @i SET @s += @v SET @i += 1 END SELECT @s",
    );
    assert.deepEqual(looked, [[49995000n]]);
    const joined =
      "SELECT COUNT(*), SUM(a.v - b.id) FROM t a JOIN t b ON b.v = a.id LEFT JOIN t c ON a.id = c.id AND c.v < 0";
    assert.deepEqual(await rows(joined), [[10000, 0]]);
  });
});

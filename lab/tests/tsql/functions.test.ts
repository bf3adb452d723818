import assert from "node:assert/strict";
import { errorsOf, newServer, rowsOf, type Server } from "./support";

describe("a user's functions", () => {
  let server: Server;
  beforeEach(async () => {
    server = newServer();
    await run("CREATE TABLE t (id int PRIMARY KEY, v int)");
    await run("INSERT t VALUES (1, 10), (2, 20), (3, NULL)");
  });
  async function run(text: string): Promise<void> {
    const { errors } = await server.run(text);
    assert.deepEqual(errors, [], text);
  }
  const rows = (query: string) => rowsOf(query, server);

  it("give one value for their arguments, wherever an expression may stand", async () => {
    await run(`CREATE FUNCTION dbo.Twice (@x int, @by int = 2) RETURNS int WITH SCHEMABINDING AS
      BEGIN
        DECLARE @result int = 0
        WHILE @by > 0 BEGIN SET @result += @x SET @by -= 1 IF @by > 100 BREAK END
        IF @result IS NULL RETURN -1
        RETURN @result
      END`);
    assert.deepEqual(
      await rows("SELECT id, dbo.twice(v, DEFAULT) FROM t WHERE dbo.Twice(id, 3) > 3 ORDER BY dbo.Twice(id, 1) DESC"),
      [
        [3, -1],
        [2, 40],
      ],
    );
    await run("ALTER TABLE t ADD CONSTRAINT small CHECK (dbo.Twice(v, 1) < 50)");
    assert.deepEqual(await errorsOf("INSERT t VALUES (4, 60)", server), ["547@1"]);
    await run(
      "CREATE OR ALTER FUNCTION dbo.Twice (@x int, @by int = 2) RETURNS varchar(10) AS BEGIN RETURN CONCAT('<', @x, '>') END",
    );
    assert.deepEqual(await rows("SELECT dbo.Twice(7, 1)"), [["<7>"]]);
  });

  it("read tables, call each other and themselves, and return NULL for NULL if they say so", async () => {
    await run(`CREATE FUNCTION dbo.Total (@from int) RETURNS bigint AS
      BEGIN RETURN (SELECT SUM(v) FROM t WHERE id >= @from) END`);
    await run(`CREATE FUNCTION dbo.Factorial (@n int) RETURNS bigint WITH RETURNS NULL ON NULL INPUT AS
      BEGIN RETURN CASE WHEN @n <= 1 THEN 1 ELSE @n * dbo.Factorial(@n - 1) END END`);
    assert.deepEqual(await rows("SELECT dbo.Total(1), dbo.Total(2), dbo.Factorial(5), dbo.Factorial(NULL)"), [
      [30n, 20n, 120n, null],
    ]);
    assert.deepEqual(await errorsOf("SELECT dbo.Factorial(50)", server), ["217@1"]);
    await run("CREATE FUNCTION dbo.Endless () RETURNS int AS BEGIN WHILE 1 = 1 DECLARE @x int = 1 RETURN 1 END");
    assert.deepEqual(await errorsOf("SELECT dbo.Endless()", server), ["701@1"]);
  });

  it("give rows: inline ones and those with a table of their own", async () => {
    await run(
      "CREATE FUNCTION Above (@least int) RETURNS TABLE AS RETURN (SELECT id, v AS value FROM t WHERE v >= @least)",
    );
    await run(`CREATE FUNCTION dbo.Numbers (@to int) RETURNS @n TABLE (n int PRIMARY KEY) AS
      BEGIN
        DECLARE @i int = 0
        WHILE @i < @to BEGIN SET @i += 1 INSERT @n VALUES (@i) END
        DELETE @n WHERE n = 2
        UPDATE @n SET n = n + 10 WHERE n = 1
        RETURN
      END`);
    assert.deepEqual(await rows("SELECT f.value, t.id FROM dbo.Above(5) AS f JOIN t ON t.id = f.id ORDER BY t.id"), [
      [10, 1],
      [20, 2],
    ]);
    assert.deepEqual(await rows("SELECT * FROM dbo.Numbers(3) ORDER BY n"), [[3], [11]]);
    assert.deepEqual(await rows("SELECT COUNT(*) FROM t WHERE id IN (SELECT n FROM dbo.Numbers(3))"), [[1]]);
  });

  it("have no side effects, and say what is wrong with a call", async () => {
    const create = "CREATE FUNCTION dbo.f (@x int) RETURNS int AS BEGIN";
    const cases: [string, string][] = [
      [`${create} INSERT t VALUES (1, 1) RETURN 1 END`, "443@1"],
      [`${create} UPDATE t SET v = 1 RETURN 1 END`, "443@1"],
      [`${create} PRINT 'x' RETURN 1 END`, "443@1"],
      [`${create} BEGIN TRAN RETURN 1 END`, "443@1"],
      [`${create} EXEC sp_who RETURN 1 END`, "557@1"],
      [`${create} SELECT * FROM t RETURN 1 END`, "444@1"],
      [`${create} SET @x = 1 END`, "455@1"],
      ["CREATE FUNCTION dbo.f () RETURNS TABLE AS RETURN SELECT 1", "4514@1"],
      ["SELECT 1 CREATE FUNCTION dbo.f () RETURNS int AS BEGIN RETURN 1 END", "111@1"],
    ];
    for (const [text, error] of cases) assert.deepEqual(await errorsOf(text, server), [error], text);
    await run(`${create} RETURN @x END`);
    for (const [text, error] of [
      ["SELECT dbo.f()", "313@1"],
      ["SELECT dbo.f(1, 2)", "8144@1"],
      ["SELECT f(1)", "195@1"],
      ["SELECT * FROM dbo.f(1)", "208@1"],
      [`${create} RETURN @x END`, "2714@1"],
      ["CREATE OR ALTER PROCEDURE dbo.f AS SELECT 1", "2010@1"],
      ["DROP FUNCTION dbo.f DROP FUNCTION dbo.f", "3701@1"],
    ] as const)
      assert.deepEqual(await errorsOf(text, server), [error], text);
  });
});

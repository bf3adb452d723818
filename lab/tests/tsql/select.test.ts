import assert from "node:assert/strict";
import { errorsOf, newServer, rowsOf } from "./support";

describe("SELECT", () => {
  it("filters with three-valued logic", async () => {
    assert.deepEqual(await rowsOf("SELECT Id FROM dbo.People WHERE Name = 'bob'"), [[2], [4]]);
    assert.deepEqual(await rowsOf("SELECT Id FROM People WHERE NOT (Name = 'bob')"), [[1]]);
    assert.deepEqual(await rowsOf("SELECT Id FROM People WHERE Name <> 'bob' OR Name IS NULL"), [[1], [3]]);
    assert.deepEqual(await rowsOf("SELECT Id FROM People WHERE Boss NOT IN (2, NULL)"), []);
    assert.deepEqual(await rowsOf("SELECT Id FROM People WHERE Boss IN (2, NULL) OR Id BETWEEN 1 AND 1"), [[1], [4]]);
    assert.deepEqual(await rowsOf("SELECT Id FROM People WHERE (Id = 1 OR (Id) = 2) AND ((Id + 1) * 2) > 4"), [[2]]);
  });

  it("names columns by every way to write an alias, and leaves expressions without a name", async () => {
    const { sets } = await newServer().run(
      "SELECT Id AS a, Id 'b', Id AS [c d], e = Id, id, p.Id, Id + 1, Id AS 'f' FROM People p",
    );
    assert.deepEqual(
      sets[0]?.columns.map(({ name }) => name),
      ["a", "b", "c d", "e", "id", "Id", "", "f"],
    );
    assert.deepEqual([sets[0]?.columns[0]?.nullable, sets[0]?.columns[3]?.nullable], [false, false]);
  });

  it("joins in every direction", async () => {
    const pairs = (join: string) =>
      rowsOf(`SELECT p.Id, b.Id FROM People p ${join} People b ON b.Id = p.Boss ORDER BY 1, 2`);
    assert.deepEqual(await pairs("JOIN"), [
      [2, 1],
      [3, 1],
      [4, 2],
    ]);
    assert.deepEqual(await pairs("LEFT JOIN"), [
      [1, null],
      [2, 1],
      [3, 1],
      [4, 2],
    ]);
    assert.deepEqual(await pairs("RIGHT OUTER JOIN"), [
      [null, 3],
      [null, 4],
      [2, 1],
      [3, 1],
      [4, 2],
    ]);
    assert.deepEqual(await pairs("FULL JOIN"), [
      [null, 3],
      [null, 4],
      [1, null],
      [2, 1],
      [3, 1],
      [4, 2],
    ]);
    assert.deepEqual(await rowsOf("SELECT COUNT(*) FROM People a CROSS JOIN People b, People c"), [[64]]);
  });

  it("sorts by alias, position, expression and columns not selected, NULL first", async () => {
    assert.deepEqual(await rowsOf("SELECT Id FROM People ORDER BY Name, Id DESC"), [[3], [1], [4], [2]]);
    assert.deepEqual(await rowsOf("SELECT Id AS x FROM People ORDER BY x DESC"), [[4], [3], [2], [1]]);
    assert.deepEqual(await rowsOf("SELECT TOP (2) Id FROM People ORDER BY -Id"), [[4], [3]]);
    assert.deepEqual(await rowsOf("SELECT Id FROM People ORDER BY 1 DESC OFFSET 1 ROWS FETCH NEXT 2 ROWS ONLY"), [
      [3],
      [2],
    ]);
    assert.deepEqual(await rowsOf("SELECT TOP 1 WITH TIES Boss FROM People WHERE Boss IS NOT NULL ORDER BY Boss"), [
      [1],
      [1],
    ]);
    assert.deepEqual(await rowsOf("SELECT TOP 50 PERCENT Id FROM People ORDER BY Id"), [[1], [2]]);
  });

  it("groups, and keeps groups by HAVING", async () => {
    assert.deepEqual(
      await rowsOf("SELECT Boss, COUNT(*), COUNT(Name), MAX(Id) FROM People GROUP BY Boss HAVING COUNT(*) > 1"),
      [[1, 2, 1, 3]],
    );
    assert.deepEqual(await rowsOf("SELECT COUNT(*), SUM(Id), AVG(Id), MIN(Name), SUM(Boss) FROM People WHERE Id > 9"), [
      [0, null, null, null, null],
    ]);
    assert.deepEqual(await rowsOf("SELECT COUNT(DISTINCT Name) FROM People"), [[2]]);
    assert.deepEqual(await rowsOf("SELECT UPPER(Name) FROM People GROUP BY UPPER(Name) ORDER BY UPPER(Name) DESC"), [
      ["BOB"],
      ["ADA"],
      [null],
    ]);
    assert.deepEqual(await rowsOf("SELECT STRING_AGG(Name, ', ') WITHIN GROUP (ORDER BY Id DESC) FROM People"), [
      ["BOB, bob, Ada"],
    ]);
    assert.deepEqual(await rowsOf("SELECT CASE WHEN COUNT(*) > 3 THEN 'many' ELSE 'few' END FROM People"), [["many"]]);
  });

  it("uses subqueries, correlated ones too", async () => {
    assert.deepEqual(await rowsOf("SELECT Id, (SELECT COUNT(*) FROM People q WHERE q.Boss = p.Id) FROM People p"), [
      [1, 2],
      [2, 1],
      [3, 0],
      [4, 0],
    ]);
    assert.deepEqual(await rowsOf("SELECT Id FROM People p WHERE EXISTS (SELECT * FROM People WHERE Boss = p.Id)"), [
      [1],
      [2],
    ]);
    assert.deepEqual(await rowsOf("SELECT Id FROM People WHERE Id NOT IN (SELECT Boss FROM People)"), []);
    assert.deepEqual(await rowsOf("SELECT Id FROM People WHERE Id >= ALL (SELECT Id FROM People)"), [[4]]);
    assert.deepEqual(
      await rowsOf("SELECT x.n FROM (SELECT Name, COUNT(*) AS n FROM People GROUP BY Name) AS x WHERE x.Name = 'ada'"),
      [[1]],
    );
    assert.deepEqual(await rowsOf("WITH b (k) AS (SELECT DISTINCT Boss FROM People) SELECT k FROM b WHERE k > 1"), [
      [2],
    ]);
    assert.deepEqual(await rowsOf("SELECT a + b FROM (VALUES (1, 2), (3, 4)) v(a, b)"), [[3], [7]]);
  });

  it("sorts DISTINCT rows by what is selected, however it is written", async () => {
    assert.deepEqual(await rowsOf("SELECT DISTINCT Boss FROM People p ORDER BY p.Boss DESC"), [[2], [1], [null]]);
    assert.deepEqual((await rowsOf("SELECT DISTINCT * FROM People p ORDER BY p.Id DESC"))[0], [4, "BOB", 2]);
  });

  it("combines queries", async () => {
    assert.deepEqual(await rowsOf("SELECT 1 AS a UNION SELECT 2 UNION SELECT 1"), [[1], [2]]);
    assert.deepEqual(await rowsOf("SELECT 'x' UNION ALL SELECT NULL UNION ALL SELECT 'X' ORDER BY 1"), [
      [null],
      ["x"],
      ["X"],
    ]);
    assert.deepEqual(await rowsOf("SELECT Id FROM People EXCEPT SELECT Boss FROM People"), [[3], [4]]);
    assert.deepEqual(await rowsOf("SELECT 1 UNION SELECT 2 INTERSECT SELECT 3"), [[1]]);
    assert.deepEqual(await rowsOf("SELECT DISTINCT LOWER(Name) FROM People WHERE Name IS NOT NULL"), [
      ["ada"],
      ["bob"],
    ]);
  });

  it("assigns variables row by row in the order of the rows", async () => {
    const { prints, ends } = await newServer().run(
      "DECLARE @all nvarchar(99) = '', @top int SELECT @all += ISNULL(Name, '?') + ';' FROM People ORDER BY Id DESC PRINT @all SELECT TOP 1 @top = Id FROM People ORDER BY Id DESC PRINT @top",
    );
    assert.deepEqual(prints, ["BOB;?;bob;Ada;", "4"]);
    assert.deepEqual(
      ends.map(({ rowCount }) => rowCount),
      [4, 1],
    );
  });

  it("takes names from another database, hints, and no schema at all", async () => {
    assert.deepEqual(await rowsOf("SELECT COUNT(*) FROM msdb.dbo.People WITH (NOLOCK) OPTION (RECOMPILE)"), [[4]]);
    assert.deepEqual(await rowsOf("SELECT COUNT(*) FROM msdb..People"), [[4]]);
  });

  it("refuses what does not resolve", async () => {
    const cases = {
      "SELECT * FROM nosuch": "208",
      "SELECT nosuch FROM People": "207",
      "SELECT q.Id FROM People p": "4104",
      "SELECT p.nosuch FROM People p": "207",
      "SELECT Id FROM People a, People b": "209",
      "SELECT Id FROM People, People": "1013",
      "SELECT *": "263",
      "SELECT x.* FROM People": "107",
      "SELECT Name, COUNT(*) FROM People": "8120",
      "SELECT 1 WHERE COUNT(*) > 1": "147",
      "SELECT Id FROM People ORDER BY 2": "108",
      "SELECT DISTINCT Id FROM People ORDER BY Name": "145",
      "SELECT 1 UNION SELECT 1, 2": "205",
      "SELECT (SELECT 1, 2)": "116",
      "SELECT 1 UNION SELECT 2 ORDER BY Name": "104",
      "SELECT * FROM (SELECT 1) x": "8155",
    };
    const found = Object.fromEntries(
      await Promise.all(Object.keys(cases).map(async (key) => [key, (await errorsOf(key)).join().replace("@1", "")])),
    );
    assert.deepEqual(found, cases);
  });
});

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { executeProcedure } from "#lab/tsql/index";
import { functionsNotSpoken } from "#lab/tsql/parser/functions-not-spoken";
import { newAnswer, newServer } from "./server-of-arrays";

const said = (what: string) => `[lab] ${what} is not spoken here: lab/README.md, "The boundary", says what is.`;
const tables = "CREATE TABLE t (id int PRIMARY KEY, n int)";

/** Batches, and the words with which each is refused. */
const refused: Readonly<Record<string, string>> = {
  "CREATE PROCEDURE p AS SELECT 1": "CREATE PROCEDURE",
  "CREATE OR ALTER VIEW v AS SELECT 1 AS a": "CREATE OR ALTER VIEW",
  "ALTER FUNCTION f () RETURNS int AS BEGIN RETURN 1 END": "ALTER FUNCTION",
  "PRINT 'no' DROP TRIGGER IF EXISTS r": "DROP TRIGGER",
  "CREATE SEQUENCE s START WITH 5": "CREATE SEQUENCE",
  "CREATE SYNONYM n FOR t": "CREATE SYNONYM",
  "CREATE TYPE dbo.Names AS TABLE (a int)": "CREATE TYPE",
  "DISABLE TRIGGER ALL ON t": "DISABLE TRIGGER",
  "ALTER TABLE t ENABLE TRIGGER ALL": "ENABLE TRIGGER",
  "MERGE t USING t AS s ON t.id = s.id WHEN MATCHED THEN DELETE;": "MERGE",
  "WITH c AS (SELECT 1 AS a) MERGE t USING c ON t.id = c.a WHEN MATCHED THEN DELETE;": "MERGE",
  "INSERT t OUTPUT inserted.id VALUES (1)": "OUTPUT",
  "UPDATE t SET id = 1 OUTPUT deleted.id": "OUTPUT",
  "DELETE t OUTPUT deleted.id INTO t": "OUTPUT",
  "DECLARE c INSENSITIVE CURSOR FOR SELECT 1": "A cursor",
  "DECLARE @a int, @c CURSOR SET @c = CURSOR FOR SELECT 1": "A cursor",
  "OPEN c": "OPEN",
  "FETCH NEXT FROM c": "FETCH",
  "CLOSE c": "CLOSE",
  "DEALLOCATE c": "DEALLOCATE",
  "SELECT NEXT VALUE FOR s": "NEXT VALUE FOR",
  "BULK INSERT t FROM 'file'": "BULK INSERT",
  "INSERT BULK t (id int)": "INSERT BULK",
  "EXEC sp_rename 't', 'u'": "sp_rename",
  "EXEC sys.sp_cursorclose 5": "sp_cursorclose",
  "WITH n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT i FROM n":
    "A recursive common table expression",
  "WITH c AS (SELECT id FROM t) DELETE c": "WITH in front of DELETE",
  "UPDATE d SET id = 1 FROM (SELECT id FROM t) AS d": "FROM of UPDATE",
  "CREATE TABLE x (a int, b AS a * 2)": "AS of a column",
  "CREATE TABLE x (a int INDEX ix)": "INDEX of a column",
  "CREATE TABLE x (a int, INDEX ix (a))": "INDEX of a table",
  "CREATE TABLE x (a int SPARSE NULL)": "SPARSE of a column",
  "CREATE TABLE x (a int REFERENCES t ON DELETE CASCADE)": "ON DELETE of a foreign key with an action but NO ACTION",
  "CREATE TABLE ##x (a int)": "A global temporary table",
  "CREATE INDEX ix ON t (n) INCLUDE (id)": "INCLUDE of an index",
  "CREATE INDEX ix ON t (n) WHERE n > 0": "WHERE of an index",
  "ALTER INDEX ix ON t REBUILD": "ALTER INDEX",
  "CREATE STATISTICS s ON t (n)": "CREATE STATISTICS",
  "UPDATE STATISTICS t": "UPDATE STATISTICS",
  "DBCC CHECKIDENT ('t')": "DBCC CHECKIDENT",
  "ALTER TABLE t NOCHECK CONSTRAINT ALL": "NOCHECK CONSTRAINT of ALTER TABLE",
  "ALTER TABLE t WITH NOCHECK ADD CHECK (n > 0)": "WITH NOCHECK of ALTER TABLE",
  "ALTER TABLE t ADD m int DEFAULT 5 WITH VALUES": "WITH VALUES of a default",
  "ALTER TABLE t ALTER COLUMN n ADD SPARSE": "ALTER COLUMN with ADD or DROP",
  "UPDATE TOP (1) t SET n = 1": "TOP of UPDATE",
  "UPDATE x SET n = 1 FROM t AS x": "FROM of UPDATE",
  "DELETE t WITH (TABLOCK)": "A table hint of DELETE",
  "DECLARE @v int UPDATE t SET @v = n = 1": "A variable in SET of UPDATE",
  "SELECT * FROM t WITH (UPDLOCK)": "The table hint UPDLOCK",
  "SELECT * FROM t OPTION (HASH JOIN)": "OPTION (HASH)",
  "SET TRANSACTION ISOLATION LEVEL SNAPSHOT": "SET TRANSACTION ISOLATION LEVEL SNAPSHOT",
  "DECLARE @x xml": "The type xml",
  "CREATE TABLE t (d json)": "The type json",
  "SELECT CAST('<a/>' AS xml)": "The type xml",
  "SELECT Name FROM people FOR XML PATH('')": "FOR XML",
  "SELECT Name FROM people FOR JSON AUTO": "FOR JSON",
  "SELECT JSON_VALUE(Name, '$.a') FROM people": "The function JSON_VALUE",
  "SELECT * FROM OPENJSON('[1]') WITH (a int)": "The function OPENJSON",
  "SELECT 1 WHERE CONTAINS(Name, 'a')": "The function CONTAINS",
  "SELECT TRY_PARSE('1' AS int USING 'en-US')": "The function TRY_PARSE",
  "SELECT DATETRUNC(month, GETDATE())": "The function DATETRUNC",
  "SELECT DATEPART(iso_week, GETDATE())": "The date part iso_week",
  "SELECT @@CPU_BUSY": "The variable @@CPU_BUSY",
  "SELECT GETDATE() AT TIME ZONE 'UTC'": "AT TIME ZONE",
  "SELECT SUM(Id) OVER (ORDER BY Id) FROM people": "SUM with OVER",
  "SELECT COUNT(*) OVER () FROM people": "COUNT with OVER",
  "SELECT LAG(Id) OVER (ORDER BY Id) FROM people": "The function LAG",
  "SELECT Boss FROM people GROUP BY ROLLUP (Boss)": "ROLLUP",
  "SELECT Boss FROM people GROUP BY GROUPING SETS (Boss, ())": "GROUPING SETS",
  "SELECT Boss FROM people GROUP BY Boss WITH CUBE": "WITH CUBE",
  "SELECT * FROM people PIVOT (MAX(Id) FOR Name IN ([Ada])) AS p": "PIVOT",
  "SELECT * FROM people AS p UNPIVOT (v FOR n IN (Id, Boss)) AS u": "UNPIVOT",
};

describe("what the lab does not speak", () => {
  for (const [text, what] of Object.entries(refused)) {
    it(`is refused by name: ${text}`, async () => {
      const server = newServer();
      await server.run(tables);
      const { errors, prints } = await server.run(text);
      assert.deepEqual([errors.map((error) => error.text), prints], [[said(what)], []]);
    });
  }

  it("is refused as a remote call too", async () => {
    const { answer, sink } = newAnswer();
    await executeProcedure("sp_cursoropen", [], newServer().session, sink, new AbortController().signal);
    assert.deepEqual(
      answer.errors.map((error) => error.text),
      [said("sp_cursoropen")],
    );
  });

  it("is told where the boundary is written", () => {
    const readme = readFileSync(path.resolve(__dirname, "../../../README.md"), "utf8");
    assert.match(readme, /^## The boundary$/m);
  });

  it("is each function of the list", async () => {
    for (const name of functionsNotSpoken) {
      const { errors } = await newServer().run(`SELECT ${name}('a')`);
      assert.match(errors[0]?.text ?? "", new RegExp(`\\[lab\\].* ${name}\\b`), name);
    }
  });

  it("is a name for a table all the same, where it is a function's", async () => {
    const server = newServer();
    const { errors } = await server.run(
      "CREATE TABLE [format] (lead int, log int) SELECT lead, log FROM format (NOLOCK)",
    );
    assert.deepEqual(errors, []);
  });
});

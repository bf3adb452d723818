import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { executeProcedure } from "#lab/tsql/index";
import { newAnswer, newServer } from "./support";

const said = (what: string) => `[lab] ${what} is not spoken here: lab/README.md, "The boundary", says what is.`;
const tables = "CREATE TABLE t (id int)";

/** What a batch says, and what it is told. */
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
});

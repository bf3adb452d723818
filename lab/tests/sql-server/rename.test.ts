import assert from "node:assert/strict";
import { openDatabase, type TestDatabase } from "./database";

describe("sp_rename", function () {
  this.timeout(30_000);
  let database: TestDatabase;
  const { rows, run, refusal } = {
    rows: (text: string) => database.rows(text),
    run: (text: string) => database.run(text),
    refusal: (text: string) => database.refusal(text),
  };

  beforeEach(async () => {
    database = await openDatabase([
      "CREATE TABLE parent (a int, b int, n int CONSTRAINT ck CHECK (n > 0), CONSTRAINT pk PRIMARY KEY (a, b))",
      "CREATE TABLE child (id int PRIMARY KEY, x int, y int, CONSTRAINT fk FOREIGN KEY (x, y) REFERENCES parent (a, b))",
      "CREATE INDEX ix ON child (x)",
      "INSERT parent VALUES (1, 2, 3) INSERT child VALUES (1, 1, 2)",
    ]);
  });
  afterEach(() => database?.close());

  it("gives a column another name, in its keys and in foreign keys that refer to it", async () => {
    await run("EXEC sp_rename 'dbo.parent.a', 'first', 'COLUMN'");
    await run("EXEC sp_rename @objname = N'[child].[x]', @newname = N'an x', @objtype = 'column'");
    assert.deepEqual(await rows("SELECT first, b FROM parent"), [{ first: 1, b: 2 }]);
    assert.equal(await refusal("INSERT child (id, [an x], y) VALUES (2, 8, 8)"), 547);
    await run("INSERT parent VALUES (8, 8, 1) INSERT child (id, [an x], y) VALUES (2, 8, 8)");
    assert.equal(await refusal("DELETE parent WHERE first = 8"), 547);
  });

  it("gives a table another name, which its foreign keys and triggers follow", async () => {
    await run(
      "CREATE TRIGGER tr ON parent AFTER INSERT AS IF EXISTS (SELECT * FROM inserted WHERE n = 13) THROW 50013, 'no', 1",
    );
    await run("EXEC sp_rename 'parent', 'elder'");
    assert.deepEqual(await rows("SELECT COUNT(*) AS n FROM elder"), [{ n: 1 }]);
    assert.equal(await refusal("SELECT * FROM parent"), 208);
    assert.equal(await refusal("INSERT elder VALUES (5, 5, 13)"), 50013);
    assert.equal(await refusal("INSERT child VALUES (2, 7, 7)"), 547);
    assert.deepEqual(await rows("SELECT OBJECT_NAME(referenced_object_id) AS t FROM sys.foreign_keys"), [
      { t: "elder" },
    ]);
  });

  it("gives indexes and constraints another name", async () => {
    await run(
      "EXEC sp_rename 'dbo.child.ix', 'ix1' EXEC sp_rename 'dbo.child.ix1', 'ix2', 'INDEX' EXEC sp_rename 'dbo.fk', 'fk2', 'OBJECT'",
    );
    await run("EXEC sp_rename 'pk', 'pk2'");
    assert.deepEqual(
      await rows(
        "SELECT name FROM sys.indexes WHERE name IS NOT NULL AND is_primary_key = 0 OR name = 'pk2' ORDER BY name",
      ),
      [{ name: "ix2" }, { name: "pk2" }],
    );
    assert.deepEqual(await rows("SELECT name FROM sys.foreign_keys"), [{ name: "fk2" }]);
  });

  it("is undone with its transaction", async () => {
    await run("BEGIN TRAN EXEC sp_rename 'parent', 'elder' EXEC sp_rename 'child.x', 'z' ROLLBACK");
    assert.deepEqual(await rows("SELECT x FROM child JOIN parent ON a = x"), [{ x: 1 }]);
  });

  it("refuses what is not there, names that are taken, and columns that a constraint is written with", async () => {
    assert.equal(await refusal("EXEC sp_rename 'nothing', 'x'"), 15225);
    assert.equal(await refusal("EXEC sp_rename 'parent.nothing', 'x', 'COLUMN'"), 15248);
    assert.equal(await refusal("EXEC sp_rename 'parent', 'x', 'THING'"), 15249);
    assert.equal(await refusal("EXEC sp_rename 'parent', 'child'"), 15335);
    assert.equal(await refusal("EXEC sp_rename 'parent.a', 'b', 'COLUMN'"), 15335);
    assert.equal(await refusal("EXEC sp_rename 'parent.n', 'm', 'COLUMN'"), 15336);
  });
});

import assert from "node:assert/strict";
import { openDatabase, type TestDatabase } from "./database";

describe("extended properties", function () {
  this.timeout(30_000);
  let database: TestDatabase;
  const table = "N'SCHEMA', N'dbo', N'TABLE', N't'";
  const shown = () =>
    database.rows(`SELECT p.class_desc AS c, OBJECT_NAME(p.major_id) AS o, COL_NAME(p.major_id, p.minor_id) AS col,
      p.name, CAST(p.value AS nvarchar(max)) AS v FROM sys.extended_properties p ORDER BY p.minor_id, p.name`);

  beforeEach(async () => {
    database = await openDatabase(["CREATE TABLE t (id int PRIMARY KEY, n int)", "CREATE INDEX ix ON t (n)"]);
  });
  afterEach(() => database?.close());

  it("say something of a table, of its columns and of its indexes", async () => {
    await database.run(`EXEC sp_addextendedproperty N'MS_Description', N'a table', ${table}`);
    await database.run(`EXEC sys.sp_addextendedproperty @name = 'MS_Description', @value = 'a number', @level0type = 'SCHEMA',
      @level0name = 'dbo', @level1type = 'TABLE', @level1name = 't', @level2type = 'COLUMN', @level2name = 'n'`);
    const description = { c: "OBJECT_OR_COLUMN", o: "t", name: "MS_Description" };
    assert.deepEqual(await shown(), [
      { ...description, col: null, v: "a table" },
      { ...description, col: "n", v: "a number" },
    ]);
    await database.run(`EXEC sp_updateextendedproperty N'MS_Description', N'other', ${table}, N'COLUMN', N'n'`);
    await database.run(`EXEC sp_dropextendedproperty N'MS_Description', ${table}`);
    assert.deepEqual(await shown(), [{ ...description, col: "n", v: "other" }]);
    await database.run(`EXEC sp_dropextendedproperty N'MS_Description', ${table}, N'COLUMN', N'n'`);
    await database.run(`EXEC sp_addextendedproperty N'why', 1, ${table}, N'INDEX', N'ix'`);
    assert.deepEqual((await shown())[0]?.c, "INDEX");
  });

  it("are listed by the level that they stand at", async () => {
    await database.run(`EXEC sp_addextendedproperty N'a', N'table', ${table} EXEC sp_addextendedproperty N'b', N'id', ${table}, 'COLUMN', 'id'
      EXEC sp_addextendedproperty N'a', N'n', ${table}, 'COLUMN', 'n' EXEC sp_addextendedproperty N'a', N'index', ${table}, 'INDEX', 'ix'`);
    const list = async (args: string) =>
      (await database.rows(`SELECT objtype, objname, name, value FROM fn_listextendedproperty(${args})`)).map((row) =>
        Object.values(row).join(" "),
      );
    assert.deepEqual(await list("NULL, 'schema', 'dbo', 'table', 't', DEFAULT, DEFAULT"), ["TABLE t a table"]);
    assert.deepEqual(await list("NULL, 'schema', 'dbo', 'table', NULL, NULL, NULL"), ["TABLE t a table"]);
    assert.deepEqual(await list("NULL, 'schema', 'dbo', 'table', 't', 'column', NULL"), [
      "COLUMN id b id",
      "COLUMN n a n",
    ]);
    assert.deepEqual(await list("'a', 'schema', 'dbo', 'table', 't', 'index', 'ix'"), ["INDEX ix a index"]);
    assert.deepEqual(await list("DEFAULT, DEFAULT, DEFAULT, DEFAULT, DEFAULT, DEFAULT, DEFAULT"), []);
  });

  it("go with the table, and come back with it", async () => {
    await database.run(`EXEC sp_addextendedproperty N'why', N'because', ${table}`);
    await database.run("BEGIN TRAN DROP TABLE t");
    assert.deepEqual(await shown(), []);
    await database.run("ROLLBACK");
    await database.run("ALTER TABLE t ADD m int");
    assert.equal((await shown()).length, 1);
  });

  it("are added once, and changed or dropped where they are", async () => {
    await database.run(`EXEC sp_addextendedproperty N'why', N'because', ${table}`);
    assert.equal(await database.refusal(`EXEC sp_addextendedproperty N'WHY', N'because', ${table}`), 15233);
    assert.equal(await database.refusal(`EXEC sp_updateextendedproperty N'who', N'me', ${table}`), 15217);
    assert.equal(await database.refusal(`EXEC sp_dropextendedproperty N'who', ${table}`), 15217);
    assert.equal(
      await database.refusal("EXEC sp_addextendedproperty N'a', N'b', 'SCHEMA', 'dbo', 'TABLE', 'no'"),
      15135,
    );
  });
});

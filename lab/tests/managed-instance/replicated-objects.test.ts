import assert from "node:assert/strict";
import sql, { type ConnectionPool, type RequestError } from "mssql";
import { createTestLink, type LinkedLab } from "./linked-lab";

/** Everything that a database may hold; each is a batch. */
const objects = [
  "CREATE TABLE Item (Id int IDENTITY PRIMARY KEY, Name nvarchar(20), Size int)",
  "CREATE TABLE Log (What varchar(20), Id int)",
  "CREATE SEQUENCE Numbers START WITH 100",
  "CREATE SYNONYM Thing FOR dbo.Item",
  "CREATE TYPE dbo.Names AS TABLE (Name nvarchar(20), Size int)",
  "CREATE FUNCTION dbo.Label (@id int) RETURNS nvarchar(40) AS BEGIN RETURN (SELECT Name FROM Item WHERE Id = @id) END",
  "CREATE FUNCTION dbo.Large (@least int) RETURNS TABLE AS RETURN SELECT Id, Name FROM Item WHERE Size >= @least",
  "CREATE VIEW Small AS SELECT Id, Name, Size FROM Item WHERE Size < 10 WITH CHECK OPTION",
  "CREATE TRIGGER Logged ON Item AFTER INSERT AS INSERT Log SELECT 'insert', Id FROM inserted",
  "CREATE PROCEDURE dbo.Add_Items @names dbo.Names READONLY AS INSERT Item (Name, Size) SELECT Name, Size FROM @names",
];
const use = `DECLARE @names dbo.Names INSERT @names VALUES ('by procedure', 3) EXEC dbo.Add_Items @names
  MERGE Thing USING (VALUES ('merged', 40)) AS m (Name, Size) ON Thing.Name = m.Name
    WHEN NOT MATCHED THEN INSERT (Name, Size) VALUES (m.Name, m.Size);
  UPDATE Small SET Size += 1 WHERE Name = 'by procedure'
  DECLARE @next int = NEXT VALUE FOR Numbers INSERT Item (Name, Size) VALUES ('numbered', @next)`;

describe("a linked database with all kinds of objects", function () {
  this.timeout(60_000);
  let linked: LinkedLab;
  beforeEach(async () => {
    linked = await createTestLink();
  });
  afterEach(() => linked.close());

  const on = (pool: ConnectionPool, text: string) => pool.request().batch(`USE db1 ${text}`);
  /** CREATE VIEW and the like stand alone in their batches. */
  async function each(pool: ConnectionPool, texts: readonly string[]): Promise<void> {
    await pool.request().batch("USE db1");
    for (const text of texts) await pool.request().batch(text);
    await pool.request().batch("USE master");
  }
  const numberOf = async (pool: ConnectionPool, text: string): Promise<number | undefined> => {
    try {
      await pool.request().batch(text);
      return undefined;
    } catch (error) {
      return (error as RequestError).number;
    }
  };
  const seen = async (pool: ConnectionPool): Promise<unknown> => {
    const { recordsets } = await on(
      pool,
      `SELECT Id, Name, Size, dbo.Label(Id) AS Label FROM Thing ORDER BY Id SELECT What, Id FROM Log ORDER BY Id
       SELECT Name FROM dbo.Large(10) ORDER BY Id SELECT CAST(current_value AS int) AS n FROM sys.sequences`,
    );
    return JSON.parse(JSON.stringify(recordsets));
  };
  const alike = async (): Promise<void> => {
    const wanted = await seen(linked.sqlServer);
    for (let tries = 0; tries < 100; tries++) {
      if (JSON.stringify(await seen(linked.managedInstance)) === JSON.stringify(wanted)) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.deepEqual(await seen(linked.managedInstance), wanted);
  };
  const names = async (pool: ConnectionPool): Promise<string[]> =>
    (
      await on(
        pool,
        "SELECT name, type FROM sys.objects WHERE type IN ('U', 'V', 'P', 'FN', 'IF', 'TR', 'SO', 'SN') ORDER BY name",
      )
    ).recordset.map(({ name, type }) => `${type.trim()} ${name}`);

  it("has them on both sides, whether they were there before the copy or came later", async () => {
    await each(linked.sqlServer, objects.slice(0, 6));
    await linked.establish();
    await each(linked.sqlServer, objects.slice(6));
    await on(linked.sqlServer, use);
    await alike();
    assert.equal((await names(linked.sqlServer)).length, 9);
    assert.deepEqual(await names(linked.managedInstance), await names(linked.sqlServer));
    const [, log] = (await seen(linked.managedInstance)) as unknown[][];
    assert.equal(log?.length, 3, "a trigger fires where the rows are changed, and its rows are copied");
    await each(linked.sqlServer, ["DISABLE TRIGGER Logged ON Item", "DROP FUNCTION dbo.Large"]);
    const state = `SELECT (SELECT COUNT(*) FROM sys.objects WHERE name = 'Large') AS functions, is_disabled
      FROM sys.triggers`;
    let [found] = (await on(linked.managedInstance, state)).recordset;
    for (let tries = 0; tries < 100 && found.functions !== 0; tries++)
      [found] = (await on(linked.managedInstance, state)).recordset;
    assert.deepEqual({ ...found }, { functions: 0, is_disabled: true });
  });

  it("takes no change on the instance, whatever it comes by: 3906", async () => {
    await each(linked.sqlServer, objects);
    await linked.establish();
    await linked.managedInstance.request().batch("USE db1");
    for (const text of [
      "DECLARE @n dbo.Names INSERT @n VALUES ('x', 1) EXEC dbo.Add_Items @n",
      "MERGE Item i USING (VALUES (1)) AS m (Id) ON i.Id = m.Id WHEN MATCHED THEN DELETE;",
      "UPDATE Small SET Size = 1",
      "DELETE FROM Thing",
      "SELECT NEXT VALUE FOR Numbers",
      "ALTER SEQUENCE Numbers RESTART",
      "TRUNCATE TABLE Log",
      "DISABLE TRIGGER ALL ON Item",
      "ALTER TRIGGER Logged ON Item AFTER INSERT AS RETURN",
      "CREATE OR ALTER FUNCTION dbo.Label (@id int) RETURNS int AS BEGIN RETURN 1 END",
      "DROP SYNONYM Thing",
      "CREATE TYPE dbo.Other AS TABLE (a int)",
      "CREATE SEQUENCE Other",
    ])
      assert.equal(await numberOf(linked.managedInstance, text), 3906, text);
    const rows = new sql.Table("Log");
    rows.columns.add("What", sql.VarChar(20), { nullable: true });
    rows.rows.add("bulk");
    await assert.rejects(linked.managedInstance.request().bulk(rows), { number: 3906 });
  });

  it("goes on with them on the new primary after a failover, and copies them back", async () => {
    await each(linked.sqlServer, objects);
    await linked.establish();
    await on(linked.sqlServer, use);
    await alike();
    await linked.sqlServer.request().batch("USE master ALTER AVAILABILITY GROUP DAG_db1 FAILOVER");
    await on(linked.managedInstance, use.replace("merged", "merged again"));
    await alike();
    const [items, log, , sequences] = (await seen(linked.sqlServer)) as Record<string, unknown>[][];
    assert.deepEqual(
      items?.map(({ Id }) => Id),
      [1, 2, 3, 4, 5, 6],
    );
    assert.equal(log?.length, 6);
    assert.deepEqual(sequences, [{ n: 101 }]);
    assert.equal(await numberOf(linked.sqlServer, "INSERT db1..Log VALUES ('no', 1)"), 3906);
  });
});

import assert from "node:assert/strict";
import { type Lab, startLab } from "#lab/index";
import { openSession, type TestSession } from "./sessions";

describe("triggers", function () {
  this.timeout(30_000);
  let lab: Lab;
  let session: TestSession;

  before(async () => {
    lab = await startLab();
    session = await openSession(lab);
  });
  after(async () => {
    await session?.close();
    await lab?.close();
  });
  beforeEach(async () => {
    await session.batch(`CREATE TABLE parent (id int PRIMARY KEY, v int)
      CREATE TABLE child (id int PRIMARY KEY, parent int REFERENCES parent ON DELETE CASCADE)
      CREATE TABLE log (n int IDENTITY, what varchar(20), id int, before int, after int, sets int)`);
  });
  afterEach(async () => {
    await session.batch(
      "IF @@TRANCOUNT > 0 ROLLBACK DROP VIEW IF EXISTS shown DROP TABLE IF EXISTS child, parent, log",
    );
  });

  const logged = () => session.batch("SELECT what, id, before, after FROM log ORDER BY n");
  const logging = (events: string, name = "tr") =>
    session.batch(`CREATE TRIGGER ${name} ON parent AFTER ${events} AS
      SET NOCOUNT ON
      INSERT log (what, id, before, after, sets)
        SELECT CASE WHEN d.id IS NULL THEN 'insert' WHEN i.id IS NULL THEN 'delete' ELSE 'update' END,
          COALESCE(i.id, d.id), d.v, i.v, CASE WHEN UPDATE(v) THEN 1 ELSE 0 END
        FROM inserted i FULL JOIN deleted d ON i.id = d.id`);

  it("see the rows of each statement before and after, in its transaction", async () => {
    await logging("INSERT, UPDATE, DELETE");
    await session.batch(`INSERT parent VALUES (1, 10), (2, 20) UPDATE parent SET v = v + 1 WHERE id = 2
      DELETE parent WHERE id = 1`);
    assert.deepEqual(await logged(), [
      { what: "insert", id: 1, before: null, after: 10 },
      { what: "insert", id: 2, before: null, after: 20 },
      { what: "update", id: 2, before: 20, after: 21 },
      { what: "delete", id: 1, before: 10, after: null },
    ]);
    await session.batch("BEGIN TRAN DELETE parent ROLLBACK");
    assert.equal((await logged()).length, 4);
    await session.batch(`MERGE parent p USING (VALUES (2, 5), (3, 6)) AS m (id, v) ON p.id = m.id
      WHEN MATCHED THEN UPDATE SET v = m.v WHEN NOT MATCHED THEN INSERT VALUES (m.id, m.v);`);
    assert.deepEqual((await logged()).slice(4), [
      { what: "insert", id: 3, before: null, after: 6 },
      { what: "update", id: 2, before: 21, after: 5 },
    ]);
  });

  it("fire once for a statement, also where no row is changed, and tell which columns it sets", async () => {
    await session.batch(`CREATE TRIGGER tr ON parent FOR UPDATE AS
      INSERT log (what, id, sets) SELECT 'fired', (SELECT COUNT(*) FROM inserted), 0
      IF UPDATE(v) AND NOT UPDATE(id) INSERT log (what, id) VALUES ('v', 1)`);
    await session.batch(
      "INSERT parent VALUES (1, 1), (2, 2) UPDATE parent SET v = 0 UPDATE parent SET id = id WHERE 1 = 0",
    );
    assert.deepEqual(await session.batch("SELECT what, id, sets FROM log ORDER BY n"), [
      { what: "fired", id: 2, sets: 0 },
      { what: "v", id: 1, sets: null },
      { what: "fired", id: 0, sets: 0 },
    ]);
  });

  it("fire for what a foreign key cascades to, and for what triggers change", async () => {
    await session.batch(
      `CREATE TRIGGER tr ON child AFTER DELETE AS INSERT log (what, id) SELECT 'child', id FROM deleted`,
    );
    await session.batch(`CREATE TRIGGER second ON log AFTER INSERT AS
      UPDATE log SET sets = 2 FROM log JOIN inserted i ON i.n = log.n`);
    await session.batch(
      "INSERT parent VALUES (1, 1), (2, 2) INSERT child VALUES (10, 1), (11, 1), (12, 2) DELETE parent WHERE id = 1",
    );
    assert.deepEqual(await session.batch("SELECT what, id, sets FROM log ORDER BY id"), [
      { what: "child", id: 10, sets: 2 },
      { what: "child", id: 11, sets: 2 },
    ]);
  });

  it("undo the statement with ROLLBACK, 3609, and end the batch", async () => {
    await session.batch(`CREATE TRIGGER tr ON parent AFTER INSERT AS
      IF EXISTS (SELECT 1 FROM inserted WHERE v < 0) BEGIN RAISERROR('Not below zero.', 16, 1) ROLLBACK END`);
    assert.equal(
      await session.failure("INSERT parent VALUES (1, 1) INSERT parent VALUES (2, -1) INSERT parent VALUES (3, 3)"),
      3609,
    );
    assert.deepEqual(await session.batch("SELECT id FROM parent"), [{ id: 1 }]);
    const caught = await session.batch(`BEGIN TRAN INSERT parent VALUES (4, 4)
      BEGIN TRY INSERT parent VALUES (5, -5) END TRY
      BEGIN CATCH SELECT ERROR_NUMBER() AS number, XACT_STATE() AS state ROLLBACK END CATCH`);
    assert.deepEqual(caught, [{ number: 50000, state: -1 }]);
    assert.deepEqual(await session.batch("SELECT id FROM parent"), [{ id: 1 }]);
  });

  it("undo the statement with an error, which the body's own CATCH does not prevent: 3616", async () => {
    await session.batch("CREATE TRIGGER tr ON parent AFTER INSERT AS THROW 51000, 'No.', 1");
    assert.equal(await session.failure("INSERT parent VALUES (1, 1)"), 51000);
    await session.batch(`ALTER TRIGGER tr ON parent AFTER INSERT AS
      BEGIN TRY SELECT 1 / 0 END TRY BEGIN CATCH INSERT log (what) VALUES ('caught') END CATCH`);
    assert.equal(await session.failure("INSERT parent VALUES (1, 1)"), 3930);
    await session.batch(`ALTER TRIGGER tr ON parent AFTER INSERT AS
      BEGIN TRY RAISERROR('x', 16, 1) END TRY BEGIN CATCH DECLARE @n int = 1 END CATCH`);
    assert.equal(await session.failure("INSERT parent VALUES (1, 1)"), 3616);
    assert.deepEqual(await session.batch("SELECT * FROM parent"), []);
    assert.deepEqual(await logged(), []);
  });

  it("run instead of the statement, on tables and on views", async () => {
    await session.batch(
      `CREATE TRIGGER tr ON parent INSTEAD OF INSERT AS INSERT parent SELECT id, v * 100 FROM inserted`,
    );
    await session.batch("INSERT parent VALUES (1, 1), (2, 2)");
    assert.deepEqual(await session.batch("SELECT v FROM parent"), [{ v: 100 }, { v: 200 }]);
    await session.batch("CREATE VIEW shown AS SELECT id, SUM(v) AS total FROM parent GROUP BY id");
    await session.batch(
      "CREATE TRIGGER trv ON shown INSTEAD OF UPDATE AS UPDATE parent SET v = i.total FROM parent p JOIN inserted i ON i.id = p.id",
    );
    await session.batch(
      "CREATE TRIGGER trd ON shown INSTEAD OF DELETE AS DELETE parent WHERE id IN (SELECT id FROM deleted)",
    );
    await session.batch("UPDATE shown SET total = total + 5 WHERE id = 1 DELETE FROM shown WHERE total = 200");
    assert.deepEqual(await session.batch("SELECT id, v FROM parent"), [{ id: 1, v: 105 }]);
    assert.equal(await session.failure("CREATE TRIGGER more ON shown INSTEAD OF UPDATE AS RETURN"), 2111);
    assert.equal(await session.failure("CREATE TRIGGER more ON shown AFTER UPDATE AS RETURN"), 8197);
  });

  it("are switched off and on, dropped with their table, and listed in sys.triggers", async () => {
    await logging("INSERT");
    await session.batch("DISABLE TRIGGER tr ON parent");
    await session.batch(
      "INSERT parent VALUES (1, 1) ALTER TABLE parent ENABLE TRIGGER ALL INSERT parent VALUES (2, 2)",
    );
    assert.deepEqual(
      (await logged()).map(({ id }) => id),
      [2],
    );
    const listed = `SELECT name, OBJECT_NAME(parent_id) AS parent, type, is_disabled, is_instead_of_trigger FROM sys.triggers`;
    assert.deepEqual(await session.batch(listed), [
      { name: "tr", parent: "parent", type: "TR", is_disabled: false, is_instead_of_trigger: false },
    ]);
    assert.equal((await session.batch("SELECT OBJECT_ID('dbo.tr', 'TR') AS id"))[0]?.id !== null, true);
    await session.batch("DROP TABLE child, parent");
    assert.deepEqual(await session.batch(listed), []);
  });

  it("keep OUTPUT to INTO: 334", async () => {
    await logging("INSERT");
    assert.equal(await session.failure("INSERT parent OUTPUT inserted.id VALUES (1, 1)"), 334);
    assert.equal(await session.failure("UPDATE parent SET v = 1 OUTPUT inserted.id"), 0);
    assert.equal(
      await session.failure("DECLARE @t TABLE (id int) INSERT parent OUTPUT inserted.id INTO @t VALUES (1, 1)"),
      0,
    );
  });

  it("keep the number that the outer INSERT gave apart from their own", async () => {
    await session.batch("CREATE TABLE numbered (n int IDENTITY(100, 1), v int)");
    await session.batch("CREATE TRIGGER tr ON numbered AFTER INSERT AS INSERT log (what) VALUES ('x')");
    const [found] = await session.batch(
      "INSERT numbered (v) VALUES (1) SELECT CAST(SCOPE_IDENTITY() AS int) AS scope, CAST(@@IDENTITY AS int) AS last",
    );
    assert.deepEqual(found, { scope: 100, last: 1 });
    await session.batch("DROP TABLE numbered");
  });

  it("do not fire themselves again, and are refused where they cannot be", async () => {
    await session.batch("CREATE TRIGGER tr ON parent AFTER UPDATE AS UPDATE parent SET v = v + 1");
    await session.batch("INSERT parent VALUES (1, 1) UPDATE parent SET v = 10");
    assert.deepEqual(await session.batch("SELECT v FROM parent"), [{ v: 11 }]);
    assert.equal(await session.failure("CREATE TRIGGER x ON nothing AFTER INSERT AS RETURN"), 8197);
    assert.equal(await session.failure("CREATE TRIGGER tr ON parent AFTER INSERT AS RETURN"), 2714);
    assert.equal(await session.failure("IF UPDATE(v) SELECT 1"), 140);
    await session.batch("ALTER TRIGGER tr ON parent AFTER UPDATE AS DELETE inserted");
    assert.equal(await session.failure("UPDATE parent SET v = 1"), 286);
  });
});

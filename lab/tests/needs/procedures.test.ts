import assert from "node:assert/strict";
import { type ConnectionPool, Int, NVarChar, PreparedStatement, type RequestError } from "mssql";
import { createTestLink, type LinkedLab } from "../managed-instance/linked-lab";

type Row = Readonly<Record<string, unknown>>;

/** Shows the procedures that drivers call for parameters and transactions, and how two sessions wait for each other. */
describe("what drivers call, and sessions that wait for each other", function () {
  this.timeout(60_000);
  let linked: LinkedLab;
  let pool: ConnectionPool;
  let other: ConnectionPool;
  before(async () => {
    linked = await createTestLink();
    pool = linked.sqlServer;
    other = await linked.connect("sqlServer");
    await pool.request().batch("CREATE TABLE db1.dbo.Item (Id int PRIMARY KEY, Name nvarchar(20))");
    await pool.request().batch("INSERT db1.dbo.Item VALUES (1, N'one'), (2, N'two')");
  });
  after(() => linked.close());

  const failure = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      ({ number }: RequestError) => number,
    );

  it("a query with parameters is sp_executesql", async () => {
    const { recordset } = await pool
      .request()
      .input("id", Int, 2)
      .query<Row>("SELECT Name, @id AS id FROM db1.dbo.Item WHERE Id = @id");
    assert.deepEqual([...recordset], [{ Name: "two", id: 2 }]);
  });

  it("a statement is prepared, run twice and given back", async () => {
    const statement = new PreparedStatement(pool);
    statement.input("name", NVarChar(20));
    await statement.prepare("SELECT Id FROM db1.dbo.Item WHERE Name = @name");
    const found: unknown[] = [];
    for (const name of ["one", "two"]) found.push(...(await statement.execute({ name })).recordset);
    await statement.unprepare();
    assert.deepEqual(found, [{ Id: 1 }, { Id: 2 }]);
  });

  it("a statement is prepared and run at once", async () => {
    const { recordset, output } = await pool
      .request()
      .output("handle", Int)
      .input("params", NVarChar, "@id int")
      .input("stmt", NVarChar, "SELECT Name FROM db1.dbo.Item WHERE Id = @id")
      .input("id", Int, 1)
      .execute<Row>("sp_prepexec");
    assert.deepEqual([...(recordset ?? [])], [{ Name: "one" }]);
    assert.ok(output.handle > 0);
    const again = await pool
      .request()
      .input("handle", Int, output.handle)
      .input("id", Int, 2)
      .execute<Row>("sp_execute");
    assert.deepEqual([...(again.recordset ?? [])], [{ Name: "two" }]);
    await pool.request().input("handle", Int, output.handle).execute("sp_unprepare");
    assert.equal(
      await failure(pool.request().input("handle", Int, output.handle).input("id", Int, 2).execute("sp_execute")),
      8179,
    );
  });

  it("a procedure of the server is called by its name", async () => {
    const { recordset, returnValue } = await pool
      .request()
      .input("endpoint_type", Int, 4)
      .execute<Row>("sp_get_endpoint_certificate");
    assert.ok(Buffer.isBuffer(recordset?.[0]?.EndpointCertificatePublicKey));
    assert.equal(returnValue, 0);
  });

  it("a transaction of the driver is committed, or rolled back", async () => {
    for (const end of ["commit", "rollback"] as const) {
      const transaction = pool.transaction();
      await transaction.begin();
      await transaction
        .request()
        .query(
          "UPDATE db1.dbo.Item SET Name = N'committed' WHERE Id = 1 AND Name = N'one' DELETE db1.dbo.Item WHERE Id = 3",
        );
      if (end === "rollback") await transaction.request().query("INSERT db1.dbo.Item VALUES (3, N'three')");
      await transaction[end]();
    }
    const { recordset } = await other.request().query<Row>("SELECT Id, Name FROM db1.dbo.Item ORDER BY Id");
    assert.deepEqual(
      [...recordset],
      [
        { Id: 1, Name: "committed" },
        { Id: 2, Name: "two" },
      ],
    );
  });

  it("a session waits for another one's transaction, and a third sees who blocks it", async () => {
    const transaction = pool.transaction();
    await transaction.begin();
    await transaction.request().query("UPDATE db1.dbo.Item SET Name = N'held' WHERE Id = 1");
    assert.equal(
      await failure(other.request().batch("SET LOCK_TIMEOUT 0 UPDATE db1.dbo.Item SET Name = N'x' WHERE Id = 1")),
      1222,
    );
    const waiting = other
      .request()
      .batch("SET LOCK_TIMEOUT 60000 UPDATE db1.dbo.Item SET Name = N'later' WHERE Id = 1");
    const third = await linked.connect("sqlServer");
    const blocked = async () =>
      (
        await third.request().query<Row>(`SELECT r.session_id, r.blocking_session_id, r.wait_type, l.request_status
        FROM sys.dm_exec_requests r JOIN sys.dm_tran_locks l ON l.request_session_id = r.session_id AND l.request_status = 'WAIT'
        WHERE r.blocking_session_id <> 0`)
      ).recordset;
    let seen = await blocked();
    for (let attempt = 0; seen.length === 0 && attempt < 100; attempt++) seen = await blocked();
    assert.match(String(seen[0]?.wait_type), /^LCK_M_/);
    await transaction.rollback();
    await waiting;
    const { recordset } = await third.request().query<Row>("SELECT Name FROM db1.dbo.Item WHERE Id = 1");
    assert.deepEqual([...recordset], [{ Name: "later" }]);
  });

  it("what a transaction holds while its database is seeded comes when it ends", async () => {
    const transaction = pool.transaction();
    await transaction.begin();
    await transaction.request().query("DELETE db1.dbo.Item WHERE Id = 2 INSERT db1.dbo.Item VALUES (9, N'open')");
    await linked.establish();
    const there = async () =>
      (await linked.managedInstance.request().query<Row>("SELECT Id FROM db1.dbo.Item ORDER BY Id")).recordset;
    assert.deepEqual([...(await there())], [{ Id: 1 }, { Id: 2 }]);
    await transaction.commit();
    for (let attempt = 0; (await there()).at(-1)?.Id !== 9 && attempt < 100; attempt++);
    assert.deepEqual([...(await there())], [{ Id: 1 }, { Id: 9 }]);
  });

  it("of two sessions that wait for each other one is the victim", async () => {
    const [first, second] = [pool.transaction(), other.transaction()];
    await Promise.all([first.begin(), second.begin()]);
    await first.request().query("CREATE TABLE db1.dbo.A (n int) INSERT db1.dbo.A VALUES (1)");
    await second.request().query("CREATE TABLE db1.dbo.B (n int) INSERT db1.dbo.B VALUES (1)");
    const results = await Promise.all([
      failure(first.request().query("SELECT n FROM db1.dbo.B")),
      failure(second.request().query("SELECT n FROM db1.dbo.A")),
    ]);
    assert.ok(results.includes(1205), String(results));
    await Promise.all([failure(first.rollback()), failure(second.rollback())]);
  });

  it("a lock of an application is waited for, and not for ever", async () => {
    const lock = "DECLARE @r int EXEC @r = sp_getapplock N'mi-link', 'Exclusive', 'Session', 10 SELECT @r AS r";
    const take = async (session: ConnectionPool) => (await session.request().batch<Row>(lock)).recordset[0]?.r;
    assert.deepEqual([await take(pool), await take(other)], [0, -1]);
    await pool.request().batch("EXEC sp_releaseapplock N'mi-link', 'Session'");
    assert.equal(await take(other), 0);
  });

  it("a session is ended by another one", async () => {
    const victim = await linked.connect("sqlServer");
    victim.on("error", () => undefined);
    const { recordset } = await victim.request().query<Row>("SELECT @@SPID AS spid");
    const waiting = failure(victim.request().batch("WAITFOR DELAY '00:01:00'"));
    await pool.request().batch(`KILL ${recordset[0]?.spid}`);
    await waiting;
    const { recordset: left } = await pool
      .request()
      .input("spid", Int, recordset[0]?.spid)
      .query<Row>("SELECT COUNT(*) AS n FROM sys.dm_exec_sessions WHERE session_id = @spid");
    assert.deepEqual([...left], [{ n: 0 }]);
  });
});

import assert from "node:assert/strict";
import { ISOLATION_LEVEL } from "mssql";
import { served } from "../sql-server/served";

describe("isolation between two sessions", () => {
  const one = served({ databases: [{ name: "db1" }] }, { database: "db1" });
  type Session = Awaited<ReturnType<typeof one.session>>;
  let other: Session;
  before(async () => {
    other = await one.session();
  });
  beforeEach(async () => {
    await one.rows("CREATE TABLE t (id int PRIMARY KEY, v int); INSERT t VALUES (1, 10), (2, 20), (3, 30)");
    await other.rows("SET LOCK_TIMEOUT 0");
  });
  afterEach(async () => {
    const clean = `IF @@TRANCOUNT > 0 ROLLBACK
      SET TRANSACTION ISOLATION LEVEL READ COMMITTED SET LOCK_TIMEOUT -1`;
    for (const session of [one, other]) await session.rows(clean);
    await one.rows("DROP TABLE IF EXISTS t");
  });

  const requests = `SELECT session_id, status, command, blocking_session_id, wait_type
    FROM sys.dm_exec_requests WHERE blocking_session_id <> 0`;
  const values = (session: Pick<Session, "rows">, hints = "") =>
    session.rows(`SELECT v FROM t ${hints} ORDER BY id`).then((rows) => rows.map(({ v }) => v));

  it("lets READ UNCOMMITTED and NOLOCK see what is not committed", async () => {
    await one.rows("BEGIN TRAN UPDATE t SET v = 99 WHERE id = 1 DELETE t WHERE id = 2");
    assert.deepEqual(await values(other, "WITH (NOLOCK)"), [99, 30]);
    await other.rows("SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED");
    assert.deepEqual(await values(other), [99, 30]);
    assert.deepEqual(await other.refusal("SELECT * FROM t WITH (READCOMMITTED)"), [1222]);
    await one.rows("DROP TABLE t");
    assert.deepEqual(await other.refusal("SELECT * FROM t WITH (NOLOCK)"), [1222]);
  });

  it("locks a table as a whole for those who change it, and not at all for those who read it", async () => {
    await one.rows("BEGIN TRAN SELECT * FROM t");
    assert.deepEqual(await other.refusal("UPDATE t SET v = 0 WHERE id = 3"), []);
    await one.rows("UPDATE t SET v = 1 WHERE id = 1");
    for (const text of ["SELECT * FROM t WHERE id = 3", "UPDATE t SET v = 2 WHERE id = 2", "INSERT t VALUES (4, 40)"])
      assert.deepEqual(await other.refusal(text), [1222], text);
    assert.deepEqual(await other.refusal("SELECT name FROM sys.tables WHERE OBJECT_ID('t') IS NOT NULL"), []);
    await one.rows("COMMIT");
    assert.deepEqual(await values(other), [1, 20, 0]);
  });

  it("is no other in a transaction that a driver begins", async () => {
    const transaction = one.pool.transaction();
    await assert.rejects(transaction.begin(ISOLATION_LEVEL.SERIALIZABLE), /\[lab\] The isolation level SERIALIZABLE/);
  });

  it("makes who would wait last a deadlock's victim, which can catch that", async () => {
    await one.rows("CREATE TABLE u (id int) BEGIN TRAN UPDATE t SET v = 11 WHERE id = 1");
    await other.rows("SET LOCK_TIMEOUT -1 BEGIN TRAN INSERT u VALUES (1)");
    const waiting = other.rows("UPDATE t SET v = 22 WHERE id = 2");
    while ((await one.rows(requests)).length === 0);
    const caught = await one.rows(`BEGIN TRY INSERT u VALUES (2) END TRY
      BEGIN CATCH SELECT ERROR_NUMBER() AS number, XACT_STATE() AS state ROLLBACK END CATCH`);
    assert.deepEqual(caught, [{ number: 1205, state: -1 }]);
    await waiting;
    await other.rows("COMMIT DROP TABLE u");
    assert.deepEqual(await values(one), [10, 22, 30]);
  });

  it("gives out locks of the application's own, for a transaction or for the session", async () => {
    const get = (session: Pick<Session, "rows">, more: string) =>
      session
        .rows(`DECLARE @r int EXEC @r = sp_getapplock @Resource = 'r', ${more} SELECT @r AS r`)
        .then(([row]) => row?.r);
    assert.equal(await get(one, "@LockMode = 'Exclusive', @LockOwner = 'Session'"), 0);
    assert.equal(await get(one, "@LockMode = 'Exclusive', @LockOwner = 'Session'"), 0);
    assert.equal(await get(other, "@LockMode = 'Shared', @LockOwner = 'Session', @LockTimeout = 0"), -1);
    assert.equal(await get(other, "@LockMode = 'Shared'"), -999);
    const mode =
      "SELECT APPLOCK_MODE('public', 'r', 'Session') AS own, APPLOCK_MODE('public', 'R', 'Session') AS other";
    assert.deepEqual(await one.rows(mode), [{ own: "Exclusive", other: "NoLock" }]);
    assert.deepEqual(await other.rows(mode), [{ own: "NoLock", other: "NoLock" }]);
    await other.rows("SET LOCK_TIMEOUT -1 BEGIN TRAN");
    const waiting = get(other, "@LockMode = 'Shared'");
    const release = "EXEC sp_releaseapplock 'r', 'Session'";
    await one.rows(release);
    while ((await one.rows(requests)).length === 0);
    await one.rows(release);
    assert.equal(await waiting, 1);
    assert.deepEqual(await one.refusal(release), [1223]);
    assert.equal(await get(one, "@LockMode = 'Exclusive', @LockOwner = 'Session', @LockTimeout = 10"), -1);
    await other.rows("COMMIT");
    assert.equal(await get(one, "@LockMode = 'Exclusive', @LockOwner = 'Session', @LockTimeout = 10"), 0);
    await one.rows(release);
  });

  it("shows in the dynamic views who waits for whom", async () => {
    const [{ spid } = {}] = await one.rows("SELECT @@SPID AS spid");
    const [{ spid: waiting } = {}] = await other.rows("SET LOCK_TIMEOUT -1 SELECT @@SPID AS spid");
    const third = await one.session();
    await one.rows("BEGIN TRAN UPDATE t SET v = 11 WHERE id = 1");
    const update = other.rows("UPDATE t SET v = 12 WHERE id = 1");
    let found = await third.rows(requests);
    while (found.length === 0) found = await third.rows(requests);
    assert.deepEqual(found, [
      { session_id: waiting, status: "suspended", command: "UPDATE", blocking_session_id: spid, wait_type: "LCK_M_X" },
    ]);
    const locks = await third.rows(`SELECT request_session_id AS spid, request_mode AS mode, request_status AS status
      FROM sys.dm_tran_locks WHERE resource_associated_entity_id = OBJECT_ID('t') ORDER BY request_status`);
    assert.deepEqual(locks, [
      { spid, mode: "X", status: "GRANT" },
      { spid: waiting, mode: "X", status: "WAIT" },
    ]);
    const sessions = `SELECT status, open_transaction_count AS n FROM sys.dm_exec_sessions WHERE session_id = ${spid}`;
    assert.deepEqual(await third.rows(sessions), [{ status: "sleeping", n: 1 }]);
    await one.rows("COMMIT");
    await update;
    assert.deepEqual(await third.rows(requests), []);
    await third.close();
  });
});

import assert from "node:assert/strict";
import { ISOLATION_LEVEL } from "mssql";
import { type Lab, startLab } from "#lab/index";
import { openSession, type TestSession } from "./sessions";

describe("isolation between two sessions", function () {
  this.timeout(30_000);
  let lab: Lab;
  let one: TestSession;
  let other: TestSession;

  before(async () => {
    lab = await startLab();
    [one, other] = await Promise.all([openSession(lab), openSession(lab)]);
  });
  after(async () => {
    await Promise.all([one?.close(), other?.close()]);
    await lab?.close();
  });
  beforeEach(async () => {
    await one.batch("CREATE TABLE t (id int PRIMARY KEY, v int); INSERT t VALUES (1, 10), (2, 20), (3, 30)");
    await other.batch("SET LOCK_TIMEOUT 0");
  });
  afterEach(async () => {
    const clean = `IF @@TRANCOUNT > 0 ROLLBACK
      SET TRANSACTION ISOLATION LEVEL READ COMMITTED SET LOCK_TIMEOUT -1`;
    for (const session of [one, other]) await session.batch(clean);
    await one.batch("DROP TABLE IF EXISTS t");
  });

  const requests = `SELECT session_id, status, command, blocking_session_id, wait_type
    FROM sys.dm_exec_requests WHERE blocking_session_id <> 0`;
  const values = (session: TestSession, hints = "") =>
    session.batch(`SELECT v FROM t ${hints} ORDER BY id`).then((rows) => rows.map(({ v }) => v));

  it("lets READ UNCOMMITTED and NOLOCK see what is not committed", async () => {
    await one.batch("BEGIN TRAN UPDATE t SET v = 99 WHERE id = 1 DELETE t WHERE id = 2");
    assert.deepEqual(await values(other, "WITH (NOLOCK)"), [99, 30]);
    await other.batch("SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED");
    assert.deepEqual(await values(other), [99, 30]);
    assert.equal(await other.failure("SELECT * FROM t WITH (READCOMMITTED)"), 1222);
    await one.batch("DROP TABLE t");
    assert.equal(await other.failure("SELECT * FROM t WITH (NOLOCK)"), 1222);
  });

  it("locks a table as a whole for those who change it, and not at all for those who read it", async () => {
    await one.batch("BEGIN TRAN SELECT * FROM t");
    assert.equal(await other.failure("UPDATE t SET v = 0 WHERE id = 3"), 0);
    await one.batch("UPDATE t SET v = 1 WHERE id = 1");
    for (const text of ["SELECT * FROM t WHERE id = 3", "UPDATE t SET v = 2 WHERE id = 2", "INSERT t VALUES (4, 40)"])
      assert.equal(await other.failure(text), 1222, text);
    assert.equal(await other.failure("SELECT name FROM sys.tables WHERE OBJECT_ID('t') IS NOT NULL"), 0);
    await one.batch("COMMIT");
    assert.deepEqual(await values(other), [1, 20, 0]);
  });

  it("is no other in a transaction that a driver begins", async () => {
    const transaction = one.pool.transaction();
    await assert.rejects(transaction.begin(ISOLATION_LEVEL.SERIALIZABLE), /\[lab\] The isolation level SERIALIZABLE/);
  });

  it("makes who would wait last a deadlock's victim, which can catch that", async () => {
    await one.batch("CREATE TABLE u (id int) BEGIN TRAN UPDATE t SET v = 11 WHERE id = 1");
    await other.batch("SET LOCK_TIMEOUT -1 BEGIN TRAN INSERT u VALUES (1)");
    const waiting = other.batch("UPDATE t SET v = 22 WHERE id = 2");
    while ((await one.batch(requests)).length === 0);
    const caught = await one.batch(`BEGIN TRY INSERT u VALUES (2) END TRY
      BEGIN CATCH SELECT ERROR_NUMBER() AS number, XACT_STATE() AS state ROLLBACK END CATCH`);
    assert.deepEqual(caught, [{ number: 1205, state: -1 }]);
    await waiting;
    await other.batch("COMMIT DROP TABLE u");
    assert.deepEqual(await values(one), [10, 22, 30]);
  });

  it("gives out locks of the application's own, for a transaction or for the session", async () => {
    const get = (session: TestSession, more: string) =>
      session
        .batch(`DECLARE @r int EXEC @r = sp_getapplock @Resource = 'r', ${more} SELECT @r AS r`)
        .then(([row]) => row?.r);
    assert.equal(await get(one, "@LockMode = 'Exclusive', @LockOwner = 'Session'"), 0);
    assert.equal(await get(one, "@LockMode = 'Exclusive', @LockOwner = 'Session'"), 0);
    assert.equal(await get(other, "@LockMode = 'Shared', @LockOwner = 'Session', @LockTimeout = 0"), -1);
    assert.equal(await get(other, "@LockMode = 'Shared'"), -999);
    const mode =
      "SELECT APPLOCK_MODE('public', 'r', 'Session') AS own, APPLOCK_MODE('public', 'R', 'Session') AS other";
    assert.deepEqual(await one.batch(mode), [{ own: "Exclusive", other: "NoLock" }]);
    assert.deepEqual(await other.batch(mode), [{ own: "NoLock", other: "NoLock" }]);
    await other.batch("SET LOCK_TIMEOUT -1 BEGIN TRAN");
    const waiting = get(other, "@LockMode = 'Shared'");
    const release = "EXEC sp_releaseapplock 'r', 'Session'";
    await one.batch(release);
    while ((await one.batch(requests)).length === 0);
    await one.batch(release);
    assert.equal(await waiting, 1);
    assert.equal(await one.failure(release), 1223);
    assert.equal(await get(one, "@LockMode = 'Exclusive', @LockOwner = 'Session', @LockTimeout = 10"), -1);
    await other.batch("COMMIT");
    assert.equal(await get(one, "@LockMode = 'Exclusive', @LockOwner = 'Session', @LockTimeout = 10"), 0);
    await one.batch(release);
  });

  it("shows in the dynamic views who waits for whom", async () => {
    const [{ spid } = {}] = await one.batch("SELECT @@SPID AS spid");
    const [{ spid: waiting } = {}] = await other.batch("SET LOCK_TIMEOUT -1 SELECT @@SPID AS spid");
    const third = await openSession(lab);
    await one.batch("BEGIN TRAN UPDATE t SET v = 11 WHERE id = 1");
    const update = other.batch("UPDATE t SET v = 12 WHERE id = 1");
    let found = await third.batch(requests);
    while (found.length === 0) found = await third.batch(requests);
    assert.deepEqual(found, [
      { session_id: waiting, status: "suspended", command: "UPDATE", blocking_session_id: spid, wait_type: "LCK_M_X" },
    ]);
    const locks = await third.batch(`SELECT request_session_id AS spid, request_mode AS mode, request_status AS status
      FROM sys.dm_tran_locks WHERE resource_associated_entity_id = OBJECT_ID('t') ORDER BY request_status`);
    assert.deepEqual(locks, [
      { spid, mode: "X", status: "GRANT" },
      { spid: waiting, mode: "X", status: "WAIT" },
    ]);
    const sessions = `SELECT status, open_transaction_count AS n FROM sys.dm_exec_sessions WHERE session_id = ${spid}`;
    assert.deepEqual(await third.batch(sessions), [{ status: "sleeping", n: 1 }]);
    await one.batch("COMMIT");
    await update;
    assert.deepEqual(await third.batch(requests), []);
    await third.close();
  });
});

import assert from "node:assert/strict";
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
      SET TRANSACTION ISOLATION LEVEL READ COMMITTED SET LOCK_TIMEOUT -1 SET DEADLOCK_PRIORITY NORMAL`;
    for (const session of [one, other]) await session.batch(clean);
    await one.batch(`DROP TABLE IF EXISTS t ALTER DATABASE db1 SET ALLOW_SNAPSHOT_ISOLATION OFF
      ALTER DATABASE db1 SET READ_COMMITTED_SNAPSHOT OFF`);
  });

  const values = (session: TestSession, hints = "") =>
    session.batch(`SELECT v FROM t ${hints} ORDER BY id`).then((rows) => rows.map(({ v }) => v));

  it("lets READ UNCOMMITTED and NOLOCK see what is not committed", async () => {
    await one.batch("BEGIN TRAN UPDATE t SET v = 99 WHERE id = 1 DELETE t WHERE id = 2");
    assert.deepEqual(await values(other, "WITH (NOLOCK)"), [99, 30]);
    await other.batch("SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED");
    assert.deepEqual(await values(other), [99, 30]);
    assert.equal(await other.failure("SELECT * FROM t WITH (READCOMMITTED)"), 1222);
  });

  it("keeps no lock of what READ COMMITTED has read", async () => {
    await one.batch("BEGIN TRAN SELECT * FROM t");
    assert.equal(await other.failure("UPDATE t SET v = 0"), 0);
  });

  it("keeps the rows that REPEATABLE READ has read as they are, and lets new ones come", async () => {
    await one.batch("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ BEGIN TRAN SELECT * FROM t WHERE v < 25");
    assert.equal(await other.failure("UPDATE t SET v = 0 WHERE id = 1"), 1222);
    assert.equal(await other.failure("DELETE t WHERE id = 2"), 1222);
    assert.equal(await other.failure("UPDATE t SET v = 31 WHERE id = 3"), 0);
    assert.equal(await other.failure("SELECT * FROM t"), 0);
    assert.equal(await other.failure("INSERT t VALUES (4, 5)"), 0);
    assert.deepEqual(await values(one), [10, 20, 31, 5]);
    await one.batch("COMMIT");
    assert.equal(await other.failure("UPDATE t SET v = 0 WHERE id = 1"), 0);
  });

  it("lets no phantoms come where SERIALIZABLE or HOLDLOCK has looked", async () => {
    await one.batch("BEGIN TRAN SELECT COUNT(*) FROM t WITH (HOLDLOCK) WHERE v > 5");
    assert.equal(await other.failure("INSERT t VALUES (4, 40)"), 1222);
    assert.equal(await other.failure("SELECT * FROM t"), 0);
    await one.batch("COMMIT SET TRANSACTION ISOLATION LEVEL SERIALIZABLE BEGIN TRAN SELECT * FROM t WHERE id = 7");
    assert.equal(await other.failure("INSERT t VALUES (7, 70)"), 1222);
    await one.batch("COMMIT");
    assert.equal(await other.failure("INSERT t VALUES (7, 70)"), 0);
  });

  it("gives each of two workers a row of its own with UPDLOCK and READPAST", async () => {
    const take = "SELECT TOP (1) id FROM t WITH (UPDLOCK, READPAST, ROWLOCK) WHERE v > 5 ORDER BY id";
    assert.deepEqual(await one.batch(`BEGIN TRAN ${take}`), [{ id: 1 }]);
    assert.deepEqual(await other.batch(`BEGIN TRAN ${take}`), [{ id: 2 }]);
    assert.equal(await other.failure("SELECT * FROM t WITH (UPDLOCK) WHERE id = 1"), 1222);
    assert.deepEqual(await other.batch("SELECT id FROM t WHERE id = 1"), [{ id: 1 }]);
    await other.batch("DELETE TOP (1) FROM t WITH (READPAST) WHERE id <> 2");
    assert.deepEqual(await other.batch("SELECT id FROM t WITH (NOLOCK)"), [{ id: 1 }, { id: 2 }]);
  });

  it("keeps everybody out with TABLOCKX and XLOCK, and does not wait with NOWAIT", async () => {
    await one.batch("BEGIN TRAN SELECT * FROM t WITH (TABLOCKX) WHERE id = 1");
    assert.equal(await other.failure("SELECT * FROM t WHERE id = 2"), 1222);
    assert.equal(await other.failure("INSERT t VALUES (9, 9)"), 1222);
    await one.batch("COMMIT BEGIN TRAN SELECT * FROM t WITH (XLOCK) WHERE id = 1");
    await other.batch("SET LOCK_TIMEOUT -1");
    assert.equal(await other.failure("SELECT * FROM t WITH (NOWAIT) WHERE id = 1"), 1222);
    assert.deepEqual(await other.batch("SELECT v FROM t WHERE id = 2"), [{ v: 20 }]);
  });

  it("shows the versions before uncommitted changes under READ_COMMITTED_SNAPSHOT", async () => {
    await one.batch("ALTER DATABASE db1 SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE");
    const [state] = await one.batch(
      "SELECT is_read_committed_snapshot_on AS rcsi FROM sys.databases WHERE name = 'db1'",
    );
    assert.equal(state?.rcsi, true);
    await one.batch("BEGIN TRAN UPDATE t SET v = 99 WHERE id = 1 DELETE t WHERE id = 2 INSERT t VALUES (4, 40)");
    assert.deepEqual(await values(other), [10, 20, 30]);
    assert.deepEqual(await other.batch("SELECT v FROM t WHERE id = 2"), [{ v: 20 }]);
    assert.deepEqual(await values(one), [99, 30, 40]);
    assert.equal(await other.failure("UPDATE t SET v = 1 WHERE id = 1"), 1222);
    assert.equal(await other.failure("SELECT * FROM t WITH (READCOMMITTEDLOCK)"), 1222);
    await one.batch("COMMIT");
    assert.deepEqual(await values(other), [99, 30, 40]);
  });

  it("shows one moment to a SNAPSHOT transaction, whose update of what changed since is 3960", async () => {
    await other.batch("SET TRANSACTION ISOLATION LEVEL SNAPSHOT");
    assert.equal(await other.failure("SELECT * FROM t"), 3952);
    await one.batch("ALTER DATABASE db1 SET ALLOW_SNAPSHOT_ISOLATION ON");
    assert.deepEqual(await other.batch("BEGIN TRAN SELECT v FROM t WHERE id = 1"), [{ v: 10 }]);
    await one.batch("UPDATE t SET v = 11 WHERE id = 1 DELETE t WHERE id = 2 INSERT t VALUES (4, 40)");
    await one.batch("UPDATE t SET v = 12 WHERE id = 1");
    assert.deepEqual(await values(other), [10, 20, 30]);
    await other.batch("UPDATE t SET v = 33 WHERE id = 3");
    assert.deepEqual(await values(other), [10, 20, 33]);
    assert.equal(await other.failure("UPDATE t SET v = 0 WHERE id = 1"), 3960);
    assert.deepEqual(await other.batch("SELECT @@TRANCOUNT AS n"), [{ n: 0 }]);
    assert.deepEqual(await values(other), [12, 30, 40]);
    await other.batch("BEGIN TRAN UPDATE t SET v = 1 WHERE id = 4 COMMIT");
    assert.deepEqual(await values(one), [12, 30, 1]);
  });

  it("refuses to make a transaction SNAPSHOT that has begun otherwise", async () => {
    await one.batch("ALTER DATABASE db1 SET ALLOW_SNAPSHOT_ISOLATION ON BEGIN TRAN UPDATE t SET v = 0 WHERE id = 1");
    assert.equal(await one.failure("SET TRANSACTION ISOLATION LEVEL SNAPSHOT SELECT * FROM t"), 3951);
  });

  it("makes the session with the lower priority a deadlock's victim, which can catch that", async () => {
    await other.batch("SET LOCK_TIMEOUT -1");
    await one.batch("SET DEADLOCK_PRIORITY LOW BEGIN TRAN UPDATE t SET v = 11 WHERE id = 1");
    await other.batch("BEGIN TRAN UPDATE t SET v = 22 WHERE id = 2");
    const first = one.batch(`BEGIN TRY UPDATE t SET v = 12 WHERE id = 2 END TRY
      BEGIN CATCH SELECT ERROR_NUMBER() AS number, XACT_STATE() AS state ROLLBACK END CATCH`);
    while ((await blocked()).length === 0) await values(other, "WITH (NOLOCK)");
    assert.equal(await other.failure("UPDATE t SET v = 21 WHERE id = 1"), 0);
    assert.deepEqual(await first, [{ number: 1205, state: -1 }]);
    await other.batch("COMMIT");
    assert.deepEqual(await values(one), [21, 22, 30]);
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
    await other.batch("SET LOCK_TIMEOUT -1 BEGIN TRAN");
    const waiting = get(other, "@LockMode = 'Shared'");
    const release = "EXEC sp_releaseapplock 'r', 'Session'";
    await one.batch(release);
    while ((await one.batch("SELECT 1 AS n FROM sys.dm_exec_requests WHERE blocking_session_id <> 0")).length === 0);
    await one.batch(release);
    assert.equal(await waiting, 1);
    assert.equal(await one.failure(release), 1223);
    assert.equal(await get(one, "@LockMode = 'Exclusive', @LockOwner = 'Session', @LockTimeout = 10"), -1);
    await other.batch("COMMIT");
    assert.equal(await get(one, "@LockMode = 'Exclusive', @LockOwner = 'Session', @LockTimeout = 10"), 0);
    await one.batch(release);
  });

  const blocked = () => other.batch("SELECT session_id FROM sys.dm_exec_requests WHERE blocking_session_id <> 0");

  it("shows in the dynamic views who waits for whom", async () => {
    const [{ spid } = {}] = await one.batch("SELECT @@SPID AS spid");
    const [{ spid: waiting } = {}] = await other.batch("SET LOCK_TIMEOUT -1 SELECT @@SPID AS spid");
    const third = await openSession(lab);
    await one.batch("BEGIN TRAN UPDATE t SET v = 11 WHERE id = 1");
    const update = other.batch("UPDATE t SET v = 12 WHERE id = 1");
    const requests = `SELECT session_id, status, command, blocking_session_id, wait_type
      FROM sys.dm_exec_requests WHERE blocking_session_id <> 0`;
    let found = await third.batch(requests);
    while (found.length === 0) found = await third.batch(requests);
    assert.deepEqual(found, [
      { session_id: waiting, status: "suspended", command: "UPDATE", blocking_session_id: spid, wait_type: "LCK_M_U" },
    ]);
    const locks = await third.batch(`SELECT request_session_id AS spid, request_mode AS mode, request_status AS status
      FROM sys.dm_tran_locks WHERE resource_type = 'KEY' ORDER BY request_status`);
    assert.deepEqual(locks, [
      { spid, mode: "X", status: "GRANT" },
      { spid: waiting, mode: "U", status: "WAIT" },
    ]);
    const sessions = `SELECT status, open_transaction_count AS n FROM sys.dm_exec_sessions WHERE session_id = ${spid}`;
    assert.deepEqual(await third.batch(sessions), [{ status: "sleeping", n: 1 }]);
    await one.batch("COMMIT");
    await update;
    assert.deepEqual(await third.batch(requests), []);
    await third.close();
  });
});

import assert from "node:assert/strict";
import { type ConnectionPool, ISOLATION_LEVEL } from "mssql";
import { failure as numbersOf, served } from "../sql-server/served";

/** Each pool is one session, in which a batch finds what the one before left open. */
describe("transactions over the wire", () => {
  const lab = served({ databases: [{ name: "db1" }] });
  let one: ConnectionPool;
  let other: ConnectionPool;
  let tables = 0;
  let table: string;

  before(async () => {
    one = lab.pool;
    other = await lab.server.connect();
  });
  after(() => other?.close());
  beforeEach(async () => {
    table = `db1.dbo.t${++tables}`;
    await one
      .request()
      .batch(`CREATE TABLE ${table} (id int PRIMARY KEY, v int); INSERT ${table} VALUES (1, 10), (2, 20)`);
  });
  afterEach(async () => {
    for (const pool of [one, other]) await pool.request().batch("IF @@TRANCOUNT > 0 ROLLBACK");
  });

  const batch = (text: string, pool = one) => pool.request().batch(text.replaceAll("$t", table));
  const values = async (pool = one): Promise<unknown[]> =>
    (await batch("SELECT v FROM $t ORDER BY id", pool)).recordset.map(({ v }) => v);
  const failure = (text: string, pool = one) => numbersOf(batch(text, pool));

  it("undo rows and tables together", async () => {
    await batch("BEGIN TRAN");
    await batch("UPDATE $t SET v = 0 DELETE $t WHERE id = 2 INSERT $t VALUES (3, 3) ALTER TABLE $t ADD w int");
    await batch("INSERT $t VALUES (4, 4, 4) CREATE TABLE db1..made (a int) TRUNCATE TABLE $t");
    assert.deepEqual(await values(), []);
    await batch("ROLLBACK");
    assert.deepEqual(
      (await batch("SELECT * FROM $t")).recordset.map((row) => ({ ...row })),
      [
        { id: 1, v: 10 },
        { id: 2, v: 20 },
      ],
    );
    assert.deepEqual(await failure("SELECT * FROM db1..made"), [208]);
  });

  it("go back to a savepoint, and count what is open", async () => {
    const { recordset } =
      await batch(`BEGIN TRAN outside INSERT $t VALUES (3, 30) SAVE TRAN here INSERT $t VALUES (4, 40)
      BEGIN TRAN DECLARE @inside int = @@TRANCOUNT COMMIT ROLLBACK TRAN here
      SELECT @inside AS inside, @@TRANCOUNT AS after, XACT_STATE() AS state, COUNT(*) AS n FROM $t`);
    assert.deepEqual({ ...recordset[0] }, { inside: 2, after: 1, state: 1, n: 3 });
    assert.deepEqual(await failure("ROLLBACK TRAN nowhere"), [6401]);
    await batch("COMMIT TRAN outside");
    assert.deepEqual(await values(), [10, 20, 30]);
    assert.deepEqual(await failure("COMMIT"), [3902]);
    assert.deepEqual(await failure("ROLLBACK"), [3903]);
    assert.deepEqual(await failure("SAVE TRAN x"), [628]);
  });

  it("are begun and ended by the driver, too, and either may end what the other began", async () => {
    const transaction = one.transaction();
    await transaction.begin(ISOLATION_LEVEL.READ_COMMITTED);
    await transaction.request().query(`INSERT ${table} VALUES (3, 30)`);
    await transaction.rollback();
    assert.deepEqual(await values(), [10, 20]);
    const kept = one.transaction();
    await kept.begin();
    await kept.request().query(`INSERT ${table} VALUES (3, 30)`);
    await kept.commit();
    assert.deepEqual(await values(other), [10, 20, 30]);
    const aborted = one.transaction();
    await aborted.begin();
    await aborted.request().batch(`DELETE ${table} ROLLBACK`);
    await assert.rejects(aborted.commit(), { code: "EABORT" });
    assert.deepEqual(await values(), [10, 20, 30]);
  });

  it("end with the statement that fails under XACT_ABORT, and only it fails without", async () => {
    assert.deepEqual(await failure("BEGIN TRAN INSERT $t VALUES (3, 3) INSERT $t VALUES (1, 1) COMMIT"), [2627]);
    assert.deepEqual(await values(), [10, 20, 3]);
    assert.deepEqual(
      await failure("SET XACT_ABORT ON BEGIN TRAN DELETE $t INSERT $t VALUES (1, 1), (1, 1) COMMIT"),
      [2627],
    );
    assert.deepEqual(await values(), [10, 20, 3]);
    assert.equal((await batch("SET XACT_ABORT OFF SELECT @@TRANCOUNT AS n")).recordset[0].n, 0);
  });

  it("that are doomed in CATCH can only be rolled back", async () => {
    const doomed = `SET XACT_ABORT ON BEGIN TRY BEGIN TRAN INSERT $t VALUES (3, 3) INSERT $t VALUES (3, 3) END TRY
      BEGIN CATCH SELECT XACT_STATE() AS state, ERROR_NUMBER() AS number`;
    const { recordset } = await batch(`${doomed} ROLLBACK END CATCH SET XACT_ABORT OFF`);
    assert.deepEqual({ ...recordset[0] }, { state: -1, number: 2627 });
    assert.deepEqual(await failure(`${doomed} INSERT $t VALUES (4, 4) END CATCH`), [3930]);
    assert.deepEqual(await failure(`${doomed} END CATCH`), [3998]);
    await batch("SET XACT_ABORT OFF");
    assert.deepEqual(await values(), [10, 20]);
  });

  it("begin by themselves where they are implicit", async () => {
    await batch("SET IMPLICIT_TRANSACTIONS ON");
    assert.equal((await batch("INSERT $t VALUES (3, 3) SELECT @@TRANCOUNT AS n")).recordset[0].n, 1);
    await batch("ROLLBACK SET IMPLICIT_TRANSACTIONS OFF");
    assert.deepEqual(await values(), [10, 20]);
  });

  it("that a call leaves open are error 266", async () => {
    await assert.rejects(one.request().query("BEGIN TRAN"), { number: 266 });
    assert.equal((await batch("SELECT @@TRANCOUNT AS n")).recordset[0].n, 1);
  });

  it("of a connection that ends are undone", async () => {
    const third = await lab.server.connect();
    await batch("BEGIN TRAN DELETE $t", third);
    const waiting = values();
    await third.close();
    assert.deepEqual(await waiting, [10, 20]);
  });

  it("stop waiting when the client cancels", async () => {
    await batch("BEGIN TRAN DELETE $t");
    const request = other.request();
    const cancelled = assert.rejects(request.batch(`SELECT * FROM ${table}`), { code: "ECANCEL" });
    await new Promise((resolve) => setTimeout(resolve, 20));
    request.cancel();
    await cancelled;
    await batch("ROLLBACK");
    assert.deepEqual(await values(other), [10, 20]);
  });
});

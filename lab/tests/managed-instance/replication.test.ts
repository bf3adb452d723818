import assert from "node:assert/strict";
import type { ConnectionPool, RequestError } from "mssql";
import { createTestLink, type LinkedLab } from "./linked-lab";

const databaseState = `SELECT CONVERT(varchar(30), end_of_log_lsn) AS endOfLog, CONVERT(varchar(30), last_hardened_lsn) AS hardened,
  CONVERT(varchar(30), last_sent_lsn) AS sent, log_send_queue_size AS sendQueue, redo_queue_size AS redoQueue,
  secondary_lag_seconds AS lag FROM sys.dm_hadr_database_replica_states ORDER BY is_local`;

describe("a linked database with rows", function () {
  this.timeout(60_000);
  let linked: LinkedLab;
  afterEach(() => linked.close());

  const names = async (pool: ConnectionPool): Promise<unknown[]> => {
    const { recordset } = await pool.request().query("SELECT Name FROM db1.dbo.Item ORDER BY Id");
    return recordset.map(({ Name }) => Name);
  };
  const until = async (what: () => Promise<boolean>): Promise<void> => {
    while (!(await what())) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const source = (text: string) => linked.sqlServer.request().batch(`USE db1 ${text} USE master`);
  const refusalOn = async (pool: ConnectionPool, text: string): Promise<number | undefined> => {
    try {
      await pool.request().batch(text);
      return undefined;
    } catch (error) {
      return (error as RequestError).number;
    }
  };

  async function start(options: Parameters<typeof createTestLink>[0] = {}): Promise<void> {
    linked = await createTestLink(options);
    await source("CREATE TABLE Item (Id int PRIMARY KEY, Name nvarchar(20)) INSERT Item VALUES (1, 'seeded')");
  }

  it("is copied with its rows, and every committed transaction follows", async () => {
    await start();
    await linked.establish();
    assert.deepEqual(await names(linked.managedInstance), ["seeded"]);
    await source("INSERT Item VALUES (2, 'second') UPDATE Item SET Name = 'changed' WHERE Id = 1");
    await until(async () => (await names(linked.managedInstance)).length === 2);
    assert.deepEqual(await names(linked.managedInstance), ["changed", "second"]);
    await source(
      "ALTER TABLE Item ADD Extra int CREATE TABLE Other (a int IDENTITY) INSERT Other DEFAULT VALUES DELETE Item WHERE Id = 1",
    );
    await until(async () => (await names(linked.managedInstance)).length === 1);
    const { recordsets } = await linked.managedInstance
      .request()
      .query("SELECT * FROM db1..Item SELECT * FROM db1..Other");
    assert.deepEqual(
      (recordsets as unknown[][]).map((set) => [...set]),
      [[{ Id: 2, Name: "second", Extra: null }], [{ a: 1 }]],
    );
  });

  it("shows nothing of a transaction before it is committed, and nothing of one that is rolled back", async () => {
    await start();
    const open = linked.sqlServer.transaction();
    await open.begin();
    await open.request().query("INSERT db1..Item VALUES (2, 'late'); INSERT db1..Item VALUES (3, 'late too')");
    await linked.establish();
    assert.deepEqual(await names(linked.managedInstance), ["seeded"]);
    await open.commit();
    await until(async () => (await names(linked.managedInstance)).length > 1);
    assert.deepEqual(await names(linked.managedInstance), ["seeded", "late", "late too"]);

    const undone = linked.sqlServer.transaction();
    await undone.begin();
    await undone.request().query("DELETE db1..Item");
    await undone.rollback();
    await source("INSERT Item VALUES (4, 'last')");
    await until(async () => (await names(linked.managedInstance)).length > 3);
    assert.deepEqual(await names(linked.managedInstance), ["seeded", "late", "late too", "last"]);
  });

  it("cannot be written on the managed instance until the link is gone; then it is a database of its own", async () => {
    await start();
    await linked.establish();
    const write = "INSERT db1.dbo.Item VALUES (9, 'own')";
    for (const text of [
      ...["INSERT Item VALUES (9, 'own')", "UPDATE Item SET Name = ''", "DELETE Item", "TRUNCATE TABLE Item"],
      ...["DROP TABLE Item", "ALTER TABLE Item ADD b int", "CREATE TABLE t (a int)", "CREATE SCHEMA other"],
      "CREATE INDEX ix ON Item (Name)",
    ])
      assert.equal(await refusalOn(linked.managedInstance, `USE db1 ${text}`), 3906, text);
    await linked.remove();
    assert.equal(await refusalOn(linked.managedInstance, write), undefined);
    await source("INSERT Item VALUES (2, 'other')");
    assert.deepEqual(await names(linked.managedInstance), ["seeded", "own"]);
    assert.deepEqual(await names(linked.sqlServer), ["seeded", "other"]);
  });

  it("lags behind by as much as the lab is told, and says so on both sides and in Azure", async () => {
    await start();
    await linked.establish();
    linked.lab.faults.latency.replication = 3_600_000;
    await source("INSERT Item VALUES (2, REPLICATE('x', 20))");
    linked.lab.clock.advance(60_000);
    assert.deepEqual(await names(linked.managedInstance), ["seeded"]);

    const [remote, local] = (await linked.sqlServer.request().query(databaseState)).recordset;
    assert.ok(BigInt(remote.hardened) < BigInt(local.endOfLog) && remote.sent === remote.hardened);
    assert.ok(BigInt(remote.sendQueue) > 0n && Number(remote.lag) >= 60);
    const [, onInstance] = (await linked.managedInstance.request().query(databaseState)).recordset;
    assert.deepEqual([onInstance.hardened, onInstance.endOfLog], [remote.hardened, remote.hardened]);
    const behind = await linked.database();
    assert.equal(behind?.lastHardenedLsn, remote.hardened);
    assert.equal(behind?.lastReceivedLsn, remote.hardened);
    assert.ok(Number(behind?.instanceSendReplicationLagSeconds) >= 60);

    linked.lab.clock.advance(3_600_000);
    await until(async () => (await names(linked.managedInstance)).length === 2);
    const [caughtUp, end] = (await linked.sqlServer.request().query(databaseState)).recordset;
    assert.deepEqual([caughtUp.hardened, Number(caughtUp.sendQueue), Number(caughtUp.lag)], [end.endOfLog, 0, 0]);
    const now = await linked.database();
    assert.deepEqual([now?.lastHardenedLsn, now?.instanceSendReplicationLagSeconds], [end.endOfLog, 0]);
  });

  it("keeps what is hardened and not redone in a queue of its own", async () => {
    await start({ redoLagMilliseconds: 3_600_000 });
    await linked.establish();
    await source("INSERT Item VALUES (2, 'second')");
    await until(async () => Number((await linked.sqlServer.request().query(databaseState)).recordset[0].redoQueue) > 0);
    const [remote, local] = (await linked.sqlServer.request().query(databaseState)).recordset;
    assert.deepEqual([remote.hardened, Number(remote.sendQueue)], [local.endOfLog, 0]);
    assert.deepEqual(await names(linked.managedInstance), ["seeded"]);
    linked.lab.clock.advance(3_600_000);
    await until(async () => (await names(linked.managedInstance)).length === 2);
  });

  it("catches up after the connection was broken, and its queue grows meanwhile", async () => {
    await start();
    await linked.establish();
    await linked.sqlServer.request().batch("ALTER ENDPOINT database_mirroring_endpoint STATE = STOPPED");
    const queue = async () => Number((await linked.sqlServer.request().query(databaseState)).recordset[0].sendQueue);
    await source("INSERT Item VALUES (2, 'while broken')");
    const first = await queue();
    await source(`DECLARE @i int = 10 WHILE @i < 60 BEGIN INSERT Item VALUES (@i, 'more') SET @i += 1 END`);
    const second = await queue();
    assert.ok(first > 0 && second > first, `${first} KB, then ${second} KB`);
    assert.deepEqual(await names(linked.managedInstance), ["seeded"]);
    const waitsFor = async () => {
      const { recordset } = await linked.sqlServer
        .request()
        .query("SELECT log_reuse_wait_desc AS what FROM sys.databases WHERE name = 'db1'");
      return recordset[0].what;
    };
    assert.equal(await waitsFor(), "AVAILABILITY_REPLICA");
    await linked.sqlServer.request().batch("ALTER ENDPOINT database_mirroring_endpoint STATE = STARTED");
    await until(async () => (await names(linked.managedInstance)).length === 52);
    assert.equal(await queue(), 0);
    assert.equal(await waitsFor(), "NOTHING");
  });

  it("is on both sides when a commit is answered, where the link is synchronous, whatever the lag", async () => {
    await start({ replicationLagMilliseconds: 3_600_000 });
    await linked.establish();
    await linked.changeMode("Sync");
    await source("INSERT Item VALUES (2, 'at once')");
    assert.deepEqual(await names(linked.managedInstance), ["seeded", "at once"]);
    const [remote] = (await linked.sqlServer.request().query(databaseState)).recordset;
    assert.equal(Number(remote.sendQueue), 0);
  });

  it("follows the new primary after a forced failover, which loses what had not been sent", async () => {
    await start();
    await linked.establish();
    linked.lab.faults.latency.replication = 3_600_000;
    await source("INSERT Item VALUES (2, 'lost')");
    const force = "ALTER AVAILABILITY GROUP DAG_db1 FORCE_FAILOVER_ALLOW_DATA_LOSS";
    await linked.managedInstance.request().batch(force);
    await linked.managedInstance.request().batch("INSERT db1..Item VALUES (3, 'kept')");
    linked.lab.faults.latency.replication = 0;
    assert.deepEqual(await names(linked.sqlServer), ["seeded", "lost"]);
    await linked.sqlServer.request().batch("ALTER AVAILABILITY GROUP DAG_db1 SET (ROLE = SECONDARY)");
    await until(async () => (await names(linked.sqlServer)).includes("kept"));
    assert.deepEqual(await names(linked.sqlServer), ["seeded", "kept"]);
    await linked.managedInstance.request().batch("INSERT db1..Item VALUES (4, 'next')");
    await until(async () => (await names(linked.sqlServer)).length === 3);
  });

  it("takes as long to be copied as it is large, which both sides show while it lasts", async () => {
    await start({ seedingBytesPerSecond: 2 ** 20 });
    await source(
      "CREATE TABLE Big (a char(8000)) DECLARE @i int = 0 WHILE @i < 200 BEGIN INSERT Big VALUES (REPLICATE('x', 8000)) SET @i += 1 END",
    );
    const accepted = await linked.beginEstablishing();
    const seeding = `SELECT s.local_database_name AS name, a.current_state AS state, a.is_source AS isSource, s.role_desc AS role,
      s.database_size_bytes AS size, s.transferred_size_bytes AS transferred
      FROM sys.dm_hadr_physical_seeding_stats s JOIN sys.dm_hadr_automatic_seeding a ON s.local_physical_seeding_id = a.operation_id`;
    const rowOn = async (pool: ConnectionPool) => (await pool.request().query(seeding)).recordset[0];
    await until(async () => (await rowOn(linked.sqlServer)) !== undefined);
    const [here, there] = [await rowOn(linked.sqlServer), await rowOn(linked.managedInstance)];
    assert.deepEqual([here.name, here.state, here.isSource, here.role], ["db1", "SEEDING", true, "Source"]);
    assert.deepEqual([there.name, there.isSource, there.role], ["db1", false, "Destination"]);
    const size = Number(here.size);
    assert.ok(size > 8 * 2 ** 20 + 200 * 8000, String(size));
    assert.equal(await refusalOn(linked.managedInstance, "SELECT * FROM db1..Big"), 927);
    await source("INSERT Item VALUES (2, 'meanwhile')");
    linked.lab.clock.advance((size / 2 ** 20) * 500);
    const half = Number((await rowOn(linked.sqlServer)).transferred);
    assert.ok(half >= size / 2 && half < size, `${half} of ${size}`);
    linked.lab.clock.advance((size / 2 ** 20) * 500);
    await linked.finish(accepted);
    await until(async () => (await names(linked.managedInstance)).length === 2);
    const { recordset } = await linked.managedInstance.request().query("SELECT COUNT(*) AS n FROM db1..Big");
    assert.equal(recordset[0].n, 200);
    assert.equal(await rowOn(linked.sqlServer), undefined);
  });

  it("is followed the other way after a failover", async () => {
    await start();
    await linked.establish();
    linked.lab.faults.latency.replication = 3_600_000;
    await source("INSERT Item VALUES (2, 'before')");
    await linked.sqlServer.request().batch("ALTER AVAILABILITY GROUP DAG_db1 FAILOVER");
    linked.lab.faults.latency.replication = 0;
    assert.deepEqual(await names(linked.managedInstance), ["seeded", "before"]);
    assert.equal(await refusalOn(linked.sqlServer, "INSERT db1..Item VALUES (3, 'no')"), 3906);
    await linked.managedInstance.request().batch("INSERT db1..Item VALUES (3, 'after')");
    await until(async () => (await names(linked.sqlServer)).length === 3);
    assert.deepEqual(await names(linked.sqlServer), ["seeded", "before", "after"]);
  });
});

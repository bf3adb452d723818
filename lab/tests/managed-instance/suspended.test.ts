import assert from "node:assert/strict";
import type { ConnectionPool } from "mssql";
import { createTestLink, type LinkedLab } from "./linked-lab";

describe("data movement that was suspended", function () {
  this.timeout(60_000);
  let linked: LinkedLab;
  beforeEach(async () => {
    linked = await createTestLink();
    await batch(linked.sqlServer, "USE db1 CREATE TABLE t (a int) USE master");
    await linked.establish();
  });
  afterEach(() => linked.close());

  const batch = (pool: ConnectionPool, text: string) => pool.request().batch(text);
  const list = async (pool: ConnectionPool, text: string) =>
    [...(await batch(pool, text)).recordset].map((row) => Object.values(row).join(" "));
  const states = (pool: ConnectionPool) =>
    list(
      pool,
      `SELECT is_local, is_suspended, suspend_reason_desc, synchronization_state_desc, synchronization_health_desc
      FROM sys.dm_hadr_database_replica_states ORDER BY is_local DESC`,
    );
  const health = (pool: ConnectionPool) =>
    list(
      pool,
      `SELECT connected_state_desc, synchronization_health_desc FROM sys.dm_hadr_availability_replica_states
      ORDER BY is_local DESC`,
    );
  const rows = async () => (await list(linked.managedInstance, "SELECT a FROM db1.dbo.t")).length;
  const until = async (what: () => Promise<boolean>) => {
    while (!(await what())) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  it("on the primary stays there, in its log, and goes on when it is resumed", async () => {
    const { sqlServer, managedInstance } = linked;
    await batch(sqlServer, "ALTER DATABASE db1 SET HADR SUSPEND ALTER DATABASE db1 SET HADR SUSPEND");
    await batch(sqlServer, "INSERT db1.dbo.t VALUES (1)");
    const suspended = "SUSPEND_FROM_USER NOT SYNCHRONIZING NOT_HEALTHY";
    assert.deepEqual(await states(sqlServer), [`true true ${suspended}`, `false true ${suspended}`]);
    assert.deepEqual((await states(managedInstance))[0], "true false  NOT SYNCHRONIZING NOT_HEALTHY");
    assert.deepEqual(new Set(await health(sqlServer)), new Set(["CONNECTED NOT_HEALTHY"]));
    assert.ok((await health(managedInstance)).includes("CONNECTED NOT_HEALTHY"));
    const databases = "SELECT log_reuse_wait_desc FROM sys.databases WHERE name = 'db1'";
    assert.deepEqual(await list(sqlServer, databases), ["AVAILABILITY_REPLICA"]);
    assert.equal((await linked.database())?.synchronizationHealth, "NOT_HEALTHY");
    assert.equal(await rows(), 0);

    await batch(sqlServer, "ALTER DATABASE db1 SET HADR RESUME");
    await until(async () => (await rows()) === 1);
    assert.deepEqual(await states(sqlServer), [
      "true false  SYNCHRONIZED HEALTHY",
      "false false  SYNCHRONIZING HEALTHY",
    ]);
    assert.equal((await linked.database())?.synchronizationHealth, "HEALTHY");
  });
});

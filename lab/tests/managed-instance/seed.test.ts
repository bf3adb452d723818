import assert from "node:assert/strict";
import type { ConnectionPool } from "mssql";
import { createTestLink, type LinkedLab } from "./linked-lab";

/** The procedure that the project replaces: its batches, with the calls of Azure where they stand. */
describe("the seed's procedure, followed by hand", function () {
  this.timeout(60_000);
  let linked: LinkedLab;
  before(async () => {
    linked = await createTestLink();
  });
  after(() => linked?.close());

  async function rowsOf(pool: ConnectionPool, query: string): Promise<unknown[]> {
    return [...(await pool.request().query(query)).recordset].map((row) => Object.values(row));
  }
  const states = () =>
    rowsOf(
      linked.sqlServer,
      `SELECT r.replica_server_name, s.connected_state_desc FROM sys.availability_replicas r
       JOIN sys.dm_hadr_availability_replica_states s ON s.replica_id = r.replica_id ORDER BY r.replica_server_name`,
    );
  const linkOf = (pool: ConnectionPool) =>
    rowsOf(
      pool,
      `SELECT ag.name, rs.role_desc, rs.synchronization_health_desc FROM sys.availability_groups ag
       JOIN sys.dm_hadr_availability_replica_states rs ON ag.group_id = rs.group_id
       WHERE rs.is_local = 1 AND ag.is_distributed = 1`,
    );
  const copy = () =>
    rowsOf(linked.managedInstance, "SELECT state_desc, is_read_only FROM sys.databases WHERE name = N'db1'");

  it("gives a link that is connected and healthy, seen from both sides", async () => {
    const own = [
      ["AG_db1", "CONNECTED"],
      ["sqlmi1", "DISCONNECTED"],
      ["sqlserver1", "CONNECTED"],
    ];
    assert.deepEqual(await states(), own);
    await linked.establish();
    assert.deepEqual(
      await states(),
      own.map(([name]) => [name, "CONNECTED"]),
    );
    assert.deepEqual(await linkOf(linked.sqlServer), [["DAG_db1", "PRIMARY", "HEALTHY"]]);
    assert.deepEqual(await linkOf(linked.managedInstance), [["DAG_db1", "SECONDARY", "HEALTHY"]]);
    assert.deepEqual(await copy(), [["ONLINE", true]]);
  });

  it("is taken down in the documented order, and leaves a database of its own on the instance", async () => {
    await linked.remove();
    await linked.sqlServer.request().batch("USE master DROP AVAILABILITY GROUP [DAG_db1]");
    await linked.sqlServer.request().batch("USE master DROP AVAILABILITY GROUP [AG_db1]");
    assert.deepEqual(await linkOf(linked.managedInstance), []);
    assert.deepEqual(await copy(), [["ONLINE", false]]);
  });
});

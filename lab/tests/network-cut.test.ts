import assert from "node:assert/strict";
import { createTestLink, type LinkedLab } from "./managed-instance/linked-lab";

describe("a link whose two sides are cut apart", function () {
  this.timeout(60_000);
  let linked: LinkedLab;
  before(async () => {
    linked = await createTestLink();
    await linked.sqlServer.request().batch("CREATE TABLE db1.dbo.t (id int)");
    await linked.establish();
  });
  after(() => linked.close());

  const remote = async (column: string) => {
    const { recordset } = await linked.sqlServer.request().query<{ readonly value: unknown }>(
      `SELECT ${column} AS value FROM sys.availability_groups ag
       JOIN sys.dm_hadr_availability_replica_states rs ON ag.group_id = rs.group_id
       LEFT JOIN sys.dm_hadr_database_replica_states drs ON drs.replica_id = rs.replica_id
       WHERE ag.is_distributed = 1 AND rs.is_local = 0`,
    );
    return recordset[0]?.value;
  };
  const rows = async () =>
    (await linked.managedInstance.request().query("SELECT id FROM db1.dbo.t ORDER BY id")).recordset.map(
      ({ id }) => id,
    );

  it("keeps what is committed in the send queue, and sends it when the cut is mended", async () => {
    linked.lab.network.cut("sqlserver1", "sqlmi1");
    assert.equal(await remote("rs.connected_state_desc"), "DISCONNECTED");
    await linked.sqlServer.request().batch("INSERT db1.dbo.t VALUES (1)");
    assert.ok(Number(await remote("drs.log_send_queue_size")) > 0);
    assert.deepEqual(await rows(), []);
    assert.equal((await linked.database())?.connectedState, "DISCONNECTED");

    linked.lab.network.mend("sqlmi1", "sqlserver1");
    assert.equal((await linked.database())?.connectedState, "CONNECTED");
    while ((await rows()).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.deepEqual(await rows(), [1]);
    assert.equal(Number(await remote("drs.log_send_queue_size")), 0);
  });

  it("outlives a restart of either side", async () => {
    for (const name of ["sqlserver1", "sqlmi1"]) await linked.lab.restart(name);
    const [sqlServer, managedInstance] = [await linked.connect("sqlServer"), await linked.connect("managedInstance")];
    await sqlServer.request().batch("INSERT db1.dbo.t VALUES (2)");
    const count = async () =>
      (await managedInstance.request().query("SELECT COUNT(*) AS n FROM db1.dbo.t WHERE id = 2")).recordset[0].n;
    while ((await count()) === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal((await linked.database())?.connectedState, "CONNECTED");
  });
});

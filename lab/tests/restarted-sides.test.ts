import assert from "node:assert/strict";
import { createTestLink, type LinkedLab } from "./managed-instance/linked-lab";

describe("a link that is connected", function () {
  this.timeout(60_000);
  let linked: LinkedLab;
  before(async () => {
    linked = await createTestLink();
    await linked.sqlServer.request().batch("CREATE TABLE db1.dbo.t (id int)");
    await linked.establish();
  });
  after(() => linked.close());

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

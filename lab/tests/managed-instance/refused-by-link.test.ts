import assert from "node:assert/strict";
import { createTestLink, type LinkedLab } from "./linked-lab";

/** Shows over TDS which statements are refused because of a link. */
describe("a link that is in the way", () => {
  let linked: LinkedLab;
  afterEach(() => linked.close());

  const numberOf = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: { readonly number?: number }) => error.number,
    );

  it("keeps the instance from making databases while it is created, where it can make one thing at a time: 41964", async () => {
    linked = await createTestLink({ linksSideBySide: false, seedingBytesPerSecond: 1 });
    const accepted = await linked.beginEstablishing();
    const create = () => numberOf(linked.managedInstance.request().batch("CREATE DATABASE other"));
    assert.equal(await create(), 41964);
    linked.lab.clock.advance(5 * 24 * 3_600_000);
    await linked.remove();
    assert.equal(accepted.status, 202);
    assert.equal(await create(), undefined);
  });

  it("has its trust certificate for itself: 41963", async () => {
    linked = await createTestLink();
    const { recordset } = await linked.sqlServer
      .request()
      .query<{ readonly der: Buffer }>("SELECT CERTENCODED(CERT_ID('Cert_sqlserver1_endpoint')) AS der");
    const der = recordset[0]?.der.toString("hex");
    const create = linked.managedInstance.request().batch(`CREATE CERTIFICATE twice FROM BINARY = 0x${der}`);
    assert.equal(await numberOf(create), 41963);
  });

  for (const [what, options, number] of [
    ["send queue is too large", { replicationLagMilliseconds: 48 * 3_600_000 }, 47515],
    ["redo queue is too large", { redoLagMilliseconds: 48 * 3_600_000 }, 47516],
  ] as const) {
    it(`is not failed over where the ${what}: ${number}`, async () => {
      linked = await createTestLink(options);
      await linked.establish();
      await linked.sqlServer.request().batch("CREATE TABLE db1.dbo.t (id int)");
      await linked.database();
      const failOver = () => numberOf(linked.sqlServer.request().batch("ALTER AVAILABILITY GROUP [DAG_db1] FAILOVER"));
      assert.equal(await failOver(), number);
      linked.lab.faults.latency.replication = 0;
      linked.lab.faults.latency.redo = 0;
      assert.equal(await failOver(), undefined);
    });
  }
});

import assert from "node:assert/strict";
import { type Lab, startLab } from "#lab/index";
import { openArmClient, openSqlClient } from "#tools/clients";
import { makeLinkByHand, type NamesByHand } from "../support/link-by-hand";
import { blocksOf, labelOf } from "./markdown";

// One lab for all pages: they look, and what they change they change back, but for the link that one of them deletes.
describe("T-SQL in the documentation", function () {
  this.timeout(60_000);
  let lab: Lab;
  let sides: Omit<Parameters<typeof makeLinkByHand>[0], "lab">;
  let names: NamesByHand;
  before(async () => {
    lab = await startLab();
    const { sqlServers, managedInstances, arm, caFile } = lab.ready;
    const [server] = sqlServers;
    const [instance] = managedInstances;
    assert.ok(server && instance);
    const [sqlServer, managedInstance, azure] = await Promise.all([
      openSqlClient(server, caFile),
      openSqlClient(instance, caFile),
      openArmClient(arm, caFile),
    ]);
    sides = { sqlServer, managedInstance, arm: azure, managedInstanceId: instance.id };
    names = await makeLinkByHand({ ...sides, lab });
  });
  after(async () => {
    await Promise.all([sides.sqlServer.close(), sides.managedInstance.close()]);
    await lab.close();
  });

  for (const block of blocksOf("sql"))
    it(`runs beside a link: ${labelOf(block)}`, async () => {
      const [, where, , gone] = /^(-- on the managed instance(, (when the link is gone))?\n)?/.exec(block.code) ?? [];
      if (gone) await sides.arm.delete(`${sides.managedInstanceId}/distributedAvailabilityGroups/${names.link}`);
      const console = where ? sides.managedInstance : sides.sqlServer;
      // The pages speak of the database sales; the lab's has a name of its own.
      for (const batch of block.code.replaceAll("sales", names.database).split(/^GO$/m)) await console.query(batch);
    });
});

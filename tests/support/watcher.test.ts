import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { type BothSides, startBothSides } from "#lab-tests/both-sides";
import { openSqlClient } from "#tools/clients";
import { expectConnectedAfter, expectKept, type Watched } from "./watcher";

describe("the watcher of links", () => {
  let sides: BothSides;
  let watched: Watched;
  before(async () => {
    sides = await startBothSides({});
    const { lab, partnerEndpoint } = sides;
    await sides.trust();
    await sides.sqlServer.request().batch("BACKUP DATABASE db1 TO DISK = 'db1.bak'");
    await sides.sqlServer.request().batch(sides.localGroup("DATABASE db1 "));
    await sides.sqlServer.request().batch(sides.distributedGroup());
    await sides.finished("PUT", "distributedAvailabilityGroups/dag", {
      properties: {
        databases: [{ databaseName: "db1" }],
        instanceAvailabilityGroupName: "ag_mi",
        partnerAvailabilityGroupName: "ag",
        partnerEndpoint,
        instanceLinkRole: "Secondary",
        failoverMode: "Manual",
        seedingMode: "Automatic",
      },
    });
    const [server] = lab.ready.sqlServers;
    const [instance] = lab.ready.managedInstances;
    assert.ok(server && instance);
    const { caFile } = lab.ready;
    watched = {
      lab,
      sqlServer: await openSqlClient(server, caFile),
      managedInstance: await openSqlClient(instance, caFile),
    };
  });
  afterEach(() => sides.lab.network.mend());
  after(async () => {
    await Promise.all([watched?.sqlServer.close(), watched?.managedInstance.close()]);
    await sides?.close();
  });

  async function cutFor(milliseconds: number): Promise<void> {
    sides.lab.network.cut("sqlserver1", "sqlmi1");
    await delay(milliseconds);
    sides.lab.network.mend();
    await delay(400);
  }

  it("takes one reconnect, and passes on what the run came to", async () => {
    assert.equal(await expectKept(watched, async () => "the run"), "the run");
    await expectKept(watched, () => cutFor(500));
  });

  it("finds that a link was disconnected twice", async () => {
    await assert.rejects(
      expectKept(watched, async () => {
        await cutFor(500);
        await cutFor(500);
      }),
      /disconnected more than once, or for longer than a reconnect/,
    );
  });

  it("finds that a link was disconnected for longer than a reconnect takes", async () => {
    await assert.rejects(
      expectKept(watched, () => cutFor(1300)),
      /disconnected more than once, or for longer than a reconnect/,
    );
  });

  it("finds a link that the run has disconnected, and one that nobody could lose", async () => {
    const cut = async () => sides.lab.network.cut("sqlserver1", "sqlmi1");
    await assert.rejects(expectConnectedAfter(watched, cut), /links that the run has disconnected/);
    await assert.rejects(expectConnectedAfter(watched, cut), /no link is connected/);
  });
});

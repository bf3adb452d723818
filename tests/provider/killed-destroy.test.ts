import assert from "node:assert/strict";
import { type Lab, startLab } from "#lab/index";
import type { DynamicProvider } from "#provider/dynamic/handler";
import type { Bag } from "#provider/lifecycle/contract";
import { disconnectAll } from "#provider/sql-server/connection";
import { openSqlClient, type SqlClient } from "#tools/clients";
import { checkedArgs, type Place, placeIn, providerOf } from "./ten-resources";

// Safety C1
describe("a destroy that is killed before its state is written", () => {
  let lab: Lab;
  let place: Place;
  let console: SqlClient;
  const warnings: string[] = [];
  before(async () => {
    lab = await startLab();
    place = placeIn(lab.ready);
    const [server] = lab.ready.sqlServers;
    console = await openSqlClient(server ?? assert.fail(), lab.ready.caFile);
  });
  after(async () => {
    await console.close();
    await disconnectAll();
    await lab.close();
  });
  beforeEach(() => {
    warnings.length = 0;
  });

  const args = (): Bag => ({
    sqlServer: place.sqlServer,
    password: "Kept-in-a-safe-place-1",
    __urn: "urn:pulumi:dev::links::pulumi-nodejs:dynamic/mi-link:MasterKey::key",
  });
  /** Each has a process of its own. */
  const run = (): Promise<DynamicProvider> =>
    providerOf({ type: "MasterKey" }, place, (message) => warnings.push(message));
  /** But for the ids of what was made, as what is made again has another. */
  const notes = async () => {
    const rows = await console.query<{ readonly name: string; readonly value: string }>(
      "SELECT name, CONVERT(nvarchar(4000), value) AS value FROM sys.extended_properties",
    );
    return rows.map(({ name, value }) => ({ ...JSON.parse(value), id: undefined, name }));
  };
  const keys = () => console.query("SELECT name FROM sys.symmetric_keys WHERE symmetric_key_id = 101");
  const create = async () => {
    const provider = await run();
    return await provider.create(await checkedArgs(provider, args()));
  };
  const changesIn = async (provider: DynamicProvider, outs: Bag) =>
    (await provider.diff("id", outs, await checkedArgs(provider, args()))).changes;
  const sent = () => lab.journal.entries.flatMap((entry) => (entry.kind === "statement" ? [entry.text] : []));

  it("has removed the note before the object", async () => {
    const { id, outs } = await create();
    const since = sent().length;
    await (await run()).delete(id, outs);
    const changes = sent()
      .slice(since)
      .flatMap((text) => /sp_dropextendedproperty|DROP MASTER KEY/.exec(text) ?? []);
    assert.deepEqual(changes, ["sp_dropextendedproperty", "DROP MASTER KEY"]);
    assert.deepEqual([await notes(), await keys()], [[], []]);
  });

  for (const isDropped of [true, false])
    it(`is followed by an up that ${isDropped ? "makes again what is gone" : "notes what is still there"}, and says so`, async () => {
      const { id, outs } = await create();
      const before = await notes();
      assert.equal(await changesIn(await run(), outs), false);
      await console.query(`EXEC sp_dropextendedproperty @name = N'${before[0]?.name}'`);
      if (isDropped) await console.query("DROP MASTER KEY");

      const up = await run();
      assert.equal(await changesIn(up, outs), true);
      assert.match(warnings.join(), /Its note on the SQL Server is gone: a destroy that was killed/);
      const updated = await up.update(id, outs, await checkedArgs(up, args()));
      assert.deepEqual([await notes(), (await keys()).length], [before, 1]);
      assert.equal(await changesIn(await run(), updated.outs), false);
      await (await run()).delete(id, updated.outs);
      assert.deepEqual([await notes(), await keys()], [[], []]);
    });

  it("is not suspected after a destroy that was refused: the note is back", async () => {
    const { id, outs } = await create();
    const before = await notes();
    lab.faults.add({ on: "statement", matching: "DROP MASTER KEY", error: { number: 15151 } });
    await assert.rejects((await run()).delete(id, outs), /Could not drop the database master key/);
    assert.deepEqual([await notes(), (await keys()).length], [before, 1]);
    assert.equal(await changesIn(await run(), outs), false);
    await (await run()).delete(id, outs);
  });

  it("is not suspected where the server does not answer: a preview needs none", async () => {
    const { id, outs } = await create();
    lab.faults.add({ on: "statement", times: "always", error: { number: 229 } });
    await disconnectAll();
    assert.equal(await changesIn(await run(), outs), false);
    assert.deepEqual(warnings, []);
    lab.faults.clear();
    await (await run()).delete(id, outs);
  });
});

import assert from "node:assert/strict";
import type { Client } from "./client";
import { clients } from "./clients";
import { findInstallation } from "./installation";
import { type Judgement, judge } from "./judgement";
import { createLanes } from "./lanes";

const found = clients.map((client) => ({ client, folder: findInstallation(client) }));
const absent = found
  .filter(({ folder }) => folder === undefined)
  .map(({ client }) => `${client.name} ${client.version}`);
const note = absent.length > 0 ? ` (not installed, so not heard: ${absent.join(", ")})` : "";

/** Nothing is installed here: `npm run test:clients` does that. */
describe(`the procedure, followed by programs that nobody here wrote${note}`, function () {
  this.timeout(300_000);

  const judging = createLanes(2);
  const judgements = new Map<Client, Promise<Judgement>>();
  before(() => {
    for (const { client, folder } of found)
      if (folder !== undefined)
        judgements.set(
          client,
          judging(() => judge(client, folder)),
        );
  });

  for (const { client, folder } of found) {
    if (folder === undefined) continue;
    it(`is what it is on SQL Server and Azure for ${client.name} ${client.version}`, async () => {
      const judgement = await judgements.get(client);
      assert.ok(judgement && judgement.batches > 0);
      assert.equal(judgement.reason, undefined);
      assert.equal(judgement.agreed, judgement.batches);
    });
  }
});

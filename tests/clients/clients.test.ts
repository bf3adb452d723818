import assert from "node:assert/strict";
import { clients } from "./clients";
import { findInstallation } from "./installation";
import { judge } from "./judgement";

const found = clients.map((client) => ({ client, folder: findInstallation(client) }));
const absent = found
  .filter(({ folder }) => folder === undefined)
  .map(({ client }) => `${client.name} ${client.version}`);
const note = absent.length > 0 ? ` (not installed, so not heard: ${absent.join(", ")})` : "";

/** Nothing is installed here: `npm run test:clients` does that. */
describe(`the procedure, followed by programs that nobody here wrote${note}`, function () {
  this.timeout(180_000);

  for (const { client, folder } of found) {
    if (folder === undefined) continue;
    it(`is what it is on SQL Server and Azure for ${client.name} ${client.version}`, async () => {
      const { batches, agreed, reason } = await judge(client, folder);
      assert.equal(reason, undefined);
      assert.ok(batches > 0);
      assert.equal(agreed, batches);
    });
  }
});

import assert from "node:assert/strict";
import { type Lab, startLab } from "#lab/index";
import { idOf } from "#provider/cli/import/import-file";
import { type ResourceType, resources } from "#provider/dynamic/index";
import type { Bag } from "#provider/lifecycle/contract";
import { disconnectAll } from "#provider/sql-server/connection";
import { checkedArgs, placeIn, providerOf, tenResources } from "../provider/ten-resources";

describe("the id of an imported resource", () => {
  let lab: Lab;
  const ids = new Map<ResourceType, { readonly made: string; readonly imported: string }>();
  before(async () => {
    lab = await startLab();
    const place = placeIn(lab.ready);
    const made: Record<string, Bag> = {};
    for (const { type, args } of tenResources) {
      const provider = await providerOf({ type }, place);
      const { id, outs } = await provider.create(await checkedArgs(provider, args(place, made)));
      made[type] = outs;
      ids.set(type, { made: id, imported: idOf(type, outs, "sqlserver1") });
    }
  });
  after(async () => {
    await disconnectAll();
    await lab.close();
  });

  for (const type of Object.keys(resources) as ResourceType[])
    it(`is the one that it has where it is made: ${type}`, () => {
      const both = ids.get(type);
      assert.ok(both);
      assert.equal(both.imported, both.made);
    });
});

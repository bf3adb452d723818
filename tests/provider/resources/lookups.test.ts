import assert from "node:assert/strict";
import { type Lab, startLab } from "#lab/index";
import { type ResourceType, resources } from "#provider/dynamic/index";
import { type Bag, tableOf } from "#provider/lifecycle/contract";
import { disconnectAll } from "#provider/sql-server/connection";
import { checkedArgs, namesIn, type Place, placeIn, providerOf, tenResources } from "../ten-resources";

/** What `get` of each class gives: the arguments that name the object, and no others. */
describe("a look at a resource that a program only looks up", function () {
  this.timeout(60_000);
  let lab: Lab;
  let place: Place;
  const made: Record<string, Bag> = {};
  before(async () => {
    lab = await startLab();
    place = placeIn(lab.ready);
    for (const { type, args } of tenResources) {
      const provider = await providerOf({ type }, place);
      made[type] = (await provider.create(await checkedArgs(provider, args(place, made)))).outs;
    }
  });
  after(async () => {
    await disconnectAll();
    await lab.close();
  });

  const lookUp = async (type: ResourceType, more: Bag = {}) => {
    const provider = await providerOf({ type }, place);
    const args = Object.fromEntries(namesIn[type].map((name) => [name, made[type]?.[name]]));
    return await provider.read("an id", { ...args, ...more });
  };

  for (const type of Object.keys(resources) as ResourceType[])
    it(`finds the arguments that are not given: ${type}`, async () => {
      const { props } = await lookUp(type);
      const table = tableOf(resources[type].lifecycle());
      for (const name of Object.keys(table).filter((name) => table[name]?.required))
        assert.deepEqual(props?.[name], made[type]?.[name], name);
      assert.equal(props?.drift, undefined);
    });

  for (const [type, name] of [
    ["AvailabilityGroup", "groupName"],
    ["DistributedAvailabilityGroup", "groupName"],
    ["TrustCertificate", "certificateName"],
    ["InstanceLink", "linkName"],
  ] as const)
    it(`finds nothing where nothing has the name: ${type}`, async () => {
      assert.deepEqual(await lookUp(type, { [name]: "nobody" }), {});
    });
});

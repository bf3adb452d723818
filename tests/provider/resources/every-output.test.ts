import assert from "node:assert/strict";
import { type Output, runtime } from "@pulumi/pulumi";
import { type Lab, startLab } from "#lab/index";
import { type ResourceType, resources } from "#provider/dynamic/index";
import type { AnyLifecycle, Bag } from "#provider/lifecycle/contract";
import { type LifecycleOf, LinkResource } from "#provider/resources/link-resource";
import { disconnectAll } from "#provider/sql-server/connection";
import { checkedArgs, placeIn, providerOf, tenResources } from "../ten-resources";

/** Outputs that are undefined in the link of `tenResources`: nothing is wrong with it, and nothing was there before. */
const undefinedHere: Readonly<Partial<Record<ResourceType, readonly string[]>>> = {
  FullRecoveryDatabase: ["backupDisk"],
  SqlServerCertificate: ["rotationDue"],
  TrustCertificate: ["created"],
  ManagedInstanceCertificate: ["created"],
  DistributedAvailabilityGroup: ["lastConnectErrorNumber", "lastConnectErrorDescription"],
  InstanceLink: ["mostRecentLinkError"],
};

/** What a program sees of the class when it gives no argument. */
function declaredBy(type: ResourceType): readonly string[] {
  const resource = new resources[type](type, {} as never);
  return Object.keys(resource).filter((name) => !name.startsWith("__") && name !== "id" && name !== "urn");
}

describe("a look at a resource that is imported, of which the arguments are all that is known", function () {
  this.timeout(60_000);
  let lab: Lab;
  const reads = new Map<ResourceType, () => Promise<{ readonly props?: Bag }>>();
  before(async () => {
    await runtime.setMocks({ newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: () => ({}) });
    lab = await startLab();
    const place = placeIn(lab.ready);
    const made: Record<string, Bag> = {};
    for (const { type, args } of tenResources) {
      const provider = await providerOf({ type }, place);
      const inputs = await checkedArgs(provider, args(place, made));
      const { id, outs } = await provider.create(inputs);
      made[type] = outs;
      reads.set(type, () => provider.read(id, inputs));
    }
  });
  after(async () => {
    await disconnectAll();
    await lab.close();
  });

  for (const type of Object.keys(resources) as ResourceType[])
    it(`finds every output that the class declares: ${type}`, async () => {
      const declared = declaredBy(type);
      assert.ok(declared.length > 2);
      const { props = {} } = (await reads.get(type)?.()) ?? assert.fail(`${type} was not made`);
      const missing = declared.filter((name) => props[name] === undefined);
      assert.deepEqual(missing, undefinedHere[type] ?? []);
    });
});

describe("the type of a resource class", () => {
  class Box extends LinkResource {
    declare readonly size: Output<number>;
    declare readonly colour: Output<string | undefined>;
  }
  /** Compiled is tested: an expected error that does not come is one. */
  const isAccepted = (_lifecycle: LifecycleOf<Box>): boolean => true;
  const of = <State extends object>(state: State) => {
    const lifecycle: AnyLifecycle = {
      properties: {},
      observe: async () => ({ state }),
      create: async () => ({ id: "", state }),
      update: async () => state,
      delete: async () => {},
    };
    return { ...lifecycle, steps: () => ({ steps: [] }), observe: async () => ({ state }) };
  };

  it("takes a look that finds every output, and may find nothing for one that may be undefined", () => {
    assert.ok(isAccepted(of({ size: 1 })));
    assert.ok(isAccepted(of({ size: 1, colour: "red" })));
  });

  it("takes no look that misses an output, or finds one of another type", () => {
    // @ts-expect-error: size is missing
    assert.ok(isAccepted(of({ colour: "red" })));
    // @ts-expect-error: size may be missing
    assert.ok(isAccepted(of({ colour: "red" } as { colour: string; size?: number })));
    // @ts-expect-error: size is no number
    assert.ok(isAccepted(of({ size: "large" })));
    // @ts-expect-error: colour is no string
    assert.ok(isAccepted(of({ size: 1, colour: 1 })));
  });
});

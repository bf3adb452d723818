import assert from "node:assert/strict";
import { type ComponentResourceOptions, type ResourceTransformationArgs, runtime } from "@pulumi/pulumi";
import {
  InstancePairing,
  type InstancePairingArgs,
  ManagedInstanceLink,
  type ManagedInstanceLinkArgs,
} from "#provider/index";

type PairingArgs = Omit<Extract<InstancePairingArgs, { readonly server?: undefined }>, "server">;
/** `sqlServer` stands in place of the pairing's. */
type LinkArgs = Omit<ManagedInstanceLinkArgs, "pairing" | "sqlServer">;
type Parts = Record<string, Record<string, unknown>>;

const instance = (name: string) => `/subscriptions/s/resourceGroups/g/providers/Microsoft.Sql/managedInstances/${name}`;
const sqlServer = (user: string) => ({ host: "10.0.0.4", user, credential: "env:SQL_PASSWORD" });

/** Every argument with two values; the types ask for each. */
const pairingValues: { readonly [Name in keyof Required<PairingArgs>]: readonly [unknown, unknown] } = {
  sqlServer: [sqlServer("a"), sqlServer("b")],
  managedInstanceId: [instance("mi1"), instance("mi2")],
  masterKeyPassword: ["Kept-secret-1", "Kept-secret-2"],
  masterKeyCredential: ["env:A", "env:B"],
  certificateName: ["c1", "c2"],
  certificateSubject: ["s1", "s2"],
  roots: [{ r: "0x01" }, { r: "0x02" }],
  dnsPattern: ["*.database.windows.net", "*.database.usgovcloudapi.net"],
  endpointName: ["e1", "e2"],
  endpointState: ["STARTED", "STOPPED"],
  endpointAlgorithm: ["AES", "AES RC4"],
  preflight: [false, true],
  adopt: [false, true],
  address: ["10.0.0.4", "10.0.0.5"],
  publicPort: [15022, 15023],
  port: [5022, 5023],
  certificateExpiry: ["2090-01-01", "2091-01-01"],
  certificateRotateBefore: ["30d", "60d"],
};
const linkValues: { readonly [Name in keyof Required<LinkArgs>]: readonly [unknown, unknown] } = {
  preflight: [false, true],
  adopt: [false, true],
  failoverMode: ["Manual", "None"],
  replicationMode: ["Async", "Sync"],
  databaseName: ["db1", "db2"],
  linkName: ["D1", "D2"],
  groupName: ["A1", "A2"],
  instanceGroupName: ["I1", "I2"],
  backupDisk: ["/a.bak", "/b.bak"],
  databaseOnDelete: ["Keep", "Delete"],
  seedingTimeoutMinutes: [90, 91],
};

/** No part of a pairing keeps the first two, its links do; and a preflight counts only when something is made. */
const keptByNoPart = ["address", "publicPort", "preflight"];

/** The arguments that an interface requires: a run without the others shows what follows from them by default. */
const required = ["sqlServer", "managedInstanceId", "databaseName"];

const chosen = (
  values: Readonly<Record<string, readonly [unknown, unknown]>>,
  changed: string,
  onlyRequired: boolean,
) =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, [first, second]]) => {
      if (name === changed) return [[name, second]];
      return onlyRequired && !required.includes(name) ? [] : [[name, first]];
    }),
  );

interface Wanted {
  /** The argument of the pairing, and of the link, that has its second value. */
  readonly changed?: string;
  readonly changedOfLink?: string;
  readonly onlyRequired?: boolean;
  readonly pairing?: ComponentResourceOptions;
  readonly link?: ComponentResourceOptions;
}

let round = 0;

/** The arguments that each part of both components gets, after the engine has put back what is ignored. */
async function partsOf(
  { changed = "", changedOfLink = "", onlyRequired = false, ...options }: Wanted,
  before: Parts = {},
): Promise<Parts> {
  const parts: Parts = {};
  const ignored: Record<string, readonly string[]> = {};
  round += 1;
  const own = (name: string) => name.replace(/^\d+-/, "");
  await runtime.setMocks({
    newResource({ name, inputs }) {
      const part = { ...inputs };
      const named = ignored[own(name)] ?? [];
      for (const argument of named.includes("*") ? Object.keys({ ...part, ...before[own(name)] }) : named) {
        const old = before[own(name)]?.[argument];
        if (old === undefined) delete part[argument];
        else part[argument] = old;
      }
      if (part.__provider) parts[own(name)] = part;
      // What SQL Server would say, and choose.
      return { id: name, state: { certificateName: "chosen", ...part, fqdn: "mi1.zone.database.windows.net" } };
    },
    call: () => ({}),
  });
  const transformations = [
    ({ name, opts }: ResourceTransformationArgs) => {
      ignored[own(name)] = opts.ignoreChanges ?? [];
      return undefined;
    },
  ];
  const pairing = new InstancePairing(
    `${round}-pairing`,
    chosen(pairingValues, changed, onlyRequired) as unknown as InstancePairingArgs,
    { transformations, ...options.pairing },
  );
  const args = chosen(linkValues, changedOfLink, onlyRequired) as unknown as LinkArgs;
  new ManagedInstanceLink(`${round}-link`, { pairing, ...args }, { transformations, ...options.link });
  await runtime.disconnect();
  for (const part of Object.values(parts)) {
    delete part.__urn;
    delete part.__replaceOnChanges;
  }
  return parts;
}

describe("ignoreChanges of a component", () => {
  for (const onlyRequired of [false, true]) {
    const given = onlyRequired ? "no other argument but the required ones" : "all others";
    for (const changed of Object.keys(pairingValues).filter((name) => !keptByNoPart.includes(name)))
      it(`keeps what its parts have of it: ${changed} of an InstancePairing, with ${given}`, async () => {
        const first = await partsOf({ onlyRequired });
        const second = await partsOf({ changed, onlyRequired });
        if (!onlyRequired) assert.notDeepEqual(second, first, "the change changes nothing anyway");
        const pairing = { ignoreChanges: [changed] };
        const link = { ignoreChanges: ["pairing"] };
        const kept = await partsOf({ changed, onlyRequired, pairing, link }, first);
        // With adopt and no port, the endpoint's own is left as it is.
        const endpoint = kept["pairing-endpoint"];
        if (changed === "adopt" && onlyRequired && endpoint) endpoint.port = first["pairing-endpoint"]?.port;
        assert.deepEqual(kept, first);
      });
    for (const changed of Object.keys(linkValues).filter((name) => !keptByNoPart.includes(name)))
      it(`keeps what its parts have of it: ${changed} of a ManagedInstanceLink, with ${given}`, async () => {
        const first = await partsOf({ onlyRequired });
        const changedOfLink = changed;
        if (!onlyRequired)
          assert.notDeepEqual(await partsOf({ changedOfLink }), first, "the change changes nothing anyway");
        const link = { ignoreChanges: [changed] };
        assert.deepEqual(await partsOf({ changedOfLink, onlyRequired, link }, first), first);
      });
  }

  it("leaves the parts alone that have nothing of it", async () => {
    const first = await partsOf({});
    const second = await partsOf({ changed: "port", link: { ignoreChanges: ["linkName"] } }, first);
    assert.equal(second["pairing-endpoint"]?.port, 5023);
  });

  for (const named of ["port", "*"])
    it(`keeps the port of the endpoint in the links too, where the pairing ignores "${named}"`, async () => {
      const pairing = { ignoreChanges: [named] };
      const first = await partsOf({ onlyRequired: true });
      assert.deepEqual(await partsOf({ changed: "port", onlyRequired: true, pairing }, first), first);
    });

  it("keeps the address in the links, which have it from the pairing", async () => {
    const first = await partsOf({});
    const link = { ignoreChanges: ["pairing.endpointUrl"] };
    assert.notDeepEqual(await partsOf({ changed: "address" }), first);
    assert.deepEqual(await partsOf({ changed: "address", link }, first), first);
    await assert.rejects(
      partsOf({ pairing: { ignoreChanges: ["address"] } }),
      /InstancePairing \d+-pairing: ignoreChanges can't name address: .*ignoreChanges: \["pairing\.endpointUrl"\]/,
    );
  });

  it("is refused where it is misspelt, or no part has anything of it", async () => {
    await assert.rejects(
      partsOf({ pairing: { ignoreChanges: ["prot"] } }),
      /ignoreChanges names prot, which is not one of its arguments, did you mean port\?/,
    );
    await assert.rejects(
      partsOf({ link: { replaceOnChanges: ["pairing.colour"] } }),
      /replaceOnChanges names pairing\.colour, which none of its parts is given/,
    );
  });
});

describe("the options of a part", () => {
  it("name its own arguments, and paths in them, for what is said of the component's", async () => {
    const seen: Record<string, ComponentResourceOptions> = {};
    await runtime.setMocks({ newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: () => ({}) });
    new InstancePairing("options", chosen(pairingValues, "", false) as unknown as InstancePairingArgs, {
      ignoreChanges: ["sqlServer.user", "masterKeyCredential", "drift"],
      replaceOnChanges: ["*"],
      customTimeouts: { create: "5m" },
      transformations: [
        ({ name, opts }) => {
          seen[name] = opts;
          return undefined;
        },
      ],
    });
    await runtime.disconnect();
    const { ignoreChanges, replaceOnChanges, customTimeouts } = seen["options-master-key"] ?? {};
    assert.deepEqual(ignoreChanges, ["sqlServer.user", "credential", "drift"]);
    assert.deepEqual(replaceOnChanges, ["*"]);
    assert.deepEqual(customTimeouts, { create: "5m" });
    assert.deepEqual(seen["options-trust"]?.ignoreChanges, ["sqlServer.user", "drift"]);
  });
});

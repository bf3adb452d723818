import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isSecret, type Output, output, runtime } from "@pulumi/pulumi";
import { addressOf, complete, type SqlServer } from "#provider/arguments/sql-server-settings";
import { InstancePairing, ManagedInstanceLink, PreparedServer } from "#provider/index";
import { checkInputs } from "#provider/lifecycle/check";
import { trustedRoots } from "#provider/resources/trusted-roots/lifecycle";
import { type DynamicProviderServer, startDynamicProviderServer } from "../../support/dynamic-provider";
import { repositoryRoot } from "../../support/repository";

const handlerOf = (type: string) => `exports.handler=()=>require("pulumi-mi-link/dynamic").handler("${type}")`;
const urnOf = (component: string | undefined, type: string) =>
  `urn:pulumi:dev::shop::${component ? `mi-link:index:${component}$` : ""}pulumi-nodejs:dynamic/mi-link:${type}::name`;

// Safety B18: what is said fits the component that the user wrote.
describe("the arguments of a component", () => {
  const sqlServer = { host: "10.0.0.4", user: "sa", credential: "env:SQL_PASSWORD" };

  it("are refused where they are misspelt, in JavaScript too, with the one that was meant", () => {
    const pairing = { sqlServer, managedInstanceId: "x", masterKeyPasword: "y", certificateexpiry: "z", colour: "red" };
    assert.throws(
      () => new InstancePairing("pairing", pairing as never),
      /InstancePairing pairing: masterKeyPasword is not one of its arguments, did you mean masterKeyPassword\?; certificateexpiry .*certificateExpiry\?; colour is not one of its arguments$/,
    );
    const link = { pairing: {}, databaseName: "db1", dataBaseOnDelete: "Delete" };
    assert.throws(
      () => new ManagedInstanceLink("link", link as never),
      /ManagedInstanceLink link: dataBaseOnDelete .*did you mean databaseOnDelete\?$/,
    );
  });

  it("are refused where they are missing, and where they are another component's", () => {
    assert.throws(
      () => new ManagedInstanceLink("link", { databaseName: "db1" } as never),
      /ManagedInstanceLink link: pairing is required$/,
    );
    const pairing = { server: {}, managedInstanceId: "x", port: 5023 };
    assert.throws(
      () => new InstancePairing("pairing", pairing as never),
      /InstancePairing pairing: port is not one of its arguments: give it to the PreparedServer$/,
    );
    assert.throws(
      () => new PreparedServer("server", { certificateExpirey: "2030-01-01" } as never),
      /sqlServer is required; certificateExpirey .*did you mean certificateExpiry\?$/,
    );
  });

  it("are refused inside of sqlServer too", () => {
    const misspelt = { sqlServer: { ...sqlServer, crednetial: "env:X" }, managedInstanceId: "x" };
    assert.throws(
      () => new InstancePairing("pairing", misspelt as never),
      /sqlServer\.crednetial is not one of its arguments, did you mean credential\?/,
    );
  });
});

const managedInstanceId = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Sql/managedInstances/mi1";
/** The inputs of what is declared, by name. */
const declared = new Map<string, Record<string, unknown>>();
const resolved = <Value>(output: Output<Value>): Promise<Value> => new Promise((resolve) => output.apply(resolve));

const withMocks = async (): Promise<void> => {
  await runtime.setMocks({
    newResource({ name, inputs }) {
      declared.set(name, inputs);
      return { id: name, state: { ...inputs, fqdn: "mi1.zone.database.windows.net", publicKey: "0x30" } };
    },
    call: () => ({}),
  });
};

// Safety B19.
describe("the address of an InstancePairing", () => {
  before(withMocks);
  for (const [address, url] of [
    ["10.0.0.4", "TCP://10.0.0.4:5022"],
    ["sql1.example.com", "TCP://sql1.example.com:5022"],
    ["::1", "TCP://[::1]:5022"],
    ["[::1]", "TCP://[::1]:5022"],
  ] as const)
    it(`stands in the URL in brackets once, if at all: ${address}`, async () => {
      const sqlServer = { host: address, user: "sa", credential: "env:SQL_PASSWORD" };
      const { endpointUrl } = new InstancePairing(`pairing ${address}`, { sqlServer, managedInstanceId });
      assert.equal(await resolved(endpointUrl), url);
    });

  it("has a port of its own where it is translated: the endpoint keeps the local one", async () => {
    const sqlServer = { host: "10.0.0.4", user: "sa", credential: "env:SQL_PASSWORD" };
    const { endpointUrl, endpoint } = new InstancePairing("translated", {
      sqlServer,
      managedInstanceId,
      address: "nat.example.com",
      publicPort: 15022,
    });
    assert.equal(await resolved(endpointUrl), "TCP://nat.example.com:15022");
    assert.ok(endpoint);
    assert.equal(await resolved(endpoint.port), 5022);
  });

  it("is taken with brackets and without as the host of a SQL Server, and told with them", () => {
    const { inputs, failures } = checkInputs(trustedRoots, {
      sqlServer: { host: "[::1]", user: "sa", password: "Kept-secret-1" },
    });
    assert.deepEqual(failures, []);
    const server = inputs.sqlServer as SqlServer;
    assert.equal(server.host, "::1");
    assert.equal(addressOf(complete(server)), "[::1]:1433");
  });
});

// Safety B10.
describe("what another stack gets to know of a component", () => {
  before(withMocks);
  const sqlServer = { host: "10.0.0.4", user: "sa", password: "Kept-secret-1" };

  it("is what it needs, and no password", async () => {
    const server = new PreparedServer("shown", { sqlServer, masterKeyPassword: "Kept-secret-2" });
    const pairing = new InstancePairing("shown", { server, managedInstanceId });
    const known = [await resolved(server.outputs), await resolved(pairing.outputs)];
    assert.doesNotMatch(JSON.stringify(known), /Kept-secret/);
    const settings = { host: "10.0.0.4", user: "sa" };
    const endpointUrl = "TCP://10.0.0.4:5022";
    assert.deepEqual(known[1], {
      sqlServer: settings,
      endpointUrl,
      managedInstanceId,
      managedInstanceFqdn: "mi1.zone.database.windows.net",
    });
    assert.deepEqual(known[0]?.sqlServer, settings);
    assert.equal(await isSecret(server.outputs), false);
    assert.equal(await isSecret(pairing.outputs), false);
  });

  it("is enough for a link, which signs in as its own program says", async () => {
    const shared = { sqlServer: { host: "10.0.0.4", user: "sa" }, managedInstanceId };
    const pairing = {
      ...shared,
      endpointUrl: "TCP://10.0.0.4:5022",
      managedInstanceFqdn: "mi1.z.database.windows.net",
    };
    const own = { host: "sql1.example.com", user: "links", credential: "env:LINKS" };
    const link = new ManagedInstanceLink("far", {
      pairing: output(pairing),
      sqlServer: own,
      databaseName: "db1",
      adopt: true,
      failoverMode: "None",
      replicationMode: "Sync",
    });
    assert.equal(await resolved(link.link.id), "far-link");
    const { sqlServer: _, __urn, __provider, ...inputs } = declared.get("far-link") ?? {};
    assert.deepEqual(declared.get("far-link")?.sqlServer, own);
    assert.deepEqual([inputs.managedInstanceId, inputs.partnerEndpoint], [managedInstanceId, pairing.endpointUrl]);
    assert.deepEqual([inputs.failoverMode, inputs.replicationMode, inputs.adopt], ["None", "Sync", true]);
    const group = declared.get("far-dag");
    assert.deepEqual([group?.availabilityMode, group?.adopt], ["SYNCHRONOUS_COMMIT", true]);
    assert.equal(group?.managedInstanceFqdn, pairing.managedInstanceFqdn);
    assert.equal(await resolved(link.health), "Unknown");
  });
});

describe("adopt of a component", () => {
  before(withMocks);
  const sqlServer = { host: "10.0.0.4", user: "sa", credential: "env:SQL_PASSWORD" };

  it("reaches all its parts", async () => {
    const pairing = new InstancePairing("adopted", { sqlServer, managedInstanceId, adopt: true });
    const link = new ManagedInstanceLink("adopted", { pairing, databaseName: "db1", adopt: true });
    await resolved(link.link.id);
    await Promise.all(
      [pairing.roots, pairing.endpoint, pairing.managedInstanceCertificate].map((part) => part && resolved(part.id)),
    );
    const parts = [...declared].filter(([name]) => name.startsWith("adopted-"));
    assert.equal(parts.length, 10);
    assert.deepEqual(
      parts.filter(([, { adopt }]) => adopt !== true).map(([name]) => name),
      [],
    );
  });
});

describe("what is said of a part of a component", () => {
  let server: DynamicProviderServer;
  before(async () => {
    server = await startDynamicProviderServer();
    await server.configure({});
  });
  after(() => server.stop());

  const reasons = async (component: string | undefined, type: string, news: object) =>
    (await server.check({}, { ...news, __urn: urnOf(component, type), __provider: handlerOf(type) })).failures.map(
      ({ reason }) => reason,
    );
  const sqlServer = { host: "10.0.0.4", user: "sa", password: "Kept-secret-1" };
  const distributed = {
    sqlServer,
    groupName: "a/b",
    localGroupName: "n".repeat(129),
    localUrl: "tcp:",
    managedInstanceGroupName: "",
    managedInstanceFqdn: "mi1.zone.database.windows.net",
  };

  it("names the arguments that the user of the component has", async () => {
    const [group, local, url, instance] = await reasons(
      "ManagedInstanceLink",
      "DistributedAvailabilityGroup",
      distributed,
    );
    assert.match(group ?? "", /^linkName must not hold/);
    assert.match(local ?? "", /^groupName must have at most 128/);
    assert.match(
      url ?? "",
      /^address .* and publicPort .* of the InstancePairing or its PreparedServer must look like TCP/,
    );
    assert.match(instance ?? "", /^instanceGroupName must not be empty/);
    const both = {
      ...distributed,
      groupName: "D",
      localGroupName: "A",
      managedInstanceGroupName: "a",
      localUrl: "TCP://a:5022",
    };
    assert.deepEqual(await reasons("ManagedInstanceLink", "DistributedAvailabilityGroup", both), [
      "groupName and instanceGroupName must differ: they name two groups",
    ]);
    const link = {
      managedInstanceId: "x",
      linkName: "D",
      databaseName: "d",
      partnerAvailabilityGroupName: "",
      partnerEndpoint: "x",
      instanceAvailabilityGroupName: "",
    };
    const said = (await reasons("ManagedInstanceLink", "InstanceLink", link)).join("\n");
    for (const name of [/^groupName must/m, /^instanceGroupName must/m, /PreparedServer must look like TCP/])
      assert.match(said, name);
    assert.match(
      (await reasons("InstancePairing", "SqlServerCertificate", { sqlServer, expiry: "x" }))[0] ?? "",
      /^certificateExpiry must/,
    );
    const rotation = { sqlServer, rotateBefore: "60d", expiry: "2090-01-01" };
    assert.match(
      (await reasons("InstancePairing", "SqlServerCertificate", rotation)).join(),
      /^certificateRotateBefore does not go together with certificateExpiry: /,
    );
    assert.match(
      (await reasons("InstancePairing", "MasterKey", { sqlServer, credential: "x" }))[0] ?? "",
      /^masterKeyCredential must/,
    );
    assert.deepEqual(await reasons("InstancePairing", "MasterKey", { sqlServer, password: "a", credential: "env:x" }), [
      "give one of masterKeyPassword and masterKeyCredential, not both",
    ]);
  });

  it("names those of a PreparedServer", async () => {
    const certificate = { sqlServer, expiry: "x", subject: "" };
    const said = await reasons("PreparedServer", "SqlServerCertificate", certificate);
    assert.match(said[0] ?? "", /^certificateExpiry must/);
    assert.match(said[1] ?? "", /^certificateSubject must/);
    const endpoint = { sqlServer, certificateName: "c", state: "x", algorithm: "RC4" };
    const ofEndpoint = (await reasons("PreparedServer", "MirroringEndpoint", endpoint)).join("\n");
    assert.match(ofEndpoint, /^endpointState must/m);
    assert.match(ofEndpoint, /^endpointAlgorithm must/m);
  });

  it("names the resource's own arguments where it stands alone", async () => {
    const [group, local, url] = await reasons(undefined, "DistributedAvailabilityGroup", distributed);
    assert.match(group ?? "", /^groupName must not hold/);
    assert.match(local ?? "", /^localGroupName must/);
    assert.match(url ?? "", /^localUrl must/);
  });
});

describe("an older Node than the package needs", () => {
  for (const entry of ["provider", "provider/dist/dynamic"])
    it(`is told in one sentence, before anything else: ${entry}`, () => {
      const program = `Object.defineProperty(process.versions, "node", { value: "20.20.2" });
        try { require("./${entry}"); console.log("loaded"); } catch (error) { console.log(error.stack); }`;
      const { stdout, stderr } = spawnSync(process.execPath, ["-e", program], {
        cwd: repositoryRoot,
        encoding: "utf8",
      });
      assert.match(stdout, /^pulumi-mi-link needs Node 22 or newer; this is Node 20\.20\.2 \(.*\)\.\n$/, stderr);
      assert.equal(stderr, "");
    });

  it("is what package.json says", () => {
    const { engines } = JSON.parse(readFileSync(join(repositoryRoot, "provider", "package.json"), "utf8"));
    assert.equal(engines.node, ">=22");
  });
});

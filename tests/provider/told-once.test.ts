import assert from "node:assert/strict";
import { type Lab, startLab } from "#lab/index";
import type { Bag } from "#provider/lifecycle/contract";
import { azureEnvironment } from "#tools/lab";
import { type DynamicProviderServer, startDynamicProviderServer } from "../support/dynamic-provider";
import { placeIn, tenResources } from "./ten-resources";

const handlerOf = (type: string) => `exports.handler=()=>require("pulumi-mi-link/dynamic").handler("${type}")`;
const urnOf = (type: string, name: string) => `urn:pulumi:dev::shop::pulumi-nodejs:dynamic/mi-link:${type}::${name}`;

// Safety B18: one trouble, told once.
describe("a server that nobody can reach", function () {
  this.timeout(60_000);
  let lab: Lab;
  let server: DynamicProviderServer;
  before(async () => {
    lab = await startLab();
    server = await startDynamicProviderServer({ env: azureEnvironment(lab.ready) });
    await server.configure({});
  });
  after(async () => {
    await server.stop();
    await lab.close();
  });

  async function failureOf(type: string, name: string, args: Bag): Promise<string> {
    const inputs = { ...args, __urn: urnOf(type, name), __provider: handlerOf(type) };
    try {
      await server.create(inputs);
    } catch (error) {
      return (error as Error).message.replace(/^2 UNKNOWN: /, "");
    }
    throw new assert.AssertionError({ message: "it was made" });
  }
  const sqlServer = () => ({ ...(placeIn(lab.ready).sqlServer as Bag), password: "Wrong-password-1" });

  it("is told in full with the first resource that meets it, and in one line with every other", async () => {
    const failures = await Promise.all(
      ["first", "second", "third"].map((name) => failureOf("MasterKey", name, { sqlServer: sqlServer() })),
    );
    const [full = "", ...others] = failures.sort((a, b) => b.length - a.length);
    assert.match(full, /18456[\s\S]*Likely cause: [\s\S]*What to do: /);
    for (const other of others) {
      assert.match(
        other,
        /^Could not connect to SQL Server at .* as sa \(18456\), as told in full with (?:first|second|third)\.$/,
      );
    }
    assert.equal(others.length, 2);
  });

  it("is told in full once more when something else is the matter", async () => {
    const elsewhere = { ...sqlServer(), port: 1 };
    assert.match(await failureOf("MasterKey", "fourth", { sqlServer: elsewhere }), /ECONNREFUSED[\s\S]*What to do: /);
    assert.match(await failureOf("MasterKey", "fifth", { sqlServer: elsewhere }), /as told in full with fourth\.$/);
  });
});

describe("a whole run over IP addresses", function () {
  this.timeout(60_000);

  // Safety B18: neither the SQL driver nor Azure's client sets an address as the TLS server name (DEP0123).
  it("says nothing of its own accord", async () => {
    const lab = await startLab();
    const server = await startDynamicProviderServer({ env: azureEnvironment(lab.ready) });
    await server.configure({});
    try {
      const place = placeIn(lab.ready);
      const made: Record<string, Bag> = {};
      for (const { type, args } of tenResources) {
        const { inputs, failures } = await server.check({}, { ...args(place, made), __provider: handlerOf(type) });
        assert.deepEqual(failures, []);
        made[type] = (await server.create(inputs)).outs;
      }
      assert.match(lab.ready.arm.endpoint, /^https:\/\/127\./);
      assert.equal(server.stderr(), "");
    } finally {
      await server.stop();
      await lab.close();
    }
  });
});

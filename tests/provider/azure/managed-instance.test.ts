import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { azureFailure } from "#provider/azure/azure-failure";
import { instanceFault } from "#provider/azure/managed-instance";

const inState = (state: string | undefined) =>
  instanceFault({
    name: "mi1",
    location: "westeurope",
    properties: { fullyQualifiedDomainName: "mi1.zone.database.windows.net", dnsZone: "zone", state },
  });

describe("a managed instance", () => {
  it("is used when it is ready or being scaled, and when Azure does not say", () => {
    for (const state of ["Ready", "Updating", undefined]) assert.equal(inState(state), undefined);
  });

  it("is refused with the command that starts it when it is stopped", () => {
    for (const state of ["Stopped", "Stopping"]) {
      const fault = inState(state);
      assert.ok(fault);
      assert.match(azureFailure("look at mi1", fault).message, /mi1 is in the state Stop.*az sql mi start/s);
    }
  });

  it("is waited for while it starts, by the code that Azure's own children answer with", () => {
    assert.equal(inState("Starting")?.code, "ManagedInstanceStarting");
  });
});

describe("a preview", () => {
  it("loads none of Azure's libraries", () => {
    const script = `
      const { handler } = require(process.argv[1]);
      const inputs = { managedInstanceId: "/subscriptions/0a1b2c3d-0000-1111-2222-333344445555/resourceGroups/g/providers/Microsoft.Sql/managedInstances/m",
        linkName: "l", databaseName: "d", partnerAvailabilityGroupName: "a", partnerEndpoint: "TCP://h:5022", instanceAvailabilityGroupName: "b" };
      const link = handler("InstanceLink");
      link.check({}, inputs).then((checked) => link.diff("id", checked.inputs, checked.inputs)).then((difference) => {
        const loaded = Object.keys(require.cache).filter((file) => /@azure.(core-rest-pipeline|identity|core-lro)/.test(file));
        console.log(JSON.stringify({ difference, loaded }));
        process.exit(0);
      });`;
    const dynamic = path.resolve(__dirname, "../../../../provider/dist/dynamic/index.js");
    const { stdout, stderr } = spawnSync(process.execPath, ["-e", script, dynamic], { encoding: "utf8" });
    assert.equal(stderr, "");
    assert.deepEqual(JSON.parse(stdout), { difference: { changes: false }, loaded: [] });
  });
});

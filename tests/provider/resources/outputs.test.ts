import assert from "node:assert/strict";
import { runtime } from "@pulumi/pulumi";
import * as provider from "#provider/index";
import { sqlServer } from "../sql-server/check-and-diff";

const managedInstanceId = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Sql/managedInstances/mi1";

describe("the outputs of the SQL Server resources", () => {
  before(async () => {
    await runtime.setMocks({ newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: () => ({}) });
  });

  it("exist for programs also where the argument of that name was left out", () => {
    const endpoint = new provider.MirroringEndpoint("endpoint", { sqlServer, certificateName: "c" });
    for (const output of [
      endpoint.port,
      endpoint.endpointName,
      endpoint.state,
      endpoint.certificateName,
      endpoint.instanceId,
    ])
      assert.ok(output);
    const certificate = new provider.SqlServerCertificate("certificate", { sqlServer });
    for (const output of [
      certificate.certificateName,
      certificate.publicKey,
      certificate.thumbprint,
      certificate.startDate,
      certificate.expiryDate,
    ])
      assert.ok(output);
    const roots = new provider.TrustedRoots("roots", { sqlServer });
    for (const output of [roots.dnsPattern, roots.thumbprints, roots.added]) assert.ok(output);
    const key = new provider.MasterKey("key", { sqlServer });
    for (const output of [key.created, key.keyGuid, key.instanceId]) assert.ok(output);
    const imported = new provider.ManagedInstanceCertificate("imported", { sqlServer, managedInstanceId });
    for (const output of [imported.fqdn, imported.managedInstanceName, imported.thumbprint, imported.expiryDate])
      assert.ok(output);
    const database = new provider.FullRecoveryDatabase("database", { sqlServer, databaseName: "db1" });
    for (const output of [database.databaseName, database.backupDisk, database.recoveryModel]) assert.ok(output);
    const group = new provider.AvailabilityGroup("group", {
      sqlServer,
      groupName: "g",
      databaseName: "db1",
      endpointUrl: "TCP://a:1",
    });
    for (const output of [group.groupName, group.databaseName, group.endpointUrl, group.groupId, group.replicaName])
      assert.ok(output);
    const distributed = new provider.DistributedAvailabilityGroup("distributed", {
      sqlServer,
      groupName: "d",
      localGroupName: "g",
      localUrl: "TCP://a:1",
      managedInstanceGroupName: "m",
      managedInstanceFqdn: "mi1.z.database.windows.net",
    });
    for (const output of [distributed.groupName, distributed.availabilityMode, distributed.groupId]) assert.ok(output);
  });
});

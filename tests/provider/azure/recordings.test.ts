import assert from "node:assert/strict";
import { refusal } from "./azure-scene";
import { type Replayer, replay } from "./replayer";

interface Put {
  readonly properties: Readonly<Record<string, unknown>>;
}

function recordedPut({ interactions }: Replayer): Put {
  const put = interactions.find(({ request }) => request.method === "PUT");
  if (!put) throw new Error("the recording has a PUT");
  return put.request.body as Put;
}

describe("what Azure itself once answered", () => {
  let azure: Replayer;
  afterEach(() => azure.close());

  it("makes and removes the certificate of the partner-cert recording", async () => {
    azure = await replay("azure-cli_test_sql_mi_partner_cert_mgmt_2022-02-01-preview.json");
    const body = recordedPut(azure);
    const id = `${azure.instanceId}/serverTrustCertificates/partner_cert`;
    // By the requests alone: what was recorded has no look at the certificate before it is made, nor before it goes.
    await azure.context.azure.put("upload it", id, body.properties);
    const made = await azure.context.azure.appeared<{ readonly thumbprint: string }>("look at it", id);
    assert.equal(made?.properties.thumbprint, "36C1816C8235E575F969DB3F0EDC7716184BC25A");
    assert.deepEqual(azure.sent.find(({ method }) => method === "PUT")?.body, body);
    await azure.context.azure.delete("delete it", id);
    assert.equal(azure.sent.length, azure.interactions.length - 2, "all but the recording's lists was asked for");
  });

  it("makes and removes a link through polls without Retry-After", async () => {
    azure = await replay("azure-cli_test_sql_mi_link_mgmt_2023-08-01-preview.json");
    const id = `${azure.instanceId}/distributedAvailabilityGroups/Link1`;
    const body = recordedPut(azure);
    await azure.context.azure.put("create the link Link1", id, body.properties);
    const link = await azure.context.azure.find<{ readonly distributedAvailabilityGroupId: string }>("look", id);
    assert.equal(link?.properties.distributedAvailabilityGroupId, "05842eee-3d86-94f2-427d-f541ed1ac939");
    await azure.context.azure.delete("delete the link Link1", id);
    assert.deepEqual(azure.sent.find(({ method }) => method === "PUT")?.body, body);
    assert.equal(azure.sent.filter(({ path }) => path.includes("AzureAsyncOperation")).length, 5);
  });

  it("reads the endpoint's certificate without a prefix", async () => {
    azure = await replay("azure-cli_test_sql_mi_endpoint_cert_mgmt.json");
    const listed = await azure.context.azure.list<{ readonly publicBlob: string }>(
      "list",
      `${azure.instanceId}/endpointCertificates`,
    );
    assert.deepEqual(
      listed.map(({ name, properties }) => [name, properties.publicBlob.slice(0, 8)]),
      [
        ["SERVICE_BROKER", "308208DD"],
        ["DATABASE_MIRRORING", "308208DD"],
      ],
    );
  });

  it("reads the instance", async () => {
    azure = await replay("azure-cli_test_sql_mi_link_mgmt_2022-02-01-preview.json");
    const { name, fqdn, dnsZone, state } = await azure.context.azure.managedInstance(azure.instanceId);
    assert.deepEqual(
      [name, fqdn, dnsZone, state],
      ["clitestmi000001", "clitestmi000001.1e6d90da5016.database.windows.net", "1e6d90da5016", "Ready"],
    );
  });

  it("explains a value that is refused at once, and one whose operation fails as HTTP 200", async () => {
    azure = await replay("azure-powershell_TestManagedInstanceLinkErrHandling_2021-11-01-preview.json");
    const { pathname } = new URL(azure.interactions[0]?.request.uri ?? "");
    const patch = (replicationMode: string) =>
      refusal(azure.context.azure.patch("change the link TestDAG", pathname, { replicationMode }));
    const refused = await patch("RandomValue");
    assert.match(
      refused.message,
      /Azure: InvalidResourceIdSegment \(HTTP 400\): The 'parameters\.properties\.replicationMode' segment in the url is invalid\./,
    );
    const failed = await patch("Sync");
    assert.deepEqual(failed.codes, ["InvalidOperationForDatabaseNotInReplicationRelationship"]);
    assert.match(failed.message, /the link is not connected, so how it replicates cannot be changed/);
  });
});

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { HttpMethods } from "@azure/core-rest-pipeline";
import type { InstanceOptions } from "#lab/managed-instance/start";
import type { Answer } from "./arm-client";
import {
  createScene,
  fixtures,
  linkAddress,
  linkBody,
  partnerEndpoint,
  prepareInstancePrimary,
  type Scene,
  type SceneOptions,
} from "./scene";

interface Interaction {
  readonly request: { readonly method: HttpMethods; readonly uri: string; readonly body: object | null };
  readonly response: {
    readonly status: readonly [number, string];
    readonly headers: Readonly<Record<string, string>>;
    readonly body: object | null;
  };
}

/** Exchanges with the real Azure, sent to the lab again. */
describe("the lab, asked what Azure was asked", () => {
  let scene: Scene;
  afterEach(() => scene.close());

  /** Sends the recorded request; polls go to the address that the lab gave for the operation before. */
  async function send({ request }: Interaction, before: Answer | undefined, body = request.body): Promise<Answer> {
    const { pathname, search } = new URL(request.uri);
    const target = /AzureAsyncOperation/.test(pathname)
      ? before?.headers["azure-asyncoperation"]
      : `${pathname}${search}`;
    assert.ok(target);
    return scene.arm.send(request.method, target, body ?? undefined);
  }

  async function replay(interactions: readonly Interaction[]): Promise<void> {
    let accepted: Answer | undefined;
    for (const interaction of interactions) {
      const answer = await send(interaction, accepted);
      const what = `${interaction.request.method} ${interaction.request.uri}`;
      assert.equal(answer.status, interaction.response.status[0], what);
      assert.deepEqual(generalised(answer.body), generalised(interaction.response.body), what);
      assert.deepEqual(pollAddresses(answer.headers), pollAddresses(interaction.response.headers), what);
      if (answer.status === 202) accepted = answer;
    }
  }

  it("shows a managed instance and its endpoint certificates", async () => {
    const interactions = recorded("azure-cli_test_sql_mi_endpoint_cert_mgmt");
    scene = await createScene(cliInstance);
    await replay(interactions);
  });

  it("takes, shows and deletes a trust certificate", async () => {
    scene = await createScene(cliInstance);
    await replay(recorded("azure-cli_test_sql_mi_partner_cert_mgmt_2022-02-01-preview"));
  });

  it("creates a link that no SQL Server answers, shows it copying, and drops it", async () => {
    scene = await createScene({ ...cliInstance, options: { linkTimeoutMilliseconds: 60_000 } });
    const [instance, ...rest] = recorded("azure-cli_test_sql_mi_link_mgmt_2022-02-01-preview");
    assert.ok(instance);
    const answer = await send(instance, undefined);
    assert.deepEqual(shapeOf(answer.body), shapeOf(instance.response.body));
    // The recording ends with the instance being dropped, which the lab does not do.
    await replay(
      rest.filter(
        ({ request }) => request.method !== "DELETE" || request.uri.includes("distributedAvailabilityGroups"),
      ),
    );
  });

  it("brings up a link in today's shape and drops it", async () => {
    scene = await createScene({
      instance: instanceOf("00000000-0000-0000-0000-000000000000", "DaniRG", "chimera-canary-gpv2-01", "eastus2euap"),
    });
    await prepareInstancePrimary(scene);
    const [list, put, ...rest] = recorded("azure-cli_test_sql_mi_link_mgmt_2023-08-01-preview");
    assert.ok(list && put);
    await replay([list]);
    const body = linkBody(scene, { instanceLinkRole: "Primary" });
    assert.deepEqual(shapeOf(sorted(body)), shapeOf(sorted(put.request.body)));
    const accepted = await scene.arm.send("PUT", linkAddress(scene, "2023-08-01-preview"), body);
    assert.equal(accepted.status, put.response.status[0]);
    assert.deepEqual(generalised(accepted.body), generalised(put.response.body));
    assert.deepEqual(pollAddresses(accepted.headers), pollAddresses(put.response.headers));
    for (const name of Object.keys(put.response.headers).filter((header) => header.startsWith("x-ms-")))
      assert.equal(accepted.headers[name], put.response.headers[name]);
    const ended = await scene.arm.finish(accepted);
    const succeeded = rest.find(({ response }) => JSON.stringify(response.body).includes("Succeeded"));
    assert.deepEqual(generalised(ended.body), generalised(succeeded?.response.body));

    const link = await scene.arm.send("GET", linkAddress(scene, "2023-08-01-preview"));
    const recordedLink = rest.find(({ request }) => request.uri.includes("/Link1?"));
    assert.deepEqual(shapeOf(link.body), shapeOf(recordedLink?.response.body));

    const dropped = await scene.arm.finish(await scene.arm.send("DELETE", linkAddress(scene, "2023-08-01-preview")));
    assert.deepEqual(generalised(dropped.body), generalised(succeeded?.response.body));
    await replay([list]);
  });

  it("refuses a replication mode that is none, and fails the change of a link that is not up", async () => {
    const subscription = "8313371e-0879-428e-b1da-6353575a9192";
    scene = await createScene({
      instance: instanceOf(subscription, "ps20", "ps8946", "westcentralus"),
      options: { linkTimeoutMilliseconds: 60_000 },
    });
    const body = {
      properties: {
        targetDatabase: "testdb",
        sourceEndpoint: partnerEndpoint(scene),
        primaryAvailabilityGroupName: "a",
        secondaryAvailabilityGroupName: "b",
      },
    };
    await scene.arm.send("PUT", linkAddress(scene, "2021-11-01-preview", "TestDAG"), body);
    await replay(recorded("azure-powershell_TestManagedInstanceLinkErrHandling_2021-11-01-preview"));
  });
});

const cliInstance: SceneOptions = {
  instance: {
    ...instanceOf(
      "00000000-0000-0000-0000-000000000000",
      "CustomerExperienceTeam_RG",
      "clitestmi000001",
      "westcentralus",
    ),
    dnsZone: "1e6d90da5016",
  },
};

function instanceOf(
  subscriptionId: string,
  resourceGroup: string,
  name: string,
  location: string,
): Partial<InstanceOptions> {
  return { subscriptionId, resourceGroup, name, location };
}

function recorded(name: string): readonly Interaction[] {
  const { interactions }: { interactions: readonly Interaction[] } = JSON.parse(
    readFileSync(path.join(fixtures, `${name}.json`), "utf8"),
  );
  return interactions;
}

const guid = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;
const time = /"\d{4}-\d\d-\d\dT[\d:.]+Z"/g;
const blob = /"[0-9A-F]{1000,}"/g;

/** What is different each time is taken out; everything else must be the same. */
function generalised(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body).replace(guid, "<guid>").replace(time, '"<time>"').replace(blob, '"<blob>"'));
}

function sorted(body: object | null): unknown {
  return JSON.parse(JSON.stringify(body), (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort())
      : value,
  );
}

/** Members, their order and their types. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== "object" || value === null) return typeof value;
  return Object.entries(value).map(([member, content]) => [member, shapeOf(content)]);
}

function pollAddresses(headers: Readonly<Record<string, string>>): readonly (string | undefined)[] {
  const byName = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return ["azure-asyncoperation", "location"].map((name) => {
    const address = byName[name] ? new URL(byName[name]) : undefined;
    return (
      address && `${address.pathname.replace(guid, "<guid>")}?api-version=${address.searchParams.get("api-version")}`
    );
  });
}

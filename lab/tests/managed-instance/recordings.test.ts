import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { HttpMethods } from "@azure/core-rest-pipeline";
import type { InstanceOptions } from "#lab/managed-instance/start";
import type { Answer } from "./arm-client";
import { headersThatMatter, sameAs, steady } from "./recorded-answer";
import { createScene, fixtures, linkAddress, partnerEndpoint, prepareInstancePrimary, type Scene } from "./scene";

interface Interaction {
  readonly request: { readonly method: HttpMethods; readonly uri: string; readonly body: object | null };
  readonly response: {
    readonly status: readonly [number, string];
    readonly headers: Readonly<Record<string, string>>;
    readonly body: object | null;
  };
}

/** Sends exchanges with the real Azure to the lab again: all of every file, in order, with as much time in between. */
describe("the lab, asked what Azure was asked", () => {
  const replayed = new Set<string>();
  let scene: Scene;
  afterEach(() => scene.close());

  /** Sends a recorded request. A poll goes to the address that the lab gave for its operation; SQL Server has another address. */
  async function send({ request }: Interaction, accepted: Answer | undefined): Promise<Answer> {
    const { pathname, search } = new URL(request.uri);
    const target = /AzureAsyncOperation/.test(pathname)
      ? accepted?.headers["azure-asyncoperation"]
      : `${pathname}${search}`;
    assert.ok(target);
    const body = request.body && JSON.parse(JSON.stringify(request.body).replace(recordedEndpoint, endpointHere()));
    return scene.arm.send(request.method, target, body ?? undefined);
  }

  const endpointHere = () => partnerEndpoint(scene).replace("TCP:", "tcp:");

  /** Repeats a poll of an operation that had ended when it was recorded: the lab may take a moment longer. */
  async function answerTo(interaction: Interaction, accepted: Answer | undefined): Promise<Answer> {
    for (let left = 400; ; left--) {
      const answer = await send(interaction, accepted);
      const isWaiting = String(answer.body.status) === "InProgress" && !isInProgress(interaction);
      if (!isWaiting || left === 0) return answer;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Lets time pass second by second, so that the lab does what is due in between. */
  async function pass(milliseconds: number): Promise<void> {
    for (let left = milliseconds; left > 0; left -= 1000) {
      scene.clock.advance(Math.min(left, 1000));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async function replay(name: string): Promise<void> {
    const interactions = recorded(name);
    let last: Answer | undefined;
    let before: Interaction | undefined;
    for (const [index, interaction] of interactions.entries()) {
      if (before) await pass(timeOf(interaction) - timeOf(before));
      before = interaction;
      const answer = await answerTo(interaction, last);
      const what = `${name} ${index}: ${interaction.request.method} ${interaction.request.uri}`;
      const { status, headers, body } = interaction.response;
      assert.equal(answer.status, status[0], what);
      const there = JSON.parse(JSON.stringify(body).replace(recordedEndpoint, endpointHere()));
      assert.equal(steady(answer.body), steady(there), what);
      sameAs(headersThatMatter(answer), headersThatMatter({ status: status[0], headers }), what);
      if (status[0] === 202) last = answer;
      replayed.add(`${name} ${index}`);
    }
  }

  it("shows a managed instance's endpoint certificates", async () => {
    scene = await createScene({ instance: cliInstance });
    await replay("azure-cli_test_sql_mi_endpoint_cert_mgmt");
  });

  it("takes, shows and deletes a trust certificate", async () => {
    scene = await createScene({ instance: cliInstance, options: { operationMilliseconds: 10_000 } });
    await replay("azure-cli_test_sql_mi_partner_cert_mgmt_2022-02-01-preview");
  });

  it("shows an instance, creates a link that no SQL Server answers, shows it copying, drops it and the instance", async () => {
    scene = await createScene({
      instance: cliInstance,
      options: { linkTimeoutMilliseconds: 300_000, operationMilliseconds: 10_000 },
    });
    await replay("azure-cli_test_sql_mi_link_mgmt_2022-02-01-preview");
  });

  it("brings up a link in today's shape and drops it", async () => {
    scene = await createScene({
      instance: instanceOf("00000000-0000-0000-0000-000000000000", "DaniRG", "chimera-canary-gpv2-01", "eastus2euap"),
      // The copy ends between the second and the third poll.
      options: { operationMilliseconds: 10_000, seedingBytesPerSecond: 2 ** 20, linkTimeoutMilliseconds: 300_000 },
    });
    await prepareInstancePrimary(scene, {
      database: "CLI1",
      link: "Link1",
      group: "AG_CLI1",
      instanceGroup: "AG_CLI1_MI",
      certificate: "wwi-2022-sql02",
    });
    await replay("azure-cli_test_sql_mi_link_mgmt_2023-08-01-preview");
  });

  it("refuses a replication mode that is none, and fails the change of a link that is not up", async () => {
    scene = await createScene({
      instance: instanceOf("8313371e-0879-428e-b1da-6353575a9192", "ps20", "ps8946", "westcentralus"),
      options: { linkTimeoutMilliseconds: 300_000, retryAfterSeconds: 15 },
    });
    // These resources exist when the recording begins.
    const properties = {
      targetDatabase: "testdb",
      sourceEndpoint: partnerEndpoint(scene),
      primaryAvailabilityGroupName: "a",
      secondaryAvailabilityGroupName: "b",
    };
    await scene.arm.send("PUT", linkAddress(scene, "2021-11-01-preview", "TestDAG"), { properties });
    await replay("azure-powershell_TestManagedInstanceLinkErrHandling_2021-11-01-preview");
  });

  it("was asked every recorded request", async () => {
    scene = await createScene();
    const names = readdirSync(fixtures).map((file) => path.basename(file, ".json"));
    const all = names.flatMap((name) => recorded(name).map((_, index) => `${name} ${index}`));
    assert.ok(all.length > 0);
    assert.deepEqual([...replayed].sort(), all.sort());
  });
});

const recordedEndpoint = /tcp:\/\/10\.0\.1\.8:5022/g;

const cliInstance: Partial<InstanceOptions> = {
  ...instanceOf(
    "00000000-0000-0000-0000-000000000000",
    "CustomerExperienceTeam_RG",
    "clitestmi000001",
    "westcentralus",
  ),
  dnsZone: "1e6d90da5016",
  administrator: { name: "admin123", password: "not used" },
  collation: "Serbian_Cyrillic_100_CS_AS",
  publicDataEndpointEnabled: true,
  subnetId:
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/CustomerExperienceTeam_RG/providers/Microsoft.Network/virtualNetworks/vnet-mi-tooling/subnets/ManagedInstance",
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

const timeOf = ({ response }: Interaction) => Date.parse(response.headers.date ?? response.headers.Date ?? "");

const isInProgress = ({ response }: Interaction) => JSON.stringify(response.body).includes('"InProgress"');

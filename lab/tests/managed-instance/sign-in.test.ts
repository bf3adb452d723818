import assert from "node:assert/strict";
import { request } from "node:https";
import type { Json } from "./arm-client";
import { child, createScene, type Scene } from "./scene";

describe("the sign-in service and what comes before an instance", () => {
  let scene: Scene;
  beforeEach(async () => {
    scene = await createScene();
  });
  afterEach(() => scene.close());

  /** Asks without any library, in the way that old clients write their requests. */
  function ask(method: string, address: string, headers: Record<string, string>, body = ""): Promise<Json> {
    const { endpoint, ca } = scene.address;
    const url = new URL(address, endpoint);
    return new Promise((resolve, reject) => {
      const asked = request(url, { method, headers, ca }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => resolve(JSON.parse(Buffer.concat(chunks).toString())));
      });
      asked.on("error", reject).end(body);
    });
  }

  for (const version of ["", "/v2.0"]) {
    it(`gives a token by version ${version ? 2 : 1} of its endpoints, found through its own document`, async () => {
      const { tenantId, clientId, clientSecret, endpoint } = scene.address;
      const document = await ask("GET", `/${tenantId}${version}/.well-known/openid-configuration`, {});
      assert.equal(String(document.token_endpoint), `${endpoint}/${tenantId}/oauth2${version}/token`);
      const keys = await ask("GET", String(document.jwks_uri), {});
      assert.deepEqual(keys.keys, []);
      const form = new URLSearchParams({
        grant_type: "client_credentials",
        client_id: clientId,
        client_secret: clientSecret,
        ...(version ? { scope: `${endpoint}/.default` } : { resource: `${endpoint}/` }),
      });
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      const { access_token: token } = await ask("POST", String(document.token_endpoint), headers, String(form));
      const claims: unknown = JSON.parse(Buffer.from(String(token).split(".")[1] ?? "", "base64url").toString());
      assert.ok(typeof claims === "object" && claims !== null && "aud" in claims);
      assert.equal(String(claims.aud).replace(/\/$/, ""), endpoint);
      const databases = await ask("GET", child(scene, "databases"), { authorization: `Bearer ${token}` });
      assert.deepEqual(databases.value, []);
    });
  }

  const lists: readonly [address: (id: string) => string, first: (body: Json) => Json | undefined, is: string][] = [
    [() => "/subscriptions", ({ value }) => value?.[0]?.state, "Enabled"],
    [(id) => `/subscriptions/${id}`, ({ state }) => state, "Enabled"],
    [(id) => `/subscriptions/${id}/resourcegroups`, ({ value }) => value?.[0]?.name, "rg-lab"],
    [(id) => `/subscriptions/${id}/resourceGroups/RG-LAB`, ({ name }) => name, "rg-lab"],
    [(id) => `/subscriptions/${id}/locations`, ({ value }) => value?.[0]?.name, "westeurope"],
    [(id) => `/subscriptions/${id}/providers`, ({ value }) => value?.[0]?.namespace, "Microsoft.Sql"],
    [
      (id) => `/subscriptions/${id}/providers/Microsoft.Sql`,
      ({ resourceTypes }) => resourceTypes?.[0]?.apiVersions?.[0],
      "2026-08-01-preview",
    ],
  ];
  for (const [address, first, is] of lists) {
    it(`answers ${address("{id}")}`, async () => {
      const { status, body } = await scene.arm.send(
        "GET",
        `${address(scene.instance.subscriptionId)}?api-version=2022-12-01`,
      );
      assert.deepEqual([status, first(body)], [200, is]);
    });
  }

  it("says when to come back only where the lab was told to", async () => {
    const drop = () => scene.arm.send("DELETE", child(scene, "distributedAvailabilityGroups/none"));
    assert.equal((await drop()).headers["retry-after"], undefined);
    Object.assign(scene.running.azure.options, { retryAfterSeconds: 15 });
    const accepted = await drop();
    assert.equal(accepted.headers["retry-after"], "15");
    assert.equal((await scene.arm.send("GET", child(scene, "databases"))).headers["retry-after"], undefined);
  });

  it("signs the addresses of operations since 2023, and finds the operation all the same", async () => {
    const address = (version: string) => child(scene, "distributedAvailabilityGroups/none", version);
    const today = await scene.arm.send("DELETE", address("2023-08-01-preview"));
    const parameters = [...new URL(today.headers.location ?? "").searchParams.keys()];
    assert.deepEqual(parameters, ["api-version", "t", "c", "s", "h"]);
    assert.equal((await scene.arm.finish(today)).body.error?.code, "OperationIdNotFound");
    const before = await scene.arm.send("DELETE", address("2022-02-01-preview"));
    assert.deepEqual([...new URL(before.headers.location ?? "").searchParams.keys()], ["api-version"]);
    assert.equal(before.headers["x-cache"], "CONFIG_NOCACHE");
  });
});

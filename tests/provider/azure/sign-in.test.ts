import assert from "node:assert/strict";
import { signIn } from "#lab-tests/managed-instance/arm-client";
import { environmentOf } from "#provider/azure/environment";
import { type AzureScene, createAzureScene, refusal } from "./azure-scene";

// Safety A5, B14
describe("signing in to Azure", () => {
  let scene: AzureScene;
  const tried = async (config: Record<string, string | undefined>) =>
    await refusal(scene.context({ config }).azure.managedInstance(scene.instanceId));

  /** With no token yet: the environment differs in the spelling of a path. */
  const freshly = async (work: () => Promise<unknown>) => {
    scene.config["mi-link:caFile"] = scene.config["mi-link:caFile"]?.replace(/ca\.pem$/, "./ca.pem");
    await work();
  };

  beforeEach(async () => {
    scene = await createAzureScene();
  });
  afterEach(() => scene.close());

  it("explains a wrong secret, and does not print it", async () => {
    const error = await tried({ "azure-native:clientSecret": "not-the-secret-of-this-application" });
    assert.deepEqual(error.codes, ["AADSTS7000215"]);
    assert.match(
      error.message,
      /^Could not sign in to Azure to look at the managed instance .*the client secret is wrong.*az ad app credential reset/s,
    );
    assert.ok(!error.message.includes("not-the-secret"));
    assert.deepEqual(scene.requests(), []);
  });

  it("explains a wrong client id and a wrong tenant", async () => {
    assert.deepEqual((await tried({ "azure-native:clientId": crypto.randomUUID() })).codes, ["AADSTS700016"]);
    assert.deepEqual((await tried({ "azure-native:tenantId": crypto.randomUUID() })).codes, ["AADSTS90002"]);
  });

  it("has the patience that it has with Azure while the sign-in service is out of order, and says so", async () => {
    const transient = (status: number, error: string, number?: number) =>
      scene.faults.add({
        on: "request",
        method: "POST",
        matching: "/token$",
        answer: {
          status,
          code: "unused",
          message: "unused",
          body: {
            error,
            error_description: "A transient error has occurred.",
            ...(number === undefined ? {} : { error_codes: [number] }),
          },
        },
      });
    for (const [status, error, number, says] of [
      [503, "server_error", undefined, "HTTP 503 (HTTP 503)"],
      [400, "invalid_request", 90033, "HTTP 400 (AADSTS90033)"],
      [400, "temporarily_unavailable", 1, "HTTP 400 (AADSTS1)"],
      [504, "temporarily_unavailable", 90012, "HTTP 504 (AADSTS90012)"],
    ] as const) {
      transient(status, error, number);
      await freshly(() => scene.context().azure.managedInstance(scene.instanceId));
      assert.deepEqual(scene.statuses.splice(0), [
        `the sign-in service is out of order for a moment, ${says}; trying again in 1 s to look at the managed instance ${scene.instanceId}`,
      ]);
    }
    // The fault is at its other addresses, and on the way to it.
    scene.faults.add({
      on: "request",
      matching: "openid-configuration$",
      answer: { status: 502, code: "x", message: "x" },
    });
    scene.faults.add({ on: "request", method: "POST", matching: "/token$", drop: "before" });
    await freshly(() => scene.context().azure.managedInstance(scene.instanceId));
    assert.deepEqual(
      scene.statuses.map((text) => text.split(";")[0]),
      [
        "the sign-in service is out of order for a moment, HTTP 502 (HTTP 502)",
        "the connection to the sign-in service broke (ECONNRESET)",
      ],
    );
  });

  it("has it with the provider of an OIDC token too, whose certificate the named CA may have issued", async () => {
    const oidc = (answer: { status: number; body: object }, nth: number, times: number | "always") =>
      scene.faults.add({
        on: "request",
        matching: "^/oidc$",
        nth,
        times,
        answer: { code: "unused", message: "unused", ...answer },
      });
    oidc({ status: 503, body: {} }, 1, 1);
    oidc({ status: 200, body: { value: "a-token-of-the-runner" } }, 2, "always");
    const error = await tried({
      "azure-native:clientSecret": undefined,
      "azure-native:useOidc": "true",
      "azure-native:oidcRequestUrl": `${scene.address.endpoint}/oidc`,
      "azure-native:oidcRequestToken": "the-runners-own",
    });
    // The lab knows one application, which has a secret.
    assert.deepEqual(error.codes, ["AADSTS7000215"]);
    assert.match(scene.statuses.join("\n"), /^the sign-in service is out of order for a moment, HTTP 503/);
  });

  it("decides by the number, not by the words, that a refusal lasts", async () => {
    scene.faults.add({
      on: "request",
      method: "POST",
      matching: "/token$",
      answer: {
        status: 401,
        code: "unused",
        message: "unused",
        body: { error: "invalid_client", error_description: "Der Clientschlüssel ist falsch.", error_codes: [7000215] },
      },
    });
    const error = await tried({});
    assert.deepEqual(error.codes, ["AADSTS7000215"]);
    assert.match(
      error.message,
      /Sign-in: AADSTS7000215 \(HTTP 401\): Der Clientschlüssel.*the client secret is wrong/s,
    );
    assert.deepEqual(scene.statuses, []);
  });

  it("signs in again once when Azure refuses the token, and ends at the second refusal in a row", async () => {
    const ask = () => scene.context().azure.managedInstance(scene.instanceId);
    const tokens = () =>
      scene.journal.entries.filter((entry) => entry.kind === "request" && entry.path.endsWith("/token")).length;
    const refuse = (times: number) =>
      scene.faults.add({
        on: "request",
        method: "GET",
        matching: "/managedInstances/",
        times,
        answer: { status: 401, code: "ExpiredAuthenticationToken", message: "The access token has expired." },
      });
    await ask();
    assert.equal(tokens(), 1);
    refuse(1);
    await ask();
    assert.equal(tokens(), 2, "a new token, not the one that the library keeps");
    assert.match(scene.statuses.join("\n"), /^Azure takes the token no more \(HTTP 401\); signing in again to look at/);
    scene.faults.clear();
    refuse(2);
    assert.deepEqual((await refusal(ask())).codes, ["ExpiredAuthenticationToken"]);
    scene.faults.clear();
    await ask();
  });

  it("uses a token to its end when no other can be had, and asks for one in time", async () => {
    const real = (await signIn(scene.address).getToken(`${scene.address.endpoint}/.default`))?.token;
    const answer = (status: number, body: object, nth: number, times: number | "always") =>
      scene.faults.add({
        on: "request",
        method: "POST",
        matching: "/token$",
        nth,
        times,
        answer: { status, code: "unused", message: "unused", body },
      });
    answer(200, { token_type: "Bearer", expires_in: 60, ext_expires_in: 60, access_token: real }, 1, 1);
    answer(503, { error: "server_error" }, 2, "always");
    const ask = () => scene.context().azure.managedInstance(scene.instanceId);
    await ask();
    await ask();
    assert.deepEqual(scene.statuses, [], "nobody waits while the token is good");
    scene.faults.clear();
    await ask();
    const tokens = scene.journal.entries.filter((entry) => entry.kind === "request" && entry.path.endsWith("/token"));
    assert.ok(tokens.length >= 3, "another one is asked for before it ends");
  });

  it("explains a certificate authority that is not trusted here", async () => {
    const error = await tried({ "mi-link:caFile": undefined });
    assert.deepEqual(error.codes, ["AzureTls"]);
    assert.match(error.message, /TLS certificate of Azure's endpoint is not trusted here.*mi-link:caFile/s);
  });

  it("explains a CA file that cannot be read", async () => {
    assert.match(
      (await tried({ "mi-link:caFile": "/nowhere/ca.pem" })).message,
      /read the certificate authority of Azure in \/nowhere\/ca\.pem.*ENOENT/s,
    );
  });

  it("explains an endpoint that nobody listens at, and a host that does not exist", async () => {
    const nobody = await tried({ "mi-link:armEndpoint": "https://127.0.0.1:9" });
    assert.match(nobody.message, /ECONNREFUSED.*nothing listens at Azure's endpoint.*mi-link:armEndpoint/s);
  });

  it("explains what to do where there are no credentials at all", async function () {
    this.timeout(60_000);
    const kept = { ...process.env };
    for (const name of Object.keys(process.env))
      if (/^(AZURE|ARM|IDENTITY|MSI|IMDS)_/.test(name)) delete process.env[name];
    // Only what a developer's machine has, and none of it within reach.
    Object.assign(process.env, { AZURE_TOKEN_CREDENTIALS: "dev", PATH: "/nowhere", HOME: "/nowhere" });
    try {
      const error = await tried({ "azure-native:clientId": undefined, "azure-native:clientSecret": undefined });
      assert.deepEqual(error.codes, ["NoAzureCredentials"]);
      assert.match(error.message, /no credentials for Azure were found on this machine.*az login.*ARM_CLIENT_ID/s);
    } finally {
      process.env = kept;
    }
  });
});

describe("the Azure environment", () => {
  const of = (config: Record<string, string>, env: Record<string, string> = {}) =>
    environmentOf((key) => config[key], env);
  const ids = { "azure-native:tenantId": "t", "azure-native:clientId": "c" };

  it("is the public cloud where nothing else is said", () => {
    const { armEndpoint, scope, authorityHost, disableInstanceDiscovery, identity } = of({});
    assert.deepEqual(
      { armEndpoint, scope, authorityHost, disableInstanceDiscovery, identity },
      {
        armEndpoint: "https://management.azure.com",
        scope: "https://management.azure.com/.default",
        authorityHost: "https://login.microsoftonline.com",
        disableInstanceDiscovery: false,
        identity: { kind: "ambient", tenantId: undefined },
      },
    );
  });

  it("follows azure-native and the variables of ARM to other clouds", () => {
    assert.equal(
      of({ "azure-native:environment": "usgovernment" }).armEndpoint,
      "https://management.usgovcloudapi.net",
    );
    assert.equal(of({}, { ARM_ENVIRONMENT: "china" }).armEndpoint, "https://management.chinacloudapi.cn");
    assert.equal(of({}, { AZURE_ENVIRONMENT: "AzureUSGovernment" }).authorityHost, "https://login.microsoftonline.us");
    assert.throws(() => of({ "azure-native:environment": "moon" }), /is "moon".*usgovernment or china/s);
  });

  it("can be a private cloud, over https only", () => {
    const { armEndpoint, scope, authorityHost, disableInstanceDiscovery, caFile } = of(
      {},
      {
        MI_LINK_ARM_ENDPOINT: "https://arm.example:8443/",
        AZURE_AUTHORITY_HOST: "https://login.example",
        MI_LINK_CA_FILE: "ca.pem",
      },
    );
    assert.deepEqual(
      [armEndpoint, scope, authorityHost],
      ["https://arm.example:8443", "https://arm.example:8443/.default", "https://login.example"],
    );
    assert.deepEqual([disableInstanceDiscovery, caFile], [true, "ca.pem"]);
    assert.throws(() => of({ "mi-link:armEndpoint": "http://arm.example" }), /not an https address/);
  });

  it("takes the credentials that azure-native would take", () => {
    assert.deepEqual(of({ ...ids, "azure-native:clientSecret": "s" }).identity, {
      kind: "secret",
      tenantId: "t",
      clientId: "c",
      clientSecret: "s",
    });
    assert.deepEqual(
      of({}, { ARM_TENANT_ID: "t", ARM_CLIENT_ID: "c", ARM_CLIENT_SECRET: "s" }).identity.kind,
      "secret",
    );
    assert.deepEqual(of({ ...ids, "azure-native:clientSecret": "s" }, { ARM_CLIENT_ID: "other" }).identity, {
      kind: "secret",
      tenantId: "t",
      clientId: "c",
      clientSecret: "s",
    });
    assert.deepEqual(of({ ...ids, "azure-native:clientCertificatePath": "p" }).identity.kind, "certificate");
    assert.deepEqual(of({ ...ids, "azure-native:useOidc": "true", "azure-native:oidcToken": "token" }).identity, {
      kind: "oidc",
      tenantId: "t",
      clientId: "c",
      source: { token: "token" },
    });
    assert.deepEqual(
      of(ids, { ARM_USE_OIDC: "1", ACTIONS_ID_TOKEN_REQUEST_URL: "https://u", ACTIONS_ID_TOKEN_REQUEST_TOKEN: "r" })
        .identity.kind,
      "oidc",
    );
    assert.deepEqual(of({ "azure-native:useMsi": "true", "azure-native:clientId": "c" }).identity, {
      kind: "managedIdentity",
      clientId: "c",
    });
    assert.deepEqual(of(ids).identity, { kind: "ambient", tenantId: "t" });
  });
});

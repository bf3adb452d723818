import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { request } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { LabOptions } from "#lab/index";
import type { SqlServer } from "#provider/arguments/sql-server-settings";
import { isFailure, type VisibleError } from "#provider/errors/visible-error";
import { newContext } from "#provider/lifecycle/context";
import { masterKey } from "#provider/resources/master-key/lifecycle";
import { disconnectAll, type Sql } from "#provider/sql-server/connection";
import { sql } from "#provider/sql-server/tsql";
import { azureEnvironment } from "#tools/lab";
import { type DynamicProviderServer, startDynamicProviderServer } from "../../support/dynamic-provider";
import { refusal } from "../azure/azure-scene";
import { placeIn } from "../ten-resources";
import { problemsOf } from "./check-and-diff";
import { openScene, type Scene } from "./sql-server-scene";

const createLogin =
  "CREATE LOGIN [mi-link-lab] FROM EXTERNAL PROVIDER; ALTER SERVER ROLE sysadmin ADD MEMBER [mi-link-lab]";
const forSqlServer = "https://database.windows.net/";
const secretVariable = "MI_LINK_TEST_ENTRA_SECRET";

/** A lab whose SQL Server takes tokens, and what gets them from its sign-in service. */
interface EntraScene extends Scene {
  readonly folder: string;
  readonly config: Record<string, string | undefined>;
  readonly statuses: string[];
  readonly settings: SqlServer;
  open(settings: Partial<SqlServer>): Promise<Sql>;
  fails(settings: Partial<SqlServer>): Promise<VisibleError>;
  /** A token as any client gets it from the lab's sign-in service. */
  token(audience: string): Promise<{ readonly access_token: string; readonly expires_in: number }>;
  /** Whether SQL Server let each of the provider's connections in, in order. */
  logins(): boolean[];
  tokenRequests(): number;
}

async function openEntraScene(options: LabOptions = {}): Promise<EntraScene> {
  const scene = await openScene({ entra: true, ...options });
  const folder = await mkdtemp(path.join(tmpdir(), "mi-link-test-"));
  const { arm } = scene.lab.ready;
  const { host, port, caFile } = scene.sqlServer;
  const config: EntraScene["config"] = { ...placeIn(scene.lab.ready).config };
  const statuses: string[] = [];
  const settings = { host, port, caFile };
  const open = (more: Partial<SqlServer>) =>
    newContext({
      signal: new AbortController().signal,
      status: (text) => statuses.push(text),
      warn: () => {},
      config: (key) => config[key],
    }).sql({ ...settings, ...more });
  return {
    ...scene,
    folder,
    config,
    statuses,
    settings,
    open,
    fails: (more) => refusal(open(more)),
    token: (audience) =>
      post(`${arm.authority}/${arm.tenantId}/oauth2/token`, {
        grant_type: "client_credentials",
        client_id: arm.clientId,
        client_secret: arm.clientSecret,
        resource: audience,
      }),
    logins: () =>
      scene.lab.journal.entries.flatMap((entry) =>
        entry.kind === "connection" && entry.application === "pulumi-mi-link" ? [entry.accepted] : [],
      ),
    tokenRequests: () =>
      scene.lab.journal.entries.filter((entry) => entry.kind === "request" && entry.path.endsWith("/token")).length,
    async close() {
      await rm(folder, { recursive: true, force: true });
      await scene.close();
    },
  };
}

function post<Answer>(url: string, form: Record<string, string>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const sent = request(url, { method: "POST", headers, rejectUnauthorized: false }, async (response) => {
      let text = "";
      for await (const part of response) text += part;
      resolve(JSON.parse(text));
    });
    sent.on("error", reject).end(new URLSearchParams(form).toString());
  });
}

/**
 * Stands in for what answers in Azure at IDENTITY_ENDPOINT ("How to use managed identities for App Service", REST endpoint
 * reference): only a machine in Azure has a managed identity. The library that asks it is the real one, which looks once
 * in a process where the endpoint is.
 */
const identity = {
  asked: [] as URL[],
  given: [] as string[],
  /** Whose sign-in service has the tokens. */
  scene: undefined as EntraScene | undefined,
  server: createServer(async ({ url, headers }, response) => {
    const address = new URL(url ?? "", "http://identity");
    identity.asked.push(address);
    const isKnown = headers["x-identity-header"] === "the-header-of-the-test";
    const { access_token, expires_in = 0 } =
      (await identity.scene?.token(address.searchParams.get("resource") ?? "")) ?? {};
    const expires_on = Math.floor(Date.now() / 1000) + expires_in;
    if (access_token !== undefined) identity.given.push(access_token);
    response.writeHead(isKnown ? 200 : 401, { "content-type": "application/json" });
    response.end(JSON.stringify({ access_token, expires_on, resource: forSqlServer, token_type: "Bearer" }));
  }),
};

describe("SQL Server with Microsoft Entra", () => {
  before(async () => {
    await new Promise<void>((resolve) => identity.server.listen(0, "127.0.0.1", resolve));
    process.env.IDENTITY_ENDPOINT = `http://127.0.0.1:${(identity.server.address() as AddressInfo).port}/msi/token`;
    process.env.IDENTITY_HEADER = "the-header-of-the-test";
  });
  after(() => {
    identity.server.close();
    for (const name of ["IDENTITY_ENDPOINT", "IDENTITY_HEADER", secretVariable]) delete process.env[name];
  });

  // Safety B10, B14
  describe("signing in to SQL Server with Microsoft Entra", function () {
    this.timeout(30_000);
    let scene: EntraScene;
    before(async () => {
      scene = await openEntraScene();
      identity.scene = scene;
      process.env[secretVariable] = scene.lab.ready.arm.clientSecret;
    });
    after(() => scene.close());
    beforeEach(() => scene.query(createLogin));
    afterEach(async () => {
      scene.lab.faults.clear();
      scene.statuses.length = 0;
      await disconnectAll();
      await scene.query("DROP LOGIN [mi-link-lab]");
    });

    const tokenFile = async (text: string): Promise<string> => {
      const file = path.join(scene.folder, "token");
      await writeFile(file, `${text}\n`);
      return `file:${file}`;
    };

    /** The settings of each way that lets the lab's application in. */
    const ways: Readonly<Record<string, () => Promise<Partial<SqlServer>>>> = {
      EntraDefault: async () => ({ authentication: "EntraDefault" }),
      EntraServicePrincipal: async () => {
        const { clientId, tenantId } = scene.lab.ready.arm;
        return { authentication: "EntraServicePrincipal", clientId, tenantId, credential: `env:${secretVariable}` };
      },
      EntraManagedIdentity: async () => ({ authentication: "EntraManagedIdentity" }),
      EntraAccessToken: async () => ({
        authentication: "EntraAccessToken",
        credential: await tokenFile((await scene.token(forSqlServer)).access_token),
      }),
    };

    for (const [name, settings] of Object.entries(ways)) {
      it(`lets the principal in: ${name}`, async () => {
        const server = await scene.open(await settings());
        assert.equal(server.instance.login, "mi-link-lab");
        assert.deepEqual(await server.query("read", sql`SELECT 1 AS one`), [{ one: 1 }]);
      });

      it(`says how a login is made where the principal has none, which helps: ${name}`, async () => {
        await scene.query("DROP LOGIN [mi-link-lab]");
        const error = await scene.fails(await settings());
        const { clientId, tenantId } = scene.lab.ready.arm;
        assert.deepEqual(error.codes, [18456]);
        assert.match(error.message, /SQL Server error 18456: Login failed for user '<token-identified principal>'/);
        assert.ok(error.message.includes(`, of the application ${clientId} in the tenant ${tenantId}, until 20`));
        const [, statements] = /run as an administrator: (.*?); the server's error log/.exec(error.message) ?? [];
        await scene.query(String(statements).replaceAll("<name of the principal>", "mi-link-lab"));
        await scene.open(await settings());
      });
    }

    it("takes tenant and client of the application from where those for Azure are", async () => {
      const settings = { authentication: "EntraServicePrincipal", credential: `env:${secretVariable}` } as const;
      await scene.open(settings);
      const known = { ...scene.config };
      for (const setting of ["tenantId", "clientId"]) {
        scene.config[`azure-native:${setting}`] = undefined;
        const error = await scene.fails(settings);
        assert.match(error.message, new RegExp(`there is no ${setting}.*\\n.*give sqlServer\\.${setting}`));
        Object.assign(scene.config, known);
      }
    });

    it("tells a user-assigned identity by its client id", async () => {
      const clientId = crypto.randomUUID();
      await scene.open({ authentication: "EntraManagedIdentity", clientId });
      assert.equal(identity.asked.at(-1)?.searchParams.get("client_id"), clientId);
      assert.equal(identity.asked.at(-1)?.searchParams.get("resource"), "https://database.windows.net");
    });

    it("explains a wrong client secret as it does for Azure, and prints none", async () => {
      process.env.MI_LINK_TEST_WRONG = "not-the-secret-of-this-application";
      const error = await scene.fails({
        authentication: "EntraServicePrincipal",
        credential: "env:MI_LINK_TEST_WRONG",
      });
      delete process.env.MI_LINK_TEST_WRONG;
      assert.deepEqual(error.codes, ["AADSTS7000215"]);
      assert.match(error.message, /^Could not sign in to Azure to connect to SQL Server at .* as the application/);
      assert.doesNotMatch(error.message, /not-the-secret/);
    });

    it("sends no token that is for another service, and says how to get the right one", async () => {
      const before = scene.logins().length;
      const { access_token } = await scene.token("https://management.azure.com");
      const error = await scene.fails({
        authentication: "EntraAccessToken",
        credential: await tokenFile(access_token),
      });
      assert.deepEqual(error.codes, ["OtherAudience"]);
      assert.match(
        error.message,
        /The token is for https:\/\/management\.azure\.com, .*\n.*takes tokens for https:\/\/database\.windows\.net\/ only\. The token was not sent\.\n.*az account get-access-token --resource https:\/\/database\.windows\.net\//,
      );
      assert.equal(scene.logins().length, before);
    });

    it("gives no token to a server that asks for one of another service", async () => {
      const server = scene.lab.sqlServer("sqlserver1");
      const { directory } = server;
      assert.ok(directory);
      const before = scene.logins().length;
      server.directory = { ...directory, servicePrincipalName: "https://management.azure.com/" };
      try {
        for (const name of ["EntraDefault", "EntraServicePrincipal", "EntraManagedIdentity"]) {
          const error = await scene.fails((await ways[name]?.()) ?? {});
          assert.deepEqual(error.codes, ["OtherAudience"], name);
          assert.match(error.message, /asks for a token for https:\/\/management\.azure\.com\/.*No token was sent/);
          assert.match(error.message, /What to do: make sure that the host is your SQL Server/);
        }
      } finally {
        server.directory = directory;
      }
      assert.equal(scene.logins().length, before);
    });

    it("says what a server needs that takes no tokens", async () => {
      const server = scene.lab.sqlServer("sqlserver1");
      const { directory } = server;
      server.directory = undefined;
      try {
        const error = await scene.fails({ authentication: "EntraDefault" });
        assert.deepEqual(error.codes, [18456]);
        assert.match(error.message, /SQL Server 2022 or later, connected to Azure \(Azure Arc/);
      } finally {
        server.directory = directory;
      }
    });

    it("has Azure's patience while the sign-in service is out of order", async () => {
      scene.lab.faults.add({
        on: "request",
        method: "POST",
        matching: "/token$",
        answer: { status: 503, code: "unused", message: "unused" },
      });
      // A path of its own: the tokens of the other tests are another environment's.
      scene.config["mi-link:caFile"] = scene.lab.ready.caFile.replace(/ca\.pem$/, "./ca.pem");
      await scene.open({ authentication: "EntraDefault" });
      assert.match(
        scene.statuses.join("\n"),
        /^the sign-in service is out of order for a moment, HTTP 503 .*; trying again in 1 s to connect to SQL Server/,
      );
    });

    it("keeps secrets and tokens out of every message, although the server quotes them", async () => {
      const { clientSecret } = scene.lab.ready.arm;
      const secrets: Readonly<Record<string, () => Promise<string | undefined>>> = {
        EntraDefault: async () => clientSecret,
        EntraServicePrincipal: async () => clientSecret,
        EntraManagedIdentity: async () => identity.given.at(-1),
        EntraAccessToken: async () => (await readFile(path.join(scene.folder, "token"), "utf8")).trim(),
      };
      for (const [name, settings] of Object.entries(ways)) {
        const server = await scene.open(await settings());
        const secret = (await secrets[name]?.()) ?? "";
        assert.ok(secret.length > 20, name);
        const error = await refusal(server.query("read", sql`SELECT CONVERT(int, ${sql.string(secret)})`));
        assert.match(error.message, /value '\[secret\]' to data type int/, name);
      }
    });
  });

  describe("tokens that last two seconds", function () {
    this.timeout(30_000);
    let scene: EntraScene;
    before(async () => {
      scene = await openEntraScene({ tokenLifetimeSeconds: 2 });
      identity.scene = scene;
      process.env[secretVariable] = scene.lab.ready.arm.clientSecret;
      await scene.query(createLogin);
    });
    after(() => scene.close());
    afterEach(async () => {
      scene.lab.faults.clear();
      await disconnectAll();
    });

    const breaking = (server: Sql): Promise<unknown> => {
      scene.lab.faults.add({ on: "statement", matching: "AS again", drop: "before" });
      return server.query("read", sql`SELECT 1 AS again`);
    };

    it("are got anew for a connection later in the run", async () => {
      const servers: [string, Sql][] = [];
      for (const settings of [
        { authentication: "EntraDefault" },
        { authentication: "EntraServicePrincipal", credential: `env:${secretVariable}` },
        { authentication: "EntraManagedIdentity" },
      ] as const)
        servers.push([settings.authentication, await scene.open(settings)]);
      await delay(2100);
      for (const [name, server] of servers) {
        const requests = scene.tokenRequests();
        const logins = scene.logins().length;
        assert.deepEqual(await breaking(server), [{ again: 1 }], name);
        assert.deepEqual(scene.logins().slice(logins), [true], name);
        assert.ok(scene.tokenRequests() > requests, `no token was asked for: ${name}`);
      }
    });

    it("are read anew where something else gets them: the file is looked at for each connection", async () => {
      const file = path.join(scene.folder, "token");
      const settings = { authentication: "EntraAccessToken", credential: `file:${file}` } as const;
      const renew = async () => await writeFile(file, (await scene.token(forSqlServer)).access_token);
      await renew();
      const server = await scene.open(settings);
      await delay(2100);
      const error = await refusal(breaking(server));
      assert.ok(isFailure(error, 18456));
      assert.match(
        error.message,
        /Could not read on sqlserver1[\s\S]*The token is for https:\/\/database\.windows\.net\/, /,
      );
      assert.match(error.message, /Likely cause: the token has expired[\s\S]*az account get-access-token/);
      await renew();
      assert.deepEqual(await breaking(server), [{ again: 1 }]);
    });

    it("are not asked for while there is an open connection, which goes on when the sign-in service is gone", async () => {
      const server = await scene.open({ authentication: "EntraDefault" });
      await server.query("read", sql`SELECT 1 AS one`);
      await delay(2100);
      scene.lab.faults.add({ on: "request", matching: "/token$", times: "always", drop: "before" });
      assert.deepEqual(await server.query("read", sql`SELECT 2 AS two`), [{ two: 2 }]);
    });
  });
});

// Safety B10: what is kept of a sign-in with Microsoft Entra, by the provider as the engine starts it.
describe("a resource on a SQL Server that is signed in to with Microsoft Entra", function () {
  this.timeout(60_000);
  let scene: EntraScene;
  let server: DynamicProviderServer;
  let token: string;
  before(async () => {
    scene = await openEntraScene();
    await scene.query(createLogin);
    token = (await scene.token(forSqlServer)).access_token;
    const { clientSecret } = scene.lab.ready.arm;
    const nowhere = "http://127.0.0.1:9";
    const env = {
      [secretVariable]: clientSecret,
      MI_LINK_TEST_TOKEN: token,
      AZURE_POD_IDENTITY_AUTHORITY_HOST: nowhere,
    };
    server = await startDynamicProviderServer({ env: { ...azureEnvironment(scene.lab.ready), ...env } });
    await server.configure({});
  });
  after(async () => {
    await server.stop();
    await scene.close();
  });

  const create = (settings: Partial<SqlServer>) =>
    server.create({
      sqlServer: { ...scene.settings, ...settings },
      password: "Kept-in-a-safe-place-1",
      __urn: "urn:pulumi:dev::shop::pulumi-nodejs:dynamic/mi-link:MasterKey::key",
      __provider: 'exports.handler=()=>require("pulumi-mi-link/dynamic").handler("MasterKey")',
    });

  it("has neither secret nor token in its state", async () => {
    for (const settings of [
      { authentication: "EntraDefault" },
      { authentication: "EntraServicePrincipal", credential: `env:${secretVariable}` },
      { authentication: "EntraAccessToken", credential: "env:MI_LINK_TEST_TOKEN" },
    ] as const) {
      const state = JSON.stringify(await create(settings));
      assert.match(state, new RegExp(settings.authentication));
      assert.ok(!state.includes(scene.lab.ready.arm.clientSecret) && !state.includes(token), state);
    }
  });

  it("says that the machine has no managed identity, where it has none", async () => {
    await assert.rejects(
      create({ authentication: "EntraManagedIdentity" }),
      /Could not sign in to Azure to connect to SQL Server at .* as the managed identity of this machine[\s\S]*Likely cause: this machine has no managed identity[\s\S]*az vm identity assign/,
    );
  });
});

describe("the settings of a SQL Server", () => {
  const id = "0b5e9a3c-7b5a-4c57-9d3c-0d2f5a8f3b11";
  const problems = (settings: object) =>
    problemsOf(masterKey, { sqlServer: { host: "10.0.0.4", ...settings } }).join("\n");

  const cases: readonly (readonly [settings: object, problem: string])[] = [
    [{ authentication: "EntraDefault" }, ""],
    [{ authentication: "EntraServicePrincipal", credential: "env:SECRET" }, ""],
    [{ authentication: "EntraServicePrincipal", password: "secret", clientId: id, tenantId: "contoso.com" }, ""],
    [{ authentication: "EntraManagedIdentity" }, ""],
    [{ authentication: "EntraManagedIdentity", clientId: id }, ""],
    [{ authentication: "EntraAccessToken", credential: "file:/run/token" }, ""],
    [
      { authentication: "EntraDefault", user: "sa", password: "p", clientId: id, encrypt: "optional" },
      'user, password, clientId must be left out with EntraDefault: the principal is the one that Azure is signed in to with; encrypt must be "mandatory" or "strict" with EntraDefault: a token goes over TLS only',
    ],
    [
      { authentication: "EntraServicePrincipal", user: id, clientId: "my app", tenantId: "my tenant" },
      "user must be left out with EntraServicePrincipal: the application is known by its clientId; password or credential (env:NAME, file:PATH or config:KEY) is required: the client secret; clientId must be the application's (client) id, a GUID, not its name; tenantId must be the tenant's id, a GUID, or its domain name",
    ],
    [
      { authentication: "EntraManagedIdentity", credential: "env:SECRET", tenantId: id },
      "credential, tenantId must be left out with EntraManagedIdentity: Azure knows the identity of this machine, and needs no secret",
    ],
    [
      { authentication: "EntraAccessToken", password: "eyJ" },
      "password must be left out with EntraAccessToken: the token says whose it is, and as it lasts an hour it is read anew for each connection, from credential; credential (env:NAME, file:PATH or config:KEY) is required: the access token",
    ],
    [
      { user: "sa", credential: "env:SECRET", tenantId: id },
      "tenantId must be left out with SqlPassword: it is for Microsoft Entra: say so with authentication",
    ],
    [
      { authentication: "Entra" },
      'authentication must be "SqlPassword", "Ntlm", "EntraDefault", "EntraServicePrincipal", "EntraManagedIdentity" or "EntraAccessToken"',
    ],
  ];
  for (const [settings, problem] of cases)
    it(`are ${problem === "" ? "taken" : "refused, with every reason at once"}: ${JSON.stringify(settings)}`, () => {
      assert.equal(problems(settings), problem === "" ? "" : `sqlServer has a problem: ${problem}`);
    });
});

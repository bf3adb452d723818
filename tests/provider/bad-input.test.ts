import assert from "node:assert/strict";
import { createServer } from "node:net";
import { type Lab, startLab } from "#lab/index";
import type { Bag } from "#provider/lifecycle/contract";
import { type ArmClient, openArmClient, openSqlClient, type SqlClient } from "#tools/clients";
import { azureEnvironment } from "#tools/lab";
import { compareSnapshots, takeSnapshot } from "#tools/leftovers";
import { type DynamicProviderServer, startDynamicProviderServer } from "../support/dynamic-provider";

const lookingAgainSoon = `--require "${require.resolve("../support/soon")}"`;

describe("what a user gets wrong", function () {
  this.timeout(120_000);
  let lab: Lab;
  let sqlServer: SqlClient;
  let managedInstance: SqlClient;
  let arm: ArmClient;
  let provider: DynamicProviderServer;
  /** How to reach the lab's SQL Server, and the managed instance's id. */
  let server: Bag & { host: string; port: number; password: string };
  let managedInstanceId: string;

  before(async () => {
    lab = await startLab({ databases: 4 });
    const [first] = lab.ready.sqlServers;
    const [instance] = lab.ready.managedInstances;
    assert.ok(first && instance);
    const { caFile } = lab.ready;
    [sqlServer, managedInstance, arm, provider] = await Promise.all([
      openSqlClient(first, caFile),
      openSqlClient(instance, caFile),
      openArmClient(lab.ready.arm, caFile),
      startDynamicProviderServer({ env: { ...azureEnvironment(lab.ready), NODE_OPTIONS: lookingAgainSoon } }),
    ]);
    await provider.configure({});
    server = { host: first.host, port: first.port, user: first.user, password: first.password, caFile };
    managedInstanceId = instance.id;
    await sqlServer.query("CREATE LOGIN [reader] WITH PASSWORD = 'Reads-only-1'");
    await sqlServer.query("CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'Kept-in-a-safe-place-1'");
    await sqlServer.query("ALTER DATABASE [db2] SET RECOVERY SIMPLE");
  });
  after(async () => {
    await Promise.all([sqlServer.close(), managedInstance.close(), provider.stop()]);
    await lab.close();
  });

  async function providerWith(env: Record<string, string>): Promise<DynamicProviderServer> {
    const fresh = await startDynamicProviderServer({ env });
    await fresh.configure({});
    return fresh;
  }

  /** The message of a refusal, by check or by create. */
  async function refusal(type: string, news: Bag, by: DynamicProviderServer = provider): Promise<string> {
    const __provider = `exports.handler=()=>require("pulumi-mi-link/dynamic").handler("${type}")`;
    const { inputs, failures } = await by.check({}, { ...news, __provider });
    if (failures.length > 0) return failures.map(({ reason }) => reason).join("\n");
    try {
      await by.create(inputs);
    } catch (error) {
      return (error as Error).message.replace(/^2 UNKNOWN: /, "");
    }
    throw new assert.AssertionError({ message: `${type} was made: ${JSON.stringify(news)}` });
  }

  /** Refused with a message that has all of it, while nothing changes on either side. */
  async function refused(
    type: string,
    news: Bag,
    expected: { did?: RegExp; said?: RegExp; cause: RegExp; remedy: RegExp },
    by?: DynamicProviderServer,
  ) {
    const sides = { sqlServer, managedInstance, arm, managedInstanceId };
    const before = await takeSnapshot(sides);
    const message = await refusal(type, news, by);
    const [first = "", ...rest] = message.split("\n");
    assert.match(first, /^Could not .+\.$/, message);
    if (expected.did) assert.match(first, expected.did, message);
    if (expected.said) assert.match(rest.join("\n"), expected.said, message);
    assert.match(rest.find((line) => line.startsWith("  Likely cause: ")) ?? "", expected.cause, message);
    assert.match(rest.find((line) => line.startsWith("  What to do: ")) ?? "", expected.remedy, message);
    assert.ok(!message.includes(server.password), message);
    assert.deepEqual(compareSnapshots(before, await takeSnapshot(sides)), [], message);
  }

  const roots = (sqlServer: Bag = server) => ({ sqlServer });
  const group = (databaseName: string, more: Bag = {}) => ({
    sqlServer: server,
    groupName: `AG_${databaseName}`,
    databaseName,
    endpointUrl: `TCP://${server.host}:5022`,
    ...more,
  });

  describe("connecting", () => {
    it("a wrong password", () =>
      refused("TrustedRoots", roots({ ...server, password: "Wrong-password-1" }), {
        did: /connect to SQL Server at .* as sa/,
        said: /18456/,
        cause: /password/,
        remedy: /password/,
      }));

    it("a host where nothing listens", () =>
      refused("TrustedRoots", roots({ ...server, port: 1 }), {
        said: /ECONNREFUSED/,
        cause: /nothing listens/,
        remedy: /sqlcmd/,
      }));

    it("a host name that does not resolve", () =>
      refused("TrustedRoots", roots({ ...server, host: "no-such-host.invalid" }), {
        said: /ENOTFOUND|EAI_AGAIN/,
        cause: /resolve|name server/,
        remedy: /nslookup|network/,
      }));

    it("a certificate that is not trusted here", async () => {
      const trusting = await providerWith({});
      await refused(
        "TrustedRoots",
        roots({ ...server, caFile: undefined }),
        { said: /certificate/i, cause: /TLS certificate is not trusted/, remedy: /caFile/ },
        trusting,
      );
      await trusting.stop();
    });

    it("a port that does not speak TLS", async () => {
      const other = createServer((socket) => socket.end("220 mail.example.com ESMTP\r\n"));
      await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
      const { port } = other.address() as { port: number };
      await refused("TrustedRoots", roots({ ...server, host: "127.0.0.1", port, encrypt: "strict" }), {
        cause: /./,
        remedy: /./,
      });
      other.close();
    });

    it("a login without rights", () =>
      refused("TrustedRoots", roots({ ...server, user: "reader", password: "Reads-only-1" }), {
        cause: /reader is not a member of sysadmin/,
        remedy: /ADD MEMBER \[reader\]/,
      }));

    it("a password reference that leads nowhere", () =>
      refused("TrustedRoots", roots({ ...server, password: undefined, credential: "env:NO_SUCH_VARIABLE" }), {
        cause: /NO_SUCH_VARIABLE is not set/,
        remedy: /export/,
      }));

    it("settings that are missing or contradict each other, all at once", async () => {
      const message = await refusal("TrustedRoots", {
        sqlServer: {
          host: "a\\b",
          port: 99999,
          password: "x1x1x1",
          credential: "env:X",
          encrypt: "maybe",
          colour: "red",
        },
      });
      for (const part of [
        /colour is not one of its settings/,
        /host "a\\\\b"/,
        /port must be 1 to 65535/,
        /not both/,
        /user is required/,
        /encrypt must be/,
      ])
        assert.match(message, part);
      assert.doesNotMatch(message, /x1x1x1/);
    });
  });

  describe("the SQL Server's state", () => {
    it("Always On is off", async () => {
      const instance = lab.sqlServer(lab.ready.sqlServers[0]?.name ?? "");
      instance.isHadrEnabled = false;
      const fresh = await providerWith(azureEnvironment(lab.ready));
      await refused("TrustedRoots", roots(), { cause: /Always On/, remedy: /Enable-SqlAlwaysOn/ }, fresh);
      await fresh.stop();
      instance.isHadrEnabled = true;
    });

    it("the database is missing", async () => {
      await refused(
        "FullRecoveryDatabase",
        { sqlServer: server, databaseName: "nowhere" },
        { did: /nowhere/, cause: /./, remedy: /./ },
      );
      await withEndpoint(() =>
        refused("AvailabilityGroup", group("nowhere"), { did: /AG_nowhere/, cause: /nowhere/, remedy: /./ }),
      );
    });

    it("SIMPLE recovery, or no full backup, without FullRecoveryDatabase", () =>
      withEndpoint(async () => {
        await refused("AvailabilityGroup", group("db2"), {
          cause: /SIMPLE/,
          remedy: /FullRecoveryDatabase|SET RECOVERY FULL/,
        });
        await refused("AvailabilityGroup", group("db1"), {
          cause: /backup/,
          remedy: /FullRecoveryDatabase|BACKUP DATABASE/,
        });
      }));

    it("the database is in another group", () =>
      withEndpoint(async () => {
        await sqlServer.query("BACKUP DATABASE [db3] TO DISK = N'db3.bak'");
        await sqlServer.query(`CREATE AVAILABILITY GROUP [theirs] WITH (CLUSTER_TYPE = NONE) FOR DATABASE [db3] REPLICA ON N'${lab.ready.sqlServers[0]?.name}'
          WITH (ENDPOINT_URL = 'TCP://${server.host}:5022', AVAILABILITY_MODE = SYNCHRONOUS_COMMIT, FAILOVER_MODE = MANUAL, SEEDING_MODE = AUTOMATIC)`);
        await refused("AvailabilityGroup", group("db3"), { said: /theirs/, cause: /./, remedy: /./ });
        await sqlServer.query("DROP AVAILABILITY GROUP [theirs]");
      }));

    it("no endpoint, or a stopped one", async () => {
      await refused("AvailabilityGroup", group("db1"), { cause: /endpoint|backup/, remedy: /./ });
    });

    it("the endpoint's port is taken by another program", async () => {
      await sqlServer.query("CREATE CERTIFICATE [own] WITH SUBJECT = 'own'");
      const other = createServer();
      await new Promise<void>((resolve) => other.listen(5999, server.host, resolve));
      const message = await refusal("MirroringEndpoint", { sqlServer: server, certificateName: "own", port: 5999 });
      assert.match(message, /5999/);
      assert.match(message, /Likely cause: .*(another (process|program)|in use)/);
      other.close();
      await sqlServer.query(
        "IF EXISTS (SELECT * FROM sys.database_mirroring_endpoints) DROP ENDPOINT [database_mirroring_endpoint]",
      );
      await sqlServer.query("DROP CERTIFICATE [own]");
    });

    it("an endpoint that is there already", () =>
      withEndpoint(() =>
        refused(
          "MirroringEndpoint",
          { sqlServer: server, certificateName: "bound" },
          { said: /theirs exists already/, cause: /only one endpoint/, remedy: /aliases/ },
        ),
      ));
  });

  async function withEndpoint(body: () => Promise<void>): Promise<void> {
    await sqlServer.query("CREATE CERTIFICATE [bound] WITH SUBJECT = 'bound'");
    await sqlServer.query(
      "CREATE ENDPOINT [theirs] STATE = STARTED AS TCP (LISTENER_PORT = 5022) FOR DATABASE_MIRRORING (ROLE = ALL, AUTHENTICATION = CERTIFICATE [bound], ENCRYPTION = REQUIRED ALGORITHM AES)",
    );
    try {
      await body();
    } finally {
      await sqlServer.query("DROP ENDPOINT [theirs]");
      await sqlServer.query("DROP CERTIFICATE [bound]");
    }
  }

  describe("Azure", () => {
    const elsewhere = (from: RegExp, to: string) => ({
      sqlServer: server,
      managedInstanceId: managedInstanceId.replace(from, to),
    });

    it("the instance is missing", () =>
      refused("ManagedInstanceCertificate", elsewhere(/[^/]+$/, "no-such-instance"), {
        said: /ResourceNotFound/,
        cause: /./,
        remedy: /az sql mi/,
      }));

    // Safety B18: what comes first in the components looks at the instance before it makes anything.
    it("the instance is missing, which is found before anything on SQL Server is touched", async () => {
      const { managedInstanceId: missing } = elsewhere(/[^/]+$/, "no-such-instance");
      const expected = { said: /ResourceNotFound/, cause: /./, remedy: /az sql mi/ };
      for (const [type, args] of [
        ["MasterKey", { password: "Kept-in-a-safe-place-1" }],
        ["FullRecoveryDatabase", { databaseName: "db2" }],
      ] as const) {
        const start = lab.journal.entries.length;
        await refused(type, { sqlServer: server, managedInstanceId: missing, ...args }, expected);
        for (const entry of lab.journal.entries.slice(start))
          if (entry.kind === "statement" && entry.application === "pulumi-mi-link")
            assert.match(entry.text, /^\s*(?:SELECT|set)\s/);
      }
    });

    it("the resource group is missing", () =>
      refused("ManagedInstanceCertificate", elsewhere(/resourceGroups\/[^/]+/, "resourceGroups/no-such-group"), {
        said: /ResourceGroupNotFound/,
        cause: /./,
        remedy: /az /,
      }));

    it("the resource id is not one", async () => {
      assert.match(
        await refusal("ManagedInstanceCertificate", { sqlServer: server, managedInstanceId: "sqlmi1" }),
        /managedInstanceId must .*\/subscriptions\//,
      );
    });

    it("there are no credentials", async () => {
      const { ARM_CLIENT_ID, ARM_CLIENT_SECRET, ARM_TENANT_ID, ...rest } = azureEnvironment(lab.ready);
      const none = await providerWith({ ...rest, PATH: "/nonexistent" });
      await refused(
        "ManagedInstanceCertificate",
        { sqlServer: server, managedInstanceId },
        { cause: /./, remedy: /az login|ARM_CLIENT_ID/ },
        none,
      );
      await none.stop();
    });

    it("the client secret is wrong", async () => {
      const wrong = await providerWith({ ...azureEnvironment(lab.ready), ARM_CLIENT_SECRET: "Wrong-secret-1" });
      await refused(
        "ManagedInstanceCertificate",
        { sqlServer: server, managedInstanceId },
        { said: /AADSTS7000215/, cause: /./, remedy: /./ },
        wrong,
      );
      await wrong.stop();
    });
  });

  describe("certificates and URLs", () => {
    it("a malformed public key", async () => {
      assert.match(
        await refusal("TrustCertificate", { managedInstanceId, certificateName: "c", publicKey: "0x3082" }),
        /publicKey .*certificate/,
      );
      assert.match(
        await refusal("TrustCertificate", { managedInstanceId, certificateName: "c", publicKey: "xyz" }),
        /publicKey .*hex/i,
      );
    });

    it("an expired public key, an expiry that is past or no date", async () => {
      await sqlServer.query(
        "CREATE CERTIFICATE [old] WITH SUBJECT = 'old', START_DATE = '20200101', EXPIRY_DATE = '20210101'",
      );
      const [row] = await sqlServer.query<{ der: Buffer }>("SELECT CERTENCODED(CERT_ID(N'old')) AS der");
      assert.ok(row);
      assert.match(
        await refusal("TrustCertificate", {
          managedInstanceId,
          certificateName: "old",
          publicKey: `0x${row.der.toString("hex")}`,
        }),
        /expired/,
      );
      assert.match(await refusal("SqlServerCertificate", { sqlServer: server, expiry: "2021-01-01" }), /expiry .*past/);
      assert.match(
        await refusal("SqlServerCertificate", { sqlServer: server, expiry: "30/03/2030" }),
        /expiry .*YYYY-MM-DD/,
      );
      assert.match(await refusal("SqlServerCertificate", { sqlServer: server, expiry: "2030-02-30" }), /expiry/);
      await sqlServer.query("DROP CERTIFICATE [old]");
    });

    it("a malformed listener or endpoint URL", async () => {
      for (const url of [
        "",
        "tcp:/a:5022",
        "http://a:5022",
        "TCP://a",
        "TCP://a:99999",
        "TCP://a b:5022",
        "TCP://a:5022;Server=[x]",
        "TCP://:5022",
        "TCP://fe80::1:5022",
      ]) {
        assert.match(
          await refusal("AvailabilityGroup", group("db1", { endpointUrl: url })),
          /endpointUrl .*TCP:\/\//,
          url,
        );
        const distributed = {
          sqlServer: server,
          groupName: "D",
          localGroupName: "A",
          localUrl: url,
          managedInstanceGroupName: "M",
          managedInstanceFqdn: "mi.zone.database.windows.net",
        };
        assert.match(await refusal("DistributedAvailabilityGroup", distributed), /localUrl .*TCP:\/\//, url);
      }
    });
  });
});

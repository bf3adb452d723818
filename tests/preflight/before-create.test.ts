import assert from "node:assert/strict";
import { runtime } from "@pulumi/pulumi";
import type { ResourceType } from "#provider/dynamic/index";
import { InstancePairing, ManagedInstanceLink, PreparedServer } from "#provider/index";
import type { Bag } from "#provider/lifecycle/contract";
import { disconnectAll } from "#provider/sql-server/connection";
import { checkedArgs, placeIn, providerOf } from "../provider/ten-resources";
import { type PreflightScene, start } from "./preflight-scene";

describe("preflight of a resource that others wait for", function () {
  this.timeout(60_000);
  let scene: PreflightScene;
  let warnings: string[];
  before(async () => {
    scene = await start({ databases: 3 });
  });
  beforeEach(() => {
    warnings = [];
  });
  after(async () => {
    await disconnectAll();
    await scene?.close();
  });

  const place = () => placeIn(scene.lab.ready);
  const made = async (type: ResourceType, args: Bag) => {
    const { sqlServer, managedInstanceId } = place();
    const provider = await providerOf({ type }, place(), (message) => warnings.push(message));
    return await provider.create(await checkedArgs(provider, { sqlServer, managedInstanceId, ...args }));
  };
  const messageOf = async (creation: Promise<unknown>): Promise<string> => {
    try {
      await creation;
    } catch (error) {
      assert.ok(error instanceof Error);
      return error.message;
    }
    return assert.fail("it was made");
  };
  /** Statements and requests that change something. */
  const changes = (from: number) =>
    scene.lab.journal.entries.slice(from).flatMap((entry) => {
      if (entry.kind === "request" && entry.method !== "GET" && !entry.path.endsWith("/token")) return [entry.path];
      const isOurs = entry.kind === "statement" && entry.application === "pulumi-mi-link";
      return isOurs && /^\s*(?:CREATE|ALTER|DROP|BACKUP|EXEC)\b/m.test(entry.text) ? [entry.text] : [];
    });

  it("refuses with all that failed, each with what to do, before anything is made", async () => {
    const instance = scene.lab.sqlServer(scene.server.name);
    instance.edition = "Web";
    await scene.sql("CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'P@ssw0rd!x'");
    await scene.sql("CREATE CERTIFICATE MicrosoftPKI WITH SUBJECT = 'mine'");
    const from = scene.lab.journal.entries.length;
    const message = await messageOf(made("MasterKey", { password: "Kept-in-a-safe-place-1", preflight: {} }));
    assert.match(message, /the preflight failed, and nothing was made/);
    assert.match(message, /\n {2}edition \(sqlserver1 \(.*\)\): Web Edition \(64-bit\) can take part in no link\.\n/);
    assert.match(
      message,
      /\n {2}trusted-roots \(sqlserver1 .*\): The name MicrosoftPKI belongs to another certificate/,
    );
    assert.match(message, /What to do: edition: Move the databases .*\n {14}trusted-roots: /);
    assert.deepEqual(changes(from), []);
    await scene.sql("DROP CERTIFICATE MicrosoftPKI");
    await scene.sql("DROP MASTER KEY");
    instance.edition = "Developer";
  });

  it("warns of what should be known, and goes on", async () => {
    await scene.sql("DBCC TRACEOFF (1800, -1)");
    await made("MasterKey", { password: "Kept-in-a-safe-place-1", preflight: {} });
    await scene.sql("DBCC TRACEON (1800, -1)");
    assert.equal(warnings.length, 1);
    assert.match(
      warnings[0] ?? "",
      /^Preflight of sqlserver1 .*: The trace flag 1800 is off: .* What to do: on the SQL Server: DBCC TRACEON \(1800, -1\)/,
    );
  });

  it("tests a database and the names of its link, and leaves to the resource what that sees to", async () => {
    await scene.sql(scene.localGroup("").replace("GROUP ag ", "GROUP mine "));
    await scene.sql("ALTER DATABASE db2 SET ACCELERATED_DATABASE_RECOVERY = ON");
    const from = scene.lab.journal.entries.length;
    const args = { databaseName: "db2", preflight: { groupName: "mine" } };
    const message = await messageOf(made("FullRecoveryDatabase", args));
    assert.match(message, /\n {2}group-name \(the database db2\): There is an availability group mine on SQL Server/);
    assert.deepEqual(changes(from), []);
    await made("FullRecoveryDatabase", { ...args, preflight: {} });
    assert.deepEqual(warnings, []);
    await made("FullRecoveryDatabase", { ...args, adopt: true });
    assert.match(warnings.join("\n"), /^Preflight of the database db2: There is an availability group mine/);
    await scene.sql("DROP AVAILABILITY GROUP mine");
  });

  it("tests both sides before a certificate is uploaded, where the SQL Server is known", async () => {
    await scene.sql("CREATE CERTIFICATE own WITH SUBJECT = 'own'");
    const [row] = await scene.sql("SELECT CERTENCODED(CERT_ID('own')) AS der");
    assert.ok(row?.der instanceof Buffer);
    scene.lab.sqlServer(scene.server.name).clockAheadMilliseconds = 3_600_000;
    const args = { certificateName: "own", publicKey: row.der.toString("hex"), preflight: {} };
    const from = scene.lab.journal.entries.length;
    assert.match(await messageOf(made("TrustCertificate", args)), /clocks \(.*\): .* 60 minutes ahead of Azure/);
    assert.deepEqual(changes(from), []);
    scene.lab.sqlServer(scene.server.name).clockAheadMilliseconds = 0;
    await made("TrustCertificate", args);
    await assert.rejects(
      made("TrustCertificate", { ...args, sqlServer: undefined }),
      /preflight goes with sqlServer only/,
    );
  });

  it("looks a second time where something failed, as it may be in the making", async () => {
    scene.lab.faults.add({
      on: "request",
      matching: "/permissions$",
      answer: { status: 200, code: "", message: "", body: { value: [] } },
    });
    await made("FullRecoveryDatabase", { databaseName: "db2", preflight: {} });
  });

  it("connects to nothing in check and diff, and is no difference for a state without it", async () => {
    const provider = await providerOf({ type: "MasterKey" }, place());
    const { id, outs } = await made("MasterKey", {});
    const from = scene.lab.journal.entries.length;
    const { sqlServer, managedInstanceId } = place();
    const news = await checkedArgs(provider, { sqlServer, managedInstanceId, preflight: { certificateName: "c" } });
    assert.deepEqual(await provider.diff(id, outs, news), { changes: false });
    assert.deepEqual(
      await provider.diff(id, { ...outs, ...news }, await checkedArgs(provider, { sqlServer, managedInstanceId })),
      {
        changes: false,
      },
    );
    assert.equal(scene.lab.journal.entries.length, from);
  });
});

describe("preflight of a component", () => {
  /** What the parts of one program are given as `preflight`, by name. */
  async function given(program: () => void): Promise<Record<string, unknown>> {
    const parts: Record<string, unknown> = {};
    await runtime.setMocks({
      newResource({ name, inputs }) {
        if (inputs.preflight !== undefined) parts[name] = inputs.preflight;
        return { id: name, state: { certificateName: "c", ...inputs, fqdn: "mi1.zone.database.windows.net" } };
      },
      call: () => ({}),
    });
    program();
    await runtime.disconnect();
    return parts;
  }
  const sqlServer = { host: "10.0.0.4", user: "sa", credential: "env:SQL_PASSWORD" };
  const managedInstanceId = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Sql/managedInstances/mi1";

  it("is given to the part that is made first, with the names that it needs", async () => {
    const parts = await given(() => {
      const pairing = new InstancePairing("p1", {
        sqlServer,
        managedInstanceId,
        certificateName: "own",
        preflight: true,
      });
      const server = new PreparedServer("s2", { sqlServer, preflight: true });
      new InstancePairing("p2", { server, managedInstanceId, preflight: true });
      new ManagedInstanceLink("l1", { pairing, databaseName: "db1", groupName: "mine", preflight: true });
    });
    assert.deepEqual(parts, {
      "p1-master-key": { certificateName: "own" },
      "s2-master-key": {},
      "p2-trust": {},
      "l1-database": { groupName: "mine" },
    });
  });

  it("is nothing where the program does not say it", async () => {
    const parts = await given(() => {
      const pairing = new InstancePairing("p3", { sqlServer, managedInstanceId, certificateName: "own" });
      new ManagedInstanceLink("l3", { pairing, databaseName: "db1", groupName: "mine", preflight: false });
    });
    assert.deepEqual(parts, {});
  });
});

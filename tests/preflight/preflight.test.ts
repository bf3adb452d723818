import assert from "node:assert/strict";
import { type Finding, type PreflightReport, preflight, type Verdict } from "#provider/index";
import { startOtherNames } from "../support/other-names";
import { azureSettings, type PreflightScene, preflightOn, startClean } from "./preflight-scene";

const of = ({ findings }: PreflightReport, verdict: Verdict): string[] =>
  findings.filter((finding) => finding.verdict === verdict).map(({ id }) => id);
const told = ({ findings }: PreflightReport, id: string): Finding =>
  findings.find((finding) => finding.id === id) ?? assert.fail(id);

/** All that a preflight could have changed: views of what lasts, jobs, and what Azure has. */
async function everything({ sql, send }: PreflightScene): Promise<unknown> {
  const views = [
    ...["databases", "database_recovery_status", "master_files", "certificates", "symmetric_keys", "servers"],
    ...["endpoints", "database_mirroring_endpoints", "tcp_endpoints", "availability_groups", "availability_replicas"],
    ...["availability_databases_cluster", "server_principals", "server_permissions", "server_role_members"],
    ...["configurations", "extended_properties"],
  ];
  const tables = ["sysjobs", "sysjobsteps", "sysjobhistory", "backupset"];
  const children = ["databases", "distributedAvailabilityGroups", "serverTrustCertificates", "operations"];
  return {
    views: await Promise.all(views.map((view) => sql(`SELECT * FROM sys.${view}`))),
    tables: await Promise.all(tables.map((table) => sql(`SELECT * FROM msdb.dbo.${table}`))),
    flags: await sql("DBCC TRACESTATUS (-1)"),
    azure: await Promise.all(["", ...children].map(async (child) => (await send("GET", child)).body)),
  };
}

describe("a preflight of both sides", function () {
  this.timeout(60_000);
  let scene: PreflightScene;
  before(async () => {
    scene = await startClean({ databases: 2 });
  });
  after(() => scene?.close());

  it("leaves views, jobs and what is in Azure as they were", async () => {
    const before = await everything(scene);
    await scene.preflight({ databases: "all" });
    assert.deepEqual(await everything(scene), before);
  });

  it("asks SQL Server twice: who it is, and all the rest at once", async () => {
    const from = scene.lab.journal.entries.length;
    await scene.preflight({ databases: "all" });
    const asked = scene.lab.journal.entries
      .slice(from)
      .filter((entry) => entry.kind === "statement" && !entry.text.startsWith("set "));
    assert.equal(asked.length, 2);
  });

  it("looks at all databases of users, or at those that are named", async () => {
    const subjects = async (databases: "all" | readonly string[]) => {
      const { findings } = await scene.preflight({ databases });
      return [...new Set(findings.map(({ subject }) => subject))].filter((subject) => subject.includes("the database"));
    };
    assert.deepEqual(await subjects("all"), ["the database db1", "the database db2"]);
    assert.deepEqual(await subjects(["DB2"]), ["the database DB2"]);
    assert.deepEqual(await subjects([]), []);
  });

  it("does not take for missing what the login may not see", async () => {
    await scene.sql("CREATE LOGIN reader WITH PASSWORD = 'Reader-Passw0rd'");
    const { host, port } = scene.server;
    const login = { host, port, user: "reader", password: "Reader-Passw0rd", caFile: scene.lab.ready.caFile };
    const report = await scene.preflight({ sqlServer: login });
    assert.deepEqual(of(report, "failed"), ["rights"]);
    const hidden = [
      "master-key",
      "trusted-roots",
      "endpoint",
      "instance-certificate",
      "trust-certificate",
      "log-files",
    ];
    for (const id of [...hidden, "database-group", "group-name", "encryption"])
      assert.equal(told(report, id).verdict, "unknown", id);
    assert.match(told(report, "endpoint").sentence, /not tested: the login reader may not see all that is there/);
    assert.deepEqual(told(report, "endpoint").remedy, [
      { how: "sql-server", text: "GRANT VIEW ANY DEFINITION TO [reader]" },
    ]);
    assert.ok(!JSON.stringify(report).includes("Reader-Passw0rd"));
    await scene.sql("DROP LOGIN reader");
  });

  it("tells of a SQL Server that does not answer, and tests Azure all the same", async () => {
    const report = await scene.preflight({
      sqlServer: { host: scene.server.host, port: 1, user: "sa", password: "x" },
    });
    assert.deepEqual(of(report, "failed"), ["sql-server"]);
    assert.match(told(report, "sql-server").sentence, /It was not reached: could not connect .*ESOCKET|ECONNREFUSED/);
    for (const id of ["version", "trace-flag-1800", "endpoint", "clocks", "update-policy", "database"])
      assert.equal(told(report, id).verdict, "unknown", id);
    for (const id of ["managed-instance", "instance-state", "azure-rights"])
      assert.equal(told(report, id).verdict, "passed", id);
  });

  it("tells of an Azure that refuses the sign-in, and tests SQL Server all the same", async () => {
    const answer = { status: 400, code: "invalid_client", message: "", body: { error: "invalid_client" } };
    scene.lab.faults.add({ on: "request", matching: "/token$", times: "always", answer });
    const report = await scene.preflight({ config: { "azure-native:clientSecret": "wrong" } });
    scene.lab.faults.clear();
    assert.equal(told(report, "always-on").verdict, "passed");
    for (const id of ["managed-instance", "azure-rights", "instance-state", "clocks", "link-name"])
      assert.equal(told(report, id).verdict, "unknown", id);
    assert.match(told(report, "managed-instance").sentence, /sign in to Azure/);
  });

  it("names an instance that Azure does not know, and tests nothing that depends on it", async () => {
    const report = await scene.preflight({ managedInstanceId: `${scene.instance.id}9` });
    assert.deepEqual(of(report, "failed"), ["managed-instance"]);
    assert.deepEqual(of(report, "unknown"), []);
    assert.ok(report.findings.every(({ id }) => id !== "clocks" && id !== "link-name"));
  });

  it("says that without an instance nothing of Azure was tested", async () => {
    const report = await scene.preflight({ managedInstanceId: undefined });
    assert.deepEqual(of(report, "unknown"), ["managed-instance"]);
    assert.equal(told(report, "log-chain").verdict, "passed");
  });

  it("is a function of the package, which leaves no connection behind and refuses what it can't use", async () => {
    const { host, port, user, password } = scene.server;
    const settings = azureSettings(scene.lab);
    const config = (key: string) => settings[key];
    const args = {
      sqlServer: { host, port, user, password, caFile: scene.lab.ready.caFile },
      managedInstanceId: scene.instance.id,
      databases: ["db1"],
    };
    const [one, other] = await Promise.all([preflight(args, { config }), preflight(args, { config })]);
    assert.equal(one.counts.passed, one.findings.length);
    assert.deepEqual(one, other);
    const sessions = await scene.sql(
      "SELECT session_id FROM sys.dm_exec_sessions WHERE program_name = 'pulumi-mi-link'",
    );
    assert.deepEqual(sessions, []);
    await assert.rejects(preflight({ sqlServer: { host: "" }, managedInstanceId: "mi1" }), (error: Error) => {
      assert.match(
        error.message,
        /sqlServer has a problem: host is required.*; managedInstanceId must be the resource id/,
      );
      return true;
    });
  });
});

describe("a preflight of a database that is linked", function () {
  this.timeout(60_000);

  it("says so, and nothing that an existing link would contradict", async () => {
    const sides = await startOtherNames();
    try {
      const report = await preflightOn(sides)({ databases: ["db1"] });
      assert.deepEqual(of(report, "failed"), []);
      const about = report.findings.filter(({ subject }) => subject === "the database db1");
      assert.deepEqual(
        about.map(({ id, verdict, sentence }) => [id, verdict, sentence]),
        [["database", "passed", "It is linked already, over dag."]],
      );
    } finally {
      await sides.close();
    }
  });
});

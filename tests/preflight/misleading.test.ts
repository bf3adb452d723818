import assert from "node:assert/strict";
import { tableOf } from "#provider/cli/findings-table";
import type { Finding, PreflightReport } from "#provider/index";
import { databaseChecks } from "#provider/preflight/database-checks";
import { reportOf } from "#provider/preflight/preflight";
import { type SqlServerFacts, unreached } from "#provider/preflight/sql-server-facts";
import { startOtherNames } from "../support/other-names";
import { type PreflightScene, preflightOn, start } from "./preflight-scene";

const told = ({ findings }: PreflightReport, id: string, of = ""): Finding =>
  findings.find((finding) => finding.id === id && finding.subject.includes(of)) ?? assert.fail(`${id} ${of}`);

describe("a preflight is not misled", function () {
  this.timeout(60_000);

  // Read of no server: the lab has one database of both names.
  it("by names that differ in letter case alone, where SQL Server tells them apart", () => {
    const row = { edition: null, engineEdition: 3, editionId: 1, separator: "/", isClustered: 0, seesAll: 1 };
    const usual = {
      state: "ONLINE",
      recoveryModel: "FULL",
      isAutoClose: false,
      isInGroup: false,
      lastLogBackupLsn: "1",
    };
    const group = { name: "other", isDistributed: false, replicaName: "SQL1", url: null, databaseName: "db1" };
    const log = { name: "log", type: 1, bytes: "8192" };
    const facts = (collation: string): SqlServerFacts => ({
      ...unreached("SQL1", { why: "it is not looked at" }),
      settings: { value: { ...row, collation, now: new Date() } },
      databases: {
        value: [
          { ...usual, name: "DB1", isReadOnly: true },
          { ...usual, name: "db1", isReadOnly: false },
        ],
      },
      files: { value: ["DB1", "db1"].map((databaseName) => ({ ...log, databaseName })) },
      groups: { value: [group] },
    });
    const verdictsOf = (databaseName: string, collation: string) => {
      const findings = databaseChecks({ databaseName }, facts(collation), undefined);
      return ["read-only", "log-files", "database-group"].map(
        (id) => findings.find((finding) => finding.id === id)?.verdict,
      );
    };
    for (const collation of ["Latin1_General_CS_AS", "Latin1_General_100_BIN2", "Japanese_XJIS_140_CS_AS_UTF8"]) {
      assert.deepEqual(verdictsOf("DB1", collation), ["failed", "passed", "passed"], collation);
      assert.deepEqual(verdictsOf("db1", collation), ["passed", "passed", "failed"], collation);
    }
    assert.deepEqual(verdictsOf("dB1", "SQL_Latin1_General_CP1_CI_AS"), ["failed", "passed", "failed"]);
  });

  describe("by what a side does not say, or what is in use", () => {
    let scene: PreflightScene;
    before(async () => {
      scene = await start();
    });
    after(() => scene?.close());

    it("takes for unknown what Azure does not say of the instance", async () => {
      const { body } = await scene.send("GET", "");
      const instance = body as { readonly properties: Record<string, unknown> };
      const { collation: _, state: __, storageSizeInGB: ___, ...properties } = instance.properties;
      const answer = { status: 200, code: "", message: "", body: { ...instance, properties } };
      scene.lab.faults.add({
        on: "request",
        method: "GET",
        matching: "managedInstances/[^/]+$",
        times: "always",
        answer,
      });
      const report = await scene.preflight();
      scene.lab.faults.clear();
      for (const id of ["collation", "instance-state", "database-size"])
        assert.equal(told(report, id).verdict, "unknown", JSON.stringify(told(report, id)));
      assert.match(told(report, "collation").sentence, /^Azure does not say which collation/);
    });

    it("by adopt, which takes over the parts of that link, and nothing else of those names", async () => {
      const { sql, server, preflight } = scene;
      await sql("CREATE DATABASE db9");
      await sql("BACKUP DATABASE db9 TO DISK = 'db9.bak'");
      await scene.managedInstance.request().batch("CREATE DATABASE db1");
      const make = (database: string) =>
        sql(
          `CREATE AVAILABILITY GROUP AG_db1 WITH (CLUSTER_TYPE = NONE) FOR DATABASE ${database} REPLICA ON N'${server.name}' WITH (ENDPOINT_URL = 'TCP://127.0.0.1:5022', AVAILABILITY_MODE = SYNCHRONOUS_COMMIT, FAILOVER_MODE = MANUAL, SEEDING_MODE = AUTOMATIC)`,
        );
      await sql(
        "CREATE ENDPOINT e STATE = STARTED AS TCP (LISTENER_PORT = 5022) FOR DATABASE_MIRRORING (ROLE = ALL, AUTHENTICATION = WINDOWS NEGOTIATE, ENCRYPTION = REQUIRED ALGORITHM AES)",
      );
      const asked = async (adopt: boolean) => {
        const report = await preflight({ databases: ["db1"], adopt });
        return ["group-name", "database-on-instance"].map((id) => told(report, id).verdict);
      };
      await make("db9");
      assert.deepEqual(await asked(true), ["failed", "failed"]);
      await sql("DROP AVAILABILITY GROUP AG_db1");
      await make("db1");
      assert.deepEqual(await asked(true), ["warning", "failed"]);
      assert.deepEqual(await asked(false), ["failed", "failed"]);
      for (const [databaseName, verdict] of [
        ["db1", "warning"],
        ["db7", "failed"],
      ] as const) {
        const link = {
          name: "DAG_db1",
          properties: { databases: [{ databaseName }], instanceAvailabilityGroupName: "x" },
        };
        const answer = { status: 200, code: "", message: "", body: { value: [link] } };
        scene.lab.faults.add({
          on: "request",
          method: "GET",
          matching: "distributedAvailabilityGroups$|distributedAvailabilityGroups\\?",
          times: "always",
          answer,
        });
        const report = await preflight({ databases: ["db1"], adopt: true });
        scene.lab.faults.clear();
        for (const id of ["link-name", "database-on-instance"]) assert.equal(told(report, id).verdict, verdict, id);
      }
      await sql("DROP AVAILABILITY GROUP AG_db1");
      await sql("DROP ENDPOINT e");
      await scene.managedInstance.request().batch("DROP DATABASE db1");
    });

    it("advises no statement that would end a log shipping or a mirroring", async () => {
      const database = scene.lab.sqlServer(scene.server.name).databases.get("db1") ?? assert.fail();
      const { state } = database;
      Object.assign(database, { state: "RESTORING" });
      const { remedy = [], verdict } = told(await scene.preflight(), "database-state");
      Object.assign(database, { state });
      assert.equal(verdict, "failed");
      assert.deepEqual(
        remedy.map(({ how }) => how),
        ["words"],
      );
      assert.match(remedy[0]?.text ?? "", /^If nothing is restored into it any more, as log shipping and mirroring do/);
    });

    it("keeps the partners of an endpoint that do not encrypt", async () => {
      const endpoint = (encryption: string) =>
        `ENDPOINT e STATE = STARTED AS TCP (LISTENER_PORT = 5022) FOR DATABASE_MIRRORING (ROLE = ALL, AUTHENTICATION = WINDOWS NEGOTIATE, ENCRYPTION = ${encryption})`;
      await scene.sql(`CREATE ${endpoint("DISABLED")}`);
      for (const [before, after] of [
        ["DISABLED", /ENCRYPTION = SUPPORTED ALGORITHM AES\)/],
        ["SUPPORTED ALGORITHM RC4", /ENCRYPTION = SUPPORTED ALGORITHM AES RC4\)/],
        ["REQUIRED ALGORITHM RC4", /ENCRYPTION = REQUIRED ALGORITHM AES RC4\)/],
      ] as const) {
        await scene.sql(`ALTER ENDPOINT e FOR DATABASE_MIRRORING (ENCRYPTION = ${before})`);
        const { verdict, remedy: [step] = [] } = told(await scene.preflight(), "endpoint-encryption");
        assert.equal(verdict, "failed", before);
        assert.match(step?.text ?? "", after);
        await scene.sql(step?.text ?? "");
        assert.equal(told(await scene.preflight(), "endpoint-encryption").verdict, "passed", before);
      }
      await scene.sql("DROP ENDPOINT e");
    });
  });

  it("does not advise to change the mode of links while there is one", async () => {
    const sides = await startOtherNames({ sqlBuild: "16.0.4275.1" });
    try {
      await sides.sqlServer.request().batch("EXEC sys.sp_multidb_milink 1");
      const { verdict, remedy = [] } = told(await preflightOn(sides)({ databases: [] }), "link-mode");
      assert.equal(verdict, "failed");
      assert.deepEqual(
        remedy.map(({ how }) => how),
        ["words"],
      );
      assert.match(remedy[0]?.text ?? "", /Link from another instance of SQL Server.*: dag\.$/);
    } finally {
      await sides.close();
    }
  });

  it("prints no name that a terminal would obey, or that looks like a line of its own", () => {
    const evil = "db\u001b[2J\n  passed   rights  \u202e\u0085all is well";
    const table = tableOf(
      reportOf([
        {
          id: "read-only",
          subject: `the database ${evil}`,
          verdict: "failed",
          sentence: `The database ${evil} is read-only.`,
          remedy: [{ how: "sql-server", text: `ALTER DATABASE [${evil}] SET READ_WRITE` }],
        },
      ]),
    );
    assert.doesNotMatch(table, /[^\P{Cc}\n]|\p{Bidi_Control}/u);
    assert.doesNotMatch(table, /^ {2}passed/m);
  });
});

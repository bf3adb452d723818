import assert from "node:assert/strict";
import { type Lab, startLab } from "#lab/index";
import type { PreflightReport } from "#provider/index";
import { reachOf, runCli } from "../support/command-line";

describe("mi-link preflight", function () {
  this.timeout(60_000);
  let lab: Lab;
  let options: readonly string[];
  let env: Readonly<Record<string, string>>;
  before(async () => {
    lab = await startLab({ databases: 9, startupTraceFlags: [1800] });
    ({ options, env } = reachOf(lab.ready));
  });
  after(() => lab?.close());

  it("prints a table of what passed and what did not, with what to do, and answers 0 while nothing failed", async () => {
    const { code, stdout, stderr } = await runCli(["preflight", ...options, "--database", "db1"], env);
    assert.deepEqual([code, stderr], [0, ""]);
    const lines = stdout.split("\n");
    assert.match(lines[0] ?? "", /^sqlserver1 \(127\.[\d.]+:1433\)$/);
    assert.ok(
      lines.some((line) => /^ {2}passed {3}always-on +Always On availability groups are enabled\.$/.test(line)),
    );
    const at = lines.findIndex((line) => /^ {2}warning {2}trace-flag-9567 +The trace flag 9567 is off: /.test(line));
    assert.match(lines[at + 1] ?? "", /^ +What to do, on the SQL Server:$/);
    assert.match(lines[at + 2] ?? "", /^ +DBCC TRACEON \(9567, -1\)$/);
    assert.match(stdout, /\nthe database db1\n {2}passed {3}database +It is there, and not linked yet\.\n/);
    assert.match(stdout, /\n\d+ passed, 3 warnings, 0 failed, 0 unknown\. Nothing was changed\.\n$/);
  });

  it("answers 1 where something failed, and looks at all databases, of which it counts what passed", async () => {
    lab.sqlServer("sqlserver1").databases.forEach((database) => {
      if (database.name === "db9") database.isReadOnly = true;
    });
    const { code, stdout } = await runCli(["preflight", ...options], env);
    assert.equal(code, 1);
    assert.match(
      stdout,
      /the database db9\n {2}failed {3}read-only +The database db9 is read-only\.\n +What to do, on the SQL Server:\n +ALTER DATABASE \[db9\] SET READ_WRITE\n/,
    );
    assert.match(stdout, /the database db8\n( {2}warning .*\n( {3}.*\n)+){2} {2}passed {3}\d+ tests\n/);
  });

  it("waits for no side longer than --timeout, which is less than up does while Azure is out of order", async () => {
    const answer = { status: 500, code: "InternalServerError", message: "" };
    lab.faults.add({ on: "request", method: "GET", matching: "managedInstances", times: "always", answer });
    try {
      const begun = Date.now();
      const { code, stdout } = await runCli(["preflight", ...options, "--database", "db1", "--timeout", "6"], env);
      assert.equal(code, 0, stdout);
      assert.ok(Date.now() - begun < 20_000);
      assert.match(
        stdout,
        /unknown {2}managed-instance +It was not tested: could not look .*: no answer came within 6 seconds\./,
      );
      assert.match(stdout, /Run it again later, or give a longer --timeout\./);
      assert.match(stdout, /passed {3}always-on/);
      const wrong = await runCli(["preflight", ...options, "--timeout", "soon"], env);
      assert.equal(wrong.code, 2);
      assert.match(wrong.stderr, /'soon' is invalid\. It must be a number of seconds/);
    } finally {
      lab.faults.clear();
    }
  });

  it("tells once why a side is not reached, and names what was not tested for that", async () => {
    const { code, stdout } = await runCli(["preflight", ...options, "--port", "1", "--database", "db1"], env);
    assert.equal(code, 1);
    assert.match(stdout, /failed {3}sql-server +It was not reached: .*ECONNREFUSED/);
    assert.match(stdout, /What to do: Check --sql-server and --port with: sqlcmd -S tcp:<host>,<port>\n/);
    assert.equal(stdout.match(/ECONNREFUSED:/g)?.length, 1);
    assert.match(
      stdout,
      /unknown {2}version, update, .*, endpoint\n {4}Not tested, for the same reason as sql-server above\.\n/,
    );
    assert.match(stdout, /unknown {2}clocks, .*, trust-certificate\n {4}Not tested, for the same reason/);
  });

  it("gives the same as one JSON document", async () => {
    const { code, stdout } = await runCli(["--json", "preflight", ...options, "--database", "db9"], env);
    const { findings, counts }: PreflightReport = JSON.parse(stdout);
    assert.deepEqual([code, counts.failed, findings.filter(({ verdict }) => verdict === "failed").length], [1, 1, 1]);
    const failed = findings.find(({ verdict }) => verdict === "failed");
    assert.deepEqual(failed, {
      id: "read-only",
      subject: "the database db9",
      verdict: "failed",
      sentence: "The database db9 is read-only.",
      remedy: [{ how: "sql-server", text: "ALTER DATABASE [db9] SET READ_WRITE" }],
    });
  });
});

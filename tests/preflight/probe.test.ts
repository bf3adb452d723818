import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { isFailure } from "#provider/errors/visible-error";
import { disconnectAll } from "#provider/sql-server/connection";
import { findingOf, isChange, openProbeScene, type ProbeScene, verdicts } from "./probe-scene";

const allPassed = { "network-to-instance": "passed", "network-redirect": "passed", "network-to-sql-server": "passed" };

describe("a test of the network through the servers", function () {
  this.timeout(60_000);
  let scene: ProbeScene;
  let there: string[];
  before(async () => {
    scene = await openProbeScene();
  });
  beforeEach(async () => {
    there = await scene.objects();
    scene.log.length = 0;
  });
  afterEach(async () => {
    scene.lab.network.mend();
    scene.lab.faults.clear();
    assert.deepEqual(await scene.objects(), there, "nothing is left behind");
  });
  after(() => scene.close());

  it("passes where both ways are open", async () => {
    assert.deepEqual(verdicts(await scene.test()), allPassed);
    assert.deepEqual(
      scene.log.filter((line) => line.startsWith("azure: ")),
      [],
    );
  });

  it("says what it makes before that is made", async () => {
    await scene.query("sqlserver1", "CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'P@ssw0rd!x'");
    there = await scene.objects();
    await scene.test();
    const making = scene.log.flatMap((line, at) => {
      const [, name] =
        /(?:CREATE (?:ENDPOINT|CERTIFICATE) \[|sp_add_job @job_name = N')(mi-link-probe-\w+)/.exec(line) ?? [];
      return name === undefined ? [] : [{ name, at }];
    });
    assert.equal(making.length, 4);
    for (const { name, at } of making)
      assert.ok(
        scene.log.slice(0, at).some((line) => line.startsWith("say: Making ") && line.includes(name)),
        name,
      );
    await scene.query("sqlserver1", "DROP MASTER KEY");
    there = await scene.objects();
  });

  it("tells which way is blocked, with what opens it", async () => {
    scene.lab.network.block("sqlserver1", "sqlmi1", 5022);
    const out = await scene.test();
    assert.deepEqual(verdicts(out), { ...allPassed, "network-to-instance": "failed" });
    const { sentence, remedy = [] } = findingOf(out, "network-to-instance");
    assert.match(sentence, /did not reach sqlmi1\.\S+ \(127\S+\) on TCP port 5022/);
    assert.deepEqual(
      remedy.map(({ how }) => how),
      ["powershell", "azure-cli", "words"],
    );
    scene.lab.network.mend();
    scene.lab.network.block("sqlserver1", "sqlmi1", 11002);
    assert.deepEqual(verdicts(await scene.test()), { ...allPassed, "network-redirect": "failed" });
    scene.lab.network.mend();
    scene.lab.network.block("sqlmi1", "sqlserver1");
    assert.deepEqual(verdicts(await scene.test()), { ...allPassed, "network-to-sql-server": "failed" });
  });

  it("tells a name that the other side does not know", async () => {
    const { sentence } = findingOf(await scene.test({ endpointHost: "nowhere.example" }), "network-to-sql-server");
    assert.match(sentence, /did not reach the SQL Server at nowhere\.example on TCP port 5022: the name is not known/);
  });

  it("sends no name to PowerShell that is none", async () => {
    const { verdict, sentence } = findingOf(
      await scene.test({ endpointHost: "x; Remove-Item C:\\" }),
      "network-to-sql-server",
    );
    assert.equal(verdict, "unknown");
    assert.match(sentence, /neither a host name nor an address/);
    assert.ok(!scene.log.some((line) => line.startsWith("sqlmi1: ") && line.includes("Remove-Item")));
  });

  it("uses the mirroring endpoint that is there, and leaves it as it is", async () => {
    const endpoint = (state: string) =>
      `CREATE ENDPOINT mine STATE = ${state} AS TCP (LISTENER_PORT = 5055) FOR DATABASE_MIRRORING (ROLE = ALL, AUTHENTICATION = WINDOWS NEGOTIATE, ENCRYPTION = REQUIRED ALGORITHM AES)`;
    await scene.query("sqlserver1", endpoint("STARTED"));
    there = await scene.objects();
    assert.match(findingOf(await scene.test(), "network-to-sql-server").sentence, /reached .* on TCP port 5055/);
    assert.ok(!scene.log.some((line) => /(CREATE|ALTER|DROP) ENDPOINT/.test(line)));
    await scene.query("sqlserver1", "ALTER ENDPOINT mine STATE = STOPPED");
    there = await scene.objects();
    const stopped = findingOf(await scene.test(), "network-to-sql-server");
    assert.equal(stopped.verdict, "unknown");
    assert.deepEqual(stopped.remedy, [{ how: "sql-server", text: "ALTER ENDPOINT [mine] STATE = STARTED" }]);
    await scene.query("sqlserver1", "DROP ENDPOINT mine");
    there = await scene.objects();
  });

  it("takes no other process for the endpoint, nor the instance itself for SQL Server", async () => {
    const other = createServer().listen(5022, scene.probe.endpointHost);
    await once(other, "listening");
    const taken = findingOf(await scene.test(), "network-to-sql-server");
    assert.equal(taken.verdict, "unknown");
    assert.match(taken.sentence, /listens on port 5022: another process has it/);
    other.close();
    const itself = findingOf(await scene.test({ endpointHost: "localhost" }), "network-to-sql-server");
    assert.match(itself.sentence, /to the managed instance, localhost is itself/);
    assert.match(itself.remedy?.[0]?.text ?? "", /--endpoint-host/);
  });

  it("believes no failure over the endpoint of another test, which may be gone already", async () => {
    await scene.query(
      "sqlserver1",
      "CREATE ENDPOINT [mi-link-probe-0] STATE = STARTED AS TCP (LISTENER_PORT = 5022) FOR DATABASE_MIRRORING (ROLE = ALL, AUTHENTICATION = WINDOWS NEGOTIATE)",
    );
    there = await scene.objects();
    assert.deepEqual(verdicts(await scene.test()), allPassed);
    scene.lab.network.block("sqlmi1", "sqlserver1");
    const { verdict, sentence } = findingOf(await scene.test(), "network-to-sql-server");
    assert.equal(verdict, "unknown");
    assert.match(sentence, /another test of the network was under way/);
    assert.deepEqual(await scene.objects(), there);
    await scene.query("sqlserver1", "DROP ENDPOINT [mi-link-probe-0]");
    there = await scene.objects();
  });

  it("makes nothing for a login without the rights, and says so", async () => {
    for (const name of ["sqlserver1", "sqlmi1"] as const)
      await scene.query(name, "CREATE LOGIN visitor WITH PASSWORD = 'P@ssw0rd!x'");
    there = await scene.objects();
    scene.log.length = 0;
    const as = { user: "visitor", password: "P@ssw0rd!x" };
    const { sqlServer, instanceServer } = scene.probe;
    assert.ok(instanceServer);
    const found = await scene.test({
      sqlServer: { ...sqlServer, ...as },
      instanceServer: { ...instanceServer, ...as },
    });
    assert.deepEqual([...new Set(Object.values(verdicts(found)))], ["unknown"]);
    assert.match(findingOf(found, "network-to-instance").sentence, /the login visitor is not a member of sysadmin/);
    assert.deepEqual(scene.log.filter(isChange), []);
    await disconnectAll();
    for (const name of ["sqlserver1", "sqlmi1"] as const) await scene.query(name, "DROP LOGIN visitor");
    there = await scene.objects();
  });

  it("says what it cannot test without a login to the instance, or with one to another server", async () => {
    const without = await scene.test({ instanceServer: undefined });
    assert.deepEqual(verdicts(without), {
      "network-to-instance": "passed",
      "network-redirect": "unknown",
      "network-to-sql-server": "unknown",
    });
    assert.match(findingOf(without, "network-redirect").sentence, /it takes a T-SQL login to the managed instance/);
    const other = await scene.test({ instanceServer: scene.probe.sqlServer });
    assert.match(findingOf(other, "network-to-sql-server").sentence, /is no managed instance, and not sqlmi1/);
    const turned = await scene.test({ sqlServer: scene.probe.instanceServer ?? assert.fail() });
    assert.match(findingOf(turned, "network-to-instance").sentence, /is a managed instance, and not the SQL Server/);
    assert.deepEqual([...new Set(Object.values(verdicts(turned)))], ["unknown"]);
  });

  it("removes what it made where a statement fails", async () => {
    for (const matching of ["sp_start_job", "CREATE ENDPOINT", "sp_add_jobserver"]) {
      scene.lab.faults.add({ on: "statement", matching, times: "always", error: { number: 15247 } });
      const found = Object.values(verdicts(await scene.test()));
      assert.ok(found.includes("unknown"), matching);
      assert.deepEqual(await scene.objects(), there, matching);
      scene.lab.faults.clear();
    }
  });

  it("goes on over a connection that breaks, before and after each statement", async () => {
    for (const drop of ["before", "after"] as const)
      for (const matching of ["sp_add_job ", "sp_start_job", "CREATE ENDPOINT", "sp_delete_job", "DROP ENDPOINT"]) {
        scene.lab.faults.add({ on: "statement", matching, drop });
        assert.deepEqual(verdicts(await scene.test()), allPassed, `${drop} ${matching}`);
        scene.lab.faults.clear();
      }
  });

  it("removes what it made when it is interrupted", async () => {
    for (const at of ["sp_add_job ", "sp_start_job", "CREATE ENDPOINT"]) {
      const interruption = new AbortController();
      scene.lab.faults.add({ on: "statement", matching: at, delayMilliseconds: 50 });
      const running = scene.test({}, { signal: interruption.signal });
      while (!scene.log.some((line) => line.includes("say: Making "))) await new Promise((wake) => setTimeout(wake, 2));
      interruption.abort(new Error("interrupted"));
      await assert.rejects(running, (error) => isFailure(error, "Interrupted"));
      assert.deepEqual(await scene.objects(), there, at);
      scene.log.length = 0;
    }
  });

  it("says what it could not remove, and the next test removes it", async () => {
    scene.lab.faults.add({ on: "statement", instance: "sqlmi1", matching: "sp_delete_job", error: { number: 229 } });
    const { subject, sentence, remedy = [] } = findingOf(await scene.test(), "network-left-behind");
    assert.match(`${subject}: ${sentence}`, /^sqlmi1 .* did not remove what it made, the job mi-link-probe-\w+: /);
    assert.match(remedy[0]?.text ?? "", /EXEC msdb\.dbo\.sp_delete_job @job_name = N'mi-link-probe-\w+'$/);
    // Of this very process, which is still connected: it has to be over.
    scene.lab.clock.advance(16 * 60_000);
    assert.deepEqual(verdicts(await scene.test()), allPassed);
  });

  it("keeps an endpoint that a stack has taken over meanwhile", async () => {
    const running = scene.test();
    const taking = async () => {
      while (!scene.log.some((line) => line.includes("sqlmi1: ") && line.includes("sp_start_job")))
        await new Promise((wake) => setTimeout(wake, 1));
      const value = JSON.stringify({ stack: "o/p/s", backend: "b", urn: "u", token: "t", name: "DATABASE_MIRRORING" });
      await scene.query("sqlserver1", `EXEC sp_addextendedproperty N'pulumi-mi-link/endpoint/x', N'${value}'`);
    };
    const [found] = await Promise.all([running, taking()]);
    assert.match(findingOf(found, "network-left-behind").sentence, /something else uses the endpoint by now/);
    await scene.query("sqlserver1", "EXEC sp_dropextendedproperty N'pulumi-mi-link/endpoint/x'");
    scene.lab.clock.advance(16 * 60_000);
    await scene.test();
  });
});

describe("a test of the network from a server that has no Agent to do it", function () {
  this.timeout(60_000);
  for (const [options, why, how] of [
    [{ agent: false }, /SQL Server Agent does not run/, "powershell"],
    [{ edition: "Express" }, /is an Express edition, which has no SQL Server Agent/, "powershell"],
    [{ windows: false }, /runs on Linux, where SQL Server Agent does not run PowerShell/, "shell"],
  ] as const)
    it(`says so, and tests the other way: ${JSON.stringify(options)}`, async () => {
      const scene = await openProbeScene(options);
      try {
        const before = await scene.objects();
        const found = await scene.test();
        assert.equal(findingOf(found, "network-to-sql-server").verdict, "passed");
        for (const id of ["network-to-instance", "network-redirect"]) {
          const { verdict, sentence, remedy } = findingOf(found, id);
          assert.equal(verdict, "unknown");
          assert.match(sentence, why);
          assert.deepEqual(
            remedy?.map((step) => step.how),
            [how],
          );
        }
        assert.deepEqual(await scene.objects(), before);
      } finally {
        await scene.close();
      }
    });
});

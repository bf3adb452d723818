import assert from "node:assert/strict";
import { join } from "node:path";
import { type Lab, startLab } from "#lab/index";
import { openSqlClient } from "#tools/clients";
import { runQuietly } from "#tools/setup/child";
import { repositoryRoot } from "../../support/repository";

describe("the tests of SQL Server's half, on a server that MI_LINK_TEST_SQLSERVER names", function () {
  this.timeout(60_000);
  let lab: Lab;
  before(async () => {
    lab = await startLab({ databases: 0 });
  });
  after(() => lab.close());

  /** All that they ask of this lab goes over its address. */
  function run() {
    const [server] = lab.ready.sqlServers;
    assert.ok(server);
    const { user, password, host, port } = server;
    const named = `mssql://${user}:${encodeURIComponent(password)}@${host}:${port}`;
    const mocha = join(repositoryRoot, "node_modules", "mocha", "bin", "mocha.js");
    const file = join(repositoryRoot, "tests", "dist", "provider", "resources", "full-recovery-database.test.js");
    return runQuietly(process.execPath, [mocha, file], {
      cwd: repositoryRoot,
      env: { ...process.env, MI_LINK_TEST_SQLSERVER: named },
    });
  }

  it("pass, again and again, show what only the lab can do as pending, and leave nothing", async () => {
    for (const time of ["first", "second"]) {
      const { code, output } = await run();
      assert.equal(code, 0, `${time}: ${output}`);
      assert.match(output, /- backs up once when the answer is lost\n/);
    }
    const user = [...lab.sqlServer("sqlserver1").databases.values()].filter(({ id }) => id > 4);
    assert.deepEqual(user, []);
  });

  it("refuse a server on which something lives, and touch nothing there", async () => {
    const [server] = lab.ready.sqlServers;
    assert.ok(server);
    const client = await openSqlClient(server, lab.ready.caFile);
    await client.query("CREATE DATABASE [somebody's]");
    const { code, output } = await run();
    assert.notEqual(code, 0);
    assert.match(output, /need a SQL Server on which nothing lives\. .* has: DATABASE somebody's/);
    assert.equal((await client.query("SELECT name FROM sys.databases WHERE database_id > 4")).length, 1);
    await client.close();
  });
});

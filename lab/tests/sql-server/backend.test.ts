import assert from "node:assert/strict";
import { createServer } from "node:net";
import type mssql from "mssql";
import { failure, served } from "./served";
import { certificate, endpoint, masterKey } from "./statements";

describe("an instance behind its port", () => {
  const one = served();
  let pool: mssql.ConnectionPool;
  let server: typeof one.server;
  before(() => {
    ({ pool, server } = one);
  });

  it("sends the cause and then the consequence, each once", async () => {
    const create = (name: string) =>
      pool.batch(
        `CREATE AVAILABILITY GROUP [x] WITH (CLUSTER_TYPE = NONE) FOR DATABASE [${name}] REPLICA ON N'sqlserver1' WITH (ENDPOINT_URL = 'TCP://a:5022', AVAILABILITY_MODE = SYNCHRONOUS_COMMIT, FAILOVER_MODE = MANUAL)`,
      );
    assert.deepEqual(await failure(create("nothing")), [35238, 41152]);
    assert.deepEqual(await failure(pool.batch("BACKUP DATABASE [nothing] TO DISK = N'x'")), [911, 3013]);
  });

  it("writes down what it was asked, without passwords", async () => {
    await pool.batch("CREATE LOGIN [l] WITH PASSWORD = N'S3cret-''word'");
    await pool.batch("EXEC (N'CREATE LOGIN [m] WITH PASSWORD = ''S3cret-word''')");
    await failure(pool.request().input("name", "x").query("SELECT * FROM sys.nothing WHERE name = @name"));
    const entries = server.journal.entries
      .filter((entry) => entry.kind === "statement")
      .filter(({ text }) => text !== "SELECT 1;")
      .slice(-3);
    assert.deepEqual(
      entries.map(({ text }) => text),
      [
        "CREATE LOGIN [l] WITH PASSWORD = N'***'",
        "EXEC (N'CREATE LOGIN [m] WITH PASSWORD = ''***''')",
        "SELECT * FROM sys.nothing WHERE name = @name",
      ],
    );
    assert.deepEqual(
      entries.map(({ errors }) => errors),
      [[], [], [208]],
    );
    assert.equal(entries[0]?.application, "mocha");
  });

  it("keeps the endpoint's port: taken by another program, the statement succeeds and the log says 9692", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(15026, server.instance.address, resolve));
    try {
      for (const text of [masterKey, certificate("own"), endpoint("CERTIFICATE own", 15026)]) await pool.batch(text);
      assert.equal(server.instance.mirroringEndpoint?.isListening, false);
      const log = await pool.query("EXEC sp_readerrorlog 0, 1, N'cannot listen'");
      assert.match(log.recordset.at(-1)?.Text, /port 15026 because it is in use/);
    } finally {
      await new Promise((resolve) => taken.close(resolve));
    }
    await pool.batch("ALTER ENDPOINT hadr STATE = STOPPED");
    await pool.batch("ALTER ENDPOINT hadr STATE = STARTED");
    assert.equal(server.instance.mirroringEndpoint?.isListening, true);
  });
});

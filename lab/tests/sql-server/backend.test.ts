import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import type mssql from "mssql";
import { fixture } from "../support/place";
import { certificateFile, password } from "./instance";
import { failure, freePort, serve, served } from "./served";

describe("an instance behind its port", () => {
  const one = served();
  let pool: mssql.ConnectionPool;
  let server: typeof one.server;
  before(() => {
    ({ pool, server } = one);
  });

  it("takes the seed's 25 batches as they are and shows the groups afterwards", async () => {
    const file = fixture("seed_batches.json");
    const batches: { full: string }[] = JSON.parse(readFileSync(file, "utf8"));
    assert.equal(batches.length, 25);
    const azure = certificateFile("azure_mi_endpoint_DATABASE_MIRRORING.der").toString("hex");
    for (const { full } of batches) {
      const text = full
        .replace("Cert_s1_endpoint", "Cert_sqlserver1_endpoint")
        .replace("0x3082033E", `0x${azure}`)
        .replace("[ep1]", "database_mirroring_endpoint");
      await pool.batch(text.replace("LISTENER_PORT=5022", "LISTENER_PORT=15025"));
    }
    const groups = await pool.query("SELECT name, is_distributed FROM sys.availability_groups ORDER BY name");
    assert.deepEqual(
      [...groups.recordset],
      [
        { name: "AG_db01", is_distributed: false },
        { name: "DAG_db01", is_distributed: true },
      ],
    );
    const states = await pool.query(
      "SELECT r.replica_server_name AS [Replica], rs.connected_state_desc AS [State] FROM sys.dm_hadr_availability_replica_states rs JOIN sys.availability_replicas r ON rs.replica_id = r.replica_id ORDER BY r.replica_server_name, r.endpoint_url",
    );
    assert.deepEqual(
      states.recordset.map(({ Replica, State }) => `${Replica} ${State}`),
      ["AG_db01 CONNECTED", "sqlmi1 DISCONNECTED", "sqlserver1 CONNECTED"],
    );
    const endpoint = await pool.query(
      "SELECT connection_auth_desc, encryption_algorithm_desc, state_desc FROM sys.database_mirroring_endpoints",
    );
    assert.deepEqual(
      [...endpoint.recordset],
      [{ connection_auth_desc: "NEGOTIATE, CERTIFICATE", encryption_algorithm_desc: "AES", state_desc: "STARTED" }],
    );
    const registered = [...server.instance.certificates.values()].filter(({ trustedIssuerFor }) =>
      trustedIssuerFor.has("*.database.windows.net"),
    );
    assert.deepEqual(
      registered.map(({ name }) => name),
      ["MicrosoftPKI", "DigiCertPKI"],
    );
  });

  it("sends the cause and then the consequence, each once", async () => {
    const create = (name: string) =>
      pool.batch(
        `CREATE AVAILABILITY GROUP [x] WITH (CLUSTER_TYPE = NONE) FOR DATABASE [${name}] REPLICA ON N'sqlserver1' WITH (ENDPOINT_URL = 'TCP://a:5022', AVAILABILITY_MODE = SYNCHRONOUS_COMMIT, FAILOVER_MODE = MANUAL)`,
      );
    assert.deepEqual(await failure(create("nothing")), [35238, 41152]);
    assert.deepEqual(await failure(create("db01")), [35244, 41152]);
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

  it("fails as the faults say", async () => {
    server.faults.add({
      on: "statement",
      matching: "SELECT 41",
      error: { number: 1205, severity: 13, text: "deadlocked" },
    });
    assert.deepEqual(await failure(pool.batch("SELECT 41")), [1205]);
    assert.deepEqual(await failure(pool.batch("SELECT 41")), []);
    server.faults.clear();
  });

  it("refuses a wrong password and an unknown database", async () => {
    await assert.rejects(server.connect({ password: "wrong" }), /Login failed for user 'sa'/);
    await assert.rejects(
      server.connect({ database: "nowhere" }),
      /Cannot open database "nowhere"|Login failed for user 'sa'/,
    );
    const log = await pool.query("EXEC sp_readerrorlog 0, 1, N'Login failed'");
    assert.match(log.recordset[0]?.Text, /'sa'. Reason: Password did not match/);
    const connections = server.journal.entries.filter((entry) => entry.kind === "connection");
    assert.ok(connections.some(({ accepted }) => !accepted) && connections.some(({ accepted }) => accepted));
  });

  it("keeps the endpoint's port: taken by another program, the statement succeeds and the log says 9692", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(15026, server.instance.address, resolve));
    try {
      await pool.batch("ALTER ENDPOINT database_mirroring_endpoint AS TCP (LISTENER_PORT = 15026)");
      assert.equal(server.instance.mirroringEndpoint?.isListening, false);
      const log = await pool.query("EXEC sp_readerrorlog 0, 1, N'cannot listen'");
      assert.match(log.recordset.at(-1)?.Text, /port 15026 because it is in use/);
    } finally {
      await new Promise((resolve) => taken.close(resolve));
    }
    await pool.batch("ALTER ENDPOINT database_mirroring_endpoint STATE = STOPPED");
    await pool.batch("ALTER ENDPOINT database_mirroring_endpoint STATE = STARTED");
    assert.equal(server.instance.mirroringEndpoint?.isListening, true);
  });
});

describe("two instances", () => {
  it("listen side by side on their own addresses, mirroring endpoints on the same port", async () => {
    const instances = await Promise.all(
      ["127.0.0.11", "127.0.0.12"].map(async (address, index) =>
        serve({ address, name: `s${index + 1}`, tdsPort: await freePort() }),
      ),
    );
    try {
      for (const { connect, instance } of instances) {
        const pool = await connect();
        await pool.batch(`CREATE MASTER KEY ENCRYPTION BY PASSWORD = '${password}'`);
        await pool.batch("CREATE CERTIFICATE own WITH SUBJECT = 'own'");
        await pool.batch(
          "CREATE ENDPOINT hadr STATE = STARTED AS TCP (LISTENER_PORT = 15027) FOR DATABASE_MIRRORING (ROLE = ALL, AUTHENTICATION = CERTIFICATE own)",
        );
        assert.equal(instance.mirroringEndpoint?.isListening, true, instance.name);
        await pool.close();
      }
    } finally {
      for (const { close } of instances) await close();
    }
  });
});

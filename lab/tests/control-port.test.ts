import assert from "node:assert/strict";
import { request } from "node:http";
import { ConnectionPool, type RequestError } from "mssql";
import { type Lab, startLab } from "#lab/index";

describe("the lab's control port", function () {
  this.timeout(60_000);
  let lab: Lab;
  const pools: ConnectionPool[] = [];
  before(async () => {
    lab = await startLab({ controlPort: 0, startupTraceFlags: [1800] });
  });
  after(async () => {
    await Promise.all(pools.map((pool) => pool.close()));
    await lab.close();
  });
  afterEach(() => lab.network.mend());

  function ask(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
    const url = new URL(path, lab.ready.control?.endpoint);
    return new Promise((resolve, reject) => {
      const asked = request(url, { method, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: response.statusCode ?? 0, body: text ? JSON.parse(text) : {} });
        });
      });
      asked.on("error", reject).end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  async function connect(): Promise<ConnectionPool> {
    const [server] = lab.ready.sqlServers;
    assert.ok(server);
    const { host, port, user, password } = server;
    const options = { encrypt: true, trustServerCertificate: true };
    const pool = await new ConnectionPool({ server: host, port, user, password, options, pool: { max: 1 } }).connect();
    pool.on("error", () => undefined);
    pools.push(pool);
    return pool;
  }

  it("says where everything is, itself among it", async () => {
    const { status, body } = await ask("GET", "/ready");
    assert.equal(status, 200);
    assert.deepEqual(body, JSON.parse(JSON.stringify(lab.ready)));
    assert.match(String(lab.ready.control?.endpoint), /^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it("shows the journal from where one left off", async () => {
    await connect();
    const before = await ask("GET", "/journal");
    assert.ok(Number(before.body.next) > 0);
    await (await connect()).request().batch("SELECT 7 AS seven");
    const { body } = await ask("GET", `/journal?since=${before.body.next}`);
    assert.ok(Array.isArray(body.entries));
    const texts = body.entries.flatMap(({ text }: { text?: string }) => text ?? []);
    assert.ok(texts.includes("SELECT 7 AS seven"));
    assert.equal(body.next, lab.journal.entries.length);
    assert.equal(body.entries.length, Number(body.next) - Number(before.body.next));
    assert.equal((await ask("GET", "/journal?since=soon")).status, 400);
  });

  it("adds faults, one or several, and takes them all away", async () => {
    const rule = {
      on: "statement",
      matching: "SELECT 8",
      times: "always",
      error: { number: 1205, severity: 13, text: "x" },
    };
    const added = await ask("POST", "/faults", rule);
    assert.deepEqual([added.status, added.body], [201, { added: 1 }]);
    assert.deepEqual((await ask("POST", "/faults", [rule, { on: "request", matching: "^/none$" }])).body, { added: 2 });
    const pool = await connect();
    await assert.rejects(pool.request().batch("SELECT 8"), (error: RequestError) => error.number === 1205);
    assert.equal((await ask("DELETE", "/faults")).status, 204);
    await pool.request().batch("SELECT 8 AS eight");
    for (const wrong of [{ on: "nothing" }, { on: "statement", matching: "(" }, undefined])
      assert.equal((await ask("POST", "/faults", wrong)).status, 400);
  });

  it("moves the clock that SQL Server's functions show, and never back", async () => {
    const pool = await connect();
    const now = async (): Promise<number> =>
      (await pool.request().query("SELECT SYSUTCDATETIME() AS now")).recordset[0].now.getTime();
    const [start, at] = [Date.now(), await now()];
    const { body } = await ask("POST", "/clock/advance", { milliseconds: 3_600_000 });
    assert.ok(new Date(String(body.now)).getTime() >= start + 3_600_000);
    assert.ok((await now()) - at >= 3_600_000);
    assert.ok(new Date(String((await ask("GET", "/clock")).body.now)).getTime() >= start + 3_600_000);
    for (const milliseconds of [-1, "1", null, 1e300])
      assert.equal((await ask("POST", "/clock/advance", { milliseconds })).status, 400);
  });

  it("cuts and mends the network between instances that the lab has", async () => {
    const between = ["sqlserver1", "sqlmi1"];
    assert.equal((await ask("POST", "/network/cut", { between })).status, 204);
    assert.equal((await ask("POST", "/network/mend", { between })).status, 204);
    assert.equal((await ask("POST", "/network/mend")).status, 204);
    const unknown = await ask("POST", "/network/cut", { between: ["sqlserver1", "sqlserver9"] });
    assert.equal(unknown.status, 400);
    assert.match(JSON.stringify(unknown.body), /has no instance sqlserver9/);
    assert.equal((await ask("POST", "/network/cut", { between: ["sqlserver1"] })).status, 400);
  });

  it("restarts an instance: sessions and trace flags of the session's time are gone, what is stored is not", async () => {
    const pool = await connect();
    await pool.request().batch("CREATE DATABASE kept");
    await pool.request().batch("DBCC TRACEON(9567, -1)");
    assert.deepEqual([...lab.sqlServer("sqlserver1").traceFlags], [1800, 9567]);
    const started = lab.sqlServer("sqlserver1").startTime;
    const transaction = pool.transaction();
    transaction.on("error", () => undefined);
    await transaction.begin();
    assert.equal((await ask("POST", "/instances/SQLSERVER1/restart")).status, 204);
    await assert.rejects(transaction.request().query("SELECT 1 AS one"));
    // This gives the connection, which is none any more, back to its pool.
    await transaction.rollback().catch(() => undefined);
    assert.ok(lab.sqlServer("sqlserver1").startTime > started);
    const again = await connect();
    const { recordset } = await again.request().query("SELECT name FROM sys.databases WHERE name = N'kept'");
    assert.equal(recordset.length, 1);
    assert.deepEqual([...lab.sqlServer("sqlserver1").traceFlags], [1800]);
    assert.equal((await ask("POST", "/instances/nobody/restart")).status, 400);
  });

  it("knows no other addresses, and is no web page's to ask", async () => {
    assert.equal((await ask("GET", "/")).status, 404);
    assert.equal((await ask("PUT", "/faults")).status, 405);
    assert.equal((await ask("GET", "/ready", undefined, { host: "lab.example" })).status, 403);
    assert.equal((await ask("POST", "/network/mend", undefined, { origin: "https://lab.example" })).status, 403);
    const long = await ask("POST", "/faults", { on: "statement", matching: "x".repeat(2 ** 20) });
    assert.equal(long.status, 400);
  });
});

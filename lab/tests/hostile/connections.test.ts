import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, get } from "node:https";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import { ConnectionPool } from "mssql";
import { signIn } from "../managed-instance/arm-client";
import { batch, loggedIn, login7, packet, prelogin, rawClient } from "../tds/raw-client";
import type { Measurement } from "./lab-process";
import { type RunningLab, startLabProcess } from "./running-lab";

const count = 500;
/** So many connections get stuck in each of the ways. */
const stuckCount = 20;
const patience = 60_000;
/** All of them together may leave caches that have grown, and no more. */
const heapGrowth = 16 * 2 ** 20;

describe(`${count} connections at once`, function () {
  this.timeout(2 * patience);
  let lab: RunningLab;
  const stuck: Socket[] = [];
  const dripping: NodeJS.Timeout[] = [];
  let administrator: ConnectionPool | undefined;
  beforeEach(async () => {
    lab = await startLabProcess();
  });
  afterEach(async () => {
    for (const timer of dripping.splice(0)) clearInterval(timer);
    for (const socket of stuck.splice(0)) socket.destroy();
    await administrator?.close();
    await lab.close();
  });

  /** Says `said` and nothing more, or then `slowly` byte by byte. */
  async function getStuck(port: number, host: string, said: Buffer, slowly: Buffer = Buffer.alloc(0)): Promise<Socket> {
    const socket = connect(port, host);
    socket.on("error", () => {});
    stuck.push(socket);
    await once(socket, "connect");
    socket.write(said);
    let sent = 0;
    if (slowly.length > 0) dripping.push(setInterval(() => socket.write(slowly.subarray(sent, ++sent)), 100));
    return socket;
  }

  /** Checks that everything that was opened is closed, and what it held is free again. */
  async function releases(before: Measurement): Promise<void> {
    for (const timer of dripping.splice(0)) clearInterval(timer);
    for (const socket of stuck.splice(0)) socket.destroy();
    const started = performance.now();
    let now = await lab.measure();
    while (now.sockets > before.sockets && performance.now() - started < patience) {
      await sleep(100);
      now = await lab.measure();
    }
    assert.ok(now.sockets <= before.sockets, `${now.sockets} sockets are left`);
    const grown = now.heapBytes - before.heapBytes;
    assert.ok(grown < heapGrowth, `${(grown / 2 ** 20).toFixed(1)} MiB are left`);
  }

  it("do real work on one SQL Server, while others are slow, half-open or do not read, and are released", async () => {
    const { host, port, user, password } = lab.ready.sqlServers[0] ?? assert.fail();
    const options = { encrypt: false, trustServerCertificate: true };
    administrator = await new ConnectionPool({
      server: host,
      port,
      user,
      password,
      database: "db1",
      options,
    }).connect();
    await administrator.request().batch("CREATE TABLE work (id int PRIMARY KEY, amount int NOT NULL)");
    const before = await lab.measure();

    const hello = Buffer.from("1603010200010001fc0303", "hex");
    const [start, login] = [packet(0x12, prelogin(2)), packet(0x10, login7({ password }))];
    const ways: readonly (() => Promise<unknown>)[] = [
      () => getStuck(port, host, Buffer.alloc(0)),
      () => getStuck(port, host, start.subarray(0, 11)),
      () => getStuck(port, host, start),
      () => getStuck(port, host, Buffer.concat([start, login.subarray(0, 100)])),
      () => getStuck(port, host, Buffer.concat([packet(0x12, prelogin(1)), packet(0x12, hello)])),
      () => getStuck(port, host, hello),
      () => getStuck(port, host, Buffer.alloc(0), Buffer.concat([start, login])),
      async () => (await getStuck(port, host, start)).end(),
      async () => {
        const deaf = await rawClient(port, host);
        stuck.push(deaf.socket);
        deaf.write(start);
        await deaf.message();
        deaf.write(login);
        await deaf.message();
        deaf.socket.pause();
        for (let sent = 0; sent < 50; sent++)
          deaf.write(packet(0x01, batch("SELECT REPLICATE(CAST('x' AS varchar(max)), 100000)")));
      },
    ];
    await Promise.all(ways.flatMap((way) => Array.from({ length: stuckCount }, way)));

    const started = performance.now();
    const who = { user, password, database: "db1" };
    const clients = await Promise.all(Array.from({ length: count }, () => loggedIn(port, who, host)));
    const opened = performance.now();
    const during = await lab.measure();
    // One way to get stuck is to be gone again.
    assert.ok(during.sockets > count + stuckCount * (ways.length - 2), `${during.sockets} sockets`);
    await Promise.all(
      clients.map(async (each, id) => {
        each.send(0x01, batch(`INSERT work VALUES (${id}, 0)`));
        await each.message();
        each.send(0x01, batch(`BEGIN TRAN UPDATE work SET amount += ${id} WHERE id = ${id} COMMIT`));
        await each.message();
        each.send(0x01, batch(`SELECT 'amount ' + CONVERT(varchar(10), amount) FROM work WHERE id = ${id}`));
        assert.ok((await each.message()).includes(`amount ${id}`));
      }),
    );
    const { recordset } = await administrator.request().query("SELECT COUNT(*) AS n, SUM(amount) AS total FROM work");
    assert.deepEqual({ ...recordset[0] }, { n: count, total: (count * (count - 1)) / 2 });
    const after = await lab.measure();
    process.stdout.write(
      `      ${during.sockets} sockets; ${count} logins in ${((opened - started) / 1000).toFixed(1)} s, their work in ${((performance.now() - opened) / 1000).toFixed(1)} s; longest stall ${after.longestStallMilliseconds.toFixed(0)} ms\n`,
    );
    for (const each of clients) each.end();
    await releases(before);
  });

  it("get no more of an endless answer than they read", async () => {
    const { host, port, user, password } = lab.ready.sqlServers[0] ?? assert.fail();
    const before = await lab.measure();
    const deaf = await Promise.all(Array.from({ length: 20 }, () => loggedIn(port, { user, password }, host)));
    for (const { socket } of deaf) stuck.push(socket.pause());
    for (const each of deaf) each.send(0x01, batch("WHILE 1 = 1 PRINT REPLICATE('x', 4000)"));
    await sleep(3000);
    const grown = (await lab.measure()).heapBytes - before.heapBytes;
    assert.ok(grown < heapGrowth, `${(grown / 2 ** 20).toFixed(1)} MiB for ${deaf.length} clients`);
    await releases(before);
  });

  it("are served by the management plane, while others are slow, half-open or do not read, and are released", async () => {
    const { arm, managedInstances } = lab.ready;
    const { hostname, port } = new URL(arm.endpoint);
    const token = await signIn({ ...arm, ca: lab.ca }).getToken(`${arm.endpoint}/.default`);
    const address = `${arm.endpoint}${managedInstances[0]?.id}/databases?api-version=2023-08-01`;
    const headers = { authorization: `Bearer ${token?.token}` };
    const ask = (agent: Agent): Promise<string> =>
      new Promise((resolve, reject) => {
        get(address, { agent, headers }, (response) => {
          let text = `${response.statusCode} `;
          response.on("data", (part) => {
            text += part;
          });
          response.once("end", () => resolve(text));
        }).once("error", reject);
      });
    const before = await lab.measure();

    const hello = Buffer.from("1603010200010001fc0303", "hex");
    const ways: readonly (() => Promise<unknown>)[] = [
      () => getStuck(Number(port), hostname, Buffer.alloc(0)),
      () => getStuck(Number(port), hostname, hello),
      () => getStuck(Number(port), hostname, Buffer.alloc(0), hello),
      () => getStuck(Number(port), hostname, Buffer.from("GET / HTTP/1.1\r\n\r\n")),
      async () => (await getStuck(Number(port), hostname, hello)).end(),
      ...[
        "",
        "GET /tenants HTTP/1.1\r\nhost: x\r\nx: ",
        "POST /adfs/oauth2/token HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\ngrant_type=",
        "PUT /x HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab",
        "GET /metadata/endpoints HTTP/1.1\r\nhost: x\r\n\r\n".repeat(500),
      ].map((said) => async () => {
        const socket = connectTls({ port: Number(port), host: hostname, ca: lab.ca, servername: "localhost" });
        socket.on("error", () => {});
        stuck.push(socket);
        await once(socket, "secureConnect");
        socket.pause();
        socket.write(said);
      }),
    ];
    await Promise.all(ways.flatMap((way) => Array.from({ length: stuckCount }, way)));

    const agent = new Agent({ keepAlive: true, maxSockets: count, ca: lab.ca });
    const started = performance.now();
    const answers = await Promise.all(Array.from({ length: 3 * count }, () => ask(agent)));
    assert.deepEqual([...new Set(answers)], ['200 {"value":[]}']);
    const during = await lab.measure();
    process.stdout.write(
      `      ${during.sockets} sockets; ${answers.length} requests over ${count} of them in ${((performance.now() - started) / 1000).toFixed(1)} s; longest stall ${during.longestStallMilliseconds.toFixed(0)} ms\n`,
    );
    agent.destroy();
    await releases(before);
  });
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { ProtocolError } from "#lab/tds/bytes";
import { UnsupportedType } from "#lab/tds/decode";
import { readLogin7 } from "#lab/tds/login7";
import { readPrelogin } from "#lab/tds/prelogin";
import { readBatch, readCalls, readTransactionRequest } from "#lab/tds/requests";
import { SqlError } from "#lab/tsql/messages";
import { password, select, startServer, type TestServer } from "./backend";
import { batch, call, loggedIn, login7, packet, prelogin, type RawClient, rawClient, transaction } from "./raw-client";

const seed = 20261123;
/** The errors for a type that is not read and for a value that its type does not have. */
const refusals: ReadonlySet<number> = new Set([4816, 8009, 8023]);
const utf16 = (text: string): Buffer => Buffer.from(text, "utf16le");

/** A call with a parameter of most types, so that mutations reach every decoder. */
const parameters = [
  "0000e7ffff0904d00034feffffffffffffff040000006100620000000000",
  "02400061000126040400000005",
  "000068010101",
  "00006c11260405010a000000",
  "0000a50800020001ff",
  "0000a7ffff0904d0003403000000000000000300000061626300000000",
  "0000241010000102030405060708090a0b0c0d0e0f",
  "00002a07080000000000000000",
  "00006f08080000000000000000",
  "000062491f000006000000380001000000",
].map((hex) => Buffer.from(hex, "hex"));

describe("malformed input to the TDS listener", () => {
  let server: TestServer;
  let port: number;
  before(async () => {
    server = await startServer();
    port = server.listener.port;
    server.answer = ({ text, sink }) =>
      select(sink, [text], [{ name: "echo", type: { name: "nvarchar", length: "max" }, nullable: true }]);
  });
  after(() => server.listener.close());

  async function stillServes(client?: RawClient): Promise<void> {
    const used = client ?? (await loggedIn(port, { password }));
    used.send(0x01, batch("alive"));
    assert.ok((await used.message()).includes(utf16("alive")));
    used.end();
  }

  const nonsense: readonly (readonly [what: string, bytes: Buffer])[] = [
    ["an HTTP request", Buffer.from("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")],
    ["an unknown packet type", packet(0x55, Buffer.alloc(4))],
    ["a packet shorter than its header", Buffer.from([0x12, 1, 0, 7, 0, 0, 0, 0])],
    ["a packet larger than any that can be agreed upon", Buffer.from([0x12, 1, 0x80, 0, 0, 0, 0, 0])],
    ["a response", packet(0x04, Buffer.alloc(4))],
    ["a PRELOGIN without end", packet(0x12, Buffer.from([0, 0, 6]))],
    ["a PRELOGIN whose option lies outside", packet(0x12, Buffer.from([0, 0x10, 0, 0, 6, 0xff]))],
    ["a PRELOGIN without a version", packet(0x12, Buffer.from([0xff]))],
    ["an oversized PRELOGIN", packet(0x12, Buffer.alloc(20_000))],
    ["a login before PRELOGIN", packet(0x10, login7({ password }))],
    ["a batch before the login", packet(0x01, batch("select 1"))],
    ["an attention before the login", packet(0x06, Buffer.alloc(0))],
    ["TLS that is none", Buffer.concat([Buffer.from([0x16, 3, 1, 0, 40]), Buffer.alloc(200, 7)])],
    ["a multiplexed (MARS) packet", Buffer.from([0x53, 1, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0])],
  ];
  for (const [what, bytes] of nonsense) {
    it(`ends the connection over ${what}`, async () => {
      const bystander = await loggedIn(port, { password });
      const client = await rawClient(port);
      client.socket.write(bytes);
      await client.closed();
      await stillServes(bystander);
    });
  }

  const requests: readonly (readonly [what: string, type: number, payload: Buffer])[] = [
    ["headers longer than the message", 0x01, Buffer.from([0xff, 0xff, 0, 0])],
    ["headers shorter than their length", 0x01, Buffer.from([0, 0, 0, 0])],
    ["a batch with half a character", 0x01, Buffer.concat([batch("x"), Buffer.from([1])])],
    ["a call without a procedure", 0x03, call(10).subarray(0, 23)],
    ["a procedure number that does not exist", 0x03, call(77)],
    ["a parameter that ends too soon", 0x03, call(10, Buffer.from([0, 0, 0xe7, 6, 0, 9, 4, 0xd0, 0, 0x34, 60, 0]))],
    [
      "a (max) parameter that ends too soon",
      0x03,
      call(10, Buffer.concat([Buffer.from("0000e7ffff0904d00034", "hex"), Buffer.alloc(8, 1)])),
    ],
    ["an integer of three bytes", 0x03, call(10, Buffer.from([0, 0, 0x26, 3, 3, 1, 1, 1]))],
    ["an unknown transaction request", 0x0e, transaction(99, Buffer.alloc(0))],
    ["a second PRELOGIN", 0x12, prelogin(2)],
    ["a second login", 0x10, login7({ password })],
  ];
  for (const [what, type, payload] of requests) {
    it(`ends a session over ${what}`, async () => {
      const bystander = await loggedIn(port, { password });
      const client = await loggedIn(port, { password });
      client.send(type, payload);
      await client.closed();
      await stillServes(bystander);
    });
  }

  it("ends a session whose packets belong to two messages", async () => {
    const client = await loggedIn(port, { password });
    client.send(0x01, batch("one"), 0);
    client.send(0x03, call(10));
    await client.closed();
  });

  it("takes a message in the smallest of packets, and any number of attentions at once", async () => {
    const client = await loggedIn(port, { password });
    const nothing = packet(0x01, Buffer.alloc(0), 0);
    client.write(Buffer.concat(Array.from({ length: 20_000 }, () => nothing)));
    client.write(Buffer.concat([...batch("tiny")].map((byte) => packet(0x01, Buffer.from([byte]), 0))));
    client.send(0x01, Buffer.alloc(0));
    assert.ok((await client.message()).includes(utf16("tiny")));
    const attentions = 8000;
    const started = performance.now();
    client.write(Buffer.concat(Array.from({ length: attentions }, () => packet(0x06, Buffer.alloc(0)))));
    for (let answered = 0; answered < attentions; answered++) assert.equal((await client.message())[0], 0xfd);
    assert.ok(performance.now() - started < 5000);
    await stillServes(client);
  });

  it("refuses a value that its type does not have with 8023, and goes on", async () => {
    const client = await loggedIn(port, { password });
    for (const value of [
      "6f0808ffffff7f00000000",
      "6f080800000000ffffffff",
      "2803ffffff",
      "2a0708ffffffffff010203",
      "6d0808000000000000f07f",
    ]) {
      const parameter = Buffer.concat([Buffer.from([0, 0]), Buffer.from(value, "hex")]);
      client.send(0x03, call(10, parameter));
      const answer = await client.message();
      assert.deepEqual([answer[0], answer.readInt32LE(3)], [0xaa, 8023], value);
    }
    await stillServes(client);
  });

  it("ends a login that grows beyond 128 KB", async () => {
    const client = await rawClient(port);
    client.send(0x12, prelogin(2));
    await client.message();
    for (let sent = 0; sent < 6; sent++) client.send(0x10, Buffer.alloc(30_000), 0);
    await client.closed();
  });

  it("refuses a client that only speaks an older TDS", async () => {
    const client = await rawClient(port);
    client.send(0x12, prelogin(2));
    await client.message();
    client.send(0x10, login7({ password, tdsVersion: 0x71000001 }));
    await client.closed();
  });

  it("ends whoever has not logged in by the time for it, however it got stuck, and nobody else", async () => {
    const timeout = 400;
    const hurried = await startServer({ loginTimeoutMilliseconds: timeout });
    hurried.answer = server.answer;
    const idle = await loggedIn(hurried.listener.port, { password });
    const hello = Buffer.from([0x16, 3, 1, 2, 0, 1]);
    const stuck: readonly (readonly Buffer[])[] = [
      [],
      [packet(0x12, prelogin(2)).subarray(0, 11)],
      [packet(0x12, prelogin(2))],
      [packet(0x12, prelogin(2)), packet(0x10, login7({ password })).subarray(0, 50)],
      [packet(0x12, prelogin(1)), packet(0x12, hello)],
      [hello],
    ];
    const clients = await Promise.all(stuck.map(() => rawClient(hurried.listener.port)));
    const dripping = setInterval(() => clients[0]?.socket.write(Buffer.from([0x12])), 50);
    const started = performance.now();
    clients.forEach((client, index) => {
      for (const bytes of stuck[index] ?? []) client.socket.write(bytes);
    });
    await Promise.all(clients.slice(1).map((client) => client.closed()));
    clearInterval(dripping);
    assert.ok(performance.now() - started > timeout / 2);
    await clients[0]?.closed();
    await stillServes(idle);
    await hurried.listener.close();
  });

  it("answers everything to a client that stopped reading for a while", async () => {
    const client = await loggedIn(port, { password });
    client.socket.pause();
    const count = 60;
    for (let sent = 0; sent < count; sent++) client.send(0x01, batch("z".repeat(60)));
    await stillServes();
    client.socket.resume();
    for (let read = 0; read < count; read++) assert.ok((await client.message()).includes(utf16("zzz")));
    client.end();
  });

  it("reads any bytes at all to the end or to a protocol error", () => {
    const readers = [readPrelogin, readLogin7, readBatch, readCalls, readTransactionRequest];
    const valid = [
      prelogin(2),
      login7({ password }),
      batch("x"),
      call(10, ...parameters),
      transaction(7, Buffer.from([0, 1, 2, 0])),
    ];
    const accepts = (reader: (payload: Buffer) => unknown, payload: Buffer): boolean => {
      try {
        reader(payload);
      } catch (error) {
        const isKnown = error instanceof ProtocolError || error instanceof UnsupportedType;
        return isKnown || (error instanceof SqlError && refusals.has(error.number));
      }
      return true;
    };
    readers.forEach((reader, index) => {
      assert.doesNotThrow(() => reader(valid[index] ?? Buffer.alloc(0)));
      const prefixed = fc
        .tuple(fc.nat((valid[index]?.length ?? 0) + 1), fc.uint8Array({ maxLength: 120 }))
        .map(([kept, rest]) => Buffer.concat([(valid[index] ?? Buffer.alloc(0)).subarray(0, kept), rest]));
      fc.assert(
        fc.property(prefixed, (payload) => accepts(reader, payload)),
        { seed, numRuns: 3000 },
      );
    });
  });
});

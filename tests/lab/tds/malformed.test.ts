import assert from "node:assert/strict";
import fc from "fast-check";
import { ByteReader, ProtocolError } from "#lab/tds/bytes";
import { UnsupportedType } from "#lab/tds/decode";
import { readLogin7 } from "#lab/tds/login7";
import { readPrelogin } from "#lab/tds/prelogin";
import { readBatch, readCalls, readTransactionRequest, UnsupportedParameter } from "#lab/tds/requests";
import { readBulkLoad, readTableValue } from "#lab/tds/table-stream";
import { password, select, startServer, type TestServer } from "./backend";
import { batch, call, loggedIn, login7, packet, prelogin, type RawClient, rawClient, transaction } from "./raw-client";

const seed = 20261123;
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

  it("serves others while clients stop in the middle of a packet, byte by byte or not reading", async () => {
    const silent = await rawClient(port);
    const halfway = await rawClient(port);
    halfway.socket.write(packet(0x12, prelogin(2)).subarray(0, 11));
    const deaf = await loggedIn(port, { password });
    deaf.socket.pause();
    for (let sent = 0; sent < 1500; sent++) deaf.send(0x01, batch("z".repeat(15_000)));
    for (let served = 0; served < 50; served++) await stillServes();
    // The server has stopped reading from a client that does not read.
    assert.ok(deaf.socket.writableLength > 0);
    const slow = await rawClient(port);
    for (const byte of packet(0x12, prelogin(2))) {
      slow.socket.write(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal((await slow.message())[0], 0);
    halfway.socket.write(packet(0x12, prelogin(2)).subarray(11));
    assert.equal((await halfway.message())[0], 0);
    for (const client of [silent, halfway, deaf, slow]) client.end();
    await stillServes();
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

  it("survives thousands of mutated conversations, and hangs in none of them", async function () {
    this.timeout(120_000);
    const random = generator(seed);
    const conversation = Buffer.concat([
      packet(0x12, prelogin(2)),
      packet(0x10, login7({ password, features: Buffer.from("0a0100000001ff", "hex") })),
      packet(0x01, batch("select 1")),
      packet(0x03, call(10, ...parameters)),
      packet(0x0e, transaction(5, Buffer.from([2, 0]))),
      packet(0x06, Buffer.alloc(0)),
    ]);
    const start =
      packet(0x12, prelogin(2)).length +
      packet(0x10, login7({ password, features: Buffer.from("0a0100000001ff", "hex") })).length;
    const one = async (index: number): Promise<void> => {
      // Every other one leaves the login alone, so that the requests behind it are reached.
      const from = index % 2 === 0 ? 0 : start;
      const client = await rawClient(port);
      client.socket.resume();
      client.socket.end(Buffer.concat([conversation.subarray(0, from), mutate(conversation.subarray(from), random)]));
      await client.closed();
    };
    for (let index = 0; index < 3000; index += 10) {
      await Promise.all(Array.from({ length: 10 }, (_, offset) => one(index + offset)));
    }
    await stillServes();
  });

  it("reads any bytes at all to the end or to a protocol error", () => {
    const bulkLoad = (payload: Buffer) => readBulkLoad(new ByteReader(payload));
    const tableValue = (payload: Buffer) => readTableValue(new ByteReader(payload));
    const readers = [readPrelogin, readLogin7, readBatch, readCalls, readTransactionRequest, bulkLoad, tableValue];
    const valid = [
      prelogin(2),
      login7({ password }),
      batch("x"),
      call(10, ...parameters),
      transaction(7, Buffer.from([0, 1, 2, 0])),
      // One column of int, one row as it is and one with a bitmap of its NULLs.
      Buffer.from("8101000000000008002604016100d10407000000d201fd00000000000000000000000000", "hex"),
      Buffer.from("f3000001540001000000000000002604000001040700000000", "hex"),
    ];
    const accepts = (reader: (payload: Buffer) => unknown, payload: Buffer): boolean => {
      try {
        reader(payload);
      } catch (error) {
        return [ProtocolError, UnsupportedParameter, UnsupportedType].some((kind) => error instanceof kind);
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

/** mulberry32: the same numbers every time. */
function generator(start: number): (below: number) => number {
  let state = start;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function mutate(original: Buffer, random: (below: number) => number): Buffer {
  let bytes = Buffer.from(original);
  for (let count = 1 + random(4); count > 0; count--) {
    const at = random(bytes.length);
    const kind = random(5);
    if (kind === 0) bytes[at] = random(256);
    else if (kind === 1) bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
    else if (kind === 2) bytes = bytes.subarray(0, Math.max(1, at));
    else if (kind === 3)
      bytes = Buffer.concat([bytes.subarray(0, at), Buffer.alloc(1 + random(9), random(256)), bytes.subarray(at)]);
    else bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.min(bytes.length - 1, at + 1 + random(9)))]);
  }
  return bytes;
}

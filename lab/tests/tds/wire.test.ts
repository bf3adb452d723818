import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectTls } from "node:tls";
import { password, select, startServer, type TestServer } from "./backend";
import {
  batch,
  call,
  loggedIn,
  login7,
  packet,
  prelogin,
  preloginOption,
  type RawClient,
  rawClient,
  transaction,
} from "./raw-client";

const off = 0;
const on = 1;
const notSupported = 2;
const required = 3;
const doneFinal = "fd000000000000000000000000";
const doneAttention = "fd200000000000000000000000";

const hex = (bytes: Buffer): string => bytes.toString("hex");
const utf16 = (text: string): Buffer => Buffer.from(text, "utf16le");

describe("what the TDS listener puts on the wire", () => {
  let server: TestServer;
  let port: number;
  beforeEach(async () => {
    server = await startServer();
    port = server.listener.port;
    server.answer = ({ text, sink }) =>
      select(sink, [text], [{ name: "echo", type: { name: "nvarchar", length: "max" }, nullable: true }]);
  });
  afterEach(() => server.listener.close());

  /** Connects and exchanges PRELOGIN. */
  async function begun(encryption = notSupported): Promise<RawClient> {
    const client = await rawClient(port);
    client.send(0x12, prelogin(encryption));
    await client.message();
    return client;
  }

  it("answers PRELOGIN in a response packet, version first, with what each kind of client may encrypt", async () => {
    const forced = await startServer({ forceEncryption: true });
    try {
      for (const [wanted, free, strictly] of [
        [off, off, required],
        [on, on, on],
        [notSupported, notSupported, required],
        [required, on, on],
      ] as const) {
        for (const [target, expected] of [
          [server, free],
          [forced, strictly],
        ] as const) {
          const client = await rawClient(target.listener.port);
          client.send(0x12, prelogin(wanted));
          const answer = await client.message();
          assert.equal(hex(answer.subarray(0, 1)), "00");
          assert.equal(hex(preloginOption(answer, 0) ?? Buffer.alloc(0)), "1000104f0000");
          assert.deepEqual([...(preloginOption(answer, 1) ?? [])], [expected]);
          assert.equal(preloginOption(answer, 6), undefined);
          client.end();
        }
      }
    } finally {
      await forced.listener.close();
    }
  });

  it("answers the question for federated authentication only where it is asked", async () => {
    const client = await rawClient(port);
    client.send(0x12, prelogin(notSupported, [6]));
    assert.equal(hex(preloginOption(await client.message(), 6) ?? Buffer.alloc(0)), "00");
    client.end();
  });

  it("encrypts the login alone for a client that does not ask for more", async () => {
    const client = await begun(off);
    await client.upgrade(server.ca);
    client.send(0x10, login7({ password }));
    client.downgrade();
    assert.equal((await client.message())[0], 0xe3);
    client.send(0x01, batch("in clear"));
    assert.ok((await client.message()).includes(utf16("in clear")));
    assert.equal(server.logins[0]?.password, password);
    client.end();
  });

  it("keeps everything encrypted for a client that asks for it", async () => {
    const client = await begun(on);
    await client.upgrade(server.ca);
    client.send(0x10, login7({ password }));
    await client.message();
    client.send(0x01, batch("encrypted"));
    assert.ok((await client.message()).includes(utf16("encrypted")));
    client.end();
  });

  it("does not take a password in clear after it agreed to encrypt the login", async () => {
    for (const encryption of [off, on, required]) {
      const client = await begun(encryption);
      client.send(0x10, login7({ password }));
      await client.closed();
    }
    assert.equal(server.logins.length, 0);
  });

  it("agrees on tds/8.0 with a client that starts with TLS", async () => {
    const socket = connectTls({
      port,
      host: "127.0.0.1",
      ca: server.ca,
      servername: "localhost",
      ALPNProtocols: ["tds/8.0"],
    });
    await once(socket, "secureConnect");
    assert.deepEqual([socket.alpnProtocol, socket.getProtocol()], ["tds/8.0", "TLSv1.3"]);
    socket.write(packet(0x12, prelogin(notSupported)));
    const [answer] = (await once(socket, "data")) as [Buffer];
    assert.equal(answer[0], 0x04);
    socket.destroy();
  });

  it("answers a login in the server's order, and acknowledges UTF-8 only to who asked", async () => {
    for (const [features, acknowledged] of [
      [undefined, ""],
      [Buffer.from("0a0100000001ff", "hex"), "ae0a0100000001ff"],
      [Buffer.from("ff", "hex"), ""],
    ] as const) {
      const client = await begun();
      client.send(0x10, login7({ password, features, packetSize: 8000 }));
      const answer = await client.message();
      const order: string[] = [];
      for (let at = 0; at < answer.length; ) {
        const token = answer.readUInt8(at);
        if (token === 0xfd || token === 0xae) {
          order.push(hex(answer.subarray(at)));
          break;
        }
        order.push(
          token === 0xe3
            ? `e3 ${answer.readUInt8(at + 3)}`
            : token === 0xab
              ? `ab ${answer.readInt32LE(at + 3)} ${answer.readUInt8(at + 7)}`
              : token.toString(16),
        );
        at += 3 + answer.readUInt16LE(at + 1);
      }
      assert.deepEqual(order, [
        "e3 1",
        "ab 5701 2",
        "e3 7",
        "e3 2",
        "ab 5703 1",
        "ad",
        "e3 4",
        acknowledged + doneFinal,
      ]);
      assert.ok(answer.includes(Buffer.concat([Buffer.from([4]), utf16("8000"), Buffer.from([4]), utf16("4096")])));
      assert.ok(answer.includes(Buffer.from("0174000004", "hex")));
      client.end();
    }
  });

  it("refuses Windows authentication by its number, and hangs up", async () => {
    const client = await begun();
    client.send(0x10, login7({ integrated: true }));
    const answer = await client.message();
    assert.deepEqual(
      [answer[0], answer.readInt32LE(3), hex(answer.subarray(-13))],
      [0xaa, 18452, "fd020000000000000000000000"],
    );
    await client.closed();
  });

  it("sends all the errors of a refused login, the cause first", async () => {
    const client = await begun();
    client.send(0x10, login7({ password, database: "missing" }));
    const answer = await client.message();
    const second = 3 + answer.readUInt16LE(1);
    const numbers = [answer.readInt32LE(3), answer.readInt32LE(second + 3)];
    const classes = [answer.readUInt8(8), answer.readUInt8(second + 8)];
    assert.deepEqual(
      [numbers, classes],
      [
        [4060, 18456],
        [11, 14],
      ],
    );
    assert.equal(hex(answer.subarray(-13)), "fd020000000000000000000000");
    await client.closed();
  });

  it("tells a client what went wrong with its login in the lab itself", async () => {
    server.login = () => {
      throw new RangeError("a bug");
    };
    const client = await begun();
    client.send(0x10, login7({ password }));
    assert.ok((await client.message()).includes(utf16("[lab] An internal error occurred: a bug")));
    await client.closed();
  });

  it("does not log in who brings a token", async () => {
    const client = await begun();
    client.send(0x10, login7({ features: Buffer.from("020100000001ff", "hex") }));
    assert.equal((await client.message()).readInt32LE(3), 18456);
    await client.closed();
    assert.equal(server.logins.length, 0);
  });

  it("cuts its answers into packets of the size agreed upon, within 512 and 32767", async () => {
    for (const [asked, agreed] of [
      [100, 512],
      [512, 512],
      [5000, 5000],
      [40000, 32767],
    ] as const) {
      const client = await loggedIn(port, { password, packetSize: asked });
      const sizes: number[] = [];
      client.send(0x01, batch("x".repeat(14_000)));
      let bytes = Buffer.alloc(0);
      for await (const chunk of client.socket as AsyncIterable<Buffer>) {
        bytes = Buffer.concat([bytes, chunk]);
        for (let at = 0; bytes.length >= at + 8; ) {
          sizes.push(bytes.readUInt16BE(at + 2));
          at += sizes.at(-1) ?? 0;
        }
        const total = sizes.reduce((sum, size) => sum + size, 0);
        if (total <= bytes.length && total > 28_000) break;
        sizes.length = 0;
      }
      assert.equal(Math.max(...sizes), Math.min(agreed, sizes[0] ?? 0));
      assert.ok(agreed === 32767 ? sizes.length === 1 : sizes.slice(0, -1).every((size) => size === agreed));
      client.end();
    }
  });

  it("chooses the shorter of ROW and NBCROW, and never NBCROW for a client before TDS 7.3B", async () => {
    const columns = Array.from({ length: 9 }, (_, index) => ({
      name: `${index}`,
      type: { name: "int" } as const,
      nullable: true,
    }));
    const firstRow = async (tdsVersion: number, nulls: number): Promise<number> => {
      server.answer = ({ sink }) =>
        select(
          sink,
          columns.map((_, index) => (index < nulls ? null : 1)),
          columns,
        );
      const client = await loggedIn(port, { password, tdsVersion });
      client.send(0x01, batch("select"));
      const answer = await client.message();
      client.end();
      // COLMETADATA: token, count, nine times user type, flags, INTN 4, a name of one character.
      return answer[3 + 9 * (4 + 2 + 2 + 3)] ?? 0;
    };
    assert.equal(await firstRow(0x74000004, 2), 0xd1);
    assert.equal(await firstRow(0x74000004, 3), 0xd2);
    assert.equal(await firstRow(0x730b0003, 9), 0xd2);
    assert.equal(await firstRow(0x730a0003, 9), 0xd1);
  });

  it("marks every DONE but the last with MORE, by the kind of request", async () => {
    server.answer = ({ sink }) => {
      sink.statementEnd({ rowCount: 2, isSelect: false, failed: false });
      sink.statementEnd({ isSelect: true, failed: true });
    };
    const client = await loggedIn(port, { password });
    client.send(0x01, batch("two"));
    assert.equal(hex(await client.message()), `fd1100fd000200000000000000${"fd0200c1000000000000000000"}`);
    const statement = Buffer.concat([Buffer.from([0, 0, 0xe7, 6, 0, 9, 4, 0xd0, 0, 0x34, 6, 0]), utf16("two")]);
    client.send(0x03, call(10, statement));
    assert.equal(
      hex(await client.message()),
      `ff1100fd000200000000000000${"ff0300c1000000000000000000"}7900000000${"fe0200e0000000000000000000"}`,
    );
    client.end();
  });

  it("runs all the calls of one message", async () => {
    const seen: string[] = [];
    server.answer = ({ text }) => void seen.push(text);
    const statement = (text: string): Buffer =>
      Buffer.concat([Buffer.from([0, 0, 0xe7, 2, 0, 9, 4, 0xd0, 0, 0x34, 2, 0]), utf16(text)]);
    const client = await loggedIn(port, { password });
    const next = Buffer.from("ffffff0a000000", "hex");
    const notExecuted = Buffer.from("feffff0a000000", "hex");
    client.send(0x03, Buffer.concat([call(10, statement("a")), notExecuted, statement("b"), next, statement("c")]));
    assert.equal(
      hex(await client.message()),
      "7900000000fe0100e00000000000000000007900000000fe0000e0000000000000000000",
    );
    assert.deepEqual(seen, ["b", "c"]);
    client.end();
  });

  it("answers transactions with their descriptor", async () => {
    const client = await loggedIn(port, { password });
    client.send(0x0e, transaction(5, Buffer.from([2, 0])));
    const begun = await client.message();
    assert.equal(hex(begun.subarray(0, 5)), "e30b000808");
    const descriptor = hex(begun.subarray(5, 13));
    assert.notEqual(descriptor, "0000000000000000");
    client.send(0x0e, transaction(7, Buffer.from([0, 0])));
    assert.equal(hex(await client.message()), `e30b00090008${descriptor}${doneFinal}`);
    client.send(0x0e, transaction(8, Buffer.from([0, 1, 2, 0])));
    const rolledBack = await client.message();
    assert.deepEqual([rolledBack[3], rolledBack[17]], [10, 8]);
    assert.deepEqual(server.log, ["begin", "commit", "rollback", "begin"]);
    client.send(0x0e, transaction(0, Buffer.alloc(0)));
    assert.ok((await client.message()).includes(utf16("TM_GET_DTC_ADDRESS is not spoken")));
    client.end();
  });

  it("resets the session before a request that asks for it", async () => {
    const client = await loggedIn(port, { password });
    server.answer = ({ text }) => void server.log.push(text);
    client.send(0x01, batch("after"), 0x09);
    assert.equal(hex(await client.message()), `e30300120000${doneFinal}`);
    assert.deepEqual(server.log, ["reset", "after"]);
    client.end();
  });

  it("runs nothing of a message that the client took back while sending it", async () => {
    const client = await loggedIn(port, { password });
    client.send(0x01, batch("half"), 0x00);
    client.send(0x01, Buffer.alloc(0), 0x03);
    assert.equal(hex(await client.message()), doneFinal);
    client.send(0x01, batch("half again"), 0x00);
    client.send(0x06, Buffer.alloc(0));
    assert.equal(hex(await client.message()), doneAttention);
    client.send(0x01, batch("whole"));
    assert.ok((await client.message()).includes(utf16("whole")));
    client.end();
  });

  it("answers an attention with a message of its own, after the one of the request", async () => {
    const client = await loggedIn(port, { password });
    server.answer = ({ signal }) => {
      client.send(0x06, Buffer.alloc(0));
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("aborted"))));
    };
    client.send(0x01, batch("waitfor"));
    assert.equal(hex(await client.message()), "fd0200fd000000000000000000");
    assert.equal(hex(await client.message()), doneAttention);
    client.send(0x06, Buffer.alloc(0));
    assert.equal(hex(await client.message()), doneAttention);
    client.end();
  });

  it("runs the requests of one connection one after the other", async () => {
    let running = 0;
    let most = 0;
    server.answer = async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
    };
    const client = await loggedIn(port, { password });
    for (let count = 0; count < 40; count++) client.send(0x01, batch(`${count}`));
    for (let count = 0; count < 40; count++) assert.equal(hex(await client.message()), doneFinal);
    assert.equal(most, 1);
    client.end();
  });
});

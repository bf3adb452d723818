import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { connect as connectTls, type TLSSocket } from "node:tls";

/** A client that can say anything, byte by byte. It is written from MS-TDS, not from the server's code. */
export interface RawClient {
  readonly socket: Socket;
  /** Sends one packet of a message; status 1 is its last. */
  send(type: number, payload: Buffer, status?: number): void;
  /** Sends any bytes as they are; encrypted if `send` is. */
  write(bytes: Buffer): void;
  /** Waits for the next message from the server and returns its payload. */
  message(): Promise<Buffer>;
  /** Bytes that came and belong to no whole message yet. */
  readonly unread: Buffer;
  /** Waits until the server has ended the connection. */
  closed(): Promise<void>;
  /** Starts TLS in PRELOGIN packets; afterwards `send` encrypts, and the server's answers are decrypted. */
  upgrade(ca: string): Promise<void>;
  /** Starts TLS before anything else (TDS 8.0). */
  strict(ca: string): Promise<void>;
  /** Goes back to bare packets, as after a login that alone was encrypted. */
  downgrade(): void;
  end(): void;
}

export function packet(type: number, payload: Buffer, status = 1): Buffer {
  const header = Buffer.from([type, status, 0, 0, 0, 0, 1, 0]);
  header.writeUInt16BE(8 + payload.length, 2);
  return Buffer.concat([header, payload]);
}

export async function rawClient(port: number, host = "127.0.0.1"): Promise<RawClient> {
  const socket = connect(port, host);
  await once(socket, "connect");
  socket.on("error", () => {});
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  let unread: Buffer = Buffer.alloc(0);
  let wake: () => void = () => {};
  let receive = (bytes: Buffer): void => {
    unread = Buffer.concat([unread, bytes]);
    wake();
  };
  const bare = receive;
  socket.on("data", (bytes: Buffer) => receive(bytes));
  socket.on("close", () => wake());
  let clear: TLSSocket | undefined;

  async function secure(encrypted: TLSSocket): Promise<void> {
    clear = encrypted;
    encrypted.on("error", () => socket.destroy());
    encrypted.on("data", bare);
    socket.once("close", () => encrypted.destroy());
    await once(encrypted, "secureConnect");
  }

  async function whole(): Promise<{ last: boolean; payload: Buffer }> {
    while (unread.length < 8 || unread.length < unread.readUInt16BE(2)) {
      if (socket.destroyed) throw new Error(`the server hung up with ${unread.length} bytes unread`);
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    const length = unread.readUInt16BE(2);
    const taken = { last: (unread.readUInt8(1) & 1) === 1, payload: unread.subarray(8, length) };
    unread = unread.subarray(length);
    return taken;
  }

  const client: RawClient = {
    socket,
    get unread() {
      return unread;
    },
    send: (type, payload, status = 1) => client.write(packet(type, payload, status)),
    write: (bytes) => void (clear ?? socket).write(bytes),
    async message() {
      const parts: Buffer[] = [];
      for (;;) {
        const { last, payload } = await whole();
        parts.push(payload);
        if (last) return Buffer.concat(parts);
      }
    },
    closed: () => closed,
    async upgrade(ca) {
      let wrapped = true;
      let pending: Buffer = Buffer.alloc(0);
      const duplex = new Duplex({
        read() {},
        write(bytes: Buffer, _encoding, done) {
          socket.write(wrapped ? packet(0x12, bytes) : bytes);
          done();
        },
      });
      receive = (bytes) => {
        if (!wrapped) {
          duplex.push(bytes);
          return;
        }
        pending = Buffer.concat([pending, bytes]);
        while (pending.length >= 8 && pending.length >= pending.readUInt16BE(2)) {
          const length = pending.readUInt16BE(2);
          duplex.push(pending.subarray(8, length));
          pending = pending.subarray(length);
        }
      };
      await secure(connectTls({ socket: duplex, ca, servername: "localhost", maxVersion: "TLSv1.2" }));
      wrapped = false;
    },
    async strict(ca) {
      receive = () => {};
      await secure(connectTls({ socket, ca, servername: "localhost", ALPNProtocols: ["tds/8.0"] }));
    },
    downgrade() {
      clear = undefined;
      receive = bare;
    },
    end: () => socket.destroy(),
  };
  return client;
}

/** Makes a PRELOGIN with VERSION and ENCRYPTION. */
export function prelogin(encryption: number, extra: readonly number[] = []): Buffer {
  const options: number[] = [];
  const tokens = [0, 1, ...extra];
  const lengths = tokens.map((token) => (token === 0 ? 6 : 1));
  let offset = tokens.length * 5 + 1;
  tokens.forEach((token, index) => {
    const length = lengths[index] ?? 0;
    options.push(token, offset >> 8, offset & 0xff, length >> 8, length & 0xff);
    offset += length;
  });
  const values = tokens.flatMap((token) => (token === 0 ? [16, 0, 0, 0, 0, 0] : [token === 1 ? encryption : 1]));
  return Buffer.from([...options, 0xff, ...values]);
}

/** The option of a PRELOGIN answer. */
export function preloginOption(answer: Buffer, token: number): Buffer | undefined {
  for (let at = 0; answer[at] !== 0xff; at += 5) {
    if (answer[at] !== token) continue;
    const offset = answer.readUInt16BE(at + 1);
    return answer.subarray(offset, offset + answer.readUInt16BE(at + 3));
  }
  return undefined;
}

export interface Login {
  readonly user?: string;
  readonly password?: string;
  readonly tdsVersion?: number;
  readonly packetSize?: number;
  readonly integrated?: boolean;
  readonly database?: string;
  readonly newPassword?: string;
  /** A feature extension block, with its end. */
  readonly features?: Buffer;
}

export function login7(login: Login): Buffer {
  const {
    user = "sa",
    password = "",
    tdsVersion = 0x74000004,
    packetSize = 4096,
    integrated = false,
    features,
  } = login;
  const hidden = Buffer.from(password, "utf16le").map((byte) => (((byte << 4) | (byte >> 4)) & 0xff) ^ 0xa5);
  const fields: [entry: number, bytes: Buffer][] = [
    [36, Buffer.from("host", "utf16le")],
    [40, Buffer.from(user, "utf16le")],
    [44, Buffer.from(hidden)],
    [48, Buffer.from("raw", "utf16le")],
    [52, Buffer.from("localhost", "utf16le")],
    [68, Buffer.from(login.database ?? "master", "utf16le")],
    [86, Buffer.from(login.newPassword ?? "", "utf16le")],
  ];
  const header = Buffer.alloc(94);
  header.writeUInt32LE(tdsVersion, 4);
  header.writeUInt32LE(packetSize, 8);
  if (integrated) header.writeUInt8(0x80, 25);
  const parts: Buffer[] = [header];
  let offset = 94;
  const append = (bytes: Buffer): number => {
    const start = offset;
    parts.push(bytes);
    offset += bytes.length;
    return start;
  };
  for (const [entry, bytes] of fields) {
    header.writeUInt16LE(append(bytes), entry);
    header.writeUInt16LE(bytes.length / 2, entry + 2);
  }
  if (features) {
    header.writeUInt8(0x10, 27);
    const pointer = Buffer.alloc(4);
    header.writeUInt16LE(append(pointer), 56);
    header.writeUInt16LE(4, 58);
    pointer.writeUInt32LE(append(features));
  }
  header.writeUInt32LE(offset, 0);
  return Buffer.concat(parts);
}

const allHeaders = Buffer.from("16000000120000000200000000000000000001000000", "hex");

export const batch = (text: string): Buffer => Buffer.concat([allHeaders, Buffer.from(text, "utf16le")]);

/** Makes a call by procedure number, with parameters that are already encoded. */
export function call(procedure: number, ...parameters: Buffer[]): Buffer {
  return Buffer.concat([allHeaders, Buffer.from([0xff, 0xff, procedure, 0, 0, 0]), ...parameters]);
}

export const transaction = (type: number, rest: Buffer): Buffer =>
  Buffer.concat([allHeaders, Buffer.from([type, 0]), rest]);

/** Connects without encryption and logs in. */
export async function loggedIn(port: number, login: Login, host?: string): Promise<RawClient> {
  const client = await rawClient(port, host);
  client.send(0x12, prelogin(2));
  await client.message();
  client.send(0x10, login7(login));
  await client.message();
  return client;
}

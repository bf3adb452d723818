import type { Socket } from "node:net";
import { ConnectionPool } from "mssql";
import { batch, loggedIn, packet } from "#lab-tests/tds/raw-client";

/** Where a server is, and who may sign in. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** PEM of the authority behind its TLS certificate. */
  readonly ca?: string;
}

/** Open connections, ready to send batches. */
export interface Load {
  /** How many batches a second were answered, one at a time on each connection. */
  run(text: string, milliseconds: number): Promise<number>;
  close(): Promise<void>;
}

const sqlBatch = 0x01;

/** A client that does no more than a client must: it sends bytes, and knows a whole answer when it sees one. */
export async function openRawLoad({ host, port, user, password }: Target, connections: number): Promise<Load> {
  const clients = await Promise.all(
    Array.from({ length: connections }, () => loggedIn(port, { user, password }, host)),
  );
  return {
    async run(text, milliseconds) {
      const request = packet(sqlBatch, batch(text));
      const start = performance.now();
      const counts = await Promise.all(
        clients.map(({ socket }) => repeat(socket, request, text, start + milliseconds)),
      );
      return (sum(counts) * 1000) / (performance.now() - start);
    },
    async close() {
      for (const client of clients) client.end();
    },
  };
}

/** Sends the batch again and again. Every answer must equal the first one, which must be no error. */
function repeat(socket: Socket, request: Buffer, text: string, until: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let first: Buffer | undefined;
    let unread: Buffer = Buffer.alloc(0);
    let answered = 0;
    const fail = (what: string) => reject(new Error(`${what} to ${text}`));
    const hungUp = () => fail("no answer");
    const receive = (bytes: Buffer): void => {
      unread = unread.length === 0 ? bytes : Buffer.concat([unread, bytes]);
      if (!isWhole(unread)) return;
      if (first ? !first.equals(unread) : endsInError(unread)) return fail("an unexpected answer");
      first ??= unread;
      unread = Buffer.alloc(0);
      answered++;
      if (performance.now() < until) {
        socket.write(request);
      } else {
        socket.off("data", receive).off("close", hungUp);
        resolve(answered);
      }
    };
    // The client's own listener would keep every piece and put the whole together again, which costs time.
    socket.removeAllListeners("data");
    socket.on("data", receive).on("close", hungUp).write(request);
  });
}

/** Whether the bytes are packets up to the last one of a message. */
function isWhole(bytes: Buffer): boolean {
  for (let at = 0; at + 8 <= bytes.length; at += bytes.readUInt16BE(at + 2))
    if (bytes.readUInt8(at + 1) === 1) return at + bytes.readUInt16BE(at + 2) === bytes.length;
  return false;
}

/** An answer to a batch ends with DONE; its second bit says that the statement failed. */
function endsInError(answer: Buffer): boolean {
  const [token, status = 0] = answer.subarray(-13);
  return token !== 0xfd || (status & 2) !== 0;
}

/** The driver that most programs for Node have, over TLS, with as many connections in its pool. */
export async function openDriverLoad(target: Target, connections: number): Promise<Load> {
  const { host, port, user, password, ca } = target;
  const pool = await new ConnectionPool({
    server: host,
    port,
    user,
    password,
    pool: { min: connections, max: connections },
    options: { encrypt: true, trustServerCertificate: false, cryptoCredentialsDetails: { ca } },
  }).connect();
  return {
    async run(text, milliseconds) {
      const start = performance.now();
      const counts = await Promise.all(
        Array.from({ length: connections }, async () => {
          let answered = 0;
          for (; performance.now() < start + milliseconds; answered++) await pool.request().batch(text);
          return answered;
        }),
      );
      return (sum(counts) * 1000) / (performance.now() - start);
    },
    close: () => pool.close(),
  };
}

const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);

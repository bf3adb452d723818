import { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import { countOf } from "../support/counts";
import { batch, login7, packet, prelogin, type RawClient, rawClient } from "../tds/raw-client";
import { survive, type Target, Unacceptable } from "./campaign";
import { mutateBytes, randomFor } from "./mutation";
import { completed, mutatedLogin, mutatedPrelogin, mutatedRequest } from "./packets";
import { type RunningLab, startLabProcess } from "./running-lab";

const seed = 20261125;
const count = countOf(1_000_000);

/** The mutated packets come at these moments of a connection's life, each on so many lanes. */
const modes = [
  ["session", 28],
  ["login", 6],
  ["prelogin", 4],
  ["login encrypted", 2],
  ["encrypted", 3],
  ["strict", 3],
  ["handshake", 1],
  ["strict handshake", 1],
] as const;
type Mode = (typeof modes)[number][0];
const lanes: readonly Mode[] = modes.flatMap(([mode, share]) => Array.from({ length: share }, () => mode));

const tlsHandshake = 0x16;
const internalError = Buffer.from("[lab] An internal error occurred", "utf16le");

describe("mutated packets", () => {
  let lab: RunningLab;
  let clientHello: Buffer;
  let bystander: RawClient;
  before(async () => {
    lab = await startLabProcess();
    clientHello = await firstFlight();
    bystander = await openSession("session");
  });
  after(async () => {
    bystander.end();
    await lab.close();
  });

  const server = () => lab.ready.sqlServers[0] ?? { host: "", port: 0, password: "" };

  async function connect(): Promise<RawClient> {
    const { host, port } = server();
    return rawClient(port, host);
  }

  async function openSession(mode: Mode): Promise<RawClient> {
    const client = await connect();
    if (mode === "strict") await client.strict(lab.ca);
    client.send(0x12, prelogin(mode === "encrypted" ? 1 : mode === "login encrypted" ? 0 : 2));
    await client.message();
    if (mode === "encrypted" || mode === "login encrypted") await client.upgrade(lab.ca);
    client.send(0x10, login7({ password: server().password }));
    if (mode === "login encrypted") client.downgrade();
    await client.message();
    return client;
  }

  /** Opens a connection and brings it to the moment at which the mutated packet comes. */
  async function openFor(mode: Mode): Promise<RawClient> {
    if (mode === "prelogin" || mode === "strict handshake") return connect();
    if (mode !== "login" && mode !== "handshake") return openSession(mode);
    const client = await connect();
    client.send(0x12, prelogin(mode === "login" ? 2 : 1));
    await client.message();
    return client;
  }

  async function open(lane: number): Promise<Target> {
    const mode = lanes[lane] ?? "session";
    const client = await openFor(mode);
    async function handshake(bytes: Buffer): Promise<boolean> {
      client.socket.end(bytes);
      await client.closed();
      return false;
    }
    async function exchange(bytes: Buffer): Promise<boolean> {
      // The server waits for the rest of what begins like TLS (TDS 8.0), until the client says that no more comes.
      if (mode === "prelogin" && bytes[0] === tlsHandshake) return handshake(bytes);
      const { whole, messages } = completed(bytes);
      client.write(whole);
      const due = mode === "prelogin" ? Math.min(1, messages) : messages;
      for (let answered = 0; answered < due; answered++) {
        const answer = await client.message().catch(() => undefined);
        if (!answer) return false;
        refuseInternalError(answer);
      }
      return mode !== "prelogin" && mode !== "login" && !client.socket.destroyed;
    }
    return { send: mode.endsWith("handshake") ? handshake : exchange, end: () => client.end() };
  }

  function input(index: number): Buffer {
    const random = randomFor(seed, index);
    const mode = lanes[index % lanes.length] ?? "session";
    switch (mode) {
      case "prelogin":
        return mutatedPrelogin(random);
      case "login":
        return mutatedLogin(server().password, random);
      case "handshake":
        return random(3) === 0
          ? mutateBytes(packet(0x12, clientHello), random)
          : packet(0x12, mutateBytes(clientHello, random));
      case "strict handshake":
        return Buffer.concat([clientHello.subarray(0, 1), mutateBytes(clientHello.subarray(1), random)]);
      default:
        return mutatedRequest(random);
    }
  }

  it(`${count} of them neither crash the lab nor make it hang, and leave nothing behind`, async function () {
    this.timeout(60_000 + count * 10);
    await survive({
      lab,
      count,
      lanes: lanes.length,
      perConnection: 100,
      input,
      open,
      async bystander() {
        bystander.send(0x01, batch("select 'alive'"));
        if (!(await bystander.message()).includes("alive")) throw new Error("the bystander got another answer");
      },
    });
  });
});

function refuseInternalError(answer: Buffer): void {
  const at = answer.indexOf(internalError);
  if (at >= 0)
    throw new Unacceptable(
      answer
        .subarray(at, at + 240)
        .toString("utf16le")
        .replace(/[^ -~].*/s, ""),
    );
}

/** The first bytes of a TLS client. */
function firstFlight(): Promise<Buffer> {
  return new Promise((resolve) => {
    const duplex = new Duplex({ read() {}, write: (bytes: Buffer, _encoding, done) => done(void resolve(bytes)) });
    connectTls({ socket: duplex, servername: "localhost" }).on("error", () => {});
  });
}

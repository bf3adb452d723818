import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connect as connectTls, createSecureContext, type SecureContext } from "node:tls";
import { signIn } from "../managed-instance/arm-client";
import { countOf } from "../support/counts";
import { survive, type Target, Unacceptable } from "./campaign";
import { controlRequests, type HttpRequest, managementRequests, mutatedHttp } from "./http-requests";
import { randomFor } from "./mutation";
import { type RunningLab, startLabProcess } from "./running-lab";

const seed = 20261126;
const count = countOf(500_000);
const lanes = 24;
/** A request without an end waits for the rest of it: it gets its end with that of the connection. */
const endMilliseconds = 40;

describe("mutated HTTP requests", () => {
  let lab: RunningLab;
  let secureContext: SecureContext;
  /** A new connection goes on with the last one's TLS session, as clients do. */
  let session: Buffer | undefined;
  beforeEach(async () => {
    lab = await startLabProcess({ controlPort: 0, linkTimeoutMilliseconds: 20 });
    secureContext = createSecureContext({ ca: lab.ca });
    session = undefined;
  });
  afterEach(() => lab.close());

  async function dial(endpoint: string): Promise<Socket> {
    const { protocol, port, hostname } = new URL(endpoint);
    if (protocol === "http:") {
      const socket = connect(Number(port), hostname).on("error", () => {});
      await once(socket, "connect");
      return socket;
    }
    const socket = connectTls({ port: Number(port), host: hostname, secureContext, session, servername: "localhost" });
    socket
      .on("error", () => {})
      .once("session", (ticket: Buffer) => {
        session = ticket;
      });
    await once(socket, "secureConnect");
    return socket;
  }

  async function open(endpoint: string): Promise<Target<Buffer>> {
    const socket = await dial(endpoint);
    return {
      async send(bytes) {
        if (socket.destroyed) return false;
        const answer = answered(socket);
        socket.write(bytes);
        const end = setTimeout(() => socket.end(), endMilliseconds);
        const text = await answer;
        clearTimeout(end);
        if (/^HTTP\/1\.1 500|\[lab\] \w*Error/.test(text))
          throw new Unacceptable(text.slice(0, 100) + text.slice(-200));
        return !socket.writableEnded && !socket.destroyed;
      },
      end: () => socket.destroy(),
    };
  }

  /** Asks again on the same connection, for as long as the server leaves it open. */
  function asking(endpoint: string, path: string, expected: RegExp): () => Promise<void> {
    let socket: Socket | undefined;
    return async () => {
      if (!socket || socket.destroyed) socket = await dial(endpoint);
      const answer = answered(socket);
      socket.write(`GET ${path} HTTP/1.1\r\nhost: ${new URL(endpoint).host}\r\n\r\n`);
      const text = await answer;
      if (!expected.test(text)) throw new Error(`the bystander got ${text.slice(0, 300)}`);
    };
  }

  function attack(what: string, endpoint: string, requests: readonly HttpRequest[], bystander: () => Promise<void>) {
    return survive({
      lab,
      what,
      count,
      lanes,
      perConnection: 100,
      input: (index) => mutatedHttp(requests, randomFor(seed, index)),
      open: () => open(endpoint),
      show: (bytes) => JSON.stringify(bytes.toString("latin1").slice(0, 4000)),
      bystander,
    });
  }

  it(`${count} of them to the management plane and the sign-in service do no harm`, async function () {
    this.timeout(60_000 + count * 10);
    const { arm, managedInstances, sqlServers } = lab.ready;
    const address = { ...arm, ca: lab.ca };
    const token = await signIn(address).getToken(`${arm.endpoint}/.default`);
    const requests = managementRequests({
      ...arm,
      host: new URL(arm.endpoint).host,
      token: token?.token ?? "",
      instanceId: managedInstances[0]?.id ?? "",
      sqlServer: sqlServers[0]?.host ?? "",
    });
    const document = `/${arm.tenantId}/v2.0/.well-known/openid-configuration`;
    await attack("HTTPS requests", arm.endpoint, requests, asking(arm.endpoint, document, /"token_endpoint"/));
  });

  it(`${count} of them to the control port do no harm`, async function () {
    this.timeout(60_000 + count * 10);
    const endpoint = lab.ready.control?.endpoint ?? "";
    const requests = controlRequests(new URL(endpoint).host);
    await attack("HTTP requests", endpoint, requests, asking(endpoint, "/clock", /"now":"2/));
  });
});

/** The first answer that comes whole, or what has come when the connection ends. */
function answered(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const receive = (bytes: Buffer): void => {
      text += bytes.toString("latin1");
      const end = text.indexOf("\r\n\r\n") + 4;
      const [, length = 0] = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, end)) ?? [];
      if (end >= 4 && text.length >= end + Number(length)) done();
    };
    const done = (): void => {
      socket.off("data", receive).off("close", done);
      resolve(text);
    };
    socket.on("data", receive).once("close", done);
  });
}

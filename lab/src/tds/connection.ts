import type { Socket } from "node:net";
import type { Writable } from "node:stream";
import { sqlError } from "../tsql/messages";
import { ProtocolError } from "./bytes";
import type { TdsBackend, TdsSession } from "./contract";
import { createMessageReader, type Message, type MessageReader, packetType } from "./framing";
import { writeLoginAccepted } from "./login-response";
import {
  type Login7,
  negotiatePacketSize,
  negotiateVersion,
  readFederatedToken,
  readLogin7,
  tdsVersion,
} from "./login7";
import { encryption, negotiateEncryption, readPrelogin, writePrelogin } from "./prelogin";
import { createReply, type Reply } from "./reply";
import { answer, asErrors, type Pending, withCauses } from "./serve";
import { openStrictTls, openWrappedTls, type TlsChannel, type TlsContexts } from "./tls";
import { done, doneStatus, writeDone, writeFedAuthInfo } from "./tokens";

const preloginLimit = 4096;
/** MS-TDS 2.2.6.4 limits LOGIN7 to 128K - 1. */
const loginLimit = 131_071;
const requestLimit = 64 * 1024 * 1024;
/** The server stops reading when so many requests wait for an answer. */
const queueLimit = 16;
const farewell = 1_000;
/** How the server calls whoever signs in with a token. */
const tokenPrincipal = "<token-identified principal>";

/** Serves one socket until either side ends it. Whatever goes wrong in here ends this connection only. */
export function serveConnection(socket: Socket, backend: TdsBackend, tls: TlsContexts, loginTimeout: number): void {
  const queue: Pending[] = [];
  let wake: (() => void) | undefined;
  let unblock: (() => void) | undefined;
  let output: Writable = socket;
  let channel: TlsChannel | undefined;
  let phase: "prelogin" | "login" | "requests" | "over" = "prelogin";
  let loginOnly = false;
  /** The login that was told whose tokens are taken, and owes one. */
  let owing: Login7 | undefined;
  let session: TdsSession | undefined;
  let packetSize = 4096;
  let knowsNbc = false;

  const hangUp = (): void => {
    phase = "over";
    socket.destroy();
  };
  /** Closes the connection after the last answer has been sent. */
  const close = (): void => {
    phase = "over";
    output.end();
    if (output.destroyed) socket.end();
    setTimeout(() => socket.destroy(), farewell).unref();
  };
  const guarded = (work: () => void): void => {
    try {
      work();
    } catch {
      hangUp();
    }
  };

  const newReply = (): Reply =>
    createReply({
      serverName: backend.serverName,
      packetSize,
      spid: session?.spid ?? 0,
      knowsNbc,
      send: (packet) => output.write(packet),
      drained: () => (output.writableNeedDrain ? drained() : undefined),
    });
  /** Ends when the client has read what it was sent, or is gone. */
  const drained = (): Promise<void> =>
    new Promise((resolve) => {
      const done = (): void => {
        output.off("drain", done);
        socket.off("close", done);
        resolve();
      };
      output.once("drain", done);
      socket.once("close", done);
    });
  /** Waits until the client has taken the packet: a client that does not read gets no more of the server's work. */
  const send = (lastPacket: Buffer): Promise<void> =>
    new Promise((sent) => {
      unblock = sent;
      output.write(lastPacket, () => sent());
    });

  const messages: MessageReader = createMessageReader(preloginLimit, (message) => {
    if (phase === "over") return;
    // At once: behind others it could be cancelled, and nobody would be told.
    if (message.type === packetType.federatedToken && phase !== "login")
      throw new ProtocolError("a token has its time in the login");
    const pending = { message, abort: new AbortController() };
    // Requests before the last attention were cancelled by that one.
    if (message.type === packetType.attention)
      for (let at = queue.length - 1; at >= 0 && !queue[at]?.abort.signal.aborted; at--) queue[at]?.abort.abort();
    queue.push(pending);
    if (queue.length > queueLimit) socket.pause();
    wake?.();
  });

  let fromNetwork = (bytes: Buffer): void => {
    // The first byte tells TDS 8.0, which starts with TLS, from TDS 7, which starts with PRELOGIN.
    if (bytes[0] === 0x16) startTls(openStrictTls(socket, tls.strict));
    else fromNetwork = (more) => messages.receive(more);
    fromNetwork(bytes);
  };

  function startTls(opened: TlsChannel): void {
    channel = opened;
    output = opened.clear;
    opened.clear.on("data", (bytes: Buffer) => guarded(() => messages.receive(bytes)));
    opened.clear.on("error", hangUp);
    opened.clear.on("close", () => setImmediate(close));
    fromNetwork = (bytes) => opened.receive(bytes);
  }

  async function prelogin(message: Message): Promise<void> {
    if (message.type !== packetType.prelogin) throw new ProtocolError("PRELOGIN was due");
    const asked = readPrelogin(message.payload);
    const agreed = negotiateEncryption(asked.encryption, backend.forceEncryption && !channel);
    const reply = newReply();
    reply.writer.bytes(writePrelogin(backend.version, agreed, asked.asksFedAuth));
    phase = "login";
    messages.limit = loginLimit;
    if (!channel && agreed !== encryption.notSupported) {
      loginOnly = agreed === encryption.off;
      const plain = output;
      startTls(openWrappedTls(socket, tls.wrapped));
      plain.write(reply.endBare());
    } else {
      output.write(reply.endBare());
    }
  }

  async function login(message: Message): Promise<void> {
    const request = readLogin(message);
    if (loginOnly) {
      output = socket;
      fromNetwork = (bytes) => messages.receive(bytes);
    }
    const version = negotiateVersion(request.version);
    if (version === undefined) throw new ProtocolError("a TDS version before 7.3");
    if (request.fedAuth && request.fedAuth.token === undefined && takesTokens()) {
      owing = request;
      const reply = newReply();
      writeFedAuthInfo(
        reply.writer,
        backend.tokenIssuer?.stsUrl ?? "",
        backend.tokenIssuer?.servicePrincipalName ?? "",
      );
      await send(reply.endBare());
      return;
    }
    const result = await askBackend(request, version);
    if ("errors" in result) {
      const reply = newReply();
      for (const error of result.errors.flatMap(withCauses)) reply.error(error);
      await send(reply.end());
      close();
      return;
    }
    session = result.session;
    if (socket.destroyed) return;
    const reply = newReply();
    writeLoginAccepted(reply, backend, request, version, session);
    await send(reply.end());
    packetSize = negotiatePacketSize(request.packetSize);
    knowsNbc = version === tdsVersion.tds80 || version >= tdsVersion.tds73B;
    messages.limit = requestLimit;
    phase = "requests";
    clearTimeout(timer);
  }

  /** A token goes over TLS only. */
  const takesTokens = () => backend.tokenIssuer !== undefined && channel !== undefined && !loginOnly;

  function readLogin({ type, payload }: Message): Login7 {
    if (type !== (owing ? packetType.federatedToken : packetType.login7)) throw new ProtocolError("LOGIN7 was due");
    return owing ? { ...owing, fedAuth: { token: readFederatedToken(payload) } } : readLogin7(payload);
  }

  async function askBackend(request: Login7, version: number): ReturnType<TdsBackend["login"]> {
    if (request.integrated) return { errors: [sqlError(18452)] };
    if (request.fedAuth && !takesTokens()) return { errors: [sqlError(18456, tokenPrincipal)] };
    const { password, newPassword, database, hostName, applicationName } = request;
    const token = request.fedAuth?.token;
    const user = request.fedAuth ? tokenPrincipal : request.user;
    const client = {
      address: socket.remoteAddress ?? "",
      port: socket.remotePort ?? 0,
      isEncrypted: channel !== undefined && !loginOnly,
      packetSize: negotiatePacketSize(request.packetSize),
      tdsVersion: version,
      processId: request.processId,
      disconnect: hangUp,
    };
    try {
      return await backend.login({ user, password, token, newPassword, database, hostName, applicationName, client });
    } catch (error) {
      return { errors: asErrors(error) };
    }
  }

  async function request(pending: Pending): Promise<void> {
    if (!session) throw new ProtocolError("a request before the login");
    const reply = newReply();
    if (pending.message.type === packetType.attention) {
      writeDone(reply.writer, done.batch, doneStatus.attention);
      await send(reply.endBare());
      return;
    }
    await answer(pending, session, reply);
    await send(reply.end());
    if (reply.fatal) close();
  }

  async function next(): Promise<void> {
    const pending = queue[0];
    if (!pending) return;
    if (phase === "prelogin") await prelogin(pending.message);
    else if (phase === "login") await login(pending.message);
    else await request(pending);
    queue.shift();
    if (queue.length <= queueLimit && socket.isPaused()) socket.resume();
  }

  async function serve(): Promise<void> {
    while (phase !== "over" && !socket.destroyed) {
      if (queue.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      else await next();
    }
  }

  const timer = setTimeout(hangUp, loginTimeout).unref();
  socket.setNoDelay(true);
  socket.on("data", (bytes: Buffer) => guarded(() => phase !== "over" && fromNetwork(bytes)));
  socket.on("error", hangUp);
  socket.once("close", () => {
    phase = "over";
    clearTimeout(timer);
    for (const pending of queue) pending.abort.abort();
    wake?.();
    unblock?.();
  });
  void serve()
    .catch(hangUp)
    .then(() => session?.close())
    .catch(hangUp);
}

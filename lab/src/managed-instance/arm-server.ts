import { randomBytes, randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import {
  type AddressInfo,
  createServer as createTcpServer,
  isIPv6,
  type Socket,
  type Server as TcpServer,
} from "node:net";
import { ConnectionDropped, type Faults } from "../faults/faults";
import type { Journal } from "../journal";
import { ArmError } from "./arm-error";
import type { Azure } from "./azure";
import { cloudMetadata } from "./cloud-metadata";
import type { Entra } from "./entra";
import { ok, type Reply } from "./exchange";
import { route } from "./router";

export interface ArmServer {
  /** `https://127.0.0.1:PORT`, or `https://localhost:PORT` on IPv6: the management endpoint and the sign-in authority. */
  readonly endpoint: string;
  close(): Promise<void>;
}

export interface ArmServerOptions {
  readonly azure: Azure;
  readonly entra: Entra;
  readonly faults: Faults;
  readonly journal: Journal;
  readonly tls: { readonly key: string; readonly cert: string };
  /** A loopback address. Beside ::1 it listens on 127.0.0.1, as Azure's libraries for JavaScript take no IPv6 address. */
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

/** Serves the management plane and the sign-in service over HTTPS. */
export async function startArmServer(options: ArmServerOptions): Promise<ArmServer> {
  const server = createServer(options.tls, (request, response) => {
    serve(request, response, options).catch(() => request.socket.destroy());
  });
  // The server lists its connections only from the end of their TLS handshake on.
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await listen(server, options.port, options.host);
  const { port } = server.address() as AddressInfo;
  const beside = isIPv6(options.host) ? createTcpServer((socket) => server.emit("connection", socket)) : undefined;
  if (beside) await listen(beside, port, "127.0.0.1");
  return {
    endpoint: `https://${beside ? "localhost" : options.host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        beside?.close();
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

async function listen(server: TcpServer, port: number, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, host, resolve);
  });
}

/** Waits, but not for a caller that has hung up: its request is carried out at once, and a lab that closes need not wait. */
async function delay({ socket }: IncomingMessage, milliseconds: number, { clock }: Azure): Promise<void> {
  const gone = new AbortController();
  const hangUp = () => gone.abort();
  if (socket.destroyed || socket.readableEnded) hangUp();
  socket.once("end", hangUp).once("close", hangUp);
  await clock.sleep(milliseconds, gone.signal).catch(() => undefined);
  socket.off("end", hangUp).off("close", hangUp);
}

async function serve(request: IncomingMessage, response: ServerResponse, options: ArmServerOptions): Promise<void> {
  const origin = `https://${request.headers.host}`;
  const url = URL.parse(request.url ?? "/", origin);
  const method = request.method ?? "GET";
  const text = await readAll(request);
  if (!url || text === undefined) {
    refuse(response, url ? tooLong : badAddress);
    return;
  }
  const fault = options.faults.beforeRequest(method, url.pathname);
  if (fault.delayMilliseconds > 0) await delay(request, fault.delayMilliseconds, options.azure);
  if (fault.drop === "before") throw new ConnectionDropped();

  const isFault = fault.answer !== undefined;
  const answer = isFault ? undefined : options.entra.answer(method, url.pathname, origin, new URLSearchParams(text));
  const reply: Answered = answer ?? managementReply(request, method, url, text, fault, options);
  options.journal.record({
    at: options.azure.clock.now(),
    kind: "request",
    method,
    path: url.pathname,
    status: reply.status,
  });
  if (fault.drop === "after") throw new ConnectionDropped();
  response.setHeader("date", options.azure.clock.now().toUTCString());
  const { retryAfterSeconds } = options.azure.options;
  if (retryAfterSeconds !== undefined && (reply.poll || isPoll(url.pathname)))
    response.setHeader("retry-after", String(retryAfterSeconds));
  send(response, reply, origin, url.searchParams.get("api-version"));
}

/** An operation's addresses have Retry-After even when it has ended: the last poll was recorded with it as well. */
function isPoll(path: string): boolean {
  return /(AzureAsyncOperation|OperationResults)\/[^/]+$/i.test(path);
}

interface Answered extends Reply {
  readonly headers?: Readonly<Record<string, string>>;
}

function managementReply(
  request: IncomingMessage,
  method: string,
  url: URL,
  text: string,
  fault: ReturnType<Faults["beforeRequest"]>,
  { azure, entra }: ArmServerOptions,
): Answered {
  const headers: Record<string, string> = {};
  try {
    if (fault.answer && !fault.answer.isCarriedOut) throw faultAnswer(fault.answer);
    const version = url.searchParams.get("api-version");
    if (method === "GET" && url.pathname === "/metadata/endpoints") return ok(cloudMetadata(version, url.origin));
    entra.authenticate(request.headers.authorization);
    Object.assign(headers, azure.quota.take(method, url.pathname));
    const { tenantId, clientId } = entra.application;
    const { location } = azure.managedInstances[0] ?? { location: "westeurope" };
    Object.assign(headers, {
      "x-ms-operation-identifier": `tenantId=${tenantId},objectId=${clientId}/${location}/${randomUUID()}`,
    });
    const asked = {
      method,
      path: url.pathname,
      version,
      body: parse(text),
      failOperation: fault.failOperation,
      tenantId,
    };
    const reply = route(asked, azure);
    if (fault.answer) throw faultAnswer(fault.answer);
    return { ...reply, headers };
  } catch (error) {
    const refusal = error instanceof ArmError ? error : new ArmError(500, "InternalServerError", `[lab] ${error}`);
    const body = fault.answer?.body ?? refusal.body;
    return { status: refusal.status, body, headers: { ...headers, ...refusal.options.headers } };
  }
}

function faultAnswer({
  status,
  code,
  message,
  retryAfterSeconds,
}: NonNullable<ReturnType<Faults["beforeRequest"]>["answer"]>): ArmError {
  return new ArmError(status, code, message, {
    headers: retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) },
  });
}

function parse(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new ArmError(400, "InvalidRequestContent", "The request content was invalid and could not be deserialized.");
  }
}

function send(response: ServerResponse, reply: Answered, origin: string, version: string | null): void {
  // An operation is found by the id of the request that started it.
  const id = reply.poll?.id ?? randomUUID();
  response.statusCode = reply.status;
  const headers: Record<string, string> = {
    "cache-control": "no-cache",
    pragma: "no-cache",
    expires: "-1",
    "strict-transport-security": "max-age=31536000; includeSubDomains",
    "x-content-type-options": "nosniff",
    "x-cache": "CONFIG_NOCACHE",
    "x-ms-request-id": id,
    "x-ms-correlation-request-id": id,
    ...reply.headers,
    ...(reply.poll ? pollHeaders(reply.poll, origin, version) : {}),
  };
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (reply.body === undefined) {
    response.end();
    return;
  }
  response.setHeader("content-type", "application/json; charset=utf-8");
  response.end(JSON.stringify(reply.body));
}

function pollHeaders(
  { asyncOperation, location }: NonNullable<Reply["poll"]>,
  origin: string,
  version: string | null,
): Record<string, string> {
  // Since 2023 the addresses to poll are signed; clients send the signature back as it is.
  const signature = (version ?? "") < "2023" ? "" : signed();
  const query = `?api-version=${version ?? ""}${signature}`;
  return { "azure-asyncoperation": `${origin}${asyncOperation}${query}`, location: `${origin}${location}${query}` };
}

function signed(): string {
  const [certificate, proof, hash] = [48, 48, 32].map((length) => randomBytes(length).toString("base64url"));
  return `&t=${Date.now()}0000&c=${certificate}&s=${proof}&h=${hash}`;
}

/** "The request content size exceeds the maximum size of 4 MB." */
const longestBody = 4 * 2 ** 20;
const tooLong = new ArmError(
  413,
  "RequestContentTooLarge",
  "The request content size exceeds the maximum size of 4 MB.",
);
const badAddress = new ArmError(400, "BadRequest", "The request's address is not one of HTTP.");

/** Refuses a request and hangs up: nobody reads the rest of it. */
function refuse(response: ServerResponse, { status, body }: ArmError): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", connection: "close" });
  response.end(JSON.stringify(body));
}

/** Returns undefined where the body is longer than the service allows. */
async function readAll(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > longestBody) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

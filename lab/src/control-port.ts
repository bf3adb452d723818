import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { faultRules } from "./faults/rules-file";
import type { Lab } from "./lab";
import { inUrl } from "./loopback";

export interface ControlPort {
  readonly endpoint: string;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body?: object;
}

interface Asked {
  readonly lab: Lab;
  readonly query: URLSearchParams;
  readonly body: unknown;
  /** The instance that the address names. */
  readonly name: string;
}

/** A mistake of the caller. */
class BadRequest extends Error {}

const longestBody = 2 ** 20;

/** Answers the journal's entries from `since` on, and the number to ask from next time. */
function journalFrom({ lab, query }: Asked): Answer {
  const since = Number(query.get("since") ?? 0);
  if (!Number.isInteger(since) || since < 0) throw new BadRequest("since must be a whole number");
  const { entries, forgotten } = lab.journal;
  const from = Math.max(0, since - forgotten);
  return { status: 200, body: { entries: entries.slice(from), next: forgotten + entries.length } };
}

function addFaults({ lab, body }: Asked): Answer {
  const rules = faultRules(Array.isArray(body) ? body : [body]);
  for (const rule of rules) lab.faults.add(rule);
  return { status: 201, body: { added: rules.length } };
}

function clearFaults({ lab }: Asked): Answer {
  lab.faults.clear();
  return { status: 204 };
}

function advanceClock({ lab, body }: Asked): Answer {
  const milliseconds = memberOf(body, "milliseconds");
  if (typeof milliseconds !== "number" || !(milliseconds >= 0) || !Number.isFinite(milliseconds))
    throw new BadRequest("milliseconds must be a number, and not below 0: time does not go back");
  lab.clock.advance(milliseconds);
  return { status: 200, body: { now: lab.clock.now() } };
}

function cut({ lab, body }: Asked): Answer {
  lab.network.cut(...between(body));
  return { status: 204 };
}

function mend({ lab, body }: Asked): Answer {
  if (memberOf(body, "between") === undefined) lab.network.mend();
  else lab.network.mend(...between(body));
  return { status: 204 };
}

async function restart({ lab, name }: Asked): Promise<Answer> {
  await lab.restart(name);
  return { status: 204 };
}

const routes: Readonly<Record<string, (asked: Asked) => Answer | Promise<Answer>>> = {
  "GET /ready": ({ lab }) => ({ status: 200, body: lab.ready }),
  "GET /journal": journalFrom,
  "POST /faults": addFaults,
  "DELETE /faults": clearFaults,
  "GET /clock": ({ lab }) => ({ status: 200, body: { now: lab.clock.now() } }),
  "POST /clock/advance": advanceClock,
  "POST /network/cut": cut,
  "POST /network/mend": mend,
  "POST /instances/{name}/restart": restart,
};

/** Plain HTTP on the loopback address. Whoever reaches it may do everything, which is why it has to be asked for. */
export async function openControlPort(lab: Lab, host: string, port: number): Promise<ControlPort> {
  const server = createServer((request, response) => {
    answer(request, lab).then(
      ({ status, body }) => {
        response.writeHead(status, body && { "content-type": "application/json; charset=utf-8" });
        response.end(body && `${JSON.stringify(body)}\n`);
      },
      () => request.socket.destroy(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, host, resolve);
  });
  return {
    endpoint: `http://${inUrl(host)}:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(request: IncomingMessage, lab: Lab): Promise<Answer> {
  // A web page that knows the port must not steer the lab through a name of its own.
  if (!/^(127\.0\.0\.1|\[::1\]|localhost)(:\d+)?$/.test(request.headers.host ?? "") || request.headers.origin)
    return failed(403, "Ask for 127.0.0.1, [::1] or localhost, and not from a web page.");
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://127.0.0.1");
  const [, name = ""] = /^\/instances\/([^/]+)\/restart$/.exec(pathname) ?? [];
  const path = name ? "/instances/{name}/restart" : pathname;
  const route = routes[`${request.method} ${path}`];
  if (!route) {
    const isKnown = Object.keys(routes).some((known) => known.endsWith(` ${path}`));
    return failed(isKnown ? 405 : 404, `There is no ${request.method} ${pathname}.`);
  }
  try {
    const body = parsed(await readAll(request));
    return await route({ lab, query: searchParams, body, name: decodeURIComponent(name) });
  } catch (error) {
    // The rules throw a TypeError or SyntaxError; a RangeError names an instance that the lab does not have.
    const isTheirs = [BadRequest, TypeError, SyntaxError, RangeError, URIError].some((kind) => error instanceof kind);
    return failed(isTheirs ? 400 : 500, error instanceof Error ? error.message : String(error));
  }
}

function failed(status: number, message: string): Answer {
  return { status, body: { error: { message } } };
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > longestBody) throw new BadRequest(`a body is at most ${longestBody} bytes long`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parsed(text: string): unknown {
  return text === "" ? undefined : JSON.parse(text);
}

function memberOf(body: unknown, member: string): unknown {
  return typeof body === "object" && body !== null
    ? Object.entries(body).find(([name]) => name === member)?.[1]
    : undefined;
}

function between(body: unknown): [one: string, other: string] {
  const names = memberOf(body, "between");
  const [one, other, ...more]: readonly unknown[] = Array.isArray(names) ? names : [];
  if (typeof one !== "string" || typeof other !== "string" || more.length > 0)
    throw new BadRequest('between must hold two names: {"between": ["sqlserver1", "sqlmi1"]}');
  return [one, other];
}

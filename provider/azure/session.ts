import { readFile } from "node:fs/promises";
import { rootCertificates } from "node:tls";
import type { HttpMethods, Pipeline } from "@azure/core-rest-pipeline";
import { VisibleError } from "../errors/visible-error";
import type { Environment } from "./environment";
import type { Exchange } from "./exchange";
import { type Tokens, tokensOf } from "./sign-in";
import { transportWith } from "./transport";

export interface Request {
  readonly method: HttpMethods;
  /** Path under the endpoint, or a whole address that Azure gave. */
  readonly path: string;
  readonly body?: object;
}

export interface Session {
  /**
   * Sends one request once: the caller retries, as it can tell the user. Only when Azure refuses the token does it call
   * `refused`, get another one and send the request once more.
   */
  send(request: Request, signal: AbortSignal, refused: () => void): Promise<Exchange>;
  /** Whether Azure has answered this session before: then the address and the settings are right. */
  readonly hasAnswered: boolean;
}

/** Version of the REST API in every request: the stable one whose links have the names of the arguments here. */
export const apiVersion = "2023-08-01";

/** The whole address of a request's path. */
export const urlOf = ({ armEndpoint }: Pick<Environment, "armEndpoint">, path: string): string =>
  path.startsWith("https:") ? path : `${armEndpoint}${path}${versionFor(path)}`;

/** Of another resource provider than Microsoft.Sql the path names its version. */
const versionFor = (path: string): string => (path.includes("?") ? "" : `?api-version=${apiVersion}`);

const sessions = new Map<string, Promise<Session>>();

const tokens = new Map<string, Promise<Tokens>>();

/** Tokens alone, for a service other than Azure Resource Manager; shared in the same way. */
export function tokensIn(environment: Environment): Promise<Tokens> {
  const key = JSON.stringify(environment);
  const known = tokens.get(key);
  if (known) return known;
  const made = authorities(environment.caFile).then((ca) => tokensOf(environment, transportWith(ca)));
  tokens.set(key, made);
  made.catch(() => tokens.delete(key));
  return made;
}

/** Connections and tokens, shared by all that the process does in one environment. */
export function sessionIn(environment: Environment): Promise<Session> {
  const key = JSON.stringify(environment);
  const known = sessions.get(key);
  if (known) return known;
  const opened = open(environment);
  sessions.set(key, opened);
  opened.catch(() => sessions.delete(key));
  return opened;
}

async function open(environment: Environment): Promise<Session> {
  const transport = transportWith(await authorities(environment.caFile));
  // Loaded with the first request, as previews (check and diff) send none. Not by import(), which fails while the SQL
  // driver requires the same packages (ERR_REQUIRE_ESM_RACE_CONDITION).
  const http = require("@azure/core-rest-pipeline") as typeof import("@azure/core-rest-pipeline");
  const pipeline: Pipeline = http.createPipelineFromOptions({
    userAgentOptions: { userAgentPrefix: "pulumi-mi-link" },
    ...(transport.tlsOptions ? { tlsOptions: transport.tlsOptions } : {}),
  });
  pipeline.removePolicy({ phase: "Retry" });
  const tokens = tokensOf(environment, transport);
  let hasAnswered = false;

  async function sendWith(token: string, { method, path, body }: Request, signal: AbortSignal): Promise<Exchange> {
    const request = http.createPipelineRequest({
      method,
      url: urlOf(environment, path),
      headers: http.createHttpHeaders({
        accept: "application/json",
        authorization: `Bearer ${token}`,
        ...(body ? { "content-type": "application/json" } : {}),
      }),
      body: body && JSON.stringify(body),
      abortSignal: signal,
    });
    const response = await pipeline.sendRequest(transport.client, request);
    hasAnswered = true;
    return { status: response.status, headers: response.headers.toJSON(), body: parsed(response.bodyAsText) };
  }

  return {
    async send(request, signal, refused) {
      // All operations share the token, so signing in goes on when the operation that asked first is aborted.
      const token = await untilAborted(tokens.get(), signal);
      const exchange = await untilAborted(sendWith(token, request, signal), signal);
      if (exchange.status !== 401) return exchange;
      tokens.forget(token);
      refused();
      return await untilAborted(sendWith(await untilAborted(tokens.get(), signal), request, signal), signal);
    },
    get hasAnswered() {
      return hasAnswered;
    },
  };
}

/** Signing in cannot be cancelled; waiting for it can. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

async function authorities(caFile: string | undefined): Promise<readonly string[] | undefined> {
  if (caFile === undefined) return undefined;
  try {
    return [...rootCertificates, await readFile(caFile, "utf8")];
  } catch (error) {
    throw new VisibleError(
      {
        doing: `read the certificate authority of Azure in ${caFile}`,
        said: [String(error instanceof Error ? error.message : error)],
        cause: "mi-link:caFile (or MI_LINK_CA_FILE) names a file that cannot be read.",
        remedy: "pulumi config set mi-link:caFile <path of a PEM file>",
      },
      ["NoCaFile"],
    );
  }
}

function parsed(text: string | null | undefined): unknown {
  if (!text) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // A proxy or gateway on the way answered, in HTML.
    return text;
  }
}

import { readFile } from "node:fs/promises";
import { rootCertificates } from "node:tls";
import type { HttpMethods, Pipeline } from "@azure/core-rest-pipeline";
import { rememberSecret } from "../errors/secrets";
import { VisibleError } from "../errors/visible-error";
import { type Credential, credentialOf } from "./credential";
import type { Environment } from "./environment";

/** One HTTP exchange with Azure Resource Manager, whatever its status. */
export interface Exchange {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface Request {
  readonly method: HttpMethods;
  /** Path under the endpoint, or a whole address that Azure gave. */
  readonly path: string;
  readonly body?: object;
}

export interface Session {
  /** Sends one request, once: waiting and trying again is decided by whoever can tell the user. */
  send(request: Request, signal: AbortSignal): Promise<Exchange>;
  /** What the sign-in service, or the network before it, says to a question without credentials; undefined when all is well. */
  signInProblem(signal: AbortSignal): Promise<string | undefined>;
}

/** The stable version whose link has the present names; every request is of it. */
const apiVersion = "2023-08-01";

type GetTokenOptions = Parameters<Credential["getToken"]>[1];

const sessions = new Map<string, Promise<Session>>();

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
  const ca = await authorities(environment.caFile);
  // Loaded with the first request: check and diff, which previews consist of, need none of it. By require, as the
  // SQL driver is: import() of the same packages at the same time fails (ERR_REQUIRE_ESM_RACE_CONDITION).
  const http = require("@azure/core-rest-pipeline") as typeof import("@azure/core-rest-pipeline");
  const credential = await credentialOf(environment, ca);
  const pipeline: Pipeline = http.createPipelineFromOptions({
    userAgentOptions: { userAgentPrefix: "pulumi-mi-link" },
    ...(ca ? { tlsOptions: { ca: [...ca] } } : {}),
  });
  pipeline.removePolicy({ phase: "Retry" });
  const remembering = {
    getToken: async (scopes: string | string[], options?: GetTokenOptions) => {
      // The token is for everybody: it does not end with the operation that happened to ask first.
      const token = await credential.getToken(scopes, { ...options, abortSignal: undefined });
      if (token) rememberSecret(token.token);
      return token;
    },
  };
  pipeline.addPolicy(http.bearerTokenAuthenticationPolicy({ credential: remembering, scopes: environment.scope }), {
    phase: "Sign",
  });
  const client = http.createDefaultHttpClient();

  return {
    async send({ method, path, body }, signal) {
      const request = http.createPipelineRequest({
        method,
        url: path.startsWith("https:") ? path : `${environment.armEndpoint}${path}?api-version=${apiVersion}`,
        headers: http.createHttpHeaders({
          accept: "application/json",
          ...(body ? { "content-type": "application/json" } : {}),
        }),
        body: body && JSON.stringify(body),
        abortSignal: signal,
        timeout: requestTimeoutMilliseconds,
      });
      const response = await untilAborted(pipeline.sendRequest(client, request), signal);
      return { status: response.status, headers: response.headers.toJSON(), body: parsed(response.bodyAsText) };
    },

    async signInProblem(signal) {
      const { authorityHost, identity } = environment;
      const tenant = ("tenantId" in identity && identity.tenantId) || "common";
      const url = `${authorityHost}/${tenant}/v2.0/.well-known/openid-configuration`;
      const tlsSettings = ca && { ca: [...ca] };
      try {
        const asked = http.createPipelineRequest({ url, abortSignal: signal, tlsSettings });
        const { status, bodyAsText } = await client.sendRequest(asked);
        if (status < 400) return undefined;
        const body = parsed(bodyAsText) as { readonly error_description?: string } | undefined;
        return body?.error_description ?? `${authorityHost} answers HTTP ${status}`;
      } catch (error) {
        const { code, message } = error as Error & { readonly code?: string };
        return [code, message].filter(Boolean).join(": ");
      }
    },
  };
}

/** Signing in cannot be cancelled; waiting for it can. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Azure Resource Manager itself gives up after 60 seconds. */
const requestTimeoutMilliseconds = 100_000;

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
    // Gateways on the way answer in HTML.
    return text;
  }
}

import type { HttpClient } from "@azure/core-rest-pipeline";
import { rememberSecret } from "../errors/secrets";
import { type Credential, credentialOf } from "./credential";
import type { Environment } from "./environment";
import { type Fault, networkCode, retryAfter } from "./fault";
import type { Transport } from "./transport";

/** No token could be had: what the sign-in service answered, or why it was not reached. */
export class SignInError extends Error {
  constructor(readonly fault: Fault) {
    super(fault.text);
    this.name = "SignInError";
  }
}

/** The token of an environment, shared by all that the process does in it. */
export interface Tokens {
  get(): Promise<string>;
  /** Called when Azure refuses the token: the next `get` asks the sign-in service. */
  forget(token: string): void;
}

/** How early a new token is asked for. While none can be had, the old one serves until it expires. */
const earlyMilliseconds = 2 * 60_000;

export function tokensOf(environment: Environment, transport: Transport): Tokens {
  const seen: Failure[] = [];
  let credential: Promise<Credential> | undefined;
  let known: { readonly token: string; readonly expiresOnTimestamp: number } | undefined;
  let asking: Promise<string> | undefined;

  async function ask(): Promise<string> {
    seen.length = 0;
    try {
      credential ??= credentialOf(environment, { ...transport, client: watched(transport.client, seen) });
      const token = await (await credential).getToken(environment.scope);
      rememberSecret(token.token);
      known = token;
      return token.token;
    } catch (error) {
      // After some failures a credential of the library refuses to ask for a minute; a new credential asks.
      credential = undefined;
      if (known && known.expiresOnTimestamp > Date.now()) return known.token;
      throw new SignInError(faultOfSignIn(error, seen, environment));
    }
  }

  return {
    async get() {
      if (known && known.expiresOnTimestamp - earlyMilliseconds > Date.now()) return known.token;
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      return await asking;
    },
    forget(token) {
      if (known?.token !== token) return;
      known = undefined;
      // The credential caches the refused token too.
      credential = undefined;
    },
  };
}

/** One exchange that gave no token, seen on its way: the library reports it in words only. */
interface Failure extends Fault {
  readonly host: string;
}

function watched(client: HttpClient, seen: Failure[]): HttpClient {
  return {
    async sendRequest(request) {
      const { host } = new URL(request.url);
      try {
        const response = await client.sendRequest(request);
        if (response.status >= 400) {
          const answer = { status: response.status, headers: response.headers.toJSON() };
          seen.push({ host, ...refusalOf(answer, response.bodyAsText) });
        }
        return response;
      } catch (error) {
        seen.push({ host, code: networkCode(error) ?? "AzureSignIn", text: textOf(error), service: "sign-in" });
        throw error;
      }
    },
  };
}

/** OAuth's error, as Microsoft Entra ID answers it: RFC 6749, with its own numbers. */
interface ErrorBody {
  readonly error?: unknown;
  readonly error_description?: unknown;
  readonly error_codes?: unknown;
}

function refusalOf(
  { status, headers }: { readonly status: number; readonly headers: Readonly<Record<string, string>> },
  body: string | null | undefined,
): Fault {
  const { error, error_description: description, error_codes: codes } = errorBodyOf(body);
  const [number] = Array.isArray(codes) ? codes : [];
  return {
    code: number === undefined ? `HTTP ${status}` : `AADSTS${number}`,
    text: typeof description === "string" ? description : "the sign-in service said no more.",
    status,
    service: "sign-in",
    isTransient: error === "temporarily_unavailable" || transientNumbers.has(Number(number)),
    retryAfterMilliseconds: retryAfter(headers),
  };
}

/**
 * "Microsoft Entra authentication and authorization error codes": ExternalServerRetryableError, RequestTimeout,
 * MsodsServiceUnavailable, TenantThrottlingError.
 */
const transientNumbers: ReadonlySet<number> = new Set([90006, 90012, 90033, 90055]);

function errorBodyOf(text: string | null | undefined): ErrorBody {
  try {
    const body: unknown = JSON.parse(text ?? "");
    return typeof body === "object" && body !== null ? body : {};
  } catch {
    // A proxy or gateway on the way answered, in HTML.
    return {};
  }
}

/** The authority's own answer counts, also where the library tried other ways after it: those say less. */
function faultOfSignIn(error: unknown, seen: readonly Failure[], { authorityHost, identity }: Environment): Fault {
  if (identity.kind === "managedIdentity" && isUnavailable(error))
    return { code: "NoManagedIdentity", text: textOf(error), service: "sign-in" };
  const { host } = new URL(authorityHost);
  const isSearching = identity.kind === "ambient";
  const last = seen.findLast((failure) => !isSearching || failure.host === host);
  if (!last) return { code: codeOf(error), text: textOf(error), service: "sign-in" };
  // The library's text names all that it tried, or whom else it asked.
  return isSearching || last.host !== host ? { ...last, text: textOf(error) } : last;
}

function codeOf(error: unknown): string {
  if (isUnavailable(error)) return "NoAzureCredentials";
  // az passes the answer of Microsoft Entra ID on as text; the number in it is the same in every language.
  return /\bAADSTS\d+/.exec(textOf(error))?.[0] ?? "AzureSignIn";
}

/** The machine has no credential at all: none of the ways could even be tried. */
function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === "CredentialUnavailableError") return true;
  const { errors } = error as Error & { readonly errors?: readonly unknown[] };
  return error.name === "AggregateAuthenticationError" && errors?.every(isUnavailable) === true;
}

/** DefaultAzureCredential lists every way that it tried, over pages; a line for each is enough. */
function textOf(error: unknown): string {
  const text = (error instanceof Error ? error.message : String(error)).replace(/\s+/g, " ").trim();
  return text.length <= 600 ? text : `${text.slice(0, 600)} ...`;
}

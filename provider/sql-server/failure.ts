import { isEntra, secretOf } from "../arguments/sql-server-authentication";
import { type CompleteSqlServer, connecting } from "../arguments/sql-server-settings";
import type { Advice } from "../errors/advice";
import { adviceFor } from "../errors/catalogue";
import { type Code, theirs } from "../errors/codes";
import { interrupted } from "../errors/interrupted";
import { tlsKind } from "../errors/tls-codes";
import { VisibleError } from "../errors/visible-error";
import type { Refusal } from "./pool";
import { type Claims, described, hasExpired } from "./token-source";

/** What mssql throws: the last error of a batch. The cause is among `precedingErrors`. */
interface DriverError extends Error {
  readonly code?: string;
  /** The server's number (sys.messages). Where the driver itself failed, its code. */
  readonly number?: number | string;
  readonly precedingErrors?: readonly DriverError[];
  readonly originalError?: DriverError;
  /** What the server said while it refused a login: see `pool.ts`. */
  readonly refusals?: readonly Refusal[];
  /** What the token says that it was refused with. */
  readonly claims?: Claims;
  readonly errors?: readonly DriverError[];
  /** The certificate behind ERR_TLS_CERT_ALTNAME_INVALID. */
  readonly cert?: { readonly subjectaltname?: string };
}

const lossCodes = new Set(["ECONNCLOSED", "ESOCKET", "ETIMEOUT", "ECONNRESET", "ENOTOPEN", "EPIPE"]);

/** The connection broke: whether the statement took effect is not known. */
export function isConnectionLoss(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return numberOf(error) === undefined && lossCodes.has(codeOf(error));
}

/** The connection could not be opened at all: the statement never left. */
export const isUnsent = (error: unknown): boolean => error instanceof Error && error.name === "ConnectionError";

/** The server itself answered, with a number. */
export const isRefusal = (error: unknown): boolean =>
  error instanceof Error && !(error instanceof VisibleError) && numberOf(error) !== undefined;

/** The failure of a statement, with all errors of its batch, the cause before the consequence. */
export function serverFailure(
  doing: string,
  error: unknown,
  signal: AbortSignal,
  server?: CompleteSqlServer,
): VisibleError {
  if (error instanceof VisibleError) return error;
  if (signal.aborted) return interrupted(doing, signal);
  const thrown = error as DriverError;
  const chain = causes(thrown);
  const ours = ownIn(chain);
  if (ours) return ours;
  // The pool may have opened another connection for it, whose login was refused.
  const refusals: readonly Said[] = chain.flatMap(({ refusals = [] }) => refusals);
  const all = (refusals.length > 0 ? refusals : [...(thrown.precedingErrors ?? []), thrown]).filter(
    (e, i, list) => list.findIndex((f) => f.number === e.number && f.message === e.message) === i,
  );
  const codes = all.map((e) => numberOf(e) ?? theirs(codeOf(e)));
  return new VisibleError(
    {
      doing,
      said: [...all.map(sentence), ...(refusals.length > 0 ? tokenIn(chain) : [])],
      ...(server && refusals.length > 0 ? refusalAdvice(server, codes, chain) : adviceFor(codes)),
    },
    codes,
  );
}

type Said = Pick<DriverError, "code" | "message" | "number">;

const numberOf = ({ number }: Said): number | undefined => (typeof number === "number" ? number : undefined);

const codeOf = ({ code }: Said): string => code ?? "unknown";

function sentence(error: Said): string {
  const number = numberOf(error);
  return number === undefined ? `${codeOf(error)}: ${error.message}` : `SQL Server error ${number}: ${error.message}`;
}

/** The failure to connect: the instance was not reached, or refused the login. */
export function connectionFailure(server: CompleteSqlServer, error: unknown, signal: AbortSignal): VisibleError {
  const doing = connecting(server);
  if (error instanceof VisibleError) return error;
  if (signal.aborted) return interrupted(doing, signal);
  const chain = causes(error as DriverError);
  const ours = ownIn(chain);
  if (ours) return ours;
  const refusals = refusalsIn(chain);
  if (refusals.length > 0) {
    const codes = refusals.map(({ number }) => number);
    const said = [...refusals.map(sentence), ...tokenIn(chain)];
    return new VisibleError({ doing, said, ...(refusalAdvice(server, codes, chain) ?? adviceFor(["ELOGIN"])) }, codes);
  }
  const root = chain.findLast((e) => e.code !== undefined) ?? (error as DriverError);
  const codes: Code[] = [theirs(codeOf(root)), ...tlsKind(codeOf(root))];
  const names = root.cert?.subjectaltname;
  const said = [
    `${codeOf(root)}: ${root.message.trim()}`,
    ...(codes.includes("TlsOtherName") && names ? [`The certificate is for: ${names}`] : []),
  ];
  return new VisibleError({ doing, said, ...(adviceFor(codes) ?? adviceFor(["ESOCKET"])) }, codes);
}

/** The error and those inside it, the outermost first: the driver wraps what the network said several times. */
function causes(error: DriverError): DriverError[] {
  const inner = [error.originalError, error.cause as DriverError | undefined, ...(error.errors ?? [])];
  return [error, ...inner.flatMap((e) => (e instanceof Error ? causes(e) : []))];
}

/** An error of our own that came to light while the driver opened a connection: no token could be had, or was sent. */
const ownIn = (chain: readonly Error[]): VisibleError | undefined =>
  chain.find((error): error is VisibleError => error instanceof VisibleError);

/** What is known about the token that was refused. */
const tokenIn = (chain: readonly DriverError[]): readonly string[] =>
  chain.flatMap(({ claims }) => (claims ? [described(claims)] : [])).slice(0, 1);

/** The numbers with which the server refused, the cause first: kept by `pool.ts`, or on an error of a pool that was open already. */
function refusalsIn(chain: readonly DriverError[]): readonly Refusal[] {
  const all = chain.flatMap(({ refusals, number, message }) => [
    ...(refusals ?? []),
    ...(typeof number === "number" ? [{ number, message }] : []),
  ]);
  return all.filter(({ number }, i) => all.findIndex((other) => other.number === number) === i);
}

/**
 * The advice for 18456 depends on how the server was signed in to. A `config:` secret comes from the state in refresh and
 * destroy, and may be an old one.
 */
function refusalAdvice(
  { authentication, credential }: CompleteSqlServer,
  codes: readonly Code[],
  chain: readonly DriverError[],
): Advice | undefined {
  if (!codes.includes(18456)) return adviceFor(codes);
  const isOld = chain.some(({ claims }) => claims && hasExpired(claims));
  const advice = adviceFor(isEntra(authentication) ? [isOld ? "EntraExpired" : "EntraRefused"] : codes);
  if (!advice || !credential?.startsWith("config:")) return advice;
  const secret = secretOf(authentication);
  return {
    cause: `${advice.cause} With ${credential}, pulumi refresh and pulumi destroy use the ${secret} of the last pulumi up, which the state keeps.`,
    remedy: `after a change of the ${secret}: pulumi refresh --run-program, pulumi destroy --run-program (pulumi up sees the new one by itself), or use env:NAME, which is always fresh. Otherwise ${advice.remedy}`,
  };
}

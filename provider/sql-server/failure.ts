import { adviceFor } from "../errors/catalogue";
import { interrupted } from "../errors/interrupted";
import { VisibleError } from "../errors/visible-error";
import type { CompleteSqlServer } from "./server";

/** What mssql throws, as far as it is of use: only the last error is thrown, the cause is among the preceding ones. */
interface DriverError extends Error {
  readonly code?: string;
  /** sys.messages' number; where not the server but the driver failed, its code once more. */
  readonly number?: number | string;
  readonly precedingErrors?: readonly DriverError[];
  readonly originalError?: DriverError;
  readonly info?: { readonly number?: number };
  readonly errors?: readonly DriverError[];
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

/** A statement failed. All errors of the batch are kept, the cause before the consequence. */
export function serverFailure(doing: string, error: unknown, signal: AbortSignal): VisibleError {
  if (error instanceof VisibleError) return error;
  if (signal.aborted) return interrupted(doing, signal);
  const thrown = error as DriverError;
  const { precedingErrors = [] } = thrown;
  const all = [...precedingErrors, thrown].filter(
    (e, i, list) => list.findIndex((f) => f.number === e.number && f.message === e.message) === i,
  );
  const codes = all.map((e) => numberOf(e) ?? codeOf(e));
  return new VisibleError(
    {
      doing,
      said: all.map(sentence),
      ...adviceFor(codes),
    },
    codes,
  );
}

const numberOf = ({ number }: DriverError): number | undefined => (typeof number === "number" ? number : undefined);

const codeOf = ({ code }: DriverError): string => code ?? "unknown";

function sentence(error: DriverError): string {
  const number = numberOf(error);
  return number === undefined ? `${codeOf(error)}: ${error.message}` : `SQL Server error ${number}: ${error.message}`;
}

/** The instance was not reached, or did not let us in. */
export function connectionFailure(server: CompleteSqlServer, error: unknown, signal: AbortSignal): Error {
  const doing = `connect to SQL Server at ${server.host}:${server.port} as ${server.user ?? "(no user)"}`;
  if (error instanceof VisibleError) return error;
  if (signal.aborted) return interrupted(doing, signal);
  const chain = causes(error as DriverError);
  const number = chain.map((e) => numberOf(e) ?? e.info?.number ?? loginErrorOf(e)).find((n) => n !== undefined);
  const root = chain.findLast((e) => e.code !== undefined) ?? (error as DriverError);
  const isTls = !networkCodes.has(codeOf(root)) && chain.some(({ message }) => tlsProblem(message));
  const codes = [...(number === undefined ? [] : [number]), isTls ? "ETLS" : codeOf(root)];
  const said =
    number === undefined
      ? `${codeOf(root)}: ${root.message}`
      : `SQL Server error ${number}: ${(error as Error).message}`;
  return new VisibleError({ doing, said: [said], ...adviceFor(codes) }, codes);
}

/** The driver wraps what the network said several times: the outermost first. */
function causes(error: DriverError): DriverError[] {
  const inner = [error.originalError, error.cause as DriverError | undefined, ...(error.errors ?? [])];
  return [error, ...inner.flatMap((e) => (e instanceof Error ? causes(e) : []))];
}

const networkCodes = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH"]);

/** mssql gives a refused login as code ELOGIN, without the number. */
const loginErrorOf = ({ code, message }: DriverError): number | undefined =>
  code === "ELOGIN" && /login failed/i.test(message) ? 18456 : undefined;

const tlsProblem = (message: string): boolean =>
  /certificate|self.signed|altname|\bSSL\b|\bTLS\b|encrypt|wrong version number|handshake/i.test(message);

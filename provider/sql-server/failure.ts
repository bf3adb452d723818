import { adviceFor } from "../errors/catalogue";
import { interrupted } from "../errors/interrupted";
import { VisibleError } from "../errors/visible-error";
import type { SqlServer } from "./server";

/** What mssql throws, as far as it is of use: only the last error is thrown, the cause is among the preceding ones. */
interface DriverError extends Error {
  readonly code?: string;
  readonly number?: number;
  readonly state?: number;
  readonly class?: number;
  readonly precedingErrors?: readonly DriverError[];
  readonly originalError?: DriverError & { readonly info?: { readonly number?: number } };
}

const lossCodes = new Set(["ECONNCLOSED", "ESOCKET", "ETIMEOUT", "ECONNRESET", "ENOTOPEN", "EPIPE"]);

/** The connection broke: whether the statement took effect is not known. */
export function isConnectionLoss(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, number } = error as DriverError;
  return number === undefined && code !== undefined && lossCodes.has(code);
}

/** A statement failed. All errors of the batch are kept, the cause before the consequence. */
export function serverFailure(doing: string, error: unknown, signal: AbortSignal): Error {
  if (error instanceof VisibleError) return error;
  if (signal.aborted) return interrupted(doing, signal);
  const { precedingErrors = [], ...last } = error as DriverError;
  const thrown = error as DriverError;
  const all = [...precedingErrors, thrown].filter(
    (e, i, list) => list.findIndex((f) => f.number === e.number && f.message === e.message) === i,
  );
  const codes = all.map((e) => e.number ?? e.code ?? last.code ?? "unknown");
  const advice = adviceFor(codes);
  return new VisibleError(
    {
      doing,
      said: all.map((e) =>
        e.number === undefined ? `${e.code ?? e.name}: ${e.message}` : `SQL Server error ${e.number}: ${e.message}`,
      ),
      ...advice,
    },
    codes,
  );
}

/** The instance was not reached, or did not let us in. */
export function connectionFailure(server: SqlServer, error: unknown, signal: AbortSignal): Error {
  const doing = `connect to SQL Server at ${server.host}:${server.port} as ${server.user ?? "(no user)"}`;
  if (error instanceof VisibleError) return error;
  if (signal.aborted) return interrupted(doing, signal);
  const thrown = error as DriverError;
  const number =
    thrown.number ?? thrown.originalError?.number ?? thrown.originalError?.info?.number ?? loginErrorOf(thrown);
  const code = thrown.originalError?.code ?? thrown.code ?? "unknown";
  const codes = [...(number === undefined ? [] : [number]), tlsProblem(thrown.message) ? "ETLS" : code];
  return new VisibleError(
    {
      doing,
      said: [number === undefined ? `${code}: ${thrown.message}` : `SQL Server error ${number}: ${thrown.message}`],
      ...adviceFor(codes),
    },
    codes,
  );
}

/** mssql gives a refused login as code ELOGIN, without the number. */
const loginErrorOf = ({ code, message }: DriverError): number | undefined =>
  code === "ELOGIN" && /login failed/i.test(message) ? 18456 : undefined;

const tlsProblem = (message: string): boolean =>
  /certificate|self.signed|altname|\bSSL\b|\bTLS\b|encrypt|wrong version number|handshake/i.test(message);

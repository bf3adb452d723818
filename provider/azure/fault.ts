import type { Exchange } from "./exchange";

/** A request or an operation that failed, as Azure or the network put it. */
export interface Fault {
  /** Azure's code, or the network's (ECONNRESET ...). */
  readonly code: string;
  readonly text: string;
  /** Left out where no answer came, and for an operation that failed. */
  readonly status?: number;
  /** `x-ms-request-id`: what Azure's support asks for. */
  readonly requestId?: string;
  readonly retryAfterMilliseconds?: number;
  /** Azure Resource Manager where left out. */
  readonly service?: "sign-in";
  /** The request itself is not to blame: the service says so, or it has answered before. */
  readonly isTransient?: boolean;
  /** Azure's gateway refused it and never asked the resource provider: the instance itself is missing. */
  readonly isOfGateway?: boolean;
}

export type Outcome<T> = { readonly value: T } | { readonly fault: Fault };

interface ErrorBody {
  readonly code?: string;
  readonly message?: string;
  readonly details?: readonly { readonly code?: string; readonly message?: string }[];
}

/** undefined where the exchange succeeded. */
export function faultOf(exchange: Exchange): Fault | undefined {
  if (exchange.status < 400) return undefined;
  return { ...errorOf(exchange.body, `HTTP ${exchange.status}`), status: exchange.status, ...traceOf(exchange) };
}

/** An operation that ended without success: it comes as HTTP 200. */
export function operationFault(exchange: Exchange, status: string): Fault {
  return { ...errorOf(exchange.body, `Operation${status}`), ...traceOf(exchange) };
}

function errorOf(body: unknown, otherwise: string): Pick<Fault, "code" | "text"> {
  const {
    code,
    message,
    details = [],
  } = ((body as { readonly error?: ErrorBody } | undefined)?.error ?? {}) as ErrorBody;
  const more = details
    .map((detail) => detail.message)
    .filter((text) => text !== undefined && text !== "" && text !== message);
  const text = [message ?? (typeof body === "string" ? body.slice(0, 200) : "Azure said no more."), ...more].join(" ");
  return { code: code ?? otherwise, text: text.replace(/\s+/g, " ").trim() };
}

function traceOf({ headers }: Exchange): Pick<Fault, "requestId" | "retryAfterMilliseconds" | "isOfGateway"> {
  return {
    requestId: headers["x-ms-request-id"],
    retryAfterMilliseconds: retryAfter(headers),
    ...(headers["x-ms-failure-cause"] === "gateway" ? { isOfGateway: true } : {}),
  };
}

/** Seconds, or a date. */
export function retryAfter(headers: Exchange["headers"]): number | undefined {
  const value = headers["retry-after"];
  if (value === undefined) return undefined;
  const seconds = Number(value);
  const milliseconds = Number.isNaN(seconds) ? Date.parse(value) - Date.now() : seconds * 1000;
  return Number.isNaN(milliseconds) ? undefined : Math.max(0, milliseconds);
}

/** The fault behind what the pipeline throws when no answer came; undefined for any other error. */
export function networkFault(error: unknown): Fault | undefined {
  const code = networkCode(error);
  if (code === undefined || !(error instanceof Error)) return undefined;
  // Only the request's own timeout is left as a cause: callers look at their signal first.
  return { code, text: error.name === "AbortError" ? "no answer within 100 seconds" : error.message };
}

/** Node's code for a request that the network failed; undefined for any other error. */
export function networkCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name === "AbortError") return "ETIMEDOUT";
  if (error.name !== "RestError") return undefined;
  const { code, cause } = error as Error & { readonly code?: string; readonly cause?: { readonly code?: string } };
  return cause?.code ?? code ?? "REQUEST_SEND_ERROR";
}

import { ConnectionPool, type config } from "mssql";
import { createCertificateAuthority } from "#lab/certificate-authority";
import type { LoginRequest, RpcRequest, RpcSink, TdsBackend, TdsSession } from "#lab/tds/contract";
import { listen, type TdsListener } from "#lab/tds/listener";
import type { Host, ResultSink } from "#lab/tsql/host";
import { sqlError } from "#lab/tsql/messages";

/** One request as the backend got it; `rpc` is missing for a batch. */
export interface Asked {
  readonly text: string;
  readonly sink: ResultSink;
  readonly signal: AbortSignal;
  readonly session: TdsSession;
  readonly rpc?: { readonly request: RpcRequest; readonly sink: RpcSink };
}

export type Answer = (asked: Asked) => Promise<void> | void;

export interface TestServer {
  readonly listener: TdsListener;
  readonly ca: string;
  readonly key: string;
  readonly cert: string;
  /** The calls that sessions got, in order. */
  readonly log: string[];
  readonly logins: LoginRequest[];
  /** Answers the next requests; the SET batch of a new connection and the pool's SELECT 1 are answered in any case. */
  answer: Answer;
  /** Called before a password is looked at. */
  login: (request: LoginRequest) => void;
  config(options?: config["options"], more?: Partial<config>): config;
}

export const password = "P@ss w\u00f6rd-\u20ac";
const missingHost: unknown = undefined;

let authority: ReturnType<typeof createCertificateAuthority> | undefined;

export interface TestServerOptions {
  readonly forceEncryption?: boolean;
  /** The number of the authority's certificates that follow the server's own in its TLS handshake. */
  readonly chained?: number;
  readonly loginTimeoutMilliseconds?: number;
}

/** Starts a server that knows one login, sa, and does what the test says. */
export async function startServer(options: TestServerOptions = {}): Promise<TestServer> {
  authority ??= createCertificateAuthority();
  const { pem, issue } = await authority;
  const log: string[] = [];
  const logins: LoginRequest[] = [];
  let spid = 50;

  const openSession = (login: LoginRequest): TdsSession => {
    const session: TdsSession = {
      host: missingHost as Host,
      spid: ++spid,
      login: login.user,
      isSysadmin: true,
      hostName: login.hostName,
      applicationName: login.applicationName,
      database: login.database || "master",
      transactionCount: 0,
      options: new Map(),
      async batch(text, sink, signal) {
        if (/^set ansi_nulls/i.test(text)) return;
        await server.answer({ text, sink, signal, session });
      },
      async rpc(request, sink, signal) {
        const text = request.procedure === "sp_executesql" ? String(request.parameters[0]?.value) : request.procedure;
        if (text !== "SELECT 1;") await server.answer({ text, sink, signal, session, rpc: { request, sink } });
        sink.returnStatus(0);
      },
      beginTransaction: () => void log.push("begin"),
      commitTransaction: () => void log.push("commit"),
      rollbackTransaction: () => void log.push("rollback"),
      reset: () => void log.push("reset"),
      close: () => void log.push("close"),
    };
    return session;
  };
  const backend: TdsBackend = {
    serverName: "TESTSERVER",
    version: "16.0.4175.1",
    forceEncryption: options.forceEncryption ?? false,
    async login(login) {
      server.login(login);
      if (login.user !== "sa" || login.password !== password) return { errors: [sqlError(18456, login.user)] };
      if (login.database === "missing") return { errors: [sqlError(4060, "missing"), sqlError(18456, login.user)] };
      return { session: openSession(login) };
    },
  };
  const { key, cert } = await issue(["127.0.0.1", "localhost"]);
  const chain = cert + pem.repeat(options.chained ?? 0);
  const listener = await listen({
    backend,
    host: "127.0.0.1",
    port: 0,
    tls: { key, cert: chain },
    loginTimeoutMilliseconds: options.loginTimeoutMilliseconds,
  });
  const server: TestServer = {
    listener,
    ca: pem,
    key,
    cert,
    log,
    logins,
    answer: ({ text }) => {
      throw new Error(`the test expected no request: ${text}`);
    },
    login: (request) => void logins.push(request),
    config: (more = {}, rest = {}) => ({
      server: "localhost",
      port: listener.port,
      user: "sa",
      password,
      database: "master",
      options: { encrypt: false, trustServerCertificate: false, ...more },
      ...rest,
    }),
  };
  return server;
}

export function connect(options: config): Promise<ConnectionPool> {
  return new ConnectionPool(options).connect();
}

/** Answers one row. */
export function select(
  sink: ResultSink,
  values: Parameters<ResultSink["row"]>[0],
  columns: Parameters<ResultSink["columns"]>[0],
): void {
  sink.columns(columns);
  sink.row(values);
  sink.statementEnd({ rowCount: 1, isSelect: true, failed: false });
}

import type { LoginRequest, RpcRequest, RpcSink, TdsSession } from "../tds/contract";
import type { Host, ResultSink } from "../tsql/host";
import { executeBatch, executeProcedure, forgetPreparedStatements } from "../tsql/index";
import { runJournaled, type Surroundings } from "./journaled";
import type { Login } from "./model";

export interface SessionRequest {
  readonly host: Host;
  readonly around: Surroundings;
  readonly spid: number;
  readonly login: Login;
  readonly database: string;
  readonly request: LoginRequest;
}

const defaultOptions = [
  ["DATEFORMAT", "mdy"],
  ["LANGUAGE", "us_english"],
] as const;

export function createSession({ host, around, spid, login, database, request }: SessionRequest): TdsSession {
  const session: TdsSession = {
    host,
    spid,
    login: login.name,
    isSysadmin: login.isSysadmin,
    hostName: request.hostName,
    applicationName: request.applicationName,
    database,
    transactionCount: 0,
    options: new Map(defaultOptions),
    batch: (text: string, sink: ResultSink, signal: AbortSignal) =>
      runJournaled(around, session, text, sink, signal, (observed) => executeBatch(text, session, observed, signal)),
    rpc: (call: RpcRequest, sink: RpcSink, signal: AbortSignal) =>
      runJournaled(around, session, textOf(call), sink, signal, (observed) =>
        callProcedure(call, session, observed, signal),
      ),
    beginTransaction() {
      session.transactionCount++;
    },
    commitTransaction() {
      session.transactionCount = Math.max(0, session.transactionCount - 1);
    },
    rollbackTransaction() {
      session.transactionCount = 0;
    },
    reset() {
      session.database = database;
      session.transactionCount = 0;
      session.options.clear();
      for (const [option, value] of defaultOptions) session.options.set(option, value);
      forgetPreparedStatements(session);
    },
    close() {
      session.transactionCount = 0;
      forgetPreparedStatements(session);
    },
  };
  return session;
}

async function callProcedure(call: RpcRequest, session: TdsSession, sink: RpcSink, signal: AbortSignal): Promise<void> {
  const { returnStatus, outputs } = await executeProcedure(call.procedure, call.parameters, session, sink, signal);
  sink.returnStatus(returnStatus);
  for (const { name, type, value } of outputs) sink.returnValue(name, type, value);
}

/** The statement behind a call, for the journal and the faults: handles and values are left out. */
function textOf({ procedure, parameters }: RpcRequest): string {
  const position = { sp_executesql: 0, sp_prepare: 2, sp_prepexec: 2 }[procedure.toLowerCase()];
  const text = position === undefined ? undefined : parameters[position]?.value;
  return typeof text === "string" ? text : `EXEC ${procedure}`;
}

import type { LoginRequest, RpcRequest, RpcSink, TdsSession } from "../tds/contract";
import {
  commitTransaction,
  endSession,
  rollBackToSavepoint,
  rollBackTransaction,
  saveTransaction,
  startTransaction,
} from "../tsql/data/session-data";
import { isSpokenLevel } from "../tsql/data/session-options";
import type { Host, ResultSink } from "../tsql/host";
import { executeBatch, executeProcedure, forgetPreparedStatements } from "../tsql/index";
import { sqlError } from "../tsql/messages";
import { notSpoken } from "../tsql/not-spoken";
import { underCollation } from "../tsql/values/collation";
import { runJournaled, type Surroundings } from "./journaled";
import type { Instance, Login } from "./model";
import { newGuid } from "./names";
import { isSysadmin } from "./permissions";
import { nextSessionId, type OpenSession, type Sessions } from "./sessions";

export interface SessionRequest {
  readonly host: Host;
  readonly around: Surroundings;
  readonly instance: Instance;
  readonly sessions: Sessions;
  readonly login: Login;
  readonly database: string;
  readonly request: LoginRequest;
}

const defaultOptions = [
  ["DATEFORMAT", "mdy"],
  ["LANGUAGE", "us_english"],
] as const;

/** Makes the session of a login, which carries out what its client sends. */
export function createSession({
  host,
  around,
  instance,
  sessions,
  login,
  database,
  request,
}: SessionRequest): TdsSession {
  const spid = nextSessionId(sessions);
  const observed = async (text: string, work: () => Promise<void>): Promise<void> => {
    const run = () => underCollation(instance.collation, work);
    const current = { text, start: host.now(), end: undefined as Date | undefined };
    open.request = current;
    try {
      await run();
    } finally {
      current.end = host.now();
    }
  };
  const session: TdsSession = {
    host,
    spid,
    login: login.name,
    get isSysadmin() {
      return isSysadmin(instance, session.login);
    },
    hostName: request.hostName,
    applicationName: request.applicationName,
    database,
    transactionCount: 0,
    options: new Map(defaultOptions),
    batch: (text: string, sink: ResultSink, signal: AbortSignal) =>
      observed(text, () =>
        runJournaled(around, session, text, sink, signal, (noting) => executeBatch(text, session, noting, signal)),
      ),
    rpc: (call: RpcRequest, sink: RpcSink, signal: AbortSignal) =>
      observed(textOf(call), () =>
        runJournaled(around, session, textOf(call), sink, signal, (noting) =>
          callProcedure(call, session, noting, signal),
        ),
      ),
    beginTransaction: (isolationLevel) => {
      if (isolationLevel && !isSpokenLevel(isolationLevel)) throw notSpoken(`The isolation level ${isolationLevel}`);
      if (isolationLevel) session.options.set("TRANSACTION ISOLATION LEVEL", isolationLevel);
      startTransaction(session);
    },
    saveTransaction: (name) => saveTransaction(session, name),
    commitTransaction() {
      if (session.transactionCount === 0) throw sqlError(3902);
      commitTransaction(session);
    },
    rollbackTransaction(savepoint) {
      if (session.transactionCount === 0) throw sqlError(3903);
      if (savepoint === undefined) rollBackTransaction(session);
      else rollBackToSavepoint(session, savepoint);
    },
    reset() {
      session.database = database;
      endSession(session);
      session.options.clear();
      for (const [option, value] of defaultOptions) session.options.set(option, value);
      forgetPreparedStatements(session);
    },
    close() {
      // KILL may have given the number away already.
      if (sessions.get(spid) === open) sessions.delete(spid);
      endSession(session);
      forgetPreparedStatements(session);
    },
  };
  const open: OpenSession = { session, connected: host.now(), connectionId: newGuid(), client: request.client };
  sessions.set(spid, open);
  return session;
}

async function callProcedure(call: RpcRequest, session: TdsSession, sink: RpcSink, signal: AbortSignal): Promise<void> {
  const { returnStatus, outputs } = await executeProcedure(call.procedure, call.parameters, session, sink, signal);
  sink.returnStatus(returnStatus);
  for (const { ordinal, type, value } of outputs) sink.returnValue(ordinal, type, value);
}

/** The text of a remote call for the journal and the faults: handles and values are left out. */
function textOf({ procedure, parameters }: RpcRequest): string {
  const position = statementAt[procedure.toLowerCase()];
  const text = position === undefined ? undefined : parameters[position]?.value;
  return typeof text === "string" ? text : `EXEC ${procedure}`;
}

const statementAt: Readonly<Record<string, number>> = {
  sp_cursoropen: 1,
  sp_cursorprepare: 2,
  sp_cursorprepexec: 3,
  sp_executesql: 0,
  sp_prepare: 2,
  sp_prepexec: 2,
};

import { sessionData } from "../data/session-data";
import type { ResultSink, Session } from "../host";
import { SqlError, sqlError } from "../messages";
import { CompileErrors, parse } from "../parser";
import { type Context, newEffort } from "../query/scope";
import { BatchAborted, ResolutionFailure, type Run, report, rollBack, type Variables } from "./run";
import { runAll } from "./statement";

/** @@ERROR and @@ROWCOUNT outlive the batch. */
const lastOf = new WeakMap<Session, { rowCount: number; error: number; doomed: boolean }>();

export function startRun(session: Session, sink: ResultSink, signal: AbortSignal): Run {
  const last = lastOf.get(session) ?? { rowCount: 0, error: 0, doomed: false };
  lastOf.set(session, last);
  return {
    context: { session, variables: new Map(), last, effort: newEffort() },
    session,
    sink,
    signal,
    insideTry: false,
    nesting: 0,
    runText,
  };
}

/** Runs a client's request and reports every error instead of throwing it. Returns the error number, 0 for none. */
export async function runRequest(run: Run, request: () => Promise<unknown>): Promise<number> {
  let failed = 0;
  const watched: SqlError[] = [];
  try {
    await request();
  } catch (error) {
    if (error instanceof SqlError) watched.push(error);
    else if (error instanceof CompileErrors) watched.push(...error.errors);
    else if (error instanceof ResolutionFailure) watched.push(error.error);
    else if (!(error instanceof BatchAborted)) throw error;
    failed = run.context.last.error;
  }
  for (const error of watched) {
    error.line ||= 1;
    report(run, error);
    failed = error.number;
  }
  if (run.context.last.doomed) {
    rollBack(run);
    report(run, Object.assign(sqlError(3998), { line: 1 }));
  }
  return failed || run.context.last.error;
}

/** Runs a text with variables of its own. What a nested text sets with SET and USE ends with it. */
export async function runText(text: string, parameters: Variables, run: Run): Promise<void> {
  const variables: Variables = new Map(parameters);
  const context: Context = {
    ...run.context,
    variables,
    tableVariables: new Map(),
    nesting: run.nesting,
    ...scopeOf(run),
  };
  const { session } = run;
  const [options, database] = [new Map(session.options), session.database];
  try {
    const declared = new Map([...parameters].map(([name, { type }]) => [name, type]));
    const batch = parse(text, {
      declared,
      quotedIdentifiers: session.options.get("QUOTED_IDENTIFIER") !== "OFF",
    });
    for (const [name, type] of batch.variables) if (!variables.has(name)) variables.set(name, { type, value: null });
    await runAll(batch.statements, { ...run, context });
  } catch (error) {
    handleScopeError(error, run);
  } finally {
    if (run.nesting > 0) restore(run, options, database);
  }
}

/** A nested text has temporary tables and identity values of its own. */
function scopeOf({ nesting, context, session }: Run): Pick<Context, "temporary" | "identity"> {
  if (nesting === 0) return {};
  const outer = context.temporary ?? sessionData(session).temporary;
  return { temporary: { objects: new Map(), outer }, identity: { last: null } };
}

function handleScopeError(error: unknown, run: Run): void {
  const errors =
    error instanceof CompileErrors ? error.errors : error instanceof ResolutionFailure ? [error.error] : [];
  const last = errors.at(-1);
  if (!last) throw error;
  if (run.insideTry) throw last;
  for (const cause of errors.slice(0, -1)) run.sink.error(cause);
  report(run, last);
  if (error instanceof ResolutionFailure && run.session.options.get("XACT_ABORT") === "ON") {
    rollBack(run);
    throw new BatchAborted();
  }
}

function restore(run: Run, options: ReadonlyMap<string, string>, database: string): void {
  const { session, sink } = run;
  session.options.clear();
  for (const [name, value] of options) session.options.set(name, value);
  if (session.database === database) return;
  const previous = session.database;
  session.database = database;
  sink.databaseChanged(database, previous);
}

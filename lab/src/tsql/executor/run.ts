import { rollBackTransaction } from "../data/session-data";
import type { ResultSink, Session } from "../host";
import { SqlError } from "../messages";
import type { Context } from "../query/scope";
import type { SqlType, SqlValue } from "../types";

/** The variables by their lower-case names, with the @. */
export type Variables = Map<string, { readonly type: SqlType; value: SqlValue }>;

/** A batch that runs, or a text of EXEC or sp_executesql. */
export interface Run {
  /** The kind of the statement that runs. */
  readonly command?: string;
  readonly context: Context;
  readonly session: Session;
  readonly sink: ResultSink;
  readonly signal: AbortSignal;
  /** A TRY around this statement, here or in a caller, will catch its errors. */
  readonly insideTry: boolean;
  /** @@NESTLEVEL: the number of EXECs around this one. */
  readonly nesting: number;
  /** Runs the text of an EXEC or sp_executesql. It is passed along, as texts run statements and statements run texts. */
  runText(text: string, parameters: Variables, run: Run): Promise<void>;
}

const ignore = (): void => undefined;

/** A sink that drops everything, for work of which the client learns nothing. */
export const silent: ResultSink = {
  columns: ignore,
  row: ignore,
  statementEnd: ignore,
  error: ignore,
  info: ignore,
  databaseChanged: ignore,
};

export type Flow = "next" | "break" | "continue" | "return" | { readonly goTo: string };

/** An error in resolving names, such as 208 or 207: it ends its scope, and no TRY of the same scope catches it. */
export class ResolutionFailure extends Error {
  constructor(readonly error: SqlError) {
    super(error.text);
  }
}
/** Ends the batch. The client has been told why, or has asked for it. */
export class BatchAborted extends Error {}

export function resolving<T>(resolve: () => T): T {
  try {
    return resolve();
  } catch (error) {
    if (error instanceof SqlError) throw new ResolutionFailure(error);
    throw error;
  }
}

/** Errors that end the batch and roll back, as failed conversions do; other errors end only their statement. */
const endsBatch: ReadonlySet<number> = new Set([217, 241, 242, 244, 245, 248, 911, 916, 1205, 3930, 8114, 8169]);

/** An error of this severity or more ends the connection, and no TRY catches it. */
export const fatalSeverity = 20;

export function isBatchEnding(error: SqlError, session: Session): boolean {
  return endsBatch.has(error.number) || session.options.get("XACT_ABORT") === "ON";
}

/** Sends an error, after those that came before it. */
export function report(run: Run, error: SqlError, isSelect = false): void {
  for (const preceding of error.preceding) {
    preceding.line ||= error.line;
    run.sink.error(preceding);
  }
  run.sink.error(error);
  run.sink.statementEnd({ isSelect, failed: true, command: run.command });
  run.context.last.error = error.number;
  run.context.last.rowCount = 0;
}

export function rollBack(run: Run): void {
  const ended = rollBackTransaction(run.session);
  if (ended) run.sink.transactionChanged?.("rollback", ended.id);
  run.context.last.doomed = false;
}

/** Tells the client that a statement ended well. `rowCount` undefined: it has none. */
export function finish(run: Run, end: { readonly rowCount?: number; readonly isSelect?: boolean }): void {
  const { isSelect = false, rowCount } = end;
  run.context.last.rowCount = rowCount ?? 0;
  run.sink.statementEnd({
    rowCount: run.session.options.get("NOCOUNT") === "ON" ? undefined : rowCount,
    isSelect,
    failed: false,
    command: run.command,
  });
}

import type { PassedTable } from "./data/passed-table";
import { runRequest, runText, startRun } from "./executor/batch";
import { bulkInsert } from "./executor/bulk-insert";
import { balanced } from "./executor/exec";
import { whenUnlocked } from "./executor/unlocked";
import type { ResultSink, Session } from "./host";
import type { ProcedureResult } from "./procedures";
import type { SqlType, SqlValue } from "./types";

export { parse } from "./parser";
export { tokenize } from "./parser/lexer";
export { executeProcedure, forgetPreparedStatements } from "./procedures";

/** A batch as the client sends it. Errors of the language and of the server go to the sink. */
export async function executeBatch(
  text: string,
  session: Session,
  sink: ResultSink,
  signal: AbortSignal,
): Promise<void> {
  const run = startRun(session, sink, signal);
  await runRequest(run, () => runText(text, new Map(), run));
}

/** The rows that a client sends after INSERT BULK. */
export async function executeBulkLoad(
  rows: PassedTable,
  session: Session,
  sink: ResultSink,
  signal: AbortSignal,
): Promise<void> {
  const run = startRun(session, sink, signal);
  run.context.last.error = 0;
  await runRequest(run, () => whenUnlocked(run, () => bulkInsert(rows, run)));
}

export interface SqlParameter {
  readonly name: string;
  readonly type: SqlType;
  readonly value: SqlValue;
  readonly output?: boolean;
}

/** A text with parameters: what sp_executesql does with its definitions already read. */
export async function executeSql(
  text: string,
  parameters: readonly SqlParameter[],
  session: Session,
  sink: ResultSink,
  signal: AbortSignal,
): Promise<ProcedureResult> {
  const run = { ...startRun(session, sink, signal), nesting: 1 };
  run.context.last.error = 0;
  const variables = new Map(
    parameters.map(({ name, type, value }) => [`@${name.replace(/^@/, "").toLowerCase()}`, { type, value }]),
  );
  const returnStatus = await runRequest(run, () => balanced(run, () => runText(text, variables, run)));
  const outputs = parameters
    .filter(({ output }) => output)
    .map(({ name, type }) => {
      const bare = name.replace(/^@/, "");
      return { name: bare, type, value: variables.get(`@${bare.toLowerCase()}`)?.value ?? null };
    });
  return { returnStatus, outputs };
}

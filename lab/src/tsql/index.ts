import { runRequest, runText, startRun } from "./executor/batch";
import type { ResultSink, Session } from "./host";

export { executeProcedure, forgetPreparedStatements } from "./procedures";

/** Runs a batch as the client sends it. Errors of the language and of the server go to the sink. */
export async function executeBatch(
  text: string,
  session: Session,
  sink: ResultSink,
  signal: AbortSignal,
): Promise<void> {
  const run = startRun(session, sink, signal);
  await runRequest(run, () => runText(text, new Map(), run));
}

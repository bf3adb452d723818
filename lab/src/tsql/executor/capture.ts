import type { ResultSink } from "../host";
import type { Row } from "../stored";
import type { Column } from "../types";
import { type Run, silent } from "./run";

/** Runs a call for INSERT ... EXEC and collects its result sets, one under the other; undefined: it failed. */
export async function captured(
  call: (run: Run) => Promise<unknown>,
  run: Run,
): Promise<{ readonly columns: readonly Column[]; readonly rows: readonly Row[] } | undefined> {
  let columns: readonly Column[] | undefined;
  let hasFailed = false;
  const rows: Row[] = [];
  const { sink } = run;
  const capturing: ResultSink = {
    ...silent,
    columns: (found) => {
      columns = found;
    },
    row: (row) => rows.push(row),
    error(error) {
      hasFailed = true;
      sink.error(error);
    },
    info: (message) => sink.info(message),
  };
  await call({ ...run, sink: capturing });
  return hasFailed && !columns ? undefined : { columns: columns ?? [], rows };
}

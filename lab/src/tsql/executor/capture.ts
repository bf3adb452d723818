import type { ResultSink } from "../host";
import type { Row } from "../stored";
import type { Statement } from "../syntax/statement";
import type { Column } from "../types";
import { type Run, silent } from "./run";
import { runAll } from "./statement";

/** INSERT ... EXEC: the result sets of a call, one under the other, instead of the client's; undefined: it failed. */
export async function captured(
  statement: Statement,
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
  await runAll([statement], { ...run, sink: capturing });
  return hasFailed && !columns ? undefined : { columns: columns ?? [], rows };
}

import type { Row } from "../data/store";
import type { ChangeableTable, ChangeVerb } from "../data/target";
import type { Transaction } from "../data/transaction";
import { rowChecker } from "../query/changed";
import { changing, changingAlone } from "./changing";
import type { BoundOutput, ChangedRow } from "./output";
import { type Flow, finish, type Run } from "./run";
import { changingWithTriggers, refuseOutput } from "./triggers";

/** INSERT, UPDATE, DELETE or MERGE with its names resolved. */
export interface RowStatement {
  readonly target: ChangeableTable;
  readonly verbs: readonly ChangeVerb[];
  /** column_id of those that UPDATE sets. */
  readonly updated: ReadonlySet<number>;
  readonly output?: BoundOutput;
  /** Changes the rows; only says what they would become where a trigger runs instead. */
  perform(transaction: Transaction): readonly ChangedRow[];
}

export interface Outcome {
  readonly rows: readonly ChangedRow[];
  /** What OUTPUT shows. */
  readonly shown: readonly Row[];
}

export async function carryOut(statement: RowStatement, run: Run): Promise<Flow> {
  refuseOutput(statement, run);
  const work = workOf(statement);
  if (isTableVariable(statement)) return ended(statement, changingAlone(run, work), run);
  return ended(statement, await changingWithTriggers(statement, work, run), run);
}

/** In a function, which changes its own table variables and nothing else. */
export function carryOutAlone(statement: RowStatement, run: Run): Flow {
  const work = workOf(statement);
  return ended(statement, isTableVariable(statement) ? changingAlone(run, work) : changing(run, work), run);
}

const isTableVariable = ({ target }: RowStatement): boolean => target.table.name.startsWith("@");

const workOf =
  ({ perform, output, target }: RowStatement) =>
  (transaction: Transaction): Outcome => {
    const rows = perform(transaction);
    if (target.through) {
      const check = rowChecker(target.through, target.table);
      for (const { inserted } of rows) if (inserted) check(inserted);
    }
    return { rows, shown: output?.deliver(rows, transaction) ?? [] };
  };

/** The rows that OUTPUT shows, and the number of rows that were changed. */
function ended({ output }: RowStatement, { rows, shown }: Outcome, run: Run): Flow {
  if (output && !output.isInto) {
    run.sink.columns(output.columns);
    for (const row of shown) run.sink.row(row);
  }
  finish(run, { rowCount: rows.length, isSelect: output !== undefined && !output.isInto });
  return "next";
}

import { commitTransaction, openTransaction, rollBackToSavepoint, saveTransaction } from "../data/session-data";
import { sqlError } from "../messages";
import type { Statement } from "../syntax/statement";
import { begin } from "./changing";
import { type Flow, finish, type Run, rollBack } from "./run";

type Transaction = Extract<Statement, { readonly kind: "begin" | "commit" | "rollback" | "save" }>;

/** Carries out BEGIN, COMMIT, ROLLBACK and SAVE TRANSACTION. */
export function transaction(statement: Transaction, run: Run): Flow {
  const { session, context } = run;
  const name = nameOf(statement, run);
  switch (statement.kind) {
    case "begin":
      begin(run, name);
      break;
    case "commit": {
      if (session.transactionCount === 0) throw sqlError(3902);
      if (context.last.doomed) throw sqlError(3930);
      const ended = commitTransaction(session);
      if (ended) run.sink.transactionChanged?.("commit", ended.id);
      break;
    }
    case "rollback":
      if (session.transactionCount === 0) throw sqlError(3903);
      rollBackTo(name, run);
      break;
    case "save":
      if (context.last.doomed) throw sqlError(3931);
      saveTransaction(session, name ?? "");
  }
  finish(run, {});
  return "next";
}

function nameOf({ name }: Transaction, { context }: Run): string | undefined {
  if (!name?.startsWith("@")) return name;
  return String(context.variables.get(name)?.value ?? "");
}

/** Rolls back to a savepoint and leaves the transaction open, or rolls back all: without a name, or with the outermost BEGIN's. */
function rollBackTo(name: string | undefined, run: Run): void {
  const open = openTransaction(run.session);
  if (name === undefined || open?.name?.toLowerCase() === name.toLowerCase()) return rollBack(run);
  if (run.context.last.doomed) throw sqlError(3931);
  rollBackToSavepoint(run.session, name);
}

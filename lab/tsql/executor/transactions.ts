import { sqlError } from "../messages";
import type { Statement } from "../syntax";
import { type Flow, finish, type Run, rollBack } from "./run";

type Transaction = Extract<Statement, { readonly kind: "begin" | "commit" | "rollback" | "save" }>;

/** Counts transactions; what the lab's statements change is not undone by ROLLBACK. */
export function transaction(statement: Transaction, run: Run): Flow {
  const { session, context } = run;
  switch (statement.kind) {
    case "begin":
      session.transactionCount++;
      break;
    case "commit":
      if (session.transactionCount === 0) throw sqlError(3902);
      if (context.last.doomed) throw sqlError(3930);
      session.transactionCount--;
      break;
    case "rollback":
      if (session.transactionCount === 0) throw sqlError(3903);
      rollBack(run);
      break;
    case "save":
      if (session.transactionCount === 0) throw sqlError(628);
  }
  finish(run, {});
  return "next";
}

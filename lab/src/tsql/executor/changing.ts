import { openTransaction, startTransaction } from "../data/session-data";
import { beginTransaction, commit, rollBack, undoTo } from "../data/transaction";
import { sqlError } from "../messages";
import type { Transaction } from "../stored";
import type { Run } from "./run";

/** Makes all of one statement's changes or none. Outside of a transaction they are a transaction of their own. */
export function changing<T>(run: Run, work: (transaction: Transaction) => T): T {
  const { session, context } = run;
  if (context.last.doomed) throw sqlError(3930);
  const open = openTransaction(session);
  const transaction = open ?? beginTransaction(session.spid);
  const mark = transaction.entries.length;
  try {
    const result = work(transaction);
    if (!open) commit(transaction, session.host.now());
    return result;
  } catch (error) {
    if (open) undoTo(transaction, mark);
    else rollBack(transaction);
    throw error;
  }
}

/** Changes rows of table variables, which ROLLBACK does not undo. */
export function changingAlone<T>(run: Run, work: (transaction: Transaction) => T): T {
  const transaction = beginTransaction(run.session.spid);
  try {
    const result = work(transaction);
    commit(transaction, run.session.host.now());
    return result;
  } catch (error) {
    rollBack(transaction);
    throw error;
  }
}

export function begin(run: Run, name?: string): void {
  const { session } = run;
  startTransaction(session, name);
  const { transaction } = session;
  if (session.transactionCount === 1 && transaction) run.sink.transactionChanged?.("begin", transaction.id);
}

/** Begins a transaction before a statement that uses tables, if SET IMPLICIT_TRANSACTIONS is ON and none is open. */
export function beginImplicitly(run: Run): void {
  const { session } = run;
  if (session.transactionCount === 0 && session.options.get("IMPLICIT_TRANSACTIONS") === "ON") begin(run);
}

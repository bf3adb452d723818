import type { ChangeableTable } from "../data/target";
import type { Transaction } from "../stored";
import { changing, changingAlone } from "./changing";
import { type Flow, finish, type Run } from "./run";

/** INSERT, UPDATE or DELETE with its names resolved. */
export interface RowStatement {
  readonly target: ChangeableTable;
  /** Returns how many rows it changed. */
  perform(transaction: Transaction): number;
}

export function carryOut({ target, perform }: RowStatement, run: Run): Flow {
  const isVariable = target.table.name.startsWith("@");
  finish(run, { rowCount: isVariable ? changingAlone(run, perform) : changing(run, perform) });
  return "next";
}

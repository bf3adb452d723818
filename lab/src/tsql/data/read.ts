import type { Session } from "../host";
import type { Row, StoredTable } from "../stored";
import type { ObjectPlace } from "./access";
import { requireUnlocked } from "./locks";
import { openTransaction } from "./session-data";
import { optionOf } from "./session-options";
import { orderedRows } from "./table";

export interface Reading {
  readonly session: Session;
  readonly hints: readonly string[];
  /** The statement changes the rows that it finds, so that each has its id at the end. */
  readonly isChanged: boolean;
}

/** Reads a table's rows. READ COMMITTED waits for whoever is changing them; READ UNCOMMITTED and NOLOCK look past the lock. */
export function* tableRows(table: StoredTable, place: ObjectPlace, reading: Reading): Generator<Row> {
  const { session, isChanged } = reading;
  if (isChanged || !isUncommitted(reading)) requireUnlocked(place, isChanged ? "X" : "S", openTransaction(session));
  for (const [id, row] of orderedRows(table)) yield isChanged ? [...row, id] : row;
}

/** A hint of the table counts for more than the session's level. */
function isUncommitted({ session, hints }: Reading): boolean {
  if (hints.includes("NOLOCK") || hints.includes("READUNCOMMITTED")) return true;
  return !hints.includes("READCOMMITTED") && optionOf(session, "TRANSACTION ISOLATION LEVEL") === "READ UNCOMMITTED";
}

import { sqlError } from "../messages";
import type { Row, StoredTable } from "./store";
import { createTable } from "./table";
import type { Transaction } from "./transaction";

/** A row before a commit; kept for as long as a SNAPSHOT transaction may ask for it. */
export interface RowVersion {
  /** Number of the commit. */
  readonly at: number;
  readonly row: number;
  readonly before: Row | undefined;
}

let commits = 0;
const snapshots = new Set<Transaction>();
const remembering = new Set<StoredTable>();

/** The transaction sees the database as it is now, from here on. */
export function takeSnapshot(transaction: Transaction): void {
  if (transaction.snapshotAt !== undefined) return;
  transaction.snapshotAt = commits;
  snapshots.add(transaction);
}

/** Before a commit lets its rows go. */
export function rememberVersions(transaction: Transaction): void {
  commits++;
  if (snapshots.size === 0 || (snapshots.size === 1 && snapshots.has(transaction))) return;
  for (const table of transaction.lockedTables)
    for (const [row, { owner, before }] of table.locks) {
      if (owner !== transaction) continue;
      table.versions.push({ at: commits, row, before });
      remembering.add(table);
    }
}

export function forgetSnapshot(transaction: Transaction): void {
  if (!snapshots.delete(transaction) || snapshots.size > 0) return;
  for (const table of remembering) table.versions.length = 0;
  remembering.clear();
}

/** The table as it was committed, at the time of the snapshot if the transaction has one, with its own changes. */
export function versionOf(table: StoredTable, reader: Transaction | undefined, snapshotAt?: number): StoredTable {
  const rows = new Map(table.rows);
  let isOther = false;
  const put = (row: number, values: Row | undefined): void => {
    isOther = true;
    if (values) rows.set(row, values);
    else rows.delete(row);
  };
  for (const [row, { owner, before }] of table.locks) if (owner !== reader) put(row, before);
  if (snapshotAt !== undefined)
    for (const { at, row, before } of [...table.versions].reverse())
      if (at > snapshotAt && table.locks.get(row)?.owner !== reader) put(row, before);
  return isOther ? createTable(table.definition, rows) : table;
}

/** 3960: somebody else has changed the row since. */
export function requireUnchanged(
  { versions, name, schema }: StoredTable,
  row: number,
  { snapshotAt }: Transaction,
  databaseName: string,
): void {
  if (snapshotAt === undefined) return;
  if (versions.some((version) => version.row === row && version.at > snapshotAt))
    throw sqlError(3960, `${schema}.${name}`, databaseName);
}

import { applyChanges, storedBytes } from "../tsql/data/changes";
import type { Database, LogRecord } from "./model";

/** An LSN's second part counts blocks of 512 bytes; the last five digits count records in one. */
const blockBytes = 512;
const recordsPerBlock = 1_00000n;

/** Every commit in the database makes its log longer, and whoever follows it is told. */
export function writeLogOf(database: Database): void {
  database.store.committed = (changes, bytes, at) => {
    database.endOfLogLsn += BigInt(Math.ceil(bytes / blockBytes)) * recordsPerBlock;
    for (const follow of database.followers) follow({ lsn: database.endOfLogLsn, at, bytes, changes });
  };
}

/** Redo on a copy. */
export function redo(copy: Database, { changes }: LogRecord): void {
  applyChanges(copy.store, changes);
}

/** What a backup or a first copy of the database is: its files and what the user's tables take in them. */
export function allocatedBytes({ sizeBytes, store }: Database): number {
  return sizeBytes + storedBytes(store);
}

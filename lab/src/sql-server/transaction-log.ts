import { applyChanges, storedBytes } from "../tsql/data/changes";
import type { Database, LogRecord } from "./model";

/** An LSN's second part counts blocks of 512 bytes; the last five digits count records in one. */
const blockBytes = 512;
const recordsPerBlock = 1_00000n;

/** Has every commit in the database write its log, and tells the followers of it. */
export function writeLogOf(database: Database): void {
  database.store.committed = (changes, bytes, at) => {
    database.endOfLogLsn += BigInt(Math.ceil(bytes / blockBytes)) * recordsPerBlock;
    for (const follow of database.followers) follow({ lsn: database.endOfLogLsn, at, bytes, changes });
  };
}

/** Applies a log record to a copy. */
export function redo(copy: Database, { changes }: LogRecord): void {
  applyChanges(copy.store, changes);
}

/** The size of a backup or of a first copy: the database's files and what the user's tables take in them. */
export function allocatedBytes({ sizeBytes, store }: Database): number {
  return sizeBytes + storedBytes(store);
}

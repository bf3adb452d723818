import type { Session } from "../host";
import { sqlError } from "../messages";
import type { LockMode } from "./locks";
import { openTransaction } from "./session-data";
import { optionOf } from "./session-options";
import type { Store } from "./store";
import type { Transaction } from "./transaction";
import { takeSnapshot } from "./versions";

/** How one table of a statement is read: what its isolation level and its hints come to. */
export type Reading =
  | { readonly kind: "dirty" }
  | { readonly kind: "version"; readonly snapshotAt?: number }
  | {
      readonly kind: "locking";
      readonly mode: LockMode;
      /** Who keeps the locks until it ends; undefined: they last as long as the statement. */
      readonly keeper?: Transaction;
      /** One lock for all of the table. */
      readonly isWhole: boolean;
      /** SERIALIZABLE: no row may come that the reading would have found. */
      readonly isRange: boolean;
      /** READPAST */
      readonly skipsLocked: boolean;
      readonly noWait: boolean;
    };

/** By their numbers: READ UNCOMMITTED is 1. */
export const isolationLevels = [
  undefined,
  "READ UNCOMMITTED",
  "READ COMMITTED",
  "REPEATABLE READ",
  "SERIALIZABLE",
  "SNAPSHOT",
] as const;

const levelOfHint: Readonly<Record<string, string>> = {
  NOLOCK: "READ UNCOMMITTED",
  READUNCOMMITTED: "READ UNCOMMITTED",
  READCOMMITTED: "READ COMMITTED",
  READCOMMITTEDLOCK: "READ COMMITTED",
  REPEATABLEREAD: "REPEATABLE READ",
  SERIALIZABLE: "SERIALIZABLE",
  HOLDLOCK: "SERIALIZABLE",
};

const locking = [
  "UPDLOCK",
  "XLOCK",
  "TABLOCK",
  "TABLOCKX",
  "READCOMMITTEDLOCK",
  "REPEATABLEREAD",
  "SERIALIZABLE",
  "HOLDLOCK",
];

export interface ReadRequest {
  readonly session: Session;
  readonly hints: readonly string[];
  /** undefined: only the session sees the table. */
  readonly store: Store | undefined;
  readonly databaseName: string;
  /** The statement changes the rows that it finds. */
  readonly isChanged: boolean;
}

/** Throws 3951, 3952. */
export function readingOf({ session, hints, store, databaseName, isChanged }: ReadRequest): Reading {
  if (!store) return { kind: "dirty" };
  const hinted = hints.map((hint) => levelOfHint[hint]).find((level) => level !== undefined);
  const own = optionOf(session, "TRANSACTION ISOLATION LEVEL");
  const level = hinted ?? own;
  if (level === "READ UNCOMMITTED" && !isChanged) return { kind: "dirty" };
  const transaction = openTransaction(session);
  const wantsLocks = locking.some((hint) => hints.includes(hint));
  if (own === "SNAPSHOT" && hinted === undefined) {
    if (!store.allowsSnapshot) throw sqlError(3952, databaseName);
    if (transaction) requireSnapshot(transaction, databaseName);
    if (!wantsLocks) return { kind: "version", snapshotAt: transaction?.snapshotAt };
  }
  if (level === "READ COMMITTED" && store.readsVersions && !wantsLocks && !isChanged) return { kind: "version" };
  return lockingOf(level, hints, isChanged, transaction);
}

function lockingOf(
  level: string,
  hints: readonly string[],
  isChanged: boolean,
  transaction: Transaction | undefined,
): Reading {
  const has = (...wanted: readonly string[]): boolean => wanted.some((hint) => hints.includes(hint));
  const mode: LockMode = has("XLOCK", "TABLOCKX") ? "X" : has("UPDLOCK") || isChanged ? "U" : "S";
  const isRange = level === "SERIALIZABLE";
  return {
    kind: "locking",
    mode,
    keeper: isRange || level === "REPEATABLE READ" || has("UPDLOCK", "XLOCK", "TABLOCKX") ? transaction : undefined,
    isWhole: has("TABLOCK", "TABLOCKX"),
    isRange,
    skipsLocked: has("READPAST"),
    noWait: has("NOWAIT"),
  };
}

/** 3951: a transaction that has begun to look at data otherwise cannot change to SNAPSHOT. */
function requireSnapshot(transaction: Transaction, databaseName: string): void {
  if (transaction.snapshotAt === undefined && (transaction.entries.length > 0 || transaction.lockedTables.size > 0))
    throw sqlError(3951, databaseName);
  takeSnapshot(transaction);
}

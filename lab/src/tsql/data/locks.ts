import type { Store, StoredTable } from "./store";
import { keyText } from "./table";
import type { Transaction } from "./transaction";

/** Shared, update, exclusive. */
export type LockMode = "S" | "U" | "X";

/** What a transaction keeps until it ends without having changed it (REPEATABLE READ, SERIALIZABLE, UPDLOCK ...). */
export interface KeptLocks {
  table?: LockMode;
  readonly rows: Map<number, LockMode>;
}

export interface LockRequest {
  readonly mode: LockMode;
  readonly table?: StoredTable;
  /** undefined: all of the table. */
  readonly row?: number;
  /** NOWAIT: 1222 at once. */
  readonly noWait?: boolean;
  /** Milliseconds, instead of those of LOCK_TIMEOUT. */
  readonly timeout?: number;
}

/** Somebody else's lock is in the way: the statement is undone, waits, and starts again. */
export class LockWait extends Error {
  constructor(
    readonly owner: Transaction,
    readonly request: LockRequest,
  ) {
    super(`transaction ${owner.id} has not ended`);
  }
}

/** https://learn.microsoft.com/sql/relational-databases/sql-server-transaction-locking-and-row-versioning-guide#lock_compatibility */
const areCompatible = (one: LockMode, other: LockMode): boolean =>
  one === "S" ? other !== "X" : one === "U" && other === "S";

const strength: Readonly<Record<LockMode, number>> = { S: 1, U: 2, X: 3 };
const stronger = (one: LockMode | undefined, other: LockMode): LockMode =>
  one && strength[one] >= strength[other] ? one : other;

/** All of the table in that mode; any change of somebody else is in the way. */
export function requireTable(table: StoredTable, mode: LockMode, asking: Transaction | undefined): void {
  const request: LockRequest = { mode, table };
  for (const owner of table.owners) if (owner !== asking) throw new LockWait(owner, request);
  for (const [owner, kept] of table.kept) {
    if (owner === asking) continue;
    const modes = kept.table ? [kept.table, ...kept.rows.values()] : [...kept.rows.values()];
    if (modes.some((held) => !areCompatible(held, mode))) throw new LockWait(owner, request);
  }
}

/** Somebody else whose lock of the row, or of all rows, does not go with this one. */
export function holderOf(
  table: StoredTable,
  row: number,
  mode: LockMode,
  asking: Transaction | undefined,
): Transaction | undefined {
  const lock = table.locks.get(row);
  if (lock && lock.owner !== asking) return lock.owner;
  for (const [owner, kept] of table.kept) {
    if (owner === asking) continue;
    const held = kept.rows.get(row);
    if ((held && !areCompatible(held, mode)) || (kept.table && !areCompatible(kept.table, mode))) return owner;
  }
  return undefined;
}

export function requireRow(table: StoredTable, row: number, mode: LockMode, asking: Transaction | undefined): void {
  const owner = holderOf(table, row, mode, asking);
  if (owner) throw new LockWait(owner, { mode, table, row });
}

/** A new row: whoever keeps a lock of the whole table, as SERIALIZABLE does, is in the way. */
export function requireInsertable(table: StoredTable, asking: Transaction | undefined): void {
  for (const [owner, kept] of table.kept)
    if (owner !== asking && kept.table) throw new LockWait(owner, { mode: "X", table });
}

/** Looks for a key: a row that has it, or that had it before an uncommitted change, is in the way. */
export function requireUnlockedKey(
  table: StoredTable,
  positions: readonly number[],
  key: string,
  asking: Transaction | undefined,
  mode: LockMode = "S",
): void {
  if (table.owners.size === 0 || (table.owners.size === 1 && asking && table.owners.has(asking))) return;
  for (const [row, { owner, before }] of table.locks) {
    if (owner === asking) continue;
    const now = table.rows.get(row);
    const isMeant = [before, now].some((values) => values && keyText(values, positions, table.columns) === key);
    if (isMeant) throw new LockWait(owner, { mode, table, row });
  }
}

/** Names an object that an uncommitted CREATE, ALTER or DROP of somebody else is about. */
export function requireUnlockedObject({ locks }: Store, key: string, asking: Transaction | undefined): void {
  const owner = locks.get(key);
  if (owner && owner !== asking) throw new LockWait(owner, { mode: "S" });
}

function keptBy(table: StoredTable, owner: Transaction): KeptLocks {
  const kept: KeptLocks = table.kept.get(owner) ?? { rows: new Map() };
  table.kept.set(owner, kept);
  owner.lockedTables.add(table);
  return kept;
}

export function keepRow(table: StoredTable, row: number, mode: LockMode, owner: Transaction): void {
  const { rows } = keptBy(table, owner);
  rows.set(row, stronger(rows.get(row), mode));
}

export function keepTable(table: StoredTable, mode: LockMode, owner: Transaction): void {
  const kept = keptBy(table, owner);
  kept.table = stronger(kept.table, mode);
}

import type { SqlValue } from "../types";
import type { Reading } from "./isolation";
import { holderOf, keepRow, keepTable, LockWait, requireRow, requireTable, requireUnlockedKey } from "./locks";
import type { Row, StoredTable } from "./store";
import { keyTextOf, orderedRows } from "./table";
import type { Transaction } from "./transaction";
import { versionOf } from "./versions";

export interface UniqueKey {
  /** Positions of its columns in a row. */
  readonly positions: readonly number[];
  /** The row with these values, which have the columns' types; [] if there is none. */
  find(values: readonly SqlValue[]): readonly Row[];
}

export interface TableReader {
  rows(): Iterable<Row>;
  readonly keys: readonly UniqueKey[];
  /** Keeps a lock of a row that was found; undefined where nothing is kept of single rows. */
  readonly keep?: (row: Row) => void;
}

/** A session's view of a table: its own changes, and of others' what its isolation lets it see. `withIds`: rows end with theirs. */
export function tableReader(
  table: StoredTable,
  reading: Reading,
  reader: Transaction | undefined,
  withIds = false,
): TableReader {
  const ids = new WeakMap<Row, number>();
  const keeper = reading.kind === "locking" ? reading.keeper : undefined;
  const show = (row: Row, id: number): Row => {
    const shown = withIds ? [...row, id] : row;
    if (keeper) ids.set(shown, id);
    return shown;
  };
  const seen = (): StoredTable => (reading.kind === "version" ? versionOf(table, reader, reading.snapshotAt) : table);
  const skipsLocked = reading.kind === "locking" && reading.skipsLocked;
  const isFree = (id: number): boolean =>
    !skipsLocked || reading.kind !== "locking" || holderOf(table, id, reading.mode, reader) === undefined;
  return {
    *rows() {
      if (reading.kind === "locking") lockForScan(table, reading, reader);
      for (const [id, row] of orderedRows(seen())) if (isFree(id)) yield show(row, id);
    },
    keys: table.indexes
      .flatMap((index, at) => (index.key.filter ? [] : [{ at, positions: index.positions }]))
      .map(({ at, positions }) => ({
        positions,
        find(values) {
          const key = keyTextOf(values, positions, table.columns);
          if (reading.kind === "locking" && !skipsLocked) lockForSeek(table, positions, key, reading, reader);
          const current = seen();
          const id = current.indexes[at]?.rows.get(key);
          const row = id === undefined ? undefined : current.rows.get(id);
          if (id === undefined || !row || !isFree(id)) return missing(table, reading);
          if (reading.kind === "locking") waiting(reading, () => requireRow(table, id, reading.mode, reader));
          return [show(row, id)];
        },
      })),
    keep: keeper && reading.kind === "locking" ? (row) => keep(table, ids.get(row), reading.mode, keeper) : undefined,
  };
}

type Locking = Extract<Reading, { readonly kind: "locking" }>;

/** The lab has no locks of ranges: a reading that wants one locks all of the table. */
function lockForScan(table: StoredTable, reading: Locking, reader: Transaction | undefined): void {
  if (!reading.skipsLocked) waiting(reading, () => requireTable(table, reading.mode, reader));
  if (reading.keeper && (reading.isWhole || reading.isRange)) keepTable(table, reading.mode, reading.keeper);
}

function lockForSeek(
  table: StoredTable,
  positions: readonly number[],
  key: string,
  reading: Locking,
  reader: Transaction | undefined,
): void {
  waiting(reading, () => {
    if (reading.isWhole) requireTable(table, reading.mode, reader);
    else requireUnlockedKey(table, positions, key, reader, reading.mode);
  });
  if (reading.keeper && reading.isWhole) keepTable(table, reading.mode, reading.keeper);
}

/** SERIALIZABLE keeps a key from being inserted that it did not find. */
function missing(table: StoredTable, reading: Reading): readonly Row[] {
  if (reading.kind === "locking" && reading.isRange && reading.keeper) {
    waiting(reading, () => requireTable(table, reading.mode, reading.keeper));
    keepTable(table, reading.mode, reading.keeper);
  }
  return [];
}

function keep(table: StoredTable, row: number | undefined, mode: Locking["mode"], keeper: Transaction): void {
  if (row !== undefined) keepRow(table, row, mode, keeper);
}

function waiting({ noWait }: Locking, require: () => void): void {
  try {
    require();
  } catch (error) {
    if (error instanceof LockWait && noWait) throw new LockWait(error.owner, { ...error.request, noWait });
    throw error;
  }
}

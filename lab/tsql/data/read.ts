import type { Session } from "../host";
import type { SqlValue } from "../types";
import { readsUncommitted } from "./access";
import { requireUnlocked, requireUnlockedKey } from "./locks";
import { openTransaction } from "./session-data";
import type { Row, StoredTable } from "./store";
import { keyTextOf, orderedRows } from "./table";

export interface UniqueKey {
  /** Positions of its columns in a row. */
  readonly positions: readonly number[];
  /** The row with these values, which have the columns' types; [] if there is none. */
  find(values: readonly SqlValue[]): readonly Row[];
}

export interface TableReader {
  rows(): Iterable<Row>;
  readonly keys: readonly UniqueKey[];
  /** Rows that end with their ids. */
  withIds(): Omit<TableReader, "withIds">;
}

/** A session's view of a table: its own changes, and what others have committed. */
export function tableReader(table: StoredTable, session: Session, hints?: readonly string[]): TableReader {
  const isDirty = readsUncommitted(session, hints);
  const shown = (show: (row: Row, id: number) => Row): Omit<TableReader, "withIds"> => ({
    *rows() {
      if (!isDirty) requireUnlocked(table, openTransaction(session));
      for (const [id, row] of orderedRows(table)) yield show(row, id);
    },
    keys: table.indexes.map(({ positions, rows }) => ({
      positions,
      find(values) {
        const key = keyTextOf(values, positions, table.columns);
        if (!isDirty) requireUnlockedKey(table, positions, key, openTransaction(session));
        const id = rows.get(key);
        const row = id === undefined ? undefined : table.rows.get(id);
        return id === undefined || !row ? [] : [show(row, id)];
      },
    })),
  });
  return { ...shown((row) => row), withIds: () => shown((row, id) => [...row, id]) };
}

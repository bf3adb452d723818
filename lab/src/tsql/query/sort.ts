import type { SqlType, SqlValue } from "../types";
import type { Collation } from "../values/collation";
import { compareValues } from "../values/compare";

export interface SortKey {
  readonly type: SqlType;
  readonly collation?: Collation;
  readonly descending: boolean;
}

/** Compares sort keys. NULL comes first, or last where the order descends. */
export function compareKeys(a: readonly SqlValue[], b: readonly SqlValue[], keys: readonly SortKey[]): number {
  for (const [index, key] of keys.entries()) {
    const [x, y] = [a[index] ?? null, b[index] ?? null];
    const order =
      x === null || y === null ? Number(x !== null) - Number(y !== null) : compareValues(x, y, key.type, key.collation);
    if (order !== 0) return key.descending ? -order : order;
  }
  return 0;
}

import { sqlError } from "../messages";
import type { ForeignKey, Key, Row, Store, StoredTable, TableDefinition, UniqueIndex } from "../stored";
import type { SqlValue } from "../types";
import { sameName } from "../values/collation";
import { convertValue } from "../values/convert";
import { requireUnlocked } from "./locks";
import { objectKey, positionOf, tablesOf } from "./store";
import { keyText, keyTextOf } from "./table";
import { schemaAndName, type Target } from "./target";

export interface RowChange {
  readonly before: Row | undefined;
  readonly after: Row | undefined;
}

/** Throws 547 for FOREIGN KEY and REFERENCE. It looks once all rows of the statement are changed. */
export function checkReferences(target: Target, changes: readonly RowChange[]): void {
  const { store, key } = target.place;
  if (!store || changes.length === 0) return;
  for (const foreignKey of target.table.definition.foreignKeys) requireParents(target, store, foreignKey, changes);
  for (const child of tablesOf(store))
    for (const foreignKey of child.definition.foreignKeys)
      if (foreignKey.references === key) requireNoChildren(target, store, child, foreignKey, changes);
}

interface Reference {
  readonly parent: StoredTable;
  readonly index: UniqueIndex;
  /** The child's columns in the order of the parent's key. */
  readonly childPositions: readonly number[];
}

/** The unique key that consists of a foreign key's columns, in whatever order they are named. */
export function referencedKey({ keys }: TableDefinition, referenced: readonly string[]): Key | undefined {
  return keys.find(
    ({ isUnique, columns }) =>
      isUnique &&
      columns.length === referenced.length &&
      columns.every((name) => referenced.some((other) => sameName(name, other))),
  );
}

export function referenceOf(
  store: Store,
  child: Pick<StoredTable, "columns">,
  foreignKey: ForeignKey,
): Reference | undefined {
  const parent = store.objects.get(foreignKey.references);
  if (parent?.kind !== "table") return undefined;
  const wanted = foreignKey.referencedColumns.map((name) => positionOf(parent.columns, name));
  const own = referencedKey(parent.definition, foreignKey.referencedColumns);
  const index = parent.indexes.find(({ key }) => key === own);
  const childPositions = (index?.positions ?? []).map((position) =>
    positionOf(child.columns, foreignKey.columns[wanted.indexOf(position)] ?? ""),
  );
  return index && { parent, index, childPositions };
}

/** The child's values as a key of the parent; undefined where one of them is NULL. */
function parentKey({ parent, index, childPositions }: Reference, child: StoredTable, row: Row): string | undefined {
  const values = childPositions.map((position) => row[position] ?? null);
  if (values.includes(null)) return undefined;
  const converted = values.map((value, at): SqlValue => {
    const [from, to] = [child.columns[childPositions[at] ?? 0], parent.columns[index.positions[at] ?? 0]];
    return from && to ? convertValue(value, from.type, to.type) : value;
  });
  return keyTextOf(converted, index.positions, parent.columns);
}

function requireParents(target: Target, store: Store, foreignKey: ForeignKey, changes: readonly RowChange[]): void {
  const reference = referenceOf(store, target.table, foreignKey);
  if (!reference) return;
  const { parent, index } = reference;
  requireUnlocked({ store, key: foreignKey.references }, "S", target.transaction);
  for (const { after } of changes) {
    const key = after && parentKey(reference, target.table, after);
    if (key !== undefined && !index.rows.has(key))
      throw conflict(target, "FOREIGN KEY", foreignKey, parent, foreignKey.referencedColumns);
  }
}

function conflict(
  { verb, databaseName }: Target,
  kind: "FOREIGN KEY" | "REFERENCE",
  { name }: ForeignKey,
  table: StoredTable,
  columns: readonly string[],
) {
  const column = columns.length === 1 ? `, column '${columns[0]}'` : "";
  return sqlError(547, verb, kind, name, databaseName, schemaAndName(table), column);
}

function requireNoChildren(
  target: Target,
  store: Store,
  child: StoredTable,
  foreignKey: ForeignKey,
  changes: readonly RowChange[],
): void {
  const reference = referenceOf(store, child, foreignKey);
  if (!reference) return;
  const { parent, index } = reference;
  const keys = changes.flatMap(({ before }) => (before ? [keyText(before, index.positions, parent.columns)] : []));
  // Another row may have taken the key over, so that nothing is missing.
  const gone = new Set(keys.filter((key) => !index.rows.has(key)));
  if (gone.size === 0) return;
  requireUnlocked({ store, key: objectKey(child.schema, child.name) }, "S", target.transaction);
  for (const row of child.rows.values()) {
    const key = parentKey(reference, child, row);
    if (key !== undefined && gone.has(key)) throw conflict(target, "REFERENCE", foreignKey, child, foreignKey.columns);
  }
}

import { type FoundObject, findObject, placeOf } from "../data/access";
import { requireTable, requireUnlockedObject } from "../data/locks";
import {
  isSchemaObject,
  objectKey,
  positionOf,
  type Store,
  type StoredObject,
  type TableDefinition,
  tablesOf,
} from "../data/store";
import { copyTable } from "../data/table";
import { changeObject, type Transaction } from "../data/transaction";
import { allTriggersOn } from "../data/triggers";
import { formatMessage, type SqlError, sqlError } from "../messages";
import { nameIn, nameParts } from "../name-parts";
import { sameName } from "../values/collation";
import { type FoundTable, mentions, requireAlterable } from "./alter-table";
import { textArgument } from "./arguments";
import { changing } from "./changing";
import { constraintNames, constraintsOf } from "./define";
import type { PassedParameter } from "./exec";
import type { Run } from "./run";

/** `sp_rename 'dbo.t.c', 'd', 'COLUMN'`: the new name is taken as it is, brackets and dots too. */
export function rename(args: readonly PassedParameter[], run: Run): undefined {
  const written = textArgument(args, 0, "objname");
  const to = textArgument(args, 1, "newname");
  const type = textArgument(args, 2, "objtype")?.toUpperCase();
  if (!written || !to) throw sqlError(15600, "sys.sp_rename");
  changing(run, (transaction) => {
    if (type === "COLUMN") renameColumn(written, to, transaction, run);
    else if (type === "INDEX") renameIndex(written, to, transaction, run);
    else if (type === "OBJECT") renameObject(written, to, transaction, run);
    else if (type === undefined) renameWhatIsThere(written, to, transaction, run);
    else throw sqlError(15249, type);
  });
  run.sink.info({ ...formatMessage(15477), number: 15477, state: 1, line: 1 });
}

/** 15225: it may be an object or, without a type, a column or an index of one. */
function renameWhatIsThere(written: string, to: string, transaction: Transaction, run: Run): void {
  const parts = nameParts(written);
  if (parts.length <= 3 && (existing(written, run) || constraintOwner(written, run)))
    return renameObject(written, to, transaction, run);
  const table = parts.length > 1 ? partOwner(written, run) : undefined;
  if (!table) throw missing(written, "(null)", run);
  const { columns, definition } = table.table.object;
  if (positionOf(columns, table.part) < 0 && definition.keys.some(({ name }) => sameName(name, table.part)))
    return renameIndex(written, to, transaction, run);
  renameColumn(written, to, transaction, run);
}

const missing = (written: string, type: string, run: Run): SqlError =>
  sqlError(15225, written, run.session.database, type);

function existing(written: string, run: Run): FoundObject | undefined {
  const name = nameIn(written);
  const found = name && findObject(name, run.context);
  return found && !isSchemaObject(found.object) ? undefined : found;
}

/** The table in front of the last part: `dbo.t` of `dbo.t.c`. */
function partOwner(written: string, run: Run): { readonly table: FoundTable; readonly part: string } | undefined {
  const names = nameParts(written);
  const part = names.pop() ?? "";
  const [name, schema, database] = names.reverse();
  const found = name === undefined ? undefined : findObject({ name, schema, database }, run.context);
  return found?.object.kind === "table" ? { table: { ...found, object: found.object }, part } : undefined;
}

function redefine(table: FoundTable, definition: TableDefinition, transaction: Transaction, run: Run): void {
  const modified = run.session.host.now();
  changeObject(transaction, table.place, copyTable(table.object, { ...definition, modified }));
}

function renameColumn(written: string, to: string, transaction: Transaction, run: Run): void {
  const owner = partOwner(written, run);
  const from = owner?.table.object.columns[positionOf(owner.table.object.columns, owner.part)]?.name;
  if (!owner || from === undefined) throw sqlError(15248, "COLUMN");
  const { table } = owner;
  const { definition } = table.object;
  requireAlterable(table, transaction);
  const position = positionOf(definition.columns, to);
  if (position >= 0 && !sameName(from, to)) throw sqlError(15335, to, "COLUMN");
  // 15336: what is written with the name would no longer make sense.
  const computed = definition.columns.flatMap((column) => (column.computed ? [column.computed] : []));
  const filters = definition.keys.flatMap(({ filter }) => filter ?? []);
  if ([...definition.checks, ...computed, ...filters].some(({ text }) => mentions(text, from)))
    throw sqlError(15336, written);
  const renamed = (names: readonly string[]): string[] => names.map((name) => (sameName(name, from) ? to : name));
  const isSelf = (references: string) => references === table.place.key;
  redefine(
    table,
    {
      ...definition,
      columns: definition.columns.map((column) => (column.name === from ? { ...column, name: to } : column)),
      keys: definition.keys.map((key) => ({
        ...key,
        columns: renamed(key.columns),
        descending: renamed(key.descending),
        included: renamed(key.included),
      })),
      checks: definition.checks,
      foreignKeys: definition.foreignKeys.map((key) => ({
        ...key,
        columns: renamed(key.columns),
        referencedColumns: isSelf(key.references) ? renamed(key.referencedColumns) : key.referencedColumns,
      })),
    },
    transaction,
    run,
  );
  redefineChildren(table, transaction, (key) => ({ ...key, referencedColumns: renamed(key.referencedColumns) }));
}

/** Foreign keys of other tables know the table and its columns by name. */
function redefineChildren(
  { place, object }: FoundObject,
  transaction: Transaction,
  change: (key: TableDefinition["foreignKeys"][number]) => TableDefinition["foreignKeys"][number],
): void {
  const { store, key } = place;
  if (!store) return;
  for (const child of tablesOf(store)) {
    const { foreignKeys } = child.definition;
    if (child.id === object.id || !foreignKeys.some(({ references }) => references === key)) continue;
    const changed = foreignKeys.map((foreignKey) => (foreignKey.references === key ? change(foreignKey) : foreignKey));
    const childKey = objectKey(child.schema, child.name);
    requireUnlockedObject(store, childKey, transaction);
    requireTable(child, "X", transaction);
    const childPlace = { ...place, key: childKey };
    changeObject(transaction, childPlace, copyTable(child, { ...child.definition, foreignKeys: changed }));
  }
}

function renameIndex(written: string, to: string, transaction: Transaction, run: Run): void {
  const owner = partOwner(written, run);
  const isMeant = ({ name }: { readonly name: string }) => owner !== undefined && sameName(name, owner.part);
  if (!owner?.table.object.definition.keys.some(isMeant)) throw sqlError(15248, "INDEX");
  const { table } = owner;
  const { definition } = table.object;
  requireAlterable(table, transaction);
  if (definition.keys.some((key) => !isMeant(key) && sameName(key.name, to))) throw sqlError(15335, to, "INDEX");
  const keys = definition.keys.map((key) => (isMeant(key) ? { ...key, name: to, isSystemNamed: false } : key));
  redefine(table, { ...definition, keys }, transaction, run);
}

function renameObject(written: string, to: string, transaction: Transaction, run: Run): void {
  const found = existing(written, run);
  if (!found) return renameConstraint(written, to, transaction, run);
  requireAlterable(found, transaction);
  const { object, place } = found;
  const key = objectKey(object.schema, to);
  if (place.store) {
    requireUnlockedObject(place.store, key, transaction);
    requireFreeName(place.store, object, to);
  }
  const modified = run.session.host.now();
  changeObject(transaction, place, undefined);
  const self = (foreignKey: TableDefinition["foreignKeys"][number]) =>
    foreignKey.references === place.key ? { ...foreignKey, references: key } : foreignKey;
  const renamed: StoredObject =
    object.kind === "table"
      ? copyTable(object, {
          ...object.definition,
          name: to,
          modified,
          foreignKeys: object.definition.foreignKeys.map(self),
        })
      : { ...object, name: to, modified };
  changeObject(transaction, { ...place, key }, renamed);
  redefineChildren(found, transaction, self);
  for (const trigger of place.store ? allTriggersOn(place.store, place.key, transaction) : [])
    changeObject(transaction, { ...place, key: objectKey(trigger.schema, trigger.name) }, { ...trigger, parent: key });
}

/** Objects and constraints of a schema share their names. */
function requireFreeName(store: Store, { schema, id }: StoredObject, to: string): void {
  const names = [...store.objects.values()].flatMap((other) => {
    if (!isSchemaObject(other) || !sameName(other.schema, schema)) return [];
    const constraints = other.kind === "table" ? constraintNames(other.definition) : [];
    return other.id === id ? constraints : [other.name, ...constraints];
  });
  if (names.some((name) => sameName(name, to))) throw sqlError(15335, to, "OBJECT");
}

function constraintOwner(written: string, run: Run): { readonly table: FoundTable; readonly name: string } | undefined {
  const [name = "", schema = "dbo", database] = nameParts(written).reverse();
  const place = placeOf({ name, schema, database }, run.context);
  if (!place?.store) return undefined;
  const table = tablesOf(place.store).find(
    ({ definition }) =>
      sameName(definition.schema, schema) && constraintNames(definition).some((other) => sameName(other, name)),
  );
  return table && { name, table: { object: table, place: { ...place, key: objectKey(table.schema, table.name) } } };
}

function renameConstraint(written: string, to: string, transaction: Transaction, run: Run): void {
  const owner = constraintOwner(written, run);
  if (!owner) throw missing(written, "OBJECT", run);
  const { table, name } = owner;
  const { definition } = table.object;
  requireAlterable(table, transaction);
  const id = constraintsOf(definition).find((constraint) => sameName(constraint.name, name))?.id;
  if (table.place.store) requireFreeName(table.place.store, { ...table.object, id: -1 }, to);
  const renamed = <Named extends { readonly id: number }>(constraint: Named): Named =>
    constraint.id === id ? { ...constraint, name: to, isSystemNamed: false } : constraint;
  redefine(
    table,
    {
      ...definition,
      keys: definition.keys.map(renamed),
      checks: definition.checks.map(renamed),
      foreignKeys: definition.foreignKeys.map(renamed),
      columns: definition.columns.map((column) =>
        column.default ? { ...column, default: renamed(column.default) } : column,
      ),
    },
    transaction,
    run,
  );
}

import { type FoundObject, findObject, requirePermission, requireWritable, writtenName } from "../data/access";
import { checkReferences } from "../data/foreign-keys";
import { takeLock } from "../data/locks";
import { duplicateValue } from "../data/rows";
import { positionOf } from "../data/store";
import { createTable, keyText, positionsOf } from "../data/table";
import { schemaAndName, type Target } from "../data/target";
import { changeObject } from "../data/transaction";
import { type SqlError, sqlError } from "../messages";
import type { Bound } from "../query/scope";
import type { Row, StoredTable, TableDefinition, Transaction } from "../stored";
import type { ObjectName } from "../syntax/object-name";
import type { AlterTableAction, DefinitionStatement } from "../syntax/table-change";
import type { SqlValue } from "../types";
import { sameName } from "../values/collation";
import { changing } from "./changing";
import { columnValue } from "./column-value";
import { requireBindable } from "./create-table";
import { defaultValue } from "./default-value";
import { constraintNames, extended, storedColumn, withoutConstraint } from "./define";
import { rowCheck } from "./row-check";
import { type Flow, finish, type Run } from "./run";

/** The new definition, and how it converts the rows that are there. */
interface Altered {
  readonly definition: TableDefinition;
  readonly convert: (row: Row) => readonly SqlValue[];
}

export function alterTable(
  { table, action }: Extract<DefinitionStatement, { readonly kind: "alterTable" }>,
  run: Run,
): Flow {
  changing(run, (transaction) => {
    const found = alterable(table, transaction, run);
    replaceTable(found, alter(found, action, run), transaction, run);
  });
  finish(run, {});
  return "next";
}

export type FoundTable = FoundObject & { readonly object: StoredTable };

/** Finds a table to alter. Throws 4902, 229, 3906, and LockWait where somebody else's rows are not committed. */
export function alterable(name: ObjectName, transaction: Transaction, run: Run, missing = 4902): FoundTable {
  const found = findObject(name, run.context);
  if (found?.object.kind !== "table") throw sqlError(missing, writtenName(name));
  requireAlterable(found, transaction);
  return { ...found, object: found.object };
}

export function requireAlterable({ object, place }: FoundObject, transaction: Transaction): void {
  requirePermission("ALTER", { object, place });
  requireWritable(place);
  takeLock(place, "Sch-M", transaction);
}

/** Puts the table under its new definition, with all its rows; throws whatever error the rows cause. */
export function replaceTable(
  { object, place }: FoundTable,
  { definition, convert }: Altered,
  transaction: Transaction,
  run: Run,
): void {
  const databaseName = place.database?.name ?? "tempdb";
  const empty = createTable(definition);
  requireBindable(empty, run);
  const target: Target = { table: empty, place, databaseName, transaction, verb: "ALTER TABLE" };
  const check = rowCheck(target, run.context);
  const rows = [...object.rows].map(([id, row]) => [id, check(convert(row))] as const);
  requireUniqueKeys(definition, rows, object.definition);
  const table = createTable(definition, rows);
  table.nextRow = object.nextRow;
  if (object.columns.some(({ identity }) => identity))
    Object.assign(table, { nextIdentity: object.nextIdentity, lastIdentity: object.lastIdentity });
  changeObject(transaction, place, table);
  const foreignKeys = definition.foreignKeys.filter((key) => !object.definition.foreignKeys.includes(key));
  checkReferences(
    { ...target, table: { ...table, definition: { ...definition, foreignKeys } } },
    rows.map(([, after]) => ({ before: undefined, after })),
  );
}

/** Throws 1505 for a new unique key in which two rows are equal. */
function requireUniqueKeys(
  definition: TableDefinition,
  rows: readonly (readonly [number, Row])[],
  before: TableDefinition,
): void {
  for (const key of definition.keys.filter(({ isUnique }) => isUnique)) {
    if (before.keys.includes(key)) continue;
    const positions = positionsOf(key, definition.columns);
    const seen = new Set<string>();
    for (const [, row] of rows) {
      const text = keyText(row, positions, definition.columns);
      if (seen.has(text)) {
        const value = duplicateValue(createTable(definition), positions, row);
        const error = sqlError(1505, schemaAndName(definition), key.name, value);
        throw key.kind === "index" ? error : withoutConstraint(error);
      }
      seen.add(text);
    }
  }
}

function alter(found: FoundTable, action: AlterTableAction, run: Run): Altered {
  const { object, place } = found;
  switch (action.kind) {
    case "add": {
      const building = { definition: object.definition, place, context: run.context };
      return added(found, extended(building, action.body), run);
    }
    case "dropColumn":
      return withoutColumns(object, action.names, action.ifExists);
    case "dropConstraint":
      return { definition: withoutConstraints(object, action.names, action.ifExists), convert: (row) => row };
    case "alterColumn":
      return withChangedColumn(found, action, run);
  }
}

/** New columns have their default where they are NOT NULL, otherwise NULL. */
function added({ object }: FoundTable, definition: TableDefinition, run: Run): Altered {
  const fresh = definition.columns.slice(object.columns.length);
  let identity = 0n;
  const values = fresh.map((column): (() => SqlValue) => {
    if (column.identity) {
      const { seed, increment } = column.identity;
      return () => Number(seed + increment * identity++);
    }
    if (column.nullable) return () => null;
    if (!column.default && object.rows.size > 0) throw sqlError(4901, column.name, object.name);
    const bound = defaultValue(column, run.context);
    const target = { table: object, databaseName: run.session.database };
    const value = bound && columnValue(bound, column, target, run.context);
    return () => value?.({ row: [] }) ?? null;
  });
  return { definition, convert: (row) => [...row, ...values.map((value) => value())] };
}

function withoutColumns(table: StoredTable, names: readonly string[], ifExists: boolean): Altered {
  const dropped = new Set<number>();
  for (const name of names) {
    const position = positionOf(table.columns, name);
    if (position < 0 && ifExists) continue;
    if (position < 0) throw sqlError(4924, "ALTER TABLE DROP COLUMN", name, table.name);
    const user = userOf(table.definition, name);
    if (user) throw dependent(user, name, "ALTER TABLE DROP COLUMN");
    dropped.add(position);
  }
  const keep = <T>(items: readonly T[]): T[] => items.filter((_, position) => !dropped.has(position));
  return { definition: { ...table.definition, columns: keep(table.definition.columns) }, convert: keep };
}

/** The constraint or index that needs the column, for 5074 and 4922. */
function userOf({ keys, foreignKeys, checks, columns }: TableDefinition, name: string) {
  const uses = ({ columns: own }: { readonly columns: readonly string[] }) =>
    own.some((column) => sameName(column, name));
  const key = keys.find(uses);
  if (key) return { kind: key.kind === "index" ? "index" : "object", name: key.name };
  const constraint =
    foreignKeys.find(uses) ??
    checks.find(({ text, column }) => (column && sameName(column, name)) || mentions(text, name)) ??
    columns.find((column) => sameName(column.name, name))?.default;
  return constraint && { kind: "object", name: constraint.name };
}

/** Whether the name is in the text of a definition, outside of quotes. */
function mentions(text: string, name: string): boolean {
  return (
    text
      .replace(/'(?:[^']|'')*'/g, "''")
      .toLowerCase()
      .match(/[\p{L}\p{N}_@#$]+/gu)
      ?.includes(name.toLowerCase()) ?? false
  );
}

function dependent(
  user: { readonly kind: string; readonly name: string },
  column: string,
  statement: string,
): SqlError {
  const error = sqlError(4922, statement, column);
  return Object.assign(error, { preceding: [sqlError(5074, user.kind, user.name, "column", column)] });
}

function withoutConstraints(table: StoredTable, names: readonly string[], ifExists: boolean): TableDefinition {
  let { definition } = table;
  for (const name of names) {
    const known = constraintNames(definition).some((existing) => sameName(existing, name));
    if (!known && ifExists) continue;
    if (!known) {
      const error = sqlError(3727);
      throw Object.assign(error, { preceding: [sqlError(3728, name)] });
    }
    const keep = <T extends { readonly name: string }>(items: readonly T[]) =>
      items.filter((item) => !sameName(item.name, name));
    definition = {
      ...definition,
      keys: keep(definition.keys),
      checks: keep(definition.checks),
      foreignKeys: keep(definition.foreignKeys),
      columns: definition.columns.map((column) =>
        column.default && sameName(column.default.name, name) ? { ...column, default: undefined } : column,
      ),
    };
  }
  return definition;
}

function withChangedColumn(
  { object, place }: FoundTable,
  { column }: Extract<AlterTableAction, { readonly kind: "alterColumn" }>,
  run: Run,
): Altered {
  const position = positionOf(object.columns, column.name);
  const existing = object.columns[position];
  if (!existing) throw sqlError(4924, "ALTER TABLE ALTER COLUMN", column.name, object.name);
  const changed = { ...existing, ...storedColumn(column, existing.id, object.name), name: existing.name };
  const next = { ...changed, identity: existing.identity, default: existing.default };
  const columns = object.definition.columns.map((other, at) => (at === position ? next : other));
  const value: Bound = { ...existing, value: (frame) => frame.row[position] ?? null };
  const target = { table: object, databaseName: place.database?.name ?? "tempdb" };
  const convert = columnValue(value, next, target, run.context);
  return {
    definition: { ...object.definition, columns },
    convert: (row) => row.map((old, at) => (at === position ? convert({ row }) : old)),
  };
}

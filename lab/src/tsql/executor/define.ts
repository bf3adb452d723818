import {
  findObject,
  isTableVariable,
  isTemporary,
  type ObjectPlace,
  placeOf,
  requireWritable,
  writtenName,
} from "../data/access";
import { referencedKey, referenceOf } from "../data/foreign-keys";
import { requireUnlocked } from "../data/locks";
import { openTransaction, sessionData } from "../data/session-data";
import { newObjectId, objectKey, positionOf, schemaKey } from "../data/store";
import { schemaAndName } from "../data/target";
import { SqlError, sqlError } from "../messages";
import { notSpoken } from "../not-spoken";
import type { Context } from "../query/scope";
import type { ConstraintName, Definition, ForeignKey, Key, Store, StoredColumn, TableDefinition } from "../stored";
import type { ObjectName } from "../syntax/object-name";
import type {
  ColumnDefinition,
  ConstraintDefinition,
  IndexDefinition,
  KeyColumn,
  TableBody,
} from "../syntax/table-definition";
import { collationOf, sameName } from "../values/collation";

/** Finds the place for a new object. Throws 262, 2760, 2714, 3906. */
export function newPlace(name: ObjectName, context: Context, what: string): ObjectPlace & { readonly schema: string } {
  const { session } = context;
  if (name.name.startsWith("##")) throw notSpoken("A global temporary table");
  const place = placeOf(name, context);
  if (!place) {
    if (name.database !== undefined) throw sqlError(911, name.database);
    throw sqlError(262, what, session.database);
  }
  const schema = isTemporary(name) || isTableVariable(name) ? "dbo" : (name.schema ?? "dbo");
  const { database, store, objects, key } = place;
  if (database && store && !isTemporary(name)) {
    if (!database.isOwner) throw sqlError(262, what, database.name);
    if (!sameName(schema, "dbo") && !objects.has(schemaKey(schema))) throw sqlError(2760, schema);
  }
  requireWritable(place);
  requireUnlocked(place, "Sch-S", openTransaction(session));
  const isShadowed = isTemporary(name) && !store && !isInnermost(place, context);
  if (objects.has(key) && !isShadowed) throw sqlError(2714, name.name);
  if (!isShadowed) return { ...place, schema };
  return { ...place, objects: (context.temporary ?? sessionData(session).temporary).objects, schema };
}

/** Whether a temporary table would be in the innermost procedure: its caller may have one of the same name. */
function isInnermost({ objects }: ObjectPlace, context: Context): boolean {
  return objects === (context.temporary ?? sessionData(context.session).temporary).objects;
}

export interface Building {
  readonly definition: TableDefinition;
  readonly place: ObjectPlace;
  readonly context: Context;
}

const idsOf = ({ store }: ObjectPlace, { session }: Context): Store => store ?? sessionData(session).ids;
const newId = ({ place, context }: Pick<Building, "place" | "context">): number => newObjectId(idsOf(place, context));

export function newDefinition(
  name: string,
  body: TableBody,
  place: ObjectPlace & { readonly schema: string },
  context: Context,
): TableDefinition {
  const now = context.session.host.now();
  const empty: TableDefinition = {
    id: newId({ place, context }),
    schema: place.schema,
    name,
    created: now,
    modified: now,
    columns: [],
    nextColumnId: 1,
    keys: [],
    checks: [],
    foreignKeys: [],
  };
  return extended({ definition: empty, place, context }, body, true);
}

/** Adds columns and constraints to a table: those of CREATE TABLE, or of ALTER TABLE ADD. */
export function extended(building: Building, body: TableBody, isNew = false): TableDefinition {
  const { context } = building;
  let { definition } = building;
  const primary = body.constraints.find((constraint) => constraint.kind === "key" && constraint.isPrimary);
  for (const column of body.columns) definition = withColumn(definition, column, primary);
  definition = { ...definition, modified: context.session.host.now() };
  for (const constraint of body.constraints)
    definition = withConstraint({ ...building, definition }, constraint, isNew);
  return definition;
}

function withColumn(
  definition: TableDefinition,
  column: ColumnDefinition,
  primary: ConstraintDefinition | undefined,
): TableDefinition {
  const { columns, name: table } = definition;
  if (positionOf(columns, column.name) >= 0) throw sqlError(2705, column.name, table);
  if (column.identity && columns.some(({ identity }) => identity)) throw sqlError(2744, table);
  const added = storedColumn(column, definition.nextColumnId, table, isIn(primary, column.name));
  return { ...definition, columns: [...columns, added], nextColumnId: definition.nextColumnId + 1 };
}

const isIn = (constraint: ConstraintDefinition | undefined, name: string): boolean =>
  constraint?.kind === "key" && constraint.columns.some((column) => sameName(column.name, name));

const identityTypes: ReadonlySet<string> = new Set(["int", "bigint", "smallint", "tinyint", "decimal", "numeric"]);

export function storedColumn(
  column: ColumnDefinition,
  id: number,
  table: string,
  isInPrimaryKey = false,
): StoredColumn {
  const { name, type, nullable, identity, collation } = column;
  if (identity) {
    if (!identityTypes.has(type.name) || ("scale" in type && type.scale !== 0)) throw sqlError(2749, name);
    if (nullable) throw sqlError(8147, name, table);
  }
  // 8111: a primary key's column cannot be declared NULL. Without a declaration it is NOT NULL.
  if (isInPrimaryKey && nullable) throw withoutConstraint(sqlError(8111, table));
  const collated = collation === undefined ? undefined : collationOf(collation);
  if (collation !== undefined && !collated) throw sqlError(448, collation);
  const isNullable = identity || isInPrimaryKey ? false : (nullable ?? type.name !== "timestamp");
  return { name, id, type, nullable: isNullable, collation: collated, identity };
}

/** Makes 1750 of an error that keeps a constraint from being made; both are sent. */
export function withoutConstraint(cause: SqlError): SqlError {
  const { severity, text } = sqlError(1750);
  return new SqlError(1750, severity, text, 0, 0, "", [cause]);
}

function withConstraint(building: Building, constraint: ConstraintDefinition, isNew: boolean): TableDefinition {
  const { definition } = building;
  switch (constraint.kind) {
    case "key":
      return { ...definition, keys: [...definition.keys, keyOf(building, constraint)] };
    case "check": {
      const { condition, column } = constraint;
      const named = nameOf(building, "CK", constraint.name, column);
      return { ...definition, checks: [...definition.checks, { ...named, ...condition, column }] };
    }
    case "default":
      return withDefault(building, constraint);
    case "foreignKey":
      return { ...definition, foreignKeys: [...definition.foreignKeys, foreignKeyOf(building, constraint, isNew)] };
  }
}

function keyOf(building: Building, constraint: Extract<ConstraintDefinition, { readonly kind: "key" }>): Key {
  const { definition } = building;
  const { isPrimary } = constraint;
  if (isPrimary && definition.keys.some(({ kind }) => kind === "primary")) {
    throw withoutConstraint(sqlError(1779, definition.name));
  }
  const missing = (name: string) => withoutConstraint(sqlError(1911, name));
  const { columns, descending } = keyColumns(definition, constraint.columns, missing);
  const nullable = definition.columns.some((column) => column.nullable && columns.includes(column.name));
  if (isPrimary && nullable) throw withoutConstraint(sqlError(8111, definition.name));
  const isClustered = constraint.isClustered ?? (isPrimary && !definition.keys.some((key) => key.isClustered));
  const named = nameOf(building, isPrimary ? "PK" : "UQ", constraint.name, undefined);
  const kind = isPrimary ? "primary" : "unique";
  return { ...named, kind, isUnique: true, isClustered, columns, descending };
}

export function indexOf(building: Building, { name, isUnique, isClustered, columns }: IndexDefinition): Key {
  const { definition } = building;
  if (definition.keys.some((key) => sameName(key.name, name)))
    throw sqlError(1913, name, "table", schemaAndName(definition));
  return {
    name,
    id: newId(building),
    isSystemNamed: false,
    kind: "index",
    isUnique,
    isClustered,
    ...keyColumns(definition, columns, (column) => sqlError(1911, column)),
  };
}

/** The columns of a key, in the table's own spelling. */
function keyColumns(
  { columns: all }: TableDefinition,
  written: readonly KeyColumn[],
  missing: (name: string) => SqlError,
): Pick<Key, "columns" | "descending"> {
  const columns = written.map(({ name, isDescending }) => {
    const column = all[positionOf(all, name)];
    if (!column) throw missing(name);
    return { name: column.name, isDescending };
  });
  const descending = columns.filter(({ isDescending }) => isDescending);
  return { columns: columns.map(({ name }) => name), descending: descending.map(({ name }) => name) };
}

function withDefault(
  building: Building,
  { name, value, column }: Extract<ConstraintDefinition, { readonly kind: "default" }>,
): TableDefinition {
  const { definition } = building;
  const position = positionOf(definition.columns, column);
  if (position < 0) throw withoutConstraint(sqlError(1911, column));
  const added: Definition<typeof value.value> = { ...nameOf(building, "DF", name, column), ...value };
  const columns = definition.columns.map((existing, at) =>
    at === position ? { ...existing, default: added } : existing,
  );
  return { ...definition, columns };
}

/** Makes a foreign key. A table that is only being made can refer to itself. */
function foreignKeyOf(
  building: Building,
  constraint: Extract<ConstraintDefinition, { readonly kind: "foreignKey" }>,
  isNew: boolean,
): ForeignKey {
  const { definition, place, context } = building;
  const { columns, table } = constraint;
  const named = nameOf(building, "FK", constraint.name, columns[0]);
  const references = objectKey(table.schema ?? "dbo", table.name);
  const isSelf = references === objectKey(definition.schema, definition.name);
  const parent = isSelf ? definition : findObject({ database: place.database?.name, ...table }, context)?.object;
  const parentDefinition = parent && "definition" in parent ? parent.definition : isSelf ? definition : undefined;
  if (!parentDefinition) throw withoutConstraint(sqlError(1767, named.name, writtenName(table)));
  for (const name of columns)
    if (positionOf(definition.columns, name) < 0) throw withoutConstraint(sqlError(1911, name));
  const primary = parentDefinition.keys.find(({ kind }) => kind === "primary")?.columns ?? [];
  const referencedColumns = constraint.referenced.length > 0 ? constraint.referenced : primary;
  const key: ForeignKey = { ...named, columns, references, referencedColumns };
  const isKey = referencedKey(parentDefinition, referencedColumns) !== undefined;
  const exists = isSelf || isNew || !place.store || referenceOf(place.store, definition, key) !== undefined;
  if (!isKey || !exists || columns.length !== referencedColumns.length)
    throw withoutConstraint(sqlError(1776, writtenName(table), named.name));
  return key;
}

/** The name of a new constraint, unique in its schema; the server makes one up if none is given. */
function nameOf(
  building: Building,
  prefix: "PK" | "UQ" | "CK" | "DF" | "FK",
  given: string | undefined,
  column: string | undefined,
): ConstraintName {
  const { definition, place } = building;
  const id = newId(building);
  if (given === undefined) return { name: generatedName(prefix, definition.name, column, id), id, isSystemNamed: true };
  const others = [...place.objects.values()].flatMap((object) =>
    object.kind === "table" && sameName(object.schema, definition.schema) && object.id !== definition.id
      ? constraintNames(object.definition)
      : [object.name],
  );
  if ([...others, ...constraintNames(definition)].some((name) => sameName(name, given)))
    throw withoutConstraint(sqlError(2714, given));
  return { name: given, id, isSystemNamed: false };
}

/** All constraints of a table; indexes of CREATE INDEX are none. */
function constraintsOf({ keys, checks, foreignKeys, columns }: TableDefinition): ConstraintName[] {
  const defaults = columns.flatMap((column) => (column.default ? [column.default] : []));
  return [...keys.filter(({ kind }) => kind !== "index"), ...checks, ...foreignKeys, ...defaults];
}

export const constraintNames = (definition: TableDefinition): string[] =>
  constraintsOf(definition).map(({ name }) => name);

function generatedName(prefix: string, table: string, column: string | undefined, id: number): string {
  const digits = id.toString(16).toUpperCase().padStart(8, "0");
  if (prefix === "PK" || prefix === "UQ")
    return `${prefix}__${table.slice(0, 9)}__${digits}${((id * 31) >>> 0).toString(16).toUpperCase().padStart(8, "0")}`;
  const ofColumn = column === undefined ? "" : `${column.slice(0, 8)}__`;
  return `${prefix}__${table.slice(0, 9)}__${ofColumn}${digits}`;
}

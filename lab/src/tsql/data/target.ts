import { sqlError } from "../messages";
import type { StoredTable, Transaction } from "../stored";
import type { ObjectName } from "../syntax/object-name";
import {
  type FoundObject,
  findObject,
  isTableVariable,
  type Lookup,
  requirePermission,
  requireWritable,
  writtenName,
} from "./access";
import type { Place } from "./locks";

export type ChangeVerb = "INSERT" | "UPDATE" | "DELETE";

/** A table whose rows one statement changes. */
export interface Target {
  readonly table: StoredTable;
  readonly place: Place;
  readonly transaction: Transaction;
  readonly verb: ChangeVerb | "ALTER TABLE";
  /** The database's name in messages: db1, tempdb. */
  readonly databaseName: string;
}

export interface ChangeableTable {
  readonly table: StoredTable;
  readonly found: FoundObject;
  readonly databaseName: string;
}

/** Finds a table to change. Throws 208, 1087, 259, 229, 3906. */
export function changeableTable(name: ObjectName, verb: ChangeVerb | "ALTER", lookup: Lookup): ChangeableTable {
  const found = findObject(name, lookup);
  if (found?.object.kind !== "table") throw missing(name, found, lookup);
  requirePermission(verb, found);
  requireWritable(found.place);
  return { table: found.object, found, databaseName: found.place.database?.name ?? "tempdb" };
}

function missing(name: ObjectName, found: FoundObject | undefined, { session }: Lookup) {
  if (isTableVariable(name)) return sqlError(1087, name.name);
  // 259: system tables cannot be changed.
  if (!found && session.host.table(name, session)) return sqlError(259);
  return sqlError(208, writtenName(name));
}

/** The name of a table in error messages. */
export function qualifiedName({ table, databaseName }: Pick<Target, "table" | "databaseName">): string {
  return table.name.startsWith("@") ? table.name : `${databaseName}.${schemaAndName(table)}`;
}

export const schemaAndName = ({ schema, name }: Pick<StoredTable, "schema" | "name">): string => `${schema}.${name}`;

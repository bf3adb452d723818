import type { ObjectName, UserDatabase } from "../host";
import { sqlError } from "../messages";
import type { Context } from "../query/scope";
import { sameName } from "../values/collation";
import { requireUnlocked } from "./locks";
import { openTransaction, sessionData, type TemporaryTables } from "./session-data";
import { objectKey, type StoredObject } from "./store";
import type { Place } from "./transaction";

export type ObjectPlace = Place & {
  readonly objects: Map<string, StoredObject>;
  /** undefined for what only a session sees. */
  readonly database?: UserDatabase;
};
export interface FoundObject {
  readonly object: StoredObject;
  readonly place: ObjectPlace;
}

export const isTemporary = ({ name }: ObjectName): boolean => name.startsWith("#");
export const isTableVariable = ({ name }: ObjectName): boolean => name.startsWith("@");

export const writtenName = ({ database, schema, name }: ObjectName): string =>
  [database, schema, name].filter((part) => part !== undefined).join(".");

/** Where an object of this name is or would be; undefined: there is no such database. */
export function placeOf(name: ObjectName, context: Context): ObjectPlace | undefined {
  const { session } = context;
  if (isTableVariable(name))
    return { store: undefined, key: name.name.toLowerCase(), objects: context.tableVariables ?? new Map() };
  if (isTemporary(name)) {
    const key = objectKey("dbo", name.name);
    const innermost = context.temporary ?? sessionData(session).temporary;
    return { store: undefined, key, objects: (scopeOf(key, innermost) ?? innermost).objects };
  }
  const database = session.host.database?.(name.database ?? context.database ?? session.database, session);
  if (!database) return undefined;
  const key = objectKey(name.schema ?? "dbo", name.name);
  return { store: database.store, key, objects: database.store.objects, database };
}

function scopeOf(key: string, scope: TemporaryTables | undefined): TemporaryTables | undefined {
  if (!scope || scope.objects.has(key)) return scope;
  return scopeOf(key, scope.outer);
}

/** The user's object of that name. Throws LockWait where another transaction is changing it. */
export function findObject(name: ObjectName, context: Context): FoundObject | undefined {
  const place = placeOf(name, context);
  if (!place) return undefined;
  requireUnlocked(place, "Sch-S", openTransaction(context.session));
  const stored = place.objects.get(place.key);
  const object = stored && sameName(stored.name, name.name) ? stored : undefined;
  return object && { object, place };
}

/** 229 for what somebody else owns. */
export function requirePermission(permission: string, { object, place }: FoundObject): void {
  if (!place.database || place.database.isOwner) return;
  throw sqlError(229, permission, object.name, place.database.name, object.schema);
}

/** 3906: a secondary replica, or SET READ_ONLY. */
export function requireWritable({ database }: ObjectPlace): void {
  if (database?.isReadOnly) throw sqlError(3906, database.name);
}

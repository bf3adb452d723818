import type { Session, UserDatabase } from "../host";
import { sqlError } from "../messages";
import type { StoredObject } from "../stored";
import type { ObjectName } from "../syntax/object-name";
import { sameName } from "../values/collation";
import type { Place } from "./locks";
import { requireUnlocked } from "./locks";
import { openTransaction, sessionData, type TemporaryTables } from "./session-data";
import { objectKey } from "./store";

/** The place where names of tables are looked up. */
export interface Lookup {
  readonly session: Session;
  /** The database of names without one: that of EXEC db.sys.procedure, otherwise the session's. */
  readonly database?: string;
  /** The tables of DECLARE @t TABLE, by lower-case name. */
  readonly tableVariables?: Map<string, StoredObject>;
  /** The temporary tables of this batch or procedure, otherwise the session's own. */
  readonly temporary?: TemporaryTables;
}

export type ObjectPlace = Place & {
  readonly objects: Map<string, StoredObject>;
  /** The database; undefined for what only a session sees. */
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

/** The place where an object of this name is or would be; undefined: there is no such database. */
export function placeOf(name: ObjectName, lookup: Lookup): ObjectPlace | undefined {
  const { session } = lookup;
  if (isTableVariable(name))
    return { store: undefined, key: name.name.toLowerCase(), objects: lookup.tableVariables ?? new Map() };
  if (isTemporary(name)) {
    const key = objectKey("dbo", name.name);
    const innermost = lookup.temporary ?? sessionData(session).temporary;
    return { store: undefined, key, objects: (scopeOf(key, innermost) ?? innermost).objects };
  }
  const database = session.host.database?.(name.database ?? lookup.database ?? session.database, session);
  if (!database) return undefined;
  const key = objectKey(name.schema ?? "dbo", name.name);
  return { store: database.store, key, objects: database.store.objects, database };
}

function scopeOf(key: string, scope: TemporaryTables | undefined): TemporaryTables | undefined {
  if (!scope || scope.objects.has(key)) return scope;
  return scopeOf(key, scope.outer);
}

/** Finds the user's object of that name. Throws LockWait where another transaction is changing it. */
export function findObject(name: ObjectName, lookup: Lookup): FoundObject | undefined {
  const place = placeOf(name, lookup);
  if (!place) return undefined;
  requireUnlocked(place, "Sch-S", openTransaction(lookup.session));
  const stored = place.objects.get(place.key);
  const object = stored && sameName(stored.name, name.name) ? stored : undefined;
  return object && { object, place };
}

/** Throws 229 over an object in a database that the session does not own. */
export function requirePermission(permission: string, { object, place }: FoundObject): void {
  if (!place.database || place.database.isOwner) return;
  throw sqlError(229, permission, object.name, place.database.name, object.schema);
}

/** Throws 3906 in a secondary replica, and after SET READ_ONLY. */
export function requireWritable({ database }: ObjectPlace): void {
  if (database?.isReadOnly) throw sqlError(3906, database.name);
}

import { type FoundObject, placeOf, requirePermission, requireWritable } from "../data/access";
import { requireUnlocked, takeLock } from "../data/locks";
import { openTransaction } from "../data/session-data";
import { databaseKey } from "../data/store";
import { changeObject } from "../data/transaction";
import { sqlError } from "../messages";
import { notSpoken } from "../not-spoken";
import type { ExtendedProperty, StoredDatabase } from "../stored";
import type { Variant } from "../types";
import { sameName } from "../values/collation";
import type { PassedParameter } from "./arguments";
import { argument, textArgument } from "./arguments";
import { changing } from "./changing";
import type { Run } from "./run";

/** sysname: a longer one is cut off, as parameters of procedures are. */
const longestName = 128;

/** How messages call the database. */
const called = "object specified";

export function addProperty(args: readonly PassedParameter[], run: Run): undefined {
  change("sp_addextendedproperty", args, 2, run, (existing, name) => {
    if (existing) throw sqlError(15233, name, called);
    return writtenValue(args);
  });
}

export function updateProperty(args: readonly PassedParameter[], run: Run): undefined {
  change("sp_updateextendedproperty", args, 2, run, (existing, name) => {
    if (!existing) throw sqlError(15217, name, called);
    return writtenValue(args);
  });
}

export function dropProperty(args: readonly PassedParameter[], run: Run): undefined {
  change("sp_dropextendedproperty", args, 1, run, (existing, name) => {
    if (!existing) throw sqlError(15217, name, called);
    return undefined;
  });
}

/** Returns the property's new value; undefined drops it. */
type NewValue = (existing: ExtendedProperty | undefined, name: string) => Variant | null | undefined;

function change(procedure: string, args: readonly PassedParameter[], levelsAt: number, run: Run, to: NewValue): void {
  const name = textArgument(args, 0, "name")?.slice(0, longestName);
  if (!name) throw sqlError(15600, procedure);
  const isOfPart = args.some(
    ({ name: given, value }, at) => (given?.startsWith("level") ?? at >= levelsAt) && value !== null,
  );
  if (isOfPart) throw notSpoken("An extended property of anything but the database");
  changing(run, (transaction) => {
    const { object, place } = databaseOf(run);
    requirePermission("ALTER", { object, place });
    requireWritable(place);
    takeLock(place, "Sch-M", transaction);
    const isMeant = (property: ExtendedProperty) => sameName(property.name, name);
    const value = to(object.properties.find(isMeant), name);
    const others = object.properties.filter((property) => !isMeant(property));
    const properties = value === undefined ? others : [...others, { name, value }];
    changeObject(transaction, place, properties.length === 0 ? undefined : { ...object, properties });
  });
}

const longestValue = 7500;

/** The value that is to be written. Throws 206, 15097. */
function writtenValue(args: readonly PassedParameter[]): Variant | null {
  const given = argument(args, 1, "value");
  if (!given || given.value === null) return null;
  const { value } = given;
  if (typeof value === "object" && "type" in value) return value;
  if ("length" in given.type && given.type.length === "max")
    throw sqlError(206, `${given.type.name}(max)`, "sql_variant");
  const characterBytes = given.type.name.startsWith("n") ? 2 : 1;
  const bytes = typeof value === "string" ? value.length * characterBytes : Buffer.isBuffer(value) ? value.length : 0;
  if (bytes > longestValue) throw sqlError(15097);
  return { type: given.type, value };
}

/** The session's database, as an object that has properties. Throws LockWait where another transaction is changing one. */
function databaseOf({ context, session }: Run): FoundObject & { readonly object: StoredDatabase } {
  const found = placeOf({ name: "" }, context);
  if (!found?.store) throw sqlError(911, session.database);
  const place = { ...found, key: databaseKey };
  requireUnlocked(place, "Sch-S", openTransaction(session));
  const object = place.objects.get(databaseKey);
  if (object?.kind === "database") return { object, place };
  const now = session.host.now();
  const none = { id: 0, schema: "", name: session.database, created: now, modified: now, properties: [] };
  return { object: { kind: "database", ...none }, place };
}

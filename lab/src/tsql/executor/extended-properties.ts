import { type FoundObject, findObject, placeOf, requirePermission, requireWritable } from "../data/access";
import { requireUnlocked, takeLock } from "../data/locks";
import { openTransaction } from "../data/session-data";
import { databaseKey, positionOf, schemaKey } from "../data/store";
import { copyTable } from "../data/table";
import { changeObject } from "../data/transaction";
import { sqlError } from "../messages";
import { notSpoken } from "../not-spoken";
import type { ExtendedProperty, StoredObject } from "../stored";
import type { Variant } from "../types";
import { sameName } from "../values/collation";
import type { PassedParameter } from "./arguments";
import { argument, textArgument } from "./arguments";
import { changing } from "./changing";
import { constraintsOf } from "./define";
import type { Run } from "./run";

/** sysname: a longer one is cut off, as parameters of procedures are. */
const longestName = 128;

type Part = ExtendedProperty["of"];

/** The object or part that has a property, and the name by which messages call it. */
interface Owner {
  readonly found: FoundObject;
  readonly part: Part;
  readonly called: string;
}

/** One level of the path to it: @level0type = N'SCHEMA', @level0name = N'dbo'. */
interface Level {
  readonly type: string;
  readonly name: string;
}

export function addProperty(args: readonly PassedParameter[], run: Run): undefined {
  change("sp_addextendedproperty", args, 2, run, (existing, name, called) => {
    if (existing) throw sqlError(15233, name, called);
    return writtenValue(args);
  });
}

export function updateProperty(args: readonly PassedParameter[], run: Run): undefined {
  change("sp_updateextendedproperty", args, 2, run, (existing, name, called) => {
    if (!existing) throw sqlError(15217, name, called);
    return writtenValue(args);
  });
}

export function dropProperty(args: readonly PassedParameter[], run: Run): undefined {
  change("sp_dropextendedproperty", args, 1, run, (existing, name, called) => {
    if (!existing) throw sqlError(15217, name, called);
    return undefined;
  });
}

/** Returns the property's new value; undefined drops it. */
type NewValue = (existing: ExtendedProperty | undefined, name: string, called: string) => Variant | null | undefined;

function change(procedure: string, args: readonly PassedParameter[], levelsAt: number, run: Run, to: NewValue): void {
  const name = textArgument(args, 0, "name")?.slice(0, longestName);
  if (!name) throw sqlError(15600, procedure);
  changing(run, (transaction) => {
    const { found, part, called } = ownerOf(levelsOf(procedure, args, levelsAt), run);
    requirePermission("ALTER", found);
    requireWritable(found.place);
    takeLock(found.place, "Sch-M", transaction);
    const { properties = [] } = found.object.kind === "table" ? found.object.definition : found.object;
    const isMeant = (property: ExtendedProperty) => sameName(property.name, name) && isSame(property.of, part);
    const value = to(properties.find(isMeant), name, called);
    const others = properties.filter((property) => !isMeant(property));
    const changed = value === undefined ? others : [...others, { name, value, of: part }];
    const isGone = found.object.kind === "database" && changed.length === 0;
    changeObject(transaction, found.place, isGone ? undefined : withProperties(found.object, changed));
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

const isSame = (one: Part, other: Part): boolean =>
  one.kind === other.kind && ("id" in one ? one.id : 0) === ("id" in other ? other.id : 0);

const withProperties = (object: StoredObject, properties: readonly ExtendedProperty[]): StoredObject =>
  object.kind === "table" ? copyTable(object, { ...object.definition, properties }) : { ...object, properties };

function levelsOf(procedure: string, args: readonly PassedParameter[], from: number): Level[] {
  const levels = [0, 1, 2].map((level) => ({
    type: textArgument(args, from + level * 2, `level${level}type`),
    name: textArgument(args, from + level * 2 + 1, `level${level}name`),
  }));
  return levels.flatMap(({ type, name }, at) => {
    if (type === undefined && name === undefined) return [];
    if (type === undefined || name === undefined || levels.slice(0, at).some((outer) => outer.type === undefined))
      throw sqlError(15600, procedure);
    return [{ type: type.toUpperCase(), name }];
  });
}

function ownerOf(levels: readonly Level[], run: Run): Owner {
  const [schema, object, inside] = levels;
  const called = levels.map(({ name }) => name).join(".");
  if (!schema) return { found: databaseOf(run), part: { kind: "object" }, called: "object specified" };
  const invalid = () => sqlError(15135, called);
  if (schema.type !== "SCHEMA" && schema.type !== "USER") throw invalid();
  const found = object ? objectAt(schema.name, object, run) : schemaAt(schema.name, run);
  if (!found) throw invalid();
  const part = inside ? partOf(found.object, inside) : { kind: "object" as const };
  if (!part) throw invalid();
  return { found, part, called };
}

/** The session's database, as an object that has properties. Throws LockWait where another transaction is changing one. */
function databaseOf({ context, session }: Run): FoundObject {
  const place = placeOf({ name: "" }, context);
  if (!place?.store) throw sqlError(911, session.database);
  requireUnlocked({ ...place, key: databaseKey }, "Sch-S", openTransaction(session));
  const now = session.host.now();
  const none = { kind: "database", id: 0, schema: "", name: session.database, created: now, modified: now } as const;
  return { object: place.objects.get(databaseKey) ?? none, place: { ...place, key: databaseKey } };
}

function schemaAt(name: string, run: Run): FoundObject | undefined {
  if (sameName(name, "dbo")) throw notSpoken("An extended property of a built-in schema");
  const place = placeOf({ name }, run.context);
  const key = schemaKey(name);
  const object = place?.objects.get(key);
  return place && object && { object, place: { ...place, key } };
}

function objectAt(schema: string, { type, name }: Level, run: Run): FoundObject | undefined {
  const found = findObject({ schema, name }, run.context);
  return found && found.object.kind.toUpperCase() === type ? found : undefined;
}

function partOf(object: StoredObject, { type, name }: Level): Part | undefined {
  if (type === "COLUMN" && "columns" in object) {
    const position = positionOf(object.columns, name);
    const id = object.kind === "table" ? object.columns[position]?.id : position + 1;
    return position < 0 || id === undefined ? undefined : { kind: "column", id };
  }
  if (object.kind !== "table") return undefined;
  const { definition } = object;
  const named = type === "INDEX" ? definition.keys : type === "CONSTRAINT" ? constraintsOf(definition) : [];
  const found = named.find((candidate) => sameName(candidate.name, name));
  return found && { kind: type === "INDEX" ? "index" : "constraint", id: found.id };
}

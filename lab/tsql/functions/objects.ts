import { type FoundObject, findObject } from "../data/access";
import { typeOf } from "../data/object-types";
import { sessionData } from "../data/session-data";
import type { StoredTable } from "../data/store";
import { findType } from "../data/table-types";
import type { ObjectName } from "../host";
import { tokenize } from "../parser/lexer";
import type { Context } from "../query/scope";
import { int, type SqlType, type SqlValue, sysname } from "../types";
import { sameName } from "../values/collation";
import { storageLength } from "../values/storage";
import type { BuiltIn } from "./built-in";

const identityType: SqlType = { name: "numeric", precision: 38, scale: 0 };

export const objectFunctions: Readonly<Record<string, BuiltIn>> = {
  OBJECT_ID: {
    parameters: ["text", "text"],
    required: 1,
    nullable: true,
    type: () => int,
    call: ([name, type]: readonly SqlValue[], { context }) => objectId(name as string, type as string, context),
  },
  OBJECT_NAME: {
    parameters: ["int", "int"],
    required: 1,
    nullable: true,
    type: () => sysname,
    call: ([id]: readonly SqlValue[], { context }) => objectById(Number(id), context)?.name ?? null,
  },
  OBJECT_SCHEMA_NAME: {
    parameters: ["int", "int"],
    required: 1,
    nullable: true,
    type: () => sysname,
    call: ([id]: readonly SqlValue[], { context }) => objectById(Number(id), context)?.schema ?? null,
  },
  TYPE_ID: {
    parameters: ["text"],
    nullable: true,
    type: () => int,
    call: ([name]: readonly SqlValue[], { context }) => typeId(String(name), context),
  },
  COL_LENGTH: {
    parameters: ["text", "text"],
    nullable: true,
    type: () => ({ name: "smallint" }),
    call: ([table, column]: readonly SqlValue[], { context }) => columnLength(String(table), String(column), context),
  },
  SCHEMA_ID: {
    parameters: ["text"],
    required: 0,
    nullable: true,
    type: () => int,
    call: ([name]: readonly SqlValue[], { context }) => schemaId(name === undefined ? "dbo" : String(name), context),
  },
  SCHEMA_NAME: {
    parameters: ["int"],
    required: 0,
    nullable: true,
    type: () => sysname,
    call: ([id]: readonly SqlValue[], { context }) => schemaName(id === undefined ? 1 : Number(id), context),
  },
  TRIGGER_NESTLEVEL: {
    parameters: ["int"],
    required: 0,
    nullable: true,
    type: () => int,
    call: ([id]: readonly SqlValue[], { context: { fired = [] } }) =>
      id === undefined ? fired.length : fired.filter((own) => own === id).length,
  },
  COLUMNS_UPDATED: {
    parameters: [],
    nullable: true,
    type: () => ({ name: "varbinary", length: 128 }),
    call: (_, { context: { firing } }) => (firing ? columnBits(firing.columns, firing.updated) : null),
  },
  SCOPE_IDENTITY: {
    parameters: [],
    nullable: true,
    type: () => identityType,
    call: (_, { context }) => (context.identity ?? sessionData(context.session).scope).last,
  },
  IDENT_CURRENT: {
    parameters: ["text"],
    nullable: true,
    type: () => identityType,
    call: ([name]: readonly SqlValue[], { context }) => currentIdentity(tableNamed(name as string, context)),
  },
  IDENT_SEED: {
    parameters: ["text"],
    nullable: true,
    type: () => identityType,
    call: ([name]: readonly SqlValue[], { context }) => identityOf(tableNamed(name as string, context))?.seed ?? null,
  },
  IDENT_INCR: {
    parameters: ["text"],
    nullable: true,
    type: () => identityType,
    call: ([name]: readonly SqlValue[], { context }) =>
      identityOf(tableNamed(name as string, context))?.increment ?? null,
  },
};

/** `db.schema.name` in a string, quoted or not; `tempdb..#t` has no schema. */
function nameIn(text: string): ObjectName | undefined {
  const parts = tokenize(text);
  const names: string[] = [""];
  for (const token of parts) {
    if (token.keyword === ".") names.push("");
    else if (token.kind === "word" || token.kind === "quoted") names[names.length - 1] = token.text;
  }
  const [name, schema, database] = names.reverse();
  return name ? { name, schema: schema || undefined, database: database || undefined } : undefined;
}

function found(text: string, context: Context): FoundObject | undefined {
  const name = nameIn(text);
  return name && findObject(name, context);
}

function tableNamed(text: string, context: Context): StoredTable | undefined {
  const object = found(text, context)?.object;
  return object?.kind === "table" ? object : undefined;
}

/** A number that stays the same for the same object; NULL if there is none. */
function objectId(text: string, type: string | undefined, context: Context): SqlValue {
  const name = nameIn(text);
  if (!name) return null;
  const object = findObject(name, context)?.object;
  if (object && object.kind !== "schema")
    return type === undefined || typeOf(object)[0] === type.trim().toUpperCase() ? object.id : null;
  const { host } = context.session;
  if (!host.table(name, context.session) && !host.procedure(name, context.session)) return null;
  return systemObjectId(name.name);
}

/** System objects have negative ids, which stay the same over versions. */
export function systemObjectId(name: string): number {
  let hash = 17;
  for (const character of name.toLowerCase()) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 1_000_000_007;
  return -1 - hash;
}

function storeOf({ session, database }: Context) {
  return session.host.database?.(database ?? session.database, session)?.store;
}

function objectById(id: number, context: Context) {
  return [...(storeOf(context)?.objects.values() ?? [])].find((object) => object.kind !== "schema" && object.id === id);
}

const builtInSchemas = ["dbo", "guest", "INFORMATION_SCHEMA", "sys"];

function schemaId(name: string, context: Context): SqlValue {
  const builtIn = builtInSchemas.findIndex((schema) => sameName(schema, name));
  if (builtIn >= 0) return builtIn + 1;
  const schemas = [...(storeOf(context)?.objects.values() ?? [])].filter(({ kind }) => kind === "schema");
  return schemas.find((schema) => sameName(schema.name, name))?.id ?? null;
}

function schemaName(id: number, context: Context): SqlValue {
  const schemas = [...(storeOf(context)?.objects.values() ?? [])].filter(({ kind }) => kind === "schema");
  return builtInSchemas[id - 1] ?? schemas.find((schema) => schema.id === id)?.name ?? null;
}

function typeId(text: string, context: Context): SqlValue {
  const name = nameIn(text);
  return (name && findType(name, context)?.object.id) ?? null;
}

/** In bytes; -1 for max. */
function columnLength(table: string, column: string, context: Context): SqlValue {
  const type = tableNamed(table, context)?.columns.find(({ name }) => sameName(name, column))?.type;
  return type ? storageLength(type) : null;
}

const identityOf = (table: StoredTable | undefined) => table?.columns.find(({ identity }) => identity)?.identity;

/** Before the first row it is the seed. */
function currentIdentity(table: StoredTable | undefined): SqlValue {
  return table?.lastIdentity ?? identityOf(table)?.seed ?? null;
}

/** Column n is bit (n - 1) % 8 of byte (n - 1) / 8; nothing at all for DELETE. */
function columnBits(columns: StoredTable["columns"], updated: ReadonlySet<number>): Buffer {
  if (updated.size === 0) return Buffer.alloc(0);
  const bits = Buffer.alloc(Math.ceil(Math.max(...columns.map(({ id }) => id)) / 8));
  for (const id of updated) bits[(id - 1) >> 3] = (bits[(id - 1) >> 3] ?? 0) | (1 << ((id - 1) & 7));
  return bits;
}

import { type FoundObject, findObject, placeOf } from "../../data/access";
import { typedConstraints, userTable } from "../../data/object-types";
import { schemasOf } from "../../data/schemas";
import { sessionData } from "../../data/session-data";
import { isTable, tablesOf } from "../../data/store";
import type { StoredColumn, StoredTable } from "../../stored";
import type { ObjectName } from "../../syntax/object-name";
import { nameIn } from "../../syntax/object-name";
import { int, type SqlType, type SqlValue, sysname } from "../../types";
import { sameName } from "../../values/collation";
import { typeIds } from "../../values/type-ids";
import type { Context } from "../scope";
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
    call: ([id]: readonly SqlValue[], { context }) => named(Number(id), context)?.name ?? null,
  },
  OBJECT_SCHEMA_NAME: {
    parameters: ["int", "int"],
    required: 1,
    nullable: true,
    type: () => sysname,
    call: ([id]: readonly SqlValue[], { context }) => named(Number(id), context)?.schema ?? null,
  },
  COL_NAME: {
    parameters: ["int", "int"],
    nullable: true,
    type: () => sysname,
    call: ([id, column], { context }) => columnNamed(Number(id), Number(column), context),
  },
  TYPE_NAME: {
    parameters: ["int"],
    nullable: true,
    type: () => sysname,
    call: ([id]) =>
      Number(id) === sysnameId
        ? "sysname"
        : (Object.entries(typeIds).find(([, [known]]) => known === Number(id))?.[0] ?? null),
  },
  SCHEMA_NAME: {
    parameters: ["int"],
    required: 0,
    nullable: true,
    type: () => sysname,
    call: ([id]: readonly SqlValue[], { context }) => schemaName(id === undefined ? 1 : Number(id), context),
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
};

function found(text: string, context: Context): FoundObject | undefined {
  const name = nameIn(text);
  return name && findObject(name, context);
}

function tableNamed(text: string, context: Context): StoredTable | undefined {
  const object = found(text, context)?.object;
  return object?.kind === "table" ? object : undefined;
}

/** An object's id, which is always the same; NULL if there is no such object. */
function objectId(text: string, type: string | undefined, context: Context): SqlValue {
  const name = nameIn(text);
  if (!name) return null;
  const object = findObject(name, context)?.object;
  if (object && isTable(object))
    return type === undefined || userTable[0] === type.trim().toUpperCase() ? object.id : null;
  const constraint = constraintNamed(name, context);
  if (constraint) return type === undefined || constraint.type[0] === type.trim().toUpperCase() ? constraint.id : null;
  const { host } = context.session;
  if (!host.table(name, context.session) && !host.procedure(name, context.session)) return null;
  return systemObjectId(name.name);
}

function constraintNamed(name: ObjectName, context: Context) {
  const store = placeOf(name, context)?.store;
  const tables = (store ? tablesOf(store) : []).filter(({ schema }) => sameName(schema, name.schema ?? "dbo"));
  return tables
    .flatMap(({ definition }) => typedConstraints(definition))
    .find((constraint) => sameName(constraint.name, name.name));
}

/** Finds the object or constraint with an id. */
function named(id: number, context: Context): { readonly name: string; readonly schema: string } | undefined {
  const store = storeOf(context);
  const constraints = (store ? tablesOf(store) : []).flatMap(({ definition, schema }) =>
    typedConstraints(definition).map((constraint) => ({ ...constraint, schema })),
  );
  return objectById(id, context) ?? constraints.find((constraint) => constraint.id === id);
}

/** System objects have negative ids, which stay the same over versions. */
export function systemObjectId(name: string): number {
  let hash = 17;
  for (const character of name.toLowerCase()) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 1_000_000_007;
  return -1 - hash;
}

function storeOf({ session }: Context) {
  return session.host.database?.(session.database, session)?.store;
}

function objectById(id: number, context: Context) {
  return [...(storeOf(context)?.objects.values() ?? [])].find((object) => isTable(object) && object.id === id);
}

const schemasIn = (context: Context) => schemasOf(storeOf(context)?.objects.values() ?? []);

const schemaName = (id: number, context: Context): SqlValue =>
  schemasIn(context).find((schema) => schema.id === id)?.name ?? null;

/** user_type_id of sysname. */
const sysnameId = 256;

function columnsOf(id: number, context: Context): readonly StoredColumn[] {
  const object = objectById(id, context) ?? temporaryById(id, context);
  return object?.kind === "table" ? object.columns : [];
}

const temporaryById = (id: number, { session, temporary }: Context) =>
  [...(temporary ?? sessionData(session).temporary).objects.values()].find((object) => object.id === id);

function columnNamed(id: number, column: number, context: Context): SqlValue {
  return columnsOf(id, context).find((candidate) => candidate.id === column)?.name ?? null;
}

const identityOf = (table: StoredTable | undefined) => table?.columns.find(({ identity }) => identity)?.identity;

/** IDENT_CURRENT is the seed before the first row. */
function currentIdentity(table: StoredTable | undefined): SqlValue {
  return table?.lastIdentity ?? identityOf(table)?.seed ?? null;
}

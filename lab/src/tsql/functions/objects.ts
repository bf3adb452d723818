import { type FoundObject, findObject, placeOf } from "../data/access";
import { typedConstraints, userTable } from "../data/object-types";
import { schemasOf } from "../data/schemas";
import { sessionData } from "../data/session-data";
import { isTable, type StoredColumn, type StoredTable, tablesOf } from "../data/store";
import type { ObjectName } from "../host";
import { nameIn } from "../name-parts";
import type { Context } from "../query/scope";
import { int, type SqlType, type SqlValue, sysname } from "../types";
import { sameName } from "../values/collation";
import { storageLength } from "../values/storage";
import { charactersOf, precisionOf, scaleOf, typeIds } from "../values/type-ids";
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
  COL_LENGTH: {
    parameters: ["text", "text"],
    nullable: true,
    type: () => ({ name: "smallint" }),
    call: ([table, column]: readonly SqlValue[], { context }) => columnLength(String(table), String(column), context),
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
  TYPE_ID: {
    parameters: ["text"],
    nullable: true,
    type: () => int,
    call: ([name]: readonly SqlValue[]) => typeId(String(name)),
  },
  OBJECTPROPERTY: {
    parameters: ["int", "text"],
    nullable: true,
    type: () => int,
    call: ([id, name], { context }) => objectProperty(Number(id), name as string, context),
  },
  OBJECTPROPERTYEX: {
    parameters: ["int", "text"],
    nullable: true,
    type: () => ({ name: "sql_variant" }),
    call([id, name], { context }) {
      const object = objectById(Number(id), context);
      if ((name as string).toLowerCase() === "basetype" && object && isTable(object))
        return { type: { name: "char", length: 2 }, value: userTable[0].padEnd(2) };
      const value = objectProperty(Number(id), name as string, context);
      return value === null ? null : { type: int, value };
    },
  },
  COLUMNPROPERTY: {
    parameters: ["int", "text", "text"],
    nullable: true,
    type: () => int,
    call: ([id, column, name], { context }) =>
      columnProperty(Number(id), column as string, (name as string).toLowerCase(), context),
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

/** An object or a constraint. */
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

const schemaId = (name: string, context: Context): SqlValue =>
  schemasIn(context).find((schema) => sameName(schema.name, name))?.id ?? null;

const schemaName = (id: number, context: Context): SqlValue =>
  schemasIn(context).find((schema) => schema.id === id)?.name ?? null;

function typeId(text: string): SqlValue {
  const name = nameIn(text);
  const known = (name?.name ?? "").toLowerCase();
  if (known === "sysname") return sysnameId;
  const builtIn = Object.entries(typeIds).find(([type]) => type === (known === "integer" ? "int" : known));
  return builtIn?.[1][0] ?? null;
}

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

/** What only tables are, and what they are not. */
const objectKinds: Readonly<Record<string, number>> = {
  istable: 1,
  isusertable: 1,
  isview: 0,
  isprocedure: 0,
  istrigger: 0,
  isscalarfunction: 0,
  isinlinefunction: 0,
  istablefunction: 0,
};

/** NULL for what is no object, or no property. */
function objectProperty(id: number, name: string, context: Context): SqlValue {
  const object = objectById(id, context) ?? temporaryById(id, context);
  if (!object || !isTable(object)) return null;
  const property = name.toLowerCase();
  const kind = objectKinds[property];
  if (kind !== undefined) return kind;
  if (property === "ismsshipped" || property === "issystemtable") return 0;
  if (property === "schemaid") return schemaId(object.schema, context);
  if (property === "ownerid") return 1;
  const { definition } = object;
  if (property === "tablehasidentity") return Number(object.columns.some(({ identity }) => identity));
  if (property === "tablehasprimarykey") return Number(definition.keys.some(({ kind }) => kind === "primary"));
  if (property === "tablehasforeignkey") return Number(definition.foreignKeys.length > 0);
  return null;
}

function columnProperty(id: number, name: string, property: string, context: Context): SqlValue {
  const column = columnsOf(id, context).find((candidate) => sameName(candidate.name, name));
  switch (column && property) {
    case "allowsnull":
      return Number(column?.nullable);
    case "columnid":
      return column?.id ?? null;
    case "iscomputed":
      return 0;
    case "isidentity":
      return Number(column?.identity !== undefined);
    case "precision":
      return column ? (charactersOf(column.type) ?? precisionOf(column.type)) : null;
    case "scale":
      return column ? scaleOf(column.type) : null;
    default:
      return null;
  }
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

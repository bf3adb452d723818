import type { Store, StoredObject, StoredTable } from "../stored";
import type { Column } from "../types";
import { withoutTrailingBlanks } from "../values/blanks";

/** Whether sys.objects shows it: schemas and the database itself are kept as objects too. */
export const isTable = (object: StoredObject): object is StoredTable => object.kind === "table";

/** The smallest object_id of a user's object in a new database. */
const firstObjectId = 901578250;

export function createStore(): Store {
  return {
    objects: new Map(),
    locks: new Map(),
    nextId: firstObjectId,
    rowVersion: 2000n,
  };
}

const fold = (name: string): string => withoutTrailingBlanks(name.toLowerCase());

export const objectKey = (schema: string, name: string): string => `${fold(schema)}\0${fold(name)}`;
/** The key of the database's own properties; no name is folded to it. */
export const databaseKey = "\0";
export const schemaKey = (schema: string): string => fold(schema);

/** Object ids go up by the step that a real server takes. */
export function newObjectId(store: Store): number {
  store.nextId = (store.nextId + 16_000_057) % 2_147_483_647;
  return store.nextId;
}

export function positionOf(columns: readonly Column[], name: string): number {
  const wanted = fold(name);
  return columns.findIndex((column) => fold(column.name) === wanted);
}

export function tablesOf(store: Store): StoredTable[] {
  return [...store.objects.values()].filter((object) => object.kind === "table");
}

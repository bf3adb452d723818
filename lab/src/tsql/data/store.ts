import type { Condition, Expression } from "../syntax/query";
import type { Column, SqlValue, Variant } from "../types";
import { withoutTrailingBlanks } from "../values/blanks";
import type { Collation } from "../values/collation";
import type { Change } from "./changes";
import type { Lock } from "./locks";

export type Row = readonly SqlValue[];

/** Of a constraint or an index. */
export interface ConstraintName {
  readonly name: string;
  readonly id: number;
  /** Nobody gave it a name: the server made one up. */
  readonly isSystemNamed: boolean;
}

/** What a clause was written as, beside what it means: catalog views show the text. */
export interface Definition<T> extends ConstraintName {
  readonly text: string;
  readonly value: T;
}

export interface StoredColumn extends Column {
  /** column_id: never used again, also when the column is dropped. */
  readonly id: number;
  readonly collation?: Collation;
  readonly identity?: { readonly seed: bigint; readonly increment: bigint };
  readonly default?: Definition<Expression>;
}

/** PRIMARY KEY, UNIQUE, and indexes of CREATE INDEX; columns by name. */
export interface Key extends ConstraintName {
  readonly kind: "primary" | "unique" | "index";
  readonly isUnique: boolean;
  readonly isClustered: boolean;
  readonly columns: readonly string[];
  /** Those of the columns that are DESC. */
  readonly descending: readonly string[];
}

export interface ForeignKey extends ConstraintName {
  readonly columns: readonly string[];
  /** Key of the table in the store's objects. */
  readonly references: string;
  readonly referencedColumns: readonly string[];
}

/** sp_addextendedproperty: what somebody noted about an object, or about a part of it. */
export interface ExtendedProperty {
  readonly name: string;
  readonly value: Variant | null;
  /** `id` of a column is its column_id. */
  readonly of: { readonly kind: "object" } | { readonly kind: "column" | "constraint" | "index"; readonly id: number };
}

interface Named {
  readonly id: number;
  readonly schema: string;
  readonly name: string;
  readonly created: Date;
  readonly modified: Date;
  readonly properties?: readonly ExtendedProperty[];
}

/** What CREATE TABLE and ALTER TABLE say: changed only by making another one. */
export interface TableDefinition extends Named {
  readonly columns: readonly StoredColumn[];
  readonly nextColumnId: number;
  readonly keys: readonly Key[];
  readonly checks: readonly (Definition<Condition> & { readonly column?: string })[];
  readonly foreignKeys: readonly ForeignKey[];
}

export interface UniqueIndex {
  readonly key: Key;
  readonly positions: readonly number[];
  readonly rows: Map<string, number>;
}

export interface StoredTable extends Named {
  readonly kind: "table";
  readonly definition: TableDefinition;
  readonly columns: readonly StoredColumn[];
  /** By row id, in the order of the clustered key once they are read (`isOrdered`). */
  rows: Map<number, Row>;
  isOrdered: boolean;
  /** The last row of `rows`, where that is known. */
  lastRow: number | undefined;
  nextRow: number;
  nextIdentity: bigint;
  /** undefined until the first row: IDENT_CURRENT. */
  lastIdentity: bigint | undefined;
  readonly indexes: readonly UniqueIndex[];
}

export interface StoredSchema extends Named {
  readonly kind: "schema";
}

/** What is noted of the database itself; without a property there is no such object. */
export interface StoredDatabase extends Named {
  readonly kind: "database";
}

export type StoredObject = StoredTable | StoredSchema | StoredDatabase;

/** Not a schema, nor the database: sys.objects shows it. */
export const isTable = (object: StoredObject): object is StoredTable => object.kind === "table";

/** The user's objects in one database. */
export interface Store {
  /** By `objectKey`. */
  readonly objects: Map<string, StoredObject>;
  /** By `objectKey`: what transactions that have not ended are changing. */
  readonly locks: Map<string, Lock>;
  nextId: number;
  /** The last value that a rowversion column was given. */
  rowVersion: bigint;
  /** Told of what a transaction has changed when it commits. */
  committed?: (changes: readonly Change[], bytes: number, now: Date) => void;
}

/** Smallest object_id of a user's object in a new database. */
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
/** No name of an object or a schema is folded to it. */
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

import type { Condition, Expression } from "./syntax/query";
import type { Column, SqlValue, Variant } from "./types";
import type { Collation } from "./values/collation";

/** One row of a table. */
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

/** One record of a transaction's log. Applying it again changes nothing. */
export type Change =
  | { readonly kind: "row"; readonly key: string; readonly row: number; readonly after: Row | undefined }
  | { readonly kind: "object"; readonly key: string; readonly after: StoredObject | undefined };

/** One change with what was there before it. `store` is undefined for tables that only a session sees. */
export type Entry =
  | {
      readonly kind: "row";
      readonly store: Store | undefined;
      readonly key: string;
      readonly table: StoredTable;
      readonly row: number;
      readonly before: Row | undefined;
      readonly after: Row | undefined;
    }
  | {
      readonly kind: "object";
      readonly objects: Map<string, StoredObject>;
      readonly store: Store | undefined;
      readonly key: string;
      readonly before: StoredObject | undefined;
      readonly after: StoredObject | undefined;
    };

export interface Transaction {
  readonly id: bigint;
  readonly spid: number;
  /** Undone from the last to the first, logged from the first to the last. */
  readonly entries: Entry[];
  /** How many entries there were at each SAVE TRANSACTION, by lower-case name. */
  readonly savepoints: Map<string, number>;
  readonly name?: string;
  readonly lockedStores: Set<Store>;
  isEnded?: boolean;
  /** Woken when it ends. */
  readonly waiting: Set<() => void>;
  /** The one that it waits for. */
  waitsFor?: Transaction;
}

/**
 * S: rows of a table are read; X: they are changed. Sch-S: an object is named; Sch-M: it is made, changed or dropped.
 * Only X and Sch-M are held, until the transaction ends.
 */
export type LockMode = "S" | "X" | "Sch-S" | "Sch-M";

export interface Lock {
  readonly owner: Transaction;
  readonly mode: "X" | "Sch-M";
}

export interface LockRequest {
  readonly mode: LockMode;
  /** undefined: what is being dropped, or a lock of sp_getapplock. */
  readonly objectId?: number;
  /** Milliseconds, instead of those of LOCK_TIMEOUT. */
  readonly timeout?: number;
}

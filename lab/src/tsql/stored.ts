import type { Condition, Expression } from "./syntax/query";
import type { Column, SqlValue, Variant } from "./types";
import type { Collation } from "./values/collation";

/** One row of a table. */
export type Row = readonly SqlValue[];

/** The name of a constraint or an index. */
export interface ConstraintName {
  readonly name: string;
  readonly id: number;
  /** The server made the name up, because nobody gave one. */
  readonly isSystemNamed: boolean;
}

/** A clause and the text that it was written as, which catalog views show. */
export interface Definition<T> extends ConstraintName {
  readonly text: string;
  readonly value: T;
}

export interface StoredColumn extends Column {
  /** The column_id, which is never used again, even if the column is dropped. */
  readonly id: number;
  readonly collation?: Collation;
  readonly identity?: { readonly seed: bigint; readonly increment: bigint };
  readonly default?: Definition<Expression>;
}

/** A PRIMARY KEY, a UNIQUE constraint or an index of CREATE INDEX, with its columns by name. */
export interface Key extends ConstraintName {
  readonly kind: "primary" | "unique" | "index";
  readonly isUnique: boolean;
  readonly isClustered: boolean;
  readonly columns: readonly string[];
  /** The columns that are DESC. */
  readonly descending: readonly string[];
}

export interface ForeignKey extends ConstraintName {
  readonly columns: readonly string[];
  /** The table's key in the store's objects. */
  readonly references: string;
  readonly referencedColumns: readonly string[];
}

/** A note that sp_addextendedproperty made about the database. */
export interface ExtendedProperty {
  readonly name: string;
  readonly value: Variant | null;
}

interface Named {
  readonly id: number;
  readonly schema: string;
  readonly name: string;
  readonly created: Date;
  readonly modified: Date;
}

/** A table as CREATE TABLE and ALTER TABLE define it. It does not change: ALTER TABLE makes another one. */
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
  /** The rows by their ids. They are put in the order of the clustered key when they are read (`isOrdered`). */
  rows: Map<number, Row>;
  isOrdered: boolean;
  /** The id of the last row in `rows`, where it is known. */
  lastRow: number | undefined;
  nextRow: number;
  nextIdentity: bigint;
  /** IDENT_CURRENT; undefined until the first row. */
  lastIdentity: bigint | undefined;
  readonly indexes: readonly UniqueIndex[];
}

export interface StoredSchema extends Named {
  readonly kind: "schema";
}

/** The properties of the database itself; a database without any has no such object. */
export interface StoredDatabase extends Named {
  readonly kind: "database";
  readonly properties: readonly ExtendedProperty[];
}

export type StoredObject = StoredTable | StoredSchema | StoredDatabase;

/** The user's objects in one database. */
export interface Store {
  /** The objects by `objectKey`. */
  readonly objects: Map<string, StoredObject>;
  /** The locks by `objectKey`: transactions that have not ended are changing these objects. */
  readonly locks: Map<string, Lock>;
  nextId: number;
  /** The last value that a rowversion column was given. */
  rowVersion: bigint;
  /** Called when a transaction commits, with what it has changed. */
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
  /** The changes, which are undone from the last to the first and logged from the first to the last. */
  readonly entries: Entry[];
  /** The number of entries at each SAVE TRANSACTION, by lower-case name. */
  readonly savepoints: Map<string, number>;
  readonly name?: string;
  readonly lockedStores: Set<Store>;
  isEnded?: boolean;
  /** The waiting sessions, which are woken when the transaction ends. */
  readonly waiting: Set<() => void>;
  /** The transaction that this one waits for. */
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
  /** The object; undefined if it is being dropped, or for a lock of sp_getapplock. */
  readonly objectId?: number;
  /** The time to wait in milliseconds, instead of LOCK_TIMEOUT. */
  readonly timeout?: number;
}

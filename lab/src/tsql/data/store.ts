import type { ObjectName } from "../host";
import type { Condition, Expression, Query } from "../syntax";
import type { FunctionReturns } from "../table-syntax";
import type { Column, SqlType, SqlValue, Variant } from "../types";
import { withoutTrailingBlanks } from "../values/blanks";
import type { Collation } from "../values/collation";
import type { Change } from "./changes";
import type { KeptLocks } from "./locks";
import type { ChangeVerb } from "./target";
import type { Transaction } from "./transaction";
import type { RowVersion } from "./versions";

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
  readonly computed?: { readonly text: string; readonly value: Expression; readonly isPersisted: boolean };
}

/** PRIMARY KEY, UNIQUE, and indexes of CREATE INDEX; columns by name. */
export interface Key extends ConstraintName {
  readonly kind: "primary" | "unique" | "index";
  readonly isUnique: boolean;
  readonly isClustered: boolean;
  readonly columns: readonly string[];
  /** WHERE of a filtered index: only such rows are in it. */
  readonly filter?: {
    readonly text: string;
    readonly condition: Condition;
    readonly includes: (row: Row) => boolean;
  };
  /** Those of the columns that are DESC. */
  readonly descending: readonly string[];
  /** INCLUDE (...): kept with the key, but no part of it. */
  readonly included: readonly string[];
}

export type ReferentialAction = "NO ACTION" | "CASCADE" | "SET NULL" | "SET DEFAULT";
/** Whether new rows are held to a CHECK or FOREIGN KEY, and whether all the rows that are there were. */
export interface Enforcement {
  readonly isDisabled?: boolean;
  readonly isUntrusted?: boolean;
}

export interface ForeignKey extends ConstraintName, Enforcement {
  readonly columns: readonly string[];
  /** Key of the table in the store's objects. */
  readonly references: string;
  readonly referencedColumns: readonly string[];
  readonly onDelete: ReferentialAction;
  readonly onUpdate: ReferentialAction;
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
  readonly checks: readonly (Definition<Condition> & Enforcement & { readonly column?: string })[];
  readonly foreignKeys: readonly ForeignKey[];
}

export interface UniqueIndex {
  readonly key: Key;
  readonly positions: readonly number[];
  readonly rows: Map<string, number>;
}

export interface RowLock {
  readonly owner: Transaction;
  /** Before the owner's first change; undefined: the row is new. */
  readonly before: Row | undefined;
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
  readonly locks: Map<number, RowLock>;
  readonly owners: Set<Transaction>;
  readonly kept: Map<Transaction, KeptLocks>;
  readonly versions: RowVersion[];
  /** A table-valued parameter: 10700. */
  isReadOnly?: boolean;
}

export interface StoredView extends Named {
  readonly kind: "view";
  readonly text: string;
  readonly query: Query;
  readonly columnNames: readonly string[];
  readonly columns: readonly Column[];
  /** WITH CHECK OPTION */
  readonly isChecked: boolean;
}

export interface ProcedureParameter {
  /** Lower case, with the @. */
  readonly name: string;
  readonly type: SqlType;
  readonly default?: Expression;
  readonly isOutput: boolean;
  /** READONLY: of a table type, and then `type` says nothing. */
  readonly tableType?: ObjectName;
}
export interface StoredProcedure extends Named {
  readonly kind: "procedure";
  /** Of the whole CREATE PROCEDURE. */
  readonly text: string;
  readonly parameters: readonly ProcedureParameter[];
  readonly body: string;
}

export interface StoredFunction extends Named {
  readonly kind: "function";
  readonly text: string;
  readonly parameters: readonly ProcedureParameter[];
  readonly returns:
    | Extract<FunctionReturns, { readonly kind: "scalar" }>
    | (Exclude<FunctionReturns, { readonly kind: "scalar" }> & { readonly columns: readonly Column[] });
  /** RETURNS NULL ON NULL INPUT */
  readonly returnsNullOnNull: boolean;
  /** undefined for an inline one. */
  readonly body?: string;
}

export interface StoredSequence extends Named {
  readonly kind: "sequence";
  readonly type: SqlType;
  readonly start: bigint;
  readonly increment: bigint;
  readonly minimum: bigint;
  readonly maximum: bigint;
  readonly cycles: boolean;
  readonly isCached: boolean;
  /** 0: as the server likes. */
  readonly cacheSize: number;
  /** undefined: there is none left. */
  next: bigint | undefined;
  /** undefined until the first number is given. */
  last: bigint | undefined;
}

export interface StoredSynonym extends Named {
  readonly kind: "synonym";
  readonly base: ObjectName;
}

/** CREATE TYPE ... AS TABLE */
export interface StoredTableType extends Named {
  readonly kind: "type";
  readonly definition: TableDefinition;
}

/** Of a table or a view. */
export interface StoredTrigger extends Named {
  readonly kind: "trigger";
  readonly text: string;
  readonly body: string;
  /** Key of the table or view in the store's objects. */
  readonly parent: string;
  readonly parentId: number;
  readonly isInsteadOf: boolean;
  readonly events: readonly ChangeVerb[];
  readonly isDisabled: boolean;
}

export interface StoredSchema extends Named {
  readonly kind: "schema";
}

export type StoredObject =
  | StoredTable
  | StoredView
  | StoredProcedure
  | StoredFunction
  | StoredSequence
  | StoredSynonym
  | StoredTableType
  | StoredTrigger
  | StoredSchema;

/** The user's objects in one database. */
export interface Store {
  /** By `objectKey`. */
  readonly objects: Map<string, StoredObject>;
  /** Objects that a transaction which has not ended made, changed or dropped. */
  readonly locks: Map<string, Transaction>;
  nextId: number;
  /** The last value that a rowversion column was given. */
  rowVersion: bigint;
  /** ALLOW_SNAPSHOT_ISOLATION */
  allowsSnapshot: boolean;
  /** READ_COMMITTED_SNAPSHOT */
  readsVersions: boolean;
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
    allowsSnapshot: false,
    readsVersions: false,
  };
}

const fold = (name: string): string => withoutTrailingBlanks(name.toLowerCase());

export const objectKey = (schema: string, name: string): string => `${fold(schema)}\0${fold(name)}`;
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

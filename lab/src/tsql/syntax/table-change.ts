import type { ObjectName } from "../host";
import type { SqlType } from "../types";
import type { Condition, Expression, Query, Statement } from "./query";

export interface Written<T> {
  readonly value: T;
  readonly text: string;
}

export interface KeyColumn {
  readonly name: string;
  readonly isDescending: boolean;
}

/** Of CREATE INDEX. */
export interface IndexDefinition {
  readonly name: string;
  readonly isUnique: boolean;
  readonly isClustered: boolean;
  readonly columns: readonly KeyColumn[];
}

export type ConstraintDefinition = { readonly name?: string } & (
  | {
      readonly kind: "key";
      readonly isPrimary: boolean;
      readonly isClustered?: boolean;
      readonly columns: readonly KeyColumn[];
    }
  | { readonly kind: "check"; readonly condition: Written<Condition>; readonly column?: string }
  | {
      readonly kind: "default";
      readonly value: Written<Expression>;
      readonly column: string;
    }
  | {
      readonly kind: "foreignKey";
      readonly columns: readonly string[];
      readonly table: ObjectName;
      readonly referenced: readonly string[];
    }
);

export interface ColumnDefinition {
  readonly name: string;
  readonly type: SqlType;
  /** As written. */
  readonly nullable?: boolean;
  readonly identity?: { readonly seed: bigint; readonly increment: bigint };
  readonly collation?: string;
}

export interface TableBody {
  readonly columns: readonly ColumnDefinition[];
  /** Of the table and of its columns. */
  readonly constraints: readonly ConstraintDefinition[];
}

/** `undefined` for DEFAULT. */
export type AssignedValue = Expression | undefined;

export interface SetItem {
  readonly column: readonly string[];
  /** "" for =, + for += and so on. */
  readonly operator: string;
  readonly value: AssignedValue;
}

export type InsertSource =
  | { readonly kind: "values"; readonly rows: readonly (readonly AssignedValue[])[] }
  | { readonly kind: "query"; readonly query: Query }
  | { readonly kind: "exec"; readonly statement: Statement }
  | { readonly kind: "default" };

export type CommonTables = Query["commonTables"];

export type DataStatement =
  | {
      readonly kind: "insert";
      readonly table: ObjectName;
      readonly columns?: readonly string[];
      readonly source: InsertSource;
    }
  | {
      readonly kind: "update";
      readonly table: ObjectName;
      readonly set: readonly SetItem[];
      readonly where?: Condition;
    }
  | {
      readonly kind: "delete";
      readonly table: ObjectName;
      readonly where?: Condition;
    }
  | { readonly kind: "truncate"; readonly table: ObjectName };

export type AlterTableAction =
  | { readonly kind: "add"; readonly body: TableBody }
  | { readonly kind: "dropColumn" | "dropConstraint"; readonly names: readonly string[]; readonly ifExists: boolean }
  | { readonly kind: "alterColumn"; readonly column: ColumnDefinition };

export type DefinitionStatement =
  | { readonly kind: "createTable"; readonly table: ObjectName; readonly body: TableBody }
  | { readonly kind: "declareTable"; readonly name: string; readonly body: TableBody }
  | { readonly kind: "alterTable"; readonly table: ObjectName; readonly action: AlterTableAction }
  | {
      readonly kind: "dropObject";
      readonly type: "TABLE" | "SCHEMA";
      readonly names: readonly ObjectName[];
      readonly ifExists: boolean;
    }
  | ({ readonly kind: "createIndex"; readonly table: ObjectName } & IndexDefinition)
  | { readonly kind: "dropIndex"; readonly name: string; readonly table: ObjectName; readonly ifExists: boolean }
  | { readonly kind: "createSchema"; readonly name: string }
  | { readonly kind: "setIdentityInsert"; readonly table: ObjectName; readonly isOn: boolean };

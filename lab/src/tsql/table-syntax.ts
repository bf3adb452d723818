import type { ReferentialAction } from "./data/store";
import type { ObjectName } from "./host";
import type { Condition, Expression, Query, Statement, TableSource } from "./syntax";
import type { SqlType } from "./types";

export interface Written<T> {
  readonly value: T;
  readonly text: string;
}

export interface KeyColumn {
  readonly name: string;
  readonly isDescending: boolean;
}

/** Of CREATE INDEX, and of INDEX within a table's definition. */
export interface IndexDefinition {
  readonly name: string;
  readonly isUnique: boolean;
  readonly isClustered: boolean;
  readonly columns: readonly KeyColumn[];
  readonly included: readonly string[];
  readonly filter?: Written<Condition>;
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
      /** WITH VALUES: rows that are there get it in a column that may be NULL, too. */
      readonly withValues: boolean;
    }
  | ({ readonly kind: "index" } & IndexDefinition)
  | {
      readonly kind: "foreignKey";
      readonly columns: readonly string[];
      readonly table: ObjectName;
      readonly referenced: readonly string[];
      readonly onDelete: ReferentialAction;
      readonly onUpdate: ReferentialAction;
    }
);

export interface ColumnDefinition {
  readonly name: string;
  /** undefined for a computed column. */
  readonly type?: SqlType;
  readonly computed?: Written<Expression> & { readonly isPersisted: boolean };
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
  readonly column?: readonly string[];
  readonly variable?: string;
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
      readonly top?: Expression;
      readonly commonTables: CommonTables;
    }
  | {
      readonly kind: "update";
      readonly table: ObjectName;
      readonly hints: readonly string[];
      readonly set: readonly SetItem[];
      readonly from: readonly TableSource[];
      readonly where?: Condition;
      readonly top?: Expression;
      readonly commonTables: CommonTables;
    }
  | {
      readonly kind: "delete";
      readonly table: ObjectName;
      readonly hints: readonly string[];
      readonly from: readonly TableSource[];
      readonly where?: Condition;
      readonly top?: Expression;
      readonly commonTables: CommonTables;
    }
  | { readonly kind: "truncate"; readonly table: ObjectName };

export type AlterTableAction =
  | { readonly kind: "add"; readonly body: TableBody; readonly isUnchecked: boolean }
  | {
      readonly kind: "enforce";
      readonly isEnabled: boolean;
      /** WITH CHECK: the rows that are there are looked at. */
      readonly isChecked: boolean;
      readonly names: readonly string[] | "ALL";
    }
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
  | {
      readonly kind: "alterIndex";
      /** undefined: ALL of them. */
      readonly name?: string;
      readonly table: ObjectName;
      readonly action: AlterIndexAction;
    }
  | {
      readonly kind: "statistics";
      readonly verb: "CREATE" | "UPDATE" | "DROP";
      readonly targets: readonly { readonly table: ObjectName; readonly name?: string }[];
      /** Of CREATE. */
      readonly columns: readonly string[];
    }
  | { readonly kind: "dropIndex"; readonly name: string; readonly table: ObjectName; readonly ifExists: boolean }
  | { readonly kind: "createSchema"; readonly name: string }
  | {
      /** DBCC CHECKIDENT */
      readonly kind: "checkIdentity";
      readonly table: ObjectName;
      readonly mode?: "RESEED" | "NORESEED";
      readonly value?: bigint;
      readonly isSilent: boolean;
    }
  | { readonly kind: "setIdentityInsert"; readonly table: ObjectName; readonly isOn: boolean };

export type AlterIndexAction = "REBUILD" | "REORGANIZE" | "DISABLE" | "SET";

import type { SqlType } from "../types";
import type { ObjectName } from "./object-name";
import type { Condition, Expression } from "./query";

export interface Written<T> {
  readonly value: T;
  readonly text: string;
}

export interface KeyColumn {
  readonly name: string;
  readonly isDescending: boolean;
}

/** An index of CREATE INDEX. */
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
  /** NULL or NOT NULL as written; undefined where neither is. */
  readonly nullable?: boolean;
  readonly identity?: { readonly seed: bigint; readonly increment: bigint };
  readonly collation?: string;
}

export interface TableBody {
  readonly columns: readonly ColumnDefinition[];
  /** The constraints of the table and of its columns. */
  readonly constraints: readonly ConstraintDefinition[];
}

import type { ExecStatement } from "./exec";
import type { ObjectName } from "./object-name";
import type { Condition, Expression, Query } from "./query";

/** The value of a column; undefined for DEFAULT. */
export type AssignedValue = Expression | undefined;

export interface SetItem {
  readonly column: readonly string[];
  /** The operator without its "=": "" for =, "+" for +=. */
  readonly operator: string;
  readonly value: AssignedValue;
}

export type InsertSource =
  | { readonly kind: "values"; readonly rows: readonly (readonly AssignedValue[])[] }
  | { readonly kind: "query"; readonly query: Query }
  | { readonly kind: "exec"; readonly statement: ExecStatement & { readonly line: number } }
  | { readonly kind: "default" };

export type CommonTables = Query["commonTables"];

/** Statements that change the rows of a table. */
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

import type { ProcedureParameter } from "./data/store";
import type { ChangeVerb } from "./data/target";
import type { ObjectName } from "./host";
import type { Condition, Expression, Query, SelectItem, Statement, TableSource } from "./syntax";
import type { SqlType } from "./types";

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

export interface Output {
  readonly items: readonly SelectItem[];
  readonly into?: { readonly table: ObjectName; readonly columns: readonly string[] };
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
  | { readonly kind: "default" }
  /** What a client has sent. */
  | { readonly kind: "rows" };

export type CommonTables = Query["commonTables"];

export type DataStatement =
  | {
      readonly kind: "insert";
      readonly table: ObjectName;
      readonly columns?: readonly string[];
      readonly source: InsertSource;
      readonly output?: Output;
    }
  | {
      readonly kind: "update";
      readonly table: ObjectName;
      readonly set: readonly SetItem[];
      readonly where?: Condition;
      readonly output?: Output;
    }
  | {
      readonly kind: "delete";
      readonly table: ObjectName;
      readonly where?: Condition;
      readonly output?: Output;
    }
  | {
      readonly kind: "insertBulk";
      readonly table: ObjectName;
      readonly columns: readonly string[];
      /** Upper case. */
      readonly options: readonly string[];
    }
  | { readonly kind: "truncate"; readonly table: ObjectName }
  | {
      readonly kind: "merge";
      readonly target: Extract<TableSource, { readonly kind: "table" }>;
      readonly source: TableSource;
      readonly on: Condition;
      readonly clauses: readonly MergeClause[];
      readonly top?: Expression;
      readonly output?: Output;
      readonly commonTables: CommonTables;
    };

export type MergeAction =
  | { readonly kind: "update"; readonly set: readonly SetItem[] }
  | { readonly kind: "delete" }
  /** Without values: DEFAULT VALUES. */
  | { readonly kind: "insert"; readonly columns?: readonly string[]; readonly values?: readonly AssignedValue[] };

export interface MergeClause {
  readonly when: "matched" | "notMatchedByTarget" | "notMatchedBySource";
  readonly condition?: Condition;
  readonly action: MergeAction;
}

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
      readonly type:
        | "TABLE"
        | "VIEW"
        | "PROCEDURE"
        | "SCHEMA"
        | "FUNCTION"
        | "TRIGGER"
        | "SEQUENCE"
        | "SYNONYM"
        | "TYPE";
      readonly names: readonly ObjectName[];
      readonly ifExists: boolean;
    }
  | ({ readonly kind: "createIndex"; readonly table: ObjectName } & IndexDefinition)
  | { readonly kind: "dropIndex"; readonly name: string; readonly table: ObjectName; readonly ifExists: boolean }
  | { readonly kind: "createSchema"; readonly name: string }
  | {
      readonly kind: "createView";
      readonly name: ObjectName;
      readonly columns: readonly string[];
      readonly query: Query;
      /** WITH CHECK OPTION */
      readonly isChecked: boolean;
      readonly text: string;
      readonly verb: ModuleVerb;
    }
  | {
      readonly kind: "createProcedure";
      readonly name: ObjectName;
      readonly parameters: readonly ProcedureParameter[];
      readonly text: string;
      readonly body: string;
      readonly verb: ModuleVerb;
    }
  | {
      readonly kind: "createFunction";
      readonly name: ObjectName;
      readonly parameters: readonly ProcedureParameter[];
      readonly returns: FunctionReturns;
      readonly returnsNullOnNull: boolean;
      readonly text: string;
      /** undefined for an inline one. */
      readonly body?: string;
      readonly verb: ModuleVerb;
    }
  | {
      readonly kind: "createTrigger";
      readonly name: ObjectName;
      readonly table: ObjectName;
      readonly isInsteadOf: boolean;
      readonly events: readonly ChangeVerb[];
      readonly text: string;
      readonly body: string;
      readonly verb: ModuleVerb;
    }
  | {
      readonly kind: "enableTriggers";
      /** undefined: all of the table's. */
      readonly names?: readonly ObjectName[];
      readonly table: ObjectName;
      readonly isEnabled: boolean;
    }
  | {
      readonly kind: "createSequence";
      readonly name: ObjectName;
      readonly type?: SqlType;
      readonly options: SequenceOptions;
    }
  | { readonly kind: "alterSequence"; readonly name: ObjectName; readonly options: SequenceOptions }
  | { readonly kind: "createTableType"; readonly name: ObjectName; readonly body: TableBody }
  | { readonly kind: "createSynonym"; readonly name: ObjectName; readonly base: ObjectName }
  | { readonly kind: "setIdentityInsert"; readonly table: ObjectName; readonly isOn: boolean };

export interface SequenceOptions {
  readonly start?: bigint;
  readonly isRestarted?: boolean;
  readonly increment?: bigint;
  readonly minimum?: bigint;
  readonly maximum?: bigint;
  readonly cycles?: boolean;
  readonly isCached?: boolean;
  readonly cache?: number;
}

export type FunctionReturns =
  | { readonly kind: "scalar"; readonly type: SqlType }
  | { readonly kind: "inline"; readonly query: Query }
  | { readonly kind: "table"; readonly variable: string; readonly table: TableBody };

export type ModuleVerb = "CREATE" | "ALTER" | "CREATE OR ALTER";

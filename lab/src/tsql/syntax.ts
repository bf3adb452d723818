import type { ObjectName } from "./host";
import type { ServerStatement } from "./statements";
import type { DataStatement, DefinitionStatement } from "./table-syntax";
import type { SqlType, Typed } from "./types";

export interface Call {
  readonly kind: "call";
  /** Upper case. */
  readonly name: string;
  /** As written, where it is not one of the words that the parser knows. */
  readonly written?: string;
  readonly schema?: string;
  readonly database?: string;
  readonly args: readonly Expression[];
  /** COUNT(*) */
  readonly star: boolean;
  readonly distinct: boolean;
  /** First argument of DATEADD and the like, lower case. */
  readonly datePart?: string;
  /** STRING_AGG(...) WITHIN GROUP (ORDER BY ...) */
  readonly orderBy: readonly OrderItem[];
  /** OVER (...) */
  readonly over?: Window;
}

export interface Window {
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly OrderItem[];
}

/** Long chains (a + b + c ...) are lists, so that their length costs no stack. */
export interface Chain {
  readonly kind: "chain";
  readonly first: Expression;
  readonly rest: readonly { readonly operator: string; readonly operand: Expression }[];
}

export type Expression =
  | { readonly kind: "literal"; readonly literal: Typed }
  | { readonly kind: "null" }
  /** NEXT VALUE FOR */
  /** DEFAULT as the argument of a function */
  | { readonly kind: "default" }
  | { readonly kind: "variable" | "globalVariable"; readonly name: string }
  | { readonly kind: "column"; readonly parts: readonly string[] }
  | { readonly kind: "unary"; readonly operator: "+" | "-" | "~"; readonly operand: Expression }
  | Chain
  | Call
  | {
      readonly kind: "cast";
      readonly type: SqlType;
      readonly operand: Expression;
      readonly style?: Expression;
      readonly isTry: boolean;
    }
  | {
      readonly kind: "case";
      readonly input?: Expression;
      readonly branches: readonly CaseBranch[];
      readonly otherwise?: Expression;
    }
  | { readonly kind: "collate"; readonly operand: Expression; readonly collation: string }
  | { readonly kind: "subquery"; readonly query: Query };

/** `condition` for CASE WHEN condition, `value` for CASE input WHEN value; IIF is a CASE with one branch. */
export interface CaseBranch {
  readonly condition?: Condition;
  readonly value?: Expression;
  readonly result: Expression;
}

export type Condition =
  | { readonly kind: "and" | "or"; readonly operands: readonly Condition[] }
  | { readonly kind: "not"; readonly condition: Condition }
  | { readonly kind: "compare"; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: "quantified";
      readonly operator: string;
      readonly all: boolean;
      readonly left: Expression;
      readonly query: Query;
    }
  | { readonly kind: "isNull"; readonly operand: Expression }
  | { readonly kind: "like"; readonly operand: Expression; readonly pattern: Expression; readonly escape?: Expression }
  | { readonly kind: "between"; readonly operand: Expression; readonly low: Expression; readonly high: Expression }
  | { readonly kind: "in"; readonly operand: Expression; readonly values: readonly Expression[] }
  | { readonly kind: "inQuery"; readonly operand: Expression; readonly query: Query }
  | { readonly kind: "exists"; readonly query: Query };

export interface OrderItem {
  readonly expression: Expression;
  readonly descending: boolean;
}

export type SelectItem =
  | { readonly kind: "all"; readonly qualifier?: string }
  | { readonly kind: "expression"; readonly expression: Expression; readonly alias?: string }
  | { readonly kind: "assign"; readonly variable: string; readonly operator: string; readonly expression: Expression };

export type TableSource =
  | {
      readonly kind: "table";
      readonly name: ObjectName;
      readonly alias?: string;
      /** WITH (NOLOCK, ...), upper case. */
      readonly hints?: readonly string[];
    }
  | {
      readonly kind: "derived";
      readonly query: Query;
      readonly alias: string;
      readonly columnNames: readonly string[];
    }
  | {
      readonly kind: "function";
      readonly name: ObjectName;
      readonly args: readonly Expression[];
      readonly alias?: string;
    }
  | { readonly kind: "joined"; readonly first: TableSource; readonly joins: readonly Join[] };

export interface Join {
  readonly join: "inner" | "left" | "right" | "full" | "cross" | "crossApply" | "outerApply";
  readonly source: TableSource;
  readonly on?: Condition;
}

export interface Select {
  readonly kind: "select";
  readonly distinct: boolean;
  readonly top?: { readonly count: Expression; readonly percent: boolean; readonly withTies: boolean };
  readonly items: readonly SelectItem[];
  readonly into?: ObjectName;
  readonly from: readonly TableSource[];
  readonly where?: Condition;
  readonly groupBy: readonly Expression[];
  readonly having?: Condition;
}

export interface Values {
  readonly kind: "values";
  readonly rows: readonly (readonly Expression[])[];
}

export interface Query {
  readonly commonTables: readonly {
    readonly name: string;
    readonly columnNames: readonly string[];
    readonly query: Query;
  }[];
  readonly first: QueryTerm;
  readonly rest: readonly {
    readonly operator: "union" | "unionAll" | "except" | "intersect";
    readonly term: QueryTerm;
  }[];
  readonly orderBy: readonly OrderItem[];
  readonly offset?: Expression;
  readonly fetch?: Expression;
}

export type QueryTerm = Select | Values | { readonly kind: "parenthesized"; readonly query: Query };

export interface VariableDeclaration {
  readonly name: string;
  readonly type: SqlType;
  readonly value?: Expression;
}

/** Of sp_executesql's definitions. */
export interface ParameterDefinition {
  /** Lower case, with the @. */
  readonly name: string;
  readonly type: SqlType;
  /** Where the caller gives no value. */
  readonly default?: Expression;
  readonly output: boolean;
}

export interface ExecArgument {
  readonly name?: string;
  readonly value: Expression;
  readonly output: boolean;
}

export type RaiseOption = "LOG" | "NOWAIT" | "SETERROR";

export type Statement = { readonly line: number } & (
  | { readonly kind: "select"; readonly query: Query }
  | { readonly kind: "declare"; readonly variables: readonly VariableDeclaration[] }
  | { readonly kind: "setVariable"; readonly name: string; readonly operator: string; readonly value: Expression }
  | { readonly kind: "setOption"; readonly options: readonly string[]; readonly value: string }
  | { readonly kind: "print"; readonly value: Expression }
  | { readonly kind: "if"; readonly condition: Condition; readonly then: Statement; readonly otherwise?: Statement }
  | { readonly kind: "while"; readonly condition: Condition; readonly body: Statement }
  | { readonly kind: "block"; readonly body: readonly Statement[] }
  | { readonly kind: "break" | "continue" }
  | { readonly kind: "label" | "goto"; readonly label: string }
  | { readonly kind: "return"; readonly value?: Expression }
  | { readonly kind: "tryCatch"; readonly body: readonly Statement[]; readonly handler: readonly Statement[] }
  | { readonly kind: "throw"; readonly number?: Expression; readonly message?: Expression; readonly state?: Expression }
  | { readonly kind: "raiserror"; readonly args: readonly Expression[]; readonly options: readonly RaiseOption[] }
  | { readonly kind: "waitfor"; readonly mode: "delay" | "time"; readonly value: Expression }
  | { readonly kind: "begin" | "commit" | "rollback" | "save"; readonly name?: string }
  | { readonly kind: "use"; readonly database: string }
  | {
      readonly kind: "exec";
      readonly procedure: ObjectName | { readonly variable: string };
      readonly args: readonly ExecArgument[];
      readonly result?: string;
    }
  | { readonly kind: "execText"; readonly text: Expression }
  | DataStatement
  | DefinitionStatement
  | { readonly kind: "server"; readonly statement: ServerStatement }
);

export interface Batch {
  readonly statements: readonly Statement[];
  /** Declared anywhere in the batch: they exist, as NULL, from its start. */
  readonly variables: ReadonlyMap<string, SqlType>;
}

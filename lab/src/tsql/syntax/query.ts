import type { SqlType, Typed } from "../types";
import type { ObjectName } from "./object-name";

export interface Call {
  readonly kind: "call";
  /** The name in upper case. */
  readonly name: string;
  /** The name as written, if it is not one of the words that the parser knows. */
  readonly written?: string;
  readonly schema?: string;
  readonly database?: string;
  readonly args: readonly Expression[];
  /** COUNT(*) */
  readonly star: boolean;
  readonly distinct: boolean;
  /** The first argument of DATEADD and the like, in lower case. */
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

/** The syntax tree of an expression, as the parser makes it; query/bind.ts resolves its names and types. */
export type Expression =
  | { readonly kind: "literal"; readonly literal: Typed }
  | { readonly kind: "null" }
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

/** A branch has a `condition` in CASE WHEN, a `value` in CASE input WHEN; IIF is a CASE with one branch. */
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
      /** The hints of WITH (NOLOCK, ...), in upper case. */
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

/** The syntax tree of a query: terms with UNION and the like between them, under WITH and ORDER BY. */
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

import type { SqlType } from "../types";
import type { ExecStatement } from "./exec";
import type { Condition, Expression, Query } from "./query";
import type { DataStatement } from "./row-change";
import type { ServerStatement } from "./server-statement";
import type { DefinitionStatement } from "./table-change";

export interface VariableDeclaration {
  readonly name: string;
  readonly type: SqlType;
  readonly value?: Expression;
}

/** A parameter in sp_executesql's definitions. */
export interface ParameterDefinition {
  /** The name in lower case, with the @. */
  readonly name: string;
  readonly type: SqlType;
  /** The value where the caller gives none. */
  readonly default?: Expression;
  readonly output: boolean;
}

export type RaiseOption = "LOG" | "NOWAIT" | "SETERROR";

/** The syntax tree of a statement: the parser makes it, the executor carries it out. */
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
  | ExecStatement
  | DataStatement
  | DefinitionStatement
  | { readonly kind: "server"; readonly statement: ServerStatement }
);

export interface Batch {
  readonly statements: readonly Statement[];
  /** The variables declared anywhere in the batch, which exist from its start, as NULL. */
  readonly variables: ReadonlyMap<string, SqlType>;
}

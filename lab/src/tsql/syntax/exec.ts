import type { ObjectName } from "./object-name";
import type { Expression } from "./query";

export interface ExecArgument {
  readonly name?: string;
  readonly value: Expression;
  readonly output: boolean;
}

/** A call of a procedure, or EXEC with a text. */
export type ExecStatement =
  | {
      readonly kind: "exec";
      readonly procedure: ObjectName | { readonly variable: string };
      readonly args: readonly ExecArgument[];
      readonly result?: string;
    }
  | { readonly kind: "execText"; readonly text: Expression };

import { sqlError } from "../messages";
import type { TableSource } from "../syntax/query";
import type { Column, SqlValue } from "../types";
import { bind } from "./bind";
import type { Bound, Frame, Scope } from "./scope";
import { exposed, type Source } from "./source";

export type FunctionSource = Extract<TableSource, { readonly kind: "function" }>;
type Row = readonly SqlValue[];
export interface FunctionTable {
  readonly columns: readonly Column[];
  rows(frame: Frame): Iterable<Row>;
}

/** Binds a function of the server in FROM. */
export function tableFunction(source: FunctionSource, scope: Scope): Source {
  const { name, args } = source;
  const bound = args.map((argument) =>
    // The server's functions take DEFAULT as NULL.
    bind(argument.kind === "default" ? { kind: "null" } : argument, { ...scope, columns: [], grouped: undefined }),
  );
  const table = hostTable(bound, source, scope);
  const { alias = name.name } = source;
  return { columns: exposed(table.columns, { table: alias }), rows: (outer) => table.rows({ row: [], outer }) };
}

function hostTable(args: readonly Bound[], { name }: FunctionSource, { context }: Scope): FunctionTable {
  const { session } = context;
  const found = session.host.tableFunction?.(name, session);
  // A name without a schema is 195: only functions of the language itself have none.
  if (!found)
    throw name.schema === undefined
      ? sqlError(195, name.name, "built-in function name")
      : sqlError(208, [name.database, name.schema, name.name].filter(Boolean).join("."));
  return {
    columns: found.columns,
    rows: (frame) => found.rows(args.map((argument) => ({ type: argument.type, value: argument.value(frame) }))),
  };
}

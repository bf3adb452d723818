import type { ObjectName } from "../host";
import { SqlError } from "../messages";
import type { Batch, Expression } from "../syntax";
import { int, type SqlType } from "../types";
import { createCursor, list } from "./cursor";
import { constant } from "./expression";
import { dataType, objectName, userType } from "./names";
import { batch } from "./statement";

export interface ParseOptions {
  /** Variables that exist before the batch begins (parameters), lower case with the @. */
  readonly declared?: ReadonlyMap<string, SqlType>;
  /** Table variables that exist before, lower case with the @. */
  readonly tables?: Iterable<string>;
  /** SET QUOTED_IDENTIFIER; ON if not given. */
  readonly quotedIdentifiers?: boolean;
}

/** Compile errors in the order in which the server sends them; a batch with any of them does not run. */
export class CompileErrors extends Error {
  constructor(readonly errors: readonly SqlError[]) {
    super(errors.map((error) => error.text).join("\n"));
  }
}

/** Throws CompileErrors. */
export function parse(text: string, options: ParseOptions = {}): Batch {
  const errors: SqlError[] = [];
  try {
    const cursor = createCursor(text, options.declared ?? new Map(), options.quotedIdentifiers ?? true);
    for (const name of options.tables ?? []) cursor.tables.add(name);
    try {
      const statements = batch(cursor);
      if (cursor.errors.length === 0) return { statements, variables: cursor.variables };
    } finally {
      errors.push(...cursor.errors);
    }
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    errors.push(error);
  }
  throw new CompileErrors(errors);
}

export interface ParameterDefinition {
  /** Lower case, with the @. */
  readonly name: string;
  readonly type: SqlType;
  /** Where the caller gives no value. */
  readonly default?: Expression;
  readonly output: boolean;
  readonly tableType?: ObjectName;
}

/** `@a int, @b nvarchar(10) OUTPUT`, as sp_executesql takes it. Throws SqlError. */
export function parseParameters(text: string): ParameterDefinition[] {
  const cursor = createCursor(text, new Map(), true);
  if (cursor.peek().kind === "end") return [];
  const found = list(cursor, (): ParameterDefinition => {
    const token = cursor.peek();
    if (token.kind !== "variable") cursor.fail();
    cursor.next();
    cursor.accept("AS");
    const tableType = userType(cursor);
    if (tableType) {
      cursor.expect("READONLY");
      return { name: token.text.toLowerCase(), type: int, tableType, output: false };
    }
    const type = dataType(cursor);
    const fallback = cursor.accept("=") ? constant(cursor) : undefined;
    return {
      name: token.text.toLowerCase(),
      type,
      default: fallback,
      output: cursor.accept("OUTPUT") || cursor.accept("OUT"),
    };
  });
  return cursor.peek().kind === "end" ? found : cursor.fail();
}

/** A name in a variable: EXEC @procedure. Throws SqlError. */
export function parseObjectName(text: string): ObjectName {
  return objectName(createCursor(text, new Map(), true));
}

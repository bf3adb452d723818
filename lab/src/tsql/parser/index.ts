import { SqlError } from "../messages";
import type { ObjectName } from "../syntax/object-name";
import type { Batch, ParameterDefinition } from "../syntax/statement";
import type { SqlType } from "../types";
import { type Cursor, createCursor, list } from "./cursor";
import { constant } from "./expression";
import { dataType, objectName } from "./names";
import { queryBody } from "./query";
import { batch } from "./statement";

export interface ParseOptions {
  /** Variables that exist before the batch begins (parameters), in lower case with the @. */
  readonly declared?: ReadonlyMap<string, SqlType>;
  /** The value of SET QUOTED_IDENTIFIER; ON if not given. */
  readonly quotedIdentifiers?: boolean;
}

/** Compile errors in the order in which the server sends them; a batch with any of them does not run. */
export class CompileErrors extends Error {
  constructor(readonly errors: readonly SqlError[]) {
    super(errors.map((error) => error.text).join("\n"));
  }
}

const cursorOver = (text: string, { declared = new Map(), quotedIdentifiers = true }: ParseOptions = {}): Cursor =>
  createCursor(text, declared, quotedIdentifiers, queryBody);

/** Parses a batch. Throws CompileErrors. */
export function parse(text: string, options: ParseOptions = {}): Batch {
  const errors: SqlError[] = [];
  try {
    const cursor = cursorOver(text, options);
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

/** Parses `@a int, @b nvarchar(10) OUTPUT`, as sp_executesql takes it. Throws SqlError. */
export function parseParameters(text: string): ParameterDefinition[] {
  const cursor = cursorOver(text);
  if (cursor.peek().kind === "end") return [];
  const found = list(cursor, () => parameter(cursor));
  return cursor.peek().kind === "end" ? found : cursor.fail();
}

function parameter(cursor: Cursor): ParameterDefinition {
  const token = cursor.peek();
  if (token.kind !== "variable") cursor.fail();
  cursor.next();
  cursor.accept("AS");
  return {
    name: token.text.toLowerCase(),
    type: dataType(cursor),
    default: cursor.accept("=") ? constant(cursor) : undefined,
    output: cursor.accept("OUTPUT") || cursor.accept("OUT"),
  };
}

/** Parses a name that is in a variable: EXEC @procedure. Throws SqlError. */
export function parseObjectName(text: string): ObjectName {
  return objectName(cursorOver(text));
}

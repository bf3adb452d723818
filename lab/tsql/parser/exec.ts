import type { ExecArgument, Expression, Statement } from "../syntax";
import { type Cursor, identifier, isIdentifier, list } from "./cursor";
import { constant, expression, requireDeclared, variable } from "./expression";
import { objectName } from "./names";

type Exec = Omit<Extract<Statement, { kind: "exec" }>, "line"> | Omit<Extract<Statement, { kind: "execText" }>, "line">;

/** What stands behind EXEC: ('text'), or [@status =] procedure [arguments]. */
export function exec(cursor: Cursor): Exec {
  if (cursor.accept("(")) {
    const text = expression(cursor);
    cursor.expect(")");
    return { kind: "execText", text };
  }
  let result: string | undefined;
  if (cursor.peek().kind === "variable" && cursor.peek(1).keyword === "=") {
    result = declaredVariable(cursor);
    cursor.expect("=");
  }
  const procedure = cursor.peek().kind === "variable" ? { variable: declaredVariable(cursor) } : objectName(cursor);
  const args = startsArgument(cursor) ? list(cursor, () => argument(cursor)) : [];
  if (cursor.accept("WITH")) cursor.expect("RECOMPILE");
  return { kind: "exec", procedure, args, result };
}

function declaredVariable(cursor: Cursor): string {
  const token = cursor.next();
  requireDeclared(cursor, token.text, token.line, 1);
  return token.text.toLowerCase();
}

function startsArgument(cursor: Cursor): boolean {
  const token = cursor.peek();
  if (["string", "number", "binary", "variable"].includes(token.kind)) return true;
  return (
    token.keyword === "-" ||
    token.keyword === "+" ||
    token.keyword === "NULL" ||
    token.keyword === "DEFAULT" ||
    isIdentifier(token)
  );
}

function argument(cursor: Cursor): ExecArgument {
  let name: string | undefined;
  if (cursor.peek().kind === "variable" && cursor.peek(1).keyword === "=") {
    name = cursor.next().text.slice(1).toLowerCase();
    cursor.expect("=");
  }
  const value = argumentValue(cursor);
  const output = cursor.accept("OUTPUT") || cursor.accept("OUT");
  return { name, value, output };
}

/** A constant or a variable; a bare word is a string here (EXEC sp_help mytable). */
function argumentValue(cursor: Cursor): Expression {
  if (cursor.peek().kind === "variable") return variable(cursor);
  if (cursor.accept("DEFAULT")) return { kind: "null" };
  if (!isIdentifier(cursor.peek())) return constant(cursor);
  const value = identifier(cursor);
  return { kind: "literal", literal: { type: { name: "nvarchar", length: Math.max(1, value.length) }, value } };
}

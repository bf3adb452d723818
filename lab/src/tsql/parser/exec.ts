import { sqlError } from "../messages";
import type { ExecArgument, ExecStatement } from "../syntax/exec";
import type { Chain, Expression } from "../syntax/query";
import { type Cursor, identifier, isIdentifier } from "./cursor";
import { constant, requireDeclared, variable } from "./expression";
import { objectName } from "./names";

/** Parses what follows EXEC: ('text'), or [@status =] procedure [arguments]. */
export function exec(cursor: Cursor): ExecStatement {
  if (cursor.accept("(")) {
    const text = concatenation(cursor);
    cursor.expect(")");
    return { kind: "execText", text };
  }
  let result: string | undefined;
  if (cursor.peek().kind === "variable" && cursor.peek(1).keyword === "=") {
    result = declaredVariable(cursor);
    cursor.expect("=");
  }
  const procedure = cursor.peek().kind === "variable" ? { variable: declaredVariable(cursor) } : objectName(cursor);
  const args = startsArgument(cursor) ? execArguments(cursor) : [];
  if (cursor.accept("WITH")) cursor.expect("RECOMPILE");
  return { kind: "exec", procedure, args, result };
}

/** Parses texts and variables with + between them; EXEC takes no other expression. */
function concatenation(cursor: Cursor): Expression {
  const first = textOrVariable(cursor);
  const rest: Chain["rest"][number][] = [];
  while (cursor.accept("+")) rest.push({ operator: "+", operand: textOrVariable(cursor) });
  return rest.length === 0 ? first : { kind: "chain", first, rest };
}

function textOrVariable(cursor: Cursor): Expression {
  const { kind } = cursor.peek();
  return kind === "string" || kind === "variable" ? constant(cursor) : cursor.fail();
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

function execArguments(cursor: Cursor): readonly ExecArgument[] {
  const args: ExecArgument[] = [];
  do {
    const token = cursor.peek();
    args.push(argument(cursor));
    if (args.at(-1)?.name === undefined && args.at(-2)?.name !== undefined)
      cursor.raise(sqlError(119, args.length), token);
  } while (cursor.accept(","));
  return args;
}

function argument(cursor: Cursor): ExecArgument {
  let name: string | undefined;
  if (cursor.peek().kind === "variable" && cursor.peek(1).keyword === "=") {
    name = cursor.next().text.slice(1).toLowerCase();
    cursor.expect("=");
  }
  const value = argumentValue(cursor);
  const output = cursor.accept("OUTPUT") || cursor.accept("OUT");
  if (output && value.kind !== "variable") cursor.raise(sqlError(179));
  return { name, value, output };
}

/** Parses a constant or a variable; a bare word is a string here (EXEC sp_help mytable). */
function argumentValue(cursor: Cursor): Expression {
  if (cursor.peek().kind === "variable") return variable(cursor);
  if (cursor.accept("DEFAULT")) return { kind: "null" };
  return constantOrWord(cursor);
}

function constantOrWord(cursor: Cursor): Expression {
  if (!isIdentifier(cursor.peek())) return constant(cursor);
  const value = identifier(cursor);
  return { kind: "literal", literal: { type: { name: "nvarchar", length: Math.max(1, value.length) }, value } };
}

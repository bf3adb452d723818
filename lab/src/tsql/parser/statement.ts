import { sqlError } from "../messages";
import { notSpoken } from "../not-spoken";
import type { Condition, Expression } from "../syntax/query";
import type { Statement, VariableDeclaration } from "../syntax/statement";
import { type Cursor, identifier, isIdentifier, list } from "./cursor";
import { exec } from "./exec";
import { condition, constant, expression, requireDeclared } from "./expression";
import { tableName } from "./from";
import { dataType } from "./names";
import { selectStatement, withClause } from "./query";
import { rowChange } from "./row-change";
import { masterKeyOfSession, serverStatement } from "./server-statement";
import { setStatement } from "./set";
import { refuseUnspoken } from "./statements-not-spoken";
import { declareTable, definition } from "./table-change";

type Body = Statement extends infer S ? (S extends unknown ? Omit<S, "line"> : never) : never;

/** Parses a whole batch. */
export function batch(cursor: Cursor): Statement[] {
  const found: Statement[] = [];
  while (cursor.accept(";"));
  // The first statement of a batch may be a procedure call without EXEC.
  if (isIdentifier(cursor.peek()) && !startsStatement(cursor)) {
    const { line } = cursor.peek();
    found.push({ ...exec(cursor), line });
    while (cursor.accept(";"));
  }
  return [...found, ...statements(cursor)];
}

/** Parses statements up to the end of the text. */
function statements(cursor: Cursor): Statement[] {
  const found: Statement[] = [];
  while (cursor.accept(";"));
  while (cursor.peek().kind !== "end") found.push(statement(cursor));
  for (const { label, line } of cursor.labels.wanted)
    if (!cursor.labels.declared.has(label.toLowerCase()))
      cursor.errors.push(Object.assign(sqlError(133, label), { line }));
  return found;
}

/** Whether a statement begins here with a word that is no keyword. */
const startsStatement = (cursor: Cursor): boolean =>
  cursor.at("THROW") ||
  cursor.peek(1).keyword === ":" ||
  cursor.at("ENABLE", "TRIGGER") ||
  cursor.at("DISABLE", "TRIGGER");

/** Parses `name:`. */
function label(cursor: Cursor): Body {
  const token = cursor.next();
  cursor.expect(":");
  const name = token.text.toLowerCase();
  if (cursor.labels.declared.has(name))
    cursor.errors.push(Object.assign(sqlError(132, token.text), { line: token.line }));
  cursor.labels.declared.add(name);
  return { kind: "label", label: name };
}

function goTo(cursor: Cursor): Body {
  cursor.expect("GOTO");
  const { line } = cursor.peek();
  const wanted = identifier(cursor);
  cursor.labels.wanted.push({ label: wanted, line });
  return { kind: "goto", label: wanted.toLowerCase() };
}

/** Parses one statement with the semicolons behind it. */
function statement(cursor: Cursor): Statement {
  const { line } = cursor.peek();
  const parsed = cursor.nest(() => ({ ...body(cursor), line })) as Statement;
  if (cursor.at("WITH") && ![";", ":"].includes(cursor.peek(-1).keyword)) cursor.raise(sqlError(319));
  while (cursor.accept(";"));
  return parsed;
}

function body(cursor: Cursor): Body {
  if (isIdentifier(cursor.peek()) && cursor.peek(1).keyword === ":") return label(cursor);
  switch (cursor.peek().keyword) {
    case "SELECT":
    case "(":
      return { kind: "select", query: selectStatement(cursor) };
    case "WITH": {
      const commonTables = withClause(cursor);
      refuseUnspoken(cursor);
      return rowChange(cursor, commonTables) ?? { kind: "select", query: selectStatement(cursor, commonTables) };
    }
    case "TRUNCATE":
      cursor.expect("TRUNCATE", "TABLE");
      return { kind: "truncate", table: tableName(cursor) };
    case "DECLARE":
      return declare(cursor);
    case "SET":
      return definition(cursor) ?? setStatement(cursor);
    case "OPEN":
    case "CLOSE":
      return masterKeyStatement(cursor) ?? cursor.raise(notSpoken(cursor.peek().keyword));
    case "GOTO":
      return goTo(cursor);
    case "PRINT":
      cursor.expect("PRINT");
      return { kind: "print", value: expression(cursor) };
    case "IF":
      return ifStatement(cursor);
    case "WHILE":
      cursor.expect("WHILE");
      return { kind: "while", condition: condition(cursor), body: statement(cursor) };
    case "BEGIN":
      return begin(cursor);
    case "BREAK":
    case "CONTINUE":
      return { kind: cursor.next().keyword === "BREAK" ? "break" : "continue" };
    case "RETURN":
      return returnStatement(cursor);
    case "THROW":
      return throwStatement(cursor);
    case "RAISERROR":
      return raiserror(cursor);
    case "WAITFOR":
      cursor.expect("WAITFOR");
      return {
        kind: "waitfor",
        mode: cursor.choose("DELAY", "TIME") === "DELAY" ? "delay" : "time",
        value: constant(cursor),
      };
    case "COMMIT":
    case "ROLLBACK":
    case "SAVE":
      return endTransaction(cursor);
    case "USE":
      cursor.expect("USE");
      return { kind: "use", database: identifier(cursor) };
    case "EXEC":
    case "EXECUTE":
      cursor.next();
      if (cursor.at("AS")) cursor.raise(notSpoken("EXECUTE AS"));
      return exec(cursor);
    case "REVERT":
      return cursor.raise(notSpoken("REVERT"));
    default:
      refuseUnspoken(cursor);
      return rowChange(cursor) ?? definition(cursor) ?? { kind: "server", statement: serverStatement(cursor) };
  }
}

function masterKeyStatement(cursor: Cursor): Body | undefined {
  const parsed = masterKeyOfSession(cursor);
  return parsed && { kind: "server", statement: parsed };
}

function declare(cursor: Cursor): Body {
  cursor.expect("DECLARE");
  if (cursor.peek(1).keyword === "TABLE" || (cursor.peek(1).keyword === "AS" && cursor.peek(2).keyword === "TABLE")) {
    return declareTable(cursor);
  }
  return { kind: "declare", variables: list(cursor, () => declaration(cursor)) };
}

function declaration(cursor: Cursor): VariableDeclaration {
  const token = cursor.peek();
  if (isIdentifier(token)) cursor.raise(notSpoken("A cursor"));
  if (token.kind !== "variable" || token.text.startsWith("@@")) cursor.fail();
  cursor.next();
  cursor.accept("AS");
  const name = token.text.toLowerCase();
  const type = dataType(cursor);
  // 2739: a variable cannot have one of the types from before (max).
  if (["text", "ntext", "image"].includes(type.name)) cursor.raise(sqlError(2739), token);
  if (cursor.variables.has(name)) cursor.errors.push(Object.assign(sqlError(134, token.text), { line: token.line }));
  const value = cursor.accept("=") ? expression(cursor) : undefined;
  cursor.variables.set(name, type);
  return { name, type, value };
}

function ifStatement(cursor: Cursor): Body {
  cursor.expect("IF");
  const test: Condition = condition(cursor);
  const then = statement(cursor);
  return { kind: "if", condition: test, then, otherwise: cursor.accept("ELSE") ? statement(cursor) : undefined };
}

function begin(cursor: Cursor): Body {
  cursor.expect("BEGIN");
  if (cursor.accept("TRY")) {
    const tried = statementsUntilEnd(cursor, "TRY");
    cursor.expect("BEGIN", "CATCH");
    return { kind: "tryCatch", body: tried, handler: statementsUntilEnd(cursor, "CATCH", true) };
  }
  cursor.accept("DISTRIBUTED");
  if (cursor.accept("TRAN") || cursor.accept("TRANSACTION")) return { kind: "begin", name: transactionName(cursor) };
  while (cursor.accept(";"));
  const statements = [statement(cursor)];
  while (!cursor.accept("END")) statements.push(statement(cursor));
  return { kind: "block", body: statements };
}

function statementsUntilEnd(cursor: Cursor, word: string, mayBeEmpty = false): Statement[] {
  while (cursor.accept(";"));
  const statements: Statement[] = mayBeEmpty && cursor.at("END") ? [] : [statement(cursor)];
  while (!cursor.at("END")) statements.push(statement(cursor));
  cursor.expect("END", word);
  while (cursor.accept(";"));
  return statements;
}

function transactionName(cursor: Cursor): string | undefined {
  const token = cursor.peek();
  if (token.kind === "variable") {
    requireDeclared(cursor, token.text, token.line, 2);
    return cursor.next().text.toLowerCase();
  }
  return isIdentifier(token) ? identifier(cursor) : undefined;
}

function endTransaction(cursor: Cursor): Body {
  const kind = cursor.next().keyword.toLowerCase() as "commit" | "rollback" | "save";
  if (cursor.accept("TRAN") || cursor.accept("TRANSACTION")) return { kind, name: transactionName(cursor) };
  if (kind === "save") cursor.fail();
  cursor.accept("WORK");
  return { kind };
}

function returnStatement(cursor: Cursor): Body {
  cursor.expect("RETURN");
  return { kind: "return", value: startsValue(cursor) ? expression(cursor) : undefined };
}

const valueWords: ReadonlySet<string> = new Set(
  "CASE NULL LEFT RIGHT COALESCE NULLIF CONVERT TRY_CONVERT CURRENT_TIMESTAMP CURRENT_USER SESSION_USER SYSTEM_USER ( - + ~".split(
    " ",
  ),
);

function startsValue(cursor: Cursor): boolean {
  const token = cursor.peek();
  if (["string", "number", "binary", "variable"].includes(token.kind) || valueWords.has(token.keyword)) return true;
  return isIdentifier(token) && !startsStatement(cursor) && cursor.peek(1).keyword !== ":";
}

function throwStatement(cursor: Cursor): Body {
  cursor.expect("THROW");
  const { kind } = cursor.peek();
  if (kind !== "number" && kind !== "variable") return { kind: "throw" };
  const number = constantOf(cursor, "number");
  cursor.expect(",");
  const message = constantOf(cursor, "string");
  cursor.expect(",");
  return { kind: "throw", number, message, state: constantOf(cursor, "number") };
}

function constantOf(cursor: Cursor, expected: "number" | "string"): Expression {
  const { kind } = cursor.peek();
  return kind === expected || kind === "variable" ? constant(cursor) : cursor.fail();
}

function raiserror(cursor: Cursor): Body {
  cursor.expect("RAISERROR", "(");
  if (cursor.at("NULL")) cursor.fail();
  const args: Expression[] = list(cursor, () => constant(cursor));
  cursor.expect(")");
  if (args.length < 3) cursor.fail();
  const options = cursor.accept("WITH") ? list(cursor, () => cursor.choose("LOG", "NOWAIT", "SETERROR")) : [];
  return { kind: "raiserror", args, options };
}

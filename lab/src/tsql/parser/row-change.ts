import type { ObjectName } from "../host";
import type { Expression, Statement } from "../syntax";
import type { AssignedValue, CommonTables, DataStatement, InsertSource, SetItem } from "../table-syntax";
import { type Cursor, identifier, list, parenthesizedList } from "./cursor";
import { exec } from "./exec";
import { condition, expression, requireDeclared } from "./expression";
import { fromList, tableName } from "./from";
import { notSpoken } from "./not-spoken";
import { queryBody } from "./query";
import { queryHints } from "./query-hints";
import { tableHints } from "./table-hints";

/** INSERT, UPDATE, DELETE; undefined if the next statement is another one. */
export function rowChange(cursor: Cursor, commonTables: CommonTables = []): DataStatement | undefined {
  if (cursor.accept("INSERT")) return insert(cursor, commonTables);
  if (!cursor.at("UPDATE", "STATISTICS") && cursor.accept("UPDATE")) return update(cursor, commonTables);
  if (cursor.accept("DELETE")) return deletion(cursor, commonTables);
  return undefined;
}

function insert(cursor: Cursor, commonTables: CommonTables): DataStatement {
  const top = rowLimit(cursor);
  cursor.accept("INTO");
  const table = tableName(cursor);
  if (cursor.at("WITH")) tableHints(cursor);
  const hasColumns = cursor.at("(") && !["SELECT", "VALUES"].includes(cursor.peek(1).keyword);
  const columns = hasColumns ? parenthesizedList(cursor, () => columnPath(cursor).at(-1) ?? "") : undefined;
  refuseOutput(cursor);
  return { kind: "insert", table, columns, top, source: insertSource(cursor), commonTables };
}

function insertSource(cursor: Cursor): InsertSource {
  if (cursor.accept("DEFAULT", "VALUES")) return { kind: "default" };
  if (cursor.accept("VALUES"))
    return { kind: "values", rows: list(cursor, () => parenthesizedList(cursor, () => assignedValue(cursor))) };
  if (cursor.at("EXEC") || cursor.at("EXECUTE")) {
    const { line } = cursor.next();
    const statement = { ...exec(cursor), line } as Statement;
    return { kind: "exec", statement };
  }
  const parsed = queryBody(cursor);
  queryHints(cursor);
  return { kind: "query", query: parsed };
}

function assignedValue(cursor: Cursor): AssignedValue {
  return cursor.accept("DEFAULT") ? undefined : expression(cursor);
}

/** TOP (n) of a statement that changes rows. */
function rowLimit(cursor: Cursor): Expression | undefined {
  if (!cursor.accept("TOP")) return undefined;
  const isParenthesized = cursor.accept("(");
  const count = expression(cursor);
  if (isParenthesized) cursor.expect(")");
  return count;
}

function refuseOutput(cursor: Cursor): void {
  if (cursor.at("OUTPUT")) cursor.raise(notSpoken("OUTPUT"));
}

function columnPath(cursor: Cursor): string[] {
  const parts = [identifier(cursor)];
  while (cursor.accept(".")) parts.push(identifier(cursor));
  return parts;
}

const assignments = ["=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^="] as const;

function update(cursor: Cursor, commonTables: CommonTables): DataStatement {
  const top = rowLimit(cursor);
  const changed = target(cursor);
  cursor.expect("SET");
  const set = list(cursor, () => setItem(cursor));
  refuseOutput(cursor);
  return { kind: "update", ...changed, set, top, ...filter(cursor), commonTables };
}

/** `column = e`, `column += e`, `@v = e`, `@v = column = e`. */
function setItem(cursor: Cursor): SetItem {
  let variable: string | undefined;
  if (cursor.peek().kind === "variable") {
    const token = cursor.next();
    requireDeclared(cursor, token.text, token.line, 1);
    variable = token.text.toLowerCase();
    const operator = assignments.find((symbol) => cursor.accept(symbol)) ?? cursor.fail();
    if (operator !== "=" || !startsColumnAssignment(cursor))
      return { variable, operator: operator.slice(0, -1), value: expression(cursor) };
  }
  const column = columnPath(cursor);
  const operator = assignments.find((symbol) => cursor.accept(symbol)) ?? cursor.fail();
  return { column, variable, operator: operator.slice(0, -1), value: assignedValue(cursor) };
}

function startsColumnAssignment(cursor: Cursor): boolean {
  let ahead = 0;
  while (cursor.peek(ahead + 1).keyword === ".") ahead += 2;
  const { kind } = cursor.peek(ahead);
  return (
    (kind === "word" || kind === "quoted") && assignments.some((symbol) => cursor.peek(ahead + 1).keyword === symbol)
  );
}

function deletion(cursor: Cursor, commonTables: CommonTables): DataStatement {
  const top = rowLimit(cursor);
  cursor.accept("FROM");
  const changed = target(cursor);
  refuseOutput(cursor);
  return { kind: "delete", ...changed, top, ...filter(cursor), commonTables };
}

function target(cursor: Cursor): { readonly table: ObjectName; readonly hints: readonly string[] } {
  const table = tableName(cursor);
  return { table, hints: cursor.at("WITH") ? tableHints(cursor) : [] };
}

function filter(cursor: Cursor) {
  const from = cursor.accept("FROM") ? fromList(cursor) : [];
  const where = cursor.accept("WHERE") ? condition(cursor) : undefined;
  queryHints(cursor);
  return { from, where };
}

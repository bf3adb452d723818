import type { ObjectName } from "../host";
import type { Expression, SelectItem, Statement } from "../syntax";
import type { AssignedValue, CommonTables, DataStatement, InsertSource, Output, SetItem } from "../table-syntax";
import { type Cursor, identifier, list, parenthesizedList } from "./cursor";
import { exec } from "./exec";
import { condition, expression, requireDeclared } from "./expression";
import { fromList, tableName } from "./from";
import { merge } from "./merge";
import { queryBody, selectItem, skipParentheses } from "./query";
import { queryHints } from "./query-hints";
import { tableBody } from "./table-definition";
import { tableHints } from "./table-hints";

/** INSERT, UPDATE, DELETE; undefined if the next statement is another one. */
export function rowChange(cursor: Cursor, commonTables: CommonTables = []): DataStatement | undefined {
  if (cursor.accept("INSERT")) return insert(cursor, commonTables);
  if (!cursor.at("UPDATE", "STATISTICS") && cursor.accept("UPDATE")) return update(cursor, commonTables);
  if (cursor.accept("DELETE")) return deletion(cursor, commonTables);
  if (cursor.accept("MERGE")) return merge(cursor, commonTables);
  return undefined;
}

function insert(cursor: Cursor, commonTables: CommonTables): DataStatement {
  if (cursor.accept("BULK")) return insertBulk(cursor);
  const top = rowLimit(cursor);
  cursor.accept("INTO");
  const table = tableName(cursor);
  if (cursor.at("WITH")) tableHints(cursor);
  const hasColumns = cursor.at("(") && !["SELECT", "VALUES"].includes(cursor.peek(1).keyword);
  const columns = hasColumns ? parenthesizedList(cursor, () => columnPath(cursor).at(-1) ?? "") : undefined;
  const outputs = output(cursor);
  const source = insertSource(cursor);
  return { kind: "insert", table, columns, top, output: outputs, source, commonTables };
}

/** What drivers send before the rows of a bulk load. */
function insertBulk(cursor: Cursor): DataStatement {
  const table = tableName(cursor);
  const { columns } = tableBody(cursor);
  const options = cursor.accept("WITH") ? parenthesizedList(cursor, () => bulkOption(cursor)) : [];
  return { kind: "insertBulk", table, columns: columns.map(({ name }) => name), options };
}

function bulkOption(cursor: Cursor): string {
  const { keyword } = cursor.next();
  if (cursor.at("(")) skipParentheses(cursor);
  else if (cursor.accept("=")) cursor.next();
  return keyword;
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

export function assignedValue(cursor: Cursor): AssignedValue {
  return cursor.accept("DEFAULT") ? undefined : expression(cursor);
}

/** TOP (n) of a statement that changes rows. */
export function rowLimit(cursor: Cursor): Expression | undefined {
  if (!cursor.accept("TOP")) return undefined;
  const isParenthesized = cursor.accept("(");
  const count = expression(cursor);
  if (isParenthesized) cursor.expect(")");
  return count;
}

export function output(cursor: Cursor): Output | undefined {
  if (!cursor.accept("OUTPUT")) return undefined;
  const items = list(cursor, () => outputItem(cursor));
  if (!cursor.accept("INTO")) return { items };
  const table = tableName(cursor);
  return { items, into: { table, columns: cursor.at("(") ? parenthesizedList(cursor, () => identifier(cursor)) : [] } };
}

/** A column or an expression of the table's before and after, with a name behind it: neither * alone nor name = value. */
function outputItem(cursor: Cursor): SelectItem {
  if (cursor.at("*") || (cursor.peek().kind !== "symbol" && cursor.peek(1).keyword === "=")) cursor.fail();
  return selectItem(cursor);
}

export function columnPath(cursor: Cursor): string[] {
  const parts = [identifier(cursor)];
  while (cursor.accept(".")) parts.push(identifier(cursor));
  return parts;
}

const assignments = ["=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^="] as const;

function update(cursor: Cursor, commonTables: CommonTables): DataStatement {
  const top = rowLimit(cursor);
  const changed = target(cursor);
  cursor.expect("SET");
  const set = setList(cursor);
  const outputs = output(cursor);
  return { kind: "update", ...changed, set, top, output: outputs, ...filter(cursor), commonTables };
}

export const setList = (cursor: Cursor): SetItem[] => list(cursor, () => setItem(cursor));

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
  const outputs = output(cursor);
  return { kind: "delete", ...changed, top, output: outputs, ...filter(cursor), commonTables };
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

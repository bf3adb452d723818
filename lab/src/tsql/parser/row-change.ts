import type { ObjectName } from "../host";
import type { Condition, Expression, SelectItem, Statement } from "../syntax";
import type { AssignedValue, CommonTables, DataStatement, InsertSource, Output, SetItem } from "../table-syntax";
import { type Cursor, identifier, list, parenthesizedList } from "./cursor";
import { exec } from "./exec";
import { condition, expression } from "./expression";
import { tableName } from "./from";
import { merge } from "./merge";
import { notSpoken } from "./not-spoken";
import { queryBody, selectItem, skipParentheses } from "./query";
import { queryHints } from "./query-hints";
import { refuseClauses, tableBody } from "./table-definition";

/** INSERT, UPDATE, DELETE; undefined if the next statement is another one. */
export function rowChange(cursor: Cursor, commonTables: CommonTables = []): DataStatement | undefined {
  if (cursor.at("UPDATE", "STATISTICS")) cursor.raise(notSpoken("UPDATE STATISTICS"));
  if (cursor.accept("MERGE")) return merge(cursor, commonTables);
  const verb = verbs.find((word) => cursor.at(word));
  if (!verb) return undefined;
  if (commonTables.length > 0) cursor.raise(notSpoken(`WITH in front of ${verb}`));
  cursor.next();
  refuseClauses(cursor, verb, ["TOP"]);
  return changes[verb](cursor);
}

const verbs = ["INSERT", "UPDATE", "DELETE"] as const;
const changes = { INSERT: insert, UPDATE: update, DELETE: deletion };

function insert(cursor: Cursor): DataStatement {
  if (cursor.accept("BULK")) return insertBulk(cursor);
  cursor.accept("INTO");
  const table = target(cursor, "INSERT");
  const hasColumns = cursor.at("(") && !["SELECT", "VALUES"].includes(cursor.peek(1).keyword);
  const columns = hasColumns ? parenthesizedList(cursor, () => columnPath(cursor).at(-1) ?? "") : undefined;
  const outputs = output(cursor);
  const source = insertSource(cursor);
  return { kind: "insert", table, columns, output: outputs, source };
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
  return { kind: "query", query: { ...parsed, ...queryHints(cursor) } };
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

function update(cursor: Cursor): DataStatement {
  const table = target(cursor, "UPDATE");
  cursor.expect("SET");
  const set = setList(cursor);
  const outputs = output(cursor);
  return { kind: "update", table, set, output: outputs, where: filter(cursor, "UPDATE") };
}

export const setList = (cursor: Cursor): SetItem[] => list(cursor, () => setItem(cursor));

/** `column = e`, `column += e`. */
function setItem(cursor: Cursor): SetItem {
  if (cursor.peek().kind === "variable") cursor.raise(notSpoken("A variable in SET of UPDATE"));
  const column = columnPath(cursor);
  const operator = assignments.find((symbol) => cursor.accept(symbol)) ?? cursor.fail();
  return { column, operator: operator.slice(0, -1), value: assignedValue(cursor) };
}

function deletion(cursor: Cursor): DataStatement {
  cursor.accept("FROM");
  const table = target(cursor, "DELETE");
  const outputs = output(cursor);
  return { kind: "delete", table, output: outputs, where: filter(cursor, "DELETE") };
}

function target(cursor: Cursor, verb: string): ObjectName {
  const table = tableName(cursor);
  if (cursor.at("WITH")) cursor.raise(notSpoken(`A table hint of ${verb}`));
  return table;
}

function filter(cursor: Cursor, verb: string): Condition | undefined {
  refuseClauses(cursor, verb, ["FROM"]);
  const where = cursor.accept("WHERE") ? condition(cursor) : undefined;
  queryHints(cursor);
  return where;
}

import { notSpoken } from "../not-spoken";
import type { ObjectName } from "../syntax/object-name";
import type { Condition } from "../syntax/query";
import type { AssignedValue, CommonTables, DataStatement, InsertSource, SetItem } from "../syntax/row-change";
import { type Cursor, identifier, list, parenthesizedList } from "./cursor";
import { exec } from "./exec";
import { condition, expression } from "./expression";
import { tableName } from "./from";
import { queryBody } from "./query";
import { queryHints } from "./query-hints";
import { refuseClauses } from "./table-definition";

const verbs = ["INSERT", "UPDATE", "DELETE"] as const;
const changes = { INSERT: insert, UPDATE: update, DELETE: deletion };

/** Parses INSERT, UPDATE and DELETE; undefined if the next statement is another one. */
export function rowChange(cursor: Cursor, commonTables: CommonTables = []): DataStatement | undefined {
  const verb = verbs.find((word) => cursor.at(word));
  if (!verb) return undefined;
  if (commonTables.length > 0) cursor.raise(notSpoken(`WITH in front of ${verb}`));
  cursor.next();
  refuseClauses(cursor, verb, ["TOP"]);
  return changes[verb](cursor);
}

function insert(cursor: Cursor): DataStatement {
  cursor.accept("INTO");
  const table = target(cursor, "INSERT");
  const hasColumns = cursor.at("(") && !["SELECT", "VALUES"].includes(cursor.peek(1).keyword);
  const columns = hasColumns ? parenthesizedList(cursor, () => columnPath(cursor).at(-1) ?? "") : undefined;
  refuseOutput(cursor);
  return { kind: "insert", table, columns, source: insertSource(cursor) };
}

function insertSource(cursor: Cursor): InsertSource {
  if (cursor.accept("DEFAULT", "VALUES")) return { kind: "default" };
  if (cursor.accept("VALUES"))
    return { kind: "values", rows: list(cursor, () => parenthesizedList(cursor, () => assignedValue(cursor))) };
  if (cursor.at("EXEC") || cursor.at("EXECUTE")) {
    const { line } = cursor.next();
    return { kind: "exec", statement: { ...exec(cursor), line } };
  }
  const parsed = queryBody(cursor);
  queryHints(cursor);
  return { kind: "query", query: parsed };
}

function assignedValue(cursor: Cursor): AssignedValue {
  return cursor.accept("DEFAULT") ? undefined : expression(cursor);
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

function update(cursor: Cursor): DataStatement {
  const table = target(cursor, "UPDATE");
  cursor.expect("SET");
  const set = list(cursor, () => setItem(cursor));
  refuseOutput(cursor);
  return { kind: "update", table, set, where: filter(cursor, "UPDATE") };
}

/** Parses `column = e` and `column += e`. */
function setItem(cursor: Cursor): SetItem {
  if (cursor.peek().kind === "variable") cursor.raise(notSpoken("A variable in SET of UPDATE"));
  const column = columnPath(cursor);
  const operator = assignments.find((symbol) => cursor.accept(symbol)) ?? cursor.fail();
  return { column, operator: operator.slice(0, -1), value: assignedValue(cursor) };
}

function deletion(cursor: Cursor): DataStatement {
  cursor.accept("FROM");
  const table = target(cursor, "DELETE");
  refuseOutput(cursor);
  return { kind: "delete", table, where: filter(cursor, "DELETE") };
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

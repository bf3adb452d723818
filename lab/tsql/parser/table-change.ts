import type { ObjectName } from "../host";
import type { Statement, TableVerb } from "../syntax";
import { type Cursor, identifier, list, parenthesizedList } from "./cursor";
import { condition, expression } from "./expression";
import { objectName } from "./names";
import { query, skipParentheses } from "./query";

type ChangeTable = Omit<Extract<Statement, { kind: "changeTable" }>, "line">;

const changed = (verb: TableVerb, table: ObjectName, ifExists = false): ChangeTable => ({
  kind: "changeTable",
  verb,
  table,
  ifExists,
});

/** Statements on tables' rows and tables themselves; undefined if the next statement is another one. */
export function changeTable(cursor: Cursor): ChangeTable | undefined {
  if (cursor.accept("CREATE", "TABLE")) {
    const table = objectName(cursor);
    skipParentheses(cursor);
    return changed("CREATE TABLE", table);
  }
  if (cursor.accept("DROP", "TABLE")) {
    const ifExists = cursor.accept("IF", "EXISTS");
    return changed("DROP TABLE", objectName(cursor), ifExists);
  }
  if (cursor.accept("TRUNCATE", "TABLE")) return changed("TRUNCATE TABLE", objectName(cursor));
  if (cursor.accept("INSERT")) return insert(cursor);
  if (cursor.accept("UPDATE")) return update(cursor);
  if (cursor.accept("DELETE")) {
    cursor.accept("FROM");
    const table = target(cursor);
    where(cursor);
    return changed("DELETE", table);
  }
  return undefined;
}

export function declareTable(cursor: Cursor): ChangeTable {
  if (cursor.peek().kind !== "variable") cursor.fail();
  const name = cursor.next().text;
  cursor.accept("AS");
  cursor.expect("TABLE");
  skipParentheses(cursor);
  return changed("DECLARE TABLE", { name });
}

function target(cursor: Cursor): ObjectName {
  return cursor.peek().kind === "variable" ? { name: cursor.next().text } : objectName(cursor);
}

function insert(cursor: Cursor): ChangeTable {
  cursor.accept("INTO");
  const table = target(cursor);
  if (cursor.at("(") && cursor.peek(1).keyword !== "SELECT") parenthesizedList(cursor, () => identifier(cursor));
  if (cursor.accept("VALUES")) list(cursor, () => parenthesizedList(cursor, () => expression(cursor)));
  else if (!cursor.accept("DEFAULT", "VALUES")) query(cursor);
  return changed("INSERT", table);
}

function update(cursor: Cursor): ChangeTable {
  const table = target(cursor);
  cursor.expect("SET");
  list(cursor, () => {
    identifier(cursor);
    cursor.expect("=");
    expression(cursor);
  });
  where(cursor);
  return changed("UPDATE", table);
}

function where(cursor: Cursor): void {
  if (cursor.accept("WHERE")) condition(cursor);
}

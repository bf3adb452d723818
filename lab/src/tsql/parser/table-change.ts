import { notSpoken } from "../not-spoken";
import type { AlterTableAction, DefinitionStatement } from "../syntax/table-change";
import { type Cursor, identifier, list } from "./cursor";
import { tableName } from "./from";
import { index } from "./indexes";
import { objectName } from "./names";
import { skipParentheses } from "./query";
import { refuseUnspoken } from "./statements-not-spoken";
import { columnType, refuseClauses, storage, tableBody, tableElements } from "./table-definition";

/** Parses CREATE, ALTER and DROP of users' objects in a database; undefined if the next statement is another one. */
export function definition(cursor: Cursor): DefinitionStatement | undefined {
  if (cursor.accept("CREATE", "TABLE")) {
    const table = objectName(cursor);
    const body = tableBody(cursor);
    storage(cursor);
    return { kind: "createTable", table, body };
  }
  if (cursor.accept("ALTER", "TABLE")) {
    const table = objectName(cursor);
    refuseUnspoken(cursor);
    return { kind: "alterTable", table, action: alter(cursor) };
  }
  if (cursor.accept("CREATE", "SCHEMA")) return createSchema(cursor);
  if (cursor.at("SET", "IDENTITY_INSERT")) return identityInsert(cursor);
  return index(cursor) ?? drop(cursor);
}

export function declareTable(cursor: Cursor): DefinitionStatement {
  if (cursor.peek().kind !== "variable") cursor.fail();
  const name = cursor.next().text;
  cursor.accept("AS");
  cursor.expect("TABLE");
  return { kind: "declareTable", name, body: tableBody(cursor) };
}

function createSchema(cursor: Cursor): DefinitionStatement {
  const name = identifier(cursor);
  if (cursor.accept("AUTHORIZATION")) identifier(cursor);
  return { kind: "createSchema", name };
}

function identityInsert(cursor: Cursor): DefinitionStatement {
  cursor.expect("SET", "IDENTITY_INSERT");
  const table = tableName(cursor);
  return { kind: "setIdentityInsert", table, isOn: cursor.choose("ON", "OFF") === "ON" };
}

const unspokenActions = ["CHECK CONSTRAINT", "NOCHECK CONSTRAINT", "SWITCH", "REBUILD", "SET"];

function alter(cursor: Cursor): AlterTableAction {
  refuseClauses(cursor, "ALTER TABLE", ["WITH NOCHECK", ...unspokenActions]);
  if (cursor.accept("WITH", "CHECK")) refuseClauses(cursor, "ALTER TABLE", unspokenActions);
  if (cursor.accept("ADD")) return { kind: "add", body: tableElements(cursor) };
  if (cursor.accept("ALTER", "COLUMN")) {
    const name = identifier(cursor);
    if (cursor.at("ADD") || cursor.at("DROP")) cursor.raise(notSpoken("ALTER COLUMN with ADD or DROP"));
    return { kind: "alterColumn", column: columnType(cursor, name) };
  }
  cursor.expect("DROP");
  const kind = cursor.accept("COLUMN") ? "dropColumn" : "dropConstraint";
  if (kind === "dropConstraint") cursor.accept("CONSTRAINT");
  const ifExists = cursor.accept("IF", "EXISTS");
  const names = list(cursor, () => identifier(cursor));
  if (cursor.accept("WITH")) skipParentheses(cursor);
  return { kind, names, ifExists };
}

function drop(cursor: Cursor): DefinitionStatement | undefined {
  const type = (["TABLE", "SCHEMA"] as const).find((word) => cursor.accept("DROP", word));
  if (!type) return undefined;
  const ifExists = cursor.accept("IF", "EXISTS");
  const names = list(cursor, () => (type === "SCHEMA" ? { name: identifier(cursor) } : objectName(cursor)));
  return { kind: "dropObject", type, names, ifExists };
}

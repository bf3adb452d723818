import { SqlError } from "../messages";
import type { AlterTableAction, DefinitionStatement } from "../table-syntax";
import { type Cursor, identifier, list } from "./cursor";
import { tableName } from "./from";
import { index } from "./indexes";
import { createModule } from "./module";
import { localName, objectName } from "./names";
import { notSpoken } from "./not-spoken";
import { skipParentheses } from "./query";
import { sequence } from "./sequence";
import { columnType, refuseClauses, storage, tableBody, tableElements } from "./table-definition";
import { enableTriggers } from "./trigger";

const unspokenStatements = ["ALTER INDEX", "CREATE STATISTICS", "DROP STATISTICS"];

/** CREATE, ALTER and DROP of what users make in a database; undefined if the next statement is another one. */
export function definition(cursor: Cursor): DefinitionStatement | undefined {
  const unspoken = unspokenStatements.find((words) => cursor.at(...words.split(" ")));
  if (unspoken) cursor.raise(notSpoken(unspoken));
  if (cursor.accept("CREATE", "TABLE")) {
    const table = objectName(cursor);
    const body = tableBody(cursor);
    storage(cursor);
    return { kind: "createTable", table, body };
  }
  if (cursor.accept("ALTER", "TABLE")) {
    const table = objectName(cursor);
    return enableTriggers(cursor, table) ?? { kind: "alterTable", table, action: alter(cursor) };
  }
  if (cursor.accept("CREATE", "SCHEMA")) return createSchema(cursor);
  if (cursor.at("SET", "IDENTITY_INSERT")) return identityInsert(cursor);
  if (cursor.accept("CREATE", "TYPE")) return createType(cursor);
  if (cursor.accept("CREATE", "SYNONYM")) {
    const name = objectName(cursor);
    cursor.expect("FOR");
    return { kind: "createSynonym", name, base: objectName(cursor) };
  }
  return sequence(cursor) ?? index(cursor) ?? createModule(cursor) ?? enableTriggers(cursor) ?? drop(cursor);
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

function createType(cursor: Cursor): DefinitionStatement {
  const name = objectName(cursor);
  if (cursor.at("FROM")) cursor.raise(new SqlError(50000, 16, "[lab] Alias types are not modelled."));
  cursor.expect("AS", "TABLE");
  return { kind: "createTableType", name, body: tableBody(cursor) };
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

const droppable = [
  "TABLE",
  "VIEW",
  "PROCEDURE",
  "PROC",
  "SCHEMA",
  "FUNCTION",
  "TRIGGER",
  "SEQUENCE",
  "SYNONYM",
  "TYPE",
] as const;

function drop(cursor: Cursor): DefinitionStatement | undefined {
  if (!cursor.at("DROP")) return undefined;
  const word = droppable.find((type) => cursor.accept("DROP", type));
  if (!word) return undefined;
  const type = word === "PROC" ? "PROCEDURE" : word;
  const ifExists = cursor.accept("IF", "EXISTS");
  const isLocal = word !== "TABLE";
  const names = list(cursor, () => (isLocal ? localName(cursor, `DROP ${type}`) : objectName(cursor)));
  return { kind: "dropObject", type, names, ifExists };
}

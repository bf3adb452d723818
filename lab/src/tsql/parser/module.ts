import type { ProcedureParameter } from "../data/store";
import { sqlError } from "../messages";
import type { Expression } from "../syntax";
import type { DefinitionStatement, ModuleVerb } from "../table-syntax";
import { int } from "../types";
import { type Cursor, identifier, list, parenthesizedList } from "./cursor";
import { constantOrWord } from "./exec";
import { createFunction } from "./function";
import { dataType, localName, userType } from "./names";
import { query } from "./query";
import { statements } from "./statement";
import { createTrigger } from "./trigger";

const kinds = ["VIEW", "PROCEDURE", "PROC", "FUNCTION", "TRIGGER"] as const;

/** CREATE or ALTER VIEW, PROCEDURE, FUNCTION and TRIGGER: the definition is the rest of the batch. */
export function createModule(cursor: Cursor): DefinitionStatement | undefined {
  const first = cursor.peek();
  const verb = verbOf(cursor);
  if (!verb) return undefined;
  const kind = cursor.choose(...kinds);
  // 111: nothing before it in the batch.
  if (
    cursor.text
      .slice(0, first.start)
      .replace(/\/\*[\s\S]*?\*\/|--[^\n]*/g, "")
      .trim() !== ""
  )
    cursor.raise(
      sqlError(111, `${verb === "ALTER" ? "ALTER" : "CREATE"} ${kind === "PROC" ? "PROCEDURE" : kind}`),
      first,
    );
  switch (kind) {
    case "VIEW":
      return createView(cursor, verb);
    case "FUNCTION":
      return createFunction(cursor, verb);
    case "TRIGGER":
      return createTrigger(cursor, verb);
    default:
      return createProcedure(cursor, verb);
  }
}

function verbOf(cursor: Cursor): ModuleVerb | undefined {
  const words = [["CREATE"], ["ALTER"], ["CREATE", "OR", "ALTER"]] as const;
  const found = words.find(
    (verb) => cursor.at(...verb) && kinds.some((kind) => cursor.peek(verb.length).keyword === kind),
  );
  if (!found) return undefined;
  cursor.expect(...found);
  return found.join(" ") as ModuleVerb;
}

function createView(cursor: Cursor, verb: ModuleVerb): DefinitionStatement {
  const name = localName(cursor, "CREATE VIEW");
  const columns = cursor.at("(") ? parenthesizedList(cursor, () => identifier(cursor)) : [];
  moduleOptions(cursor);
  cursor.expect("AS");
  const parsed = query(cursor);
  const isChecked = cursor.accept("WITH");
  if (isChecked) cursor.expect("CHECK", "OPTION");
  while (cursor.accept(";"));
  if (cursor.peek().kind !== "end") cursor.fail();
  return { kind: "createView", name, columns, query: parsed, isChecked, text: cursor.text.trim(), verb };
}

function createProcedure(cursor: Cursor, verb: ModuleVerb): DefinitionStatement {
  const name = localName(cursor, "CREATE/ALTER PROCEDURE");
  const isParenthesized = cursor.accept("(");
  const parameters = cursor.peek().kind === "variable" ? list(cursor, () => parameter(cursor)) : [];
  if (isParenthesized) cursor.expect(")");
  moduleOptions(cursor);
  cursor.expect("AS");
  const body = restOf(cursor);
  return { kind: "createProcedure", name, parameters, text: cursor.text.trim(), body, verb };
}

const options = [
  "SCHEMABINDING",
  "ENCRYPTION",
  "VIEW_METADATA",
  "RECOMPILE",
  "NATIVE_COMPILATION",
  "EXECUTE",
  "EXEC",
  "RETURNS",
  "CALLED",
  "INLINE",
] as const;

/** WITH and what may stand behind it; the words that the options begin with. */
export function moduleOptions(cursor: Cursor): string[] {
  if (!cursor.accept("WITH")) return [];
  return list(cursor, () => {
    const option = cursor.choose(...options);
    if (option === "EXECUTE" || option === "EXEC") {
      cursor.expect("AS");
      cursor.next();
    } else if (option === "RETURNS") cursor.expect("NULL", "ON", "NULL", "INPUT");
    else if (option === "CALLED") cursor.expect("ON", "NULL", "INPUT");
    else if (option === "INLINE") {
      cursor.expect("=");
      cursor.choose("ON", "OFF");
    }
    return option;
  });
}

export function parameter(cursor: Cursor): ProcedureParameter {
  const token = cursor.peek();
  if (token.kind !== "variable") cursor.fail();
  const { line } = cursor.next();
  const name = token.text.toLowerCase();
  cursor.accept("AS");
  const tableType = userType(cursor);
  if (tableType) {
    if (!cursor.accept("READONLY")) cursor.raise(sqlError(352, name));
    cursor.tables.add(name);
    return { name, type: int, tableType, isOutput: false };
  }
  const type = dataType(cursor);
  const value = cursor.accept("=") ? parameterDefault(cursor) : undefined;
  const isOutput = cursor.accept("OUTPUT") || cursor.accept("OUT");
  if (cursor.variables.has(name)) cursor.errors.push(Object.assign(sqlError(134, name), { line }));
  cursor.variables.set(name, type);
  return { name, type, default: value, isOutput };
}

/** A constant, or a bare word, which is a text as in a call. */
function parameterDefault(cursor: Cursor): Expression {
  return cursor.peek().kind === "variable" ? cursor.fail() : constantOrWord(cursor);
}

/** Lines keep their numbers: what stands before the body becomes blank. */
export function restOf(cursor: Cursor): string {
  const first = cursor.peek();
  statements(cursor);
  return cursor.text.slice(0, first.start).replace(/[^\n]/g, " ") + cursor.text.slice(first.start);
}

import type { DefinitionStatement, FunctionReturns, ModuleVerb } from "../table-syntax";
import { type Cursor, list } from "./cursor";
import { moduleOptions, parameter, restOf } from "./module";
import { dataType, objectName } from "./names";
import { query } from "./query";
import { tableBody } from "./table-definition";

type CreateFunction = Extract<DefinitionStatement, { readonly kind: "createFunction" }>;

/** https://learn.microsoft.com/sql/t-sql/statements/create-function-transact-sql */
export function createFunction(cursor: Cursor, verb: ModuleVerb): CreateFunction {
  const name = objectName(cursor);
  cursor.expect("(");
  const parameters = cursor.at(")") ? [] : list(cursor, () => parameter(cursor));
  cursor.expect(")", "RETURNS");
  const { returns, body, returnsNullOnNull } = definition(cursor);
  return { kind: "createFunction", name, parameters, returns, body, returnsNullOnNull, text: cursor.text.trim(), verb };
}

function definition(cursor: Cursor): Pick<CreateFunction, "returns" | "body" | "returnsNullOnNull"> {
  if (cursor.accept("TABLE")) {
    moduleOptions(cursor);
    cursor.accept("AS");
    cursor.expect("RETURN");
    const parsed = inlineQuery(cursor);
    return { returns: { kind: "inline", query: parsed }, returnsNullOnNull: false };
  }
  const returns: FunctionReturns =
    cursor.peek().kind === "variable" ? returnedTable(cursor) : { kind: "scalar", type: dataType(cursor) };
  const options = moduleOptions(cursor);
  cursor.accept("AS");
  if (!cursor.at("BEGIN")) cursor.fail();
  return { returns, body: restOf(cursor), returnsNullOnNull: options.includes("RETURNS") };
}

function returnedTable(cursor: Cursor): FunctionReturns {
  const variable = cursor.next().text;
  cursor.expect("TABLE");
  return { kind: "table", variable, table: tableBody(cursor) };
}

function inlineQuery(cursor: Cursor) {
  const parsed = parenthesized(cursor);
  while (cursor.accept(";"));
  return cursor.peek().kind === "end" ? parsed : cursor.fail();
}

/** The parentheses around the query of RETURN may hold a common table expression. */
function parenthesized(cursor: Cursor): ReturnType<typeof query> {
  if (!cursor.at("(", "WITH")) return query(cursor);
  cursor.expect("(");
  const parsed = query(cursor);
  cursor.expect(")");
  return parsed;
}

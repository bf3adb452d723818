import { notSpoken } from "../not-spoken";
import type { ObjectName } from "../syntax/object-name";
import type { Expression, Join, Query, TableSource } from "../syntax/query";
import { type Cursor, identifier, isIdentifier, list, parenthesizedList } from "./cursor";
import { argument, condition, expression, startsQuery, subquery } from "./expression";
import { functionsNotSpoken } from "./functions-not-spoken";
import { objectName } from "./names";
import { startsHints, tableHints } from "./table-hints";

export const fromList = (cursor: Cursor): TableSource[] => list(cursor, () => joinedTables(cursor));

function joinedTables(cursor: Cursor): TableSource {
  const first = tableSource(cursor);
  const joins: Join[] = [];
  for (;;) {
    const join = joinKind(cursor);
    if (!join) return joins.length === 0 ? first : { kind: "joined", first, joins };
    if (join === "cross" || join === "crossApply" || join === "outerApply") {
      joins.push({ join, source: tableSource(cursor) });
    } else {
      const source = joinOperand(cursor);
      cursor.expect("ON");
      joins.push({ join, source, on: condition(cursor) });
    }
  }
}

/** Parses the right side of a JOIN, which may be joined itself: in a JOIN b JOIN c ON ... ON ... the first ON is that of b and c. */
function joinOperand(cursor: Cursor): TableSource {
  const first = tableSource(cursor);
  const joins: Join[] = [];
  while (!cursor.at("ON")) {
    const join = joinKind(cursor);
    if (!join) break;
    const source = cursor.nest(() => joinOperand(cursor));
    const isConditional = join !== "cross" && join !== "crossApply" && join !== "outerApply";
    if (isConditional) cursor.expect("ON");
    joins.push({ join, source, on: isConditional ? condition(cursor) : undefined });
  }
  return joins.length === 0 ? first : { kind: "joined", first, joins };
}

const joinHints = ["LOOP", "HASH", "MERGE", "REMOTE"] as const;

function joinKind(cursor: Cursor): Join["join"] | undefined {
  if (cursor.accept("CROSS", "JOIN")) return "cross";
  if (cursor.accept("CROSS", "APPLY")) return "crossApply";
  if (cursor.accept("OUTER", "APPLY")) return "outerApply";
  if (cursor.accept("JOIN")) return "inner";
  if (cursor.accept("INNER")) {
    for (const hint of joinHints) cursor.accept(hint);
    cursor.expect("JOIN");
    return "inner";
  }
  for (const side of ["LEFT", "RIGHT", "FULL"] as const) {
    if (!cursor.accept(side)) continue;
    cursor.accept("OUTER");
    for (const hint of joinHints) cursor.accept(hint);
    cursor.expect("JOIN");
    return side.toLowerCase() as "left" | "right" | "full";
  }
  return undefined;
}

function tableSource(cursor: Cursor): TableSource {
  const source = plainSource(cursor);
  for (const turned of ["PIVOT", "UNPIVOT"]) if (cursor.at(turned, "(")) cursor.raise(notSpoken(turned));
  return source;
}

function plainSource(cursor: Cursor): TableSource {
  if (startsQuery(cursor) || cursor.at("(", "VALUES")) return derivedTable(cursor);
  if (cursor.accept("(")) {
    return cursor.nest(() => {
      const inner = joinedTables(cursor);
      cursor.expect(")");
      return inner;
    });
  }
  const token = cursor.peek();
  if (cursor.peek(1).keyword === "(" && functionsNotSpoken.has(token.keyword) && !startsHints(cursor, 1))
    cursor.raise(notSpoken(`The function ${token.keyword}`));
  const name = tableName(cursor);
  if (cursor.at("(") && token.kind !== "variable" && !startsHints(cursor)) return tableFunction(cursor, name);
  const alias = tableAlias(cursor);
  return { kind: "table", name, alias, hints: tableHints(cursor) };
}

/** Parses the name of a table, view or table variable. */
export function tableName(cursor: Cursor): ObjectName {
  return cursor.peek().kind === "variable" ? { name: cursor.next().text } : objectName(cursor);
}

/** Parses a call in FROM, such as sys.dm_exec_sql_text(...). */
function tableFunction(cursor: Cursor, name: ObjectName): TableSource {
  const args = functionArguments(cursor);
  const alias = tableAlias(cursor);
  if (alias !== undefined && cursor.at("(")) cursor.raise(notSpoken("Columns behind a function's alias"));
  return { kind: "function", name, args, alias };
}

function functionArguments(cursor: Cursor): Expression[] {
  if (cursor.accept("(", ")")) return [];
  return cursor.nest(() => parenthesizedList(cursor, () => argument(cursor)));
}

function derivedTable(cursor: Cursor): TableSource {
  const inner = cursor.at("(", "VALUES") ? valuesQuery(cursor) : subquery(cursor);
  const alias = tableAlias(cursor) ?? cursor.fail();
  const columnNames = cursor.at("(") ? parenthesizedList(cursor, () => identifier(cursor)) : [];
  return { kind: "derived", query: inner, alias, columnNames };
}

function valuesQuery(cursor: Cursor): Query {
  cursor.expect("(", "VALUES");
  return cursor.nest(() => {
    const rows = list(cursor, () => parenthesizedList(cursor, () => expression(cursor)));
    cursor.expect(")");
    return { commonTables: [], first: { kind: "values", rows }, rest: [], orderBy: [] };
  });
}

function tableAlias(cursor: Cursor): string | undefined {
  if (cursor.accept("AS")) return identifier(cursor);
  return isIdentifier(cursor.peek()) ? identifier(cursor) : undefined;
}

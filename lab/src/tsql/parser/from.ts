import type { ObjectName } from "../host";
import type { Expression, Join, Query, TableSource } from "../syntax";
import { type Cursor, identifier, isIdentifier, list, parenthesizedList, stringLiteral } from "./cursor";
import { argument, condition, expression, startsQuery, subquery } from "./expression";
import { dataType, objectName } from "./names";
import { pivoted } from "./pivot";
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

/** a JOIN b JOIN c ON ... ON ...: what comes before the first ON belongs together. */
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
  let source = plainSource(cursor);
  for (;;) {
    const next = pivoted(cursor, source);
    if (!next) return source;
    source = next;
  }
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
  if (token.kind === "variable" && cursor.peek(1).keyword === ".") return nodesOf(cursor);
  const name = tableName(cursor);
  if (cursor.at("(") && name.database !== undefined && name.name.toLowerCase() === "nodes")
    return nodes(cursor, { kind: "column", parts: [name.database, name.schema ?? ""] });
  if (cursor.at("(") && token.kind !== "variable" && !startsHints(cursor)) {
    if (name.name.toLowerCase() === "nodes" && name.schema !== undefined)
      return nodes(cursor, { kind: "column", parts: [name.schema] });
    return tableFunction(cursor, name);
  }
  const alias = tableAlias(cursor);
  return { kind: "table", name, alias, hints: tableHints(cursor) };
}

/** A table, view or table variable. */
export function tableName(cursor: Cursor): ObjectName {
  return cursor.peek().kind === "variable" ? { name: cursor.next().text } : objectName(cursor);
}

/** STRING_SPLIT(...), OPENJSON(...) WITH (...), sys.dm_exec_sql_text(...). */
function tableFunction(cursor: Cursor, name: ObjectName): TableSource {
  const args = functionArguments(cursor);
  const columns = name.name.toUpperCase() === "OPENJSON" && cursor.accept("WITH") ? jsonColumns(cursor) : undefined;
  const alias = tableAlias(cursor);
  const columnNames = alias !== undefined && cursor.at("(") ? parenthesizedList(cursor, () => identifier(cursor)) : [];
  return { kind: "function", name, args, columns, alias, columnNames };
}

function functionArguments(cursor: Cursor): Expression[] {
  if (cursor.accept("(", ")")) return [];
  return cursor.nest(() => parenthesizedList(cursor, () => argument(cursor)));
}

function jsonColumns(cursor: Cursor) {
  return parenthesizedList(cursor, () => {
    const name = identifier(cursor);
    const type = dataType(cursor);
    const path = cursor.peek().kind === "string" ? stringLiteral(cursor) : undefined;
    return { name, type, path, isJson: cursor.accept("AS", "JSON") };
  });
}

/** @x.nodes('/a/b') AS t(c) */
function nodesOf(cursor: Cursor): TableSource {
  const operand: Expression = { kind: "variable", name: cursor.next().text.toLowerCase() };
  cursor.expect(".", "NODES");
  return nodes(cursor, operand);
}

function nodes(cursor: Cursor, operand: Expression): TableSource {
  cursor.expect("(");
  const path = stringLiteral(cursor);
  cursor.expect(")");
  const alias = tableAlias(cursor) ?? cursor.fail();
  const [column = ""] = parenthesizedList(cursor, () => identifier(cursor));
  return { kind: "nodes", operand, path, alias, column };
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

export function tableAlias(cursor: Cursor): string | undefined {
  if (cursor.accept("AS")) return identifier(cursor);
  return isIdentifier(cursor.peek()) ? identifier(cursor) : undefined;
}

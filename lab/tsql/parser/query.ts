import type { ObjectName } from "../host";
import type { Expression, Join, Query, QueryTerm, Select, SelectItem, TableSource } from "../syntax";
import { type Cursor, identifier, isIdentifier, list, parenthesizedList } from "./cursor";
import { argument, condition, expression, orderBy, requireDeclared, subquery } from "./expression";
import { literal } from "./literal";
import { objectName } from "./names";

export function query(cursor: Cursor): Query {
  return queryBody(cursor, withClause(cursor));
}

/** WITH name (columns) AS (query), ...; empty where there is none. */
export function withClause(cursor: Cursor): Query["commonTables"] {
  if (!cursor.accept("WITH")) return [];
  return list(cursor, () => {
    const name = identifier(cursor);
    const columnNames = cursor.at("(") ? parenthesizedList(cursor, () => identifier(cursor)) : [];
    cursor.expect("AS");
    return { name, columnNames, query: subquery(cursor) };
  });
}

export function queryBody(cursor: Cursor, commonTables: Query["commonTables"]): Query {
  const first = queryTerm(cursor);
  const rest: Query["rest"][number][] = [];
  for (;;) {
    const operator = setOperator(cursor);
    if (!operator) break;
    rest.push({ operator, term: queryTerm(cursor) });
  }
  const ordering = cursor.at("ORDER") ? orderBy(cursor) : [];
  let offset: Expression | undefined;
  let fetch: Expression | undefined;
  if (ordering.length > 0 && cursor.accept("OFFSET")) {
    offset = expression(cursor);
    cursor.choose("ROW", "ROWS");
    if (cursor.accept("FETCH")) {
      cursor.choose("FIRST", "NEXT");
      fetch = expression(cursor);
      cursor.choose("ROW", "ROWS");
      cursor.expect("ONLY");
    }
  }
  queryHints(cursor);
  return { commonTables, first, rest, orderBy: ordering, offset, fetch };
}

function setOperator(cursor: Cursor): Query["rest"][number]["operator"] | undefined {
  if (cursor.accept("UNION")) return cursor.accept("ALL") ? "unionAll" : "union";
  if (cursor.accept("EXCEPT")) return "except";
  if (cursor.accept("INTERSECT")) return "intersect";
  return undefined;
}

/** OPTION (RECOMPILE, MAXDOP 1): nothing here has a plan to hint at. */
export function queryHints(cursor: Cursor): void {
  if (cursor.accept("OPTION")) skipParentheses(cursor);
}

/** Steps over a balanced parenthesis; a loop, so that depth costs nothing. */
export function skipParentheses(cursor: Cursor): void {
  cursor.expect("(");
  for (let depth = 1; depth > 0; ) {
    const { keyword } = cursor.next();
    if (keyword === "(") depth++;
    if (keyword === ")") depth--;
  }
}

function queryTerm(cursor: Cursor): QueryTerm {
  if (cursor.at("(")) return { kind: "parenthesized", query: subquery(cursor) };
  return select(cursor);
}

function select(cursor: Cursor): Select {
  cursor.expect("SELECT");
  const distinct = cursor.accept("DISTINCT");
  if (!distinct) cursor.accept("ALL");
  const top = topClause(cursor);
  const items = list(cursor, () => selectItem(cursor));
  const into = cursor.accept("INTO") ? objectName(cursor) : undefined;
  const from = cursor.accept("FROM") ? fromList(cursor) : [];
  const where = cursor.accept("WHERE") ? condition(cursor) : undefined;
  const groupBy = cursor.accept("GROUP", "BY") ? list(cursor, () => expression(cursor)) : [];
  const having = cursor.accept("HAVING") ? condition(cursor) : undefined;
  return { kind: "select", distinct, top, items, into, from, where, groupBy, having };
}

function topClause(cursor: Cursor): Select["top"] {
  if (!cursor.accept("TOP")) return undefined;
  let count: Expression;
  if (cursor.accept("(")) {
    count = expression(cursor);
    cursor.expect(")");
  } else {
    if (cursor.peek().kind !== "number") cursor.fail();
    count = literalOnly(cursor);
  }
  const percent = cursor.accept("PERCENT");
  return { count, percent, withTies: cursor.accept("WITH", "TIES") };
}

function literalOnly(cursor: Cursor): Expression {
  return { kind: "literal", literal: literal(cursor) };
}

const assignments = ["=", "+=", "-=", "*=", "/=", "%="] as const;

export function selectItem(cursor: Cursor): SelectItem {
  if (cursor.accept("*")) return { kind: "all" };
  const token = cursor.peek();
  if (isIdentifier(token) && cursor.peek(1).keyword === "." && cursor.peek(2).keyword === "*") {
    const qualifier = identifier(cursor);
    cursor.expect(".", "*");
    return { kind: "all", qualifier };
  }
  if (token.kind === "variable" && !token.text.startsWith("@@")) {
    const operator = assignments.find((symbol) => cursor.peek(1).keyword === symbol);
    if (operator) {
      cursor.next();
      requireDeclared(cursor, token.text, token.line, 1);
      cursor.expect(operator);
      return {
        kind: "assign",
        variable: token.text.toLowerCase(),
        operator: operator.slice(0, -1),
        expression: expression(cursor),
      };
    }
  }
  // x = expr names the column x.
  if ((isIdentifier(token) || token.kind === "string") && cursor.peek(1).keyword === "=") {
    const alias = cursor.next().text;
    cursor.expect("=");
    return { kind: "expression", expression: expression(cursor), alias };
  }
  const value = expression(cursor);
  return { kind: "expression", expression: value, alias: columnAlias(cursor) };
}

function columnAlias(cursor: Cursor): string | undefined {
  if (cursor.accept("AS")) return cursor.peek().kind === "string" ? cursor.next().text : identifier(cursor);
  const token = cursor.peek();
  return token.kind === "string" || isIdentifier(token) ? cursor.next().text : undefined;
}

export const fromList = (cursor: Cursor): TableSource[] => list(cursor, () => joinedTables(cursor));

function joinedTables(cursor: Cursor): TableSource {
  const first = tableSource(cursor);
  const joins: Join[] = [];
  for (;;) {
    const join = joinKind(cursor);
    if (!join) return joins.length === 0 ? first : { kind: "joined", first, joins };
    const source = tableSource(cursor);
    if (join === "cross") joins.push({ join, source });
    else {
      cursor.expect("ON");
      joins.push({ join, source, on: condition(cursor) });
    }
  }
}

function joinKind(cursor: Cursor): Join["join"] | undefined {
  if (cursor.accept("CROSS", "JOIN")) return "cross";
  if (cursor.accept("JOIN") || cursor.accept("INNER", "JOIN")) return "inner";
  for (const side of ["LEFT", "RIGHT", "FULL"] as const) {
    if (!cursor.accept(side)) continue;
    cursor.accept("OUTER");
    cursor.expect("JOIN");
    return side.toLowerCase() as "left" | "right" | "full";
  }
  return undefined;
}

export function tableSource(cursor: Cursor): TableSource {
  if (cursor.at("(", "SELECT") || cursor.at("(", "VALUES")) return derivedTable(cursor);
  if (cursor.accept("(")) {
    return cursor.nest(() => {
      const inner = joinedTables(cursor);
      cursor.expect(")");
      return inner;
    });
  }
  const isVariable = cursor.peek().kind === "variable";
  const name = tableName(cursor);
  if (!isVariable && cursor.at("(") && !startsHints(cursor)) return tableFunction(cursor, name);
  const alias = tableAlias(cursor);
  return { kind: "table", name, alias, hints: tableHints(cursor) };
}

function tableFunction(cursor: Cursor, name: ObjectName): TableSource {
  cursor.expect("(");
  const args = cursor.at(")") ? [] : list(cursor, () => argument(cursor));
  cursor.expect(")");
  const alias = tableAlias(cursor);
  const columnNames = alias !== undefined && cursor.at("(") ? parenthesizedList(cursor, () => identifier(cursor)) : [];
  return { kind: "function", name, args, alias, columnNames };
}

/** A table, view or table variable. */
export function tableName(cursor: Cursor): ObjectName {
  return cursor.peek().kind === "variable" ? { name: cursor.next().text } : objectName(cursor);
}

const bareHints = [
  "NOLOCK",
  "READUNCOMMITTED",
  "TABLOCK",
  "TABLOCKX",
  "HOLDLOCK",
  "UPDLOCK",
  "XLOCK",
  "ROWLOCK",
  "READPAST",
];

const startsHints = (cursor: Cursor): boolean =>
  cursor.at("(") && bareHints.includes(cursor.peek(1).keyword) && [")", ","].includes(cursor.peek(2).keyword);

/** WITH (NOLOCK), or (NOLOCK) as older scripts have it. */
export function tableHints(cursor: Cursor): string[] {
  if (!startsHints(cursor) && !cursor.accept("WITH")) return [];
  return parenthesizedList(cursor, () => {
    const { keyword } = cursor.next();
    if (cursor.at("(")) skipParentheses(cursor);
    else if (cursor.accept("=")) cursor.next();
    return keyword;
  });
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

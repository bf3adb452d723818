import { sqlError } from "../messages";
import { notSpoken } from "../not-spoken";
import type { Expression, Query, QueryTerm, Select, SelectItem } from "../syntax/query";
import { type Cursor, identifier, isIdentifier, list, parenthesizedList } from "./cursor";
import { condition, expression, orderBy, requireDeclared, subquery } from "./expression";
import { fromList } from "./from";
import { groupByClause } from "./group-by";
import { literal } from "./literal";
import { objectName } from "./names";
import { queryHints } from "./query-hints";

/** Parses a query that is a statement; only there may it have INTO and OPTION. */
export function selectStatement(cursor: Cursor, commonTables = withClause(cursor)): Query {
  const parsed = queryBody(cursor, commonTables, true);
  queryHints(cursor);
  return parsed;
}

/** Parses WITH name (columns) AS (query), ...; empty where there is none. */
export function withClause(cursor: Cursor): Query["commonTables"] {
  if (!cursor.accept("WITH")) return [];
  return list(cursor, () => {
    const name = identifier(cursor);
    const columnNames = cursor.at("(") ? parenthesizedList(cursor, () => identifier(cursor)) : [];
    cursor.expect("AS");
    return { name, columnNames, query: subquery(cursor) };
  });
}

export function queryBody(cursor: Cursor, commonTables: Query["commonTables"] = [], mayMakeTable = false): Query {
  const first = queryTerm(cursor, mayMakeTable);
  const rest: Query["rest"][number][] = [];
  for (;;) {
    const operator = setOperator(cursor);
    if (!operator) break;
    rest.push({ operator, term: queryTerm(cursor) });
    if (mayMakeTable && cursor.at("INTO")) cursor.raise(sqlError(196));
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
  for (const document of ["XML", "JSON"]) if (cursor.at("FOR", document)) cursor.raise(notSpoken(`FOR ${document}`));
  cursor.accept("FOR", "BROWSE");
  return { commonTables, first, rest, orderBy: ordering, offset, fetch };
}

function setOperator(cursor: Cursor): Query["rest"][number]["operator"] | undefined {
  if (cursor.accept("UNION")) return cursor.accept("ALL") ? "unionAll" : "union";
  if (cursor.accept("EXCEPT")) return "except";
  if (cursor.accept("INTERSECT")) return "intersect";
  return undefined;
}

/** Steps over a balanced parenthesis, in a loop, so that its depth costs no stack. */
export function skipParentheses(cursor: Cursor): void {
  cursor.expect("(");
  for (let depth = 1; depth > 0; ) {
    const { keyword } = cursor.next();
    if (keyword === "(") depth++;
    if (keyword === ")") depth--;
  }
}

function queryTerm(cursor: Cursor, mayMakeTable = false): QueryTerm {
  if (cursor.at("(")) return { kind: "parenthesized", query: subquery(cursor) };
  return select(cursor, mayMakeTable);
}

function select(cursor: Cursor, mayMakeTable: boolean): Select {
  cursor.expect("SELECT");
  const distinct = cursor.accept("DISTINCT");
  if (!distinct) cursor.accept("ALL");
  const top = topClause(cursor);
  const items = list(cursor, () => selectItem(cursor));
  const into = mayMakeTable && cursor.accept("INTO") ? objectName(cursor) : undefined;
  const from = cursor.accept("FROM") ? fromList(cursor) : [];
  const where = cursor.accept("WHERE") ? condition(cursor) : undefined;
  const groupBy = groupByClause(cursor);
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

function selectItem(cursor: Cursor): SelectItem {
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

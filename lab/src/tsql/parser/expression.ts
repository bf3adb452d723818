import { sqlError } from "../messages";
import { notSpoken } from "../not-spoken";
import type { Call, CaseBranch, Chain, Condition, Expression, OrderItem, Query, Window } from "../syntax/query";
import { type Cursor, identifier, isIdentifier, list, parenthesizedList } from "./cursor";
import { datePartsNotSpoken, functionsNotSpoken } from "./functions-not-spoken";
import { literal } from "./literal";
import { dataType } from "./names";

const conditionKinds: ReadonlySet<string> = new Set([
  "and",
  "or",
  "not",
  "compare",
  "quantified",
  "isNull",
  "like",
  "between",
  "in",
  "inQuery",
  "exists",
]);
const isCondition = (node: Expression | Condition): node is Condition => conditionKinds.has(node.kind);

export function expression(cursor: Cursor): Expression {
  return additive(cursor, false) as Expression;
}

export function condition(cursor: Cursor): Condition {
  const parsed = disjunction(cursor);
  // 4145: SELECT 1 WHERE 2 has a value where a condition is due.
  return isCondition(parsed) ? parsed : cursor.raise(sqlError(4145, cursor.peek().text));
}

/** Parses a condition or a value: a parenthesis may hold either, and only what it holds shows which. */
function disjunction(cursor: Cursor): Expression | Condition {
  return junction(cursor, "or", (inner) => junction(inner, "and", negation));
}

function junction(
  cursor: Cursor,
  kind: "and" | "or",
  operand: (cursor: Cursor) => Expression | Condition,
): Expression | Condition {
  const first = operand(cursor);
  const keyword = kind.toUpperCase();
  if (!cursor.at(keyword)) return first;
  const operands: Condition[] = [mustBeCondition(cursor, first)];
  while (cursor.accept(keyword)) operands.push(mustBeCondition(cursor, operand(cursor)));
  return { kind, operands };
}

function mustBeCondition(cursor: Cursor, node: Expression | Condition): Condition {
  return isCondition(node) ? node : cursor.raise(sqlError(4145, cursor.peek().text));
}

function negation(cursor: Cursor): Expression | Condition {
  if (!cursor.accept("NOT")) return predicate(cursor);
  return cursor.nest(() => ({ kind: "not", condition: mustBeCondition(cursor, negation(cursor)) }));
}

const comparisons = ["=", "<>", "!=", "<", "<=", ">", ">=", "!<", "!>"] as const;

function predicate(cursor: Cursor): Expression | Condition {
  if (cursor.at("EXISTS", "(")) {
    cursor.expect("EXISTS");
    return { kind: "exists", query: subquery(cursor) };
  }
  const left = additive(cursor, true);
  if (isCondition(left)) return left;
  const operator = comparisons.find((symbol) => cursor.accept(symbol));
  if (operator) return comparison(cursor, left, operator);
  if (cursor.accept("IS")) {
    const negated = cursor.accept("NOT");
    cursor.expect("NULL");
    return negatedIf(negated, { kind: "isNull", operand: left });
  }
  const negated =
    cursor.at("NOT") && ["LIKE", "BETWEEN", "IN"].includes(cursor.peek(1).keyword) && cursor.accept("NOT");
  if (cursor.accept("LIKE")) {
    const pattern = expression(cursor);
    const escapeCharacter = cursor.accept("ESCAPE") ? expression(cursor) : undefined;
    return negatedIf(negated, { kind: "like", operand: left, pattern, escape: escapeCharacter });
  }
  if (cursor.accept("BETWEEN")) {
    const low = expression(cursor);
    cursor.expect("AND");
    return negatedIf(negated, { kind: "between", operand: left, low, high: expression(cursor) });
  }
  if (cursor.accept("IN")) {
    if (startsQuery(cursor)) return negatedIf(negated, { kind: "inQuery", operand: left, query: subquery(cursor) });
    const values = cursor.nest(() => parenthesizedList(cursor, () => expression(cursor)));
    return negatedIf(negated, { kind: "in", operand: left, values });
  }
  return left;
}

function comparison(cursor: Cursor, left: Expression, operator: string): Condition {
  const quantifier = ["ALL", "ANY", "SOME"].find((word) => cursor.accept(word));
  if (!quantifier) return { kind: "compare", operator, left, right: expression(cursor) };
  return { kind: "quantified", operator, all: quantifier === "ALL", left, query: subquery(cursor) };
}

const negatedIf = (negated: boolean, parsed: Condition): Condition =>
  negated ? { kind: "not", condition: parsed } : parsed;

function additive(cursor: Cursor, conditionAllowed: boolean): Expression | Condition {
  return chain(cursor, ["+", "-", "&", "|", "^"], conditionAllowed, multiplicative);
}
function multiplicative(cursor: Cursor, conditionAllowed: boolean): Expression | Condition {
  return chain(cursor, ["*", "/", "%"], conditionAllowed, unary);
}

function chain(
  cursor: Cursor,
  operators: readonly string[],
  conditionAllowed: boolean,
  operand: (cursor: Cursor, conditionAllowed: boolean) => Expression | Condition,
): Expression | Condition {
  const first = operand(cursor, conditionAllowed);
  if (isCondition(first)) return first;
  const rest: Chain["rest"][number][] = [];
  for (;;) {
    const operator = operators.find((symbol) => cursor.accept(symbol));
    if (!operator) return rest.length === 0 ? first : { kind: "chain", first, rest };
    rest.push({ operator, operand: operand(cursor, false) as Expression });
  }
}

function unary(cursor: Cursor, conditionAllowed: boolean): Expression | Condition {
  const operator = (["-", "+", "~"] as const).find((symbol) => cursor.accept(symbol));
  if (operator) return cursor.nest(() => ({ kind: "unary", operator, operand: unary(cursor, false) as Expression }));
  const operand = primary(cursor, conditionAllowed);
  if (isCondition(operand)) return operand;
  if (cursor.at("AT", "TIME", "ZONE")) cursor.raise(notSpoken("AT TIME ZONE"));
  if (!cursor.accept("COLLATE")) return operand;
  const collation = identifier(cursor);
  return cursor.at("COLLATE") ? cursor.fail() : { kind: "collate", operand, collation };
}

function primary(cursor: Cursor, conditionAllowed: boolean): Expression | Condition {
  const token = cursor.peek();
  if (startsQuery(cursor)) return { kind: "subquery", query: subquery(cursor) };
  if (cursor.accept("(")) {
    return cursor.nest(() => {
      const inner = conditionAllowed ? disjunction(cursor) : expression(cursor);
      cursor.expect(")");
      return inner;
    });
  }
  switch (token.kind) {
    case "string":
    case "number":
    case "money":
    case "binary":
      return { kind: "literal", literal: literal(cursor) };
    case "variable":
      return variable(cursor);
    case "word":
    case "quoted":
      return cursor.nest(() => named(cursor));
    default:
      return cursor.fail();
  }
}

export function variable(cursor: Cursor, state = 2): Expression {
  const token = cursor.next();
  if (token.text.startsWith("@@")) return { kind: "globalVariable", name: token.text.toUpperCase() };
  requireDeclared(cursor, token.text, token.line, state);
  return { kind: "variable", name: token.text.toLowerCase() };
}

/** Notes 137 and goes on: the server reports each undeclared variable and then rejects the batch. */
export function requireDeclared(cursor: Cursor, name: string, line: number, state: number): void {
  if (cursor.variables.has(name.toLowerCase())) return;
  const error = sqlError(137, name);
  cursor.errors.push(Object.assign(error, { line, state }));
}

/** Functions without parentheses, and reserved words that name functions. */
const bare: ReadonlySet<string> = new Set(["CURRENT_TIMESTAMP", "CURRENT_USER", "SESSION_USER", "SYSTEM_USER", "USER"]);
const reservedFunctions: ReadonlySet<string> = new Set(["LEFT", "RIGHT", "COALESCE", "NULLIF"]);

/** Functions whose arguments are more than expressions. */
const specialCalls: Readonly<Record<string, ((cursor: Cursor) => Expression) | undefined>> = {
  CAST: cast,
  TRY_CAST: cast,
  CONVERT: convert,
  TRY_CONVERT: convert,
  IIF: inlineIf,
};

function named(cursor: Cursor): Expression {
  const token = cursor.peek();
  if (cursor.accept("NULL")) return { kind: "null" };
  if (cursor.at("NEXT", "VALUE", "FOR")) cursor.raise(notSpoken("NEXT VALUE FOR"));
  if (cursor.accept("CASE")) return caseExpression(cursor);
  if (bare.has(token.keyword)) {
    cursor.next();
    return { kind: "call", name: token.keyword, args: [], star: false, distinct: false, orderBy: [] };
  }
  if (cursor.peek(1).keyword === "(") {
    if (functionsNotSpoken.has(token.keyword)) cursor.raise(notSpoken(`The function ${token.keyword}`));
    const special = specialCalls[token.keyword];
    if (special) return special(cursor);
    if (isIdentifier(token) || reservedFunctions.has(token.keyword)) return call(cursor, cursor.next().text);
  }
  return columnOrCall(cursor);
}

/** Parses names with dots between them: a column, or a function with its schema. */
function columnOrCall(cursor: Cursor): Expression {
  const parts = [identifier(cursor)];
  while (cursor.accept(".")) {
    if (cursor.at(".")) parts.push("");
    else parts.push(identifier(cursor));
  }
  if (cursor.at("(") && parts.length > 1) {
    const [functionName = "", schema, database] = [...parts].reverse();
    if (parts.length <= 3) return { ...call(cursor, functionName, schema || "dbo"), database };
  }
  return { kind: "column", parts };
}

function cast(cursor: Cursor): Expression {
  const isTry = cursor.next().keyword === "TRY_CAST";
  cursor.expect("(");
  const operand = expression(cursor);
  cursor.expect("AS");
  const type = dataType(cursor, 30);
  cursor.expect(")");
  return { kind: "cast", type, operand, isTry };
}

function convert(cursor: Cursor): Expression {
  const isTry = cursor.next().keyword === "TRY_CONVERT";
  cursor.expect("(");
  const type = dataType(cursor, 30);
  cursor.expect(",");
  const operand = expression(cursor);
  const style = cursor.accept(",") ? expression(cursor) : undefined;
  cursor.expect(")");
  return { kind: "cast", type, operand, style, isTry };
}

function inlineIf(cursor: Cursor): Expression {
  cursor.expect("IIF", "(");
  const test = condition(cursor);
  cursor.expect(",");
  const result = expression(cursor);
  cursor.expect(",");
  const otherwise = expression(cursor);
  cursor.expect(")");
  return { kind: "case", branches: [{ condition: test, result }], otherwise };
}

function caseExpression(cursor: Cursor): Expression {
  const input = cursor.at("WHEN") ? undefined : expression(cursor);
  const branches: CaseBranch[] = [];
  do {
    cursor.expect("WHEN");
    const test = input ? { value: expression(cursor) } : { condition: condition(cursor) };
    cursor.expect("THEN");
    branches.push({ ...test, result: expression(cursor) });
  } while (cursor.at("WHEN"));
  const otherwise = cursor.accept("ELSE") ? expression(cursor) : undefined;
  cursor.expect("END");
  return { kind: "case", input, branches, otherwise };
}

const takesStar: ReadonlySet<string> = new Set(["COUNT", "COUNT_BIG"]);

const datePartFunctions: ReadonlySet<string> = new Set(["DATEADD", "DATEDIFF", "DATEPART", "DATENAME"]);

function call(cursor: Cursor, functionName: string, schema?: string): Call {
  const name = functionName.toUpperCase();
  cursor.expect("(");
  const base = {
    kind: "call",
    name,
    written: functionName,
    schema,
    star: false,
    distinct: false,
    orderBy: [] as OrderItem[],
  } as const;
  if (takesStar.has(name) && cursor.accept("*", ")"))
    return { ...base, args: [], star: true, over: windowOf(cursor, name) };
  if (cursor.accept(")")) return { ...base, args: [], over: windowOf(cursor, name) };
  const distinct = cursor.accept("DISTINCT");
  if (!distinct) cursor.accept("ALL");
  let datePart: string | undefined;
  if (!schema && datePartFunctions.has(name)) {
    datePart = identifier(cursor).toLowerCase();
    if (datePartsNotSpoken.has(datePart)) cursor.raise(notSpoken(`The date part ${datePart}`));
    cursor.expect(",");
  }
  const args = list(cursor, () => expression(cursor));
  cursor.expect(")");
  if (cursor.accept("WITHIN", "GROUP")) {
    cursor.expect("(");
    const items = orderBy(cursor);
    cursor.expect(")");
    return { ...base, args, distinct, orderBy: items, over: windowOf(cursor, name) };
  }
  return { ...base, args, distinct, datePart, over: windowOf(cursor, name) };
}

/** Parses an argument; that of a function in FROM may be DEFAULT. */
export const argument = (cursor: Cursor): Expression =>
  cursor.accept("DEFAULT") ? { kind: "default" } : expression(cursor);

export function orderBy(cursor: Cursor): OrderItem[] {
  cursor.expect("ORDER", "BY");
  return list(cursor, () => {
    const item = expression(cursor);
    const descending = cursor.accept("DESC");
    if (!descending) cursor.accept("ASC");
    return { expression: item, descending };
  });
}

/**
 * Whether the next parenthesis holds a query. If several open, what follows the innermost query tells: ((SELECT 1)
 * UNION SELECT 2) is one, ((SELECT 1) + 2) and ((SELECT 1 AS a) AS x) are not.
 */
export function startsQuery(cursor: Cursor): boolean {
  let open = 0;
  while (cursor.peek(open).keyword === "(") open++;
  if (open === 0 || cursor.peek(open).keyword !== "SELECT") return false;
  let ahead = open;
  for (; open > 1; open--) {
    ahead = afterParenthesis(cursor, ahead);
    const { keyword } = cursor.peek(ahead);
    if (keyword !== ")" && !["UNION", "EXCEPT", "INTERSECT", "ORDER"].includes(keyword)) return false;
  }
  return true;
}

/** Looks for the end of the parenthesis that the token at `ahead` is in; returns how far ahead the token behind it is. */
function afterParenthesis(cursor: Cursor, ahead: number): number {
  let position = ahead;
  for (let depth = 1; depth > 0 && cursor.peek(position).kind !== "end"; position++) {
    const { keyword } = cursor.peek(position);
    if (keyword === "(") depth++;
    if (keyword === ")") depth--;
  }
  return position;
}

export function subquery(cursor: Cursor): Query {
  cursor.expect("(");
  return cursor.nest(() => {
    const parsed = cursor.query();
    cursor.expect(")");
    return parsed;
  });
}

/** Parses what THROW, RAISERROR and EXEC take: a literal, with a sign before a number, or a variable. */
export function constant(cursor: Cursor): Expression {
  if (cursor.peek().kind === "variable") return variable(cursor);
  if (cursor.accept("NULL")) return { kind: "null" };
  const sign = (["-", "+"] as const).find((symbol) => cursor.accept(symbol));
  const { kind } = cursor.peek();
  if (kind !== "number" && (sign || (kind !== "string" && kind !== "binary"))) cursor.fail();
  const operand: Expression = { kind: "literal", literal: literal(cursor) };
  return sign ? { kind: "unary", operator: sign, operand } : operand;
}

const rankings: ReadonlySet<string> = new Set(["ROW_NUMBER", "RANK", "DENSE_RANK", "NTILE"]);

/** Parses OVER (PARTITION BY ... ORDER BY ...) behind a call that ranks rows. */
function windowOf(cursor: Cursor, name: string): Window | undefined {
  if (!cursor.accept("OVER")) return undefined;
  if (!rankings.has(name)) cursor.raise(notSpoken(`${name} with OVER`));
  cursor.expect("(");
  const partitionBy = cursor.accept("PARTITION", "BY") ? list(cursor, () => expression(cursor)) : [];
  const ordering = cursor.at("ORDER") ? orderBy(cursor) : [];
  // 10752: a ranking function takes no frame of rows.
  if (cursor.at("ROWS") || cursor.at("RANGE")) cursor.raise(sqlError(10752, name));
  cursor.expect(")");
  return { partitionBy, orderBy: ordering };
}

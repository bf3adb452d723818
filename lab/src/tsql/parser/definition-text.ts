import type { CaseBranch, Condition, Expression } from "../syntax";
import type { SqlType, Typed } from "../types";
import { convertValue } from "../values/convert";
import { decimalText } from "../values/numbers";

/**
 * How the catalog writes an expression of a DEFAULT, a CHECK, a computed column or a filter: not as somebody wrote it but
 * from what it means, names in brackets, whole numbers in parentheses. undefined: with something that cannot be there.
 */
export function definitionText(node: Expression | Condition): string | undefined {
  const text = textOf(node);
  return text.includes(unknown) ? undefined : `(${text})`;
}

const unknown = "\0";
const quoted = (name: string): string => `[${name.replaceAll("]", "]]")}]`;
const listOf = (nodes: readonly Expression[]): string => nodes.map(textOf).join(",");

function textOf(node: Expression | Condition): string {
  switch (node.kind) {
    case "literal":
      return literalText(node.literal);
    case "null":
      return "NULL";
    case "variable":
    case "globalVariable":
      return node.name.toLowerCase();
    case "column":
      return node.parts.map(quoted).join(".");
    case "unary":
      return negativeNumber(node) ?? `${node.operator}${operandText(node.operand, 3)}`;
    case "chain": {
      const own = precedence(node);
      const rest = node.rest.map(({ operator, operand }) => operator + operandText(operand, own + 1));
      return operandText(node.first, own) + rest.join("");
    }
    case "call":
      return callText(node);
    case "cast": {
      const style = node.style ? `,${textOf(node.style)}` : "";
      return `${node.isTry ? "TRY_CONVERT" : "CONVERT"}(${typeText(node.type)},${textOf(node.operand)}${style})`;
    }
    case "case": {
      const branches = node.branches.map(branchText).join("");
      const otherwise = node.otherwise ? ` else ${textOf(node.otherwise)}` : "";
      return `case${node.input ? ` ${textOf(node.input)}` : ""}${branches}${otherwise} end`;
    }
    case "collate":
      return `${operandText(node.operand, 3)} collate ${node.collation}`;
    case "and":
      return node.operands
        .map((operand) => (operand.kind === "or" ? `(${textOf(operand)})` : textOf(operand)))
        .join(" AND ");
    case "or":
      return node.operands.map(textOf).join(" OR ");
    case "not":
      return notText(node.condition);
    case "compare":
      return `${textOf(node.left)}${node.operator === "!=" ? "<>" : node.operator}${textOf(node.right)}`;
    case "isNull":
      return `${textOf(node.operand)} IS NULL`;
    case "like":
      return `${textOf(node.operand)} like ${textOf(node.pattern)}${node.escape ? ` escape ${textOf(node.escape)}` : ""}`;
    case "between": {
      const operand = textOf(node.operand);
      return `${operand}>=${textOf(node.low)} AND ${operand}<=${textOf(node.high)}`;
    }
    case "in": {
      // Last value first.
      const operand = textOf(node.operand);
      return node.values
        .map((value) => `${operand}=${textOf(value)}`)
        .reverse()
        .join(" OR ");
    }
    default:
      return unknown;
  }
}

/** Chains of + and - bind less than those of *, both less than everything else. */
function precedence(node: Expression): number {
  if (node.kind !== "chain") return 3;
  return ["*", "/", "%"].includes(node.rest[0]?.operator ?? "") ? 2 : 1;
}

function operandText(node: Expression, least: number): string {
  return precedence(node) < least ? `(${textOf(node)})` : textOf(node);
}

function negativeNumber({ operator, operand }: Extract<Expression, { readonly kind: "unary" }>): string | undefined {
  if (operator !== "-" || operand.kind !== "literal") return undefined;
  const text = literalText(operand.literal);
  return text.startsWith("(") ? `(-${text.slice(1)}` : undefined;
}

function notText(condition: Condition): string {
  if (condition.kind === "isNull") return `${textOf(condition.operand)} IS NOT NULL`;
  const text = textOf(condition);
  return ["and", "or", "between", "in"].includes(condition.kind) ? `NOT (${text})` : `NOT ${text}`;
}

function branchText({ condition, value, result }: CaseBranch): string {
  const tested = condition ?? value;
  return ` when ${tested ? textOf(tested) : ""} then ${textOf(result)}`;
}

/** What the words of the standard stand for. */
const standard: Readonly<Record<string, string>> = {
  CURRENT_TIMESTAMP: "getdate",
  CURRENT_USER: "user_name",
  SESSION_USER: "user_name",
  SYSTEM_USER: "suser_sname",
  USER: "user_name",
};

function callText(call: Extract<Expression, { readonly kind: "call" }>): string {
  if (call.over || call.star || call.distinct || call.orderBy.length > 0) return unknown;
  const { name, written = name, schema, database, datePart } = call;
  const own = [database, schema, written]
    .filter((part) => part !== undefined)
    .map(quoted)
    .join(".");
  const args = [...(datePart === undefined ? [] : [datePart]), ...(call.args.length > 0 ? [listOf(call.args)] : [])];
  return `${schema === undefined ? (standard[name] ?? name.toLowerCase()) : own}(${args.join(",")})`;
}

function literalText({ type, value }: Typed): string {
  switch (type.name) {
    case "nvarchar":
    case "varchar":
      return `${type.name === "nvarchar" ? "N" : ""}'${String(value).replaceAll("'", "''")}'`;
    case "varbinary":
      return `0x${(value as Buffer).toString("hex").toUpperCase()}`;
    case "float":
      return `(${floatText(Number(value))})`;
    case "money":
      return `($${decimalText(value as bigint, 4)})`;
    default:
      return `(${convertValue(value, type, { name: "varchar", length: 50 })})`;
  }
}

/** 1.000000000000000e+003 */
function floatText(value: number): string {
  return value
    .toExponential(15)
    .replace(/e([+-])(\d+)$/, (_, sign: string, digits: string) => `e${sign}${digits.padStart(3, "0")}`);
}

function typeText(type: SqlType): string {
  const name = quoted(type.name);
  if ("length" in type && type.name !== "timestamp") return `${name}(${type.length})`;
  if (type.name === "decimal" || type.name === "numeric") return `${name}(${type.precision},${type.scale})`;
  return "scale" in type && !("precision" in type) ? `${name}(${type.scale})` : name;
}

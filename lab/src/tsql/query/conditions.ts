import { sqlError } from "../messages";
import type { Condition, Query } from "../syntax";
import type { SqlType, SqlValue } from "../types";
import { type Collation, serverCollation } from "../values/collation";
import { compareValues } from "../values/compare";
import { convertValue, requireConvertible, textOf } from "../values/convert";
import { commonType, familyOf } from "../values/type-rules";
import { bind } from "./bind";
import { likePattern } from "./like";
import { bindQuery } from "./query";
import { type Bound, type BoundCondition, type Frame, nullValue, requireOneCollation, type Scope } from "./scope";

export function bindCondition(condition: Condition, scope: Scope): BoundCondition {
  switch (condition.kind) {
    case "and":
      return junction(
        condition.operands.map((operand) => bindCondition(operand, scope)),
        false,
      );
    case "or":
      return junction(
        condition.operands.map((operand) => bindCondition(operand, scope)),
        true,
      );
    case "not": {
      const inner = bindCondition(condition.condition, scope);
      return (frame) => {
        const holds = inner(frame);
        return holds === null ? null : !holds;
      };
    }
    case "compare":
      return comparison(condition.operator, bind(condition.left, scope), bind(condition.right, scope));
    case "isNull": {
      const operand = bind(condition.operand, scope);
      return (frame) => operand.value(frame) === null;
    }
    case "between": {
      const operand = bind(condition.operand, scope);
      return junction(
        [comparison(">=", operand, bind(condition.low, scope)), comparison("<=", operand, bind(condition.high, scope))],
        false,
      );
    }
    case "in": {
      const operand = bind(condition.operand, scope);
      return junction(
        condition.values.map((value) => equality(operand, bind(value, scope))),
        true,
      );
    }
    case "like":
      return like(condition, scope);
    case "exists": {
      const query = bindQuery(condition.query, scope.context, scope);
      return (frame) => query.rows(frame).length > 0;
    }
    case "inQuery":
      return quantified("=", false, bind(condition.operand, scope), condition.query, scope);
    case "quantified":
      return quantified(condition.operator, condition.all, bind(condition.left, scope), condition.query, scope);
  }
}

/** AND stops at false, OR at true (`decisive`); otherwise one unknown makes all of it unknown. */
function junction(operands: readonly BoundCondition[], decisive: boolean): BoundCondition {
  return (frame) => {
    let result: boolean | null = !decisive;
    for (const operand of operands) {
      const holds = operand(frame);
      if (holds === decisive) return decisive;
      if (holds === null) result = null;
    }
    return result;
  };
}

const tests: Readonly<Record<string, (order: number) => boolean>> = {
  "=": (order) => order === 0,
  "<>": (order) => order !== 0,
  "!=": (order) => order !== 0,
  "<": (order) => order < 0,
  "!>": (order) => order <= 0,
  "<=": (order) => order <= 0,
  ">": (order) => order > 0,
  "!<": (order) => order >= 0,
  ">=": (order) => order >= 0,
};

function comparison(operator: string, left: Bound, right: Bound): BoundCondition {
  if (!left.isNull) right.deduce?.(parameterType(operator, left.type));
  if (!right.isNull) left.deduce?.(parameterType(operator, right.type));
  if (left.isNull || right.isNull) return nullValue;
  const type = commonType(left.type, right.type);
  requireConvertible(left.type, type, false);
  requireConvertible(right.type, type, false);
  requireOneCollation(left, right, operationNames[operator] ?? operator);
  const collation = left.collation ?? right.collation ?? serverCollation();
  const test = tests[operator] as (order: number) => boolean;
  const unsized = withoutLength(type);
  return (frame) => {
    const [a, b] = [left.value(frame), right.value(frame)];
    if (a === null || b === null) return null;
    return test(
      compareValues(convertValue(a, left.type, unsized), convertValue(b, right.type, unsized), unsized, collation),
    );
  };
}

/** What is ordered is not cut to the other side's length, what is equal has its type. */
const parameterType = (operator: string, type: SqlType): SqlType =>
  ["=", "<>", "!="].includes(operator) ? type : generalType(type);

function generalType(type: SqlType): SqlType {
  if ("length" in type && type.length !== "max") {
    if (familyOf(type) === "binary") return { name: "varbinary", length: 8000 };
    return type.name.startsWith("n") ? { name: "nvarchar", length: 4000 } : { name: "varchar", length: 8000 };
  }
  if (type.name === "decimal" || type.name === "numeric") return { name: "numeric", precision: 38, scale: 19 };
  return "scale" in type && !("precision" in type) ? { ...type, scale: 7 } : type;
}

const operationNames: Readonly<Record<string, string>> = {
  "=": "equal to",
  "<>": "not equal to",
  "!=": "not equal to",
  "<": "less than",
  "!>": "less than or equal to",
  "<=": "less than or equal to",
  ">": "greater than",
  "!<": "greater than or equal to",
  ">=": "greater than or equal to",
};

/** To compare, nothing is cut. */
function withoutLength(type: SqlType): SqlType {
  if (familyOf(type) === "character")
    return { name: type.name.startsWith("n") ? "nvarchar" : "varchar", length: "max" };
  return familyOf(type) === "binary" ? { name: "varbinary", length: "max" } : type;
}

export const equality = (left: Bound, right: Bound): BoundCondition => comparison("=", left, right);

function quantified(operator: string, all: boolean, left: Bound, inner: Query, scope: Scope): BoundCondition {
  const query = bindQuery(inner, scope.context, scope);
  const [column] = query.columns;
  if (!column || query.columns.length !== 1) throw sqlError(116);
  const test = comparison(
    operator,
    { ...left, value: (frame) => frame.row[0] ?? null },
    {
      type: column.type,
      nullable: true,
      value: (frame) => frame.row[1] ?? null,
    },
  );
  return (frame: Frame) => {
    const value = left.value(frame);
    let result: boolean | null = all;
    for (const row of query.rows(frame)) {
      const holds = test({ row: [value, row[0] ?? null] });
      if (holds === !all) return !all;
      if (holds === null) result = null;
    }
    return result;
  };
}

function like(condition: Extract<Condition, { kind: "like" }>, scope: Scope): BoundCondition {
  const operand = bind(condition.operand, scope);
  const pattern = bind(condition.pattern, scope);
  pattern.deduce?.(generalType(operand.type));
  const escapeOf = condition.escape && bind(condition.escape, scope);
  for (const [index, side] of [operand, pattern].entries()) {
    if (familyOf(side.type) === "variant" && !side.isNull) throw sqlError(8116, side.type.name, index + 1, "like");
  }
  const collation: Collation = operand.collation ?? pattern.collation ?? serverCollation();
  return (frame) => {
    const [text, wanted] = [operand.value(frame), pattern.value(frame)];
    const escaping = escapeOf?.value(frame);
    if (text === null || wanted === null || escaping === null) return null;
    const matches = likePattern(
      asText(wanted, pattern.type),
      escaping === undefined ? undefined : String(escaping),
      collation,
    );
    return matches(asText(text, operand.type));
  };
}

const asText = (value: SqlValue, type: SqlType): string => textOf(value, type);

import { sqlError } from "../messages";
import type { SqlType, SqlValue } from "../types";
import { type Collation, serverCollation } from "../values/collation";
import { compareValues } from "../values/compare";
import { convertValue, requireConvertible, textOf } from "../values/convert";
import { commonType, familyOf } from "../values/type-rules";
import { likePattern } from "./like";
import { type Bound, type BoundCondition, type BoundQuery, type Frame, nullValue, requireOneCollation } from "./scope";

/** AND stops at false, OR at true (`decisive`). Otherwise one unknown operand makes the result unknown. */
export function junction(operands: readonly BoundCondition[], decisive: boolean): BoundCondition {
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

export function comparison(operator: string, left: Bound, right: Bound): BoundCondition {
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

/**
 * The type of an undeclared parameter: the other side's for = and <>; for < and the like it has no length, so that
 * nothing is cut.
 */
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

/** The type without its length, because a comparison cuts nothing. */
function withoutLength(type: SqlType): SqlType {
  if (familyOf(type) === "character")
    return { name: type.name.startsWith("n") ? "nvarchar" : "varchar", length: "max" };
  return familyOf(type) === "binary" ? { name: "varbinary", length: "max" } : type;
}

export const equality = (left: Bound, right: Bound): BoundCondition => comparison("=", left, right);

export function quantified(operator: string, all: boolean, left: Bound, query: BoundQuery): BoundCondition {
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

export function like(operand: Bound, pattern: Bound, escapeOf: Bound | undefined): BoundCondition {
  pattern.deduce?.(generalType(operand.type));
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

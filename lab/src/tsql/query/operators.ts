import { sqlError } from "../messages";
import { int, type SqlType, type SqlValue } from "../types";
import { convertValue, requireConvertible } from "../values/convert";
import { checkedDecimal, inRange, pow10, rescale } from "../values/numbers";
import {
  characterType,
  commonType,
  decimalShape,
  decimalType,
  familyOf,
  isMoney,
  isNational,
  isSized,
  textLength,
} from "../values/type-rules";
import { type Bound, type Frame, nullValue, requireOneCollation } from "./scope";

const operatorNames: Readonly<Record<string, string>> = {
  "+": "add",
  "-": "subtract",
  "*": "multiply",
  "/": "divide",
  "%": "modulo",
  "&": "'&'",
  "|": "'|'",
  "^": "'^'",
};

export interface Operation {
  readonly type: SqlType;
  apply(left: SqlValue, right: SqlValue): SqlValue;
}

/** Binds `left operator right`. Throws 402, 8117, 257 for types that do not go together. */
export function operation(operator: string, left: Bound, right: Bound): Operation {
  if (operator === "+" && left.isNull && familyOf(right.type) === "character") return concatenation(right, right);
  if (operator === "+" && right.isNull && familyOf(left.type) === "character") return concatenation(left, left);
  const [a, b] = [familyOf(left.type), familyOf(right.type)];
  const name = operatorNames[operator] ?? operator;
  const barred = [left.type, right.type].find(
    (type) => ["variant", "guid"].includes(familyOf(type)) || ["text", "ntext", "image"].includes(type.name),
  );
  if (barred) throw sqlError(8117, barred.name, name);
  const bothText = a === b && (a === "character" || a === "binary");
  if (bothText && operator === "+") return concatenation(left, right);
  if (bothText) throw sqlError(8117, left.type.name, name);
  if (a === "date" || b === "date") return dateArithmetic(operator, left, right);
  if (`${a} ${b}` === "binary character" || `${a} ${b}` === "character binary")
    throw sqlError(402, left.type.name, right.type.name, name);
  return arithmetic(operator, left, right);
}

function concatenation(left: Bound, right: Bound): Operation {
  requireOneCollation(left, right, "add");
  const { name } = commonType(left.type, right.type);
  const varying = isNational({ name, length: 1 } as SqlType)
    ? "nvarchar"
    : familyOf(left.type) === "binary"
      ? "varbinary"
      : "varchar";
  const [x, y] = [textLength(left.type), textLength(right.type)];
  const type = characterType(varying, x === "max" || y === "max" ? "max" : x + y);
  const limit = isSized(type) && type.length !== "max" ? type.length : Number.POSITIVE_INFINITY;
  return {
    type,
    apply(a, b) {
      if (a === null || b === null) return null;
      if (Buffer.isBuffer(a)) return Buffer.concat([a, b as Buffer]).subarray(0, limit);
      return `${a as string}${b as string}`.slice(0, limit);
    },
  };
}

/** Adds or subtracts a number of days. */
function dateArithmetic(operator: string, left: Bound, right: Bound): Operation {
  const date = familyOf(left.type) === "date" ? left : right;
  const other = date === left ? right : left;
  const isClassic = date.type.name === "datetime" || date.type.name === "smalldatetime";
  if (
    !isClassic ||
    !["+", "-"].includes(operator) ||
    (operator === "-" && date === right && familyOf(other.type) !== "date")
  ) {
    if (familyOf(other.type) === "date") throw sqlError(8117, date.type.name, operatorNames[operator] ?? operator);
    throw sqlError(206, left.type.name, right.type.name);
  }
  const { type } = date;
  const dayLength = 86_400_000;
  const epoch = Date.UTC(1900, 0, 1);
  const days = (side: Bound, value: SqlValue): number =>
    ((convertValue(value, side.type, type) as Date).getTime() - epoch) / dayLength;
  return {
    type,
    apply(a, b) {
      if (a === null || b === null) return null;
      const sum = operator === "+" ? days(left, a) + days(right, b) : days(left, a) - days(right, b);
      return new Date(epoch + Math.round(sum * dayLength));
    },
  };
}

function arithmetic(operator: string, left: Bound, right: Bound): Operation {
  const common = commonType(left.type, right.type);
  if (isMoney(common)) return moneyArithmetic(operator, left, right, common);
  const type = familyOf(common) === "decimal" ? decimalResult(operator, left, right) : widened(common);
  const family = familyOf(type);
  if (family === "float" && ["%", "&", "|", "^"].includes(operator))
    throw sqlError(402, left.type.name, right.type.name, operatorNames[operator] ?? operator);
  requireConvertible(left.type, common, false);
  requireConvertible(right.type, common, false);
  if (family === "decimal") return decimalArithmetic(operator, left, right, type);
  return {
    type,
    apply(a, b) {
      if (a === null || b === null) return null;
      const x = convertValue(a, left.type, type) as number | bigint;
      const y = convertValue(b, right.type, type) as number | bigint;
      return family === "float"
        ? floats(operator, Number(x), Number(y))
        : integers(operator, BigInt(x), BigInt(y), type);
    },
  };
}

const widened = (type: SqlType): SqlType => (familyOf(type) === "character" || type.name === "bit" ? int : type);

function floats(operator: string, x: number, y: number): number {
  if (operator === "/" && y === 0) throw sqlError(8134);
  const result = operator === "+" ? x + y : operator === "-" ? x - y : operator === "*" ? x * y : x / y;
  if (!Number.isFinite(result)) throw sqlError(8115, "expression", "float");
  return result;
}

function integers(operator: string, x: bigint, y: bigint, type: SqlType): SqlValue {
  if ((operator === "/" || operator === "%") && y === 0n) throw sqlError(8134);
  const result = whole(operator, x, y);
  if (!inRange(result, type)) throw sqlError(8115, "expression", type.name);
  return type.name === "bigint" ? result : Number(result);
}

function whole(operator: string, x: bigint, y: bigint): bigint {
  switch (operator) {
    case "+":
      return x + y;
    case "-":
      return x - y;
    case "*":
      return x * y;
    case "/":
      return x / y;
    case "%":
      return x % y;
    case "&":
      return x & y;
    case "|":
      return x | y;
    default:
      return x ^ y;
  }
}

/** A whole number literal counts with the digits that it has, not with those of int. */
const shape = (side: Bound): { precision: number; scale: number } =>
  side.digits === undefined ? decimalShape(side.type) : { precision: side.digits, scale: 0 };

/** https://learn.microsoft.com/sql/t-sql/data-types/precision-scale-and-length-transact-sql */
function decimalResult(operator: string, left: Bound, right: Bound): SqlType {
  if (["&", "|", "^"].includes(operator))
    throw sqlError(402, left.type.name, right.type.name, operatorNames[operator] ?? operator);
  const isText = [left, right].some((side) => familyOf(side.type) === "character");
  if (isText) return commonType(left.type, right.type);
  const [a, b] = [shape(left), shape(right)];
  const scale = Math.max(a.scale, b.scale);
  switch (operator) {
    case "*":
      return decimalType(a.precision + b.precision + 1, a.scale + b.scale);
    case "/": {
      const quotientScale = Math.max(6, a.scale + b.precision + 1);
      return decimalType(a.precision - a.scale + b.scale + quotientScale, quotientScale);
    }
    case "%":
      return decimalType(Math.min(a.precision - a.scale, b.precision - b.scale) + scale, scale);
    default:
      return decimalType(Math.max(a.precision - a.scale, b.precision - b.scale) + scale + 1, scale);
  }
}

function decimalArithmetic(operator: string, left: Bound, right: Bound, type: SqlType): Operation {
  const scale = "scale" in type ? type.scale : 0;
  const own = (side: Bound): SqlType => {
    if (familyOf(side.type) === "character") return type;
    return { name: "numeric", precision: 38, scale: decimalShape(side.type).scale };
  };
  const [leftType, rightType] = [own(left), own(right)];
  const [s1, s2] = [decimalShape(leftType).scale, decimalShape(rightType).scale];
  return {
    type,
    apply(a, b) {
      if (a === null || b === null) return null;
      const x = convertValue(a, left.type, leftType) as bigint;
      const y = convertValue(b, right.type, rightType) as bigint;
      if ((operator === "/" || operator === "%") && y === 0n) throw sqlError(8134);
      if (operator === "*") return checkedDecimal(rescale(x * y, s1 + s2, scale), type, "expression");
      if (operator === "/") {
        const scaled = x * pow10(scale + 1 + Math.max(0, s2 - s1));
        return checkedDecimal(
          rescale(scaled / y, scale + 1 + Math.max(0, s2 - s1) + s1 - s2, scale),
          type,
          "expression",
        );
      }
      const common = Math.max(s1, s2);
      return checkedDecimal(
        rescale(whole(operator, rescale(x, s1, common), rescale(y, s2, common)), common, scale),
        type,
        "expression",
      );
    },
  };
}

/** Calculates with four digits behind the point. A product is rounded to them, a quotient cut off. */
function moneyArithmetic(operator: string, left: Bound, right: Bound, type: SqlType): Operation {
  requireConvertible(left.type, type, false);
  requireConvertible(right.type, type, false);
  if (["&", "|", "^"].includes(operator))
    throw sqlError(402, left.type.name, right.type.name, operatorNames[operator] ?? operator);
  return {
    type,
    apply(a, b) {
      if (a === null || b === null) return null;
      const [x, y] = [convertValue(a, left.type, type) as bigint, convertValue(b, right.type, type) as bigint];
      if ((operator === "/" || operator === "%") && y === 0n) throw sqlError(8134);
      const result =
        operator === "*" ? rescale(x * y, 8, 4) : operator === "/" ? (x * pow10(4)) / y : whole(operator, x, y);
      return checkedDecimal(result, type, "expression");
    },
  };
}

const isArithmetic = (type: SqlType): boolean => ["integer", "decimal", "float"].includes(familyOf(type));

/** Evaluates a chain in a loop, so that its length costs no stack. */
export function chainOf(first: Bound, rest: readonly { readonly operator: string; readonly operand: Bound }[]): Bound {
  let current: Bound = first;
  const steps = rest.map(({ operator, operand }) => {
    const { type, apply } = operation(operator, current, operand);
    // A result that may overflow counts as nullable, even where overflow is an error.
    const nullable = current.nullable || operand.nullable || isArithmetic(type);
    current = {
      type,
      nullable,
      collation: current.collation ?? operand.collation,
      collated: current.collated ?? operand.collated,
      value: nullValue,
    };
    return { apply, operand };
  });
  return {
    ...current,
    value(frame: Frame): SqlValue {
      let value = first.value(frame);
      for (const { apply, operand } of steps) value = apply(value, operand.value(frame));
      return value;
    },
  };
}

export function unaryOf(operator: "+" | "-" | "~", operand: Bound): Bound {
  const family = familyOf(operand.type);
  if (operator === "+") return operand;
  if (operator === "~") {
    if (family !== "integer") throw sqlError(8117, operand.type.name, "'~'");
    return {
      ...operand,
      digits: undefined,
      origin: undefined,
      value: (frame) => complement(operand.value(frame), operand.type),
    };
  }
  if (!["integer", "decimal", "float"].includes(family) && !operand.isNull)
    throw sqlError(8117, operand.type.name, "minus");
  return { ...operand, origin: undefined, value: (frame) => negated(operand.value(frame), operand.type) };
}

function complement(value: SqlValue, type: SqlType): SqlValue {
  if (value === null) return null;
  if (type.name === "bit") return value === 0 ? 1 : 0;
  if (type.name === "tinyint") return 255 - (value as number);
  return typeof value === "bigint" ? ~value : ~(value as number);
}

function negated(value: SqlValue, type: SqlType): SqlValue {
  if (value === null) return null;
  if (typeof value === "bigint") return type.name === "bigint" ? integers("-", 0n, value, type) : -value;
  return familyOf(type) === "integer" ? integers("-", 0n, BigInt(value as number), type) : -(value as number);
}

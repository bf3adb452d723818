import type { SqlType } from "../types";

/** Data type precedence, lowest first: of two types in an operation the later one wins. */
const precedence = [
  "binary",
  "varbinary",
  "timestamp",
  "image",
  "char",
  "varchar",
  "nchar",
  "nvarchar",
  "text",
  "ntext",
  "uniqueidentifier",
  "bit",
  "tinyint",
  "smallint",
  "int",
  "bigint",
  "smallmoney",
  "money",
  "numeric",
  "decimal",
  "real",
  "float",
  "time",
  "date",
  "smalldatetime",
  "datetime",
  "datetime2",
  "datetimeoffset",
  "sql_variant",
] as const satisfies readonly SqlType["name"][];

export type Family = "binary" | "character" | "guid" | "integer" | "decimal" | "float" | "date" | "variant";

const families: Readonly<Record<SqlType["name"], Family>> = {
  binary: "binary",
  varbinary: "binary",
  timestamp: "binary",
  image: "binary",
  text: "character",
  ntext: "character",
  money: "decimal",
  smallmoney: "decimal",
  char: "character",
  varchar: "character",
  nchar: "character",
  nvarchar: "character",
  uniqueidentifier: "guid",
  bit: "integer",
  tinyint: "integer",
  smallint: "integer",
  int: "integer",
  bigint: "integer",
  numeric: "decimal",
  decimal: "decimal",
  real: "float",
  float: "float",
  time: "date",
  date: "date",
  smalldatetime: "date",
  datetime: "date",
  datetime2: "date",
  datetimeoffset: "date",
  sql_variant: "variant",
};

export const familyOf = (type: SqlType): Family => families[type.name];
export const isText = (type: Pick<SqlType, "name">): boolean => families[type.name] === "character";
export const isNational = ({ name }: SqlType): boolean => name === "nvarchar" || name === "nchar" || name === "ntext";
export const isMoney = ({ name }: SqlType): boolean => name === "money" || name === "smallmoney";

type Sized = Extract<SqlType, { length: number | "max" }>;
export const isSized = (type: SqlType): type is Sized => "length" in type;

/** The digits before and behind the point that a number type needs as a decimal. */
export function decimalShape(type: SqlType): { precision: number; scale: number } {
  if ("precision" in type) return type;
  const digits = { bit: 1, tinyint: 3, smallint: 5, int: 10, bigint: 19 } as Readonly<Record<string, number>>;
  return { precision: digits[type.name] ?? 38, scale: 0 };
}

/** A decimal of at most 38 digits: the scale gives way to the digits before the point, down to 6. */
export function decimalType(precision: number, scale: number): SqlType {
  if (precision <= 38) return { name: "numeric", precision, scale };
  const whole = precision - scale;
  return { name: "numeric", precision: 38, scale: Math.max(38 - whole, Math.min(scale, 6)) };
}

function longer(a: number | "max", b: number | "max"): number | "max" {
  return a === "max" || b === "max" ? "max" : Math.max(a, b);
}

/** The length of a value of the type as text. */
export function textLength(type: SqlType): number | "max" {
  if (isSized(type)) return type.length;
  switch (type.name) {
    case "bit":
      return 1;
    case "tinyint":
      return 4;
    case "smallint":
      return 6;
    case "int":
      return 12;
    case "bigint":
      return 24;
    case "decimal":
    case "numeric":
      return 41;
    case "uniqueidentifier":
      return 36;
    case "sql_variant":
      return 4000;
    default:
      return 30;
  }
}

export function characterType(
  name: "char" | "varchar" | "nchar" | "nvarchar" | "binary" | "varbinary",
  length: number | "max",
): SqlType {
  if (length === "max") return { name, length };
  const longest = name === "nchar" || name === "nvarchar" ? 4000 : 8000;
  return { name, length: Math.max(1, Math.min(length, longest)) };
}

/** The one type that both are converted to (UNION, CASE, comparison). */
export function commonType(a: SqlType, b: SqlType): SqlType {
  const [low, high] = precedence.indexOf(a.name) <= precedence.indexOf(b.name) ? [a, b] : [b, a];
  if (isSized(high)) {
    const length = longer(textLength(low), high.length);
    const isFixed = low.name === high.name && isSized(low) && low.length === high.length;
    if (isFixed) return high;
    const name = familyOf(high) === "binary" ? "varbinary" : isNational(high) ? "nvarchar" : "varchar";
    return characterType(name, length);
  }
  // A literal beside money becomes money.
  if (isMoney(high)) return high;
  if (familyOf(high) === "decimal") {
    const [x, y] = [decimalShape(low), decimalShape(high)];
    if (familyOf(low) !== "decimal" && familyOf(low) !== "integer") return high;
    const scale = Math.max(x.scale, y.scale);
    const { name } = decimalType(1, 0);
    const type = decimalType(Math.max(x.precision - x.scale, y.precision - y.scale) + scale, scale);
    return { ...type, name: high.name === "decimal" ? "decimal" : name } as SqlType;
  }
  if ("scale" in high && "scale" in low) return { ...high, scale: Math.max(high.scale, low.scale) } as SqlType;
  return high;
}

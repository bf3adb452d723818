import { sqlError } from "../messages";
import type { SqlType, SqlValue, Variant } from "../types";
import { decodeCodePage, encodeCodePage, toCodePage } from "./code-page";
import { dateText, parseDate, roundDate } from "./dates";
import { guidBytes, guidText } from "./guid";
import {
  checkedDecimal,
  decimalText,
  floatText,
  integerValue,
  moneyText,
  pow10,
  rescale,
  toNumber,
  toWhole,
} from "./numbers";
import { familyOf, isMoney, isNational } from "./type-rules";

export interface ConversionStyle {
  readonly style?: number;
  /** SET DATEFORMAT */
  readonly dateFormat?: string;
  /** The conversion is one of CAST or CONVERT, which allow more than an implicit one. */
  readonly explicit?: boolean;
}

/** Converts a value. Throws 245, 248, 8114, 8115, 241, 242, 8169, 8152 ... as the server does. */
export function convertValue(value: SqlValue, from: SqlType, to: SqlType, how: ConversionStyle = {}): SqlValue {
  if (value === null) return null;
  if (from.name === "sql_variant" && to.name !== "sql_variant") {
    const inner = value as Variant;
    return convertValue(inner.value, inner.type, to, how);
  }
  switch (familyOf(to)) {
    case "character":
      return toCharacter(value, from, to, how);
    case "binary":
      return toBinary(value, from, to, how);
    case "integer":
      return toInteger(value, from, to);
    case "decimal":
      return toDecimal(value, from, to);
    case "float":
      return toFloat(value, from, to);
    case "date":
      return toDate(value, from, to, how);
    case "guid":
      return toGuid(value, from);
    case "variant":
      return from.name === "sql_variant" ? value : { type: from, value };
  }
}

/** Throws 206, 257 or 529 for a conversion that no value makes possible. */
export function requireConvertible(from: SqlType, to: SqlType, explicit: boolean): void {
  const [a, b] = [familyOf(from), familyOf(to)];
  if (a === b) return;
  if (a === "variant" && !explicit) throw sqlError(257, from.name, to.name);
  const pair = `${a}>${b}`;
  const never = [
    "date>guid",
    "guid>date",
    "integer>guid",
    "guid>integer",
    "decimal>guid",
    "guid>decimal",
    "float>guid",
    "guid>float",
    "binary>float",
  ];
  if (never.includes(pair)) throw explicit ? sqlError(529, from.name, to.name) : sqlError(206, from.name, to.name);
  const onlyExplicit = [
    "character>binary",
    "date>integer",
    "date>decimal",
    "date>float",
    "date>binary",
    "float>binary",
  ];
  if (!explicit && onlyExplicit.includes(pair)) throw sqlError(257, from.name, to.name);
}

/** The text of a value, without a length limit. */
export function textOf(value: SqlValue, from: SqlType, style = 0): string {
  if (typeof value === "string") return value;
  if (typeof value === "bigint" && isMoney(from)) return moneyText(value, style);
  if (typeof value === "bigint") return decimalText(value, "scale" in from ? from.scale : 0);
  if (typeof value === "number") return familyOf(from) === "float" ? floatText(value, style) : String(value);
  if (value instanceof Date) {
    const text = dateText(value, from, style);
    if (text === undefined) throw sqlError(281, style, from.name, "character string");
    return text;
  }
  if (Buffer.isBuffer(value)) return decodeCodePage(value);
  return value === null ? "" : textOf(value.value, value.type, style);
}

function toCharacter(value: SqlValue, from: SqlType, to: SqlType, how: ConversionStyle): SqlValue {
  const written = Buffer.isBuffer(value) ? binaryText(value, to, how.style) : textOf(value, from, how.style);
  const text = isNational(to) ? written : toCodePage(written);
  const length = "length" in to ? to.length : "max";
  if (length === "max") return text;
  if (text.length > length) return cut(text, from, to, length);
  return to.name === "char" || to.name === "nchar" ? text.padEnd(length) : text;
}

function binaryText(value: Buffer, to: SqlType, style: number | undefined): string {
  const hex = value.toString("hex").toUpperCase();
  if (style === 1) return `0x${hex}`;
  if (style === 2) return hex;
  return isNational(to) ? value.toString("utf16le") : decodeCodePage(value);
}

function cut(text: string, from: SqlType, to: SqlType, length: number): string {
  const family = familyOf(from);
  if (family === "integer") return cutInteger(from, to);
  if (family === "decimal" || family === "float") throw sqlError(8115, from.name, to.name);
  if (family === "guid") throw sqlError(8170);
  return text.slice(0, length);
}

/** A whole number that does not fit becomes an asterisk; in Unicode and for bigint it is an error. */
function cutInteger(from: SqlType, to: SqlType): string {
  if (isNational(to)) throw sqlError(8115, "expression", to.name);
  if (from.name === "bigint") throw sqlError(8115, from.name, to.name);
  return "*";
}

function toBinary(value: SqlValue, from: SqlType, to: SqlType, how: ConversionStyle): SqlValue {
  const bytes = bytesOf(value, from, to, how);
  const length = "length" in to ? to.length : "max";
  if (length === "max") return bytes;
  // A number keeps its last bytes, any other value its first.
  const isNumber = typeof value === "number" || typeof value === "bigint";
  if (bytes.length > length) return isNumber ? bytes.subarray(-length) : bytes.subarray(0, length);
  if (to.name !== "binary") return bytes;
  const filling = Buffer.alloc(length - bytes.length);
  return Buffer.concat(isNumber ? [filling, bytes] : [bytes, filling]);
}

/** The bytes of a whole number as a binary; decimals take 17. */
const integerSizes: Readonly<Record<string, number>> = { bit: 1, tinyint: 1, smallint: 2, int: 4, bigint: 8 };

function bytesOf(value: SqlValue, from: SqlType, to: SqlType, { style }: ConversionStyle): Buffer {
  if (Buffer.isBuffer(value)) return value;
  if (value instanceof Date) return integerBytes(BigInt(value.getTime()), 8);
  if (typeof value !== "string") return integerBytes(toWhole(value, from), integerSizes[from.name] ?? 17);
  if (from.name === "uniqueidentifier") return guidBytes(value);
  if (style === 1 || style === 2) return hexBytes(value, style, from, to);
  return isNational(from) ? Buffer.from(value, "utf16le") : encodeCodePage(value);
}

function hexBytes(text: string, style: number, from: SqlType, to: SqlType): Buffer {
  const pattern = style === 1 ? /^0x((?:[0-9a-f]{2})*)$/i : /^((?:[0-9a-f]{2})*)$/i;
  const digits = pattern.exec(text)?.[1];
  if (digits === undefined) throw sqlError(8114, from.name, to.name);
  return Buffer.from(digits, "hex");
}

function integerBytes(value: bigint, size: number): Buffer {
  const hex = BigInt.asUintN(size * 8, value)
    .toString(16)
    .padStart(size * 2, "0");
  return Buffer.from(hex, "hex");
}

const columnNames: Readonly<Record<string, string>> = { tinyint: "INT1", smallint: "INT2", int: "int" };

function toInteger(value: SqlValue, from: SqlType, to: SqlType): SqlValue {
  if (typeof value === "string") return stringToInteger(value, from, to);
  if (value instanceof Date)
    return toInteger((value.getTime() - Date.UTC(1900, 0, 1)) / 86_400_000, { name: "float" }, to);
  if (Buffer.isBuffer(value)) return bytesToInteger(value, to);
  if (to.name === "bit") return toNumber(value, from) === 0 ? 0 : 1;
  const converted = integerValue(toWhole(value, from), to);
  if (converted !== undefined) return converted;
  if (familyOf(from) === "integer" && to.name in columnNames && to.name !== "int")
    throw sqlError(220, to.name, String(value));
  throw sqlError(8115, familyOf(from) === "integer" ? "expression" : from.name, to.name);
}

function bytesToInteger(value: Buffer, to: SqlType): SqlValue {
  const size = integerSizes[to.name] ?? 4;
  const raw = BigInt(`0x${value.subarray(-size).toString("hex") || "0"}`);
  return integerValue(size === 1 ? raw : BigInt.asIntN(size * 8, raw), to) ?? null;
}

function stringToInteger(value: string, from: SqlType, to: SqlType): SqlValue {
  const text = value.trim();
  if (to.name === "bit" && /^(true|false)$/i.test(text)) return text.toLowerCase() === "true" ? 1 : 0;
  if (!/^[+-]?\d*$/.test(text) || /^[+-]$/.test(text)) {
    throw to.name === "bigint" ? sqlError(8114, from.name, to.name) : sqlError(245, from.name, value, to.name);
  }
  const converted = integerValue(BigInt(text.replace("+", "") || "0"), to);
  if (converted !== undefined) return converted;
  if (to.name === "bigint") throw sqlError(8114, from.name, to.name);
  throw to.name === "int"
    ? sqlError(248, from.name, value)
    : sqlError(244, from.name, value, columnNames[to.name] ?? to.name);
}

function toDecimal(value: SqlValue, from: SqlType, to: SqlType): SqlValue {
  const scale = "scale" in to ? to.scale : 0;
  const source = familyOf(from) === "integer" ? "int" : from.name;
  if (typeof value === "string") return decimalOfText(value, from, to, scale);
  if (typeof value === "bigint")
    return checkedDecimal(rescale(value, "scale" in from ? from.scale : 0, scale), to, source);
  if (Buffer.isBuffer(value)) throw sqlError(8114, from.name, "numeric");
  if (value instanceof Date)
    return toDecimal((value.getTime() - Date.UTC(1900, 0, 1)) / 86_400_000, { name: "float" }, to);
  if (familyOf(from) === "integer") return checkedDecimal(BigInt(value as number) * pow10(scale), to, source);
  const digits = (value as number).toFixed(Math.min(scale, 100));
  if (digits.includes("e")) throw sqlError(8115, source, to.name);
  return checkedDecimal(BigInt(digits.replace(".", "")), to, source);
}

/** Reads a decimal. Text that should be money may have its sign and commas, and fails with 235 instead of 8114. */
function decimalOfText(value: string, from: SqlType, to: SqlType, scale: number): bigint {
  const plain = value.trim();
  const text = isMoney(to) ? plain.replace(/^([+-]?)[$£€]/, "$1").replaceAll(",", "") || "0" : plain;
  const [, sign, whole = "", fraction = ""] = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(text) ?? [];
  if (whole + fraction === "") throw isMoney(to) ? sqlError(235) : sqlError(8114, from.name, "numeric");
  const digits = BigInt(whole + fraction);
  return checkedDecimal(rescale(sign === "-" ? -digits : digits, fraction.length, scale), to, from.name);
}

function toFloat(value: SqlValue, from: SqlType, to: SqlType): SqlValue {
  let result: number;
  if (typeof value === "string") {
    const text = value.trim();
    if (text !== "" && !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) throw sqlError(8114, from.name, to.name);
    result = Number(text);
  } else if (value instanceof Date) result = (value.getTime() - Date.UTC(1900, 0, 1)) / 86_400_000;
  else result = toNumber(value, from);
  if (!Number.isFinite(result)) throw sqlError(8115, from.name, to.name);
  return to.name === "real" ? Math.fround(result) : result;
}

function toDate(value: SqlValue, from: SqlType, to: SqlType, how: ConversionStyle): SqlValue {
  if (value instanceof Date) return roundDate(value, to);
  if (typeof value === "string") return roundDate(parseDate(value, to, orderOfStyle(how.style) ?? how.dateFormat), to);
  if (to.name !== "datetime" && to.name !== "smalldatetime") throw sqlError(529, from.name, to.name);
  const days = Buffer.isBuffer(value) ? Number(toInteger(value, from, { name: "int" })) : toNumber(value, from);
  return roundDate(new Date(Date.UTC(1900, 0, 1) + days * 86_400_000), to);
}

function orderOfStyle(style: number | undefined): string | undefined {
  if (style === undefined) return undefined;
  if ([3, 4, 5, 103, 104, 105].includes(style)) return "dmy";
  return [1, 10, 101, 110].includes(style) ? "mdy" : undefined;
}

function toGuid(value: SqlValue, from: SqlType): SqlValue {
  if (from.name === "uniqueidentifier") return value;
  if (Buffer.isBuffer(value)) return guidText(value);
  const text = String(value)
    .trim()
    .replace(/^\{(.*)\}$/, "$1")
    .slice(0, 36);
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) throw sqlError(8169);
  return text.toUpperCase();
}

import { sqlError } from "../messages";
import type { SqlType, SqlValue } from "../types";
import { familyOf } from "./type-rules";

const ranges: Readonly<Record<string, readonly [bigint, bigint]>> = {
  bit: [0n, 1n],
  tinyint: [0n, 255n],
  smallint: [-32768n, 32767n],
  int: [-2147483648n, 2147483647n],
  bigint: [-(2n ** 63n), 2n ** 63n - 1n],
};
export const pow10 = (exponent: number): bigint => 10n ** BigInt(exponent);

export function inRange(value: bigint, type: SqlType): boolean {
  const range = ranges[type.name];
  return range !== undefined && value >= range[0] && value <= range[1];
}

/** Makes a whole number a value of the type; undefined: it is out of range. */
export function integerValue(value: bigint, type: SqlType): SqlValue | undefined {
  if (type.name === "bit") return value === 0n ? 0 : 1;
  if (!inRange(value, type)) return undefined;
  return type.name === "bigint" ? value : Number(value);
}

/** Changes the scale, rounding half away from zero. */
export function rescale(value: bigint, from: number, to: number): bigint {
  if (to >= from) return value * pow10(to - from);
  const unit = pow10(from - to);
  const half = unit / 2n;
  return (value < 0n ? value - half : value + half) / unit;
}

const moneyRanges: Readonly<Record<string, bigint | undefined>> = { money: 2n ** 63n - 1n, smallmoney: 2n ** 31n - 1n };

/** The text of money: two digits behind the point, with commas in style 1, all four digits in 2 and 126. */
export function moneyText(value: bigint, style: number): string {
  if (style === 2 || style === 126) return decimalText(value, 4);
  const text = decimalText(rescale(value, 4, 2), 2);
  return style === 1 ? text.replace(/\B(?=(\d{3})+(?=\.))/g, ",") : text;
}

export function decimalText(value: bigint, scale: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, "0");
  const sign = value < 0n ? "-" : "";
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

export function checkedDecimal(value: bigint, type: SqlType, source: string): bigint {
  if (!("precision" in type)) return value;
  const range = moneyRanges[type.name];
  if (range && (value < -range - 1n || value > range)) throw sqlError(8115, source, type.name);
  const limit = pow10(type.precision);
  if (value >= limit || value <= -limit) throw sqlError(8115, source, type.name);
  return value;
}

/** Any number as a JavaScript number, on its way to float. */
export function toNumber(value: SqlValue, type: SqlType): number {
  if (typeof value === "bigint") return "scale" in type ? Number(decimalText(value, type.scale)) : Number(value);
  return typeof value === "number" ? value : Number.NaN;
}

/** The whole part of a number. */
export function toWhole(value: SqlValue, type: SqlType): bigint {
  if (typeof value === "bigint")
    return familyOf(type) === "decimal" && "scale" in type ? value / pow10(type.scale) : value;
  return BigInt(Math.trunc(value as number));
}

/** A float's text as the server writes it without a style: six digits, with e+XXX beyond them. */
export function floatText(value: number, style: number): string {
  if (value === 0) return "0";
  if (style === 0) {
    const plain = Number(value.toPrecision(6));
    const exponent = Math.floor(Math.log10(Math.abs(plain)));
    if (exponent >= -5 && exponent < 6)
      return plain.toString().includes("e") ? plain.toFixed(10).replace(/0+$/, "") : plain.toString();
    return scientific(plain.toExponential().replace(/\.?0+e/, "e"));
  }
  return scientific(value.toExponential(style === 1 ? 7 : style === 2 ? 15 : 16));
}

function scientific(text: string): string {
  return text.replace(/e([+-])(\d+)$/, (_, sign: string, digits: string) => `e${sign}${digits.padStart(3, "0")}`);
}

import { int, nvarchar } from "../types";
import { decimalText } from "../values/numbers";
import { familyOf } from "../values/type-rules";
import type { BuiltIn } from "./built-in";
import { dayNames, monthNames } from "./date";

/** FORMAT(value, format [, culture]) with .NET's formats, in the words and signs of en-US. */
export const format: BuiltIn = {
  parameters: ["any", "text", "text"],
  required: 2,
  nullable: true,
  type: () => nvarchar(4000),
  call([value = null, pattern], { types }) {
    const type = types[0] ?? int;
    if (value instanceof Date) return formatDate(value, pattern as string);
    if (typeof value === "bigint")
      return formatNumber(decimalText(value, "scale" in type ? type.scale : 0), pattern as string);
    if (typeof value === "number" && familyOf(type) !== "character")
      return formatNumber(plainText(value), pattern as string);
    return null;
  },
};

const plainText = (value: number): string =>
  Number.isInteger(value)
    ? BigInt(value).toString()
    : value.toString().includes("e")
      ? value.toFixed(20)
      : value.toString();

const grouped = (digits: string): string => digits.replace(/\B(?=(\d{3})+$)/g, ",");

/** Rounded half away from zero, as text, so that no digit is lost. */
function fixed(text: string, places: number): string {
  const [, sign = "", whole = "0", fraction = ""] = /^(-?)(\d*)\.?(\d*)$/.exec(text) ?? [];
  const kept = BigInt(whole + fraction.slice(0, places).padEnd(places, "0") || "0");
  const digits = (kept + (Number(fraction[places] ?? "0") >= 5 ? 1n : 0n)).toString().padStart(places + 1, "0");
  const result = places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
  return /[1-9]/.test(result) ? sign + result : result;
}

const withGroups = (value: string): string => value.replace(/\d+/, grouped);

function percent(text: string, places: number): string {
  const [whole = "0", fraction = ""] = text.split(".");
  return `${withGroups(fixed(`${whole}${fraction.slice(0, 2).padEnd(2, "0")}.${fraction.slice(2)}`, places))}%`;
}

function currency(text: string, places: number): string {
  const amount = `$${withGroups(fixed(text.replace("-", ""), places))}`;
  return text.startsWith("-") ? `-${amount}` : amount;
}

function hexadecimal(text: string, places: number): string {
  return BigInt.asUintN(text.startsWith("-") ? 32 : 64, BigInt(text))
    .toString(16)
    .padStart(places, "0");
}

function exponential(text: string, places: number, letter: string): string {
  const [mantissa, exponent = "0"] = Number(text).toExponential(places).split("e");
  return `${mantissa}${letter}${exponent.startsWith("-") ? "-" : "+"}${exponent.replace(/[+-]/, "").padStart(3, "0")}`;
}

/** By letter; how many digits behind the point where the format does not say it. */
const standardNumbers: Readonly<
  Record<string, readonly [digits: number, write: (text: string, places: number, letter: string) => string | null]>
> = {
  N: [2, (text, places) => withGroups(fixed(text, places))],
  F: [2, fixed],
  C: [2, currency],
  P: [2, percent],
  D: [0, (text, places) => (text.includes(".") ? null : text.replace(/\d+/, (digits) => digits.padStart(places, "0")))],
  X: [
    0,
    (text, places, letter) => (letter === "X" ? hexadecimal(text, places).toUpperCase() : hexadecimal(text, places)),
  ],
  E: [6, exponential],
  G: [0, (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text)],
};

function formatNumber(text: string, pattern: string): string | null {
  const standard = /^([a-zA-Z])(\d{0,2})$/.exec(pattern);
  if (!standard) return customNumber(text, pattern);
  const [, letter = "", digits] = standard;
  const found = standardNumbers[letter.toUpperCase()];
  return found ? found[1](text, digits ? Number(digits) : found[0], letter) : null;
}

/** 0 and # with a point, commas for groups, % and text in between; sections for positive;negative;zero. */
function customNumber(text: string, pattern: string): string {
  const sections = pattern.split(";");
  const isNegative = text.startsWith("-");
  const section = isNegative && sections[1] ? sections[1] : (sections[0] ?? "");
  const sign = isNegative && !sections[1] ? "-" : "";
  const slots = section.replace(/"[^"]*"|'[^']*'|\\./g, "");
  const core = /[0#][0#,.]*[0#]|[0#]/.exec(slots)?.[0] ?? "";
  const [wholeSlots = "", fractionSlots = ""] = core.split(".");
  const value = section.includes("%") ? decimalText(BigInt(fixed(text, 6).replace(".", "")) * 100n, 6) : text;
  const [whole = "", fraction = ""] = fixed(value.replace("-", ""), fractionSlots.length).split(".");
  const least = wholeSlots.replace(/[^0]/g, "").length;
  let digits = whole.replace(/^0+/, "").padStart(least, "0");
  if (wholeSlots.includes(",")) digits = grouped(digits);
  const needed = fractionSlots.lastIndexOf("0") + 1;
  const kept = fraction.replace(/0+$/, "").padEnd(needed, "0");
  const number = digits + (kept === "" ? "" : `.${kept}`);
  let isPlaced = false;
  const written = section.replace(
    /"([^"]*)"|'([^']*)'|\\(.)|[0#][0#,.]*[0#]|[0#]/g,
    (_, a?: string, b?: string, c?: string) => {
      const literal = a ?? b ?? c;
      if (literal !== undefined) return literal;
      if (isPlaced) return "";
      isPlaced = true;
      return number;
    },
  );
  return sign + written;
}

const standardDates: Readonly<Record<string, string>> = {
  d: "M/d/yyyy",
  D: "dddd, MMMM d, yyyy",
  f: "dddd, MMMM d, yyyy h:mm tt",
  F: "dddd, MMMM d, yyyy h:mm:ss tt",
  g: "M/d/yyyy h:mm tt",
  G: "M/d/yyyy h:mm:ss tt",
  m: "MMMM d",
  M: "MMMM d",
  o: "yyyy-MM-ddTHH:mm:ss.fffffff",
  O: "yyyy-MM-ddTHH:mm:ss.fffffff",
  r: "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
  R: "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
  s: "yyyy-MM-ddTHH:mm:ss",
  t: "h:mm tt",
  T: "h:mm:ss tt",
  u: "yyyy-MM-dd HH:mm:ss'Z'",
  y: "MMMM yyyy",
  Y: "MMMM yyyy",
};

function formatDate(value: Date, pattern: string): string {
  const two = (number: number): string => String(number).padStart(2, "0");
  const fields: Readonly<Record<string, () => string>> = {
    yyyy: () => String(value.getUTCFullYear()).padStart(4, "0"),
    yyy: () => String(value.getUTCFullYear()).padStart(3, "0"),
    yy: () => two(value.getUTCFullYear() % 100),
    y: () => String(value.getUTCFullYear() % 100),
    MMMM: () => monthNames[value.getUTCMonth()] ?? "",
    MMM: () => (monthNames[value.getUTCMonth()] ?? "").slice(0, 3),
    MM: () => two(value.getUTCMonth() + 1),
    M: () => String(value.getUTCMonth() + 1),
    dddd: () => dayNames[value.getUTCDay()] ?? "",
    ddd: () => (dayNames[value.getUTCDay()] ?? "").slice(0, 3),
    dd: () => two(value.getUTCDate()),
    d: () => String(value.getUTCDate()),
    HH: () => two(value.getUTCHours()),
    H: () => String(value.getUTCHours()),
    hh: () => two(value.getUTCHours() % 12 || 12),
    h: () => String(value.getUTCHours() % 12 || 12),
    mm: () => two(value.getUTCMinutes()),
    m: () => String(value.getUTCMinutes()),
    ss: () => two(value.getUTCSeconds()),
    s: () => String(value.getUTCSeconds()),
    tt: () => (value.getUTCHours() < 12 ? "AM" : "PM"),
    t: () => (value.getUTCHours() < 12 ? "A" : "P"),
  };
  const fraction = String(value.getUTCMilliseconds()).padStart(3, "0").padEnd(7, "0");
  return (standardDates[pattern] ?? pattern).replace(
    /'([^']*)'|"([^"]*)"|\\(.)|y{1,4}|M{1,4}|d{1,4}|H{1,2}|h{1,2}|m{1,2}|s{1,2}|t{1,2}|f{1,7}|F{1,7}/g,
    (token: string, a?: string, b?: string, c?: string) => {
      const literal = a ?? b ?? c;
      if (literal !== undefined) return literal;
      if (/^f/.test(token)) return fraction.slice(0, token.length);
      if (/^F/.test(token)) return fraction.slice(0, token.length).replace(/0+$/, "");
      return fields[token]?.() ?? token;
    },
  );
}

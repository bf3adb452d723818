import { sqlError } from "../messages";
import { money, type Typed } from "../types";
import { toCodePage } from "../values/code-page";
import { convertValue } from "../values/convert";
import type { Cursor } from "./cursor";

const maxInt = 2147483647n;

export function literal(cursor: Cursor): Typed {
  const token = cursor.next();
  switch (token.kind) {
    case "string": {
      const value = token.national ? token.text : toCodePage(token.text);
      const longest = token.national ? 4000 : 8000;
      const length = value.length > longest ? ("max" as const) : Math.max(1, value.length);
      return { type: { name: token.national ? "nvarchar" : "varchar", length }, value };
    }
    case "binary":
      return binaryLiteral(token.text);
    case "money":
      return { type: money, value: convertValue(token.text, { name: "varchar", length: 8000 }, money) };
    default:
      if (/e/i.test(token.text)) return floatLiteral(token.text) ?? cursor.raise(sqlError(168, token.text, 8), token);
      return numberLiteral(token.text) ?? cursor.raise(sqlError(1007, token.text, 38), token);
  }
}

/** An odd number of digits gets a zero in front: 0x1 is 0x01. A backslash at a line's end continues the literal. */
export function binaryLiteral(text: string): Typed & { readonly value: Buffer } {
  const digits = text.slice(2).replace(/\\\r?\n/g, "");
  const value = Buffer.from(digits.length % 2 ? `0${digits}` : digits, "hex");
  const length = value.length > 8000 ? ("max" as const) : Math.max(1, value.length);
  return { type: { name: "varbinary", length }, value };
}

/** Reads a float, also 1e as 1e0; undefined: it does not fit in 8 bytes. */
function floatLiteral(text: string): Typed | undefined {
  const value = Number(/e[+-]?$/i.test(text) ? `${text}0` : text);
  return Number.isFinite(value) ? { type: { name: "float" }, value } : undefined;
}

/** Reads a number. A whole one beyond int is numeric(n, 0), not bigint; undefined: it has more than 38 digits. */
function numberLiteral(text: string): Typed | undefined {
  const [whole = "", fraction = ""] = text.split(".");
  const digits = whole.replace(/^0+(?=.)/, "");
  if (!text.includes(".")) {
    const value = BigInt(digits || "0");
    if (value <= maxInt) return { type: { name: "int" }, value: Number(value) };
  }
  const significant = (digits === "0" ? "" : digits) + fraction;
  const precision = Math.max(1, significant.length);
  if (precision > 38) return undefined;
  return { type: { name: "numeric", precision, scale: fraction.length }, value: BigInt(significant || "0") };
}

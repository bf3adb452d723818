import type { SqlType, SqlValue, Variant } from "../types";
import { type Collation, compareStrings, serverCollation } from "./collation";
import { convertValue } from "./convert";
import { compareGuids } from "./guid";
import { compareMoments, instantOf, ticksOf } from "./moment";
import { commonType, familyOf } from "./type-rules";

const variantOrder = ["character", "guid", "binary", "integer", "decimal", "float", "date"];

/** Compares two values of the same type, neither of them NULL. */
export function compareValues(
  a: SqlValue,
  b: SqlValue,
  type: SqlType,
  collation: Collation = serverCollation(),
): number {
  switch (familyOf(type)) {
    case "character":
      return compareStrings(a as string, b as string, collation);
    case "guid":
      return compareGuids(a as string, b as string);
    case "binary":
      return compareBytes(a as Buffer, b as Buffer);
    case "date":
      return compareMoments(a as Date, b as Date);
    case "variant":
      return compareVariants(a as Variant, b as Variant);
    default:
      return (a as number) < (b as number) ? -1 : a === b ? 0 : 1;
  }
}

/** Compares bytes as if the shorter value were filled up with zeros. */
function compareBytes(a: Buffer, b: Buffer): number {
  const length = Math.max(a.length, b.length);
  return Buffer.compare(Buffer.concat([a], length), Buffer.concat([b], length));
}

const isNumber = (type: SqlType): boolean => ["integer", "decimal", "float"].includes(familyOf(type));

/** Numbers compare as numbers; values of different families compare by the family's rank. */
function compareVariants(a: Variant, b: Variant): number {
  const sameFamily = familyOf(a.type) === familyOf(b.type) || (isNumber(a.type) && isNumber(b.type));
  if (!sameFamily) return variantOrder.indexOf(familyOf(a.type)) - variantOrder.indexOf(familyOf(b.type));
  const type = commonType(a.type, b.type);
  const [left, right] = [convertValue(a.value, a.type, type), convertValue(b.value, b.type, type)];
  if (left === null || right === null) return left === right ? 0 : left === null ? -1 : 1;
  return compareValues(left, right, type);
}

/** Gives equal values equal keys, for DISTINCT, GROUP BY and UNION, in which NULL equals NULL. */
export function keyOf(value: SqlValue, foldText: (text: string) => string): string {
  if (value === null) return "n";
  if (typeof value === "string") return `s${foldText(value)}`;
  if (value instanceof Date) return `d${instantOf(value)}.${ticksOf(value)}`;
  if (Buffer.isBuffer(value)) return `b${value.toString("hex").replace(/(00)+$/, "")}`;
  if (typeof value === "object") return `v${keyOf(value.value, foldText)}`;
  return `${typeof value === "bigint" ? "i" : "f"}${value}`;
}

import { sqlError } from "../../messages";
import { int, type SqlType, type SqlValue } from "../../types";
import { convertValue } from "../../values/convert";
import { checkedDecimal, inRange, pow10, rescale } from "../../values/numbers";
import { familyOf, isMoney } from "../../values/type-rules";
import type { BuiltIn } from "./built-in";

const float: SqlType = { name: "float" };

/** The type that a function calculates in: text becomes a float, and in `wide` a small whole number an int. */
const numeric = (types: readonly SqlType[]): SqlType => {
  const type = types[0] ?? int;
  if (familyOf(type) === "character") return float;
  if (type.name === "smallmoney") return { name: "money", precision: 19, scale: 4 };
  return type;
};
const wide = (types: readonly SqlType[]): SqlType => {
  const type = numeric(types);
  if (type.name === "real") return float;
  return ["bit", "tinyint", "smallint"].includes(type.name) ? int : type;
};

function wholeDecimal(number: bigint, unit: bigint, up: boolean): bigint {
  const [whole, rest] = [number / unit, number % unit];
  if (up) return rest > 0n ? whole + 1n : whole;
  return rest < 0n ? whole - 1n : whole;
}

/** FLOOR and CEILING: the next whole number below or above. */
const toward = (up: boolean): BuiltIn => ({
  parameters: ["any"],
  type(types) {
    const type = wide(types);
    return type.name === "decimal" || type.name === "numeric" ? { ...type, scale: 0 } : type;
  },
  call([value = null], { types }) {
    const type = wide(types);
    const number = convertValue(value, types[0] ?? int, type);
    if (typeof number === "bigint" && "precision" in type) {
      const whole = wholeDecimal(number, pow10(type.scale), up);
      return isMoney(type) ? whole * pow10(type.scale) : whole;
    }
    if (typeof number !== "number") return number;
    return up ? Math.ceil(number) : Math.floor(number);
  },
});

export const mathFunctions: Readonly<Record<string, BuiltIn>> = {
  ABS: {
    parameters: ["any"],
    type: wide,
    call([value = null], { types }) {
      const type = wide(types);
      const number = convertValue(value, types[0] ?? int, type);
      if (typeof number === "bigint") {
        if (number < 0n && type.name === "bigint" && !inRange(-number, type))
          throw sqlError(8115, "expression", type.name);
        return number < 0n ? -number : number;
      }
      const result = Math.abs(number as number);
      if (familyOf(type) === "integer" && !inRange(BigInt(result), type)) throw sqlError(8115, "expression", type.name);
      return result;
    },
  },
  CEILING: toward(true),
  FLOOR: toward(false),
  ROUND: { parameters: ["any", "int", "int"], required: 2, type: wide, call: round },
  POWER: {
    parameters: ["any", "any"],
    type: wide,
    call([base = null, exponent = null], { types }) {
      const type = wide(types);
      const result =
        Number(convertValue(base, types[0] ?? int, float)) ** Number(convertValue(exponent, types[1] ?? int, float));
      if (!Number.isFinite(result)) throw sqlError(8115, "expression", type.name);
      return convertValue(result, float, type);
    },
  },
};

/** ROUND; a third argument that is not 0 cuts off instead. */
function round(
  [value = null, places = 0, cuts = 0]: readonly SqlValue[],
  { types }: { readonly types: readonly SqlType[] },
): SqlValue {
  const type = wide(types);
  const number = convertValue(value, types[0] ?? int, type);
  const [digits, isCut] = [Number(places), Number(cuts) !== 0];
  if (typeof number === "number" && type.name === "float") {
    const unit = 10 ** Math.abs(digits);
    const scaled = digits >= 0 ? number * unit : number / unit;
    const whole = isCut ? Math.trunc(scaled) : Math.sign(scaled) * Math.round(Math.abs(scaled));
    return digits >= 0 ? whole / unit : whole * unit;
  }
  const scale = "scale" in type ? type.scale : 0;
  if (digits >= scale) return number;
  const exact = BigInt(number as number | bigint);
  const rounded = isCut
    ? (exact / pow10(Math.min(60, scale - digits))) * pow10(Math.min(60, scale - digits))
    : rescale(rescale(exact, scale, Math.max(-60, digits)), Math.max(-60, digits), scale);
  if ("precision" in type) return checkedDecimal(rounded, type, "expression");
  if (!inRange(rounded, type)) throw sqlError(8115, "expression", type.name);
  return type.name === "bigint" ? rounded : Number(rounded);
}

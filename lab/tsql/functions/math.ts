import { sqlError } from "../messages";
import { int, type SqlType } from "../types";
import { convertValue } from "../values/convert";
import { inRange, pow10, rescale } from "../values/numbers";
import { familyOf } from "../values/type-rules";
import type { BuiltIn } from "./built-in";

/** Text is a float here. */
const numeric = (types: readonly SqlType[]): SqlType => {
  const type = types[0] ?? int;
  return familyOf(type) === "character" ? { name: "float" } : type;
};

function wholeDecimal(number: bigint, unit: bigint, up: boolean): bigint {
  const [whole, rest] = [number / unit, number % unit];
  if (up) return rest > 0n ? whole + 1n : whole;
  return rest < 0n ? whole - 1n : whole;
}

/** Toward the next whole number, below or above. */
const toward = (up: boolean): BuiltIn => ({
  parameters: ["any"],
  type(types) {
    const type = numeric(types);
    return "precision" in type ? { ...type, scale: 0 } : type;
  },
  call([value = null], { types }) {
    const type = numeric(types);
    const number = convertValue(value, types[0] ?? int, type);
    if (typeof number === "bigint" && "precision" in type) return wholeDecimal(number, pow10(type.scale), up);
    if (typeof number !== "number") return number;
    return up ? Math.ceil(number) : Math.floor(number);
  },
});

export const mathFunctions: Readonly<Record<string, BuiltIn>> = {
  ABS: {
    parameters: ["any"],
    type: numeric,
    call([value = null], { types }) {
      const type = numeric(types);
      const number = convertValue(value, types[0] ?? int, type);
      if (typeof number === "bigint") return number < 0n ? -number : number;
      const result = Math.abs(number as number);
      if (familyOf(type) === "integer" && !inRange(BigInt(result), type)) throw sqlError(8115, "expression", type.name);
      return result;
    },
  },
  CEILING: toward(true),
  FLOOR: toward(false),
  ROUND: {
    parameters: ["any", "int"],
    type: numeric,
    call([value = null, places = 0], { types }) {
      const type = numeric(types);
      const number = convertValue(value, types[0] ?? int, type);
      const digits = Number(places);
      if (typeof number === "bigint" && "precision" in type) {
        return digits >= type.scale
          ? number
          : rescale(rescale(number, type.scale, Math.max(-38, digits)), digits, type.scale);
      }
      const unit = 10 ** digits;
      return typeof number === "number" ? Math.round(number * unit) / unit : number;
    },
  },
};

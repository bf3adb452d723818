import { sqlError } from "../messages";
import { int, type SqlType, type SqlValue } from "../types";
import { convertValue } from "../values/convert";
import { checkedDecimal, inRange, pow10, rescale } from "../values/numbers";
import { commonType, familyOf, isMoney } from "../values/type-rules";
import type { BuiltIn } from "./built-in";

const float: SqlType = { name: "float" };

/** Text is a float here; the small whole numbers are int. */
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

/** Toward the next whole number, below or above. */
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

/** A function of real numbers. 3623: a number that it has no value for. */
const real = (calculate: (x: number, y: number) => number, count: 1 | 2 = 1, required = count): BuiltIn => ({
  parameters: count === 1 ? ["any"] : ["any", "any"],
  required,
  type: () => float,
  call(args, { types }) {
    const [x = 0, y = Number.NaN] = args.map((value, at) => Number(convertValue(value, types[at] ?? int, float)));
    const result = calculate(x, args.length > 1 || count === 1 ? y : Number.NaN);
    if (Number.isNaN(result)) throw sqlError(3623);
    if (!Number.isFinite(result)) throw sqlError(8115, "expression", "float");
    return result;
  },
});

/** The value as the type that the function gives back. */
const inType = (calculate: (x: number) => number, typeOf = wide): BuiltIn => ({
  parameters: ["any"],
  type: typeOf,
  call([value = null], { types }) {
    const type = typeOf(types);
    return convertValue(calculate(Number(convertValue(value, types[0] ?? int, float))), float, type);
  },
});

/** RAND without a seed goes on from the seed before it; the lab's numbers are not the server's. */
let seed = Date.now() % 2_147_483_647;
function random(given: SqlValue | undefined): number {
  if (given !== undefined) seed = (Math.abs(Number(given)) % 2_147_483_562) + 1;
  seed = (seed * 40_014) % 2_147_483_563;
  return seed / 2_147_483_563;
}

const extreme = (sign: 1 | -1): BuiltIn => ({
  parameters: ["any", "any"],
  required: 1,
  variadic: true,
  acceptsNull: true,
  nullable: true,
  type: (types) => types.reduce((a, b) => commonType(a, b)),
  call(args, { types, compare }) {
    const type = types.reduce((a, b) => commonType(a, b));
    return args
      .map((value, at) => convertValue(value, types[at] ?? int, type))
      .reduce<SqlValue>((best, value) => {
        if (value === null) return best;
        return best === null || compare(value, best, type) * sign > 0 ? value : best;
      }, null);
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
  SIGN: inType(Math.sign),
  DEGREES: inType((x) => (x * 180) / Math.PI),
  RADIANS: inType((x) => (x * Math.PI) / 180),
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
  SQRT: real((x) => Math.sqrt(x)),
  SQUARE: real((x) => x * x),
  EXP: real((x) => Math.exp(x)),
  LOG: real((x, base) => (x <= 0 ? Number.NaN : Number.isNaN(base) ? Math.log(x) : Math.log(x) / Math.log(base)), 2, 1),
  LOG10: real((x) => (x <= 0 ? Number.NaN : Math.log10(x))),
  PI: { parameters: [], type: () => float, call: () => Math.PI },
  SIN: real((x) => Math.sin(x)),
  COS: real((x) => Math.cos(x)),
  TAN: real((x) => Math.tan(x)),
  COT: real((x) => 1 / Math.tan(x)),
  ASIN: real((x) => Math.asin(x)),
  ACOS: real((x) => Math.acos(x)),
  ATAN: real((x) => Math.atan(x)),
  ATN2: real((y, x) => Math.atan2(y, x), 2),
  RAND: { parameters: ["int"], required: 0, type: () => float, call: ([given]) => random(given) },
  GREATEST: extreme(1),
  LEAST: extreme(-1),
};

/** A third argument that is not 0 cuts off instead. */
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

import { sqlError } from "../messages";
import type { Bound, Frame } from "../query/scope";
import { int, type SqlType, type SqlValue } from "../types";
import { fold } from "../values/collation";
import { compareValues, keyOf } from "../values/compare";
import { convertValue, textOf } from "../values/convert";
import { checkedDecimal, inRange, integerValue, pow10 } from "../values/numbers";
import { decimalType, familyOf, isNational, isSized } from "../values/type-rules";

export const aggregateNames: readonly string[] = [
  "COUNT",
  "COUNT_BIG",
  "APPROX_COUNT_DISTINCT",
  "SUM",
  "MIN",
  "MAX",
  "AVG",
  "STRING_AGG",
  "STDEV",
  "STDEVP",
  "VAR",
  "VARP",
  "CHECKSUM_AGG",
];
const known: ReadonlySet<string> = new Set(aggregateNames);
export const isAggregate = (name: string): boolean => known.has(name);

/** What rows add up to, one by one. */
interface Running<T> {
  add(item: T): void;
  result(): SqlValue;
}
/** An aggregate over values that are not NULL. */
interface Calculation {
  readonly type: SqlType;
  readonly nullable: boolean;
  start(): Running<SqlValue>;
}

export interface Aggregate {
  readonly type: SqlType;
  readonly nullable: boolean;
  start(): Running<Frame>;
  /** Over the rows of one group. */
  compute(rows: readonly Frame[]): SqlValue;
}

export interface AggregateOptions {
  readonly distinct: boolean;
  readonly star: boolean;
  readonly order: readonly { readonly by: Bound; readonly descending: boolean }[];
}

export function aggregate(name: string, args: readonly Bound[], options: AggregateOptions): Aggregate {
  const [first, second] = args;
  if (options.star && (name === "COUNT" || name === "COUNT_BIG")) return overRows(count(name), () => 1, false);
  if (!first || (name === "STRING_AGG") !== (second !== undefined))
    throw sqlError(174, name.toLowerCase(), name === "STRING_AGG" ? 2 : 1);
  if (name === "STRING_AGG" && second) return stringAgg(first, second, options);
  const isDistinct = options.distinct || name === "APPROX_COUNT_DISTINCT";
  return overRows(calculation(name, first), (frame) => first.value(frame), isDistinct, first);
}

function calculation(name: string, argument: Bound): Calculation {
  switch (name) {
    case "COUNT":
    case "COUNT_BIG":
      return count(name);
    case "APPROX_COUNT_DISTINCT":
      return count("COUNT_BIG");
    case "MIN":
    case "MAX":
      return extreme(name, argument);
    case "CHECKSUM_AGG":
      return checksum(argument);
    case "SUM":
    case "AVG":
      return sumOrAverage(name, argument);
    default:
      return deviation(name, argument);
  }
}

function overRows(
  { type, nullable, start }: Calculation,
  read: (frame: Frame) => SqlValue,
  isDistinct: boolean,
  argument?: Bound,
): Aggregate {
  const running = (): Running<Frame> => {
    const { add, result } = start();
    const seen = new Set<string>();
    return {
      add(frame) {
        const value = read(frame);
        if (value === null) return;
        if (isDistinct) {
          const key = keyOf(value, (text) => fold(text, argument?.collation));
          if (seen.has(key)) return;
          seen.add(key);
        }
        add(value);
      },
      result,
    };
  };
  return {
    type,
    nullable,
    start: running,
    compute(rows) {
      const { add, result } = running();
      for (const row of rows) add(row);
      return result();
    },
  };
}

function count(name: "COUNT" | "COUNT_BIG"): Calculation {
  const isBig = name === "COUNT_BIG";
  return {
    type: isBig ? { name: "bigint" } : int,
    nullable: false,
    start() {
      let total = 0;
      return { add: () => total++, result: () => (isBig ? BigInt(total) : total) };
    },
  };
}

function extreme(name: "MIN" | "MAX", { type, collation }: Bound): Calculation {
  // 8117: bit has no order.
  if (type.name === "bit" || familyOf(type) === "xml") throw sqlError(8117, type.name, name.toLowerCase());
  const sign = name === "MIN" ? 1 : -1;
  return {
    type,
    nullable: true,
    start() {
      let best: SqlValue = null;
      return {
        add(value) {
          if (best === null || compareValues(value, best, type, collation) * sign < 0) best = value;
        },
        result: () => best,
      };
    },
  };
}

/** Exclusive or of whole numbers. */
function checksum({ type }: Bound): Calculation {
  if (familyOf(type) !== "integer") throw sqlError(8117, type.name, "checksum_agg");
  return {
    type: int,
    nullable: true,
    start() {
      let sum: number | null = null;
      return {
        add(value) {
          sum = (sum ?? 0) ^ Number(value);
        },
        result: () => sum,
      };
    },
  };
}

function requireNumber(name: string, { type }: Bound): void {
  if (!["integer", "decimal", "float"].includes(familyOf(type)) || type.name === "bit")
    throw sqlError(8117, type.name, name.toLowerCase());
}

/** STDEV and VAR are of a sample, NULL for a single row; STDEVP and VARP of everything. */
function deviation(name: string, argument: Bound): Calculation {
  requireNumber(name, argument);
  return {
    type: { name: "float" },
    nullable: true,
    start() {
      let [rows, mean, squares] = [0, 0, 0];
      return {
        add(value) {
          const number = Number(convertValue(value, argument.type, { name: "float" }));
          const difference = number - mean;
          mean += difference / ++rows;
          squares += difference * (number - mean);
        },
        result() {
          const divisor = name.endsWith("P") ? rows : rows - 1;
          if (divisor < 1) return null;
          return name.startsWith("STDEV") ? Math.sqrt(squares / divisor) : squares / divisor;
        },
      };
    },
  };
}

const money: SqlType = { name: "money", precision: 19, scale: 4 };

function sumType(type: SqlType): SqlType {
  if (type.name === "money" || type.name === "smallmoney") return money;
  if ("precision" in type) return { name: type.name, precision: 38, scale: type.scale };
  if (familyOf(type) === "float") return { name: "float" };
  return type.name === "bigint" ? type : int;
}

function sumOrAverage(name: "SUM" | "AVG", argument: Bound): Calculation {
  requireNumber(name, argument);
  const type = sumType(argument.type);
  const scale = "scale" in type ? Number(type.scale) : 0;
  const averageType = type.name === "money" || !("scale" in type) ? type : decimalType(38, Math.max(6, scale));
  const averageScale = "scale" in averageType ? Number(averageType.scale) : 0;
  return {
    type: name === "SUM" ? type : averageType,
    nullable: true,
    start: () => {
      if (type.name === "float") return floatSum(name, argument);
      let [rows, sum] = [0, 0n];
      return {
        add(value) {
          rows++;
          sum += BigInt(convertValue(value, argument.type, type) as number | bigint);
        },
        result() {
          if (rows === 0) return null;
          if ("scale" in type) {
            if (name === "SUM") return checkedDecimal(sum, type, "expression");
            return checkedDecimal((sum * pow10(averageScale - scale)) / BigInt(rows), averageType, "expression");
          }
          // The sum of int is an int, and overflows as one, also on the way to an average.
          if (!inRange(sum, type)) throw sqlError(8115, "expression", type.name);
          return integerValue(name === "SUM" ? sum : sum / BigInt(rows), type) ?? null;
        },
      };
    },
  };
}

function floatSum(name: "SUM" | "AVG", { type }: Bound): Running<SqlValue> {
  let [rows, sum] = [0, 0];
  return {
    add(value) {
      rows++;
      sum += Number(convertValue(value, type, { name: "float" }));
    },
    result: () => (rows === 0 ? null : name === "SUM" ? sum : sum / rows),
  };
}

function stringAgg(argument: Bound, separator: Bound, options: AggregateOptions): Aggregate {
  const isMax = isSized(argument.type) && argument.type.length === "max";
  const national = isNational(argument.type);
  const type: SqlType = { name: national ? "nvarchar" : "varchar", length: isMax ? "max" : national ? 4000 : 8000 };
  const compute = (rows: readonly Frame[]): SqlValue => {
    const sorted = [...rows].sort((a, b) => {
      for (const { by, descending } of options.order) {
        const [x, y] = [by.value(a), by.value(b)];
        const order =
          x === null || y === null
            ? Number(x !== null) - Number(y !== null)
            : compareValues(x, y, by.type, by.collation);
        if (order !== 0) return descending ? -order : order;
      }
      return 0;
    });
    const values = sorted.map((frame) => argument.value(frame)).filter((value) => value !== null);
    const parts = values.map((value) => textOf(value, argument.type));
    if (parts.length === 0) return null;
    const text = parts.join(String(separator.value(rows[0] ?? { row: [] }) ?? ""));
    if (!isMax && text.length > Number(type.length)) throw sqlError(9829);
    return text;
  };
  return {
    type,
    nullable: true,
    start() {
      const rows: Frame[] = [];
      return { add: (frame) => void rows.push(frame), result: () => compute(rows) };
    },
    compute,
  };
}

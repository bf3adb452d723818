import { sqlError } from "../../messages";
import { int, money, type SqlType, type SqlValue } from "../../types";
import { fold } from "../../values/collation";
import { compareValues, keyOf } from "../../values/compare";
import { convertValue, textOf } from "../../values/convert";
import { checkedDecimal, inRange, integerValue, pow10 } from "../../values/numbers";
import { decimalType, familyOf, isNational, isSized } from "../../values/type-rules";
import type { Bound, Frame } from "../scope";

export const aggregateNames: readonly string[] = ["COUNT", "COUNT_BIG", "SUM", "MIN", "MAX", "AVG", "STRING_AGG"];
const known: ReadonlySet<string> = new Set(aggregateNames);
export const isAggregate = (name: string): boolean => known.has(name);

export interface Aggregate {
  readonly type: SqlType;
  readonly nullable: boolean;
  /** Calculates the value over the rows of one group. */
  compute(rows: readonly Frame[]): SqlValue;
}
/** An aggregate over values that are not NULL. */
type Calculation = Pick<Aggregate, "type" | "nullable"> & {
  readonly compute: (values: readonly SqlValue[]) => SqlValue;
};

export interface AggregateOptions {
  readonly distinct: boolean;
  readonly star: boolean;
  readonly order: readonly { readonly by: Bound; readonly descending: boolean }[];
}

/** Binds one call of an aggregate function. */
export function aggregate(name: string, args: readonly Bound[], options: AggregateOptions): Aggregate {
  const [first, second] = args;
  if (options.star) return { ...count(name), compute: (rows) => count(name).compute(rows.map(() => 1)) };
  if (!first || (name === "STRING_AGG") !== (second !== undefined))
    throw sqlError(174, name.toLowerCase(), name === "STRING_AGG" ? 2 : 1);
  if (name === "STRING_AGG" && second) return stringAgg(first, second, options);
  const { type, nullable, compute } = calculation(name, first);
  return {
    type,
    nullable,
    compute(rows) {
      const values = rows.map((row) => first.value(row)).filter((value) => value !== null);
      return compute(options.distinct ? different(values, first) : values);
    },
  };
}

function different(values: readonly SqlValue[], { collation }: Bound): SqlValue[] {
  return [...new Map(values.map((value) => [keyOf(value, (text) => fold(text, collation)), value])).values()];
}

function calculation(name: string, argument: Bound): Calculation {
  if (name === "COUNT" || name === "COUNT_BIG") return count(name);
  return name === "MIN" || name === "MAX" ? extreme(name, argument) : sumOrAverage(name, argument);
}

function count(name: string): Calculation {
  return name === "COUNT_BIG"
    ? { type: { name: "bigint" }, nullable: false, compute: ({ length }) => BigInt(length) }
    : { type: int, nullable: false, compute: ({ length }) => length };
}

function extreme(name: "MIN" | "MAX", { type, collation }: Bound): Calculation {
  // 8117: bits have no order.
  if (type.name === "bit") throw sqlError(8117, type.name, name.toLowerCase());
  const sign = name === "MIN" ? 1 : -1;
  return {
    type,
    nullable: true,
    compute: (values) =>
      values.reduce(
        (best, value) => (best === null || compareValues(value, best, type, collation) * sign < 0 ? value : best),
        null,
      ),
  };
}

function requireNumber(name: string, { type }: Bound): void {
  if (!["integer", "decimal", "float"].includes(familyOf(type)) || type.name === "bit")
    throw sqlError(8117, type.name, name.toLowerCase());
}

function sumType(type: SqlType): SqlType {
  if (type.name === "money" || type.name === "smallmoney") return money;
  if ("precision" in type) return { name: type.name, precision: 38, scale: type.scale };
  if (familyOf(type) === "float") return { name: "float" };
  return type.name === "bigint" ? type : int;
}

function sumOrAverage(name: string, argument: Bound): Calculation {
  requireNumber(name, argument);
  const type = sumType(argument.type);
  const isSum = name === "SUM";
  if (type.name === "float") {
    const compute: Calculation["compute"] = (values) => {
      const numbers = values.map((value) => Number(convertValue(value, argument.type, type)));
      const sum = numbers.reduce((total, number) => total + number, 0);
      return numbers.length === 0 ? null : sum / (isSum ? 1 : numbers.length);
    };
    return { type, nullable: true, compute };
  }
  const scale = "scale" in type ? Number(type.scale) : 0;
  const averageType = type.name === "money" || !("scale" in type) ? type : decimalType(38, Math.max(6, scale));
  const averageScale = "scale" in averageType ? Number(averageType.scale) : 0;
  return {
    type: isSum ? type : averageType,
    nullable: true,
    compute(values) {
      if (values.length === 0) return null;
      const exact = values.map((value) => BigInt(convertValue(value, argument.type, type) as number | bigint));
      const sum = exact.reduce((total, number) => total + number, 0n);
      const rows = BigInt(values.length);
      if ("scale" in type)
        return isSum
          ? checkedDecimal(sum, type, "expression")
          : checkedDecimal((sum * pow10(averageScale - scale)) / rows, averageType, "expression");
      // A sum of ints is an int and may overflow, even on the way to an average.
      if (!inRange(sum, type)) throw sqlError(8115, "expression", type.name);
      return integerValue(isSum ? sum : sum / rows, type) ?? null;
    },
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
  return { type, nullable: true, compute };
}

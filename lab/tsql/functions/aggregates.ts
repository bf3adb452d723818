import { sqlError } from "../messages";
import type { Bound, Frame } from "../query/scope";
import { int, type SqlType, type SqlValue } from "../types";
import { fold } from "../values/collation";
import { compareValues, keyOf } from "../values/compare";
import { convertValue, textOf } from "../values/convert";
import { checkedDecimal, inRange, integerValue, pow10 } from "../values/numbers";
import { decimalType, familyOf, isNational, isSized } from "../values/type-rules";

const aggregateNames: ReadonlySet<string> = new Set(["COUNT", "COUNT_BIG", "SUM", "MIN", "MAX", "AVG", "STRING_AGG"]);
export const isAggregate = (name: string): boolean => aggregateNames.has(name);

export interface Aggregate {
  readonly type: SqlType;
  readonly nullable: boolean;
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
  if (name === "COUNT" || name === "COUNT_BIG") return count(name, first, options);
  if (!first || (name === "STRING_AGG") !== (second !== undefined))
    throw sqlError(174, name.toLowerCase(), name === "STRING_AGG" ? 2 : 1);
  if (name === "STRING_AGG" && second) return stringAgg(first, second, options);
  const values = (rows: readonly Frame[]): SqlValue[] => valuesOf(first, rows, options.distinct);
  if (name === "MIN" || name === "MAX") return extreme(name, first, values);
  return sumOrAverage(name, first, values);
}

function valuesOf(argument: Bound, rows: readonly Frame[], distinct: boolean): SqlValue[] {
  const values = rows.map((frame) => argument.value(frame)).filter((value) => value !== null);
  if (!distinct) return values;
  return [...new Map(values.map((value) => [keyOf(value, (text) => fold(text, argument.collation)), value])).values()];
}

function count(name: string, argument: Bound | undefined, options: AggregateOptions): Aggregate {
  if (!argument && !options.star) throw sqlError(174, name.toLowerCase(), 1);
  const isBig = name === "COUNT_BIG";
  return {
    type: isBig ? { name: "bigint" } : int,
    nullable: false,
    compute(rows) {
      const total = argument ? valuesOf(argument, rows, options.distinct).length : rows.length;
      return isBig ? BigInt(total) : total;
    },
  };
}

function extreme(name: string, argument: Bound, values: (rows: readonly Frame[]) => SqlValue[]): Aggregate {
  // 8117: bit has no order.
  if (argument.type.name === "bit") throw sqlError(8117, "bit", name.toLowerCase());
  const sign = name === "MIN" ? 1 : -1;
  return {
    type: argument.type,
    nullable: true,
    compute: (rows) =>
      values(rows).reduce<SqlValue>(
        (best, value) =>
          best === null || compareValues(value, best, argument.type, argument.collation) * sign < 0 ? value : best,
        null,
      ),
  };
}

function sumType(type: SqlType): SqlType {
  if ("precision" in type) return { name: type.name, precision: 38, scale: type.scale };
  if (familyOf(type) === "float") return { name: "float" };
  return type.name === "bigint" ? type : int;
}

function sumOrAverage(name: string, argument: Bound, values: (rows: readonly Frame[]) => SqlValue[]): Aggregate {
  const family = familyOf(argument.type);
  if (!["integer", "decimal", "float"].includes(family) || argument.type.name === "bit") {
    throw sqlError(8117, argument.type.name, name.toLowerCase());
  }
  const type = sumType(argument.type);
  const scale = "scale" in type ? Number(type.scale) : 0;
  const averageType = "scale" in type ? decimalType(38, Math.max(6, scale)) : type;
  const averageScale = "scale" in averageType ? Number(averageType.scale) : 0;
  return {
    type: name === "SUM" ? type : averageType,
    nullable: true,
    compute(rows) {
      const all = values(rows).map((value) => convertValue(value, argument.type, type));
      if (all.length === 0) return null;
      if (family === "float") {
        const sum = all.reduce<number>((total, value) => total + Number(value), 0);
        return name === "SUM" ? sum : sum / all.length;
      }
      const sum = all.reduce<bigint>((total, value) => total + BigInt(value as number | bigint), 0n);
      if (family === "decimal") {
        if (name === "SUM") return checkedDecimal(sum, type, "expression");
        return checkedDecimal((sum * pow10(averageScale - scale)) / BigInt(all.length), averageType, "expression");
      }
      // The sum of int is an int, and overflows as one, also on the way to an average.
      if (!inRange(sum, type)) throw sqlError(8115, "expression", type.name);
      return integerValue(name === "SUM" ? sum : sum / BigInt(all.length), type) ?? null;
    },
  };
}

function stringAgg(argument: Bound, separator: Bound, options: AggregateOptions): Aggregate {
  const isMax = isSized(argument.type) && argument.type.length === "max";
  const national = isNational(argument.type);
  const type: SqlType = { name: national ? "nvarchar" : "varchar", length: isMax ? "max" : national ? 4000 : 8000 };
  return {
    type,
    nullable: true,
    compute(rows) {
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
      const parts = valuesOf(argument, sorted, false).map((value) => textOf(value, argument.type));
      if (parts.length === 0) return null;
      const text = parts.join(String(separator.value(rows[0] ?? { row: [] }) ?? ""));
      if (!isMax && text.length > Number(type.length)) throw sqlError(9829);
      return text;
    },
  };
}

import type { SqlType } from "../types";

const sizes: Readonly<Record<string, number>> = {
  bit: 1,
  tinyint: 1,
  smallint: 2,
  int: 4,
  bigint: 8,
  real: 4,
  float: 8,
  date: 3,
  datetime: 8,
  smalldatetime: 4,
  uniqueidentifier: 16,
  sql_variant: 8016,
  money: 8,
  smallmoney: 4,
  text: 16,
  ntext: 16,
  image: 16,
};

/** The length that sys.columns shows as max_length. */
export function storageLength(type: SqlType): number {
  const fixed = sizes[type.name];
  if (fixed !== undefined) return fixed;
  if ("length" in type) {
    if (type.length === "max") return -1;
    return type.name.startsWith("n") ? type.length * 2 : type.length;
  }
  if ("precision" in type) return stepped(type.precision, [10, 5], [20, 9], [29, 13], [39, 17]);
  if ("scale" in type)
    return stepped(type.scale, [3, 3], [5, 4], [8, 5]) + { time: 0, datetime2: 3, datetimeoffset: 5 }[type.name];
  return 0;
}

function stepped(value: number, ...steps: readonly (readonly [below: number, bytes: number])[]): number {
  return steps.find(([below]) => value < below)?.[1] ?? 0;
}

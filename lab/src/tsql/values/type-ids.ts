import type { SqlType } from "../types";

/** The system_type_id, and the precision and scale that sys.types gives a type without sizes. */
export const typeIds: Readonly<Record<SqlType["name"], readonly [id: number, precision: number, scale: number]>> = {
  image: [34, 0, 0],
  text: [35, 0, 0],
  uniqueidentifier: [36, 0, 0],
  date: [40, 10, 0],
  time: [41, 16, 7],
  datetime2: [42, 27, 7],
  datetimeoffset: [43, 34, 7],
  tinyint: [48, 3, 0],
  smallint: [52, 5, 0],
  int: [56, 10, 0],
  smalldatetime: [58, 16, 0],
  real: [59, 24, 0],
  money: [60, 19, 4],
  datetime: [61, 23, 3],
  float: [62, 53, 0],
  sql_variant: [98, 0, 0],
  ntext: [99, 0, 0],
  bit: [104, 1, 0],
  decimal: [106, 38, 38],
  numeric: [108, 38, 38],
  smallmoney: [122, 10, 4],
  bigint: [127, 19, 0],
  varbinary: [165, 0, 0],
  varchar: [167, 0, 0],
  binary: [173, 0, 0],
  char: [175, 0, 0],
  timestamp: [189, 0, 0],
  nvarchar: [231, 0, 0],
  nchar: [239, 0, 0],
};

/** The precision in digits; a date's or time's is its length in characters. */
export function precisionOf(type: SqlType): number {
  if ("precision" in type) return type.precision;
  const [, precision] = typeIds[type.name];
  if (!("scale" in type)) return precision;
  return precision - 7 + type.scale - (type.scale === 0 ? 1 : 0);
}

export const scaleOf = (type: SqlType): number => ("scale" in type ? type.scale : typeIds[type.name][2]);

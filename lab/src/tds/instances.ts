import type { SqlType, Typed } from "../tsql/types";

const utc = (text: string): number => Date.parse(`${text}Z`);
const [first, last] = [utc("0001-01-01T00:00:00"), utc("9999-12-31T23:59:59.999")];

/** The first and the last moment that a type has. */
const ranges: Readonly<Partial<Record<SqlType["name"], readonly [first: number, last: number]>>> = {
  datetime: [utc("1753-01-01T00:00:00"), last],
  smalldatetime: [utc("1900-01-01T00:00:00"), utc("2079-06-06T23:59:59")],
  date: [first, last],
  datetime2: [first, last],
  datetimeoffset: [first, last],
};

/** Whether the client sent a value that its type has; 8023 refuses any other. */
export function isInstance({ type, value }: Typed): boolean {
  if (value instanceof Date) {
    const [from, to] = ranges[type.name] ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    return value.getTime() >= from && value.getTime() <= to;
  }
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value === "bigint")
    return !("precision" in type) || value.toString().replace("-", "").length <= type.precision;
  return value === null || typeof value !== "object" || !("type" in value) || isInstance(value);
}

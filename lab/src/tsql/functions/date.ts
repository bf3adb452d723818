import { firstDayOfWeek } from "../data/session-options";
import { sqlError } from "../messages";
import { int, type SqlType } from "../types";
import { roundDate } from "../values/dates";
import { fractionOf, moment, offsetOf, ticksOf, ticksPerMillisecond } from "../values/moment";
import type { BuiltIn } from "./built-in";

const datetime: SqlType = { name: "datetime" };
const datetime2: SqlType = { name: "datetime2", scale: 7 };

/** Every way to write a part of a date. */
const parts: Readonly<Record<string, string>> = {
  year: "year",
  yy: "year",
  yyyy: "year",
  quarter: "quarter",
  qq: "quarter",
  q: "quarter",
  month: "month",
  mm: "month",
  m: "month",
  dayofyear: "dayofyear",
  dy: "dayofyear",
  y: "dayofyear",
  day: "day",
  dd: "day",
  d: "day",
  week: "week",
  wk: "week",
  ww: "week",
  weekday: "weekday",
  dw: "weekday",
  w: "weekday",
  hour: "hour",
  hh: "hour",
  minute: "minute",
  mi: "minute",
  n: "minute",
  second: "second",
  ss: "second",
  s: "second",
  millisecond: "millisecond",
  ms: "millisecond",
  microsecond: "microsecond",
  mcs: "microsecond",
  nanosecond: "nanosecond",
  ns: "nanosecond",
};

/** Length of the parts that always have the same one, in milliseconds. */
const lengths: Readonly<Record<string, number>> = {
  week: 604_800_000,
  weekday: 86_400_000,
  dayofyear: 86_400_000,
  day: 86_400_000,
  hour: 3_600_000,
  minute: 60_000,
  second: 1000,
  millisecond: 1,
  microsecond: 0.001,
  nanosecond: 0.000_001,
};

function partOf(datePart: string, name: string): string {
  const part = Object.hasOwn(parts, datePart) ? parts[datePart] : undefined;
  if (!part) throw sqlError(155, datePart, `${name} option`);
  return part;
}

function addMonths(date: Date, count: number): Date {
  const moved = new Date(date.getTime());
  moved.setUTCDate(1);
  moved.setUTCMonth(moved.getUTCMonth() + count);
  const lastDay = new Date(Date.UTC(moved.getUTCFullYear(), moved.getUTCMonth() + 1, 0)).getUTCDate();
  moved.setUTCDate(Math.min(date.getUTCDate(), lastDay));
  return moved;
}

/** Further by so many parts that always have the same length, to 100 nanoseconds. */
function shifted(date: Date, part: string, count: number): Date {
  const ticks =
    ticksOf(date) + (part === "nanosecond" ? Math.round(count / 100) : part === "microsecond" ? count * 10 : 0);
  const isFine = part === "nanosecond" || part === "microsecond";
  const time = date.getTime() + (isFine ? 0 : count * (lengths[part] ?? 0)) + Math.floor(ticks / ticksPerMillisecond);
  const rest = ((ticks % ticksPerMillisecond) + ticksPerMillisecond) % ticksPerMillisecond;
  return moment(time, rest, offsetOf(date));
}

function dateAdd(datePart: string, count: number, date: Date, type: SqlType): Date {
  const part = partOf(datePart, "dateadd");
  const months = { year: 12, quarter: 3, month: 1 }[part];
  const plain = months ? addMonths(date, months * count) : shifted(date, part, count);
  const moved = months ? moment(plain.getTime(), ticksOf(date), offsetOf(date)) : plain;
  const year = moved.getUTCFullYear();
  // 517: a result beyond the calendar.
  if (Number.isNaN(year) || year > 9999 || year < (type.name === "datetime" ? 1753 : 1)) throw sqlError(517, type.name);
  return roundDate(moved, type);
}

const ticksBetween = (from: Date, to: Date): bigint =>
  BigInt(to.getTime() - from.getTime()) * BigInt(ticksPerMillisecond) + BigInt(ticksOf(to) - ticksOf(from));

/** How many boundaries of the part lie between the two. */
function dateDiff(datePart: string, from: Date, to: Date): bigint {
  const part = partOf(datePart, "datediff");
  const monthsBetween = (to.getUTCFullYear() - from.getUTCFullYear()) * 12 + to.getUTCMonth() - from.getUTCMonth();
  switch (part) {
    case "year":
      return BigInt(to.getUTCFullYear() - from.getUTCFullYear());
    case "quarter":
      return BigInt(
        Math.floor(to.getUTCMonth() / 3) -
          Math.floor(from.getUTCMonth() / 3) +
          (to.getUTCFullYear() - from.getUTCFullYear()) * 4,
      );
    case "month":
      return BigInt(monthsBetween);
    case "microsecond":
      return ticksBetween(from, to) / 10n;
    case "nanosecond":
      return ticksBetween(from, to) * 100n;
    default: {
      const unit = lengths[part] ?? 1;
      // Weeks begin on Sunday; 1970-01-01 was a Thursday.
      const shift = part === "week" ? 4 * 86_400_000 : 0;
      return BigInt(Math.floor((to.getTime() + shift) / unit) - Math.floor((from.getTime() + shift) / unit));
    }
  }
}

function datePartValue(datePart: string, date: Date, firstDay: number): number {
  const startOfYear = Date.UTC(date.getUTCFullYear(), 0, 1);
  const dayOfYear = Math.floor((date.getTime() - startOfYear) / 86_400_000) + 1;
  const part = partOf(datePart, "datepart");
  switch (part) {
    case "year":
      return date.getUTCFullYear();
    case "quarter":
      return Math.floor(date.getUTCMonth() / 3) + 1;
    case "month":
      return date.getUTCMonth() + 1;
    case "dayofyear":
      return dayOfYear;
    case "day":
      return date.getUTCDate();
    case "week":
      return Math.floor((dayOfYear - 1 + ((new Date(startOfYear).getUTCDay() - (firstDay % 7) + 7) % 7)) / 7) + 1;
    case "weekday":
      // The day on which the week begins is 1: SET DATEFIRST.
      return ((date.getUTCDay() - (firstDay % 7) + 7) % 7) + 1;
    case "hour":
      return date.getUTCHours();
    case "minute":
      return date.getUTCMinutes();
    case "second":
      return date.getUTCSeconds();
    default:
      return Math.floor(
        Number(fractionOf(date)) * (part === "millisecond" ? 0.0001 : part === "microsecond" ? 0.1 : 100),
      );
  }
}

const monthNames = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
] as const;
const dayNames = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;

const clock = (type: SqlType): BuiltIn => ({
  parameters: [],
  type: () => type,
  call: (_, { context }) => roundDate(context.session.host.now(), type),
});
const field = (read: (date: Date) => number): BuiltIn => ({
  parameters: ["date"],
  type: () => int,
  call: ([date]) => read(date as Date),
});

export const dateFunctions: Readonly<Record<string, BuiltIn>> = {
  GETDATE: clock(datetime),
  CURRENT_TIMESTAMP: clock(datetime),
  GETUTCDATE: clock(datetime),
  SYSDATETIME: clock(datetime2),
  SYSUTCDATETIME: clock(datetime2),
  SYSDATETIMEOFFSET: clock({ name: "datetimeoffset", scale: 7 }),
  YEAR: field((date) => date.getUTCFullYear()),
  MONTH: field((date) => date.getUTCMonth() + 1),
  DAY: field((date) => date.getUTCDate()),
  DATEADD: {
    parameters: ["int", "date"],
    type: ([, type = datetime]) => type,
    call: ([count, date], { datePart, types }) => dateAdd(datePart, Number(count), date as Date, types[1] ?? datetime),
  },
  DATEDIFF: {
    parameters: ["date", "date"],
    type: () => int,
    call([from, to], { datePart }) {
      const difference = dateDiff(datePart, from as Date, to as Date);
      if (difference > 2147483647n || difference < -2147483648n) throw sqlError(535, "datediff", "datediff");
      return Number(difference);
    },
  },
  DATEPART: {
    parameters: ["date"],
    type: () => int,
    call: ([date], { datePart, context }) => datePartValue(datePart, date as Date, firstDayOfWeek(context.session)),
  },
  DATENAME: {
    parameters: ["date"],
    type: () => ({ name: "nvarchar", length: 30 }),
    call([date], { datePart, context }) {
      const part = partOf(datePart, "datename");
      if (part === "month") return monthNames[(date as Date).getUTCMonth()] ?? "";
      if (part === "weekday") return dayNames[(date as Date).getUTCDay()] ?? "";
      return String(datePartValue(datePart, date as Date, firstDayOfWeek(context.session)));
    },
  },
};

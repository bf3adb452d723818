import { firstDayOfWeek } from "../../data/session-options";
import { sqlError } from "../../messages";
import { int, type SqlType } from "../../types";
import { roundDate } from "../../values/dates";
import { moment, offsetOf, ticksOf } from "../../values/moment";
import type { BuiltIn } from "./built-in";

const datetime: SqlType = { name: "datetime" };
const datetime2: SqlType = { name: "datetime2", scale: 7 };

/** Every way to write a part of a date, with the part's name. */
const parts: ReadonlyMap<string, string> = new Map(
  [
    "year yy yyyy",
    "quarter qq q",
    "month mm m",
    "dayofyear dy y",
    "day dd d",
    "week wk ww",
    "weekday dw w",
    "hour hh",
    "minute mi n",
    "second ss s",
    "millisecond ms",
  ].flatMap((line) => {
    const [name = "", ...others] = line.split(" ");
    return [name, ...others].map((written): [string, string] => [written, name]);
  }),
);

/** The lengths in milliseconds of the parts that are always equally long. */
const lengths: Readonly<Record<string, number>> = {
  week: 604_800_000,
  weekday: 86_400_000,
  dayofyear: 86_400_000,
  day: 86_400_000,
  hour: 3_600_000,
  minute: 60_000,
  second: 1000,
  millisecond: 1,
};

function partOf(datePart: string, name: string): string {
  const part = parts.get(datePart);
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

function dateAdd(datePart: string, count: number, date: Date, type: SqlType): Date {
  const part = partOf(datePart, "dateadd");
  const months = { year: 12, quarter: 3, month: 1 }[part];
  const plain = months ? addMonths(date, months * count) : new Date(date.getTime() + count * (lengths[part] ?? 0));
  const moved = moment(plain.getTime(), ticksOf(date), offsetOf(date));
  const year = moved.getUTCFullYear();
  // 517: the result is beyond the calendar.
  if (Number.isNaN(year) || year > 9999 || year < (type.name === "datetime" ? 1753 : 1)) throw sqlError(517, type.name);
  return roundDate(moved, type);
}

/** Counts the boundaries of the part between the two dates. */
function dateDiff(datePart: string, from: Date, to: Date): number {
  const part = partOf(datePart, "datediff");
  const years = to.getUTCFullYear() - from.getUTCFullYear();
  switch (part) {
    case "year":
      return years;
    case "quarter":
      return Math.floor(to.getUTCMonth() / 3) - Math.floor(from.getUTCMonth() / 3) + years * 4;
    case "month":
      return to.getUTCMonth() - from.getUTCMonth() + years * 12;
    default: {
      const unit = lengths[part] ?? 1;
      // Weeks begin on Sunday; 1970-01-01 was a Thursday.
      const shift = part === "week" ? 4 * 86_400_000 : 0;
      return Math.floor((to.getTime() + shift) / unit) - Math.floor((from.getTime() + shift) / unit);
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
      // The weekday that SET DATEFIRST names has the number 1.
      return ((date.getUTCDay() - (firstDay % 7) + 7) % 7) + 1;
    case "hour":
      return date.getUTCHours();
    case "minute":
      return date.getUTCMinutes();
    case "second":
      return date.getUTCSeconds();
    default:
      return date.getUTCMilliseconds();
  }
}

const nameOf = (date: Date, part: "month" | "weekday"): string =>
  date.toLocaleDateString("en", { [part]: "long", timeZone: "UTC" });

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
      if (difference > 2147483647 || difference < -2147483648) throw sqlError(535, "datediff", "datediff");
      return difference;
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
      if (part === "month" || part === "weekday") return nameOf(date as Date, part);
      return String(datePartValue(datePart, date as Date, firstDayOfWeek(context.session)));
    },
  },
};

import { firstDayOfWeek } from "../data/session-options";
import { SqlError, sqlError } from "../messages";
import { int, type SqlType, type SqlValue } from "../types";
import { convertValue } from "../values/convert";
import { parseDate, parseOffset, roundDate } from "../values/dates";
import { instantOf, type Moment, moment, offsetOf, ticksOf, ticksPerMillisecond } from "../values/moment";
import { familyOf } from "../values/type-rules";
import type { BuiltIn, Parameter } from "./built-in";
import { lengths, partOf } from "./date";
import { zoneOffset } from "./time-zones";

const date: SqlType = { name: "date" };
const offsetType = (types: readonly SqlType[]): SqlType => {
  const scale = types
    .map((type) => ("scale" in type && familyOf(type) === "date" ? type.scale : undefined))
    .find((found) => found !== undefined);
  return {
    name: "datetimeoffset",
    scale: scale ?? (types[0]?.name === "datetime" ? 3 : types[0]?.name === "smalldatetime" ? 0 : 7),
  };
};

/** DATEFROMPARTS and its family: 289 for what is no date or time. */
function fromParts(
  type: SqlType,
  count: number,
  build: (parts: readonly number[]) => Moment | undefined,
  name: string,
): BuiltIn {
  const scaleAt = "scale" in type ? count - 1 : -1;
  const typed = (scale: number): SqlType => ("scale" in type ? ({ ...type, scale } as SqlType) : type);
  return {
    parameters: Array.from({ length: count }, (): Parameter => "int"),
    nullable: true,
    type: (_, literals) => typed(Number(literals?.[scaleAt] ?? 7)),
    call(args) {
      const built = build(args.map(Number));
      if (!built || Number.isNaN(built.getTime())) throw sqlError(289, name);
      return built;
    },
  };
}

function dayOf(year: number, month: number, day: number): number | undefined {
  const value = new Date(0);
  value.setUTCFullYear(year, month - 1, day);
  return year >= 1 && year <= 9999 && value.getUTCMonth() === month - 1 && value.getUTCDate() === day
    ? value.getTime()
    : undefined;
}

function clockOf(hour: number, minute: number, second: number): number | undefined {
  const isTime = hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60;
  return isTime ? ((hour * 60 + minute) * 60 + second) * 1000 : undefined;
}

/** `fractions` of a second with so many digits. */
function momentOf(
  day: number | undefined,
  time: number | undefined,
  fractions: number,
  scale: number,
  offset = 0,
): Moment | undefined {
  if (day === undefined || time === undefined || scale < 0 || scale > 7 || fractions < 0 || fractions >= 10 ** scale)
    return undefined;
  const ticks = fractions * 10 ** (7 - scale);
  return moment(day + time + Math.floor(ticks / ticksPerMillisecond), ticks % ticksPerMillisecond, offset);
}

const epoch = Date.UTC(1900, 0, 1);

function monthEnd([value, months = 0]: readonly SqlValue[]): SqlValue {
  const start = value as Date;
  return new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + Number(months) + 1, 0));
}

/** The value with what is smaller than the part set to its beginning. */
function truncated(datePart: string, value: Moment, type: SqlType, firstDay: number): Moment {
  const part = partOf(datePart, "datetrunc");
  const [year, month, day] = [value.getUTCFullYear(), value.getUTCMonth(), value.getUTCDate()];
  const at = (y: number, m = 0, d = 1): Moment => {
    const found = new Date(0);
    found.setUTCFullYear(y, m, d);
    return moment(found.getTime(), 0, offsetOf(value));
  };
  switch (part) {
    case "year":
      return at(year);
    case "quarter":
      return at(year, month - (month % 3));
    case "month":
      return at(year, month);
    case "day":
    case "dayofyear":
      return at(year, month, day);
    case "week":
      return at(year, month, day - ((value.getUTCDay() - (firstDay % 7) + 7) % 7));
    case "iso_week":
      return at(year, month, day - ((value.getUTCDay() + 6) % 7));
    case "hour":
    case "minute":
    case "second":
    case "millisecond": {
      // 9810: a date has no hours.
      if (type.name === "date") throw sqlError(9810, datePart, "datetrunc", type.name);
      const unit = lengths[part] ?? 1;
      return moment(Math.floor(value.getTime() / unit) * unit, 0, offsetOf(value));
    }
    case "microsecond":
      return moment(value.getTime(), Math.floor(ticksOf(value) / 10) * 10, offsetOf(value));
    default:
      throw sqlError(9810, datePart, "datetrunc", type.name);
  }
}

const offsetOfArgument = (value: SqlValue): number =>
  typeof value === "string" ? parseOffset(value.trim()) : Number(value);

export const dateParts: Readonly<Record<string, BuiltIn>> = {
  DATEFROMPARTS: fromParts(date, 3, ([y = 0, m = 0, d = 0]) => momentOf(dayOf(y, m, d), 0, 0, 0), "date"),
  TIMEFROMPARTS: fromParts(
    { name: "time", scale: 7 },
    5,
    ([h = 0, m = 0, s = 0, f = 0, p = 0]) => momentOf(epoch, clockOf(h, m, s), f, p),
    "time",
  ),
  SMALLDATETIMEFROMPARTS: fromParts(
    { name: "smalldatetime" },
    5,
    ([y = 0, mo = 0, d = 0, h = 0, mi = 0]) => momentOf(dayOf(y, mo, d), clockOf(h, mi, 0), 0, 0),
    "smalldatetime",
  ),
  DATETIMEFROMPARTS: fromParts(
    { name: "datetime" },
    7,
    ([y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0, ms = 0]) => {
      const built = y < 1753 ? undefined : momentOf(dayOf(y, mo, d), clockOf(h, mi, s), ms, 3);
      return built && roundDate(built, { name: "datetime" });
    },
    "datetime",
  ),
  DATETIME2FROMPARTS: fromParts(
    { name: "datetime2", scale: 7 },
    8,
    ([y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0, f = 0, p = 0]) => momentOf(dayOf(y, mo, d), clockOf(h, mi, s), f, p),
    "datetime2",
  ),
  DATETIMEOFFSETFROMPARTS: fromParts(
    { name: "datetimeoffset", scale: 7 },
    10,
    ([y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0, f = 0, oh = 0, om = 0, p = 0]) =>
      momentOf(dayOf(y, mo, d), clockOf(h, mi, s), f, p, oh * 60 + om),
    "datetimeoffset",
  ),
  EOMONTH: { parameters: ["date", "int"], required: 1, nullable: true, type: () => date, call: monthEnd },
  DATETRUNC: {
    parameters: ["date"],
    type: ([type = date]) => type,
    call: ([value], { datePart, types, context }) =>
      truncated(datePart, value as Date, types[0] ?? date, firstDayOfWeek(context.session)),
  },
  ISDATE: {
    parameters: ["any"],
    acceptsNull: true,
    type: () => int,
    call([value = null], { types, context }) {
      const type = types[0] ?? int;
      if (value === null || familyOf(type) === "guid" || type.name === "datetime2" || type.name === "datetimeoffset")
        return 0;
      try {
        if (typeof value === "string")
          parseDate(value, { name: "datetime" }, context.session.options.get("DATEFORMAT"));
        else convertValue(value, type, { name: "datetime" });
        return 1;
      } catch (error) {
        if (error instanceof SqlError) return 0;
        throw error;
      }
    },
  },
  SWITCHOFFSET: {
    parameters: ["date", "any"],
    type: offsetType,
    call([value, to]) {
      const offset = offsetOfArgument(to ?? null);
      return moment(instantOf(value as Date) + offset * 60_000, ticksOf(value as Date), offset);
    },
  },
  TODATETIMEOFFSET: {
    parameters: ["date", "any"],
    type: offsetType,
    call: ([value, to]) => moment((value as Date).getTime(), ticksOf(value as Date), offsetOfArgument(to ?? null)),
  },
  "AT TIME ZONE": {
    parameters: ["date", "text"],
    type: offsetType,
    call([value, zone], { types }) {
      const [from, name] = [value as Date, zone as string];
      if (types[0]?.name === "datetimeoffset") {
        const offset = zoneOffset(name, instantOf(from));
        return moment(instantOf(from) + offset * 60_000, ticksOf(from), offset);
      }
      // The face of a clock there: what it is in UTC depends on the offset at that time.
      const guess = zoneOffset(name, from.getTime());
      return moment(from.getTime(), ticksOf(from), zoneOffset(name, from.getTime() - guess * 60_000));
    },
  },
};

import { sqlError } from "../messages";
import type { SqlType } from "../types";
import {
  atScale,
  fractionOf,
  instantOf,
  type Moment,
  moment,
  offsetOf,
  offsetText,
  ticksOf,
  ticksPerMillisecond,
} from "./moment";

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const two = (value: number): string => String(value).padStart(2, "0");
const firstDatetime = Date.UTC(1753, 0, 1);
const dayLength = 86_400_000;

/** datetime ticks 300 times a second: milliseconds end in 0, 3 or 7. */
export function roundDate(value: Moment, type: SqlType): Moment {
  const time = value.getTime();
  switch (type.name) {
    case "datetime":
      return new Date(Math.round(Math.round(((time + ticksOf(value) / ticksPerMillisecond) * 3) / 10) * (10 / 3)));
    case "smalldatetime":
      return new Date(Math.round(time / 60_000) * 60_000);
    case "date":
      return new Date(Math.floor(time / dayLength) * dayLength);
    case "time": {
      const rounded = atScale(moment(time, ticksOf(value)), type.scale);
      const inDay = rounded.getTime() - Math.floor(rounded.getTime() / dayLength) * dayLength;
      return moment(inDay + Date.UTC(1900, 0, 1), ticksOf(rounded));
    }
    default: {
      const scale = "scale" in type ? type.scale : 7;
      return atScale(type.name === "datetimeoffset" ? value : moment(time, ticksOf(value)), scale);
    }
  }
}

/** CONVERT(varchar, date, style); undefined: no such style (281). */
export function dateText(value: Moment, type: SqlType, style: number): string | undefined {
  const [y, m, d] = [
    String(value.getUTCFullYear()).padStart(4, "0"),
    two(value.getUTCMonth() + 1),
    two(value.getUTCDate()),
  ];
  const hour = value.getUTCHours();
  const time = `${two(hour)}:${two(value.getUTCMinutes())}:${two(value.getUTCSeconds())}`;
  const milliseconds = String(value.getUTCMilliseconds()).padStart(3, "0");
  const name = months[value.getUTCMonth()] as string;
  const month = name[0]?.toUpperCase() + name.slice(1);
  const yy = y.slice(2);
  const [am, hour12] = [hour < 12 ? "AM" : "PM", String(hour % 12 || 12).padStart(2)];
  const minutes = two(value.getUTCMinutes());
  const shortDay = String(value.getUTCDate()).padStart(2);
  const fraction = "scale" in type ? fractionText(value, type.scale) : `.${milliseconds}`;
  const zone = type.name === "datetimeoffset" ? offsetText(offsetOf(value)) : "";
  if (type.name === "time" && (style === 126 || style === 127)) return time + fraction;
  if (type.name === "date" && (style === 126 || style === 127)) return `${y}-${m}-${d}`;
  switch (style) {
    case 0:
      return isoText(
        type,
        `${y}-${m}-${d}`,
        time,
        fraction,
        zone,
        `${month} ${shortDay} ${y} ${hour12}:${minutes}${am}`,
      );
    case 100:
      return `${month} ${shortDay} ${y} ${hour12}:${minutes}${am}`;
    case 1:
      return `${m}/${d}/${yy}`;
    case 101:
      return `${m}/${d}/${y}`;
    case 2:
      return `${yy}.${m}.${d}`;
    case 102:
      return `${y}.${m}.${d}`;
    case 3:
      return `${d}/${m}/${yy}`;
    case 103:
      return `${d}/${m}/${y}`;
    case 4:
      return `${d}.${m}.${yy}`;
    case 104:
      return `${d}.${m}.${y}`;
    case 5:
      return `${d}-${m}-${yy}`;
    case 105:
      return `${d}-${m}-${y}`;
    case 6:
      return `${d} ${month} ${yy}`;
    case 106:
      return `${d} ${month} ${y}`;
    case 7:
      return `${month} ${d}, ${yy}`;
    case 107:
      return `${month} ${d}, ${y}`;
    case 8:
    case 24:
    case 108:
      return time;
    case 9:
    case 109:
      return `${month} ${shortDay} ${y} ${hour12}:${minutes}:${two(value.getUTCSeconds())}:${milliseconds}${am}`;
    case 10:
      return `${m}-${d}-${yy}`;
    case 110:
      return `${m}-${d}-${y}`;
    case 11:
      return `${yy}/${m}/${d}`;
    case 111:
      return `${y}/${m}/${d}`;
    case 12:
      return `${yy}${m}${d}`;
    case 112:
      return `${y}${m}${d}`;
    case 13:
    case 113:
      return `${d} ${month} ${y} ${time}:${milliseconds}`;
    case 14:
    case 114:
      return `${time}:${milliseconds}`;
    case 20:
    case 120:
      return `${y}-${m}-${d} ${time}`;
    case 21:
    case 25:
    case 121:
      return isoText(type, `${y}-${m}-${d}`, time, fraction, zone);
    case 23:
      return `${y}-${m}-${d}`;
    case 126:
      return `${y}-${m}-${d}T${time}${value.getUTCMilliseconds() || "scale" in type ? fraction : ""}${zone}`;
    case 127: {
      const utc =
        zone === ""
          ? undefined
          : dateText(moment(instantOf(value), ticksOf(value)), { ...type, name: "datetime2" } as SqlType, 126);
      return `${utc ?? `${y}-${m}-${d}T${time}${value.getUTCMilliseconds() || "scale" in type ? fraction : ""}`}Z`;
    }
    default:
      return undefined;
  }
}

function fractionText(value: Moment, scale: number): string {
  return scale === 0 ? "" : `.${fractionOf(value).slice(0, scale)}`;
}

/** The newer types write ISO 8601 by default; datetime and smalldatetime (`classic`) do not. */
function isoText(type: SqlType, date: string, time: string, fraction: string, zone: string, classic?: string): string {
  switch (type.name) {
    case "date":
      return date;
    case "time":
      return time + fraction;
    case "datetime2":
      return `${date} ${time}${fraction}`;
    case "datetimeoffset":
      return `${date} ${time}${fraction} ${zone}`;
    default:
      return classic ?? `${date} ${time}${fraction}`;
  }
}

/** Throws 241 and 242. `order`: SET DATEFORMAT. */
export function parseDate(text: string, type: SqlType, order = "mdy"): Moment {
  const trimmed = text.trim();
  if (trimmed === "") return new Date(Date.UTC(1900, 0, 1));
  const match =
    /^(.*?)(?:(?:^|[T\s]\s*)(\d{1,2}:\d{1,2}(?::\d{1,2}(?:[.:]\d{1,7})?)?\s*(?:[AP]M)?)\s*(Z|[+-]\d\d:\d\d)?)?$/i.exec(
      trimmed,
    );
  if (!match) throw sqlError(241);
  const day = match[1] ? parseDay(match[1].trim(), order, type) : Date.UTC(1900, 0, 1);
  const ticks = match[2] ? parseTime(match[2], isClassic(type) ? 3 : 7) : 0;
  const time = day + Math.floor(ticks / ticksPerMillisecond);
  const value = moment(time, ticks % ticksPerMillisecond, type.name === "datetimeoffset" ? parseOffset(match[3]) : 0);
  if ((type.name === "datetime" || type.name === "smalldatetime") && value.getTime() < firstDatetime)
    throw sqlError(242, "varchar", type.name);
  return value;
}

function parseDay(text: string, order: string, type: SqlType): number {
  const compact = /^(\d{4})(\d\d)(\d\d)$/.exec(text) ?? /^(\d\d)(\d\d)(\d\d)$/.exec(text);
  if (compact) return dayValue(Number(compact[1]), Number(compact[2]), Number(compact[3]), type);
  const iso = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})$/.exec(text);
  if (iso) return dayValue(Number(iso[1]), Number(iso[3]), Number(iso[4]), type);
  const parts = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d\d)$/.exec(text);
  if (parts) {
    const byLetter: Record<string, number> = {};
    [parts[1], parts[3], parts[4]].forEach((part, index) => {
      byLetter[order.toLowerCase()[index] as string] = Number(part);
    });
    return dayValue(byLetter.y ?? 0, byLetter.m ?? 0, byLetter.d ?? 0, type);
  }
  const named = /^(?:([a-z]{3,9})\.?\s+(\d{1,2}),?|(\d{1,2})[\s-]([a-z]{3,9}),?)[\s-]*(\d{4}|\d\d)$/i.exec(text);
  const month = months.indexOf((named?.[1] ?? named?.[4] ?? "").slice(0, 3).toLowerCase()) + 1;
  if (!named || month === 0) throw sqlError(241);
  return dayValue(Number(named[5]), month, Number(named[2] ?? named[3]), type);
}

function dayValue(year: number, month: number, day: number, type: SqlType): number {
  const full = year < 50 ? 2000 + year : year < 100 ? 1900 + year : year;
  const value = new Date(0);
  value.setUTCFullYear(full, month - 1, day);
  if (value.getUTCMonth() !== month - 1 || value.getUTCDate() !== day) {
    // 242 is datetime's own error for a day that does not exist.
    throw type.name === "datetime" ? sqlError(242, "varchar", "datetime") : sqlError(241);
  }
  return value.getTime();
}

const isClassic = ({ name }: SqlType): boolean => name === "datetime" || name === "smalldatetime";

/** Minutes. Throws 241: no place is further than 14 hours from UTC. */
export function parseOffset(text = "Z"): number {
  if (/^z$/i.test(text)) return 0;
  const [, sign, hours, minutes] = /^([+-])(\d\d?):(\d\d)$/.exec(text) ?? [];
  const offset = Number(hours) * 60 + Number(minutes);
  if (!sign || !(offset <= 840) || Number(minutes) > 59) throw sqlError(241);
  return sign === "-" ? -offset : offset;
}

/** In ticks since midnight; `digits` behind the second are read. */
function parseTime(text: string, digits: number): number {
  const match = /^(\d+):(\d+)(?::(\d+)(?:[.:](\d+))?)?\s*([AP]M)?$/i.exec(text);
  if (!match) throw sqlError(241);
  const [, hours, minutes, seconds = "0", fraction = "0", half] = match;
  let hour = Number(hours);
  if (half) hour = (hour % 12) + (half.toUpperCase() === "PM" ? 12 : 0);
  if (hour > 23 || Number(minutes) > 59 || Number(seconds) > 59) throw sqlError(241);
  // 241: datetime has no more than three digits.
  if (fraction.length > digits) throw sqlError(241);
  const whole = ((hour * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
  return whole * ticksPerMillisecond + Number(fraction.padEnd(7, "0"));
}

import { sqlError } from "../messages";
import type { SqlType } from "../types";
import { atScale, fractionOf, type Moment, moment, offsetOf, offsetText, ticksOf, ticksPerMillisecond } from "./moment";

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const two = (value: number): string => String(value).padStart(2, "0");
const firstDatetime = Date.UTC(1753, 0, 1);
const dayLength = 86_400_000;

/** Rounds to the type's precision. A datetime ticks 300 times a second: its milliseconds end in 0, 3 or 7. */
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

/** The styles of CONVERT, with parts of a date and time in capital letters. Styles under 100 have a year of two digits. */
const styles: Readonly<Record<number, string>> = {
  100: "MON SD YYYY SH:MIAM",
  101: "MM/DD/YYYY",
  102: "YYYY.MM.DD",
  103: "DD/MM/YYYY",
  104: "DD.MM.YYYY",
  105: "DD-MM-YYYY",
  106: "DD MON YYYY",
  107: "MON DD, YYYY",
  108: "TIME",
  109: "MON SD YYYY SH:MI:SS:MSAM",
  110: "MM-DD-YYYY",
  111: "YYYY/MM/DD",
  112: "YYYYMMDD",
  113: "DD MON YYYY TIME:MS",
  114: "TIME:MS",
  120: "YYYY-MM-DD TIME",
};

/** The text of CONVERT(varchar, date, style); undefined: there is no such style (281). */
export function dateText(value: Moment, type: SqlType, style: number): string | undefined {
  const [date, time] = [inTemplate(value, "YYYY-MM-DD"), inTemplate(value, "TIME")];
  const fraction = fractionText(value, "scale" in type ? type.scale : 3);
  const zone = type.name === "datetimeoffset" ? offsetText(offsetOf(value)) : "";
  if (style === 23) return date;
  if ([21, 25, 121].includes(style) || (style === 0 && !isClassic(type)))
    return isoText(type, date, time, fraction, zone);
  if (style === 126) {
    if (type.name === "time") return time + fraction;
    if (type.name === "date") return date;
    return `${date}T${time}${value.getUTCMilliseconds() || "scale" in type ? fraction : ""}${zone}`;
  }
  const template = styles[style === 24 ? 108 : style < 100 ? style + 100 : style];
  const hasCentury = style >= 100 || [0, 9, 13, 20].includes(style);
  return template && inTemplate(value, hasCentury ? template : template.replace("YYYY", "YY"));
}

function inTemplate(value: Date, template: string): string {
  const hour = value.getUTCHours();
  const year = String(value.getUTCFullYear()).padStart(4, "0");
  const name = months[value.getUTCMonth()] as string;
  const parts: Readonly<Record<string, string>> = {
    YYYY: year,
    YY: year.slice(2),
    MON: name[0]?.toUpperCase() + name.slice(1),
    MM: two(value.getUTCMonth() + 1),
    DD: two(value.getUTCDate()),
    SD: String(value.getUTCDate()).padStart(2),
    TIME: `${two(hour)}:${two(value.getUTCMinutes())}:${two(value.getUTCSeconds())}`,
    SH: String(hour % 12 || 12).padStart(2),
    MI: two(value.getUTCMinutes()),
    SS: two(value.getUTCSeconds()),
    MS: String(value.getUTCMilliseconds()).padStart(3, "0"),
    AM: hour < 12 ? "AM" : "PM",
  };
  return template.replace(/YYYY|YY|MON|MM|DD|SD|TIME|SH|MI|SS|MS|AM/g, (part) => parts[part] ?? "");
}

function fractionText(value: Moment, scale: number): string {
  return scale === 0 ? "" : `.${fractionOf(value).slice(0, scale)}`;
}

function isoText(type: SqlType, date: string, time: string, fraction: string, zone: string): string {
  switch (type.name) {
    case "date":
      return date;
    case "time":
      return time + fraction;
    case "datetimeoffset":
      return `${date} ${time}${fraction} ${zone}`;
    default:
      return `${date} ${time}${fraction}`;
  }
}

/** Reads a date; `order` is SET DATEFORMAT's. Throws 241 and 242. */
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

/** Reads an offset in minutes. Throws 241: no place is further than 14 hours from UTC. */
function parseOffset(text = "Z"): number {
  if (/^z$/i.test(text)) return 0;
  const [, sign, hours, minutes] = /^([+-])(\d\d?):(\d\d)$/.exec(text) ?? [];
  const offset = Number(hours) * 60 + Number(minutes);
  if (!sign || !(offset <= 840) || Number(minutes) > 59) throw sqlError(241);
  return sign === "-" ? -offset : offset;
}

/** Reads a time as ticks since midnight, with up to `digits` digits behind the second. */
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

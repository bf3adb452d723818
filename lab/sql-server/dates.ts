import { sqlError } from "../tsql/messages";

/** The three numbers of a date by the session's DATEFORMAT. */
const orders: Readonly<Record<string, readonly [year: number, month: number, day: number]>> = {
  mdy: [2, 0, 1],
  dmy: [2, 1, 0],
  ymd: [0, 1, 2],
  ydm: [0, 2, 1],
  myd: [1, 0, 2],
  dym: [1, 2, 0],
};
const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const timeForm = /^(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:[.:](\d{1,3}))?)?)?\s*([ap]m)?$/i;

/** A literal of the dates that statements take: '03/30/2030', '20300330', '2030-03-30T12:00:00', '30 Mar 2030'. Throws 241. */
export function parseDate(literal: string, dateFormat: string): Date {
  const date = read(literal.trim(), dateFormat.toLowerCase());
  if (!date) throw sqlError(241);
  return date;
}

function read(text: string, dateFormat: string): Date | undefined {
  const iso = /^(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)Z?$/.exec(text);
  if (iso) return instant(iso[1], Number(iso[2]), iso[3], iso[4]);
  const compact = /^(\d{4})(\d\d)(\d\d)(?:\s+(\S.*))?$/.exec(text);
  if (compact) return instant(compact[1], Number(compact[2]), compact[3], compact[4]);
  const numeric = /^(\d{1,4})([/.-])(\d{1,2})\2(\d{1,4})(?:\s+(\S.*))?$/.exec(text);
  if (numeric) return fromNumbers([numeric[1] ?? "", numeric[3] ?? "", numeric[4] ?? ""], dateFormat, numeric[5]);
  const dayFirst = /^(\d{1,2})\s+([a-z]{3,9})\s*,?\s*(\d{4})(?:\s+(\S.*))?$/i.exec(text);
  if (dayFirst) return instant(dayFirst[3], monthOf(dayFirst[2]), dayFirst[1], dayFirst[4]);
  const monthFirst = /^([a-z]{3,9})\s+(\d{1,2})\s*,?\s*(\d{4})(?:\s+(\S.*))?$/i.exec(text);
  return monthFirst ? instant(monthFirst[3], monthOf(monthFirst[1]), monthFirst[2], monthFirst[4]) : undefined;
}

/** A year of four digits in front keeps the order of the other two that the format has. */
function fromNumbers(parts: readonly string[], dateFormat: string, time?: string): Date | undefined {
  const [year, month, day] = orders[dateFormat] ?? [2, 0, 1];
  if (parts[0]?.length === 4) {
    const monthIsFirst = month < day;
    return instant(parts[0], Number(parts[monthIsFirst ? 1 : 2]), parts[monthIsFirst ? 2 : 1], time);
  }
  return instant(fullYear(parts[year] ?? ""), Number(parts[month]), parts[day], time);
}

/** "two digit year cutoff" 2049. */
function fullYear(digits: string): string {
  if (digits.length > 2) return digits;
  return String(Number(digits) + (Number(digits) < 50 ? 2000 : 1900));
}

function monthOf(name = ""): number {
  return months.indexOf(name.slice(0, 3).toLowerCase()) + 1;
}

function instant(year = "", month: number, day = "", time = "00:00"): Date | undefined {
  const [, hours, minutes, seconds, fraction, half] = timeForm.exec(time) ?? [];
  if (hours === undefined || (minutes === undefined && half === undefined)) return undefined;
  const hour = half ? (Number(hours) % 12) + (half.toLowerCase() === "pm" ? 12 : 0) : Number(hours);
  const clock = [hour, Number(minutes ?? 0), Number(seconds ?? 0), Number((fraction ?? "0").padEnd(3, "0"))] as const;
  const date = new Date(Date.UTC(Number(year), month - 1, Number(day), ...clock));
  const isReal =
    date.getUTCMonth() === month - 1 && date.getUTCDate() === Number(day) && hour < 24 && clock[1] < 60 && clock[2] < 60;
  return isReal && Number(year) >= 1753 && Number(year) <= 9999 ? date : undefined;
}

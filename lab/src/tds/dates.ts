import { instantOf, moment, offsetOf, ticksOf, ticksPerMillisecond } from "../tsql/values/moment";
import type { ByteReader, ByteWriter } from "./bytes";
import { timeLength } from "./wire-types";

const day = 86_400_000;
const year1 = new Date(0).setUTCFullYear(1, 0, 1);
const year1900 = Date.UTC(1900, 0, 1);
const ticksPerDay = 86_400 * 300;
const minutesPerDay = 1440;
/** Stands for a time of day that no day has, so that the value is refused (8023). */
const none = new Date(Number.NaN);

const daysSince = (epoch: number, time: number): number => Math.floor((time - epoch) / day);
const timeOfDay = (time: number): number => ((time % day) + day) % day;

/** A datetime is days since 1900 and three-hundredths of a second, rounded. */
export function writeDatetime(writer: ByteWriter, value: Date): void {
  const time = value.getTime();
  const ticks = Math.round(timeOfDay(time) * 0.3);
  const overflow = ticks === ticksPerDay;
  writer.int32(daysSince(year1900, time) + (overflow ? 1 : 0));
  writer.uint32(overflow ? 0 : ticks);
}

export function readDatetime(reader: ByteReader): Date {
  const days = reader.int32();
  const ticks = reader.uint32();
  return ticks < ticksPerDay ? new Date(year1900 + days * day + Math.round(ticks / 0.3)) : none;
}

/** A smalldatetime has whole minutes. */
export function writeSmallDatetime(writer: ByteWriter, value: Date): void {
  const minutes = Math.round((value.getTime() - year1900) / 60_000);
  writer.uint16(Math.floor(minutes / minutesPerDay));
  writer.uint16(minutes % minutesPerDay);
}

export function readSmallDatetime(reader: ByteReader): Date {
  const days = reader.uint16();
  const minutes = reader.uint16();
  return minutes < minutesPerDay ? new Date(year1900 + days * day + minutes * 60_000) : none;
}

export function writeDate(writer: ByteWriter, value: Date): void {
  writer.uint(daysSince(year1, value.getTime()), 3);
}

export function readDate(reader: ByteReader): Date {
  return new Date(year1 + reader.uint(3) * day);
}

/** Writes the time of day with as many digits behind the second as the scale says. */
export function writeTime(writer: ByteWriter, value: Date, scale: number): void {
  const ticks = timeOfDay(value.getTime()) * ticksPerMillisecond + ticksOf(value);
  writer.uint(Math.floor(ticks / 10 ** (7 - scale)), timeLength(scale));
}

export function writeDatetime2(writer: ByteWriter, value: Date, scale: number): void {
  writeTime(writer, value, scale);
  writeDate(writer, value);
}

/** A datetimeoffset's time is that of UTC. */
export function writeDatetimeOffset(writer: ByteWriter, value: Date, scale: number): void {
  writeDatetime2(writer, moment(instantOf(value), ticksOf(value)), scale);
  writer.int16(offsetOf(value));
}

/** Reads the time as one on 1970-01-01. */
export function readTime(reader: ByteReader, scale: number, length: number): Date {
  const ticks = reader.uint(length) * 10 ** (7 - scale);
  if (ticks >= day * ticksPerMillisecond) return none;
  return moment(Math.floor(ticks / ticksPerMillisecond), ticks % ticksPerMillisecond);
}

export function readDatetime2(reader: ByteReader, scale: number, length: number): Date {
  const time = readTime(reader, scale, length - 3);
  return moment(readDate(reader).getTime() + time.getTime(), ticksOf(time));
}

export function readDatetimeOffset(reader: ByteReader, scale: number, length: number): Date {
  const utc = readDatetime2(reader, scale, length - 2);
  const offset = reader.int16();
  return moment(utc.getTime() + offset * 60_000, ticksOf(utc), offset);
}

/**
 * A point in time finer than a Date's milliseconds, and its distance from UTC. The Date's UTC fields are the clock's face,
 * also where there is an offset.
 */
export interface Moment extends Date {
  /** The 100 nanoseconds beyond the millisecond: 0 to 9999. */
  readonly ticks?: number;
  /** A datetimeoffset's offset in minutes. */
  readonly offset?: number;
}

export const ticksPerMillisecond = 10_000;
export const ticksOf = (value: Moment): number => value.ticks ?? 0;
export const offsetOf = (value: Moment): number => value.offset ?? 0;

export function moment(time: number, ticks = 0, offset = 0): Moment {
  const value = new Date(time);
  return ticks === 0 && offset === 0 ? value : Object.assign(value, { ticks, offset });
}

/** Milliseconds since 1970 in UTC, whatever the clock's face says. */
export const instantOf = (value: Moment): number => value.getTime() - offsetOf(value) * 60_000;

export const compareMoments = (a: Moment, b: Moment): number => instantOf(a) - instantOf(b) || ticksOf(a) - ticksOf(b);

/** Rounds to so many digits behind the second. */
export function atScale(value: Moment, scale: number): Moment {
  const unit = 10 ** (7 - scale);
  const fine = value.getUTCMilliseconds() * ticksPerMillisecond + ticksOf(value);
  const rounded = Math.round(fine / unit) * unit;
  const second = value.getTime() - value.getUTCMilliseconds();
  return moment(second + Math.floor(rounded / ticksPerMillisecond), rounded % ticksPerMillisecond, offsetOf(value));
}

/** The seven digits behind the second. */
export const fractionOf = (value: Moment): string =>
  String(value.getUTCMilliseconds() * ticksPerMillisecond + ticksOf(value)).padStart(7, "0");

/** The offset as text: +02:00. */
export function offsetText(offset: number): string {
  const minutes = Math.abs(offset);
  const two = (number: number): string => String(number).padStart(2, "0");
  return `${offset < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

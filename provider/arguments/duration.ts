const units = { h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 } as const;

/** Milliseconds of "36h", "60d" or "8w"; undefined where it is none of these. */
export function millisecondsOf(duration: string): number | undefined {
  const [, count, unit] = /^(\d{1,9})([hdw])$/.exec(duration) ?? [];
  return unit === undefined ? undefined : Number(count) * units[unit as keyof typeof units];
}

export const sameDuration = (a: string, b: string): boolean => millisecondsOf(a) === millisecondsOf(b);

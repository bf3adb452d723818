/** The middle one of several measurements: the machine is seldom ours alone. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  if (low === undefined || high === undefined) throw new Error("nothing was measured");
  return (low + high) / 2;
}

export async function timed<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly milliseconds: number }> {
  const start = performance.now();
  const result = await work();
  return { result, milliseconds: performance.now() - start };
}

const labelWidth = 52;

/** Prints one line: the label, the value, and what it should be. */
export function show(label: string, value: number, unit: string, beside = ""): void {
  const digits = value < 10 ? 2 : 0;
  console.log(`  ${label.padEnd(labelWidth)}${`${value.toFixed(digits)} ${unit}`.padStart(9)}  ${beside}`.trimEnd());
}

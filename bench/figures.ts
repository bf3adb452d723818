/** The machine is seldom ours alone: whatever is measured is measured several times. */
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

/** One line: what, how much of it, and what was wanted or is said beside it. */
export function show(label: string, value: number, unit: string, beside = ""): void {
  const digits = value < 10 ? 2 : 0;
  console.log(`  ${label.padEnd(labelWidth)}${`${value.toFixed(digits)} ${unit}`.padStart(9)}  ${beside}`.trimEnd());
}

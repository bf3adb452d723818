/** `npm run bench`: prints how long things take, as ratios to what they cannot be shorter than in the same run. */
import { availableParallelism, loadavg } from "node:os";

/** Loaded when they are asked for: most of them need neither Pulumi nor what it loads. */
const parts: Readonly<Record<string, () => Promise<void>>> = {
  start: async () => (await import("./start.js")).measureStart(),
  estate: async () => (await import("./estate.js")).measureEstate(),
  batches: async () => (await import("./batches.js")).measureBatches(),
  quickstart: async () => (await import("./quickstart.js")).measureQuickstart(),
};

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !Object.hasOwn(parts, name));
  if (unknown.length > 0) throw new Error(`no part ${unknown.join(", ")}; there are ${Object.keys(parts).join(", ")}`);
  for (const [name, measure] of Object.entries(parts)) {
    if (names.length > 0 && !names.includes(name)) continue;
    console.log(`${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)}`);
    await measure();
    console.log("");
  }
}

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});

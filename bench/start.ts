import { join } from "node:path";
import { startLab } from "#lab/index";
import { startLabProcess } from "#tools/lab";
import { median, show, timed } from "./figures";
import { startServerProcess } from "./server-process";

const rounds = 7;
const runLab = [join(__dirname, "..", "..", "tools", "run.mjs"), "lab"];

interface Way {
  readonly label: string;
  readonly wanted?: string;
  start(): Promise<() => Promise<void>>;
}

/** Each starts a lab in its own way, and returns the function that ends it. */
const ways: readonly Way[] = [
  { label: "bare TDS socket", start: async () => (await startServerProcess("bare")).stop },
  {
    label: "lab, until its ready file is there",
    wanted: "less than 700 ms wanted",
    start: async () => (await startLabProcess()).stop,
  },
  { label: "... as npm run lab", start: async () => (await startLabProcess([], runLab)).stop },
  { label: "... as startLab() once one was started before", start: async () => (await startLab()).close },
];

/** The smallest lab, one SQL Server and one managed instance, from the start of its process. */
export async function measureStart(): Promise<void> {
  // The first one in this process also loads modules.
  await (await startLab()).close();
  const measured = ways.map((): number[] => []);
  for (let round = 0; round < rounds; round++)
    for (const [index, { start }] of ways.entries()) {
      const { result: stop, milliseconds } = await timed(start);
      await stop();
      measured[index]?.push(milliseconds);
    }
  const [bare = []] = measured;
  console.log(`Start of the smallest lab, medians of ${rounds}`);
  for (const [index, { label, wanted }] of ways.entries()) {
    const all = measured[index] ?? [];
    const ratio = median(all.map((milliseconds, round) => milliseconds / (bare[round] ?? Number.NaN)));
    show(label, median(all), "ms", [`${ratio.toFixed(2)} of bare`, ...(wanted ? [wanted] : [])].join(", "));
  }
}

import { readFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { startLab } from "#lab/index";

/** The lab's state, told to the test that started it: the test's own memory and time are not in these figures. */
export interface Measurement {
  /** The heap with the buffers that are outside of it. */
  readonly heapBytes: number;
  readonly residentBytes: number;
  /** The longest stall of the event loop since the last measurement. */
  readonly longestStallMilliseconds: number;
  readonly sockets: number;
}

/** Runs a lab in a process of its own, which ends over anything that nobody catches. running-lab.ts starts it. */
async function main(): Promise<void> {
  const lab = await startLab(JSON.parse(process.argv[2] ?? "{}"));
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  process.on("message", () => {
    const longestStallMilliseconds = delay.max / 1e6;
    for (let times = 0; times < 2; times++) global.gc?.();
    const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
    const sockets = process.getActiveResourcesInfo().filter((kind) => /^(TCPSocket|TLS)Wrap$/.test(kind)).length;
    const measurement: Measurement = {
      heapBytes: heapUsed + arrayBuffers,
      residentBytes: rss,
      longestStallMilliseconds,
      sockets,
    };
    process.send?.(measurement);
    delay.reset();
  });
  process.once("disconnect", () => lab.close());
  process.send?.({ ready: lab.ready, ca: readFileSync(lab.ready.caFile, "utf8") });
}

void main();

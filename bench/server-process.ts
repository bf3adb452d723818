import { fork } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { Target } from "./load";

export interface ServerProcess {
  readonly target: Target;
  stop(): Promise<void>;
}

/** One of bench/servers in a process of its own, from when it says where it listens. */
export async function startServerProcess(name: "bare" | "echo"): Promise<ServerProcess> {
  const child = fork(require.resolve(`./servers/${name}`));
  const [target] = await Promise.race([
    once(child, "message"),
    once(child, "exit").then(() => Promise.reject(new Error(`bench/servers/${name} did not start`))),
  ]);
  return {
    target,
    async stop() {
      child.kill();
      await once(child, "exit");
    },
  };
}

export interface Memory {
  readonly megabytes: number;
  readonly peakMegabytes: number;
}

/** The resident set of a process as Linux counts it; undefined elsewhere. */
export async function memoryOf(pid: number | undefined): Promise<Memory | undefined> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const [now, peak] = ["VmRSS", "VmHWM"].map((name) => new RegExp(`^${name}:\\s*(\\d+) kB`, "m").exec(status)?.[1]);
  return now && peak ? { megabytes: Number(now) / 1024, peakMegabytes: Number(peak) / 1024 } : undefined;
}

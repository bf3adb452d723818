import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { LabOptions, Ready } from "#lab/index";
import type { Measurement } from "./lab-process";

export interface RunningLab {
  readonly ready: Ready;
  readonly ca: string;
  measure(): Promise<Measurement>;
  /** The reason why the process has ended; undefined while it runs. */
  crash(): string | undefined;
  /** Throws where the lab has crashed, or does not end by itself. */
  close(): Promise<void>;
}

const patience = 20_000;

export async function startLabProcess(options: Partial<LabOptions> = {}): Promise<RunningLab> {
  const child = fork(join(__dirname, "lab-process.js"), [JSON.stringify(options)], {
    execArgv: ["--expose-gc"],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let said = "";
  let ended: string | undefined;
  child.stderr?.on("data", (text) => {
    said += text;
  });
  child.once("exit", (code, signal) => {
    ended = `the lab's process ended with ${signal ?? code}\n${said}`;
  });
  const { ready, ca } = await answer<Pick<RunningLab, "ready" | "ca">>(child);
  return {
    ready,
    ca,
    measure() {
      if (ended) throw new Error(ended);
      child.send("measure");
      return answer<Measurement>(child);
    },
    crash: () => ended,
    async close() {
      if (ended) throw new Error(ended);
      const exit = once(child, "exit");
      child.disconnect();
      const late = setTimeout(() => child.kill("SIGKILL"), patience);
      const [code] = await exit;
      clearTimeout(late);
      if (code !== 0) throw new Error(ended);
    },
  };
}

async function answer<T>(child: ChildProcess): Promise<T> {
  const stop = new AbortController();
  const [first] = await Promise.race([
    once(child, "message", { signal: stop.signal }),
    once(child, "exit", { signal: stop.signal }).then(([code, signal]) => {
      throw new Error(`the lab's process ended with ${signal ?? code}`);
    }),
  ]).finally(() => stop.abort());
  return first as T;
}

import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Ready } from "mi-link-lab";
import { azureEnvironment, programEnvironment, stackConfig } from "mi-link-lab/pulumi";

/** What the quick start and the step-by-step program read from the environment: Azure's settings and the passwords. */
export { azureEnvironment, programEnvironment as quickstartEnvironment };

export interface LabProcess {
  readonly ready: Ready;
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

/** Starts the lab's command in a process of its own, or another one that starts it, and waits until it serves. */
export async function startLabProcess(
  args: readonly string[] = [],
  command: readonly string[] = [require.resolve("mi-link-lab/main")],
): Promise<LabProcess> {
  const folder = await mkdtemp(join(tmpdir(), "mi-link-lab-"));
  const readyFile = join(folder, "ready.json");
  const child = spawn(process.execPath, [...command, "--ready-file", readyFile, ...args], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  let gone = false;
  ended.then(() => {
    gone = true;
  });

  const ready = async (): Promise<Ready> => {
    while (!gone) {
      const text = await readFile(readyFile, "utf8").catch(() => undefined);
      if (text !== undefined) return JSON.parse(text);
      await delay(5);
    }
    throw new Error(`the lab did not start:\n${stderr}`);
  };
  return {
    ready: await ready(),
    pid: child.pid,
    async stop() {
      child.kill("SIGTERM");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The stack configuration that points the quick start at the lab. */
export const quickstartConfig = (ready: Ready) => ({ plain: stackConfig(ready) });

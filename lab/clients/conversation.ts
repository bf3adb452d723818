import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** A program that answers each line with one line of JSON. */
export interface Conversation {
  ask(line: string): Promise<unknown>;
  close(): Promise<void>;
}

const patienceMilliseconds = 120_000;

export function converse(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Conversation {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "pipe"] });
  let stderr = "";
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  child.stdin.on("error", () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      stderr += error.message;
      resolve();
    });
    child.once("close", () => resolve());
  });

  return {
    async ask(line) {
      child.stdin.write(`${line}\n`);
      const timer = setTimeout(() => child.kill("SIGKILL"), patienceMilliseconds);
      try {
        const { value, done } = await lines.next();
        if (!done) return JSON.parse(value);
        await ended;
        throw new Error(`${command} ended: ${stderr.trim().slice(-2000)}`);
      } finally {
        clearTimeout(timer);
      }
    },
    async close() {
      child.stdin.end();
      const timer = setTimeout(() => child.kill("SIGKILL"), 5000);
      await ended;
      clearTimeout(timer);
    },
  };
}

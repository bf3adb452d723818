import { spawn } from "node:child_process";
import { join } from "node:path";
import { repositoryRoot } from "./repository";

/** Runs `mi-link`, compiled, as a user's shell would. */
export function runCli(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const main = join(repositoryRoot, "provider", "dist", "cli", "main.js");
  const child = spawn(process.execPath, [main, ...args], { env: { ...process.env, ...env } });
  const texts = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const)
    child[stream].setEncoding("utf8").on("data", (text: string) => {
      texts[stream] += text;
    });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? -1, ...texts }));
  });
}

import { spawn } from "node:child_process";
import { join } from "node:path";
import type { Ready } from "#lab/index";
import { azureEnvironment } from "#tools/lab";
import { compileCache } from "#tools/setup/cache";
import { repositoryRoot } from "./repository";

export const cliMain = join(repositoryRoot, "provider", "dist", "cli", "main.js");

/** Runs `mi-link`, compiled, as a user's shell would. */
export function runCli(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd?: string,
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(process.execPath, [cliMain, ...args], {
    cwd,
    env: { ...process.env, ...compileCache(), ...env },
  });
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

/** How a lab is reached: the options of every command, and the environment of every run. */
export function reachOf(ready: Ready): { readonly options: string[]; readonly env: Readonly<Record<string, string>> } {
  const [server] = ready.sqlServers;
  const [instance] = ready.managedInstances;
  if (!server || !instance) throw new Error("the lab is empty");
  const options = {
    "sql-server": server.host,
    port: String(server.port),
    user: server.user,
    "ca-file": ready.caFile,
    "managed-instance": instance.id,
  };
  return {
    options: Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]),
    env: { ...azureEnvironment(ready), SQL_SERVER_PASSWORD: server.password },
  };
}

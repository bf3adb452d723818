import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findProgram } from "#tools/engine/find";

/** Whether the official plugin of @pulumi/command is installed, which runs commands on other hosts, too. */
export const hasCommandPlugin = findProgram("pulumi-resource-command", process.env.PATH ?? "") !== undefined;

/** The plugins that are stood in for by those of this folder; the official one of azure-native knows no lab. */
export const standIns: readonly string[] = ["azure-native", ...(hasCommandPlugin ? [] : ["command"])];

/** A program that runs something else. */
export async function placeProgram(folder: string, name: string, command: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, name);
  await writeFile(file, `#!/bin/sh\nexec ${command} "$@"\n`);
  await chmod(file, 0o755);
}

/** Puts what stands in for plugins into a folder for PATH, under the names by which the engine looks for them. */
export async function placeStandIns(folder: string): Promise<void> {
  for (const name of standIns) {
    const plugin = join(__dirname, `${name}-plugin.js`);
    await placeProgram(folder, `pulumi-resource-${name}`, `"${process.execPath}" "${plugin}"`);
  }
}

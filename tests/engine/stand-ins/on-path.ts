import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findProgram } from "#tools/engine/find";

/** The plugins that are not installed, and have to be stood in for by those of this folder. */
export const missingPlugins: readonly string[] = ["azure-native", "command"].filter(
  (name) => !findProgram(`pulumi-resource-${name}`, process.env.PATH ?? ""),
);

/** A program that runs something else. */
export async function placeProgram(folder: string, name: string, command: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, name);
  await writeFile(file, `#!/bin/sh\nexec ${command} "$@"\n`);
  await chmod(file, 0o755);
}

/** Puts what stands in for the missing plugins into a folder for PATH, under the names by which the engine looks for them. */
export async function placeStandIns(folder: string): Promise<void> {
  for (const name of missingPlugins) {
    const plugin = join(__dirname, `${name}-plugin.js`);
    await placeProgram(folder, `pulumi-resource-${name}`, `"${process.execPath}" "${plugin}"`);
  }
}

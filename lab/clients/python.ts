import { join } from "node:path";
import { run } from "./run";

export const pythonOf = (folder: string) => join(folder, "bin", "python");

/** A virtual environment of its own with packages of PyPI. */
export async function installFromPypi(folder: string, packages: readonly string[]): Promise<void> {
  await run("python3", ["-m", "venv", folder]);
  await run(pythonOf(folder), ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...packages]);
}

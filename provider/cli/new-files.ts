import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { VisibleError } from "../errors/visible-error";

/** A file that a command writes into the folder of its `--out`. */
export interface NewFile {
  readonly name: string;
  readonly text: string;
  /** @default 0o644 */
  readonly mode?: number;
}

/** Writes all of them or, where one is there and `--force` is not given, none. */
export async function writeNew(folder: string, files: readonly NewFile[], isForced: boolean): Promise<void> {
  await attempt(folder, () => mkdir(folder, { recursive: true }));
  const present = isForced ? undefined : files.map(({ name }) => join(folder, name)).find((path) => existsSync(path));
  if (present !== undefined) throw isThere(present);
  for (const { name, text, mode = 0o644 } of files) {
    const path = join(folder, name);
    await attempt(path, () => writeFile(path, text, { flag: isForced ? "w" : "wx", mode }));
  }
}

async function attempt(path: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") throw isThere(path);
    throw new VisibleError({
      doing: `write ${path}`,
      said: [message],
      remedy: "give a folder as --out that you may write into.",
    });
  }
}

const isThere = (path: string): VisibleError =>
  new VisibleError({
    doing: `write ${path}`,
    cause: "it is there already.",
    remedy: "give another folder as --out, or --force, which writes over it.",
  });

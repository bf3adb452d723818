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

/** Writes them, and overwrites none that is there but with `--force`. */
export async function writeNew(folder: string, files: readonly NewFile[], isForced: boolean): Promise<void> {
  await attempt(folder, () => mkdir(folder, { recursive: true }));
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
    const isThere = code === "EEXIST";
    throw new VisibleError({
      doing: `write ${path}`,
      ...(isThere ? { cause: "it is there already." } : { said: [message] }),
      remedy: isThere ? "give another folder as --out, or --force." : "give a folder as --out that you may write into.",
    });
  }
}

import { randomBytes } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import path from "node:path";

/** Writes a file that appears whole, so that whoever waits for it never sees half of it. */
export async function writeSecretFile(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const unfinished = `${file}.${randomBytes(4).toString("hex")}`;
  await writeFile(unfinished, text, { mode: 0o600 });
  await rename(unfinished, file);
}

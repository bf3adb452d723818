// Counts the lines of the lab, and fails where there are more than there may be: it is no bigger than its purpose.
import { readdir, readFile } from "node:fs/promises";
import { join, sep } from "node:path";

const mostLines = [
  { folder: join("lab", "src"), without: undefined, most: 28_000 },
  { folder: join("lab", "tests"), without: "fixtures", most: 12_000 },
];

for (const { folder, without, most } of mostLines) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((file) => without === undefined || !file.startsWith(join(folder, without) + sep));
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
  const lines = texts.reduce((sum, text) => sum + text.split("\n").length - 1, 0);
  process.stdout.write(`${folder}: ${lines} lines of at most ${most}${lines > most ? ": too many" : ""}\n`);
  if (lines > most) process.exitCode = 1;
}

import { readdir, readFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { runInForeground } from "../setup/child.mjs";
import { say } from "../setup/progress.mjs";

const checks = [
  { name: "types", program: "tsc", args: ["--build"] },
  { name: "lint and format", program: "biome", args: ["check", "--error-on-warnings"] },
  { name: "unused code", program: "knip", args: [] },
];

/** The lab is no bigger than its purpose. */
const mostLines = [
  { folder: join("lab", "src"), without: undefined, most: 28_000 },
  { folder: join("lab", "tests"), without: "fixtures", most: 12_000 },
];

/**
 * @param {string} root
 * @returns {Promise<boolean>} whether each folder has at most as many lines as it may
 */
async function countLines(root) {
  let isWell = true;
  say("\nlines of the lab:");
  for (const { folder, without, most } of mostLines) {
    const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .filter((file) => without === undefined || !file.startsWith(join(root, folder, without) + sep));
    const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
    const lines = texts.reduce((sum, text) => sum + text.split("\n").length - 1, 0);
    say(`${folder}: ${lines} of at most ${most}${lines > most ? ": too many" : ""}`);
    isWell &&= lines <= most;
  }
  return isWell;
}

/**
 * Runs all checks, whatever the first ones find, so that one run shows everything there is to mend.
 * @param {{ root: string, env: NodeJS.ProcessEnv }} context
 * @returns {Promise<number>}
 */
export async function check({ root, env }) {
  const failed = [];
  for (const { name, program, args } of checks) {
    say(`\n${name}: ${[program, ...args].join(" ")}`);
    const code = await runInForeground(join(root, "node_modules", ".bin", program), args, { cwd: root, env });
    if (code !== 0) failed.push(name);
  }
  if (!(await countLines(root))) failed.push("lines of the lab");
  say(failed.length === 0 ? "\nchecked: all well" : `\nchecked: ${failed.join(", ")} to be mended`);
  return failed.length === 0 ? 0 : 1;
}

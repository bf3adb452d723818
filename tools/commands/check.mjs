import { join } from "node:path";
import { runInForeground } from "../setup/child.mjs";
import { say } from "../setup/progress.mjs";

const checks = [
  { name: "types", program: "tsc", args: ["--build"] },
  { name: "lint and format", program: "biome", args: ["check", "--error-on-warnings"] },
  { name: "unused code", program: "knip", args: [] },
];

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
  say(failed.length === 0 ? "\nchecked: all well" : `\nchecked: ${failed.join(", ")} to be mended`);
  return failed.length === 0 ? 0 : 1;
}

import { join } from "node:path";
import { programJob, runJobs } from "./jobs.mjs";

const checks = [
  { name: "types", program: "tsc", args: ["--build"] },
  { name: "lint and format", program: "biome", args: ["check", "--error-on-warnings"] },
  { name: "unused code", program: "knip", args: [] },
];

/** @typedef {{ root: string, env: NodeJS.ProcessEnv }} Context */

/** @param {Context} context */
export const checkJobs = ({ root, env }) =>
  checks
    .map(({ name, program, args }) =>
      programJob(`${name} (${[program, ...args].join(" ")})`, join(root, "node_modules", ".bin", program), args, {
        cwd: root,
        env,
      }),
    )
    .concat(
      programJob(
        "reference (npm run docs)",
        process.execPath,
        [join(root, "tools", "dist", "reference", "reference.js"), "--check"],
        { cwd: root, env },
      ),
      programJob("lines of the lab", process.execPath, [join(root, "tools", "commands", "lines.mjs")], {
        cwd: root,
        env,
      }),
    );

/**
 * Runs all checks, whatever the first ones find, so that one run shows everything there is to mend.
 * @param {Context} context
 * @returns {Promise<number>}
 */
export const check = (context) => runJobs(checkJobs(context));

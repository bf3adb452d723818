import { basename, join } from "node:path";
import { programJob, runJobs } from "./jobs.mjs";

// TypeScript's own name is that of version 6, which would compile everything once more: see setup/compile.mjs.
const checks = [
  { name: "types", program: "../typescript-native/bin/tsc", args: ["--build"] },
  { name: "lint and format", program: "biome", args: ["check", "--error-on-warnings"] },
  { name: "unused code", program: "knip", args: [] },
];

/** @typedef {{ root: string, env: NodeJS.ProcessEnv }} Context */

/** @param {Context} context */
export const checkJobs = ({ root, env }) =>
  checks
    .map(({ name, program, args }) =>
      programJob(
        `${name} (${[basename(program), ...args].join(" ")})`,
        join(root, "node_modules", ".bin", program),
        args,
        {
          cwd: root,
          env,
        },
      ),
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

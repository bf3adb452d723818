import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInForeground } from "../setup/child.mjs";
import { say } from "../setup/progress.mjs";

/**
 * @typedef {import("./jobs.mjs").Outcome} Outcome
 * @typedef {Omit<Outcome, "failures"> & { readonly finished: boolean, readonly failures?: string }} Report
 */

const settleMilliseconds = 20_000;

/**
 * A run that broke off, or ended badly though no test did, counts as one more failure, so that nothing that went wrong
 * can look like success.
 * @param {string} name
 * @param {Report | undefined} report
 * @param {number} code mocha's exit code
 * @returns {Outcome}
 */
export function outcome(name, report, code) {
  const { passed = 0, failed = 0, finished = false, failures = "" } = report ?? {};
  if (finished && (code === 0 || failed > 0)) return { passed, failed, failures };
  const how = finished ? "ended badly" : "broke off";
  return { passed, failed: failed + 1, failures: `${failures}\n  ${name} ${how}, with exit code ${code}\n` };
}

/**
 * @param {string} file
 * @returns {Promise<Report | undefined>}
 */
async function readReport(file) {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch {
    return undefined;
  }
}

/**
 * Runs tests in a process of mocha. What keeps it alive after the last one is a leak: it fails.
 * @param {string} name
 * @param {readonly string[]} args
 * @param {{ root: string, env: NodeJS.ProcessEnv, output: number | undefined }} options
 * @returns {Promise<Outcome>}
 */
export async function runMocha(name, args, { root, env, output }) {
  const folder = await mkdtemp(join(tmpdir(), "mi-link-test-"));
  const reportFile = join(folder, "report.json");
  const command = [
    join(root, "node_modules", "mocha", "bin", "mocha.js"),
    ...["--require", join(root, "tools", "engine", "lean-sdk.cjs")],
    ...["--reporter", join(root, "tools", "commands", "mocha-reporter.cjs")],
    ...["--reporter-option", `report=${reportFile}`],
    ...(env.CI ? ["--forbid-only"] : []),
    ...args,
  ];
  let watch;
  try {
    const code = await runInForeground(process.execPath, command, {
      cwd: root,
      env,
      output,
      onStart: (child) => {
        let finishedAt = 0;
        watch = setInterval(async () => {
          if ((await readReport(reportFile))?.finished) finishedAt ||= Date.now();
          if (finishedAt === 0 || Date.now() - finishedAt < settleMilliseconds) return;
          say(`${name}: the tests have ended, but something they left open keeps the process alive.`);
          child.kill("SIGKILL");
        }, 1000);
      },
    });
    return outcome(name, await readReport(reportFile), code);
  } finally {
    clearInterval(watch);
    await rm(folder, { recursive: true, force: true });
  }
}

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInForeground } from "../setup/child.mjs";
import { say } from "../setup/progress.mjs";

const settleMilliseconds = 20_000;

/**
 * The last line of a test run. A run that broke off, or ended badly though no test did, counts as one more failure, so
 * that nothing that went wrong can look like success.
 * @param {{ passed: number, failed: number, finished: boolean } | undefined} result
 * @param {number} code mocha's exit code
 */
export function summary(result, code) {
  const { passed = 0, failed = 0, finished = false } = result ?? {};
  const counted = finished && (code === 0 || failed > 0) ? failed : failed + 1;
  return { line: `${passed} passed, ${counted} failed`, code: counted === 0 ? code : code || 1 };
}

/**
 * @param {string} file
 * @returns {Promise<{ passed: number, failed: number, finished: boolean } | undefined>}
 */
async function readResult(file) {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch {
    return undefined;
  }
}

/**
 * Runs the tests in mocha; arguments go to mocha. What keeps the process alive after the last test is a leak: it fails.
 * @param {{ root: string, args: readonly string[], env: NodeJS.ProcessEnv }} context
 * @returns {Promise<number>}
 */
export async function test({ root, args, env }) {
  const folder = await mkdtemp(join(tmpdir(), "mi-link-test-"));
  const resultFile = join(folder, "result.json");
  const reporter = join(root, "tools", "commands", "mocha-reporter.cjs");
  const mocha = [
    join(root, "node_modules", "mocha", "bin", "mocha.js"),
    ...["--reporter", reporter, "--reporter-option", `result=${resultFile}`],
    ...(env.CI ? ["--forbid-only"] : []),
    ...args.filter((argument) => argument !== "--coverage"),
    ...(args.some((argument) => argument.endsWith(".test.js"))
      ? []
      : ["tests/dist/**/*.test.js", "lab/dist/{tests,clients}/**/*.test.js"]),
  ];
  const coverage = args.includes("--coverage")
    ? [join(root, "node_modules", "c8", "bin", "c8.js"), process.execPath]
    : [];
  let watch;
  try {
    const code = await runInForeground(process.execPath, [...coverage, ...mocha], {
      cwd: root,
      env,
      onStart: (child) => {
        let finishedAt = 0;
        watch = setInterval(async () => {
          if ((await readResult(resultFile))?.finished) finishedAt ||= Date.now();
          if (finishedAt === 0 || Date.now() - finishedAt < settleMilliseconds) return;
          say("The tests have ended, but something they left open keeps the process alive.");
          child.kill("SIGKILL");
        }, 1000);
      },
    });
    const { line, code: exitCode } = summary(await readResult(resultFile), code);
    process.stdout.write(`\n${line}\n`);
    return exitCode;
  } finally {
    clearInterval(watch);
    await rm(folder, { recursive: true, force: true });
  }
}

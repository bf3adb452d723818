import fs from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { runInForeground } from "../setup/child.mjs";

/**
 * What was counted, and what is shown of the failures once everything has ended.
 * @typedef {{ readonly passed: number, readonly failed: number, readonly failures: string }} Outcome
 *
 * Something that can go on beside other things. It prints into a file, or where that is undefined into the terminal.
 * @typedef {object} Job
 * @property {string} name
 * @property {Promise<unknown>} [after] what has to be there first
 * @property {(output: number | undefined) => Promise<Outcome>} run
 */

/**
 * A program that passes or fails as a whole.
 * @param {string} name
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv }} options
 * @returns {Job}
 */
export const programJob = (name, program, args, { cwd, env }) => ({
  name,
  run: async (output) => {
    const code = await runInForeground(program, args, { cwd, env, output });
    if (code === 0) return { passed: 1, failed: 0, failures: "" };
    return { passed: 0, failed: 1, failures: `\n  ${name} ended with exit code ${code}\n` };
  },
});

/** A test with the real engine, or with a clock, waits a third of its time and more. */
const atOnce = 2 * availableParallelism();

/**
 * Takes on so many jobs at a time, in their order; one that has to wait for something lets those behind it go first.
 * @param {readonly Job[]} jobs
 * @param {number} count
 * @param {(job: Job) => Promise<void>} run
 */
export async function sideBySide(jobs, count, run) {
  const waiting = new Set(jobs);
  const ready = new Set(jobs.filter(({ after }) => !after));
  const readiness = new Map(
    jobs.map((job) => {
      const isReady = () => ready.add(job);
      return [job, job.after?.then(isReady, isReady)];
    }),
  );
  const worker = async () => {
    while (waiting.size > 0) {
      const job = [...waiting].find((one) => ready.has(one));
      if (!job) await Promise.race([...waiting].map((one) => readiness.get(one)));
      else {
        waiting.delete(job);
        await run(job);
      }
    }
  };
  await Promise.all(Array.from({ length: count }, worker));
}

/**
 * @param {Job} job
 * @param {number | undefined} output
 * @returns {Promise<Outcome>}
 */
async function outcomeOf({ name, run }, output) {
  try {
    return await run(output);
  } catch (error) {
    return { passed: 0, failed: 1, failures: `\n  ${name}: ${error instanceof Error ? error.message : error}\n` };
  }
}

/**
 * Each job is shown whole when it has ended, and what failed once more when all have. After Ctrl-C no other job begins.
 * @param {readonly Job[]} jobs
 * @returns {Promise<readonly Outcome[]>}
 */
async function runSeveral(jobs) {
  /** @type {Outcome[]} */
  const outcomes = [];
  const folder = await fs.mkdtemp(join(tmpdir(), "mi-link-jobs-"));
  let isInterrupted = false;
  const interrupt = () => {
    isInterrupted = true;
  };
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  try {
    await sideBySide(jobs, atOnce, async (job) => {
      if (isInterrupted) return;
      const started = Date.now();
      const file = join(folder, String(jobs.indexOf(job)));
      const output = await fs.open(file, "w");
      const outcome = await outcomeOf(job, output.fd);
      await output.close();
      outcomes.push(outcome);
      const title = `${job.name}: ${counts(outcome)} in ${Math.round((Date.now() - started) / 1000)} s`;
      process.stdout.write(`\n== ${title}\n${await fs.readFile(file, "utf8")}`);
    });
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
    await fs.rm(folder, { recursive: true, force: true });
  }
  if (isInterrupted) outcomes.push({ passed: 0, failed: 1, failures: "\n  This run was interrupted.\n" });
  // A reason that several jobs share is told once.
  for (const failures of new Set(outcomes.map((outcome) => outcome.failures))) process.stdout.write(failures);
  return outcomes;
}

/**
 * Runs jobs side by side, and says in the last line what they come to. A single one is shown while it goes on.
 * @param {readonly Job[]} jobs
 * @returns {Promise<number>} the exit code
 */
export async function runJobs(jobs) {
  const [only] = jobs;
  const outcomes = only && jobs.length === 1 ? [await outcomeOf(only, undefined)] : await runSeveral(jobs);
  const sum = (/** @type {"passed" | "failed"} */ what) => outcomes.reduce((all, outcome) => all + outcome[what], 0);
  const all = { passed: sum("passed"), failed: sum("failed") };
  process.stdout.write(`\n${counts(all)}\n`);
  return all.failed === 0 ? 0 : 1;
}

/** @param {Pick<Outcome, "passed" | "failed">} outcome */
const counts = ({ passed, failed }) => `${passed} passed, ${failed} failed`;

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInForeground } from "../setup/child.mjs";
import { checkJobs } from "./check.mjs";
import { programJob, runJobs } from "./jobs.mjs";
import { outcome } from "./mocha.mjs";
import { testJobs } from "./test.mjs";

/**
 * @typedef {import("./test.mjs").Context} Context
 * @typedef {import("./jobs.mjs").Job} Job
 */

/**
 * The lab as independent clients see it: they are installed first where they lack.
 * @param {Context} context
 * @returns {Job}
 */
const clientsJob = ({ root, env }) => ({
  name: "clients",
  run: async (output) => {
    const folder = await mkdtemp(join(tmpdir(), "mi-link-clients-"));
    try {
      const file = join(folder, "judgements.json");
      const recorder = join(root, "tools", "commands", "used-functions.cjs");
      const args = ["--require", recorder, join(root, "lab", "dist", "clients", "main.js"), "--json", file];
      const code = await runInForeground(process.execPath, args, { cwd: root, env, output });
      const text = await readFile(file, "utf8").catch(() => undefined);
      if (text === undefined) return outcome("clients", undefined, code);
      /** @type {{ readonly ran: boolean, readonly batches: number, readonly agreed: number }[]} */
      const ran = JSON.parse(text).clients.filter((/** @type {{ ran: boolean }} */ client) => client.ran);
      const passed = ran.filter(({ batches, agreed }) => agreed === batches).length;
      return outcome("clients", { passed, failed: ran.length - passed, finished: true }, code);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
});

/**
 * The same jobs, and when the last of them has ended.
 * @param {readonly Job[]} jobs
 */
function noticed(jobs) {
  let left = jobs.length;
  const { promise: ended, resolve } = Promise.withResolvers();
  const counted = (/** @type {Job} */ job) => ({
    ...job,
    run: async (/** @type {number | undefined} */ output) => {
      try {
        return await job.run(output);
      } finally {
        left -= 1;
        if (left === 0) resolve(undefined);
      }
    },
  });
  return { jobs: jobs.map(counted), ended };
}

/**
 * Everything that has to pass: the tests, or those in some folders; the clients; that the lab has nothing but what they
 * use, which only all of them together can tell; the checks.
 * @param {Context} context
 * @returns {Promise<number>}
 */
export async function ci(context) {
  const { root, args, env } = context;
  const used = await mkdtemp(join(tmpdir(), "mi-link-used-"));
  try {
    const recording = { ...context, env: { ...env, MI_LINK_USED_FUNCTIONS: used } };
    // The command that installs the clients has them judge the lab: once is enough.
    const tests = await testJobs(recording, (file) => file !== "lab/clients/clients.test.ts");
    const { jobs, ended } = noticed([clientsJob(recording), ...tests]);
    const gate = programJob(
      "functions of the lab that nothing needs",
      process.execPath,
      [join(root, "tools", "run.mjs"), "unused", used],
      { cwd: root, env },
    );
    return await runJobs([...jobs, ...checkJobs(context), ...(args.length === 0 ? [{ ...gate, after: ended }] : [])]);
  } finally {
    await rm(used, { recursive: true, force: true });
  }
}

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInForeground } from "../setup/child.mjs";
import { checkJobs } from "./check.mjs";
import { runJobs } from "./jobs.mjs";
import { outcome } from "./mocha.mjs";
import { testJobs } from "./test.mjs";

/** @typedef {import("./test.mjs").Context} Context */

/**
 * The lab as independent clients see it: they are installed first where they lack.
 * @param {Context} context
 * @returns {import("./jobs.mjs").Job}
 */
const clientsJob = ({ root, env }) => ({
  name: "clients",
  run: async (output) => {
    const folder = await mkdtemp(join(tmpdir(), "mi-link-clients-"));
    try {
      const file = join(folder, "judgements.json");
      const args = [join(root, "lab", "dist", "clients", "main.js"), "--json", file];
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
 * Everything that has to pass: the tests, or those in some folders; the clients; the checks.
 * @param {Context} context
 * @returns {Promise<number>}
 */
export async function ci(context) {
  // The command that installs the clients has them judge the lab: once is enough.
  const tests = await testJobs(context, (file) => file !== "lab/clients/clients.test.ts");
  return runJobs([...tests, clientsJob(context), ...checkJobs(context)]);
}

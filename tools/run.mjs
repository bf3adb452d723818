#!/usr/bin/env node
// Every command of this repository starts here: `node tools/run.mjs help` lists them. It uses only Node's own modules,
// so that it works in a fresh clone, and what a command needs is installed, compiled or built before it runs.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { check } from "./commands/check.mjs";
import { ci } from "./commands/ci.mjs";
import { test } from "./commands/test.mjs";
import { unused } from "./commands/unused.mjs";
import { ensureEngine } from "./engine/ensure.mjs";
import { cacheFolder } from "./setup/cache.mjs";
import { runInForeground, SetupError } from "./setup/child.mjs";
import { compile, removeCompiled } from "./setup/compile.mjs";
import { environment } from "./setup/environment.mjs";
import { ensurePackages } from "./setup/install.mjs";
import { ensureNode, isNewEnough } from "./setup/node.mjs";

/**
 * @typedef {{ root: string, args: readonly string[], env: NodeJS.ProcessEnv }} Context
 * @typedef {"nothing" | "packages" | "sources" | "engine"} Need
 * @typedef {{ does: string, needs: Need | ((args: readonly string[]) => Need), run: (context: Context) => Promise<number> }} Command
 */

/**
 * @param {string} program
 * @returns {(context: Context) => Promise<number>}
 */
const node =
  (program) =>
  ({ root, args, env }) =>
    runInForeground(process.execPath, [join(root, program), ...args], { cwd: root, env });

const done = async () => 0;

const sqlServerForm = "mssql://user:password@host:port of a SQL Server on which nothing lives";

/** Tests that ask for a SQL Server, and for nothing that only the lab can do. */
const sqlServersHalf = [
  "master-key",
  "sql-server-certificate",
  "mirroring-endpoint",
  "full-recovery-database",
  "availability-group",
].map((resource) => `tests/provider/resources/${resource}.test.ts`);

/** @type {Readonly<Record<string, Command>>} */
const commands = {
  demo: { does: "a whole link, up and down again, against the lab", needs: "engine", run: node("tools/dist/demo.js") },
  test: { does: "all tests, or those of folders and files; --coverage measures them", needs: "sources", run: test },
  "test:long": {
    does: "hostile input to the lab, in the full counts: up to an hour",
    needs: "sources",
    run: ({ root, args, env }) =>
      test({ root, args: ["lab/tests/hostile", ...args], env: { ...env, MI_LINK_TEST_COUNTS: "full" } }),
  },
  "test:matrix": {
    does: "every change by hand, every moment to be killed in, and a hundred databases: up to 45 minutes",
    needs: "sources",
    run: ({ root, args, env }) =>
      test({
        root,
        args: ["tests/matrix", "tests/engine/examples.test.ts", ...args],
        env: { ...env, MI_LINK_TEST_COUNTS: "full" },
      }),
  },
  "test:sql-server": {
    does: "SQL Server's half, on the server that MI_LINK_TEST_SQLSERVER names",
    needs: "sources",
    run: ({ root, args, env }) => {
      if (!env.MI_LINK_TEST_SQLSERVER) throw new SetupError(`MI_LINK_TEST_SQLSERVER is not set: ${sqlServerForm}`);
      return test({ root, args: [...sqlServersHalf, ...args], env });
    },
  },
  "test:clients": {
    does: "the lab, judged by SQL and Azure clients that are installed for it",
    needs: "sources",
    run: node("lab/dist/clients/main.js"),
  },
  lab: { does: "SQL Server and Azure in one process", needs: "sources", run: node("lab/dist/src/main.js") },
  bench: {
    does: "the measurements, or some: start, estate, batches, quickstart",
    needs: (parts) => (parts.length === 0 || parts.includes("quickstart") ? "engine" : "sources"),
    run: node("bench/dist/main.js"),
  },
  check: {
    does: "types, lint, format, unused code, what has no documentation, lines of the lab",
    needs: "sources",
    run: check,
  },
  docs: {
    does: "writes docs/reference from the code's own comments",
    needs: "sources",
    run: node("tools/dist/reference/reference.js"),
  },
  unused: { does: "functions of the lab's T-SQL that the runs did not use", needs: "nothing", run: unused },
  ci: { does: "all that has to pass: tests, clients, checks", needs: "sources", run: ci },
  build: { does: "compiles everything", needs: "sources", run: done },
  engine: { does: "finds Pulumi's engine, or fetches or builds it", needs: "engine", run: done },
  clean: {
    does: "removes what was compiled",
    needs: "nothing",
    run: ({ root }) => removeCompiled(root).then(done),
  },
};

function usage() {
  const lines = Object.entries(commands).map(([name, { does }]) => `  ${name.padEnd(17)}${does}`);
  return ["usage: node tools/run.mjs <command> [arguments]", "", ...lines, ""].join("\n");
}

/**
 * @param {string} root
 * @param {readonly string[]} argv
 * @returns {Promise<number>} the exit code
 */
async function main(root, [name = "help", ...args]) {
  const command = commands[name];
  if (!command) {
    process.stderr.write(usage());
    return name === "help" ? 0 : 2;
  }
  const started = Number(process.env.MI_LINK_SETUP_STARTED ?? Date.now());
  const cache = cacheFolder();
  if (!isNewEnough(process.versions.node)) {
    const bin = await ensureNode(cache);
    const env = environment([bin], { MI_LINK_SETUP_STARTED: String(started) });
    return runInForeground(join(bin, "node"), [fileURLToPath(import.meta.url), name, ...args], { env });
  }
  const folders = [dirname(process.execPath), join(root, "node_modules", ".bin")];
  let env = environment(folders, { MI_LINK_SETUP_STARTED: undefined });
  const needs = typeof command.needs === "function" ? command.needs(args) : command.needs;
  if (needs !== "nothing") await ensurePackages(root, cache, env);
  if (needs === "sources" || needs === "engine") await compile(root, env);
  if (needs === "engine") env = environment(await ensureEngine(root, cache), env);
  const setUp = (Date.now() - started) / 1000;
  return command.run({ root, args, env: { ...env, MI_LINK_SETUP_SECONDS: setUp.toFixed(1) } });
}

const root = dirname(dirname(fileURLToPath(import.meta.url)));
try {
  process.exitCode = await main(root, process.argv.slice(2));
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`\n${error.message}\n`);
  if (process.argv[2] === "test") process.stdout.write("\n0 passed, 1 failed\n");
  process.exitCode = 1;
}

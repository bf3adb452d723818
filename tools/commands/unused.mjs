import { readdir, readFile } from "node:fs/promises";
import { SourceMap } from "node:module";
import { join } from "node:path";
import { say } from "../setup/progress.mjs";

/**
 * What `used-functions.cjs` writes: for each compiled file its functions, by where they begin.
 * @typedef {Record<string, Record<string, [name: string, ran: boolean]>>} Recorded
 * @typedef {{ file: string, name: string }} Named
 * @typedef {Named & { line: number }} Unused
 */

const compiled = join("lab", "dist", "src", "tsql");
const exceptionsFile = join("lab", "tests", "needs", "unused.json");

/**
 * Fails for each function of the lab's T-SQL that nothing ran which is a reason to have it.
 * @param {{ root: string, args: readonly string[] }} context
 * @returns {Promise<number>}
 */
export async function unused({ root, args: [folder] }) {
  if (!folder) {
    say("usage: node tools/run.mjs unused FOLDER, where MI_LINK_USED_FUNCTIONS=FOLDER was set for the tests");
    return 2;
  }
  /** @type {readonly (Named & { reason: string })[]} */
  const exceptions = JSON.parse(await readFile(join(root, exceptionsFile), "utf8"));
  const found = await unusedFunctions(root, folder);
  const wrong = found.filter((one) => !exceptions.some((other) => isSame(one, other)));
  const needless = exceptions.filter((one) => !found.some((other) => isSame(one, other)));
  for (const { file, line, name } of wrong) say(`${file}:${line}  ${name}`);
  for (const { file, name } of needless) say(`${exceptionsFile} has ${file}  ${name}, which is used, or gone`);
  say(
    wrong.length + needless.length === 0
      ? "lab/src/tsql: every function is used"
      : `lab/src/tsql: ${wrong.length} functions that neither lab/tests/needs, tests/ nor lab/clients use: remove them, or say in lab/tests/needs who needs them`,
  );
  return wrong.length + needless.length === 0 ? 0 : 1;
}

/**
 * @param {string} root
 * @param {string} folder what the runs left
 * @returns {Promise<readonly Unused[]>}
 */
export async function unusedFunctions(root, folder) {
  const recorded = await united(folder);
  const files = (await readdir(join(root, compiled), { recursive: true })).filter((name) => name.endsWith(".js"));
  const found = await Promise.all(files.map((file) => unusedOf(root, file, recorded[file])));
  return found.flat().sort((one, other) => one.file.localeCompare(other.file) || one.line - other.line);
}

/**
 * @param {string} root
 * @param {string} file
 * @param {Recorded[string] | undefined} functions
 * @returns {Promise<readonly Unused[]>}
 */
async function unusedOf(root, file, functions) {
  const code = await readFile(join(root, compiled, file), "utf8");
  const source = join("lab", "src", "tsql", file.replace(/\.js$/, ".ts"));
  // A file of types only is never loaded.
  if (!functions) return /\bfunction\b|=>/.test(code) ? [{ file: source, line: 1, name: "(the whole file)" }] : [];
  const lines = (await readFile(join(root, source), "utf8")).split("\n");
  const map = new SourceMap(JSON.parse(await readFile(join(root, compiled, `${file}.map`), "utf8")));
  return Object.entries(functions)
    .filter(([, [, ran]]) => !ran)
    .map(([start, [name]]) => {
      const before = code.slice(0, Number(start)).split("\n");
      const entry = map.findEntry(before.length - 1, before.at(-1)?.length ?? 0);
      const line = "originalLine" in entry ? entry.originalLine : 0;
      // One without a name is called what its line says.
      return { file: source, line: line + 1, name: name || (lines[line] ?? "").trim() };
    });
}

/**
 * A function is used where it ran in one of the processes.
 * @param {string} folder
 * @returns {Promise<Recorded>}
 */
async function united(folder) {
  /** @type {Recorded} */
  const all = {};
  for (const entry of await readdir(folder)) {
    /** @type {Recorded} */
    const recorded = JSON.parse(await readFile(join(folder, entry), "utf8"));
    for (const [file, functions] of Object.entries(recorded)) {
      all[file] ??= {};
      const known = all[file];
      for (const [start, [name, ran]] of Object.entries(functions))
        known[start] = [name, ran || known[start]?.[1] === true];
    }
  }
  return all;
}

/** @param {Named} one @param {Named} other */
const isSame = (one, other) => one.file === other.file && one.name === other.name;

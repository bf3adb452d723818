import fs from "node:fs/promises";
import { tmpdir } from "node:os";
import path, { join } from "node:path";
import { ensureEngine } from "../engine/ensure.mjs";
import { cacheFolder, labKeys } from "../setup/cache.mjs";
import { runInForeground, SetupError } from "../setup/child.mjs";
import { environment } from "../setup/environment.mjs";
import { runJobs } from "./jobs.mjs";
import { groupsOf, isIn, oneGroup } from "./lanes.mjs";
import { runMocha } from "./mocha.mjs";

/**
 * @typedef {{ root: string, args: readonly string[], env: NodeJS.ProcessEnv }} Context
 */

/**
 * The folders and files that are asked for, and what is for mocha. `tests/dist/x.test.js` asks for `tests/x.test.ts`.
 * @param {readonly string[]} args
 */
export function parseArguments(args) {
  const firstOption = args.findIndex((arg) => arg.startsWith("-"));
  const isPlace = args.map((arg, at) => at < firstOption || firstOption === -1 || /\.test\.[jt]s$/.test(arg));
  const places = args.filter((_, at) => isPlace[at]);
  return {
    places: places.map((place) =>
      path
        .normalize(place)
        .replace(/\/$/, "")
        .replace(/^(\w+)\/dist\//, "$1/")
        .replace(/\.test\.js$/, ".test.ts"),
    ),
    options: args.filter((arg, at) => !isPlace[at] && arg !== "--coverage"),
    coverage: args.includes("--coverage"),
  };
}

/**
 * @param {string} root
 * @param {readonly string[]} places none are all
 * @returns {Promise<readonly string[]>} the largest first, as it takes longest
 */
async function findTests(root, places) {
  const exclude = (/** @type {string} */ name) => /(^|\/)(node_modules|dist)$/.test(name);
  const all = [];
  for await (const file of fs.glob("{tests,lab}/**/*.test.ts", { cwd: root, exclude })) all.push(file);
  const isWanted = (/** @type {string} */ file) => (/** @type {string} */ place) =>
    isIn(file, place) || path.matchesGlob(file, place);
  for (const place of places)
    if (!all.some((file) => isWanted(file)(place))) throw new SetupError(`There is no test in ${place}.`);
  const wanted = all.filter((file) => places.length === 0 || places.some(isWanted(file)));
  const sized = await Promise.all(wanted.map(async (file) => ({ file, size: (await fs.stat(join(root, file))).size })));
  return sized.sort((a, b) => b.size - a.size).map(({ file }) => file);
}

/** @param {string} file */
const compiled = (file) => file.replace("/", "/dist/").replace(/ts$/, "js");

/**
 * The tests that are asked for as jobs. What is asked for in mocha's own words runs in one process.
 * @param {Context} context
 * @param {(file: string) => boolean} [isWanted]
 * @returns {Promise<readonly import("./jobs.mjs").Job[]>}
 */
export async function testJobs({ root, args, env }, isWanted = () => true) {
  const { places, options } = parseArguments(args);
  const files = (await findTests(root, places)).filter(isWanted);
  const groups = options.length > 0 ? [oneGroup("tests", files)] : groupsOf(files);
  const engine = groups.some(({ needsEngine }) => needsEngine) ? ensureEngine(root, cacheFolder()) : undefined;
  engine?.catch(() => {}); // the jobs that need it fail
  return groups.map((group) => ({
    name: group.name,
    after: group.needsEngine ? engine : undefined,
    run: async (output) => {
      const folders = group.needsEngine ? await engine : [];
      const its = { ...labKeys(), ...env, ...group.env };
      return runMocha(group.name, [...options, ...group.files.map(compiled)], {
        root,
        env: environment(folders ?? [], its),
        output,
      });
    },
  }));
}

/**
 * Runs tests, all of them or some; --coverage measures what of the sources they run.
 * @param {Context} context
 * @returns {Promise<number>}
 */
export async function test({ root, args, env }) {
  if (!parseArguments(args).coverage) return runJobs(await testJobs({ root, args, env }));
  const folder = await fs.mkdtemp(join(tmpdir(), "mi-link-coverage-"));
  try {
    const code = await runJobs(await testJobs({ root, args, env: { ...env, NODE_V8_COVERAGE: folder } }));
    const c8 = join(root, "node_modules", "c8", "bin", "c8.js");
    await runInForeground(process.execPath, [c8, "report", "--temp-directory", folder], { cwd: root, env });
    return code;
  } finally {
    await fs.rm(folder, { recursive: true, force: true });
  }
}

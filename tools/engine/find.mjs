import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { isAtLeast } from "../setup/versions.mjs";

/** The version that is fetched or built; everything here was tried with it. */
export const engineVersion = "3.259.0";

/** The first engine that imports resources with their inputs and outputs as given, which dynamic resources need. */
const oldestEngine = "3.254.0";

/**
 * @typedef {{ readonly version: string, readonly origin: "path" | "official" | "built", readonly bin: string }} Engine
 */

const suffixes = process.platform === "win32" ? [".exe", ".cmd"] : [""];

/**
 * @param {string} name
 * @param {string} path
 * @returns {string | undefined} the program's file
 */
export function findProgram(name, path) {
  for (const folder of path.split(delimiter).filter(Boolean)) {
    for (const suffix of suffixes) {
      const file = join(folder, `${name}${suffix}`);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {}
    }
  }
  return undefined;
}

/**
 * @param {string} program
 * @returns {string | undefined} what it says its version is
 */
function versionOf(program) {
  const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
  const { status, stdout } = spawnSync(program, ["version"], { encoding: "utf8", env, timeout: 30_000 });
  return status === 0 ? stdout.trim().replace(/^v/, "") : undefined;
}

/** @param {string} cache */
export const builtEngineFolder = (cache) => join(cache, "engine", engineVersion);

/**
 * Where npm's `pulumi` launcher keeps what it downloads, when this is its PULUMI_HOME.
 * @param {string} cache
 */
export const launcherHome = (cache) => join(cache, "engine", "official");

/**
 * The engine to use: one on PATH that is new enough, or one that is in the cache already.
 * @param {string} cache
 * @param {string} [path]
 * @returns {Engine | undefined}
 */
export function findEngine(cache, path = process.env.PATH ?? "") {
  const own = [
    { origin: /** @type {const} */ ("official"), bin: join(launcherHome(cache), "versions", engineVersion, "bin") },
    { origin: /** @type {const} */ ("built"), bin: join(builtEngineFolder(cache), "bin") },
  ];
  const installed = findProgram("pulumi", path);
  // One of the cache need not be asked, for a fifth of a second each time.
  const known = own.find(({ bin }) => installed && bin === dirname(installed));
  const version = installed && !known ? versionOf(installed) : undefined;
  if (installed && version && isAtLeast(version, oldestEngine)) {
    return { version, origin: "path", bin: dirname(realpathSync(installed)) };
  }
  const cached = known ?? own.find(({ bin }) => existsSync(join(bin, "pulumi")));
  return cached && { version: engineVersion, ...cached };
}

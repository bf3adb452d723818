import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { runQuietly, SetupError } from "./child.mjs";
import { withLock } from "./lock.mjs";
import { withProgress } from "./progress.mjs";

/**
 * @typedef {{ version?: string, resolved?: string, link?: boolean, optional?: boolean, devOptional?: boolean, peer?: boolean }} LockedPackage
 * @typedef {{ packages?: Readonly<Record<string, LockedPackage>> }} LockFile
 */

/**
 * Whether what npm installed last is what the lock file asks for. npm keeps its own record of that in node_modules, and
 * writes it last, so an interrupted installation has none. Optional packages are for other platforms, so they may lack.
 * @param {LockFile} wanted package-lock.json
 * @param {LockFile | undefined} installed node_modules/.package-lock.json
 * @returns {boolean}
 */
export function needsInstall(wanted, installed) {
  if (!installed?.packages) return true;
  const have = installed.packages;
  return Object.entries(wanted.packages ?? {}).some(([path, locked]) => {
    if (!path.includes("node_modules/") || locked.optional) return false;
    const there = have[path];
    if (!there) return true;
    return locked.link ? there.resolved !== locked.resolved : there.version !== locked.version;
  });
}

/**
 * @param {string} file
 * @returns {Promise<LockFile | undefined>}
 */
async function readLock(file) {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch {
    return undefined;
  }
}

/**
 * `npm ci`, when it is needed.
 * @param {string} root
 * @param {string} cache
 * @param {NodeJS.ProcessEnv} env
 */
export async function ensurePackages(root, cache, env) {
  const isNeeded = async () =>
    needsInstall(
      (await readLock(join(root, "package-lock.json"))) ?? {},
      await readLock(join(root, "node_modules", ".package-lock.json")),
    );
  if (!(await isNeeded())) return;
  const checkout = createHash("sha256").update(root).digest("hex").slice(0, 16);
  await withLock(join(cache, "locks", `npm-ci-${checkout}`), async () => {
    if (!(await isNeeded())) return;
    await withProgress("packages: npm ci", async () => {
      const { code, output } = await runQuietly("npm", ["ci", "--no-audit", "--no-fund"], { cwd: root, env });
      if (code !== 0) throw new SetupError(`npm ci failed with exit code ${code}.\n${output}`);
    });
  });
}

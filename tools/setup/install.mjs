import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { runQuietly, SetupError } from "./child.mjs";
import { withLock } from "./lock.mjs";
import { say, withProgress } from "./progress.mjs";

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
 * The packages of a lock file, kept from one fresh clone to the next as hard links: unpacking them takes npm twenty
 * seconds. Only for runs of CI, as whoever edits a package to try something would edit it everywhere.
 * @param {string} root
 * @param {string} cache
 */
export async function keptPackages(root, cache) {
  const text = await readFile(join(root, "package-lock.json"), "utf8");
  const kind = [text, process.version, process.platform, process.arch].join("\n");
  const kept = join(cache, "packages", createHash("sha256").update(kind).digest("hex").slice(0, 16));
  /** @type {LockFile} */
  const { packages = {} } = JSON.parse(text);
  const folders = new Set(Object.keys(packages).flatMap((path) => /^(?:[^/]+\/)?node_modules(?=\/)/.exec(path) ?? []));

  /**
   * @param {string} from
   * @param {string} to
   */
  const link = async (from, to) => {
    for (const folder of folders) {
      if (!(await stat(join(from, folder)).catch(() => undefined))) continue;
      await mkdir(dirname(join(to, folder)), { recursive: true });
      await rm(join(to, folder), { recursive: true, force: true });
      // Two file systems, or a system without this option: npm does it then.
      if ((await runQuietly("cp", ["-al", join(from, folder), join(to, folder)])).code !== 0) return false;
    }
    return true;
  };

  const alone = (/** @type {() => Promise<boolean>} */ work) => withLock(join(cache, "locks", "packages"), work);
  return {
    /** Whether they were there. */
    restore: () =>
      alone(async () => (await stat(kept).catch(() => undefined)) !== undefined && (await link(kept, root))),
    /** Whether they will be. Those of other lock files are of another day, or of a run that was interrupted. */
    keep: () =>
      alone(async () => {
        await rm(dirname(kept), { recursive: true, force: true });
        const isWhole = await link(root, `${kept}.part`);
        if (isWhole) await rename(`${kept}.part`, kept);
        return isWhole;
      }),
  };
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
    const kept = env.CI ? await keptPackages(root, cache) : undefined;
    if ((await kept?.restore()) && !(await isNeeded())) return say("packages: those of the run before");
    await withProgress("packages: npm ci", async () => {
      const { code, output } = await runQuietly("npm", ["ci", "--no-audit", "--no-fund"], { cwd: root, env });
      if (code !== 0) throw new SetupError(`npm ci failed with exit code ${code}.\n${output}`);
    });
    await kept?.keep();
  });
}

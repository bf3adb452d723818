import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { runQuietly, SetupError } from "./child.mjs";
import { withLock } from "./lock.mjs";
import { withProgress } from "./progress.mjs";
import { isAtLeast } from "./versions.mjs";

const nodeMajor = 24;

/** @param {string} version */
export const isNewEnough = (version) => isAtLeast(version, `${nodeMajor}.0.0`);

/**
 * The folder that holds Node 24's program, fetched as npm's `node` package when it isn't there yet.
 * @param {string} cache
 * @returns {Promise<string>}
 */
export async function ensureNode(cache) {
  const home = join(cache, `node${nodeMajor}`);
  const bin = join(home, "node_modules", ".bin");
  const program = join(bin, "node");
  if (existsSync(program)) return bin;
  return withLock(join(cache, "locks", `node${nodeMajor}`), async () => {
    if (existsSync(program)) return bin;
    await withProgress(`node: installing Node ${nodeMajor} into ${home}`, async () => {
      // The lock is held, so what lies here was left by an installation that was interrupted.
      for (const name of await readdir(cache)) {
        if (name.startsWith(".node-")) await rm(join(cache, name), { recursive: true, force: true });
      }
      const temporary = join(cache, `.node-${process.pid}`);
      await mkdir(temporary);
      try {
        const args = [
          "install",
          "--prefix",
          temporary,
          "--no-audit",
          "--no-fund",
          "--global=false",
          `node@${nodeMajor}`,
        ];
        const { code, output } = await runQuietly("npm", args, { cwd: temporary });
        const check = await runQuietly(join(temporary, "node_modules", ".bin", "node"), ["--version"]);
        if (code !== 0 || !isNewEnough(check.output)) {
          throw new SetupError(
            `Node ${nodeMajor} could not be installed by npm.\n${output}\nInstall Node ${nodeMajor} yourself and run this again.`,
          );
        }
        await rm(home, { recursive: true, force: true });
        await rename(temporary, home);
      } finally {
        await rm(temporary, { recursive: true, force: true });
      }
    });
    return bin;
  });
}

import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { say } from "./progress.mjs";

const settleMilliseconds = 5000;

/**
 * @param {string} folder
 * @returns {Promise<boolean>} whether the process that took the lock is gone
 */
async function isAbandoned(folder) {
  try {
    const owner = Number(await readFile(join(folder, "owner"), "utf8"));
    process.kill(owner, 0);
    return false;
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === "ESRCH") return true;
    if (code !== "ENOENT") return false;
    // The owner's number is written just after the folder is made: give it that long.
    const made = await stat(folder).catch(() => undefined);
    return made !== undefined && Date.now() - made.mtimeMs > settleMilliseconds;
  }
}

/**
 * Does some work while no other process that asks for the same lock does. mkdir either makes the folder or fails.
 * @template T
 * @param {string} folder
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(folder, work) {
  await mkdir(dirname(folder), { recursive: true });
  for (let told = false; ; ) {
    try {
      await mkdir(folder);
      break;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
    }
    if (await isAbandoned(folder)) {
      // Renamed first, so that of two who see it abandoned only one takes it away.
      const aside = `${folder}.abandoned-${process.pid}`;
      await rename(folder, aside).catch(() => {});
      await rm(aside, { recursive: true, force: true });
      continue;
    }
    if (!told) say(`waiting for another run that holds ${folder}`);
    told = true;
    await sleep(500);
  }
  try {
    await writeFile(join(folder, "owner"), String(process.pid));
    return await work();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

import { delimiter, join } from "node:path";
import { runQuietly, SetupError } from "../setup/child.mjs";
import { withLock } from "../setup/lock.mjs";
import { say, withProgress } from "../setup/progress.mjs";
import { buildEngine } from "./build.mjs";
import { supplyCompanions } from "./companions.mjs";
import { engineVersion, findEngine, launcherHome } from "./find.mjs";

const downloads = "https://get.pulumi.com";

/** Whether the official release is within reach: asked first, as the launcher itself has no time limit. */
async function canDownload() {
  try {
    return (await fetch(downloads, { method: "HEAD", signal: AbortSignal.timeout(5000) })).ok;
  } catch {
    return false;
  }
}

/**
 * The official release, fetched by npm's `pulumi` launcher.
 * @param {string} root
 * @param {string} cache
 */
async function download(root, cache) {
  if (!(await canDownload())) return;
  await withProgress(`engine: downloading Pulumi ${engineVersion}`, () =>
    runQuietly("npm", ["exec", "--yes", `--package=pulumi@${engineVersion}`, "--", "pulumi", "version"], {
      cwd: root,
      env: { ...process.env, PULUMI_HOME: launcherHome(cache), PULUMI_SKIP_UPDATE_CHECK: "true" },
      timeoutMilliseconds: 10 * 60_000,
    }),
  );
}

/**
 * The folders that must come first on PATH for a Pulumi project in Node.js to run.
 * @param {string} root
 * @param {string} cache
 * @returns {Promise<readonly string[]>}
 */
export async function ensureEngine(root, cache) {
  let engine = findEngine(cache);
  if (!engine) {
    engine = await withLock(join(cache, "locks", `engine-${engineVersion}`), async () => {
      if (!findEngine(cache)) await download(root, cache);
      if (!findEngine(cache)) {
        say("engine: no Pulumi CLI on PATH, and the official release can't be downloaded: building it");
        await buildEngine(cache, root);
      }
      return findEngine(cache);
    });
  }
  if (!engine) throw new SetupError("The engine was made but can't be found again.");
  say(`engine: Pulumi ${engine.version} in ${engine.bin}`);
  const own = engine.origin === "built" ? engine.bin : join(cache, "engine", "companions");
  const path = [engine.bin, process.env.PATH].join(delimiter);
  const needsOwn = await supplyCompanions(root, own, path);
  return needsOwn && own !== engine.bin ? [engine.bin, own] : [engine.bin];
}

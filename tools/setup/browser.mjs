import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runQuietly, SetupError } from "./child.mjs";
import { withLock } from "./lock.mjs";
import { withProgress } from "./progress.mjs";

/** Chromium as an npm package: built for Linux on x64, with the fonts that it needs, and no right of an administrator. */
const browserPackage = "@sparticuz/chromium@153.0.0";

/**
 * A Chromium without a window.
 * @typedef {object} Browser
 * @property {string} program
 * @property {Readonly<Record<string, string>>} env where its fonts are
 */

/**
 * The one that MI_LINK_CHROMIUM names; elsewhere one of our own, which is fetched when it isn't there yet.
 * @param {string} cache
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<Browser>}
 */
export async function ensureBrowser(cache, env = process.env) {
  if (env.MI_LINK_CHROMIUM) return { program: env.MI_LINK_CHROMIUM, env: {} };
  if (process.platform !== "linux" || process.arch !== "x64")
    throw new SetupError(
      "There is no Chromium for this machine: set MI_LINK_CHROMIUM to the path of Chromium, Chrome or Edge.",
    );
  const home = join(cache, `chromium-${browserPackage.split("@").at(-1)}`);
  const browser = { program: join(home, "chromium"), env: { FONTCONFIG_FILE: join(home, "fonts", "fonts.conf") } };
  if (existsSync(browser.program)) return browser;
  return withLock(join(cache, "locks", "chromium"), async () => {
    if (existsSync(browser.program)) return browser;
    await withProgress(`browser: installing Chromium into ${home}`, async () => {
      // The lock is held, so what lies here was left by an installation that was interrupted.
      for (const name of await readdir(cache))
        if (name.startsWith(".chromium-")) await rm(join(cache, name), { recursive: true, force: true });
      const temporary = join(cache, `.chromium-${process.pid}`);
      await mkdir(temporary, { recursive: true });
      try {
        await install(temporary);
        await writeFile(join(temporary, "fonts", "fonts.conf"), fontSettings(home));
        await rm(home, { recursive: true, force: true });
        await rename(temporary, home);
      } finally {
        await rm(temporary, { recursive: true, force: true });
      }
    });
    return browser;
  });
}

/**
 * The package unpacks itself into the folder for temporary files, and is not needed after that.
 * @param {string} folder
 */
async function install(folder) {
  const packages = join(folder, "packages");
  await mkdir(packages);
  const args = ["install", "--prefix", packages, "--no-audit", "--no-fund", "--ignore-scripts", "--global=false"];
  const installed = await runQuietly("npm", [...args, browserPackage], { cwd: packages });
  const unpack = 'import("@sparticuz/chromium").then(({ default: chromium }) => chromium.executablePath())';
  const env = { ...process.env, TMPDIR: folder };
  const unpacked =
    installed.code === 0 ? await runQuietly(process.execPath, ["--eval", unpack], { cwd: packages, env }) : installed;
  if (unpacked.code !== 0 || !existsSync(join(folder, "chromium")))
    throw new SetupError(
      `Chromium could not be installed by npm.\n${unpacked.output}\nInstall it yourself, and set MI_LINK_CHROMIUM to its path.`,
    );
  const { code, output } = await runQuietly(join(folder, "chromium"), ["--version"]);
  if (code !== 0)
    throw new SetupError(
      `Chromium does not start.\n${output}\nInstall what it lacks, such as libnss3, or set MI_LINK_CHROMIUM to the path of another.`,
    );
  await rm(packages, { recursive: true, force: true });
}

/**
 * Its fonts and no others, so that a page looks the same on every machine; the package's own settings name other folders.
 * @param {string} home
 */
const fontSettings = (home) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${join(home, "fonts")}</dir><cachedir>${join(home, "font-cache")}</cachedir></fontconfig>
`;

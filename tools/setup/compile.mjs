import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { runInForeground, SetupError } from "./child.mjs";
import { say } from "./progress.mjs";

/** Folders that are compiled, each into its own dist. */
const compiledFolders = ["provider", "lab", "tests", "bench", "tools", "examples"];

/**
 * The source of something in dist, relative to the folder; undefined for what no source makes.
 * @param {string} output
 * @returns {readonly string[]}
 */
export function sourcesOf(output) {
  const stem = output.replace(/(\.d)?\.([cm]?)(js|ts)(\.map)?$/, ".$2");
  return [`${stem}ts`, `${stem}js`];
}

/**
 * A test whose source was deleted or renamed would otherwise go on running from dist.
 * @param {string} root
 */
async function removeOrphans(root) {
  for (const folder of compiledFolders) {
    const dist = join(root, folder, "dist");
    if (!existsSync(dist)) continue;
    const outputs = (await readdir(dist, { recursive: true })).filter((path) => /\.[cm]?[jt]s(\.map)?$/.test(path));
    const orphans = outputs.filter((path) => !sourcesOf(path).some((source) => existsSync(join(root, folder, source))));
    await Promise.all(orphans.map((path) => rm(join(dist, path))));
  }
}

/**
 * Compiles what has changed, by TypeScript's project references.
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 */
export async function compile(root, env) {
  const started = Date.now();
  await removeOrphans(root);
  // Version 7 is much faster; Pulumi's SDK still needs the JavaScript API of version 6, which goes by the usual name.
  const compiler = join(root, "node_modules", "typescript-native", "bin", "tsc");
  const code = await runInForeground(process.execPath, [compiler, "--build"], { cwd: root, env });
  if (code !== 0) throw new SetupError("types: the sources do not compile (see above).");
  say(`types: compiled in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

/** @param {string} root */
export async function removeCompiled(root) {
  for (const folder of compiledFolders) await rm(join(root, folder, "dist"), { recursive: true, force: true });
  await rm(join(root, "coverage"), { recursive: true, force: true });
}

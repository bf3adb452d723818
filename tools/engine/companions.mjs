import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buildLanguageHost } from "./build.mjs";
import { findProgram } from "./find.mjs";

/**
 * Puts a program in place in one step, so that a run going on at the same time never sees half of it.
 * @param {string} source
 * @param {string} target
 */
async function installProgram(source, target) {
  const text = await readFile(source);
  const present = await readFile(target).catch(() => undefined);
  if (present?.equals(text)) return;
  const temporary = `${target}.${process.pid}`;
  await writeFile(temporary, text);
  await chmod(temporary, 0o755);
  await rename(temporary, target);
}

/** @type {Readonly<Record<string, (target: string, root: string) => Promise<void>>>} */
const companions = {
  "pulumi-resource-pulumi-nodejs": (target, root) =>
    installProgram(join(root, "node_modules", "@pulumi", "pulumi", "pulumi-resource-pulumi-nodejs"), target),
  "pulumi-language-nodejs": buildLanguageHost,
};

/**
 * Gives an engine the two programs it starts for a Node.js project, where it came without them. An official release
 * has both; one built from Go modules has neither, as neither is a module of its own.
 * @param {string} root
 * @param {string} folder where to put what is missing
 * @param {string} path where the engine will look for them
 * @returns {Promise<boolean>} whether the folder is needed on PATH
 */
export async function supplyCompanions(root, folder, path) {
  let isNeeded = false;
  for (const [name, install] of Object.entries(companions)) {
    const present = findProgram(name, path);
    if (present && present !== join(folder, name)) continue;
    isNeeded = true;
    await mkdir(folder, { recursive: true });
    await install(join(folder, name), root);
  }
  return isNeeded;
}

import { delimiter } from "node:path";

/**
 * The environment of what is started from here: some folders come first on PATH, and some variables are other ones.
 * @param {readonly string[]} folders
 * @param {NodeJS.ProcessEnv} variables those that are undefined are left out
 * @returns {NodeJS.ProcessEnv}
 */
export function environment(folders, variables) {
  const all = { ...process.env, ...variables };
  const set = Object.entries(all).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(set), PATH: [...folders, all.PATH].join(delimiter) };
}

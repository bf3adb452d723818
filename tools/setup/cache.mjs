import { homedir } from "node:os";
import { join, resolve } from "node:path";

/**
 * What is expensive to make and belongs to no checkout (Node, the engine) is kept here.
 * @param {Readonly<Record<string, string | undefined>>} env
 * @returns {string}
 */
export function cacheFolder(env = process.env) {
  if (env.PULUMI_MI_LINK_CACHE) return resolve(env.PULUMI_MI_LINK_CACHE);
  if (env.XDG_CACHE_HOME) return join(resolve(env.XDG_CACHE_HOME), "pulumi-mi-link");
  return join(env.HOME || homedir(), ".cache", "pulumi-mi-link");
}

/** Where short-lived programs in Node keep what they compiled, as each loads the same thousands of functions. */
export const compileCache = () => ({ NODE_COMPILE_CACHE: join(cacheFolder(), "compiled") });

/** Where the labs of tests find keys that earlier ones made: finding prime numbers was a tenth of what all tests cost. */
export const labKeys = () => ({ MI_LINK_LAB_KEYS: join(cacheFolder(), "keys") });

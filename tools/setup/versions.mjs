/**
 * The three numbers of "v3.259.0" or "3.260.0-alpha.1"; undefined when the text is no version.
 * @param {string} text
 * @returns {readonly [number, number, number] | undefined}
 */
export function parseVersion(text) {
  const found = /^v?(\d+)\.(\d+)\.(\d+)/.exec(text.trim());
  return found ? [Number(found[1]), Number(found[2]), Number(found[3])] : undefined;
}

/**
 * Whether a version is at least another one. What can't be read as a version is not.
 * @param {string} version
 * @param {string} minimum
 * @returns {boolean}
 */
export function isAtLeast(version, minimum) {
  const have = parseVersion(version);
  const want = parseVersion(minimum);
  if (!have || !want) return false;
  const differing = have.findIndex((number, position) => number !== want[position]);
  return differing === -1 || Number(have[differing]) > Number(want[differing]);
}

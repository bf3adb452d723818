const interactive = Boolean(process.stderr.isTTY) && !process.env.CI;

/** @param {number} milliseconds */
const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(0)} s`;

/** @param {string} line */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/**
 * Shows that long work goes on: a counter on one line in a terminal, a line every 30 seconds elsewhere.
 * @template T
 * @param {string} title
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withProgress(title, work) {
  const started = Date.now();
  const elapsed = () => seconds(Date.now() - started);
  if (!interactive) say(`${title} ...`);
  const show = () =>
    interactive ? process.stderr.write(`\r${title} ... ${elapsed()}`) : say(`${title} ... ${elapsed()}`);
  const timer = setInterval(show, interactive ? 1000 : 30_000);
  try {
    const result = await work();
    say(`${interactive ? "\r" : ""}${title}: done in ${elapsed()}`);
    return result;
  } catch (error) {
    say(`${interactive ? "\r" : ""}${title}: failed after ${elapsed()}`);
    throw error;
  } finally {
    clearInterval(timer);
  }
}

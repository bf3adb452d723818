/** `npm run test:long` sets this. */
const isFull = process.env.MI_LINK_TEST_COUNTS === "full";

/** How many inputs of a long test are tried: all of them in `npm run test:long`, the first hundredth in `npm test`. */
export function countOf(full: number): number {
  return isFull ? full : Math.ceil(full / 100);
}

/** `npm run test:matrix` sets this. */
export const isFull = process.env.MI_LINK_TEST_COUNTS === "full";

/** `MI_LINK_CELLS=^TrustCertificate` tries those whose label matches, wherever it is run. */
const asked = process.env.MI_LINK_CELLS;

/** The cells of a matrix that are tried: all in `npm run test:matrix`, in `npm test` a few that the seed picks. They keep their order. */
export function triedOf<Cell>(
  cells: readonly Cell[],
  labelOf: (cell: Cell) => string,
  count: number,
  seed: number,
): readonly Cell[] {
  if (asked) {
    const found = cells.filter((cell) => new RegExp(asked).test(labelOf(cell)));
    if (found.length === 0) throw new Error(`no cell is called ${asked}`);
    return found;
  }
  return isFull ? cells : sampleOf(cells, count, seed);
}

export function sampleOf<Cell>(cells: readonly Cell[], count: number, seed: number): readonly Cell[] {
  const random = numbersFrom(seed);
  const picked = new Set(
    cells
      .map((cell) => ({ cell, place: random() }))
      .sort((one, other) => one.place - other.place)
      .slice(0, count)
      .map(({ cell }) => cell),
  );
  return cells.filter((cell) => picked.has(cell));
}

/** Mulberry32: the same numbers for the same seed, on every machine. */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

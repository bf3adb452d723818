import assert from "node:assert/strict";
import { sampleOf } from "./sample";

describe("the sample of a matrix", () => {
  const cells = Array.from({ length: 60 }, (_, number) => number);

  it("has as many cells as are asked for, each once and in their order, the same for the same seed", () => {
    const sample = sampleOf(cells, 6, 1);
    assert.equal(new Set(sample).size, 6);
    assert.deepEqual(
      sample,
      [...sample].sort((one, other) => one - other),
    );
    assert.deepEqual(sampleOf(cells, 6, 1), sample);
    assert.notDeepEqual(sampleOf(cells, 6, 2), sample);
  });

  it("is everything where there is no more, and comes to every cell with some seed", () => {
    assert.deepEqual(sampleOf(cells, 61, 1), cells);
    const seen = new Set(Array.from({ length: 300 }, (_, seed) => sampleOf(cells, 6, seed)).flat());
    assert.equal(seen.size, cells.length);
  });
});

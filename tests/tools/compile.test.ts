import assert from "node:assert/strict";
import { sourcesOf } from "#tools/setup/compile";

describe("a compiled file", () => {
  it("is known by the source it was made from", () => {
    assert.deepEqual(sourcesOf("tds/framing.js"), ["tds/framing.ts", "tds/framing.js"]);
    for (const output of ["a.test.js", "a.test.js.map", "a.test.d.ts", "a.test.d.ts.map"]) {
      assert.equal(sourcesOf(output)[0], "a.test.ts", output);
    }
  });

  it("may come from an ECMAScript module", () => {
    for (const output of ["setup/cache.mjs", "setup/cache.mjs.map", "setup/cache.d.mts"]) {
      assert.ok(sourcesOf(output).includes("setup/cache.mjs"), output);
    }
  });
});

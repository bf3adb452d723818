import assert from "node:assert/strict";
import { parseArguments } from "#tools/commands/test";

describe("the arguments of npm test", () => {
  it("begin with folders and files, of sources or of what is compiled", () => {
    const { places, options } = parseArguments(["lab/", "./tests/docs", "tests/dist/provider/a.test.js", "--bail"]);
    assert.deepEqual(places, ["lab", "tests/docs", "tests/provider/a.test.ts"]);
    assert.deepEqual(options, ["--bail"]);
  });

  it("are mocha's from the first option on, but for files of tests", () => {
    const { places, options } = parseArguments(["--grep", "lab", "lab/tests/a.test.ts"]);
    assert.deepEqual(places, ["lab/tests/a.test.ts"]);
    assert.deepEqual(options, ["--grep", "lab"]);
  });

  it("may ask for the coverage, which is none of mocha's business", () => {
    assert.deepEqual(parseArguments(["--coverage"]), { places: [], options: [], coverage: true });
    assert.equal(parseArguments([]).coverage, false);
  });
});

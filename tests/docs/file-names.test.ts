import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { repositoryRoot } from "../support/repository";

/** Names that say what a file is to its folder, so that each folder may have one. */
const ofAFolder = ["index.ts", "resource.ts", "lifecycle.ts"];

const sources = ["provider", "tests", "tools"].flatMap((top) =>
  readdirSync(join(repositoryRoot, top), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(?:ts|mjs|cjs)$/.test(file) && !/(?:^|\/)(?:dist|node_modules|projects)\//.test(file))
    .map((file) => join(top, file)),
);

describe("the name of a file in provider/, tests/ or tools/", () => {
  it("is not the name of another file", () => {
    const named = sources.filter((file) => !ofAFolder.includes(basename(file)));
    assert.ok(named.length > 150, "sources were found");
    for (const [name, files] of Map.groupBy(named, (file) => basename(file)))
      assert.equal(files.length, 1, `${name}: ${files.join(", ")}`);
  });

  it("is not the name of a folder beside it", () => {
    const folders = new Set(sources.map((file) => dirname(file)));
    for (const file of sources) assert.ok(!folders.has(file.replace(/\.\w+$/, "")), file);
  });
});

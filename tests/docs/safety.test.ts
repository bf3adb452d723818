import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../support/repository";

const page = readFileSync(join(repositoryRoot, "docs", "safety.md"), "utf8");
const rows = page
  .split("\n")
  .filter((line) => /^\| [ABC]\d/.test(line))
  .map((line) =>
    line
      .slice(1, -1)
      .split(" | ")
      .map((cell) => cell.trim()),
  );

describe("the page about safety", () => {
  it("has every danger that was found, with what protects from it and a test", () => {
    const numbers = new Set(rows.map(([number]) => number));
    const all = [
      ...Array.from({ length: 7 }, (_, i) => `A${i + 1}`),
      ...Array.from({ length: 12 }, (_, i) => `B${i + 8}`),
    ];
    assert.deepEqual([...numbers].slice(0, all.length), all);
    assert.ok([...numbers].slice(all.length).every((number) => number?.startsWith("C")));
    for (const row of rows) assert.equal(row.length, 4, row.join(" | "));
  });

  for (const [number, danger, protection = "", test = ""] of rows)
    it(`names what exists: ${number}, ${danger}`, () => {
      const files = [...protection.matchAll(/`(provider\/[^`]+\.ts)`/g)].map(([, file = ""]) => file);
      assert.ok(files.length > 0, "it names no file that protects");
      for (const file of files) assert.ok(existsSync(join(repositoryRoot, file)), file);
      const [, file = "", title = ""] = /^`(tests\/[^`]+\.test\.ts)`: (.+)$/.exec(test) ?? [];
      const source = readFileSync(join(repositoryRoot, file), "utf8");
      const quoted = ['"', "'", "`"].map((quote) => `(${quote}${title}${quote}, `);
      assert.ok(
        quoted.some((start) => source.includes(start)),
        `${file} has no test of that title`,
      );
    });
});

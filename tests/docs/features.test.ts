import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../support/repository";

const rows = readFileSync(join(repositoryRoot, "docs", "features.md"), "utf8")
  .split("\n")
  .filter((line) => /^\| N?\d/.test(line))
  .map((line) => {
    const [number = "", feature = "", answer = "", test = ""] = line
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim());
    return { number, feature, answer, test };
  });

const upTo = (last: number, prefix = "") => Array.from({ length: last }, (_, i) => `${prefix}${i + 1}`);

/** What the product must have by now. */
const demanded = [
  ...[1, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 14, 16, 17, 18, 22, 26, 27, 29, 30, 31, 32, 33, 34, 35, 36, 37, 39].map(
    String,
  ),
  ...[40, 41, 43].map(String),
  ...[1, 2, 3, 4, 5, 8, 9, 10, 11, 13, 14, 17, 19].map((number) => `N${number}`),
];

describe("the table of features", () => {
  it("has every row once, in order", () => {
    assert.deepEqual(
      rows.map(({ number }) => number),
      [...upTo(44), ...upTo(20, "N")],
    );
    for (const { number, feature } of rows) assert.ok(feature.length > 0, number);
  });

  it("says yes to all that is demanded", () => {
    const yes = rows.flatMap(({ number, answer }) => (answer === "yes" ? [number] : []));
    assert.deepEqual(
      demanded.filter((number) => !yes.includes(number)),
      [],
    );
  });

  for (const { number, feature, answer, test } of rows)
    it(`${answer === "yes" ? "names the test that proves it" : "claims nothing"}: ${number}, ${feature}`, () => {
      if (answer === "no") return assert.equal(test, "");
      assert.equal(answer, "yes");
      const [, file = "", title = ""] = /^`(tests\/[^`]+\.test\.ts)`: (.+)$/.exec(test) ?? [];
      const source = readFileSync(join(repositoryRoot, file), "utf8");
      const isThere = ['"', "'", "`"].some((quote) => source.includes(`it(${quote}${title}${quote}, `));
      assert.ok(isThere, `${file} has no test of that title`);
    });
});

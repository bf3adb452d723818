import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, normalize } from "node:path";
import { repositoryRoot } from "../support/repository";

const read = (file: string): string => readFileSync(join(repositoryRoot, file), "utf8");

/** Cells of the table below a heading, without its first two lines. */
const rowsBelow = (heading: string): string[][] =>
  (read("docs/map.md").split(`## ${heading}`)[1]?.split("\n## ")[0] ?? "")
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .slice(2)
    .map((line) =>
      line
        .slice(1, -1)
        .split(" | ")
        .map((cell) => cell.trim()),
    );

describe("the map", () => {
  it("is one step from the README", () => {
    assert.match(read("README.md"), /\]\(docs\/map\.md\)/);
  });

  it("has every floor of the provider, in the order in which they import each other", () => {
    const floors = rowsBelow("The floors").map(([floor = ""]) => floor.replace(/^`provider\/(.+)\/`$/, "$1"));
    const folders = readdirSync(join(repositoryRoot, "provider"), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !["dist", "node_modules"].includes(entry.name))
      .map(({ name }) => name);
    assert.deepEqual(floors.toSorted(), folders.toSorted());
    const importedByFloor = floors.map((floor) => {
      const sources = readdirSync(join(repositoryRoot, "provider", floor), { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".ts"))
        .map((file) => read(join("provider", floor, file)));
      return floors.filter((other) => sources.some((source) => source.includes(`../${other}/`)));
    });
    for (const [index, imported] of importedByFloor.entries())
      for (const other of imported)
        assert.ok(floors.indexOf(other) <= index, `${floors[index]} imports ${other}, which stands above it`);
  });

  const questions = rowsBelow("Ten questions");

  it("answers ten questions", () => {
    assert.equal(questions.length, 10);
  });

  for (const [question, answer = "", hint = ""] of questions)
    it(`answers by one path, which holds what to look for: ${question}`, () => {
      const [, label = "", link = ""] = /^\[`([^`]+)`\]\(([^)]+)\)$/.exec(answer) ?? [];
      assert.equal(normalize(join("docs", link)), label);
      const [, words] = /^`([^`]+)`$/.exec(hint) ?? [];
      assert.ok(words, "it does not say what to look for");
      assert.ok(read(label).includes(words), `${words} is not in ${label}`);
    });
});

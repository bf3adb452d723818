import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { repositoryRoot } from "../support/repository";

const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  ...readdirSync(join(repositoryRoot, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
];
const topFolders = readdirSync(repositoryRoot, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** Targets of the links to files, from the page's own folder. */
const linksIn = (text: string): string[] =>
  [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^\w+:/.test(target));

/** Paths in code quotes, from the root: those that begin with a folder there, and those that end as a path does. */
const pathsIn = (text: string): string[] =>
  [...text.matchAll(/`([\w.-]+\/[\w./<>-]*|[\w-]+\.md)`/g)]
    .map(([, path = ""]) => path)
    .filter((path) => topFolders.includes(path.split("/")[0] ?? "") || /(?:\/|\.md|\.ts|\.mjs|\.js|\.json)$/.test(path))
    // `<name>` stands for any: what is before it exists.
    .map((path) => path.replace(/<.*/, ""));

describe("a path in the documentation", () => {
  for (const page of pages)
    it(`leads to a file or folder that is there: ${page}`, () => {
      const text = readFileSync(join(repositoryRoot, page), "utf8").replaceAll(/^```.*?^```$/gms, "");
      const paths = [...linksIn(text).map((target) => join(dirname(page), target)), ...pathsIn(text)];
      assert.ok(paths.length > 0, "it has paths");
      for (const path of paths) assert.ok(existsSync(join(repositoryRoot, path)), path);
    });
});

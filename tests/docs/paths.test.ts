import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { repositoryRoot } from "../support/repository";
import { anchorsOf, pages, proseOf } from "./markdown";

const topFolders = readdirSync(repositoryRoot, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** Links to files, from the page's own folder, and to places within. */
const linksIn = (text: string): { readonly file: string; readonly anchor: string }[] =>
  [...text.matchAll(/\]\(([^)#\s]*)(?:#([^)\s]*))?[^)]*\)/g)]
    .map(([, file = "", anchor = ""]) => ({ file, anchor }))
    .filter(({ file }) => !/^\w+:/.test(file));

/** Paths in code quotes, from the root: those that begin with a folder there, and those that end as a path does. */
const pathsIn = (text: string): string[] =>
  [...text.matchAll(/`([\w.-]+\/[\w./<>-]*|[\w-]+\.md)`/g)]
    .map(([, path = ""]) => path)
    .filter((path) => topFolders.includes(path.split("/")[0] ?? "") || /(?:\/|\.md|\.ts|\.mjs|\.js|\.json)$/.test(path))
    // `<name>` stands for any: what is before it exists.
    .map((path) => path.replace(/<.*/, ""));

/** Where a link of a page leads, from the root. */
const targetOf = (page: string, file: string): string =>
  file === "" ? page : normalize(join(dirname(page), file)).replaceAll("\\", "/");

describe("a path in the documentation", () => {
  for (const page of pages)
    it(`leads to a file, folder or heading that is there: ${page}`, () => {
      const text = proseOf(page);
      const links = linksIn(text).map(({ file, anchor }) => ({ file: targetOf(page, file), anchor }));
      for (const path of [...links.map(({ file }) => file), ...pathsIn(text)])
        assert.ok(existsSync(join(repositoryRoot, path)), path);
      for (const { file, anchor } of links)
        if (anchor !== "" && file.endsWith(".md")) assert.ok(anchorsOf(file).has(anchor), `${file}#${anchor}`);
    });
});

describe("the pages of the documentation", () => {
  it("are all reached from the map, link by link", () => {
    const reached = new Set(["docs/map.md"]);
    for (const page of reached)
      for (const { file } of linksIn(proseOf(page))) {
        const target = targetOf(page, file);
        if (target.endsWith(".md") && pages.includes(target)) reached.add(target);
      }
    assert.deepEqual(
      pages.filter((page) => page.startsWith("docs/") && !reached.has(page)),
      [],
    );
  });
});

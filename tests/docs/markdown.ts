import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../support/repository";

const below = (folder: string, pattern: RegExp): string[] =>
  readdirSync(join(repositoryRoot, folder), { recursive: true, encoding: "utf8" })
    .map((name) => `${folder}/${name.replaceAll("\\", "/")}`)
    .filter((name) => pattern.test(name) && !/\/(?:dist|node_modules)\//.test(name));

/** Every page that users read, from the root. */
export const pages: readonly string[] = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  ...below("docs", /\.md$/),
  ...below("examples", /\/README\.md$/),
];

/** Programs to copy. */
export const examples: readonly string[] = below("examples", /\/index\.ts$/);

export const textOf = (page: string): string => readFileSync(join(repositoryRoot, page), "utf8");

/** Without blocks of code. */
export const proseOf = (page: string): string => textOf(page).replaceAll(/^( *)```[\s\S]*?^\1```$/gm, "");

export interface Block {
  readonly page: string;
  readonly line: number;
  readonly language: string;
  readonly code: string;
}

export function blocksIn(page: string): Block[] {
  const text = textOf(page);
  return [...text.matchAll(/^( *)```([^\n]*)\n([\s\S]*?)^\1```$/gm)].map((found) => {
    const [, indent = "", language = "", code = ""] = found;
    return {
      page,
      line: text.slice(0, found.index).split("\n").length,
      language,
      code: code.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
    };
  });
}

export const everyBlock: readonly Block[] = pages.flatMap(blocksIn);

export const blocksOf = (...languages: string[]): Block[] =>
  everyBlock.filter(({ language }) => languages.includes(language));

export const labelOf = ({ page, line }: Block): string => `${page}:${line}`;

/** As the places that show these pages make anchors of headings. */
export function anchorsOf(page: string): ReadonlySet<string> {
  const seen = new Map<string, number>();
  const headings = [...proseOf(page).matchAll(/^#{1,6} +(.+)$/gm)].map(([, heading = ""]) => slug(heading));
  const numbered = headings.map((anchor) => {
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
  const given = [...textOf(page).matchAll(/<a (?:id|name)="([^"]+)"/g)].map(([, anchor = ""]) => anchor);
  return new Set([...numbered, ...given]);
}

const slug = (heading: string): string =>
  heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .trim()
    .replaceAll(" ", "-");

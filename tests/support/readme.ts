import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "./repository";

export const readme = readFileSync(join(repositoryRoot, "README.md"), "utf8");

/** The code blocks below a heading of the README, in order. */
function blocksBelow(heading: string, language: string): readonly string[] {
  const section = readme.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0];
  if (section === undefined) throw new Error(`README.md has no "${heading}"`);
  const blocks = [...section.matchAll(/^```(\w+)\n(.*?)^```$/gms)];
  return blocks.flatMap(([, its, text = ""]) => (its === language ? [text] : []));
}

function blockBelow(heading: string, language: string): string {
  const [block, ...more] = blocksBelow(heading, language);
  if (block === undefined || more.length > 0) throw new Error(`README.md: one ${language} block below "${heading}"`);
  return block;
}

const commandsBelow = (heading: string): readonly string[] => blockBelow(heading, "sh").trimEnd().split("\n");

/** What the README has a newcomer paste, type and see. */
export const newcomer = {
  install: commandsBelow("Install"),
  files: { "Pulumi.yaml": blockBelow("A program", "yaml"), "index.ts": blockBelow("A program", "ts") },
  tryIt: commandsBelow("Try it without servers"),
  prints: blockBelow("Try it without servers", "text"),
  realServers: commandsBelow("Real servers"),
  inAClone: commandsBelow("In a clone"),
};

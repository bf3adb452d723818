import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { repositoryRoot } from "../support/repository";
import type { Judgement } from "./judgement";

const begin = "<!-- clients: written by `npm run test:clients` -->";
const end = "<!-- /clients -->";

export function table(judgements: readonly Judgement[]): string {
  const rows = judgements.map(({ name, version, batches, agreed, ran, reason }) => {
    const counts = ran ? `${batches} | ${agreed}` : "not run | ";
    return `| ${name} | ${version} | ${counts} | ${oneLine(reason ?? "a link, connected and healthy on both sides")} |`;
  });
  const head = ["| Client | Version | Batches or commands | Agreed | Saw |", "| --- | --- | ---: | ---: | --- |"];
  return [...head, ...rows].join("\n");
}

const oneLine = (text: string) => text.replaceAll(/\s+/g, " ").replaceAll("|", "\\|").slice(0, 300);

/** The table in lab/README.md, between its two comments; everything else there stays. */
export async function writeTable(judgements: readonly Judgement[]): Promise<void> {
  const file = join(repositoryRoot, "lab", "README.md");
  const text = existsSync(file) ? await readFile(file, "utf8") : `# The lab\n\n## Clients\n\n${begin}\n${end}\n`;
  const [before, rest] = text.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`${file} lacks the two comments around the table`);
  await writeFile(file, `${before}${begin}\n\n${table(judgements)}\n\n${end}${after}`);
}

import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { labFolder } from "../tests/support/place";
import type { Judgement } from "./judgement";

const begin = "<!-- clients: written by `npm run test:clients` -->";
const end = "<!-- /clients -->";

export function table(judgements: readonly Judgement[]): string {
  const rows = judgements.map(({ name, version, batches, agreed, ran, saw, reason }) => [
    ...[name, version, ran ? String(batches) : "not run", ran ? String(agreed) : ""],
    oneLine(reason ?? saw ?? ""),
  ]);
  const all = [["Client", "Version", "Batches or commands", "Agreed", "Saw"], ...rows];
  const widths = (all[0] ?? []).map((_, at) => Math.max(...all.map((row) => row[at]?.length ?? 0)));
  const [head, ...body] = all.map((row) => `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`);
  return [head, `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...body].join("\n");
}

const oneLine = (text: string) => text.replaceAll(/\s+/g, " ").replaceAll("|", "\\|").slice(0, 300);

/** The table in lab/README.md, between its two comments; everything else there stays. */
export async function writeTable(judgements: readonly Judgement[]): Promise<void> {
  const file = join(labFolder, "README.md");
  const text = existsSync(file) ? await readFile(file, "utf8") : `# The lab\n\n## Clients\n\n${begin}\n${end}\n`;
  const [before, rest] = text.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`${file} lacks the two comments around the table`);
  await writeFile(file, `${before}${begin}\n\n${table(judgements)}\n\n${end}${after}`);
}

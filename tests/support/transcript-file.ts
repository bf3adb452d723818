import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

/** A change in a transcript. */
export interface Entry {
  readonly number: string;
  readonly where: string;
  readonly doing: string;
  readonly text: string;
  readonly outcomes: string[];
}

/** Reads a transcript; fails where a line is neither a headline nor part of an entry. */
export function readTranscript(file: string): Entry[] {
  const entries = new Map<string, Entry>();
  let last: string | undefined;
  const texts = new Map<string, string[]>();
  for (const line of readFileSync(file, "utf8").split("\n").slice(0, -1)) {
    if (line.startsWith("    ")) {
      texts.get(last ?? "")?.push(line.slice(4));
      continue;
    }
    const [, number = "", where = "", said = ""] =
      /^\d{4}-\d\d-\d\dT[\d:.]+Z (\d+\.\d+) ([^ ]+(?: \([^)]*\))?): (.*)$/.exec(line) ?? [];
    assert.notEqual(number, "", `a torn line: ${line}`);
    const known = entries.get(number);
    if (known) {
      assert.ok(said.startsWith(`${known.doing}: `), line);
      known.outcomes.push(said.slice(known.doing.length + 2));
    } else {
      entries.set(number, { number, where, doing: said, text: "", outcomes: [] });
      texts.set(number, []);
    }
    last = number;
  }
  return [...entries.values()].map((entry) => ({ ...entry, text: (texts.get(entry.number) ?? []).join("\n") }));
}

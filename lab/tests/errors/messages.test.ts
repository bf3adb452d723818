import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { knownMessages } from "#lab/tsql/messages";

const sources = path.resolve(__dirname, "../../../src");
/** The lines of the lab's sources without their comments. */
const lines = readdirSync(sources, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .flatMap((file) => readFileSync(path.join(sources, file), "utf8").split("\n"))
  .filter((line) => !/^\s*(\/\/|\/?\*)/.test(line))
  .map((line) => line.replace(/ \/\/ .*/, ""));
const numbersIn = (texts: readonly string[], pattern: RegExp): Set<number> =>
  new Set(texts.flatMap((line) => [...line.matchAll(pattern)].map(([, number]) => Number(number))));

describe("the messages that the lab knows", () => {
  const known = knownMessages().map(({ number }) => number);

  it("stand in the order of their numbers, each once and on a line of its own", () => {
    assert.deepEqual(
      known,
      [...new Set(known)].sort((one, other) => one - other),
    );
    const written = readFileSync(path.join(sources, "tsql/messages.json"), "utf8").split("\n");
    assert.deepEqual(numbersIn(written, /^ {2}\[(\d+), \d+, ".*"\],?$/g), new Set(known));
  });

  it("are all raised: a line of the sources names each", () => {
    // Small numbers have other meanings too, so that their line has to speak of an error.
    const raised = numbersIn(lines, /(?<![\w.])(\d{4,5})(?![\w.])/g);
    const raisedAsErrors = numbersIn(
      lines.filter((line) => /error/i.test(line)),
      /(?<![\w.])(\d{3})(?![\w.])/g,
    );
    assert.deepEqual(
      known.filter((number) => !raised.has(number) && !raisedAsErrors.has(number)),
      [],
    );
  });

  it("are all that the sources name", () => {
    assert.deepEqual(
      [...numbersIn(lines, /\b(?:sqlError|formatMessage)\((\d+)/g)].filter((number) => !known.includes(number)),
      [],
    );
  });
});

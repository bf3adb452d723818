import assert from "node:assert/strict";
import fc from "fast-check";
import { SqlError } from "#lab/tsql/messages";
import { tokenize } from "#lab/tsql/parser/lexer";
import { newServer } from "./support";

/** Any UTF-16, halves of surrogate pairs included. */
const unit = fc.oneof(
  fc.integer({ min: 1, max: 0xffff }).map((code) => String.fromCharCode(code)),
  fc.constantFrom("'", "''", "]", "]]", "[", '"', "--", "/*", "*/", ";", "\r", "\n", " ", "\ud83d", "\ude00"),
);
const text = (maxLength: number) => fc.array(unit, { minLength: 1, maxLength }).map((units) => units.join(""));
const settings = { seed: 20260305, numRuns: 500 };
const quote = (value: string): string => `N'${value.replaceAll("'", "''")}'`;
const bracket = (value: string): string => `[${value.replaceAll("]", "]]")}]`;

describe("T-SQL lexer", () => {
  it("reads back any string literal unchanged", () => {
    fc.assert(
      fc.property(text(60), (value) => {
        const [token, end] = tokenize(quote(value));
        assert.equal(token?.kind, "string");
        assert.equal(token?.text, value);
        assert.equal(end?.kind, "end");
      }),
      settings,
    );
  });

  it("reads back any bracketed and any double-quoted identifier unchanged", () => {
    fc.assert(
      fc.property(text(120), (value) => {
        assert.deepEqual(
          tokenize(bracket(value))
            .map((token) => token.text)
            .slice(0, 1),
          [value],
        );
        assert.deepEqual(
          tokenize(`"${value.replaceAll('"', '""')}"`)
            .map((token) => token.text)
            .slice(0, 1),
          [value],
        );
      }),
      settings,
    );
  });

  it("carries any literal and any column name through a SELECT, and runs nothing else", async () => {
    const server = newServer();
    await fc.assert(
      fc.asyncProperty(text(40), text(40), async (value, name) => {
        const { sets, errors } = await server.run(`SELECT ${quote(value)} AS ${bracket(name)}`);
        assert.deepEqual(errors, []);
        assert.deepEqual([sets.length, sets[0]?.columns[0]?.name, sets[0]?.rows], [1, name, [[value]]]);
      }),
      settings,
    );
    assert.deepEqual(server.statements, []);
  });

  it("skips nested comments and comments to the end of the line, and counts lines", () => {
    const tokens = tokenize("-- one\nSELECT /* a /* b\n */ c */ 1 -- two\r\n,'x\ny' z");
    assert.deepEqual(
      tokens.map((token) => [token.text, token.line]),
      [
        ["SELECT", 2],
        ["1", 3],
        [",", 4],
        ["x\ny", 4],
        ["z", 5],
        ["z", 5],
      ],
    );
  });

  it("takes a lone carriage return for white space", () => {
    assert.deepEqual(
      tokenize("CREATE\rCERTIFICATE").map((token) => token.keyword),
      ["CREATE", "CERTIFICATE", ""],
    );
  });

  it("tells numbers, binary literals, variables and words apart", () => {
    const kinds = tokenize("1 1.5 .5 2e3 0x3082 0x @a @@b #t a$b N N'x'").map((token) => `${token.kind}:${token.text}`);
    assert.deepEqual(kinds, [
      "number:1",
      "number:1.5",
      "number:.5",
      "number:2e3",
      "binary:0x3082",
      "binary:0x",
      "variable:@a",
      "variable:@@b",
      "word:#t",
      "word:a$b",
      "word:N",
      "string:x",
      "end:x",
    ]);
  });

  it("refuses what does not end, names without characters, and names of more than 128", () => {
    const numberOf = (source: string): number => {
      try {
        tokenize(source);
        return 0;
      } catch (error) {
        return error instanceof SqlError ? error.number : -1;
      }
    };
    assert.deepEqual(
      ["'abc", "[abc", "/* a /* */", "[]", `[${"a".repeat(129)}]`, `[${"a".repeat(128)}]`].map(numberOf),
      [102, 102, 113, 1038, 103, 0],
    );
  });

  it("reads double quotes as strings when QUOTED_IDENTIFIER is off", async () => {
    const { sets } = await newServer().run("SET QUOTED_IDENTIFIER OFF SELECT 1; EXEC('SELECT \"it\" AS a')");
    assert.deepEqual(sets[1]?.rows, [["it"]]);
  });
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { sameName, sharedNameProblem, sysnameProblem } from "#provider/arguments/names";
import { shownOf, sql } from "#provider/sql-server/tsql";

/** Any text, but with more of the characters that mean something to T-SQL than chance would give. */
const hostile = fc.string({
  unit: fc.oneof(
    fc.constantFrom("]", "[", "'", '"', ";", "-", "\\", "\n", "\r", "/*", "]]", "''", " "),
    fc.string({ unit: "binary", maxLength: 2 }),
  ),
});

/** Reads a delimited token as SQL Server's lexer does: it ends at the first delimiter that is not doubled. */
function readDelimited(text: string, open: string, close: string): { value: string; rest: string } {
  assert.ok(text.startsWith(open));
  let value = "";
  for (let at = open.length; at < text.length; at++) {
    if (text[at] !== close) value += text[at];
    else if (text[at + 1] === close) value += text[at++];
    else return { value, rest: text.slice(at + 1) };
  }
  throw new assert.AssertionError({ message: `not closed: ${text}` });
}

describe("quoting", () => {
  it("delimits every name so that one token comes back, and nothing after it", () => {
    fc.assert(
      fc.property(hostile, (name) =>
        assert.deepEqual(readDelimited(sql.identifier(name).text, "[", "]"), { value: name, rest: "" }),
      ),
    );
  });

  it("shows no secret, also within a list", () => {
    const list = sql.list([sql.secret("Kept-1"), sql.string("x")]);
    assert.equal(shownOf(sql`EXEC p ${list}`), "EXEC p N'[secret]', N'x'");
    assert.equal(sql`EXEC p ${list}`.text, "EXEC p N'Kept-1', N'x'");
  });

  it("delimits every text so that one literal comes back, and nothing after it", () => {
    fc.assert(
      fc.property(hostile, (text) =>
        assert.deepEqual(readDelimited(sql.string(text).text, "N'", "'"), { value: text, rest: "" }),
      ),
    );
  });

  it("writes bytes as digits only, and gets them back", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const { text } = sql.binary(Buffer.from(bytes));
        assert.match(text, /^0x[0-9A-F]*$/);
        assert.deepEqual([...Buffer.from(text.slice(2), "hex")], [...bytes]);
      }),
    );
  });

  it("takes whole numbers only", () => {
    fc.assert(fc.property(fc.maxSafeInteger(), (n) => assert.equal(sql.int(n).text, String(n))));
    fc.assert(fc.property(fc.double({ noInteger: true }), (n) => assert.throws(() => sql.int(n), TypeError)));
  });

  it("leaves the statement around what is quoted as it is written", () => {
    fc.assert(
      fc.property(hostile, hostile, (name, text) => {
        const statement = sql`DROP CERTIFICATE ${sql.identifier(name)} -- ${sql.string(text)}!`.text;
        assert.ok(statement.startsWith("DROP CERTIFICATE "));
        const first = readDelimited(statement.slice("DROP CERTIFICATE ".length), "[", "]");
        assert.equal(first.value, name);
        assert.ok(first.rest.startsWith(" -- "));
        assert.deepEqual(readDelimited(first.rest.slice(4), "N'", "'"), { value: text, rest: "!" });
      }),
    );
  });
});

describe("names", () => {
  it("have 1 to 128 UTF-16 units", () => {
    assert.match(sysnameProblem("") ?? "", /empty/);
    assert.equal(sysnameProblem("x".repeat(128)), undefined);
    assert.match(sysnameProblem("x".repeat(129)) ?? "", /128 characters.*129/);
    assert.match(sysnameProblem("\u{1F517}".repeat(65)) ?? "", /130/);
  });

  it("may hold anything else that is text", () => {
    for (const name of ["a]b", "a'b", 'a"b', "a;--", "a\\b", "a\r\nb", "\u{1F517}", " "])
      assert.equal(sysnameProblem(name), undefined, name);
    assert.match(sysnameProblem("\uD83D") ?? "", /surrogate/);
    assert.match(sysnameProblem("a\0b") ?? "", /U\+0000/);
  });

  it("that Azure shares have none of the characters that it refuses, and the sentence says which", () => {
    for (const character of "<>*%&:\\/?#\n")
      assert.match(sharedNameProblem(`a${character}b`) ?? "", /Azure/, character);
    assert.ok(sharedNameProblem("a\\b")?.includes(JSON.stringify("\\")));
    assert.match(sharedNameProblem("ends.") ?? "", /full stop/);
    for (const name of ["a]b", "a'b", "a;--", "\u{1F517}"]) assert.equal(sharedNameProblem(name), undefined, name);
  });

  it("compare as a case-insensitive catalog does", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme-ascii" }), (name) =>
        assert.ok(sameName(name.toUpperCase(), name.toLowerCase())),
      ),
    );
    assert.ok(!sameName("a", "b"));
    assert.ok(sameName("ÄPFEL", "äpfel"));
    // Letters that JavaScript folds together and SQL Server tells apart: both i of Turkish, Kelvin, sharp s, non-BMP.
    for (const [one, other] of [
      ["DB_İ", "db_i\u0307"],
      ["DB_ı", "db_i"],
      ["\u212A", "k"],
      ["\u{10400}", "\u{10428}"],
    ] as const)
      assert.ok(!sameName(one, other), `${one} ${other}`);
  });
});

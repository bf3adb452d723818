import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { CompileErrors, parse } from "#lab/tsql/parser/index";
import { tokenize } from "#lab/tsql/parser/lexer";
import { int, nvarchar, type SqlType } from "#lab/tsql/types";
import { fixture } from "../support/place";
import { sentences, type Tokens } from "./bnf";
import { documentedStatements } from "./documented-statements";
import { type Gap, gaps } from "./grammar-gaps";
import { mutated, mutation, written } from "./mutations";
import { refusedByGrammar } from "./public-grammar";
import { rules } from "./statement-syntax";

const declared = new Map<string, SqlType>([
  ["@i", int],
  ["@s", nvarchar(50)],
  ["@x", { name: "sql_variant" }],
]);
/** Errors that do not stop the parser. */
const remarks: ReadonlySet<number> = new Set([134, 137]);
/** What the grammar has no part in: limits, types and options that do not exist, arguments that do not fit together. */
const notOfTheGrammar: ReadonlySet<number> = new Set([
  103, 117, 131, 168, 179, 195, 321, 1001, 1002, 1007, 2526, 2715, 2750,
]);

interface Refusal {
  readonly line: number;
  readonly number?: number;
}

function refusedByLab(batch: string): Refusal | undefined {
  try {
    parse(batch, { declared });
    return undefined;
  } catch (error) {
    if (!(error instanceof CompileErrors)) throw error;
    return error.errors.find(({ number }) => !remarks.has(number));
  }
}

type Comparison = "both accept" | "both refuse" | "the lab has other reasons" | Gap;

/** One token a line, so that the line of a refusal tells which token is refused. */
function compare(tokens: Tokens): Comparison {
  const text = tokens.join("\n");
  const lab = refusedByLab(text);
  const grammar = refusedByGrammar(text);
  if (!lab && grammar === undefined) return "both accept";
  if (lab && grammar !== undefined) return "both refuse";
  if (lab?.number !== undefined && notOfTheGrammar.has(lab.number)) return "the lab has other reasons";
  const refusedBy = lab ? "lab" : "grammar";
  const line = lab?.line ?? grammar ?? 1;
  const words = tokens.map((token) => token.replace(/\s/g, "_"));
  const near = [...words.slice(0, line - 1), `‸${words.slice(line - 1).join(" ")}`].join(" ");
  const gap = gaps.find((one) => one.refusedBy === refusedBy && one.near.test(near));
  return gap ?? assert.fail(`only the ${refusedBy} refuses: ${near}`);
}

const tokensOf = (text: string): Tokens =>
  tokenize(text)
    .slice(0, -1)
    .map(({ start, end }) => text.slice(start, end));

const batches = sentences(rules, "batch");
const seed = JSON.parse(readFileSync(fixture("seed_batches.json"), "utf8")) as readonly { full: string }[];

describe("the parser beside the public T-SQL grammar", function () {
  this.timeout(240_000);

  it("takes 1,500 random batches, however they are written, and so does the grammar", () => {
    fc.assert(
      fc.property(batches, written, (tokens, write) => {
        const text = write(tokens);
        assert.deepEqual([refusedByLab(text), refusedByGrammar(text)], [undefined, undefined], text);
      }),
      { seed: 20260305, numRuns: 1500 },
    );
  });

  it("takes or refuses 2,500 batches with a mistake as the grammar does, but for the gaps below", () => {
    const counts = new Map<string, number>();
    fc.assert(
      fc.property(batches, batches, mutation, (tokens, others, change) => {
        fc.pre(tokens.length > 1);
        const found = compare(mutated(tokens, others, change));
        const what = typeof found === "string" ? found : "gap";
        counts.set(what, (counts.get(what) ?? 0) + 1);
      }),
      { seed: 20260305, numRuns: 2500, endOnFailure: true },
    );
    const count = (what: Comparison | "gap") => counts.get(what as string) ?? 0;
    const summary = JSON.stringify(Object.fromEntries(counts));
    assert.ok(count("both accept") + count("both refuse") >= 0.98 * 2500, summary);
    assert.ok(count("both accept") > 250 && count("both refuse") > 1500, summary);
  });

  it("takes 18 of the procedure's 25 batches as the grammar does, and the others where that has gaps", () => {
    const found = seed.map(({ full }) => compare(tokensOf(full)));
    assert.equal(found.filter((one) => one === "both accept").length, 18);
    assert.deepEqual(
      [...new Set(found.flatMap((one) => (typeof one === "string" ? [] : [one.what.split(",")[0]])))],
      [
        "CREATE CERTIFICATE ... FROM BINARY",
        "CREATE ENDPOINT",
        "options of an endpoint in another order than AUTHENTICATION",
        "CREATE AVAILABILITY GROUP",
      ],
    );
  });

  describe("takes as the grammar does the documentation's example of", () => {
    for (const [page, statement] of Object.entries(documentedStatements)) {
      it(page, () => assert.equal(compare(tokensOf(statement)), "both accept"));
    }
  });

  describe("differs from it, still, in", () => {
    for (const gap of gaps) {
      it(`${gap.what} (refused by the ${gap.refusedBy}; right: ${gap.right})`, () => {
        assert.equal(compare(tokensOf(gap.example)), gap);
      });
    }
  });
});

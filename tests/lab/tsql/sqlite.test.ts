import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { int, type SqlValue } from "#lab/tsql/types";
import { column, newServer, rowsOf, table } from "./support";

/** The same rows for both: small numbers and words, many of them equal or NULL. */
const rows: (readonly SqlValue[])[] = Array.from({ length: 12 }, (_, index) => [
  index,
  index % 4 === 3 ? null : (index * 7) % 5,
  index % 5 === 4 ? null : (["ann", "BOB", "cy", "Ann"][index % 4] ?? null),
]);
const server = newServer();
server.tables.set(
  "t",
  table([column("a", int, false), column("b", int), column("s", { name: "nvarchar", length: 10 })], rows),
);
server.tables.set(
  "u",
  table([column("a", int, false), column("b", int), column("s", { name: "nvarchar", length: 10 })], rows.slice(0, 5)),
);

const sqlite = new DatabaseSync(":memory:");
for (const [name, content] of [
  ["t", rows],
  ["u", rows.slice(0, 5)],
] as const) {
  sqlite.exec(`CREATE TABLE ${name} (a INTEGER, b INTEGER, s TEXT COLLATE NOCASE)`);
  const insert = sqlite.prepare(`INSERT INTO ${name} VALUES (?, ?, ?)`);
  for (const [a, b, s] of content) insert.run(a as number, b as number | null, s as string | null);
}

const number = (t: string) =>
  fc.oneof(fc.constantFrom(`${t}.a`, `${t}.b`), fc.integer({ min: -3, max: 9 }).map(String));
const value = (t: string) =>
  fc.oneof(
    number(t),
    fc.tuple(number(t), fc.constantFrom("+", "-", "*"), number(t)).map(([a, o, b]) => `(${a} ${o} ${b})`),
  );
const comparison = (t: string) =>
  fc.oneof(
    fc.tuple(value(t), fc.constantFrom("=", "<>", "<", "<=", ">", ">="), value(t)).map((parts) => parts.join(" ")),
    fc
      .constantFrom("ann", "bob", "x")
      .chain((word) => fc.constantFrom("=", "<>", "<", ">=").map((operator) => `${t}.s ${operator} '${word}'`)),
    fc.constantFrom("a%", "%B", "_n_", "%").map((pattern) => `${t}.s LIKE '${pattern}'`),
    fc
      .constantFrom("b", "s")
      .chain((name) => fc.constantFrom("IS NULL", "IS NOT NULL").map((test) => `${t}.${name} ${test}`)),
    fc.tuple(value(t), value(t), value(t)).map(([a, b, c]) => `${a} BETWEEN ${b} AND ${c}`),
    fc
      .tuple(value(t), fc.array(value(t), { minLength: 1, maxLength: 3 }), fc.boolean())
      .map(([a, list, not]) => `${a} ${not ? "NOT " : ""}IN (${list.join(", ")})`),
    fc.boolean().map((not) => `${t}.b ${not ? "NOT " : ""}IN (SELECT u2.a FROM u u2 WHERE u2.b < ${t}.a)`),
  );
const condition = (t: string): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.array(fc.tuple(fc.boolean(), comparison(t)), { minLength: 1, maxLength: 3 }),
      fc.constantFrom(" AND ", " OR "),
    )
    .map(([parts, joiner]) => parts.map(([not, text]) => (not ? `NOT (${text})` : text)).join(joiner));
const plain = fc
  .tuple(value("t"), condition("t"))
  .map(([item, where]) => `SELECT t.a, t.b, t.s, ${item} AS x FROM t WHERE ${where}`);
const joined = fc
  .tuple(fc.constantFrom("JOIN", "LEFT JOIN", "CROSS JOIN", "FULL JOIN"), condition("t"), value("u"))
  .map(
    ([kind, where, item]) =>
      `SELECT t.a, u.a, ${item} AS x FROM t ${kind} u ${kind === "CROSS JOIN" ? "" : "ON u.a = t.b"} WHERE ${where}`,
  );
const grouped = fc
  .tuple(fc.constantFrom("b", "s"), condition("t"), fc.integer({ min: 0, max: 3 }))
  .map(
    ([key, where, least]) =>
      `SELECT LOWER(t.${key}) AS k, COUNT(*), COUNT(t.b), SUM(t.a), MIN(t.b), MAX(t.a) FROM t WHERE ${where} GROUP BY LOWER(t.${key}) HAVING COUNT(*) > ${least}`,
  );
const combined = fc
  .tuple(condition("t"), fc.constantFrom("UNION", "UNION ALL", "EXCEPT", "INTERSECT"), condition("u"))
  .map(([left, operator, right]) => `SELECT t.b FROM t WHERE ${left} ${operator} SELECT u.b FROM u WHERE ${right}`);
const conditional = fc
  .tuple(condition("t"), value("t"), value("t"))
  .map(
    ([test, yes, no]) =>
      `SELECT t.a, CASE WHEN ${test} THEN ${yes} ELSE ${no} END, COALESCE(t.b, -1), NULLIF(t.b, 1) FROM t`,
  );

const sorted = (found: readonly (readonly unknown[])[]): string[] => found.map((row) => JSON.stringify(row)).sort();

describe("SELECT beside SQLite", () => {
  it("finds the same rows in 500 random queries", async () => {
    let nonEmpty = 0;
    await fc.assert(
      fc.asyncProperty(fc.oneof(plain, joined, grouped, combined, conditional), async (query) => {
        const statement = sqlite.prepare(query);
        statement.setReturnArrays(true);
        const expected = statement.all() as unknown as (readonly unknown[])[];
        nonEmpty += expected.length > 0 ? 1 : 0;
        assert.deepEqual(sorted(await rowsOf(query, server)), sorted(expected), query);
      }),
      { seed: 20260305, numRuns: 500 },
    );
    assert.ok(nonEmpty > 250, `only ${nonEmpty} queries found rows`);
  });

  it("sorts them alike, whatever is NULL", async () => {
    for (const query of [
      "SELECT a, b FROM t ORDER BY b, a DESC",
      "SELECT a FROM t ORDER BY b DESC, s, a",
      "SELECT DISTINCT b FROM t ORDER BY b",
    ]) {
      const statement = sqlite.prepare(query);
      statement.setReturnArrays(true);
      assert.deepEqual(await rowsOf(query, server), statement.all(), query);
    }
  });
});

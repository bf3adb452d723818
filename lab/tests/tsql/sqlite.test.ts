import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { int, type SqlValue } from "#lab/tsql/types";
import { column, newServer, rowsOf, table } from "./server-of-arrays";

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
/** Orders in which no two rows are equal, so that both sides number them alike. */
const order = fc.constantFrom("t.a", "t.a DESC", "t.b, t.a", "t.s DESC, t.a");
const partition = fc.constantFrom("", "PARTITION BY t.b ", "PARTITION BY t.a % 3 ");
const windowed = fc
  .tuple(partition, order, condition("t"))
  .chain(([by, sort, where]) =>
    fc
      .constantFrom(
        `ROW_NUMBER() OVER (${by}ORDER BY ${sort})`,
        `RANK() OVER (${by}ORDER BY t.b)`,
        `DENSE_RANK() OVER (${by}ORDER BY t.s)`,
        `NTILE(3) OVER (${by}ORDER BY ${sort})`,
      )
      .map((over) => `SELECT t.a, ${over} AS w FROM t WHERE ${where}`),
  );
const derived = fc
  .tuple(condition("t"), fc.constantFrom("t.a", "t.b"), fc.integer({ min: 1, max: 4 }))
  .map(
    ([where, key, most]) =>
      `SELECT d.k, d.n FROM (SELECT ${key} AS k, ROW_NUMBER() OVER (PARTITION BY t.s ORDER BY t.a) AS n FROM t WHERE ${where}) AS d WHERE d.n <= ${most}`,
  );

const conditional = fc
  .tuple(condition("t"), value("t"), value("t"))
  .map(
    ([test, yes, no]) =>
      `SELECT t.a, CASE WHEN ${test} THEN ${yes} ELSE ${no} END, COALESCE(t.b, -1), NULLIF(t.b, 1) FROM t`,
  );

/** SQLite has one type for whole numbers, where ROW_NUMBER and its like are bigint. */
const plainNumber = (_: string, value: unknown): unknown => (typeof value === "bigint" ? Number(value) : value);
const sorted = (found: readonly (readonly unknown[])[]): string[] =>
  found.map((row) => JSON.stringify(row, plainNumber)).sort();

describe("SELECT beside SQLite", function () {
  this.timeout(60_000);

  it("finds the same rows in 10,000 random queries", async () => {
    let nonEmpty = 0;
    await fc.assert(
      fc.asyncProperty(fc.oneof(plain, joined, grouped, combined, conditional, windowed, derived), async (query) => {
        const statement = sqlite.prepare(query);
        statement.setReturnArrays(true);
        const expected = statement.all() as unknown as (readonly unknown[])[];
        nonEmpty += expected.length > 0 ? 1 : 0;
        assert.deepEqual(sorted(await rowsOf(query, server)), sorted(expected), query);
      }),
      { seed: 20260305, numRuns: 10_000 },
    );
    assert.ok(nonEmpty > 5000, `only ${nonEmpty} queries found rows`);
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

/** Keeps numbers small, so that every result is one that both sides can hold. */
const bounded = (expression: string) => `(${expression}) % 97`;
const words = ["ann", "BOB", "cy", "Ann", "dora"];
const word = fc.option(fc.constantFrom(...words), { nil: null }).map((text) => (text === null ? "NULL" : `'${text}'`));
const newRow = fc
  .tuple(fc.integer({ min: -5, max: 40 }), fc.option(fc.integer({ min: -9, max: 60 }), { nil: null }), word)
  .map(([a, b, s]) => `(${a}, ${b ?? "NULL"}, ${s})`);
/** A statement that both know. */
const change = fc.oneof(
  fc.array(newRow, { minLength: 1, maxLength: 3 }).map((list) => `INSERT INTO t (a, b, s) VALUES ${list.join(", ")}`),
  fc
    .tuple(fc.integer({ min: -3, max: 30 }), value("u"), condition("u"))
    .map(
      ([shift, item, where]) =>
        `INSERT INTO t (a, s, b) SELECT u.a + ${shift}, u.s, ${bounded(item)} FROM u WHERE ${where}`,
    ),
  fc.tuple(value("t"), condition("t")).map(([item, where]) => `UPDATE t SET b = ${bounded(item)} WHERE ${where}`),
  fc.tuple(word, condition("t")).map(([text, where]) => `UPDATE t SET s = ${text}, b = t.b - t.a % 7 WHERE ${where}`),
  fc
    .tuple(fc.integer({ min: -9, max: 9 }), condition("t"))
    .map(
      ([number, where]) =>
        `UPDATE t SET b = ${number} - COALESCE((SELECT MAX(u2.a) FROM u u2 WHERE u2.b = t.b), 0) WHERE ${where}`,
    ),
  condition("t").map((where) => `DELETE FROM t WHERE ${where}`),
  fc.integer({ min: -3, max: 40 }).map((key) => `DELETE FROM t WHERE a = ${key}`),
  fc
    .tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: -5, max: 40 }))
    .map(([id, parent]) => `INSERT INTO c (id, parent) VALUES (${id}, ${parent})`),
);

describe("INSERT, UPDATE and DELETE beside SQLite", function () {
  this.timeout(120_000);
  const changed = newServer();
  const database = new DatabaseSync(":memory:");
  const constraints = "CONSTRAINT PK PRIMARY KEY (a), CONSTRAINT CK CHECK (b < 90)";
  const insertRows = (content: typeof rows) =>
    content.map(([a, b, s]) => `(${a}, ${b}, ${s === null ? "NULL" : `'${s}'`})`).join(", ");

  before(async () => {
    database.exec(`CREATE TABLE t (a INTEGER NOT NULL, b INTEGER, s TEXT COLLATE NOCASE, ${constraints});
      CREATE TABLE u (a INTEGER, b INTEGER, s TEXT COLLATE NOCASE);
      CREATE TABLE c (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES t (a));
      INSERT INTO u VALUES ${insertRows(rows.slice(0, 5))}`);
    const { errors } = await changed.run(`CREATE TABLE t (a int NOT NULL, b int, s nvarchar(10), ${constraints})
      CREATE TABLE c (id int PRIMARY KEY, parent int REFERENCES t (a))
      CREATE TABLE u (a int, b int, s nvarchar(10)) INSERT INTO u VALUES ${insertRows(rows.slice(0, 5))}`);
    assert.deepEqual(errors, []);
  });

  /** Returns how many rows were changed, or that the statement was refused and changed nothing. */
  async function inLab(text: string): Promise<number | "refused"> {
    const { errors, ends } = await changed.run(text);
    for (const { number: code, text: said } of errors)
      assert.ok([2627, 547].includes(code), `${code} ${said}: ${text}`);
    return errors.length > 0 ? "refused" : (ends.at(-1)?.rowCount ?? 0);
  }
  function inSqlite(text: string): number | "refused" {
    try {
      return Number(database.prepare(text).run().changes);
    } catch (error) {
      assert.match(String(error), /constraint failed/, text);
      return "refused";
    }
  }

  async function both(inTsql: string, inSqlText = inTsql): Promise<void> {
    assert.deepEqual((await changed.run(inTsql)).errors, []);
    database.exec(inSqlText);
  }

  /** Runs the statements on both sides, with a savepoint before one of them, and counts those that were refused. */
  async function runBoth(changes: readonly string[], savepoint: number): Promise<number> {
    let refused = 0;
    for (const [index, text] of changes.entries()) {
      if (index === savepoint) await both("SAVE TRAN here", "SAVEPOINT here");
      const outcome = inSqlite(text);
      assert.equal(await inLab(text), outcome, changes.join("\n"));
      refused += outcome === "refused" ? 1 : 0;
    }
    return refused;
  }

  it("leave the same rows after 2,000 random transactions, and refuse the same statements", async () => {
    let refused = 0;
    const changes = fc.array(change, { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(changes, fc.nat({ max: 5 }), fc.boolean(), async (statements, savepoint, commits) => {
        await both("DELETE FROM c");
        await both("DELETE FROM t");
        await both(`INSERT INTO t VALUES ${insertRows(rows)}`);
        await both("BEGIN TRAN", "BEGIN");
        refused += await runBoth(statements, savepoint);
        const goesBack = savepoint < statements.length && savepoint % 2 === 0;
        if (goesBack) await both("ROLLBACK TRAN here", "ROLLBACK TO here");
        await both(commits ? "COMMIT" : "ROLLBACK");
        for (const query of ["SELECT a, b, s FROM t ORDER BY a", "SELECT id, parent FROM c ORDER BY id"]) {
          const statement = database.prepare(query);
          statement.setReturnArrays(true);
          assert.deepEqual(await rowsOf(query, changed), statement.all(), statements.join("\n"));
        }
      }),
      { seed: 20260305, numRuns: 2000 },
    );
    assert.ok(refused > 500, `only ${refused} statements were refused`);
  });
});

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { endSession } from "#lab/tsql/data/session-data";
import { fixture } from "../../support/repository";
import { errorsOf, newServer, select } from "./support";

const seed = JSON.parse(readFileSync(fixture("seed_batches.json"), "utf8")) as readonly { short: string }[];
const statements = [
  ...seed.map(({ short }) => short),
  "SELECT TOP 2 p.Id, COUNT(*) n FROM People p LEFT JOIN People b ON b.Id = p.Boss WHERE p.Name LIKE N'%o[a-c]' AND NOT (p.Id IN (1, 2)) GROUP BY p.Id HAVING COUNT(*) > 0 ORDER BY n DESC",
  "BEGIN TRY DECLARE @i int = 0; WHILE @i < 3 BEGIN SET @i += 1 IF @i = 2 CONTINUE PRINT CONVERT(varchar(10), @i) END; THROW 50001, N'x', 1 END TRY BEGIN CATCH SELECT ERROR_NUMBER() END CATCH",
  "WITH c AS (SELECT Id FROM People) SELECT CASE WHEN Id > 1 THEN 'a' ELSE N'b' END x FROM c UNION ALL SELECT CAST(0x41 AS varchar(1)) ORDER BY 1",
  "EXEC sp_executesql N'SELECT @a', N'@a int', @a = 1; RAISERROR('%d', 16, 1, 5); DBCC TRACEON(1800, -1)",
  "CREATE TABLE t (id int IDENTITY PRIMARY KEY, v varchar(5) NOT NULL DEFAULT 'x', CHECK (id < 9)) INSERT t (v) OUTPUT inserted.* VALUES ('a'), (DEFAULT) UPDATE x SET v += 'b', @@n = 1 FROM t x JOIN People p ON p.Id = x.id WHERE id IN (1, 2) DELETE TOP (1) t DROP TABLE t",
  "BEGIN TRAN CREATE TABLE #t (a int REFERENCES t) INSERT #t SELECT Id FROM People SAVE TRAN s ALTER TABLE #t ADD b int UNIQUE ROLLBACK TRAN s SELECT * INTO #u FROM #t COMMIT DECLARE @v TABLE (a int) INSERT @v EXEC ('SELECT 1')",
  "CREATE OR ALTER PROCEDURE p @a int = 1, @b varchar(5) OUTPUT AS BEGIN SELECT @b = v FROM t WHERE id = @a RETURN 3 END",
];
const splinters = [
  "(",
  ")",
  "'",
  "[",
  "]",
  ",",
  ";",
  "--",
  "/*",
  "*/",
  " NULL ",
  " SELECT ",
  " END ",
  " BEGIN ",
  "@",
  "0x",
  "1e999",
  "\0",
  "\ud83d",
  "=",
  " NOT ",
  "*",
  " CASE ",
];

const repeat = (text: string, count: number): string => text.repeat(count);

describe("hostile T-SQL", () => {
  it("in 3,000 mutated statements neither crashes nor hangs", async () => {
    const server = newServer();
    let failed = 0;
    const mutation = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      length: fc.integer({ min: 0, max: 12 }),
      insert: fc.oneof(fc.constantFrom(...splinters), fc.string({ maxLength: 5 })),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...statements),
        fc.array(mutation, { minLength: 1, maxLength: 4 }),
        async (statement, mutations) => {
          const text = mutations.reduce((current, { at, length, insert }) => {
            const position = Math.floor(at * current.length);
            return current.slice(0, position) + insert + current.slice(position + length);
          }, statement);
          const attention = new AbortController();
          const running = server.run(text, attention.signal);
          await setImmediate();
          attention.abort();
          const { errors } = await running;
          failed += errors.length > 0 ? 1 : 0;
          for (const error of errors) {
            assert.ok(error.severity > 10 && error.severity < 20 && error.line >= 1, `${error.number} ${error.text}`);
            assert.ok(!/undefined|\[object|NaN/.test(error.text) || /undefined|NaN/.test(text), error.text);
          }
          endSession(server.session);
          server.session.options.clear();
        },
      ),
      { seed: 20260305, numRuns: 3000 },
    );
    assert.ok(failed > 1000, `only ${failed} of the mutations were errors`);
  });

  it("that is nested too deeply is error 191", async () => {
    const deep = 100_000;
    const texts = [
      `SELECT ${repeat("(", deep)}1${repeat(")", deep)}`,
      `SELECT ${repeat("- ", deep)}1`,
      `SELECT 1 WHERE ${repeat("NOT ", deep)}1 = 1`,
      repeat("BEGIN ", deep),
      repeat("IF 1 = 1 ", deep),
      `SELECT ${repeat("CASE WHEN 1 = 1 THEN ", 1000)}1`,
      `SELECT ${repeat("(SELECT ", 1000)}1`,
      `SELECT ${repeat("UPPER(", 1000)}'a'`,
      `SELECT * FROM ${repeat("(SELECT * FROM ", 1000)}People`,
      `${repeat("IF 1 = 2 SELECT 1 ELSE ", 1000)}SELECT 2`,
    ];
    for (const text of texts) assert.match((await errorsOf(text)).join(), /^(191|156)@1$/, text.slice(0, 40));
    assert.deepEqual(await errorsOf(texts[0] ?? ""), ["191@1"]);
  });

  it("that is only long runs", async () => {
    assert.deepEqual(await select(`1${repeat(" + 1", 20_000)}`), [20_001]);
    assert.deepEqual(await select(`IIF(1 = 2${repeat(" OR 1 = 2", 20_000)}, 1, 0)`), [0]);
    assert.deepEqual(await select(`IIF(7 IN (0${repeat(", 0", 20_000)}), 1, 0)`), [0]);
    assert.deepEqual(await select(`IIF('${repeat("a", 4000)}' LIKE '${repeat("%a", 2000)}b', 1, 0)`), [0]);
    assert.equal((await newServer().run(`SELECT 1${repeat(" UNION ALL SELECT 1", 2000)}`)).sets[0]?.rows.length, 2001);
  });

  it("that would never end is refused as the server refuses it", async () => {
    const doubling = Array.from(
      { length: 40 },
      (_, index) => `, c${index + 1} AS (SELECT a FROM c${index} UNION ALL SELECT a FROM c${index})`,
    );
    assert.deepEqual(await errorsOf(`WITH c0 AS (SELECT 1 AS a)${doubling.join("")} SELECT * FROM c40`), ["8623@1"]);
    const cross = Array.from({ length: 13 }, (_, index) => `People p${index}`).join(", ");
    assert.deepEqual(await errorsOf(`SELECT COUNT(*) FROM ${cross}`), ["701@1"]);
  });
});

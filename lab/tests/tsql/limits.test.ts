import assert from "node:assert/strict";
import { errorsOf, newServer, select } from "./server-of-arrays";

const repeat = (text: string, count: number): string => text.repeat(count);

describe("T-SQL beyond the limits", () => {
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

  // Mutated statements (lab/tests/hostile) brought these to light.
  it("that makes a text longer than any is refused, and a long one is made in no time", async () => {
    const long = "REPLICATE(CAST('a' AS varchar(max)), 1000000)";
    assert.deepEqual(await select(`LEN(REPLACE(${long}, 'a', ${long}))`), [2 ** 24]);
    assert.deepEqual(await select("REPLACE('aba', 'a', 'cc'), REPLACE(N'', N'a', N'b')"), ["ccbcc", ""]);
    assert.deepEqual(await select(`LEN(REPLICATE(CAST(' ' AS varchar(max)), 1000000) + 'x ')`), [1_000_001]);
    const needle = "REPLICATE('a', 3999) + 'b'";
    assert.deepEqual(
      await errorsOf(`SELECT 1 WHERE REPLICATE(CAST('a' AS varchar(max)), 100000) LIKE '%' + ${needle} + '%'`),
      ["701@1"],
    );
    const doubled = `DECLARE @s varchar(max) = ${long}, @n int = 0 WHILE @n < 12 BEGIN SET @s += @s SET @n += 1 END`;
    assert.equal((await errorsOf(doubled))[0], "7119@1");
    const [error] = (await newServer().run("RAISERROR('%999999999d', 11, 1, 5)")).errors;
    assert.equal(error?.text.length, 2047);
  });
});

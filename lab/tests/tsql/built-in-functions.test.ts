import assert from "node:assert/strict";
import { errorsOf, newServer, rowsOf, select } from "./support";

const at = (text: string): Date => new Date(`${text}Z`);
const cases: readonly (readonly [list: string, values: readonly unknown[]])[] = [
  ["IIF(1 = 1, 'y', 'n'), NULLIF(1, 1), TRY_CAST('1' AS int), TRIM('  a '), POWER(2, 10)", ["y", null, 1, "a", 1024]],
  ["ROUND(1.789, 1, 1), ROUND(1250, -2), ROUND(-2.5, 0), CEILING(1.2), FLOOR(-1.2)", [1700n, 1300, -30n, 2n, -2n]],
  ["DATEADD(day, 1, '2024-02-28'), DATENAME(weekday, '2024-01-01')", [at("2024-02-29T00:00"), "Monday"]],
  [
    "CAST(CAST('2024-05-06 07:08:09.1234567' AS datetime2) AS varchar(40)), CAST(CAST('23:59:59.9999999' AS time) AS varchar(20))",
    ["2024-05-06 07:08:09.1234567", "23:59:59.9999999"],
  ],
  ["CONVERT(varchar(40), CAST('2024-05-06 07:08:09.15' AS datetime2(1)))", ["2024-05-06 07:08:09.2"]],
  ["TYPE_NAME(56), TYPE_NAME(256), TYPE_NAME(9)", ["int", "sysname", null]],
  ["CAST('$1,234.5' AS money), CAST(12.3456 AS money) * 2, $10 / 3", [12345000n, 246912n, 33333n]],
  [
    "CONVERT(varchar(20), $1234567.891, 1), CAST($2.345 AS varchar(9)), CONVERT(varchar(9), $2.345, 2)",
    ["1,234,567.89", "2.35", "2.3450"],
  ],
];

const refused: readonly (readonly [text: string, error: string])[] = [
  ["SELECT LEFT('a', -1)", "537@1"],
  ["SELECT RIGHT('a', -1)", "536@1"],
  ["SELECT POWER(10, 10)", "8115@1"],
  ["SELECT CAST('12x' AS money)", "235@1"],
  ["SELECT CAST(300000 AS smallmoney)", "8115@1"],
  ["SELECT 'a' COLLATE Latin1_General_CI_AS + 'b' COLLATE Latin1_General_CS_AS", "468@1"],
  ["SELECT 1 WHERE 'a' COLLATE Latin1_General_CI_AS = 'b' COLLATE Latin1_General_BIN2", "468@1"],
  ["DECLARE @t text", "2739@1"],
  ["SELECT * FROM (SELECT 1 AS a, 2 AS A) t", "8156@1"],
  ["SELECT Name FROM people GROUP BY Name HAVING Id > 1", "8121@1"],
  ["SELECT Name FROM people GROUP BY Name ORDER BY Id", "8127@1"],
];

describe("functions of the language", () => {
  for (const [list, values] of cases) {
    it(`give what the documentation says: ${list.slice(0, 70)}`, async () => {
      assert.deepEqual(await select(list), values);
    });
  }

  for (const [text, error] of refused) {
    it(`refuse ${text}`, async () => {
      assert.deepEqual(await errorsOf(text), [error]);
    });
  }

  it("add up money as money", async () => {
    const { sets } = await newServer().run(
      "SELECT SUM(m), AVG(m), MAX(m) FROM (VALUES (CAST(1 AS smallmoney)), (2)) AS t (m)",
    );
    assert.deepEqual(
      sets[0]?.columns.map(({ type }) => type.name),
      ["money", "money", "smallmoney"],
    );
    assert.deepEqual(sets[0]?.rows, [[30000n, 15000n, 20000n]]);
  });

  it("number rowversion columns with each change, and let nobody set them", async () => {
    const server = newServer();
    await server.run("CREATE TABLE v (id int, version rowversion); INSERT v (id) VALUES (1), (2)");
    const versions = async () =>
      (await rowsOf("SELECT version FROM v ORDER BY id", server)).map(([v]) => (v as Buffer).readBigUInt64BE());
    const [first = 0n, second = 0n] = await versions();
    assert.equal(second, first + 1n);
    await server.run("UPDATE v SET id = 1 WHERE id = 1");
    assert.deepEqual(await versions(), [second + 1n, second]);
    assert.deepEqual(await errorsOf("UPDATE v SET version = 0x1", server), ["272@1"]);
    assert.deepEqual(await errorsOf("INSERT v VALUES (1, 0x1)", server), ["273@1"]);
  });

  it("know objects and their columns by number", async () => {
    const server = newServer();
    await server.run("CREATE TABLE o (id int IDENTITY PRIMARY KEY, n nvarchar(7) NOT NULL)");
    assert.deepEqual(
      await rowsOf(
        "SELECT COL_NAME(OBJECT_ID('o'), 2), OBJECT_NAME(OBJECT_ID('o')), OBJECT_SCHEMA_NAME(OBJECT_ID('o'))",
        server,
      ),
      [["n", "o", "dbo"]],
    );
  });

  it("are not there before the version that brought them: 195", async () => {
    const server = newServer();
    const { host } = server.session;
    const { globalVariable } = host;
    host.globalVariable = (name, session) =>
      name === "@@MICROSOFTVERSION" ? { type: { name: "int" }, value: 13 << 24 } : globalVariable(name, session);
    assert.deepEqual(await errorsOf("SELECT STRING_AGG(Name, ',') FROM people", server), ["195@1"]);
    assert.deepEqual(await errorsOf("SELECT CONCAT('a', 'b')", server), []);
  });

  it("are named as they were written where nobody knows them", async () => {
    const { errors } = await newServer().run("SELECT noSuchFunction(1)");
    assert.deepEqual(
      errors.map(({ text, state }) => [text, state]),
      [["'noSuchFunction' is not a recognized built-in function name.", 10]],
    );
  });
});

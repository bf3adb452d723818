import assert from "node:assert/strict";
import { errorsOf, newServer, rowsOf, select } from "./support";

const at = (text: string): Date => new Date(`${text}Z`);
const base = (value: string) => ({ type: { name: "nvarchar", length: 128 }, value });
const cases: readonly (readonly [list: string, values: readonly unknown[]])[] = [
  ["CHOOSE(2, 'a', 'b'), CHOOSE(3, 'a', 'b'), IIF(1 = 1, 'y', 'n'), NULLIF(1, 1)", ["b", null, "y", null]],
  ["PARSE('12' AS int), TRY_PARSE('x' AS int), TRY_CAST('1' AS int)", [12, null, 1]],
  ["CONCAT_WS(',', 'a', NULL, 'b'), TRANSLATE('2*[3+4]', '[]', '()'), TRIM('x' FROM 'xaXx')", ["a,b", "2*(3+4)", "a"]],
  ["PARSENAME('srv.[d.b].dbo.t', 3), PARSENAME('t', 2)", ["d.b", null]],
  ["SOUNDEX('Robert'), DIFFERENCE('Robert', 'Rupert'), LTRIM('aab', 'a')", ["R163", 4, "b"]],
  ["FORMATMESSAGE('%s: %5d|%-5s|', 'a', 7, 'b'), STRING_ESCAPE('a\"/', 'json')", ["a:     7|b    |", 'a\\"\\/']],
  ["GREATEST(1, NULL, 3), LEAST('b', 'A'), SIGN(-2.5), POWER(2, 10)", [3, "A", -10n, 1024]],
  ["ROUND(1.789, 1, 1), ROUND(1250, -2), ROUND(-2.5, 0), CEILING(1.2), FLOOR(-1.2)", [1700n, 1300, -30n, 2n, -2n]],
  ["SQRT(16), LOG(8, 2), SQUARE(3), LOG10(100), ATN2(0, 1)", [4, 3, 9, 2, 0]],
  ["FORMAT(1234567.891, 'N2'), FORMAT(-0.456, 'P1'), FORMAT(5, '000')", ["1,234,567.89", "-45.6%", "005"]],
  ["FORMAT(1234.5, '#,##0.00'), FORMAT(255, 'X4'), FORMAT(12.5, 'C')", ["1,234.50", "00FF", "$12.50"]],
  [
    "FORMAT(CAST('2026-03-05 07:08:09' AS datetime), 'dddd dd MMM yyyy h:mm tt'), FORMAT(CAST('2026-03-05' AS date), 'd')",
    ["Thursday 05 Mar 2026 7:08 AM", "3/5/2026"],
  ],
  [
    "DATETRUNC(month, CAST('2024-05-17 10:11' AS datetime)), EOMONTH('2024-02-10'), EOMONTH('2024-01-31', 1)",
    [at("2024-05-01T00:00"), at("2024-02-29T00:00"), at("2024-02-29T00:00")],
  ],
  [
    "DATETIMEFROMPARTS(2024, 1, 2, 3, 4, 5, 6), TIMEFROMPARTS(1, 2, 3, 4, 1), DATEADD(day, 1, '2024-02-28')",
    [at("2024-01-02T03:04:05.007"), at("1900-01-01T01:02:03.400"), at("2024-02-29T00:00")],
  ],
  [
    "DATEPART(iso_week, '2027-01-01'), DATEPART(tz, CAST('2024-01-01 00:00 +02:30' AS datetimeoffset)), DATENAME(weekday, '2024-01-01')",
    [53, 150, "Monday"],
  ],
  ["DATEDIFF_BIG(ns, '2024-01-01', '2024-01-01 00:00:00.0000001')", [100n]],
  ["ISDATE('2024-02-30'), ISDATE('2024-02-29')", [0, 1]],
  ["ISNUMERIC('$1,000'), ISNUMERIC('1e5'), ISNUMERIC('a'), ISNUMERIC('')", [1, 1, 0, 0]],
  [
    "CONVERT(varchar(40), SWITCHOFFSET(CAST('2024-01-01 12:00:00.5 +02:00' AS datetimeoffset(1)), '-05:00'))",
    ["2024-01-01 05:00:00.5 -05:00"],
  ],
  [
    "CONVERT(varchar(40), CAST('2024-07-01 12:00' AS datetime2(0)) AT TIME ZONE 'UTC' AT TIME ZONE 'Central European Standard Time')",
    ["2024-07-01 14:00:00 +02:00"],
  ],
  [
    "CONVERT(varchar(40), CAST('2024-01-01 12:00' AS datetime2(0)) AT TIME ZONE 'Central European Standard Time')",
    ["2024-01-01 12:00:00 +01:00"],
  ],
  [
    "CAST(CAST('2024-05-06 07:08:09.1234567' AS datetime2) AS varchar(40)), CAST(CAST('23:59:59.9999999' AS time) AS varchar(20))",
    ["2024-05-06 07:08:09.1234567", "23:59:59.9999999"],
  ],
  ["CONVERT(varchar(40), CAST('2024-05-06 07:08:09.15' AS datetime2(1)))", ["2024-05-06 07:08:09.2"]],
  [
    "HASHBYTES('SHA2_256', 'abc'), HASHBYTES('nothing', 'abc')",
    [Buffer.from("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "hex"), null],
  ],
  [
    "SQL_VARIANT_PROPERTY(CAST(1.5 AS decimal(5, 2)), 'BaseType'), SQL_VARIANT_PROPERTY(SERVERPROPERTY('x'), 'BaseType')",
    [base("decimal"), base("nvarchar")],
  ],
  ["TYPE_NAME(56), TYPE_ID('sysname'), TYPE_NAME(241), TYPE_ID('nothing')", ["int", 256, "xml", null]],
  ["CAST('$1,234.5' AS money), CAST(12.3456 AS money) * 2, $10 / 3", [12345000n, 246912n, 33333n]],
  [
    "CONVERT(varchar(20), $1234567.891, 1), CAST($2.345 AS varchar(9)), CONVERT(varchar(9), $2.345, 2)",
    ["1,234,567.89", "2.35", "2.3450"],
  ],
];

const refused: readonly (readonly [text: string, error: string])[] = [
  ["SELECT LEFT('a', -1)", "537@1"],
  ["SELECT RIGHT('a', -1)", "536@1"],
  ["SELECT LOG(0)", "3623@1"],
  ["SELECT POWER(10, 10)", "8115@1"],
  ["SELECT DATEFROMPARTS(2023, 2, 29)", "289@1"],
  ["SELECT SYSDATETIME() AT TIME ZONE 'Nowhere'", "9820@1"],
  ["SELECT DATETRUNC(hour, CAST('2024-01-01' AS date))", "9810@1"],
  ["SELECT TRANSLATE('a', 'ab', 'c')", "9828@1"],
  ["SELECT NEWSEQUENTIALID()", "302@1"],
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

  it("measure how far values are spread", async () => {
    const [row = []] = await rowsOf(`SELECT STDEVP(n), VAR(n), STDEV(m), CHECKSUM_AGG(n), APPROX_COUNT_DISTINCT(n)
      FROM (VALUES (2, 1), (4, NULL), (6, NULL)) AS t (n, m)`);
    assert.ok(Math.abs(Number(row[0]) - Math.sqrt(8 / 3)) < 1e-12);
    assert.deepEqual(row.slice(1), [4, null, 0, 3n]);
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
        `SELECT COL_NAME(OBJECT_ID('o'), 2), OBJECTPROPERTY(OBJECT_ID('o'), 'IsUserTable'),
          OBJECTPROPERTY(OBJECT_ID('o'), 'TableHasPrimaryKey'), COLUMNPROPERTY(OBJECT_ID('o'), 'id', 'IsIdentity'),
          COLUMNPROPERTY(OBJECT_ID('o'), 'n', 'Precision'), COLUMNPROPERTY(OBJECT_ID('o'), 'n', 'AllowsNull')`,
        server,
      ),
      [["n", 1, 1, 1, 7, 0]],
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

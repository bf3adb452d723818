import assert from "node:assert/strict";
import { newServer, select } from "./support";

async function typeOf(expression: string): Promise<string> {
  const { sets, errors } = await newServer().run(`SELECT ${expression}`);
  if (errors[0]) throw errors[0];
  const type = sets[0]?.columns[0]?.type ?? { name: "int" };
  if ("precision" in type) return `${type.name}(${type.precision},${type.scale})`;
  if ("length" in type) return `${type.name}(${type.length})`;
  return "scale" in type ? `${type.name}(${type.scale})` : type.name;
}
async function errorOf(expression: string): Promise<string> {
  const { errors } = await newServer().run(`SELECT ${expression}`);
  return errors.map(({ number, text }) => `${number} ${text}`).join("; ");
}

describe("T-SQL expressions", () => {
  it("divide whole numbers to whole numbers, and decimals with the scale that the documentation gives", async () => {
    assert.deepEqual(await select("7/2, -7/2, 7%3, -7%3, 7.0/2, 1+2*3, (1+2)*3, 5&3, 5|3, 5^3, ~5"), [
      3,
      -3,
      1,
      -1,
      3500000n,
      7,
      9,
      1,
      7,
      6,
      -6,
    ]);
    assert.deepEqual(
      await Promise.all(["7.0/2", "1.5*2", "1.25+1", "CAST(1 AS decimal(10,2))*CAST(1 AS decimal(10,3))"].map(typeOf)),
      ["numeric(7,6)", "numeric(4,1)", "numeric(4,2)", "numeric(21,5)"],
    );
  });

  it("have the type with the higher precedence, and strings as long as their parts together", async () => {
    const expressions = [
      "'ab'",
      "N'ab'",
      "'ab'+'c'",
      "'ab'+N'c'",
      "1",
      "2147483648",
      "1e0",
      "0x3082",
      "NULL",
      "1+CAST(1 AS bigint)",
      "'1'+1",
    ];
    assert.deepEqual(await Promise.all(expressions.map(typeOf)), [
      "varchar(2)",
      "nvarchar(2)",
      "varchar(3)",
      "nvarchar(3)",
      "int",
      "numeric(10,0)",
      "float",
      "varbinary(2)",
      "int",
      "bigint",
      "int",
    ]);
    assert.equal(await typeOf("CAST('a' AS varchar(max)) + 'b'"), "varchar(max)");
    assert.equal(await typeOf("REPLICATE('a', 10)"), "varchar(8000)");
    assert.equal(await typeOf("GETDATE()"), "datetime");
    assert.equal(await typeOf("SYSUTCDATETIME()"), "datetime2(7)");
    assert.equal(await typeOf("ISNULL(CAST('a' AS varchar(3)), N'long')"), "varchar(3)");
    assert.equal(await typeOf("COALESCE('a', N'long')"), "nvarchar(4)");
    assert.equal(await typeOf("SERVERPROPERTY('IsHadrEnabled')"), "sql_variant");
  });

  it("make NULL of what NULL takes part in", async () => {
    assert.deepEqual(
      await select("NULL+1, 'a'+NULL, CONCAT('a',NULL,1), CASE WHEN NULL=NULL THEN 1 ELSE 0 END, ISNULL(NULL,'x')"),
      [null, null, "a1", 0, "x"],
    );
  });

  it("compare strings without regard to case and to blanks at the end", async () => {
    const test = (condition: string): string => `IIF(${condition}, 1, 0)`;
    const conditions = [
      "'ABC' = 'abc  '",
      "' a' = 'a'",
      "'é' = 'e'",
      "'a' < 'B'",
      "'a' = 'A' COLLATE Latin1_General_CS_AS",
      "'a' = 'A' COLLATE Latin1_General_BIN2",
    ];
    assert.deepEqual(await select(conditions.map(test).join(", ")), [1, 0, 0, 1, 0, 0]);
  });

  it("match LIKE patterns with sets, ranges and an escape character", async () => {
    const pairs = [
      ["'##MS_DatabaseMasterKey##'", "'%DatabaseMasterKey%'", 1],
      ["'abc'", "'A_C'", 1],
      ["'a%c'", "'a!%c' ESCAPE '!'", 1],
      ["'abc'", "'a!%c' ESCAPE '!'", 0],
      ["'b'", "'[a-c]'", 1],
      ["'d'", "'[^a-c]'", 1],
      ["'[x'", "'[[]x'", 1],
      ["''", "'%'", 1],
      ["'abc  '", "'abc'", 1],
      ["'abc'", "'abc  '", 0],
    ] as const;
    const list = pairs.map(([text, pattern]) => `IIF(${text} LIKE ${pattern}, 1, 0)`).join(", ");
    assert.deepEqual(
      await select(list),
      pairs.map(([, , expected]) => expected),
    );
  });

  it("call the functions of text", async () => {
    assert.deepEqual(
      await select(
        "LEN('ab  '), DATALENGTH(N'ab'), LEFT('abc',2), RIGHT('abc',2), SUBSTRING('abcd',2,2), CHARINDEX('C','abc'), REPLACE('aXbx','x','-'), UPPER('a'), LTRIM('  a'), QUOTENAME('a]b'), REVERSE('abc'), REPLICATE('ab',2), STUFF('abcd',2,1,'--'), CHAR(13)",
      ),
      [2, 4, "ab", "bc", "bc", 3, "a-b-", "A", "a", "[a]]b]", "cba", "abab", "a--cd", "\r"],
    );
  });

  it("know how many bytes a value of each type takes", async () => {
    const sizes = [
      ["bit", 1],
      ["bigint", 8],
      ["decimal(9,2)", 5],
      ["decimal(20,2)", 13],
      ["datetime2(0)", 6],
      ["datetime2", 8],
      ["nvarchar(5)", 2],
    ] as const;
    const list = sizes.map(
      ([type]) => `DATALENGTH(CAST(${type.startsWith("datetime") ? "'2026-01-01'" : "1"} AS ${type}))`,
    );
    assert.deepEqual(
      await select(list.join(", ")),
      sizes.map(([, bytes]) => bytes),
    );
  });

  it("call the functions of time by the server's clock", async () => {
    assert.deepEqual(
      await select(
        "YEAR(GETDATE()), DATEPART(hour, GETDATE()), DATEDIFF(day, '2026-03-01', GETDATE()), DATEDIFF(month, '2025-12-31', '2026-01-01'), CONVERT(varchar(8), GETDATE(), 108), CONVERT(varchar(23), GETDATE(), 121), CONVERT(varchar(10), DATEADD(month, 1, CAST('2026-01-31' AS datetime)), 120), CONVERT(varchar(30), GETDATE(), 126), DATENAME(weekday, GETDATE())",
      ),
      [2026, 13, 4, 1, "13:14:15", "2026-03-05 13:14:15.167", "2026-02-28", "2026-03-05T13:14:15.167", "Thursday"],
    );
    assert.deepEqual(
      await select(
        "CONVERT(varchar(30), CAST('20260305 13:14' AS datetime)), CAST(CAST('2026-03-05' AS date) AS varchar(10)), CONVERT(char(10), CAST('03/30/2025' AS date), 103)",
      ),
      ["Mar  5 2026  1:14PM", "2026-03-05", "30/03/2025"],
    );
  });

  it("convert binary with and without 0x", async () => {
    assert.deepEqual(
      await select(
        "CONVERT(varchar(10), 0x3082, 1), CONVERT(varchar(10), 0x3082, 2), CONVERT(varbinary(4), '0x3082', 1), CONVERT(varbinary(4), '3082', 2), CAST(258 AS varbinary(4)), CAST('AB' AS varbinary(4)), CAST(N'A' AS varbinary(4)), CAST(0x4142 AS varchar(4))",
      ),
      [
        "0x3082",
        "3082",
        Buffer.from("3082", "hex"),
        Buffer.from("3082", "hex"),
        Buffer.from("00000102", "hex"),
        Buffer.from("AB"),
        Buffer.from("4100", "hex"),
        "AB",
      ],
    );
  });

  it("keep every digit of a log position", async () => {
    assert.deepEqual(await select("CONVERT(varchar(30), CAST('43000000152000001' AS numeric(25,0)))"), [
      "43000000152000001",
    ]);
  });

  it("turn what a varchar cannot hold into question marks", async () => {
    assert.deepEqual(await select("'€ żółw', N'€ żółw', CAST(N'żółw' AS varchar(10))"), ["€ ?ó?w", "€ żółw", "?ó?w"]);
  });

  it("round datetime to three hundredths of a second", async () => {
    const [value] = await select("CAST('2026-03-05 13:14:15.995' AS datetime)");
    assert.deepEqual(value, new Date(Date.UTC(2026, 2, 5, 13, 14, 15, 997)));
  });

  it("fail with the server's own errors", async () => {
    const cases = {
      "CAST('x' AS int)": "245 Conversion failed when converting the varchar value 'x' to data type int.",
      "'x'+1": "245 Conversion failed when converting the varchar value 'x' to data type int.",
      "CAST('99999999999' AS int)": "248 The conversion of the varchar value '99999999999' overflowed an int column.",
      "CAST('x' AS decimal(5,2))": "8114 Error converting data type varchar to numeric.",
      "CAST(N'x' AS bigint)": "8114 Error converting data type nvarchar to bigint.",
      "CAST('2026-02-30' AS date)": "241 Conversion failed when converting date and/or time from character string.",
      "CAST('x' AS uniqueidentifier)":
        "8169 Conversion failed when converting from a character string to uniqueidentifier.",
      "1/0": "8134 Divide by zero error encountered.",
      "2147483647+1": "8115 Arithmetic overflow error converting expression to data type int.",
      "CAST(300 AS tinyint)": "220 Arithmetic overflow error for data type tinyint, value = 300.",
      "CAST(1000 AS decimal(3,1))": "8115 Arithmetic overflow error converting int to data type decimal.",
      "LEFT('a')": "174 The left function requires 2 argument(s).",
      "NOSUCH(1)": "195 'NOSUCH' is not a recognized built-in function name.",
      "LEFT(SERVERPROPERTY('x'), 1)": "8116 Argument data type sql_variant is invalid for argument 1 of left function.",
      "'a' COLLATE Nonsense": "448 Invalid collation 'Nonsense'.",
      "(SELECT 1 UNION ALL SELECT 2)":
        "512 Subquery returned more than 1 value. This is not permitted when the subquery follows =, !=, <, <= , >, >= or when the subquery is used as an expression.",
      "CASE WHEN 1=1 THEN NULL END":
        "8133 At least one of the result expressions in a CASE specification must be an expression other than the NULL constant.",
      "0x01 + CAST(1 AS float)": "206 Operand type clash: varbinary is incompatible with float",
    };
    const found = Object.fromEntries(
      await Promise.all(Object.keys(cases).map(async (key) => [key, await errorOf(key)])),
    );
    assert.deepEqual(found, cases);
  });

  it("return NULL instead, when asked to try", async () => {
    assert.deepEqual(await select("TRY_CAST('x' AS int), TRY_CONVERT(datetime, 'x'), TRY_CAST('7' AS int)"), [
      null,
      null,
      7,
    ]);
  });

  it("do not take a sql_variant for what is in it, except in comparisons", async () => {
    assert.deepEqual(
      await select(
        "CASE WHEN SERVERPROPERTY('IsHadrEnabled') = 1 THEN 'on' END, CAST(SERVERPROPERTY('x') AS nvarchar(9))",
      ),
      ["on", "text"],
    );
    const { errors } = await newServer().run("DECLARE @v int = SERVERPROPERTY('IsHadrEnabled')");
    assert.equal(errors[0]?.number, 257);
  });
});

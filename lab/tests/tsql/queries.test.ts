import assert from "node:assert/strict";
import { int, type SqlType, type SqlValue } from "#lab/tsql/types";
import { newServer } from "./server-of-arrays";

/** A batch, and its rows: `1 | a; 2 | NULL`. `!208` is an error. */
const cases: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "WHERE and ORDER BY": {
    "SELECT Id FROM People WHERE Boss NOT IN (2, NULL)": "",
    "SELECT Id FROM People WHERE (Id = 1 OR (Id) = 2) AND ((Id + 1) * 2) > 4": "2",
    "SELECT Id AS x FROM People ORDER BY x DESC": "4; 3; 2; 1",
    "SELECT TOP (2) Id FROM People ORDER BY -Id": "4; 3",
    "SELECT Id FROM People ORDER BY 1 DESC OFFSET 1 ROWS FETCH NEXT 2 ROWS ONLY": "3; 2",
    "SELECT TOP 1 WITH TIES Boss FROM People WHERE Boss IS NOT NULL ORDER BY Boss": "1; 1",
    "SELECT TOP 50 PERCENT Id FROM People ORDER BY Id": "1; 2",
    "SELECT DISTINCT Boss FROM People p ORDER BY p.Boss DESC": "2; 1; NULL",
    "SELECT DISTINCT * FROM People p ORDER BY p.Id DESC": "4 | BOB | 2; 3 | NULL | 1; 2 | bob | 1; 1 | Ada | NULL",
    "SELECT DISTINCT LOWER(Name) FROM People WHERE Name IS NOT NULL": "ada; bob",
    "SELECT 'x' UNION ALL SELECT NULL UNION ALL SELECT 'X' ORDER BY 1": "NULL; x; X",
    "SELECT 1 UNION SELECT 2 INTERSECT SELECT 3": "1",
    "SELECT Id FROM People ORDER BY 2": "!108",
    "SELECT DISTINCT Id FROM People ORDER BY Name": "!145",
    "SELECT 1 UNION SELECT 1, 2": "!205",
    "SELECT 1 UNION SELECT 2 ORDER BY Name": "!104",
    "SELECT 1 UNION SELECT 2 ORDER BY 0x41": "!104",
    "SELECT 1 UNION SELECT 2 ORDER BY 'x'": "!104",
    "SELECT 1 UNION SELECT 2 ORDER BY 1.5e0": "!104",
    "SELECT 1 UNION SELECT 2 ORDER BY 2": "!108",
  },
  FROM: {
    "SELECT p.Id, b.Id FROM People p RIGHT OUTER JOIN People b ON b.Id = p.Boss ORDER BY 1, 2":
      "NULL | 3; NULL | 4; 2 | 1; 3 | 1; 4 | 2",
    "SELECT COUNT(*) FROM People a CROSS JOIN People b, People c": "64",
    "SELECT p.Id, x.n FROM people p CROSS APPLY (SELECT LEN(p.Name) AS n WHERE p.Name IS NOT NULL) x":
      "1 | 3; 2 | 3; 4 | 3",
    "SELECT p.Id, b.Id FROM people p OUTER APPLY (SELECT TOP 1 Id FROM people q WHERE q.Boss = p.Id ORDER BY Id DESC) b":
      "1 | 3; 2 | 4; 3 | NULL; 4 | NULL",
    "SELECT a.Id, b.Id, c.Id FROM people a LEFT JOIN people b JOIN people c ON c.Boss = b.Id ON b.Boss = a.Id WHERE a.Id < 3":
      "1 | 2 | 4; 2 | NULL | NULL",
    "WITH b (k) AS (SELECT DISTINCT Boss FROM People) SELECT k FROM b WHERE k > 1": "2",
    "SELECT a + b FROM (VALUES (1, 2), (3, 4)) v(a, b)": "3; 7",
    "SELECT COUNT(*) FROM msdb.dbo.People WITH (NOLOCK) OPTION (RECOMPILE)": "4",
    "SELECT COUNT(*) FROM msdb..People": "4",
    "SELECT * FROM NOTHING(1)": "!195",
    "SELECT * FROM dbo.nothing(1)": "!208",
    "SELECT q.Id FROM People p": "!4104",
    "SELECT p.nosuch FROM People p": "!207",
    "SELECT Id FROM People a, People b": "!209",
    "SELECT Id FROM People, People": "!1013",
    "SELECT *": "!263",
    "SELECT x.* FROM People": "!107",
    "SELECT * FROM (SELECT 1) x": "!8155",
    "SELECT * FROM (SELECT 1 AS a, 2 AS A) t": "!8156",
  },
  "GROUP BY and OVER": {
    "SELECT COUNT(*), SUM(Id), AVG(Id), MIN(Name), SUM(Boss) FROM People WHERE Id > 9": "0 | NULL | NULL | NULL | NULL",
    "SELECT COUNT(DISTINCT Name) FROM People": "2",
    "SELECT UPPER(Name) FROM People GROUP BY UPPER(Name) ORDER BY UPPER(Name) DESC": "BOB; ADA; NULL",
    "SELECT STRING_AGG(Name, ', ') WITHIN GROUP (ORDER BY Id DESC) FROM People": "BOB, bob, Ada",
    "SELECT CASE WHEN COUNT(*) > 3 THEN 'many' ELSE 'few' END FROM People": "many",
    "SELECT SUM(m), AVG(m), MAX(m) FROM (VALUES (CAST(1 AS smallmoney)), (2)) AS t (m)": "30000 | 15000 | 20000",
    "SELECT Boss, ROW_NUMBER() OVER (ORDER BY COUNT(*) DESC) FROM People GROUP BY Boss HAVING COUNT(*) < 3 ORDER BY 2":
      "1 | 1; NULL | 2; 2 | 3",
    "SELECT 1 WHERE COUNT(*) > 1": "!147",
    "SELECT Name FROM people GROUP BY Name HAVING Id > 1": "!8121",
    "SELECT Name FROM people GROUP BY Name ORDER BY Id": "!8127",
    "SELECT ROW_NUMBER() OVER (PARTITION BY Boss) FROM People": "!4112",
    "SELECT ROW_NUMBER() FROM People": "!10753",
    "SELECT NTILE(RANK() OVER (ORDER BY Id)) OVER (ORDER BY Id) FROM People": "!4109",
    "SELECT RANK() OVER (ORDER BY 1) FROM People": "!5308",
    "SELECT RANK() OVER (ORDER BY Id ROWS UNBOUNDED PRECEDING) FROM People": "!10752",
  },
  numbers: {
    "SELECT (SELECT 1, 2)": "!116",
    "SELECT (SELECT 1 UNION ALL SELECT 2)": "!512",
    "SELECT 7/2, -7/2, 7%3, -7%3, 7.0/2, 1+2*3, (1+2)*3, 5&3, 5|3, 5^3, ~5":
      "3 | -3 | 1 | -1 | 3500000 | 7 | 9 | 1 | 7 | 6 | -6",
    "SELECT NULL+1, CASE WHEN NULL=NULL THEN 1 ELSE 0 END, POWER(2, 10), NULLIF(1, 1), TRY_CAST('x' AS int), TRY_CAST('7' AS int)":
      "NULL | 0 | 1024 | NULL | NULL | 7",
    "SELECT ROUND(1.789, 1, 1), ROUND(1250, -2), ROUND(-2.5, 0), CEILING(1.2), FLOOR(-1.2)":
      "1700 | 1300 | -30 | 2 | -2",
    "SELECT CAST('$1,234.5' AS money), CAST(12.3456 AS money) * 2, $10 / 3": "12345000 | 246912 | 33333",
    "SELECT CONVERT(varchar(20), $1234567.891, 1), CAST($2.345 AS varchar(9)), CONVERT(varchar(9), $2.345, 2)":
      "1,234,567.89 | 2.35 | 2.3450",
    "SELECT CONVERT(varchar(30), CAST('43000000152000001' AS numeric(25,0)))": "43000000152000001",
    "SELECT CAST('x' AS int)": "!245",
    "SELECT 'x'+1": "!245",
    "SELECT CAST('99999999999' AS int)": "!248",
    "SELECT CAST('x' AS decimal(5,2))": "!8114",
    "SELECT CAST(N'x' AS bigint)": "!8114",
    "SELECT POWER(10, 10)": "!8115",
    "SELECT CAST(300 AS tinyint)": "!220",
    "SELECT CAST(1000 AS decimal(3,1))": "!8115",
    "SELECT CAST(300000 AS smallmoney)": "!8115",
    "SELECT 0x01 + CAST(1 AS float)": "!206",
    "SELECT CASE WHEN 1=1 THEN NULL END": "!8133",
  },
  text: {
    "SELECT LEN('ab  '), DATALENGTH(N'ab'), LEFT('abc',2), RIGHT('abc',2), SUBSTRING('abcd',2,2), CHARINDEX('C','abc')":
      "2 | 4 | ab | bc | bc | 3",
    "SELECT REPLACE('aXbx','x','-'), UPPER('a'), LTRIM('  a'), TRIM('  a '), QUOTENAME('a]b'), REVERSE('abc'), STUFF('abcd',2,1,'--')":
      "a-b- | A | a | a | [a]]b] | cba | a--cd",
    "SELECT 'a'+NULL, CONCAT('a',NULL,1), ISNULL(NULL,'x'), IIF(1 = 1, 'y', 'n'), TYPE_NAME(56), TYPE_NAME(256), TYPE_NAME(9)":
      "NULL | a1 | x | y | int | sysname | NULL",
    "SELECT IIF('ABC' = 'abc  ', 1, 0), IIF(' a' = 'a', 1, 0), IIF('é' = 'e', 1, 0), IIF('a' < 'B', 1, 0), IIF('a' = 'A' COLLATE Latin1_General_CS_AS, 1, 0), IIF('a' = 'A' COLLATE Latin1_General_BIN2, 1, 0)":
      "1 | 0 | 0 | 1 | 0 | 0",
    "SELECT IIF('##MS_DatabaseMasterKey##' LIKE '%DatabaseMasterKey%', 1, 0), IIF('abc' LIKE 'A_C', 1, 0), IIF('a%c' LIKE 'a!%c' ESCAPE '!', 1, 0), IIF('abc' LIKE 'a!%c' ESCAPE '!', 1, 0)":
      "1 | 1 | 1 | 0",
    "SELECT IIF('b' LIKE '[a-c]', 1, 0), IIF('d' LIKE '[^a-c]', 1, 0), IIF('[x' LIKE '[[]x', 1, 0), IIF('' LIKE '%', 1, 0), IIF('abc  ' LIKE 'abc', 1, 0), IIF('abc' LIKE 'abc  ', 1, 0)":
      "1 | 1 | 1 | 1 | 1 | 0",
    "SELECT '€ żółw', N'€ żółw', CAST(N'żółw' AS varchar(10))": "€ ?ó?w | € żółw | ?ó?w",
    "SELECT CONVERT(varchar(10), 0x3082, 1), CONVERT(varchar(10), 0x3082, 2), CAST(0x4142 AS varchar(4))":
      "0x3082 | 3082 | AB",
    "SELECT CONVERT(varbinary(4), '0x3082', 1), CONVERT(varbinary(4), '3082', 2), CAST(258 AS varbinary(4)), CAST(N'A' AS varbinary(4))":
      "0x3082 | 0x3082 | 0x00000102 | 0x4100",
    "SELECT LEFT('a', -1)": "!537",
    "SELECT RIGHT('a', -1)": "!536",
    "SELECT LEFT('a')": "!174",
    "SELECT noSuchFunction(1)": "!195",
    "SELECT LEFT(SERVERPROPERTY('x'), 1)": "!8116",
    "SELECT 'a' COLLATE Nonsense": "!448",
    "SELECT 'a' COLLATE Latin1_General_CI_AS + 'b' COLLATE Latin1_General_CS_AS": "!468",
    "SELECT CAST('x' AS uniqueidentifier)": "!8169",
    "DECLARE @t text": "!2739",
  },
  "time, by the server's clock": {
    "SELECT YEAR(GETDATE()), DATEPART(hour, GETDATE()), DATEDIFF(day, '2026-03-01', GETDATE()), DATEDIFF(month, '2025-12-31', '2026-01-01')":
      "2026 | 13 | 4 | 1",
    "SELECT CONVERT(varchar(8), GETDATE(), 108), CONVERT(varchar(23), GETDATE(), 121), CONVERT(varchar(30), GETDATE(), 126)":
      "13:14:15 | 2026-03-05 13:14:15.167 | 2026-03-05T13:14:15.167",
    "SELECT CONVERT(varchar(10), DATEADD(month, 1, CAST('2026-01-31' AS datetime)), 120), DATENAME(weekday, GETDATE())":
      "2026-02-28 | Thursday",
    "SELECT CONVERT(varchar(30), CAST('20260305 13:14' AS datetime)), CONVERT(char(10), CAST('03/30/2025' AS date), 103)":
      "Mar  5 2026  1:14PM | 30/03/2025",
    "SELECT CAST(CAST('2024-05-06 07:08:09.1234567' AS datetime2) AS varchar(40)), CAST(CAST('23:59:59.9999999' AS time) AS varchar(20))":
      "2024-05-06 07:08:09.1234567 | 23:59:59.9999999",
    "SELECT CAST('2026-03-05 13:14:15.995' AS datetime), CONVERT(varchar(40), CAST('2024-05-06 07:08:09.15' AS datetime2(1)))":
      "2026-03-05T13:14:15.997Z | 2024-05-06 07:08:09.2",
    "SELECT CAST('2026-02-30' AS date)": "!241",
  },
  "a sql_variant, which is what is in it in comparisons only": {
    "SELECT CASE WHEN SERVERPROPERTY('IsHadrEnabled') = 1 THEN 'on' END, CAST(SERVERPROPERTY('x') AS nvarchar(9))":
      "on | text",
    "DECLARE @v int = SERVERPROPERTY('IsHadrEnabled')": "!257",
  },
  "statements on what is not there": {
    "DROP TABLE t": "!3701",
    "DROP TABLE IF EXISTS t": "",
    "INSERT INTO t (a) VALUES (1), (2)": "!208",
    "INSERT t SELECT 1": "!208",
    "INSERT @t VALUES (1)": "!1087",
    "UPDATE t SET a = 1 WHERE b = 2": "!208",
    "DELETE FROM People WHERE Id = 1": "!259",
    "SELECT 1 AS a INTO nodb.dbo.t": "!911",
    "TRUNCATE TABLE t": "!4701",
    "ALTER TABLE t ADD a int": "!4902",
    "CREATE INDEX i ON t (a)": "!1088",
    "DROP SCHEMA nowhere": "!15151",
  },
};

function shown(value: SqlValue): string {
  if (Buffer.isBuffer(value)) return `0x${value.toString("hex")}`;
  return value === null ? "NULL" : value instanceof Date ? value.toISOString() : String(value);
}

function typeOf(type: SqlType): string {
  if ("precision" in type) return `${type.name}(${type.precision},${type.scale})`;
  if ("length" in type) return `${type.name}(${type.length})`;
  return "scale" in type ? `${type.name}(${type.scale})` : type.name;
}

describe("what a query finds", () => {
  for (const [about, queries] of Object.entries(cases))
    describe(about, () => {
      for (const [query, expected] of Object.entries(queries))
        it(`${query}: ${expected}`, async () => {
          const { sets, errors } = await newServer().run(query);
          const rows = sets.flatMap((set) => set.rows.map((row) => row.map(shown).join(" | ")));
          assert.equal([...rows, ...errors.map(({ number }) => `!${number}`)].join("; "), expected);
        });
    });

  const types: Readonly<Record<string, string>> = {
    "7.0/2": "numeric(7,6)",
    "1.5*2": "numeric(4,1)",
    "1.25+1": "numeric(4,2)",
    "CAST(1 AS decimal(10,2))*CAST(1 AS decimal(10,3))": "numeric(21,5)",
    "'ab'": "varchar(2)",
    "N'ab'": "nvarchar(2)",
    "'ab'+'c'": "varchar(3)",
    "'ab'+N'c'": "nvarchar(3)",
    "CAST('a' AS varchar(max)) + 'b'": "varchar(max)",
    "1": "int",
    "2147483648": "numeric(10,0)",
    "1e0": "float",
    "0x3082": "varbinary(2)",
    NULL: "int",
    "1+CAST(1 AS bigint)": "bigint",
    "'1'+1": "int",
    "SUM(CAST(1 AS smallmoney))": "money(19,4)",
    "REPLICATE('a', 10)": "varchar(8000)",
    "GETDATE()": "datetime",
    "SYSUTCDATETIME()": "datetime2(7)",
    "ISNULL(CAST('a' AS varchar(3)), N'long')": "varchar(3)",
    "COALESCE('a', N'long')": "nvarchar(4)",
    "SERVERPROPERTY('IsHadrEnabled')": "sql_variant",
  };
  for (const [expression, type] of Object.entries(types))
    it(`has the type ${type}: ${expression}`, async () => {
      const { sets, errors } = await newServer().run(`SELECT ${expression}`);
      assert.deepEqual(errors, []);
      assert.equal(typeOf(sets[0]?.columns[0]?.type ?? int), type);
    });

  const sizes: Readonly<Record<string, number>> = {
    bit: 1,
    bigint: 8,
    "decimal(9,2)": 5,
    "decimal(20,2)": 13,
    "datetime2(0)": 6,
    datetime2: 8,
    "nvarchar(5)": 2,
  };
  it("takes as many bytes as its type does", async () => {
    const literal = (type: string) => (type.startsWith("datetime") ? "'2026-01-01'" : "1");
    const list = Object.keys(sizes).map((type) => `DATALENGTH(CAST(${literal(type)} AS ${type}))`);
    const { sets } = await newServer().run(`SELECT ${list.join(", ")}`);
    assert.deepEqual(sets[0]?.rows, [Object.values(sizes)]);
  });

  it("has the names of every way to write an alias, and none where an expression has none", async () => {
    const { sets } = await newServer().run(
      "SELECT Id AS a, Id 'b', Id AS [c d], e = Id, id, p.Id, Id + 1, Id AS 'f' FROM People p",
    );
    assert.deepEqual(
      sets[0]?.columns.map(({ name }) => name),
      ["a", "b", "c d", "e", "id", "Id", "", "f"],
    );
    assert.deepEqual([sets[0]?.columns[0]?.nullable, sets[0]?.columns[3]?.nullable], [false, false]);
  });

  it("is assigned to variables row by row, in the order of the rows", async () => {
    const { prints, ends } = await newServer().run(
      "DECLARE @all nvarchar(99) = '', @top int SELECT @all += ISNULL(Name, '?') + ';' FROM People ORDER BY Id DESC PRINT @all SELECT TOP 1 @top = Id FROM People ORDER BY Id DESC PRINT @top",
    );
    assert.deepEqual(prints, ["BOB;?;bob;Ada;", "4"]);
    assert.deepEqual(
      ends.map(({ rowCount }) => rowCount),
      [4, 1],
    );
  });
});

import assert from "node:assert/strict";
import { served } from "./served";

describe("a server with a case-sensitive collation", () => {
  const { run, rows, refusal } = served({ collation: "Latin1_General_CS_AS", databases: [{ name: "Db01" }] });
  before(async () => {
    await run("CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'Pa55-word!x'");
    await run("CREATE CERTIFICATE Own WITH SUBJECT = 'o'");
    await run("CREATE TABLE Db01.dbo.People (Name nvarchar(20))");
  });

  it("says so", async () => {
    assert.deepEqual(
      await rows("SELECT SERVERPROPERTY('Collation') AS s, collation_name AS d FROM sys.databases WHERE name = 'Db01'"),
      [{ s: "Latin1_General_CS_AS", d: "Latin1_General_CS_AS" }],
    );
  });

  it("finds names as they are written, and no others", async () => {
    await run("USE Db01; SELECT Name FROM dbo.People; USE master; ALTER DATABASE Db01 SET RECOVERY FULL");
    assert.deepEqual(await rows("SELECT CERT_ID('Own') AS a, CERT_ID('own') AS b, DB_ID('db01') AS c"), [
      { a: 256, b: null, c: null },
    ]);
    for (const [text, ...numbers] of [
      ["SELECT name FROM sys.Databases", 208],
      ["SELECT name FROM SYS.databases", 208],
      ["SELECT Name FROM sys.databases", 207],
      ["SELECT * FROM Db01.dbo.people", 208],
      ["SELECT name FROM Db01.dbo.People", 207],
      ["USE db01", 911],
      ["ALTER DATABASE db01 SET RECOVERY FULL", 5011, 5069],
      ["DROP CERTIFICATE own", 15151],
      ["EXEC SP_CONFIGURE", 2812],
    ] as const)
      assert.deepEqual(await refusal(text), numbers, text);
  });

  it("compares strings by letter case", async () => {
    assert.deepEqual(await rows("SELECT name FROM sys.databases WHERE name = 'DB01' OR name LIKE 'db%'"), []);
    assert.deepEqual(await rows("SELECT 1 AS one WHERE 'a' = 'A' COLLATE Latin1_General_CI_AS AND 'a' <> 'A'"), [
      { one: 1 },
    ]);
  });
});

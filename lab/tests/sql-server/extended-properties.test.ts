import assert from "node:assert/strict";
import { served } from "./served";

describe("extended properties", () => {
  const database = served({ databases: [{ name: "db1" }] }, { database: "db1" });
  const { run, rows } = database;
  const refusal = async (text: string) => (await database.refusal(text))[0];

  beforeEach(async () => {
    await run("USE master DROP DATABASE IF EXISTS db1; CREATE DATABASE db1");
    await run("USE db1");
  });

  const ofDatabase = () =>
    rows(`SELECT class_desc AS c, major_id AS o, minor_id AS m, name, CAST(value AS nvarchar(max)) AS v
      FROM sys.extended_properties WHERE class = 0 ORDER BY name`);

  it("are noted of each database by itself, where no level is named", async () => {
    await run("EXEC sp_addextendedproperty N'b', N'of db1'");
    await run("USE master EXEC sys.sp_addextendedproperty @name = N'a', @value = N'of master'");
    const shown = { c: "DATABASE", o: 0, m: 0 };
    assert.deepEqual(await ofDatabase(), [{ ...shown, name: "a", v: "of master" }]);
    await run("EXEC sp_updateextendedproperty @name = N'a', @value = N'changed', @level0type = NULL");
    assert.deepEqual(
      await rows("SELECT objtype, name, value FROM fn_listextendedproperty(NULL, NULL, NULL, NULL, NULL, NULL, NULL)"),
      [{ objtype: null, name: "a", value: "changed" }],
    );
    await run("EXEC db1.sys.sp_addextendedproperty N'c', 7 EXEC sp_dropextendedproperty N'a'");
    assert.deepEqual(await ofDatabase(), []);
    await run("USE db1");
    assert.deepEqual(await ofDatabase(), [
      { ...shown, name: "b", v: "of db1" },
      { ...shown, name: "c", v: "7" },
    ]);
    assert.deepEqual(await rows("SELECT COUNT(*) AS n, OBJECT_NAME(0) AS o FROM sys.objects WHERE object_id = 0"), [
      { n: 0, o: null },
    ]);
  });

  it("are a claim that one session wins: 15233, and 15217 where there is none", async () => {
    await run("USE master EXEC sp_addextendedproperty N'claim', N'mine'");
    await assert.rejects(run("EXEC sp_addextendedproperty N'CLAIM', N'yours'"), {
      number: 15233,
      message: "Property cannot be added. Property 'CLAIM' already exists for 'object specified'.",
    });
    assert.equal(await refusal("EXEC sp_updateextendedproperty N'other', N'x'"), 15217);
    assert.equal(await refusal("EXEC sp_dropextendedproperty N'other'"), 15217);
    await assert.rejects(run("EXEC sp_addextendedproperty N'a', N'b', 'SCHEMA', 'dbo'"), /is not spoken here/);
    await run("BEGIN TRAN EXEC sp_dropextendedproperty N'claim'");
    assert.deepEqual(await ofDatabase(), []);
    await run("ROLLBACK");
    assert.equal((await ofDatabase()).length, 1);
  });

  it("have values of at most 7,500 bytes (15097) and of no (max) type (206), and names of 128 characters", async () => {
    const add = (name: string, value: string) => `EXEC sp_addextendedproperty N'${name}', ${value}`;
    assert.equal(await refusal(add("long", `'${"x".repeat(7501)}'`)), 15097);
    assert.equal(await refusal(add("long", `N'${"x".repeat(3751)}'`)), 15097);
    assert.equal(await refusal(`DECLARE @v nvarchar(max) = N'x' ${add("max", "@v")}`), 206);
    await run(add("n".repeat(130), `N'${"x".repeat(3750)}'`));
    assert.deepEqual(await rows("SELECT LEN(name) AS n, DATALENGTH(value) AS v FROM sys.extended_properties"), [
      { n: 128, v: 7500 },
    ]);
  });
});

import assert from "node:assert/strict";
import { served } from "./served";

describe("what an instance is set to and says of itself", () => {
  const one = served({}, { database: "db01" });
  const { run, rows: objects, values: rows } = one;

  it("does nothing under NOEXEC and PARSEONLY", async () => {
    await run("SET NOEXEC ON; CREATE DATABASE no; SET NOEXEC OFF");
    await run("SET PARSEONLY ON; CREATE DATABASE no; SET PARSEONLY OFF");
    assert.deepEqual(await rows("SELECT COUNT(*) FROM sys.databases WHERE name = 'no'"), [[0]]);
  });

  it("tells what type a parameter has to have that nobody declares", async () => {
    const types = async (text: string, declared = "") =>
      (await objects(`EXEC sp_describe_undeclared_parameters N'${text}', N'${declared}'`)).map(
        (row) => `${row.parameter_ordinal} ${row.name} ${row.suggested_system_type_name}`,
      );
    await run("CREATE TABLE typed (c char(30), n int, d decimal(9, 2), b varbinary(10))");
    assert.deepEqual(await types("INSERT typed (b, c) VALUES (@B, @c)"), ["1 @B varbinary(10)", "2 @c char(30)"]);
    assert.deepEqual(await types("SELECT * FROM typed WHERE c = @p1 AND c > @p2 AND d < @p3 AND c LIKE @p4"), [
      "1 @p1 char(30)",
      "2 @p2 varchar(8000)",
      "3 @p3 numeric(38,19)",
      "4 @p4 varchar(8000)",
    ]);
    assert.deepEqual(await types("UPDATE typed SET n = @v WHERE b IN (@a, @b) AND d = @known", "@known int"), [
      "1 @v int",
      "2 @a varbinary(10)",
      "3 @b varbinary(10)",
    ]);
    assert.deepEqual(await types("SELECT CAST(@x AS date)"), ["1 @x date"]);
    await assert.rejects(types("SELECT @y FROM typed"), { number: 11502 });
    await assert.rejects(types("DELETE typed WHERE n = @n OR n = @n"), { number: 11508 });
    assert.deepEqual(await types("DECLARE @own int = 1, @other int SELECT @own"), []);
    assert.deepEqual(await rows("SELECT COUNT(*) FROM typed"), [[0]]);
    await assert.rejects(types("SELECT * FROM nothing WHERE a = @p"), { number: 208 });
  });

  it("has not the procedures that go beyond a link, and 2812 for what nobody has", async () => {
    for (const name of [
      "sp_who2",
      "sp_configure",
      "sys.sp_helpdb 'db01'",
      "sp_columns_100 't'",
      "sp_addlinkedserver 'x'",
      "xp_msver",
    ])
      await assert.rejects(run(`EXEC ${name}`), { number: 50000, message: /^\[lab\] .* is not spoken/ });
    await assert.rejects(run("EXEC sp_nothing"), { number: 2812 });
  });
});

import assert from "node:assert/strict";
import { executeProcedure } from "#lab/tsql/index";
import { int, nvarchar, type SqlType, type SqlValue } from "#lab/tsql/types";
import { errorsOf, newAnswer, newServer, rowsOf } from "./server-of-arrays";

const parameter = (value: SqlValue, type: SqlType = nvarchar("max"), name?: string, output = false) => ({
  value,
  type,
  name,
  output,
});
const signal = new AbortController().signal;

async function call(procedure: string, parameters: readonly ReturnType<typeof parameter>[], server = newServer()) {
  const { answer, sink } = newAnswer();
  const result = await executeProcedure(procedure, parameters, server.session, sink, signal);
  return { ...answer, ...result };
}

describe("EXEC", () => {
  it("runs text and procedures, by position and by name, and takes the return value", async () => {
    const server = newServer();
    const calls: unknown[] = [];
    server.procedures.set("sp_do", {
      run(args) {
        calls.push(args.map(({ name, value }) => [name, value]));
        return 7;
      },
    });
    const { prints } = await server.run(
      "DECLARE @r int, @x int = 3 EXEC @r = master.dbo.sp_do @x, N'two', -1 PRINT @r EXECUTE sp_do @b = 1, @a = NULL EXEC ('PRINT ''in' + ''' PRINT 1')",
    );
    assert.deepEqual(calls, [
      [
        [undefined, 3],
        [undefined, "two"],
        [undefined, -1],
      ],
      [
        ["b", 1],
        ["a", null],
      ],
    ]);
    assert.deepEqual(prints, ["7", "in", "1"]);
  });

  it("may be left out at the start of a batch", async () => {
    const server = newServer();
    server.procedures.set("sp_do", { run: () => 0 });
    assert.deepEqual(await errorsOf("sp_do 1, 'a'", server), []);
    assert.deepEqual(await errorsOf("nosuch", server), ["2812@1"]);
    assert.deepEqual(await errorsOf("PRINT 1 sp_do", server), ["102@1"]);
  });

  it("goes on after a missing procedure, whose error has state 62", async () => {
    const { errors, prints } = await newServer().run("EXEC dbo.nosuch PRINT 'on'");
    assert.deepEqual(
      errors.map(({ number, state, text }) => [number, state, text]),
      [[2812, 62, "Could not find stored procedure 'dbo.nosuch'."]],
    );
    assert.deepEqual(prints, ["on"]);
  });

  it("passes parameters to sp_executesql, in both ways, and takes back OUTPUT", async () => {
    const { prints, errors } = await newServer().run(
      "DECLARE @o int, @sql nvarchar(99) = N'SET @b = @a * 2' EXEC sp_executesql @sql, N'@a int, @b int OUTPUT', 4, @o OUTPUT PRINT @o EXEC sp_executesql @stmt = @sql, @params = N'@a int, @b int OUT', @b = @o OUT, @a = 5 PRINT @o",
    );
    assert.deepEqual([errors, prints], [[], ["8", "10"]]);
  });

  it("takes a parameter's default where sp_executesql is given no value", async () => {
    assert.deepEqual(
      await rowsOf("EXEC sp_executesql N'SELECT @a - @b', N'@a int, @b int = 5, @c int = NULL OUTPUT', @a = 7"),
      [[2]],
    );
  });

  it("refuses sp_executesql text that is not Unicode, and values that are missing", async () => {
    assert.deepEqual(await errorsOf("EXEC sp_executesql 'SELECT 1'"), ["214@1"]);
    assert.deepEqual(await errorsOf("EXEC sp_executesql N'SELECT @a', N'@a int'"), ["8178@1"]);
  });

  it("gives the text its own variables, and puts back database and options behind it", async () => {
    const server = newServer();
    assert.deepEqual(await errorsOf("DECLARE @a int EXEC('SELECT @a')", server), ["137@1"]);
    const { databases } = await server.run("EXEC('USE db1 SET NOCOUNT ON')");
    assert.deepEqual(
      [databases, server.session.database, server.session.options.get("NOCOUNT")],
      [["db1", "master"], "master", undefined],
    );
  });

  it("nests 32 levels deep", async () => {
    const text =
      "DECLARE @s nvarchar(200) = N'EXEC sp_executesql @s, N''@s nvarchar(200)'', @s' EXEC sp_executesql @s, N'@s nvarchar(200)', @s";
    assert.deepEqual(await errorsOf(text), ["217@1"]);
  });
});

describe("remote procedure calls", () => {
  it("return the error's number as the status", async () => {
    const result = await call("sp_executesql", [parameter("SELECT * FROM nosuch")]);
    assert.deepEqual([result.errors.map(({ number }) => number), result.returnStatus], [[208], 208]);
    assert.equal((await call("nosuch", [])).errors[0]?.number, 2812);
  });

  it("give outputs back by the position in the call, whether or not it named them", async () => {
    const unnamed = await call("sp_executesql", [
      parameter("SET @b = @a + 1 SET @c = N'c'"),
      parameter("@a int, @b int OUTPUT, @c nvarchar(5) OUTPUT"),
      parameter(1, int),
      parameter(null, int, undefined, true),
      parameter(null, nvarchar(5)),
    ]);
    assert.deepEqual(unnamed.outputs, [{ ordinal: 3, type: int, value: 2 }]);
  });
});

import assert from "node:assert/strict";
import { errorsOf, newServer } from "./server-of-arrays";

describe("a batch", () => {
  it("with a syntax error runs nothing, and says near what and in which line", async () => {
    const cases: Record<string, string> = {
      "PRINT 'a'\nSELECT FROM": "156@2 Incorrect syntax near the keyword 'FROM'.",
      "PRINT 'a'\nSELECT * FROM": "102@2 Incorrect syntax near 'FROM'.",
      "SELECT a b c": "102@1 Incorrect syntax near 'c'.",
      "PRINT 1;;\n\nSELECT 'it''s' 'x' 'oops'": "102@3 Incorrect syntax near 'oops'.",
      "SELECT 1 WHERE 1":
        "4145@1 An expression of non-boolean type specified in a context where a condition is expected, near '1'.",
      "SELECT (1=1)": "102@1 Incorrect syntax near '='.",
      "SELECT 1\nGO\nSELECT 2 3": "102@3 Incorrect syntax near '3'.",
      "CREATE ENDPOINT e AS TCP (LISTENER_PORT = 5022) FOR DATABASE_MIRRORING (ENCRYPTION = REQUIRED)":
        "7801@1 The required parameter ROLE was not specified.",
      "SELECT 'abc":
        "105@1 Unclosed quotation mark after the character string 'abc'.;102@1 Incorrect syntax near 'abc'.",
      "SELECT @a\nSET @b = 1":
        '137@1 Must declare the scalar variable "@a".;137@2 Must declare the scalar variable "@b".',
      "DECLARE @a int DECLARE @A int":
        "134@1 The variable name '@A' has already been declared. Variable names must be unique within a query batch or stored procedure.",
      "DROP CERTIFICATE @name": "102@1 Incorrect syntax near '@name'.",
    };
    for (const [text, expected] of Object.entries(cases)) {
      const { errors, prints, sets } = await newServer().run(text);
      const found = errors
        .flatMap((error) => [...error.preceding, error])
        .map((error) => `${error.number}@${error.line} ${error.text}`);
      assert.deepEqual([...new Set(found)].join(";"), expected, text);
      assert.deepEqual([prints, sets], [[], []]);
    }
  });

  it("goes on after a failed DDL statement, ends at a name that does not resolve", async () => {
    const server = newServer({ dropCertificate: 15151 });
    const first = await server.run("DROP CERTIFICATE c\nPRINT @@ERROR\nPRINT 'on'");
    assert.deepEqual(
      [first.errors.map(({ number, line }) => [number, line]), first.prints],
      [[[15151, 1]], ["15151", "on"]],
    );
    const second = await server.run("PRINT 'first' SELECT * FROM nosuch PRINT 'never'");
    assert.deepEqual(second.prints, ["first"]);
    const third = await server.run("EXEC('SELECT * FROM nosuch PRINT ''never''') PRINT 'on'");
    assert.deepEqual([third.errors.map(({ number }) => number), third.prints], [[208], ["on"]]);
    const fourth = await server.run("SELECT 1/0 PRINT 'on' SELECT CAST('x' AS int) PRINT 'never'");
    assert.deepEqual(fourth.prints, ["on"]);
  });

  it("hands errors to CATCH, with number, text, severity, state and line", async () => {
    const server = newServer({ dropCertificate: 15151 });
    const { errors, sets } = await server.run(
      "BEGIN TRY\nPRINT 1\nDROP CERTIFICATE c\nEND TRY\nBEGIN CATCH\nSELECT ERROR_NUMBER(), ERROR_SEVERITY(), ERROR_STATE(), ERROR_LINE(), @@ERROR\nEND CATCH SELECT ERROR_NUMBER()",
    );
    assert.deepEqual([errors, sets.map(({ rows }) => rows)], [[], [[[15151, 16, 1, 3, 15151]], [[null]]]]);
  });

  it("does not catch a missing name in its own scope, but in the scope of an EXEC", async () => {
    assert.deepEqual(await errorsOf("BEGIN TRY SELECT * FROM nosuch END TRY BEGIN CATCH PRINT 'caught' END CATCH"), [
      "208@1",
    ]);
    const { errors, prints } = await newServer().run(
      "BEGIN TRY EXEC('SELECT * FROM nosuch') END TRY BEGIN CATCH PRINT ERROR_MESSAGE() END CATCH",
    );
    assert.deepEqual([errors, prints], [[], ["Invalid object name 'nosuch'."]]);
    const syntax = await newServer().run(
      "BEGIN TRY EXEC('SELECT FROM') END TRY BEGIN CATCH PRINT ERROR_NUMBER() END CATCH",
    );
    assert.deepEqual([syntax.errors, syntax.prints], [[], ["156"]]);
  });

  it("throws and throws again", async () => {
    const { errors, prints } = await newServer().run(
      "BEGIN TRY\nTHROW 50001, N'oops', 7;\nEND TRY\nBEGIN CATCH\nPRINT 'in';\nTHROW;\nEND CATCH PRINT 'never'",
    );
    assert.deepEqual(
      errors.map(({ number, state, line, text }) => [number, state, line, text]),
      [[50001, 7, 2, "oops"]],
    );
    assert.deepEqual(prints, ["in"]);
    assert.deepEqual(await errorsOf("PRINT 1; THROW"), ["10704@1"]);
    assert.deepEqual(await errorsOf("THROW 40000, 'x', 1"), ["35100@1"]);
  });

  it("raises errors with arguments, and goes on", async () => {
    const { errors, prints } = await newServer().run(
      "RAISERROR('%s has %d of %5d%%, %x', 16, 3, N'it', 7, 8, 255) PRINT @@ERROR RAISERROR('just so', 10, 1)",
    );
    assert.deepEqual(
      errors.map(({ number, severity, state, text }) => [number, severity, state, text]),
      [[50000, 16, 3, "it has 7 of     8%, ff"]],
    );
    assert.deepEqual(prints, ["50000", "just so"]);
  });

  it("raises a message that the server knows by its number, with its own severity", async () => {
    const { errors } = await newServer().run(
      "RAISERROR(15233, -1, -1, 'it', 'db1') RAISERROR(15233, 11, 7) RAISERROR(12000, 16, 1) RAISERROR(60000, 16, 1)",
    );
    assert.deepEqual(
      errors.map(({ number, severity, state }) => [number, severity, state]),
      [
        [15233, 16, 1],
        [15233, 11, 7],
        [2732, 16, 1],
        [18054, 16, 1],
      ],
    );
    assert.match(errors[0]?.text ?? "", /Property 'it' already exists for 'db1'/);
  });

  it("branches and loops", async () => {
    const text =
      "DECLARE @i int = 0 WHILE @i < 10 BEGIN SET @i += 1 IF @i = 2 CONTINUE; IF @i > 4 BREAK ELSE PRINT @i END IF EXISTS (SELECT 1) PRINT 'yes'; ELSE PRINT 'no' RETURN PRINT 'never'";
    assert.deepEqual((await newServer().run(text)).prints, ["1", "3", "4", "yes"]);
  });

  it("counts rows, errors and transactions", async () => {
    const { sets } = await newServer().run(
      "SELECT Id FROM People SELECT @@ROWCOUNT BEGIN TRAN BEGIN TRAN SELECT @@TRANCOUNT COMMIT ROLLBACK SELECT @@TRANCOUNT, @@ERROR, @@ROWCOUNT",
    );
    assert.deepEqual(
      sets.slice(1).map(({ rows }) => rows[0]),
      [[4], [2], [0, 0, 0]],
    );
    assert.deepEqual(await errorsOf("COMMIT"), ["3902@1"]);
    assert.deepEqual(await errorsOf("ROLLBACK"), ["3903@1"]);
  });

  it("changes the database, and ends when there is none of that name", async () => {
    const { databases, errors, prints } = await newServer().run("USE DB1 PRINT 'in' USE nosuch PRINT 'never'");
    assert.deepEqual([databases, errors.map(({ number }) => number), prints], [["db1"], [911], ["in"]]);
  });

  it("says how many rows, unless NOCOUNT is on", async () => {
    const { ends } = await newServer().run("SELECT 1 SET NOCOUNT ON SELECT 1");
    assert.deepEqual(
      ends.map(({ rowCount }) => rowCount),
      [1, undefined, undefined],
    );
  });

  it("waits by the server's clock, and stops at an attention, even in an endless loop", async () => {
    const server = newServer();
    await server.run("WAITFOR DELAY '00:00:01.500'");
    assert.deepEqual(server.slept, [1500]);
    assert.deepEqual(await errorsOf("WAITFOR DELAY 'soon'"), ["148@1"]);
    const attention = new AbortController();
    setTimeout(() => attention.abort(), 20);
    const { prints } = await server.run("DECLARE @i int WHILE 1 = 1 SET @i = 1 PRINT 'never'", attention.signal);
    assert.deepEqual(prints, []);
  });
});

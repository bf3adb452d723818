import assert from "node:assert/strict";
import { failure, served } from "./served";

describe("scripts of administrators", () => {
  const one = served();
  const { rows, refusal } = one;
  async function messages(text: string): Promise<string[]> {
    const request = one.pool.request();
    const said: string[] = [];
    request.on("info", ({ message }) => said.push(message));
    await request.batch(text);
    return said;
  }

  it("go through the databases with a loop and dynamic SQL", async () => {
    assert.deepEqual(
      await messages(`DECLARE @name sysname = '', @sql nvarchar(max), @n int
        WHILE 1 = 1
        BEGIN
          SELECT @name = MIN(name) FROM sys.databases WHERE database_id IN (1, 5) AND name > @name
          IF @name IS NULL BREAK
          SET @sql = N'SELECT @n = COUNT(*) FROM ' + QUOTENAME(@name) + N'.sys.tables'
          EXEC sp_executesql @sql, N'@n int OUTPUT', @n OUTPUT
          RAISERROR('%s: %d', 0, 1, @name, @n) WITH NOWAIT
        END`),
      ["db01: 0", "master: 0"],
    );
  });

  it("look at what they run themselves", async () => {
    const text = `SELECT t.text FROM sys.dm_exec_requests r CROSS APPLY sys.dm_exec_sql_text(r.sql_handle) t
      WHERE r.session_id = @@SPID`;
    assert.deepEqual(await rows(text), [{ text }]);
  });

  it("get money and times with an offset", async () => {
    const { recordset } = await one.pool.request().query(`SELECT CAST(1.5 AS money) AS m,
      CAST('2026-01-01 00:00:00.1234567 +01:00' AS datetimeoffset) AS at`);
    const [row] = recordset;
    assert.deepEqual({ ...row, at: row.at.toISOString() }, { m: 1.5, at: "2025-12-31T23:00:00.123Z" });
  });

  it("end their connection with an error of severity 20, which no TRY catches", async () => {
    const own = await one.server.connect();
    const text = "BEGIN TRY RAISERROR('bad', 20, 1) WITH LOG END TRY BEGIN CATCH PRINT 'never' END CATCH";
    assert.deepEqual(await failure(own.request().batch(text)), [2745, 50000]);
    const count = "SELECT COUNT(*) AS n FROM sys.dm_exec_sessions WHERE is_user_process = 1";
    assert.deepEqual(await rows(count), [{ n: 1 }]);
    await own.close();
  });

  it("need WITH LOG for severities over 18", async () => {
    assert.deepEqual(await refusal("RAISERROR('bad', 19, 1)"), [2754]);
  });
});

import assert from "node:assert/strict";
import type mssql from "mssql";
import { failure, serve } from "./served";

describe("scripts of administrators", () => {
  let served: Awaited<ReturnType<typeof serve>>;
  let pool: mssql.ConnectionPool;
  before(async () => {
    served = await serve();
    pool = await served.connect();
  });
  after(async () => {
    await pool.close();
    await served.close();
  });
  const rows = async (text: string) => [...(await pool.request().batch(text)).recordset].map((row) => ({ ...row }));
  async function messages(text: string): Promise<string[]> {
    const request = pool.request();
    const said: string[] = [];
    request.on("info", ({ message }) => said.push(message));
    await request.batch(text);
    return said;
  }

  it("go through the databases with a cursor and dynamic SQL", async () => {
    assert.deepEqual(
      await messages(`DECLARE @name sysname, @sql nvarchar(max), @n int
        DECLARE c CURSOR LOCAL FAST_FORWARD FOR SELECT name FROM sys.databases WHERE database_id IN (1, 5)
        OPEN c
        WHILE 1 = 1
        BEGIN
          FETCH NEXT FROM c INTO @name
          IF @@FETCH_STATUS <> 0 BREAK
          SET @sql = N'SELECT @n = COUNT(*) FROM ' + QUOTENAME(@name) + N'.sys.tables'
          EXEC sp_executesql @sql, N'@n int OUTPUT', @n OUTPUT
          RAISERROR('%s: %d', 0, 1, @name, @n) WITH NOWAIT
        END
        CLOSE c DEALLOCATE c`),
      ["master: 0", "db01: 0"],
    );
  });

  it("run a text in each database", async () => {
    assert.deepEqual(
      (await messages("EXEC sp_MSforeachdb N'USE [?]; IF DB_ID() IN (1, 5) PRINT DB_NAME()'")).filter(
        (text) => !text.startsWith("Changed"),
      ),
      ["master", "db01"],
    );
    assert.deepEqual(
      await rows(`CREATE TABLE #found (name sysname, id int)
        INSERT #found EXEC sp_MSforeachdb 'SELECT ''?'', DB_ID(''?'')' SELECT MAX(id) AS last FROM #found`),
      [{ last: 5 }],
    );
  });

  it("look at what they run themselves", async () => {
    const text = `SELECT t.text, b.event_info FROM sys.dm_exec_requests r CROSS APPLY sys.dm_exec_sql_text(r.sql_handle) t
      CROSS APPLY sys.dm_exec_input_buffer(r.session_id, NULL) b WHERE r.session_id = @@SPID`;
    assert.deepEqual(await rows(text), [{ text, event_info: text }]);
  });

  it("add up the files of the databases", async () => {
    assert.deepEqual(
      await rows(`SELECT DB_NAME(f.database_id) AS name, f.type_desc, SUM(v.num_of_reads) AS reads
        FROM sys.master_files f OUTER APPLY sys.dm_io_virtual_file_stats(f.database_id, f.file_id) v WHERE f.database_id = 5
        GROUP BY f.database_id, f.type_desc`),
      [
        { name: "db01", type_desc: "ROWS", reads: "0" },
        { name: "db01", type_desc: "LOG", reads: "0" },
      ],
    );
  });

  it("get money and times with an offset", async () => {
    const { recordset } = await pool.request().query(`SELECT CAST(1.5 AS money) AS m,
      CAST('2026-01-01 00:00:00.1234567 +01:00' AS datetimeoffset) AS at`);
    const [row] = recordset;
    assert.deepEqual({ ...row, at: row.at.toISOString() }, { m: 1.5, at: "2025-12-31T23:00:00.123Z" });
  });

  it("end their connection with an error of severity 20, which no TRY catches", async () => {
    const own = await served.connect();
    const text = "BEGIN TRY RAISERROR('bad', 20, 1) WITH LOG END TRY BEGIN CATCH PRINT 'never' END CATCH";
    assert.deepEqual(await failure(own.request().batch(text)), [2745, 50000]);
    const count = "SELECT COUNT(*) AS n FROM sys.dm_exec_sessions WHERE is_user_process = 1";
    assert.deepEqual(await rows(count), [{ n: 1 }]);
    await own.close();
  });

  it("need WITH LOG for severities over 18", async () => {
    assert.deepEqual(await failure(pool.request().batch("RAISERROR('bad', 19, 1)")), [2754]);
  });
});

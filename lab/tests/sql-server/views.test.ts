import assert from "node:assert/strict";
import { failure, serve } from "./served";

describe("a view that SQL Server has and the lab does not", () => {
  it("is refused with the lab's own error, any other name with 208", async () => {
    const served = await serve();
    const pool = await served.connect();
    try {
      for (const name of [
        "INFORMATION_SCHEMA.TABLES",
        "sys.sql_modules",
        "sys.dm_os_wait_stats",
        "sys.sysprocesses",
        "master.dbo.sysdatabases",
        "sys.dm_io_virtual_file_stats(1, 1)",
      ])
        await assert.rejects(pool.query(`SELECT * FROM ${name}`), {
          number: 50000,
          message: /^\[lab\] .* is not spoken/,
        });
      for (const name of ["sys.nothing", "dbo.sysnothing", "nowhere.tables", "sys.dm_hadr_fabric_nodes"])
        assert.deepEqual(await failure(pool.query(`SELECT * FROM ${name}`)), [208], name);
    } finally {
      await pool.close();
      await served.close();
    }
  });
});

describe("the views of sessions", () => {
  it("show who is connected, from where, and what runs", async () => {
    const served = await serve();
    const [one, other] = [await served.connect(), await served.connect()];
    try {
      const spid = (await other.query("SELECT @@SPID AS spid")).recordset[0].spid;
      const request = other.request();
      const waiting = assert.rejects(request.query("WAITFOR DELAY '00:01'"));
      const look = () =>
        one.query(
          `SELECT s.status, r.command, c.client_net_address, c.encrypt_option, s.program_name
         FROM sys.dm_exec_sessions s JOIN sys.dm_exec_connections c ON c.session_id = s.session_id
         LEFT JOIN sys.dm_exec_requests r ON r.session_id = s.session_id WHERE s.session_id = ${spid}`,
        );
      let seen = (await look()).recordset[0];
      while (seen.status !== "running") seen = (await look()).recordset[0];
      assert.deepEqual(
        { ...seen },
        {
          status: "running",
          command: "WAITFOR",
          client_net_address: "127.0.0.1",
          encrypt_option: "TRUE",
          program_name: "mocha",
        },
      );
      request.cancel();
      await waiting;
      const idle = await one.query(`SELECT status FROM sys.dm_exec_sessions WHERE session_id = ${spid}`);
      assert.deepEqual([...idle.recordset], [{ status: "sleeping" }]);
      const options = await one.batch(`SET DEADLOCK_PRIORITY LOW SET DATEFIRST 1 SET LOCK_TIMEOUT 5 SET TEXTSIZE 100
        SELECT deadlock_priority AS priority, date_first AS first, lock_timeout AS timeout, text_size AS size,
          @@DATEFIRST AS ownFirst, @@LOCK_TIMEOUT AS ownTimeout, @@TEXTSIZE AS ownSize
        FROM sys.dm_exec_sessions WHERE session_id = @@SPID`);
      assert.deepEqual(
        [...options.recordset],
        [{ priority: -5, first: 1, timeout: 5, size: 100, ownFirst: 1, ownTimeout: 5, ownSize: 100 }],
      );
      await other.close();
      const gone = await one.query(`SELECT COUNT(*) AS n FROM sys.dm_exec_sessions WHERE session_id = ${spid}`);
      assert.deepEqual([...gone.recordset], [{ n: 0 }]);
    } finally {
      await one.close();
      await other.close();
      await served.close();
    }
  });
});

import assert from "node:assert/strict";
import { served } from "./served";

describe("what an instance is set to and says of itself", () => {
  const one = served();
  const { run, values: rows, refusal } = one;

  it("changes with sp_configure, takes effect with RECONFIGURE, and is refused what it cannot be", async () => {
    const degree = "SELECT value, value_in_use FROM sys.configurations WHERE name = 'max degree of parallelism'";
    assert.deepEqual(await refusal("EXEC sp_configure 'max degree of parallelism', 4"), [15123]);
    await run("EXEC sp_configure 'show advanced options', 1; RECONFIGURE");
    await run("EXEC sp_configure 'max degree of parallelism', 4");
    assert.deepEqual(await rows(degree), [[4, 0]]);
    await run("RECONFIGURE WITH OVERRIDE");
    assert.deepEqual(await rows(degree), [[4, 4]]);
    assert.deepEqual(await rows("EXEC sp_configure 'max degree of parallelism'"), [
      ["max degree of parallelism", 0, 32767, 4, 4],
    ]);
    assert.deepEqual(await refusal("EXEC sp_configure 'max degree of parallelism', 40000"), [15129]);
    assert.deepEqual(await refusal("EXEC sp_configure 'nothing'"), [15123]);
  });

  it("is told by functions of the server and the connection", async () => {
    assert.deepEqual(
      await rows(`SELECT SERVERPROPERTY('ProductUpdateLevel'), SERVERPROPERTY('LCID'), SERVERPROPERTY('nothing'),
        CONNECTIONPROPERTY('net_transport'), CONNECTIONPROPERTY('local_tcp_port'),
        DATABASEPROPERTYEX('db01', 'Version')`),
      [["CU16", 1033, null, "TCP", one.server.instance.tdsPort, 957]],
    );
    await assert.rejects(rows("SELECT LOGINPROPERTY('sa', 'IsLocked')"), { number: 50000, message: /^\[lab\]/ });
  });

  it("does nothing under NOEXEC and PARSEONLY", async () => {
    await run("SET NOEXEC ON; CREATE DATABASE no; SET NOEXEC OFF");
    await run("SET PARSEONLY ON; CREATE DATABASE no; SET PARSEONLY OFF");
    assert.deepEqual(await rows("SELECT COUNT(*) FROM sys.databases WHERE name = 'no'"), [[0]]);
  });
});

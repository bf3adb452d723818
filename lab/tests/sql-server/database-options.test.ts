import assert from "node:assert/strict";
import { failure, serve, served } from "./served";

const secret = "An0ther-secret!";

describe("ALTER DATABASE SET", () => {
  const one = served();
  const { run, values, refusal } = one;
  const shown = async (columns: string) =>
    (await values(`SELECT ${columns} FROM sys.databases WHERE name = 'db01'`))[0];
  before(() =>
    run(`CREATE LOGIN reader WITH PASSWORD = '${secret}'; USE db01; CREATE TABLE t (a int); CREATE USER reader`),
  );

  it("SINGLE_USER lets one session in, after the others have been ended where it says so", async () => {
    const other = await one.server.connect({ user: "reader", password: secret, database: "db01" });
    other.on("error", () => undefined);
    try {
      assert.deepEqual(await failure(other.query("SELECT 1")), []);
      assert.deepEqual(await refusal("USE master; ALTER DATABASE db01 SET SINGLE_USER WITH NO_WAIT"), [5061, 5069]);
      await run("ALTER DATABASE db01 SET SINGLE_USER WITH ROLLBACK IMMEDIATE; USE db01");
      assert.deepEqual(await shown("user_access, user_access_desc"), [1, "SINGLE_USER"]);
      await assert.rejects(
        one.server.connect({ user: "reader", password: secret, database: "db01" }),
        /Login failed for user 'reader'/,
      );
      await run("USE master; ALTER DATABASE db01 SET MULTI_USER");
      const again = await one.server.connect({ user: "reader", password: secret, database: "db01" });
      assert.deepEqual(await failure(again.query("SELECT 1")), []);
      await again.close();
    } finally {
      await other.close();
    }
  });

  it("RESTRICTED_USER lets nobody in but its owner", async () => {
    const reader = await one.server.connect({ user: "reader", password: secret });
    await run("USE master; ALTER DATABASE db01 SET RESTRICTED_USER");
    assert.deepEqual(await failure(reader.query("USE db01")), [923]);
    assert.deepEqual(await refusal("USE db01; USE master"), []);
    await run("ALTER DATABASE db01 SET MULTI_USER");
    await reader.close();
  });

  it("OFFLINE closes it to everybody, EMERGENCY opens it for reading", async () => {
    await run("USE master; ALTER DATABASE db01 SET OFFLINE WITH ROLLBACK IMMEDIATE");
    assert.deepEqual(await shown("state, state_desc, collation_name"), [6, "OFFLINE", null]);
    assert.deepEqual(await refusal("USE db01"), [942]);
    assert.deepEqual(await refusal("SELECT * FROM db01.dbo.t"), [942]);
    assert.deepEqual(await refusal("BACKUP DATABASE db01 TO DISK = 'a'"), [942, 3013]);
    await run("ALTER DATABASE db01 SET EMERGENCY");
    assert.deepEqual(await refusal("SELECT * FROM db01.dbo.t"), []);
    assert.deepEqual(await refusal("INSERT db01.dbo.t VALUES (1)"), [3906]);
    await run("ALTER DATABASE db01 SET ONLINE; INSERT db01.dbo.t VALUES (1)");
    assert.deepEqual(await refusal("ALTER DATABASE master SET OFFLINE"), [5058, 5069]);
  });

  it("keeps the level of compatibility and the options that the catalog shows", async () => {
    await run(
      "ALTER DATABASE db01 SET COMPATIBILITY_LEVEL = 150; ALTER DATABASE db01 SET AUTO_SHRINK ON; ALTER DATABASE db01 SET TRUSTWORTHY ON",
    );
    assert.deepEqual(
      await shown("compatibility_level, is_auto_shrink_on, is_trustworthy_on, is_auto_create_stats_on"),
      [150, true, true, true],
    );
    assert.deepEqual(await refusal("ALTER DATABASE db01 SET COMPATIBILITY_LEVEL = 90"), [15048]);
    assert.deepEqual(await refusal("ALTER DATABASE db01 SET AUTO_SHRINK maybe"), [102]);
  });
});

describe("KILL", () => {
  it("ends another session, and refuses what is none or one's own", async () => {
    const served = await serve();
    const [one, other] = [await served.connect(), await served.connect()];
    other.on("error", () => undefined);
    try {
      const spid = (await other.query("SELECT @@SPID AS spid")).recordset[0].spid;
      const own = (await one.query("SELECT @@SPID AS spid")).recordset[0].spid;
      const waiting = other.query("WAITFOR DELAY '00:01'");
      await Promise.all([assert.rejects(waiting), one.query(`KILL ${spid}`)]);
      assert.deepEqual(await failure(one.query(`KILL ${spid}`)), [6106]);
      assert.deepEqual(await failure(one.query(`KILL ${own}`)), [6104]);
      assert.deepEqual(await failure(one.query("KILL 7")), [6107]);
    } finally {
      await one.close();
      await other.close();
      await served.close();
    }
  });
});

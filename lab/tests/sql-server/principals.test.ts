import assert from "node:assert/strict";
import type mssql from "mssql";
import { failure, served } from "./served";

const secret = "An0ther-secret!";

describe("logins, their roles and their users", () => {
  const one = served();
  const { values } = one;
  const run = (text: string) => one.pool.query(text);
  const refusal = (text: string) => failure(run(text));
  const rows = async (pool: mssql.ConnectionPool, text: string) =>
    [...(await pool.query(text)).recordset].map((row) => Object.values(row).flat());
  const as = async <T>(
    user: string,
    work: (pool: mssql.ConnectionPool) => Promise<T>,
    password = secret,
  ): Promise<T> => {
    const pool = await one.server.connect({ user, password });
    try {
      return await work(pool);
    } finally {
      await pool.close();
    }
  };

  before(async () => {
    for (const name of ["reader", "writer", "other"]) await run(`CREATE LOGIN ${name} WITH PASSWORD = '${secret}'`);
    await run(
      "USE db01; CREATE TABLE t (a int); INSERT t VALUES (1); CREATE USER reader; CREATE USER writer FOR LOGIN writer",
    );
  });

  it("are kept out of a database that they have no user in", async () => {
    await as("other", async (pool) => assert.deepEqual(await failure(pool.query("USE db01")), [916]));
    await as("reader", async (pool) => {
      assert.deepEqual(await rows(pool, "USE db01; SELECT USER_NAME(), HAS_DBACCESS('db01'), HAS_DBACCESS('model')"), [
        ["reader", 1, 0],
      ]);
    });
  });

  it("may do and see nothing in a database that they do not own", async () => {
    await as("reader", async (pool) => {
      for (const [text, number] of [
        ["SELECT * FROM t", 229],
        ["INSERT t VALUES (2)", 229],
        ["CREATE TABLE u (a int)", 262],
        ["CREATE CERTIFICATE c WITH SUBJECT = 'c'", 262],
      ] as const)
        assert.deepEqual(await failure(pool.query(`USE db01; ${text}`)), [number], text);
      assert.deepEqual(await rows(pool, "USE db01; SELECT name FROM sys.tables"), []);
    });
    assert.deepEqual(
      await values("USE db01; SELECT name, type FROM sys.database_principals WHERE principal_id > 4 ORDER BY 1"),
      [
        ["reader", "S"],
        ["writer", "S"],
      ],
    );
  });

  it("may do with a certificate what they were granted on it", async () => {
    await run("USE db01; CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'Kept-in-a-safe-1'");
    await run("USE db01; CREATE CERTIFICATE c WITH SUBJECT = 'c'");
    const drop = (pool: mssql.ConnectionPool) => failure(pool.query("USE db01; DROP CERTIFICATE c"));
    await as("reader", async (pool) => {
      assert.deepEqual(await drop(pool), [15151]);
      await run("USE db01; GRANT CONTROL ON CERTIFICATE::c TO reader; DENY CONTROL ON CERTIFICATE::c TO reader");
      assert.deepEqual(await drop(pool), [15151]);
      await run("USE db01; GRANT CONTROL ON CERTIFICATE::c TO reader");
      assert.deepEqual(await drop(pool), []);
    });
  });

  it("become administrators with a role, at once and no longer than they are in it", async () => {
    const administers = "SELECT IS_SRVROLEMEMBER('sysadmin'), HAS_PERMS_BY_NAME(NULL, NULL, 'CONTROL SERVER')";
    await as("other", async (pool) => {
      assert.deepEqual(await rows(pool, administers), [[0, 0]]);
      await run("ALTER SERVER ROLE sysadmin ADD MEMBER other");
      assert.deepEqual(await rows(pool, administers), [[1, 1]]);
      await run("ALTER SERVER ROLE sysadmin DROP MEMBER other");
      assert.deepEqual(await failure(pool.query("CREATE LOGIN x WITH PASSWORD = 'Pa55-word!x'")), [15247]);
    });
  });

  it("see the server's state through a role of 2022, or a role of one's own", async () => {
    const states = "SELECT COUNT(*) FROM sys.dm_hadr_availability_replica_states";
    await as("other", async (pool) => {
      assert.deepEqual(await failure(pool.query(states)), [300, 297]);
      await run("ALTER SERVER ROLE [##MS_ServerStateReader##] ADD MEMBER other");
      assert.deepEqual(await failure(pool.query(states)), []);
      await run("ALTER SERVER ROLE [##MS_ServerStateReader##] DROP MEMBER other");
      await run(
        "CREATE SERVER ROLE watchers; GRANT VIEW SERVER STATE TO watchers; ALTER SERVER ROLE watchers ADD MEMBER other",
      );
      assert.deepEqual(await failure(pool.query(states)), []);
      await run("DENY VIEW SERVER PERFORMANCE STATE TO other");
      assert.deepEqual(await failure(pool.query(states)), [300, 297]);
      await run(
        "REVOKE VIEW SERVER PERFORMANCE STATE FROM other; ALTER SERVER ROLE watchers DROP MEMBER other; DROP SERVER ROLE watchers",
      );
    });
  });

  it("have no roles in a database, and nobody acts as another", async () => {
    for (const text of [
      "CREATE ROLE r",
      "ALTER ROLE db_owner ADD MEMBER reader",
      "DROP ROLE r",
      "EXECUTE AS LOGIN = 'reader'",
      "REVERT",
      "CREATE USER u WITHOUT LOGIN",
      "GRANT SELECT ON t TO reader",
    ])
      await assert.rejects(run(`USE db01; ${text}`), { number: 50000, message: /^\[lab\] .* is not spoken/ }, text);
  });

  it("are disabled, get another password and another name, and are not dropped while they are used", async () => {
    await run("ALTER LOGIN other DISABLE");
    await assert.rejects(one.server.connect({ user: "other", password: secret }), /Reason: The account is disabled\./);
    await run("ALTER LOGIN other ENABLE; ALTER LOGIN other WITH PASSWORD = 'Next-secret1'");
    await assert.rejects(one.server.connect({ user: "other", password: secret }), /Login failed for user 'other'\.$/);
    await as(
      "other",
      async (pool) => {
        await pool.query("SELECT 1");
        assert.deepEqual(await refusal("DROP LOGIN other"), [15434]);
      },
      "Next-secret1",
    );
    await run("ALTER LOGIN other WITH NAME = renamed");
    await as(
      "renamed",
      async (pool) => assert.deepEqual(await rows(pool, "SELECT SUSER_SNAME()"), [["renamed"]]),
      "Next-secret1",
    );
  });

  it("are refused with the server's numbers", async () => {
    for (const [text, ...numbers] of [
      ["CREATE USER u FOR LOGIN nobody", 15007],
      ["CREATE USER reader", 15023],
      ["CREATE USER again FOR LOGIN reader", 15063],
      ["DROP USER nobody", 15151],
      ["DROP USER dbo", 15150],
      ["GRANT VIEW SERVER STATE TO reader", 4621],
      ["GRANT CONTROL ON CERTIFICATE::nothing TO reader", 15151],
      ["USE master; GRANT VIEW SERVER STATE TO sa", 4624],
      ["USE master; GRANT VIEW SERVER STATE TO sysadmin", 4617],
      ["ALTER SERVER ROLE public ADD MEMBER reader", 15081],
      ["ALTER SERVER ROLE nowhere ADD MEMBER reader", 15151],
      ["ALTER LOGIN nobody DISABLE", 15151],
      ["CREATE SERVER ROLE sysadmin", 15025],
    ] as const) {
      assert.deepEqual(await refusal(`USE db01; ${text}`), numbers, text);
    }
  });
});

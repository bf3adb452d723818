import assert from "node:assert/strict";
import mssql from "mssql";
import { failure, serve } from "./served";

const secret = "An0ther-secret!";

describe("logins, users and roles", () => {
  let served: Awaited<ReturnType<typeof serve>>;
  let sa: mssql.ConnectionPool;
  const rows = async (pool: mssql.ConnectionPool, text: string) =>
    [...(await pool.query(text)).recordset].map((row) => Object.values(row).flat());
  const as = async <T>(
    user: string,
    work: (pool: mssql.ConnectionPool) => Promise<T>,
    password = secret,
  ): Promise<T> => {
    const pool = await served.connect({ user, password });
    try {
      return await work(pool);
    } finally {
      await pool.close();
    }
  };

  before(async () => {
    served = await serve();
    sa = await served.connect();
    for (const name of ["reader", "writer", "other"])
      await sa.query(`CREATE LOGIN ${name} WITH PASSWORD = '${secret}'`);
    await sa.query(
      "USE db01; CREATE TABLE t (a int); INSERT t VALUES (1); CREATE USER reader; CREATE USER writer FOR LOGIN writer",
    );
  });
  after(async () => {
    await sa.close();
    await served.close();
  });

  it("are kept out of a database that they have no user in", async () => {
    await as("other", async (pool) => assert.deepEqual(await failure(pool.query("USE db01")), [916]));
    await as("reader", async (pool) => {
      assert.deepEqual(await rows(pool, "USE db01; SELECT USER_NAME(), HAS_DBACCESS('db01'), HAS_DBACCESS('model')"), [
        ["reader", 1, 0],
      ]);
    });
  });

  it("may do in a database what they, their roles and everybody were granted, and nothing that was denied", async () => {
    const select = (pool: mssql.ConnectionPool) => failure(pool.query("USE db01; SELECT * FROM t"));
    await as("reader", async (pool) => {
      assert.deepEqual(await select(pool), [229]);
      await sa.query("USE db01; ALTER ROLE db_datareader ADD MEMBER reader");
      assert.deepEqual(await select(pool), []);
      assert.deepEqual(await failure(pool.query("USE db01; INSERT t VALUES (2)")), [229]);
      await sa.query("USE db01; GRANT INSERT ON dbo.t TO reader");
      assert.deepEqual(await failure(pool.query("USE db01; INSERT t VALUES (2)")), []);
      await sa.query("USE db01; DENY SELECT ON t TO reader");
      assert.deepEqual(await select(pool), [229]);
      await sa.query("USE db01; REVOKE SELECT ON t FROM reader; ALTER ROLE db_datareader DROP MEMBER reader");
      assert.deepEqual(await select(pool), [229]);
      await sa.query("USE db01; GRANT SELECT ON SCHEMA::dbo TO public");
      assert.deepEqual(await select(pool), []);
      await sa.query("USE db01; REVOKE SELECT ON SCHEMA::dbo FROM public");
      assert.deepEqual(await failure(pool.query("USE db01; CREATE TABLE u (a int)")), [262]);
    });
  });

  it("see in the catalog what they may use", async () => {
    const seen = (pool: mssql.ConnectionPool) => rows(pool, "USE db01; SELECT name FROM sys.tables");
    await as("writer", async (pool) => {
      assert.deepEqual(await seen(pool), []);
      await sa.query("USE db01; ALTER ROLE db_owner ADD MEMBER writer");
      assert.deepEqual(await seen(pool), [["t"]]);
      assert.deepEqual(
        await rows(pool, "USE db01; SELECT IS_MEMBER('db_owner'), IS_MEMBER('db_datareader'), IS_MEMBER('x')"),
        [[1, 0, null]],
      );
      await sa.query("USE db01; ALTER ROLE db_owner DROP MEMBER writer");
    });
    assert.deepEqual(
      await rows(
        sa,
        "USE db01; SELECT name, type FROM sys.database_principals WHERE principal_id BETWEEN 5 AND 100 ORDER BY 1",
      ),
      [
        ["reader", "S"],
        ["writer", "S"],
      ],
    );
  });

  it("become administrators with a role, at once and no longer than they are in it", async () => {
    const administers = "SELECT IS_SRVROLEMEMBER('sysadmin'), HAS_PERMS_BY_NAME(NULL, NULL, 'CONTROL SERVER')";
    await as("other", async (pool) => {
      assert.deepEqual(await rows(pool, administers), [[0, 0]]);
      await sa.query("ALTER SERVER ROLE sysadmin ADD MEMBER other");
      assert.deepEqual(await rows(pool, administers), [[1, 1]]);
      await sa.query("ALTER SERVER ROLE sysadmin DROP MEMBER other");
      assert.deepEqual(await failure(pool.query("CREATE LOGIN x WITH PASSWORD = 'Pa55-word!x'")), [15247]);
    });
  });

  it("see the server's state through a role of 2022, or a role of one's own", async () => {
    const states = "SELECT COUNT(*) FROM sys.dm_hadr_availability_replica_states";
    await as("other", async (pool) => {
      assert.deepEqual(await failure(pool.query(states)), [300, 297]);
      await sa.query("ALTER SERVER ROLE [##MS_ServerStateReader##] ADD MEMBER other");
      assert.deepEqual(await failure(pool.query(states)), []);
      await sa.query("ALTER SERVER ROLE [##MS_ServerStateReader##] DROP MEMBER other");
      await sa.query(
        "CREATE SERVER ROLE watchers; GRANT VIEW SERVER STATE TO watchers; ALTER SERVER ROLE watchers ADD MEMBER other",
      );
      assert.deepEqual(await failure(pool.query(states)), []);
      await sa.query("DENY VIEW SERVER PERFORMANCE STATE TO other");
      assert.deepEqual(await failure(pool.query(states)), [300, 297]);
      await sa.query(
        "REVOKE VIEW SERVER PERFORMANCE STATE FROM other; ALTER SERVER ROLE watchers DROP MEMBER other; DROP SERVER ROLE watchers",
      );
    });
  });

  it("are acted as, and given up again", async () => {
    const session = new mssql.Request(sa);
    const { recordset } = await session.batch(`EXECUTE AS LOGIN = 'reader'
      SELECT SUSER_SNAME() AS a, ORIGINAL_LOGIN() AS b, IS_SRVROLEMEMBER('sysadmin') AS c INTO #seen
      REVERT; REVERT
      SELECT a, b, c, SUSER_SNAME() AS d FROM #seen`);
    assert.deepEqual({ ...recordset[0] }, { a: "reader", b: "sa", c: 0, d: "sa" });
    const inDatabase = await session.batch(
      "USE db01; EXECUTE AS USER = 'writer'; SELECT USER_NAME() AS u; REVERT; USE master",
    );
    assert.equal(inDatabase.recordset[0].u, "writer");
    assert.deepEqual(await failure(sa.query("EXECUTE AS LOGIN = 'nobody'")), [15406]);
    await as("reader", async (pool) => assert.deepEqual(await failure(pool.query("EXECUTE AS LOGIN = 'sa'")), [15406]));
  });

  it("are disabled, get another password and another name, and are not dropped while they are used", async () => {
    await sa.query("ALTER LOGIN other DISABLE");
    await assert.rejects(served.connect({ user: "other", password: secret }), /Reason: The account is disabled\./);
    await sa.query("ALTER LOGIN other ENABLE; ALTER LOGIN other WITH PASSWORD = 'Next-secret1'");
    await assert.rejects(served.connect({ user: "other", password: secret }), /Login failed for user 'other'\.$/);
    await as(
      "other",
      async (pool) => {
        await pool.query("SELECT 1");
        assert.deepEqual(await failure(sa.query("DROP LOGIN other")), [15434]);
      },
      "Next-secret1",
    );
    await sa.query("ALTER LOGIN other WITH NAME = renamed");
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
      ["ALTER ROLE db_owner ADD MEMBER nobody", 15151],
      ["ALTER ROLE nowhere ADD MEMBER reader", 15151],
      ["GRANT VIEW SERVER STATE TO reader", 4621],
      ["GRANT SELECT ON nothing TO reader", 15151],
      ["GRANT SELECT ON t TO nobody", 15151],
      ["GRANT SELECT ON t TO dbo", 4624],
      ["GRANT SELECT ON t TO db_datareader", 4617],
      ["USE master; GRANT VIEW SERVER STATE TO sa", 4624],
      ["USE master; GRANT VIEW SERVER STATE TO sysadmin", 4617],
      ["ALTER SERVER ROLE public ADD MEMBER reader", 15081],
      ["ALTER SERVER ROLE nowhere ADD MEMBER reader", 15151],
      ["ALTER LOGIN nobody DISABLE", 15151],
      ["CREATE SERVER ROLE sysadmin", 15025],
    ] as const) {
      assert.deepEqual(await failure(sa.query(`USE db01; ${text}`)), numbers, text);
    }
  });

  it("keep a certificate that they were made of", async () => {
    await sa.query(
      `CREATE MASTER KEY ENCRYPTION BY PASSWORD = '${secret}'; CREATE CERTIFICATE c WITH SUBJECT = 'c'; CREATE LOGIN ofc FROM CERTIFICATE c`,
    );
    assert.deepEqual(await failure(sa.query("DROP CERTIFICATE c")), [15559]);
    assert.deepEqual(await rows(sa, "SELECT type_desc FROM sys.server_principals WHERE name = 'ofc'"), [
      ["CERTIFICATE_MAPPED_LOGIN"],
    ]);
    await sa.query("DROP LOGIN ofc; DROP CERTIFICATE c");
  });
});

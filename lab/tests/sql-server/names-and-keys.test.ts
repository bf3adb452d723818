import assert from "node:assert/strict";
import { startLab } from "#lab/index";
import { served } from "./served";
import { group } from "./statements";

describe("what a SQL Server is called, who owns its endpoint, and whose key opens its key", () => {
  const one = served({ databases: [{ name: "db1" }] });
  const { rows } = one;
  const refusal = async (text: string) => (await one.refusal(text))[0];
  before(() => rows("CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'Kept-in-a-safe-place-1'"));

  it("keeps @@SERVERNAME when the machine gets another name, until sp_addserver and a restart", async () => {
    const names = () =>
      rows("SELECT @@SERVERNAME AS name, CONVERT(nvarchar(128), SERVERPROPERTY('ServerName')) AS host");
    one.server.instance.hostName = "sqlserver9";
    assert.deepEqual(await names(), [{ name: "sqlserver1", host: "sqlserver9" }]);
    await rows("EXEC sp_dropserver 'sqlserver1'");
    assert.deepEqual(await rows("SELECT name FROM sys.servers WHERE server_id = 0"), []);
    await one.restart();
    assert.deepEqual(await names(), [{ name: null, host: "sqlserver9" }]);
    await rows("EXEC sp_addserver 'sqlserver9', 'local'");
    await one.restart();
    assert.deepEqual(await names(), [{ name: "sqlserver9", host: "sqlserver9" }]);
  });

  it("takes the machine's name for the replica that it is, and no other (35237)", async () => {
    await rows("BACKUP DATABASE db1 TO DISK = 'db1.bak'");
    const ofReplica = (name: string) => group("ag", "db1").replace("sqlserver1", name);
    one.server.instance.hostName = "sqlserver10";
    assert.equal(await refusal(ofReplica("sqlserver9")), 35237);
    one.server.instance.hostName = "sqlserver9";
    await rows(ofReplica("sqlserver9"));
    await rows("DROP AVAILABILITY GROUP ag");
  });

  it("gives the endpoint to whoever made it, until ALTER AUTHORIZATION", async () => {
    const owner = () =>
      rows(
        "SELECT p.name FROM sys.database_mirroring_endpoints e JOIN sys.server_principals p ON p.principal_id = e.principal_id",
      );
    await rows("CREATE LOGIN [dba] WITH PASSWORD = 'Of-the-dba-1'");
    await rows("CREATE CERTIFICATE c WITH SUBJECT = 'c'");
    await rows(
      "CREATE ENDPOINT e STATE = STOPPED AS TCP (LISTENER_PORT = 5022) FOR DATABASE_MIRRORING (ROLE = ALL, AUTHENTICATION = CERTIFICATE c)",
    );
    assert.deepEqual(await owner(), [{ name: "sa" }]);
    await rows("ALTER AUTHORIZATION ON ENDPOINT::e TO [dba]");
    assert.deepEqual(await owner(), [{ name: "dba" }]);
    assert.equal(await refusal("ALTER AUTHORIZATION ON ENDPOINT::e TO [nobody]"), 15151);
    assert.equal(await refusal("ALTER AUTHORIZATION ON ENDPOINT::nothing TO [dba]"), 15151);
    await rows("DROP ENDPOINT e");
  });

  it("opens a key by itself only where the service master key encrypts it", async () => {
    const isOpenedByServer = async () =>
      (await rows("SELECT is_master_key_encrypted_by_server AS it FROM sys.databases WHERE name = 'master'"))[0]?.it;
    assert.equal(await isOpenedByServer(), true);
    await rows("ALTER MASTER KEY DROP ENCRYPTION BY SERVICE MASTER KEY");
    assert.equal(await isOpenedByServer(), false);
    assert.equal(await refusal("CREATE CERTIFICATE d WITH SUBJECT = 'd'"), 15581);
    assert.equal(await refusal("ALTER MASTER KEY ADD ENCRYPTION BY SERVICE MASTER KEY"), 15581);
    assert.equal(await refusal("OPEN MASTER KEY DECRYPTION BY PASSWORD = 'another'"), 15313);
    await rows("OPEN MASTER KEY DECRYPTION BY PASSWORD = 'Kept-in-a-safe-place-1'");
    await rows("CREATE CERTIFICATE d WITH SUBJECT = 'd'");
    await rows("CLOSE MASTER KEY");
    assert.equal(await refusal("CREATE CERTIFICATE f WITH SUBJECT = 'f'"), 15581);
    await rows("OPEN MASTER KEY DECRYPTION BY PASSWORD = 'Kept-in-a-safe-place-1'");
    await rows("ALTER MASTER KEY ADD ENCRYPTION BY SERVICE MASTER KEY; CLOSE MASTER KEY");
    assert.equal(await isOpenedByServer(), true);
    await rows("CREATE CERTIFICATE f WITH SUBJECT = 'f'");
  });

  it("takes the private key of a certificate away, or puts a password before it", async () => {
    const encryption = async () =>
      (await rows("SELECT name, pvt_key_encryption_type AS it FROM sys.certificates WHERE name IN ('d', 'f')")).map(
        ({ it }) => it,
      );
    await rows("ALTER CERTIFICATE d REMOVE PRIVATE KEY");
    await rows("ALTER CERTIFICATE f WITH PRIVATE KEY (ENCRYPTION BY PASSWORD = 'Of-the-key-1')");
    assert.deepEqual(await encryption(), ["NA", "PW"]);
    assert.equal(await refusal("ALTER CERTIFICATE d REMOVE PRIVATE KEY"), 15563);
    assert.equal(await refusal("ALTER CERTIFICATE f WITH PRIVATE KEY (DECRYPTION BY PASSWORD = 'another')"), 15465);
    await rows("ALTER CERTIFICATE f WITH PRIVATE KEY (DECRYPTION BY PASSWORD = 'Of-the-key-1')");
    assert.deepEqual(await encryption(), ["NA", "MK"]);
  });

  it("calls its managed instances as another cloud does", async () => {
    const china = await startLab({ dnsSuffix: "database.chinacloudapi.cn" });
    try {
      assert.match(china.ready.managedInstances[0]?.fqdn ?? "", /^sqlmi1\.[0-9a-f]{12}\.database\.chinacloudapi\.cn$/);
    } finally {
      await china.close();
    }
  });
});

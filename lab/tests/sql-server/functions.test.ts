import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { certificateFile, openInstance, type Session } from "./instance";
import { certificate, endpoint, masterKey } from "./statements";

const recorded = certificateFile("sqlserver_selfsigned_jeje.der");

describe("functions and procedures of the server", () => {
  let opened: ReturnType<typeof openInstance>;
  let sa: Session;
  before(async () => {
    opened = openInstance({ name: "HOST\\SQL1" });
    sa = await opened.session("sa");
    await sa.rows(
      `${masterKey} ${certificate("own")} CREATE CERTIFICATE [a]]b] FROM BINARY = 0x${recorded.toString("hex")}`,
    );
  });
  after(() => opened.close());

  const answer = async (expression: string, session = sa) =>
    (await session.rows(`SELECT ${expression} AS value`))[0]?.value;
  const values: Readonly<Record<string, string | number | Buffer | null>> = {
    "CAST(SERVERPROPERTY('productversion') AS nvarchar(128))": "16.0.4175.1",
    "CAST(SERVERPROPERTY('IsHadrEnabled') AS int)": 1,
    "CAST(SERVERPROPERTY('EngineEdition') AS int)": 3,
    "CAST(SERVERPROPERTY('InstanceName') AS nvarchar(128))": "SQL1",
    "CAST(SERVERPROPERTY('MachineName') AS nvarchar(128))": "HOST",
    "SERVERPROPERTY('HostPlatform')": null,
    "CERT_ID('OWN')": 256,
    "CERT_ID('[a]]b]')": 257,
    "CERT_ID('a]b')": 257,
    "CERT_ID('nothing')": null,
    "CERTENCODED(257)": recorded,
    "CERTENCODED(NULL)": null,
    "CAST(CERTPROPERTY(257, 'Subject') AS nvarchar(99))": "jeje",
    "CERTPROPERTY(257, 'Colour')": null,
    "DB_ID()": 1,
    "DB_ID('DB1')": 5,
    "DB_ID('nothing')": null,
    "DB_NAME(4)": "msdb",
    "CAST(DATABASEPROPERTYEX('simple', 'Recovery') AS nvarchar(99))": "SIMPLE",
    "DATABASEPROPERTYEX('simple', '__proto__')": null,
    "DATABASEPROPERTYEX('simple', 'constructor')": null,
    "SUSER_SNAME()": "sa",
    "SUSER_SNAME(0x01)": "sa",
    "IS_SRVROLEMEMBER('sysadmin')": 1,
    "IS_SRVROLEMEMBER('nothing')": null,
    "HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW SERVER STATE')": 1,
    "sys.fn_hadr_is_primary_replica('db1')": null,
  };
  for (const [expression, value] of Object.entries(values))
    it(`${expression} is ${Buffer.isBuffer(value) ? "its bytes" : value}`, async () => {
      assert.deepEqual(await answer(expression), value);
    });

  it("tell when a certificate expires", async () => {
    const { validToDate } = new X509Certificate(recorded);
    assert.deepEqual(await answer("CAST(CERTPROPERTY(257, 'Expiry_Date') AS datetime)"), validToDate);
  });

  it("tell a managed instance by its edition", async () => {
    const managed = openInstance({
      name: "sqlmi1",
      kind: "managedInstance",
      administrator: { name: "admin1", password: "x" },
    });
    const session = await managed.session("admin1", "x");
    assert.equal(await answer("CAST(SERVERPROPERTY('EngineEdition') AS int)", session), 8);
    assert.equal(await answer("CAST(SERVERPROPERTY('Edition') AS nvarchar(99))", session), "SQL Azure");
    assert.match(String(await answer("@@VERSION", session)), /^Microsoft SQL Azure/);
    await managed.close();
  });

  it("register a root for names, by position or by name, as often as one likes", async () => {
    await sa.rows("EXEC sp_certificate_add_issuer 257, N'*.database.windows.net'");
    await sa.rows("EXEC SP_CERTIFICATE_ADD_ISSUER @dns_name = N'*.database.windows.net', @certid = 257");
    const root = opened.instance.certificates.get("a]b");
    assert.deepEqual([...(root?.trustedIssuerFor ?? [])], ["*.database.windows.net"]);
    await sa.rows("EXEC sp_certificate_drop_issuer 257, N'*.database.windows.net'");
    assert.equal(root?.trustedIssuerFor.size, 0);
  });

  it("give the endpoint's certificate", async () => {
    const get = "EXEC sp_get_endpoint_certificate @endpoint_type = 4";
    assert.ok((await sa.messages(get)).has(47505));
    await sa.rows(endpoint("WINDOWS NTLM", 15032));
    assert.ok((await sa.messages(get)).has(47506));
    await sa.rows("ALTER ENDPOINT hadr FOR DATABASE_MIRRORING (AUTHENTICATION = CERTIFICATE own)");
    assert.deepEqual((await sa.result(get)).rows, [[opened.instance.certificates.get("own")?.der]]);
  });

  const refused: readonly (readonly [text: string, number: number])[] = [
    ["SELECT CERT_ID()", 174],
    ["SELECT SERVERPROPERTY('a', 'b')", 174],
    ["SELECT constructor(1)", 195],
    ["EXEC sp_certificate_add_issuer 9999, N'*'", 15151],
    ["EXEC sp_certificate_add_issuer NULL, N'*'", 15151],
    ["EXEC sp_certificate_add_issuer 'c', N'*'", 8114],
  ];
  for (const [text, number] of refused)
    it(`${text} is refused with ${number}`, async () => assert.ok((await sa.messages(text)).has(number)));
});

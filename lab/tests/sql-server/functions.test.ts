import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import type { ServerStatement } from "#lab/tsql/syntax/server-statement";
import { int, nvarchar, type SqlValue } from "#lab/tsql/types";
import {
  certificateFile,
  createTestServer,
  endpoint,
  imported,
  masterKey,
  refusalOf,
  selfSigned,
  type TestServer,
} from "./support";

const recorded = certificateFile("sqlserver_selfsigned_jeje.der");
let test: TestServer;

before(async () => {
  test = await createTestServer({ name: "HOST\\SQL1" });
  await test.run(masterKey, selfSigned("own"), imported("a]b", recorded));
});
after(() => test.close());

function call(name: string, ...args: readonly (string | number | null | Buffer)[]): SqlValue {
  const typed = args.map((value) => ({ type: typeof value === "number" ? int : nvarchar(128), value }));
  return test.host.scalarFunction(name)?.call(typed, test.session) ?? null;
}

const text = (value: string) => ({ type: nvarchar(128), value });

describe("SERVERPROPERTY", () => {
  it("gives strings and integers as sql_variant, NULL for what it does not know", () => {
    assert.deepEqual(call("SERVERPROPERTY", "productversion"), text("16.0.4175.1"));
    assert.deepEqual(call("SERVERPROPERTY", "IsHadrEnabled"), { type: int, value: 1 });
    assert.deepEqual(call("SERVERPROPERTY", "EngineEdition"), { type: int, value: 3 });
    assert.deepEqual(call("SERVERPROPERTY", "InstanceName"), text("SQL1"));
    assert.deepEqual(call("SERVERPROPERTY", "MachineName"), text("HOST"));
    assert.equal(call("SERVERPROPERTY", "HostPlatform"), null);
  });

  it("tells a managed instance by its edition", async () => {
    const managed = await createTestServer({
      name: "sqlmi1",
      kind: "managedInstance",
      administrator: { name: "admin1", password: "x" },
    });
    const property = (name: string) =>
      managed.host.scalarFunction("SERVERPROPERTY")?.call([text(name)], managed.session);
    assert.deepEqual(property("EngineEdition"), { type: int, value: 8 });
    assert.deepEqual(property("Edition"), text("SQL Azure"));
    assert.match(String(managed.host.globalVariable("@@VERSION", managed.session)?.value), /^Microsoft SQL Azure/);
  });
});

describe("functions on certificates", () => {
  it("find a certificate by its name, quoted or not, and give its bytes", () => {
    assert.equal(call("CERT_ID", "OWN"), 256);
    assert.equal(call("CERT_ID", "[a]]b]"), 257);
    assert.equal(call("CERT_ID", "a]b"), 257);
    assert.equal(call("CERT_ID", "nothing"), null);
    assert.deepEqual(call("CERTENCODED", 257), recorded);
    assert.equal(call("CERTENCODED", null), null);
  });

  it("read its properties", () => {
    const certificate = new X509Certificate(recorded);
    assert.deepEqual(call("CERTPROPERTY", 257, "Expiry_Date"), {
      type: { name: "datetime" },
      value: certificate.validToDate,
    });
    assert.deepEqual(call("CERTPROPERTY", 257, "Subject"), { type: nvarchar(4000), value: "jeje" });
    assert.equal(call("CERTPROPERTY", 257, "Colour"), null);
  });
});

describe("functions on databases, logins and permissions", () => {
  it("answer for what exists, and NULL for what does not", () => {
    assert.equal(call("DB_ID"), 1);
    assert.equal(call("DB_ID", "DB1"), 5);
    assert.equal(call("DB_ID", "nothing"), null);
    assert.equal(call("DB_NAME", 4), "msdb");
    assert.deepEqual(call("DATABASEPROPERTYEX", "simple", "Recovery"), text("SIMPLE"));
    for (const name of ["__proto__", "constructor"]) assert.equal(call("DATABASEPROPERTYEX", "simple", name), null);
    assert.equal(call("SUSER_SNAME"), "sa");
    assert.equal(call("SUSER_SNAME", Buffer.from([1])), "sa");
    assert.equal(call("IS_SRVROLEMEMBER", "sysadmin"), 1);
    assert.equal(call("IS_SRVROLEMEMBER", "nothing"), null);
    assert.equal(call("HAS_PERMS_BY_NAME", null, null, "VIEW SERVER STATE"), 1);
    assert.equal(call("FN_HADR_IS_PRIMARY_REPLICA", "db1"), null);
  });

  it("refuse another number of arguments: 174", async () => {
    assert.deepEqual(await refusalOf(() => call("CERT_ID")), [174]);
    assert.deepEqual(await refusalOf(() => call("SERVERPROPERTY", "a", "b")), [174]);
  });

  it("are unknown where SQL Server has none", () => assert.equal(test.host.scalarFunction("constructor"), undefined));
});

describe("procedures of the link", () => {
  const run = (name: string, args: readonly (readonly [string | undefined, string | number | null])[]) => {
    const rows: (readonly SqlValue[])[] = [];
    const ignore = () => undefined;
    const sink = {
      columns: ignore,
      row: (row: readonly SqlValue[]) => rows.push(row),
      statementEnd: ignore,
      error: ignore,
      info: ignore,
      databaseChanged: ignore,
    };
    const procedure = test.host.procedure({ schema: "sys", name }, test.session);
    const typed = args.map(([argument, value]) => ({
      name: argument,
      type: typeof value === "number" ? int : nvarchar(128),
      value,
    }));
    const status = procedure && "run" in procedure ? procedure.run(typed, test.session, sink) : undefined;
    return { status, rows };
  };

  it("register a root for names, by position or by name, as often as one likes", () => {
    run("sp_certificate_add_issuer", [
      [undefined, 257],
      [undefined, "*.database.windows.net"],
    ]);
    run("SP_CERTIFICATE_ADD_ISSUER", [
      ["dns_name", "*.database.windows.net"],
      ["certid", 257],
    ]);
    const root = test.instance.certificates.get("a]b");
    assert.deepEqual([...(root?.trustedIssuerFor ?? [])], ["*.database.windows.net"]);
    run("sp_certificate_drop_issuer", [
      [undefined, 257],
      [undefined, "*.database.windows.net"],
    ]);
    assert.equal(root?.trustedIssuerFor.size, 0);
  });

  it("refuse a certificate that is not there, NULL among them: 15151, and a name for a number: 8114", async () => {
    const refusal = (id: number | string | null) =>
      refusalOf(() =>
        run("sp_certificate_add_issuer", [
          [undefined, id],
          [undefined, "*"],
        ]),
      );
    assert.deepEqual(await refusal(9999), [15151]);
    assert.deepEqual(await refusal(null), [15151]);
    assert.deepEqual(await refusal("c"), [8114]);
  });

  it("give the endpoint's certificate, and say what is missing: 47505, 47506", async () => {
    assert.deepEqual(await refusalOf(() => run("sp_get_endpoint_certificate", [["endpoint_type", 4]])), [47505]);
    await test.run({ ...endpoint("own", 15032), authentication: [{ windows: "NTLM" }] } as ServerStatement);
    assert.deepEqual(await refusalOf(() => run("sp_get_endpoint_certificate", [["endpoint_type", 4]])), [47506]);
    await test.run({
      kind: "alterEndpoint",
      name: "database_mirroring_endpoint",
      authentication: [{ certificate: "own" }],
    });
    assert.deepEqual(run("sp_get_endpoint_certificate", [["endpoint_type", 4]]).rows, [
      [test.instance.certificates.get("own")?.der],
    ]);
  });
});

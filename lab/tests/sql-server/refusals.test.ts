import assert from "node:assert/strict";
import type { EndpointStatement } from "#lab/tsql/syntax/endpoint";
import type { ServerStatement } from "#lab/tsql/syntax/server-statement";
import {
  certificateFile,
  createTestServer,
  endpoint,
  group,
  imported,
  itRefuses,
  masterKey,
  password,
  type RefusalCase,
  selfSigned,
} from "./support";

const recorded = certificateFile("sqlserver_selfsigned_jeje.der");
const azure = certificateFile("azure_mi_endpoint_DATABASE_MIRRORING.der");
const long = "x".repeat(129);
const set = (name: string, option: string, value: string): ServerStatement => ({
  kind: "alterDatabaseSet",
  name,
  option,
  value,
});
const backup = (
  name: string,
  more: { readonly log?: boolean; readonly disk?: string; readonly options?: Readonly<Record<string, string>> } = {},
): ServerStatement => ({
  kind: "backupDatabase",
  log: more.log ?? false,
  name,
  disks: [more.disk ?? "C:\\b.bak"],
  options: more.options ?? {},
});
const ag = group("ag", ["db1"]);
const alterEndpoint = (more: Partial<EndpointStatement>): ServerStatement => ({
  ...more,
  kind: "alterEndpoint",
  name: "database_mirroring_endpoint",
});
const certified = [masterKey, selfSigned("own")];

const cases: readonly RefusalCase[] = [
  { does: "a second master key", statements: [masterKey, masterKey], errors: [15578] },
  { does: "a short password", statements: [{ kind: "createMasterKey", password: "Ab1!" }], errors: [15116] },
  { does: "a simple password", statements: [{ kind: "createMasterKey", password: "abcdefghij" }], errors: [15118] },
  { does: "dropping a master key that is not there", statements: [{ kind: "dropMasterKey" }], errors: [15151] },
  {
    does: "dropping a master key that a certificate needs",
    statements: [...certified, { kind: "dropMasterKey" }],
    errors: [15580],
  },
  { does: "a certificate without a master key", statements: [selfSigned("own")], errors: [15581] },
  {
    does: "a certificate's name twice, in another letter case",
    statements: [...certified, selfSigned("OWN")],
    errors: [15232],
  },
  {
    does: "a certificate's bytes twice",
    statements: [imported("a", recorded), imported("b", recorded)],
    errors: [15232],
  },
  {
    does: "bytes that are no certificate",
    statements: [imported("a", Buffer.from("3082033E", "hex"))],
    errors: [15297],
  },
  {
    does: "a certificate file that is not there",
    statements: [{ kind: "createCertificate", name: "a", file: "C:\\a.cer" }],
    errors: [15208],
  },
  {
    does: "an empty subject",
    statements: [masterKey, { kind: "createCertificate", name: "a", subject: "" }],
    errors: [15212],
  },
  {
    does: "a subject that is too long",
    statements: [masterKey, { kind: "createCertificate", name: "a", subject: long }],
    errors: [15212],
  },
  { does: "a date that is none", statements: [masterKey, selfSigned("a", { expiryDate: "soon" })], errors: [241] },
  {
    does: "a day that does not exist",
    statements: [masterKey, selfSigned("a", { expiryDate: "30/03/2030" })],
    errors: [242],
  },
  { does: "an empty name", statements: [imported("", recorded)], errors: [1038] },
  { does: "a name that is too long", statements: [imported(long, recorded)], errors: [103] },
  {
    does: "dropping a certificate that is not there",
    statements: [{ kind: "dropCertificate", name: "a" }],
    errors: [15151],
  },
  {
    does: "dropping the endpoint's certificate",
    statements: [...certified, endpoint("own"), { kind: "dropCertificate", name: "own" }],
    errors: [15187],
  },
  {
    does: "overwriting a file",
    statements: [...certified, ...twice({ kind: "backupCertificate", name: "own", file: "C:\\own.cer" })],
    errors: [15240],
  },

  {
    does: "a second mirroring endpoint",
    statements: [...certified, endpoint("own"), { ...endpoint("own"), name: "other" } as ServerStatement],
    errors: [7862],
  },
  {
    does: "an endpoint with the name of a built-in one",
    statements: [...certified, { ...endpoint("own"), name: "TSQL Default TCP" } as ServerStatement],
    errors: [15530],
  },
  { does: "the port of TDS", statements: [...certified, endpoint("own", 14330)], errors: [7874] },
  { does: "a port that is reserved", statements: [...certified, endpoint("own", 1023)], errors: [102] },
  { does: "a port that is too high", statements: [...certified, endpoint("own", 32768)], errors: [102] },
  { does: "an endpoint without its certificate", statements: [endpoint("own")], errors: [15151] },
  {
    does: "an endpoint whose certificate has no private key",
    statements: [masterKey, imported("own", recorded), endpoint("own")],
    errors: [15563],
  },
  {
    does: "altering an endpoint that is not there",
    statements: [alterEndpoint({ state: "STOPPED" })],
    errors: [15151],
  },
  {
    does: "altering nothing of an endpoint",
    statements: [...certified, endpoint("own"), alterEndpoint({})],
    errors: [7863],
  },
  {
    does: "making another kind of an endpoint",
    statements: [...certified, endpoint("own"), alterEndpoint({ payload: "SERVICE_BROKER" })],
    errors: [7860],
  },
  {
    does: "dropping an endpoint that is not there",
    statements: [{ kind: "dropEndpoint", name: "x" }],
    errors: [15151],
  },
  {
    does: "dropping a built-in endpoint",
    statements: [{ kind: "dropEndpoint", name: "TSQL Default TCP" }],
    errors: [7873],
  },

  {
    does: "altering a database that is not there",
    statements: [set("nothing", "RECOVERY", "FULL")],
    errors: [5011, 5069],
  },
  { does: "SIMPLE recovery in a group", statements: [ag, set("db1", "RECOVERY", "SIMPLE")], errors: [1468, 5069] },
  { does: "the recovery model of tempdb", statements: [set("tempdb", "RECOVERY", "FULL")], errors: [5058, 5069] },
  { does: "leaving a group on the primary", statements: [ag, set("db1", "HADR", "OFF")], errors: [35240] },
  { does: "leaving a group that the database is not in", statements: [set("db1", "HADR", "OFF")], errors: [35242] },
  {
    does: "altering a database in a transaction",
    statements: [set("db1", "RECOVERY", "SIMPLE")],
    inTransaction: true,
    errors: [226],
  },
  { does: "a database twice", statements: [{ kind: "createDatabase", name: "DB1" }], errors: [1801] },
  {
    does: "dropping a database that is not there",
    statements: [{ kind: "dropDatabase", names: ["x"], ifExists: false }],
    errors: [3701],
  },
  {
    does: "dropping a system database",
    statements: [{ kind: "dropDatabase", names: ["msdb"], ifExists: false }],
    errors: [3708],
  },
  {
    does: "dropping a database of a group",
    statements: [ag, { kind: "dropDatabase", names: ["db1"], ifExists: false }],
    errors: [3752],
  },

  { does: "backing up what is not there", statements: [backup("nothing")], errors: [911, 3013] },
  { does: "a backup in a transaction", statements: [backup("db1")], inTransaction: true, errors: [3021, 3013] },
  { does: "backing up tempdb", statements: [backup("tempdb")], errors: [3147, 3013] },
  { does: "a log backup in SIMPLE recovery", statements: [backup("simple", { log: true })], errors: [4208, 3013] },
  {
    does: "a log backup before the first full one",
    statements: [backup("fresh", { log: true })],
    errors: [4214, 3013],
  },
  { does: "a backup to no file", statements: [backup("db1", { disk: "" })], errors: [3201, 3013] },

  { does: "a login twice", statements: twice({ kind: "createLogin", name: "l", password }), errors: [15025] },
  {
    does: "a login named as a role",
    statements: [{ kind: "createLogin", name: "sysadmin", password }],
    errors: [15025],
  },
  { does: "dropping a login that is not there", statements: [{ kind: "dropLogin", name: "l" }], errors: [15151] },
  {
    does: "granting to nobody",
    statements: [{ kind: "grant", permissions: ["VIEW SERVER STATE"], principals: ["l"] }],
    errors: [15151],
  },
  {
    does: "granting on an endpoint that is not there",
    statements: [
      { kind: "grant", permissions: ["CONNECT"], on: { securableClass: "ENDPOINT", name: "e" }, principals: ["sa"] },
    ],
    errors: [15151],
  },
  {
    does: "a differential backup before the first full one",
    statements: [backup("fresh", { options: { DIFFERENTIAL: "" } })],
    errors: [3035, 3013],
  },
];

function twice(statement: ServerStatement): ServerStatement[] {
  return [statement, statement];
}

describe("what SQL Server refuses, the lab refuses with the same numbers", () => {
  itRefuses(cases);

  it("warns of a certificate that is expired, not yet valid, or ends before it begins, and makes it", async () => {
    const test = await createTestServer();
    await test.run(masterKey);
    assert.deepEqual(await test.run(selfSigned("a", { startDate: "01/01/2020", expiryDate: "20210101" })), [15214]);
    assert.deepEqual(await test.run(selfSigned("b", { startDate: "2090-01-01", expiryDate: "2091-01-01" })), [15215]);
    assert.deepEqual(await test.run(selfSigned("c", { startDate: "20200101", expiryDate: "20190101" })), [15213]);
    assert.deepEqual(await test.run(imported("d", azure)), [15214]);
    assert.equal(test.rows("sys.certificates").filter(({ name }) => String(name).length === 1).length, 4);
  });
});

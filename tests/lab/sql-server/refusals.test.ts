import assert from "node:assert/strict";
import type { InstanceRequest } from "#lab/sql-server/instance";
import type { ReplicaSpec, ServerStatement } from "#lab/tsql/statements";
import {
  certificateFile,
  createTestServer,
  distributedGroup,
  endpoint,
  group,
  imported,
  localMember,
  managedMember,
  masterKey,
  password,
  replica,
  selfSigned,
} from "./support";

interface Case {
  readonly does: string;
  readonly statements: readonly ServerStatement[];
  readonly errors: readonly number[];
  readonly on?: Partial<InstanceRequest>;
  readonly inDatabase?: string;
  readonly inTransaction?: boolean;
}

const recorded = certificateFile("sqlserver_selfsigned_jeje.der");
const azure = certificateFile("azure_mi_endpoint_DATABASE_MIRRORING.der");
const long = "x".repeat(129);
const alterGroup = (
  name: string,
  action: Extract<ServerStatement, { kind: "alterAvailabilityGroup" }>["action"],
): ServerStatement => ({
  kind: "alterAvailabilityGroup",
  name,
  action,
});
const dropGroup = (name: string): ServerStatement => ({ kind: "dropAvailabilityGroup", name });
const set = (name: string, option: string, value: string): ServerStatement => ({
  kind: "alterDatabaseSet",
  name,
  option,
  value,
});
const backup = (name: string, more: { readonly log?: boolean; readonly disk?: string } = {}): ServerStatement => ({
  kind: "backupDatabase",
  log: more.log ?? false,
  name,
  disks: [more.disk ?? "C:\\b.bak"],
  options: {},
});
const withReplica = (more: Partial<ReplicaSpec>): ServerStatement =>
  group("ag", ["db1"], { replicas: [{ ...replica, ...more }] });
const link = (...members: readonly ReplicaSpec[]): ServerStatement => distributedGroup("dag", members);
const ag = group("ag", ["db1"]);
const dag = link(localMember("ag"), managedMember());
const alterEndpoint = (
  more: Partial<Extract<ServerStatement, { kind: "createEndpoint" | "alterEndpoint" }>>,
): ServerStatement => ({
  kind: "alterEndpoint",
  name: "database_mirroring_endpoint",
  ...more,
});
const certified = [masterKey, selfSigned("own")];

const cases: readonly Case[] = [
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

  { does: "a group in a transaction", statements: [ag], inTransaction: true, errors: [574] },
  { does: "a group outside master", statements: [ag], inDatabase: "db1", errors: [35208] },
  { does: "a group without Always On", statements: [ag], on: { isHadrEnabled: false }, errors: [35221] },
  { does: "a cluster type on 2016", statements: [ag], on: { version: "13.0.7000.253" }, errors: [102] },
  {
    does: "a group of a cluster that is not there",
    statements: [group("ag", ["db1"], { clusterType: undefined })],
    errors: [35220],
  },
  { does: "a group twice", statements: [ag, group("AG", [])], errors: [41106, 41152] },
  { does: "a database named twice", statements: [group("ag", ["db1", "DB1"])], errors: [35234] },
  {
    does: "a replica named twice",
    statements: [group("ag", ["db1"], { replicas: [replica, replica] })],
    errors: [35235],
  },
  { does: "a group on another server", statements: [withReplica({ name: "elsewhere" })], errors: [35237] },
  { does: "a replica without URL", statements: [withReplica({ url: undefined })], errors: [35236] },
  { does: "a replica with a bad URL", statements: [withReplica({ url: "10.0.0.4:5022" })], errors: [35232] },
  {
    does: "a replica's URL with ;Server=",
    statements: [withReplica({ url: "TCP://a:5022;Server=[b]" })],
    errors: [35232],
  },
  {
    does: "a replica without availability mode",
    statements: [withReplica({ availabilityMode: undefined })],
    errors: [41198],
  },
  { does: "a replica without failover mode", statements: [withReplica({ failoverMode: undefined })], errors: [41197] },
  {
    does: "automatic failover of an asynchronous replica",
    statements: [withReplica({ availabilityMode: "ASYNCHRONOUS_COMMIT", failoverMode: "AUTOMATIC" })],
    errors: [35211],
  },
  {
    does: "automatic failover without a cluster",
    statements: [withReplica({ failoverMode: "AUTOMATIC" })],
    errors: [47101],
  },
  { does: "a session timeout of 4 seconds", statements: [withReplica({ sessionTimeout: 4 })], errors: [35214] },
  { does: "a backup priority of 101", statements: [withReplica({ backupPriority: 101 })], errors: [35209] },
  { does: "a database that is not there", statements: [group("ag", ["nothing"])], errors: [35238, 41152] },
  { does: "a system database", statements: [group("ag", ["msdb"])], errors: [35249, 41152] },
  { does: "a database of another group", statements: [ag, group("other", ["db1"])], errors: [35244, 41152] },
  { does: "a database in SIMPLE recovery", statements: [group("ag", ["simple"])], errors: [1465, 41152] },
  { does: "a database without full backup", statements: [group("ag", ["fresh"])], errors: [1475, 41152] },
  { does: "a read-only database", statements: [set("db1", "READ_ONLY", ""), ag], errors: [1466, 41152] },
  { does: "an auto-close database", statements: [set("db1", "AUTO_CLOSE", "ON"), ag], errors: [1469, 41152] },

  {
    does: "DISTRIBUTED with other options",
    statements: [ag, distributedGroup("dag", [localMember("ag"), managedMember()], { clusterType: "NONE" })],
    errors: [19497],
  },
  {
    does: "a bad listener URL",
    statements: [ag, link(localMember("ag", { url: "tcp://a" }), managedMember())],
    errors: [19499],
  },
  { does: ";Server= on a build without links", statements: [ag, dag], on: { version: "14.0.3456.2" }, errors: [19499] },
  {
    does: "a distributed group of foreign groups",
    statements: [link(localMember("ag"), managedMember())],
    errors: [19501],
  },
  { does: "a distributed group twice", statements: [ag, dag, dag], errors: [19502, 41152] },
  {
    does: "a distributed group with a group's name",
    statements: [ag, distributedGroup("AG", [localMember("ag"), managedMember()])],
    errors: [19509, 41152],
  },
  {
    does: "two distributed groups over the same members",
    statements: [ag, dag, distributedGroup("dag2", [localMember("ag"), managedMember()])],
    errors: [19507, 41152],
  },
  {
    does: "automatic failover of a distributed group",
    statements: [ag, link(localMember("ag", { failoverMode: "AUTOMATIC" }), managedMember())],
    errors: [35277],
  },
  {
    does: "manual seeding of a managed instance",
    statements: [ag, link(localMember("ag"), managedMember({ seedingMode: "MANUAL" }))],
    errors: [47500, 41152],
  },
  {
    does: "synchronous commit to a managed instance",
    statements: [ag, link(localMember("ag"), managedMember({ availabilityMode: "SYNCHRONOUS_COMMIT" }))],
    errors: [47501, 41152],
  },
  { does: "a link of two databases", statements: [group("ag", ["db1", "db2"]), dag], errors: [47502, 41152] },
  { does: "a link of no database", statements: [group("ag", []), dag], errors: [47519, 41152] },

  {
    does: "altering a group that is not there",
    statements: [alterGroup("ag", { kind: "grantCreateAnyDatabase" })],
    errors: [41100],
  },
  {
    does: "a second database in a link",
    statements: [ag, dag, alterGroup("ag", { kind: "addDatabase", databases: ["db2"] })],
    errors: [47503],
  },
  {
    does: "removing a link's database",
    statements: [ag, dag, alterGroup("ag", { kind: "removeDatabase", databases: ["db1"] })],
    errors: [47520],
  },
  {
    does: "adding a database twice",
    statements: [ag, alterGroup("ag", { kind: "addDatabase", databases: ["db1"] })],
    errors: [35280],
  },
  {
    does: "removing a database that is not in the group",
    statements: [ag, alterGroup("ag", { kind: "removeDatabase", databases: ["db2"] })],
    errors: [35281],
  },
  {
    does: "adding a replica twice",
    statements: [ag, alterGroup("ag", { kind: "addReplica", replicas: [replica] })],
    errors: [35282],
  },
  {
    does: "removing a replica that is not there",
    statements: [ag, alterGroup("ag", { kind: "removeReplica", names: ["x"] })],
    errors: [35283],
  },
  {
    does: "removing the local replica",
    statements: [ag, alterGroup("ag", { kind: "removeReplica", names: ["sqlserver1"] })],
    errors: [35284],
  },
  {
    does: "altering a distributed group that is not there",
    statements: [alterGroup("dag", { kind: "modifyMembers", members: [] })],
    errors: [19510],
  },
  {
    does: "altering the members of a local group",
    statements: [ag, alterGroup("ag", { kind: "modifyMembers", members: [] })],
    errors: [19512],
  },
  {
    does: "altering a member that is not there",
    statements: [ag, dag, alterGroup("dag", { kind: "modifyMembers", members: [{ name: "x" }] })],
    errors: [19508],
  },
  {
    does: "a planned failover without a cluster",
    statements: [ag, alterGroup("ag", { kind: "failover" })],
    errors: [47122],
  },
  { does: "dropping a group that is not there", statements: [dropGroup("ag")], errors: [15151] },
  { does: "dropping a group under a distributed group", statements: [ag, dag, dropGroup("ag")], errors: [50000] },

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
    statements: [{ kind: "grant", permission: "VIEW SERVER STATE", principal: "l" }],
    errors: [15151],
  },
  {
    does: "granting on an endpoint that is not there",
    statements: [
      { kind: "grant", permission: "CONNECT", on: { securableClass: "ENDPOINT", name: "e" }, principal: "sa" },
    ],
    errors: [15151],
  },
];

function twice(statement: ServerStatement): ServerStatement[] {
  return [statement, statement];
}

describe("what SQL Server refuses, the lab refuses with the same numbers", () => {
  for (const { does, statements, errors, on, inDatabase, inTransaction } of cases) {
    it(`${does}: ${errors.join(", ")}`, async () => {
      const test = await createTestServer(on);
      try {
        test.session.database = inDatabase ?? "master";
        test.session.transactionCount = inTransaction ? 1 : 0;
        assert.deepEqual(await test.refusal(...statements), errors);
      } finally {
        await test.close();
      }
    });
  }

  it("warns of a certificate that is expired, not yet valid, or ends before it begins, and makes it", async () => {
    const test = await createTestServer();
    await test.run(masterKey);
    assert.deepEqual(await test.run(selfSigned("a", { startDate: "01/01/2020", expiryDate: "20210101" })), [15214]);
    assert.deepEqual(await test.run(selfSigned("b", { startDate: "2090-01-01", expiryDate: "2091-01-01" })), [15215]);
    assert.deepEqual(await test.run(selfSigned("c", { startDate: "20200101", expiryDate: "20190101" })), [15213]);
    assert.deepEqual(await test.run(imported("d", azure)), [15214]);
    assert.equal(test.rows("sys.certificates").filter(({ name }) => String(name).length === 1).length, 4);
  });

  it("leaves everything as it was when a group cannot be created", async () => {
    const test = await createTestServer();
    const before = test.rows("sys.databases");
    await test.refusal(group("ag", ["db1", "fresh"]));
    assert.deepEqual(test.rows("sys.availability_groups"), []);
    assert.deepEqual(test.rows("sys.databases"), before);
  });
});

import assert from "node:assert/strict";
import type { ReplicaSpec } from "#lab/tsql/syntax/availability-group";
import type { ServerStatement } from "#lab/tsql/syntax/server-statement";
import {
  createTestServer,
  distributedGroup,
  group,
  itRefuses,
  localMember,
  managedMember,
  type RefusalCase,
  replica,
} from "./support";

type Action = Extract<ServerStatement, { kind: "alterAvailabilityGroup" }>["action"];
const alterGroup = (name: string, action: Action): ServerStatement => ({
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
const withReplica = (more: Partial<ReplicaSpec>): ServerStatement =>
  group("ag", ["db1"], { replicas: [{ ...replica, ...more }] });
const link = (...members: readonly ReplicaSpec[]): ServerStatement => distributedGroup("dag", members);
const ag = group("ag", ["db1"]);
const dag = link(localMember("ag"), managedMember());

const failover = (action: "failover" | "forceFailoverAllowDataLoss") => alterGroup("dag", { kind: action });
const seeded = managedMember({
  url: "tcp://sqlmi1.73d19f36a420a.database.windows.net:5022;Server=[sqlmi1];Database=[db9]",
});
const emptyAg = group("ag", []);

const cases: readonly RefusalCase[] = [
  ...["13.0.7000.253", "15.0.4420.2", "16.0.1000.6", "16.0.4120.1"].map((version) => ({
    does: `failing a link over on ${version}`,
    statements: [
      version.startsWith("13") ? group("ag", ["db1"], { clusterType: undefined }) : ag,
      dag,
      failover("failover"),
    ],
    on: { version },
    errors: [19504],
  })),
  {
    does: "forcing a primary to be what it is",
    statements: [ag, dag, failover("forceFailoverAllowDataLoss")],
    errors: [41122],
  },
  {
    does: "failing over a distributed group that is no link",
    statements: [ag, link(localMember("ag"), managedMember({ url: "tcp://10.0.0.9:5022" })), failover("failover")],
    errors: [47511],
  },
  {
    does: "a planned failover on the side that waits to be seeded",
    statements: [emptyAg, link(localMember("ag"), seeded), failover("failover")],
    errors: [47517],
  },
  ...["14.0.3490.10", "15.0.4420.2", "16.0.1000.6"].map((version) => ({
    does: `a managed instance as the first primary on ${version}`,
    statements: [emptyAg, link(localMember("ag"), seeded)],
    on: { version },
    errors: [19499],
  })),
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
    does: "a distributed group over a basic one",
    statements: [group("ag", ["db1"], { options: { BASIC: "ON" } }), dag],
    errors: [19513, 41152],
  },
  {
    does: "a distributed group over a contained one",
    statements: [group("ag", ["db1"], { options: { CONTAINED: "ON" } }), dag],
    errors: [47129, 41152],
  },
];

describe("statements on availability groups that SQL Server refuses, the lab refuses with the same numbers", () => {
  itRefuses(cases);

  it("changes members neither while a failover runs (47512), nor roles by itself", async () => {
    const test = await createTestServer();
    await test.run(ag, dag, alterGroup("dag", { kind: "failover" }));
    assert.equal(test.instance.groups.get("dag")?.role, "PRIMARY");
    test.partner = { ...test.partner, isFailingOver: true };
    const change = alterGroup("dag", {
      kind: "modifyMembers",
      members: [{ name: "ag", availabilityMode: "SYNCHRONOUS_COMMIT" }],
    });
    assert.deepEqual(await test.refusal(change), [47512]);
  });

  it("takes `;Database=[..]` over an empty group from 2022 CU10 on, and waits as the secondary", async () => {
    const test = await createTestServer({ version: "16.0.4095.4" });
    await test.run(emptyAg, link(localMember("ag"), seeded));
    assert.equal(test.instance.groups.get("dag")?.role, "SECONDARY");
  });

  it("leaves everything as it was when a group cannot be created", async () => {
    const test = await createTestServer();
    const before = test.rows("sys.databases");
    assert.deepEqual(await test.refusal(group("ag", ["db1", "fresh"])), [1475, 41152]);
    assert.deepEqual(test.rows("sys.availability_groups"), []);
    assert.deepEqual(test.rows("sys.databases"), before);
  });
});

import assert from "node:assert/strict";
import type { ConnectionPool } from "mssql";
import type { LabOptions } from "#lab/index";
import { type BothSides, errorNumberOf, startBothSides } from "./both-sides";
import type { Json } from "./managed-instance/arm-client";

const version = "2025-08-01-preview";
const build: LabOptions = { sqlBuild: "16.0.4275.1" };
const failover = "ALTER AVAILABILITY GROUP dag FAILOVER";

/** sp_multidb_milink and `linkMode: MultiDatabase`: one link for all databases of a group. */
describe("a link of several databases", function () {
  this.timeout(60_000);
  let sides: BothSides;
  afterEach(() => sides.close());

  const link = "distributedAvailabilityGroups/dag";
  const sql = (text: string) => sides.sqlServer.request().batch(text);
  const bodyOf = (names: readonly string[], changes: object = {}) => ({
    properties: {
      databases: names.map((databaseName) => ({ databaseName })),
      failoverMode: "Manual",
      seedingMode: "Automatic",
      linkMode: "MultiDatabase",
      instanceAvailabilityGroupName: "ag_mi",
      partnerAvailabilityGroupName: "ag",
      partnerEndpoint: sides.partnerEndpoint,
      instanceLinkRole: "Secondary",
      ...changes,
    },
  });
  const databases = async (): Promise<Readonly<Record<string, Json>>> => {
    const { body } = await sides.send("GET", link);
    const list = Object.values(body.properties?.databases ?? {});
    return Object.fromEntries(list.map((each) => [String(each.databaseName), each]));
  };
  const statesOf = async () =>
    Object.fromEntries(Object.entries(await databases()).map(([name, each]) => [name, String(each.replicaState)]));
  const synchronizing = (...names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, "LinkSynchronizing"]));

  /** Waits for what changes on its own. */
  async function eventually(wanted: object, look: () => Promise<unknown>): Promise<void> {
    for (let left = 200; left > 0; left--) {
      if (JSON.stringify(await look()) === JSON.stringify(wanted)) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.deepEqual(await look(), wanted);
  }
  const rows = async (pool: ConnectionPool, query: string) => [...(await pool.request().query(query)).recordset];

  async function prepare(options: LabOptions = {}): Promise<void> {
    sides = await startBothSides({ ...build, databases: 3, ...options }, version);
    await sides.trust();
    await sql("EXEC sys.sp_multidb_milink 1");
    for (const name of ["db1", "db2", "db3"]) await sql(`BACKUP DATABASE ${name} TO DISK = N'/${name}.bak'`);
  }
  async function establish(options: LabOptions = {}): Promise<void> {
    await prepare(options);
    await sql(sides.localGroup("DATABASE db1, db2 "));
    await sql(sides.distributedGroup());
    const ended = await sides.finished("PUT", link, bodyOf(["db1", "db2"]));
    assert.deepEqual([ended.status, ended.error], ["Succeeded", undefined]);
    await eventually(synchronizing("db1", "db2"), statesOf);
  }
  async function establishFromInstance(): Promise<void> {
    sides = await startBothSides({ ...build, databases: 0 }, version);
    await sides.trust();
    await sql("EXEC sys.sp_multidb_milink 1");
    for (const name of ["db1", "db2", "db3"]) await sides.managedInstance.request().batch(`CREATE DATABASE ${name}`);
    await sql(sides.localGroup(""));
    await sql("ALTER AVAILABILITY GROUP ag GRANT CREATE ANY DATABASE");
    await sql(sides.distributedGroup());
    const ended = await sides.finished("PUT", link, bodyOf(["db1", "db2"], { instanceLinkRole: "Primary" }));
    assert.deepEqual([ended.status, ended.error], ["Succeeded", undefined]);
  }

  it("needs a build that has it, and a mode that outlives a restart", async () => {
    sides = await startBothSides({ sqlBuild: "16.0.4255.1", databases: 0 });
    assert.equal(await errorNumberOf(sides.sqlServer, "EXEC sys.sp_multidb_milink"), 2812);
    assert.equal(await errorNumberOf(sides.sqlServer, "SELECT * FROM sys.dm_hadr_internal_availability_groups"), 208);
    await sides.close();
    sides = await startBothSides({ ...build, databases: 0 });
    const mode = async () => Object.values((await rows(sides.sqlServer, "EXEC sys.sp_multidb_milink"))[0] ?? {});
    assert.deepEqual(await mode(), [0]);
    await sql("EXEC sys.sp_multidb_milink 1");
    assert.deepEqual(await mode(), [1]);
    await sides.lab.restart("sqlserver1");
    const { connected } = sides.sqlServer;
    assert.equal(connected, true);
    await eventually([1], () => mode().catch(() => []));
    await sql("EXEC sys.sp_multidb_milink 0");
    assert.deepEqual(await mode(), [0]);
  });

  it("is created for all databases of the group, and replicates each of them", async () => {
    await prepare();
    await sql(sides.localGroup("DATABASE db1, db2 "));
    await sql(sides.distributedGroup());
    const accepted = await sides.send("PUT", link, bodyOf(["db1", "db2"], { failoverMode: "None" }));
    assert.equal(accepted.body.operation, "CreateManagedFailoverGroup");
    await eventually(synchronizing("db1", "db2"), statesOf);
    const { body } = await sides.send("GET", link);
    assert.deepEqual([body.properties?.linkMode, body.properties?.failoverMode], ["MultiDatabase", undefined]);
    for (const each of Object.values(await databases())) {
      assert.deepEqual([each.synchronizationHealth, each.connectedState], ["HEALTHY", "CONNECTED"]);
      assert.deepEqual(each.partnerAuthCertValidity, {});
    }
    const ids = Object.values(await databases()).flatMap((each) => [each.instanceReplicaId, each.partnerReplicaId]);
    assert.equal(new Set(ids).size, 4, "each database has replicas of its own");
    for (const name of ["db1", "db2"]) {
      await sql(`CREATE TABLE ${name}.dbo.t (id int) INSERT ${name}.dbo.t VALUES (1), (2)`);
      await eventually([{ n: 2 }], () =>
        rows(sides.managedInstance, `SELECT COUNT(*) AS n FROM ${name}.dbo.t`).catch(() => []),
      );
    }
    const groups = await rows(
      sides.sqlServer,
      "SELECT name FROM sys.dm_hadr_internal_availability_groups ORDER BY name",
    );
    assert.deepEqual(groups, [{ name: "dag_db1" }, { name: "dag_db2" }]);
    const shown = await rows(sides.sqlServer, "SELECT name FROM sys.availability_groups ORDER BY name");
    assert.deepEqual(shown, [{ name: "ag" }, { name: "dag" }]);
    const replicas = await rows(sides.sqlServer, "SELECT replica_id FROM sys.dm_hadr_internal_availability_replicas");
    assert.equal(replicas.length, 4);
  });

  for (const [what, names] of [
    ["leaves one out", ["db1"]],
    ["names one that is not in it", ["db1", "db2", "db3"]],
  ] as const) {
    it(`does not come about where its list ${what}`, async () => {
      await prepare({ linkTimeoutMilliseconds: 300 });
      await sql(sides.localGroup("DATABASE db1, db2 "));
      await sql(sides.distributedGroup());
      await sides.finished("PUT", link, bodyOf(names));
      await eventually(["LinkCreationError", "41977"], async () => {
        const { db1 } = await databases();
        return [db1?.replicaState, db1?.mostRecentLinkError];
      });
    });
  }

  it("gets what is added to the group, and keeps what a PATCH leaves in it", async () => {
    await establish();
    await sql("ALTER AVAILABILITY GROUP ag ADD DATABASE db3");
    await eventually(synchronizing("db1", "db2", "db3"), statesOf);
    const refused = await sides.send("PATCH", link, {
      properties: { databases: ["db1", "db2", "db3", "db4"].map((databaseName) => ({ databaseName })) },
    });
    assert.equal(refused.body.error?.code, "InvalidDistributedAvailabilityGroupsCreateOrUpdateRequestDatabases");

    await sql("ALTER AVAILABILITY GROUP ag REMOVE DATABASE db1");
    const { db1 } = await databases();
    assert.deepEqual([db1?.replicaState, db1?.mostRecentLinkError], ["LinkSynchronizationError", "47522"]);
    const retained = { properties: { databases: [{ databaseName: "db2" }, { databaseName: "db3" }] } };
    const patched = await sides.send("PATCH", link, retained);
    assert.equal(patched.body.operation, "UpdateManagedFailoverGroup");
    await eventually(synchronizing("db2", "db3"), statesOf);
    const left = await rows(sides.managedInstance, "SELECT is_read_only FROM sys.databases WHERE name = 'db1'");
    assert.deepEqual(left, [{ is_read_only: false }], "the copy stays as a database");
  });

  it("is unhealthy while a database is out of it and in the group still", async () => {
    await establish();
    const health = async () =>
      (
        await rows(
          sides.sqlServer,
          "SELECT rs.synchronization_health_desc AS health FROM sys.availability_groups g JOIN sys.dm_hadr_availability_replica_states rs ON g.group_id = rs.group_id WHERE rs.is_local = 0 AND g.name = N'dag'",
        )
      ).map(({ health: each }) => each);
    assert.deepEqual(await health(), ["HEALTHY"]);
    await sides.finished("PATCH", link, { properties: { databases: [{ databaseName: "db2" }] } });
    assert.deepEqual(await statesOf(), synchronizing("db2"));
    assert.deepEqual(await health(), ["NOT_HEALTHY"]);
    await sql("ALTER AVAILABILITY GROUP ag REMOVE DATABASE db1");
    assert.deepEqual(await health(), ["HEALTHY"]);
  });

  it("fails over with all of its databases, and back", async () => {
    await establish();
    for (const name of ["db1", "db2"]) await sql(`CREATE TABLE ${name}.dbo.t (id int) INSERT ${name}.dbo.t VALUES (1)`);
    await sql(failover);
    const roles = async () => {
      const { properties } = (await sides.send("GET", link)).body;
      return [properties?.instanceLinkRole, properties?.partnerLinkRole];
    };
    assert.deepEqual(await roles(), ["Primary", "Secondary"]);
    for (const name of ["db1", "db2"]) {
      await sides.managedInstance.request().batch(`INSERT ${name}.dbo.t VALUES (2)`);
      assert.equal(await errorNumberOf(sides.sqlServer, `INSERT ${name}.dbo.t VALUES (3)`), 3906);
      await eventually([{ n: 2 }], () => rows(sides.sqlServer, `SELECT COUNT(*) AS n FROM ${name}.dbo.t`));
    }
    const back = await sides.finished("POST", `${link}/failover`, { failoverType: "Planned" });
    assert.equal(back.error, undefined);
    assert.deepEqual(await roles(), ["Secondary", "Primary"]);
  });

  it("seeds SQL Server from the instance, and takes databases by PATCH", async () => {
    await establishFromInstance();
    assert.deepEqual(await statesOf(), synchronizing("db1", "db2"));
    const names = ["db1", "db2", "db3"].map((databaseName) => ({ databaseName }));
    assert.equal((await sides.finished("PATCH", link, { properties: { databases: names } })).error, undefined);
    await eventually(synchronizing("db1", "db2", "db3"), statesOf);
    const there = await rows(sides.sqlServer, "SELECT name FROM sys.databases WHERE database_id > 4 ORDER BY name");
    assert.deepEqual(there, [{ name: "db1" }, { name: "db2" }, { name: "db3" }]);
    const unknown = await sides.send("PATCH", link, { properties: { databases: [...names, { databaseName: "db9" }] } });
    assert.deepEqual([unknown.status, unknown.body.error?.code], [404, "DatabaseDoesNotExist"]);

    await sides.finished("PATCH", link, { properties: { databases: names.slice(1) } });
    assert.deepEqual(await statesOf(), synchronizing("db2", "db3"));
    assert.equal(await errorNumberOf(sides.sqlServer, "ALTER AVAILABILITY GROUP ag REMOVE DATABASE db1"), undefined);
  });
});

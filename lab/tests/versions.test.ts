import assert from "node:assert/strict";
import type { ConnectionPool } from "mssql";
import { type Lab, type LabOptions, startLab } from "#lab/index";
import { type BothSides, errorNumberOf, startBothSides } from "./both-sides";

/** A link over the wire: T-SQL on both sides, and Azure. */
describe("a link of SQL Server", function () {
  this.timeout(60_000);
  let lab: Lab;
  let sides: BothSides;
  let sqlServer: ConnectionPool;
  let managedInstance: ConnectionPool;
  afterEach(() => sides.close());

  async function start(options: LabOptions): Promise<void> {
    sides = await startBothSides(options);
    ({ lab, sqlServer, managedInstance } = sides);
  }
  const trust = () => sides.trust();
  const localGroup: BothSides["localGroup"] = (...args) => sides.localGroup(...args);
  const distributedGroup: BothSides["distributedGroup"] = (...args) => sides.distributedGroup(...args);
  const finished: BothSides["finished"] = (...args) => sides.finished(...args);
  const putLink = (instanceLinkRole: "Primary" | "Secondary") =>
    finished("PUT", "distributedAvailabilityGroups/dag", {
      properties: {
        databases: [{ databaseName: "db1" }],
        failoverMode: "Manual",
        seedingMode: "Automatic",
        instanceAvailabilityGroupName: "ag_mi",
        partnerAvailabilityGroupName: "ag",
        partnerEndpoint: sides.partnerEndpoint,
        instanceLinkRole,
      },
    });
  const rolesOf = async (pool: ConnectionPool): Promise<readonly string[]> => {
    const { recordset } = await pool.request().query<{ readonly role_desc: string }>(
      `SELECT rs.role_desc FROM sys.availability_groups ag JOIN sys.dm_hadr_availability_replica_states rs
       ON ag.group_id = rs.group_id WHERE ag.name = N'dag' ORDER BY rs.is_local DESC`,
    );
    return recordset.map(({ role_desc }) => role_desc);
  };
  const roleInAzure = async () =>
    String((await sides.send("GET", "distributedAvailabilityGroups/dag")).body.properties?.instanceLinkRole);
  const failover = "ALTER AVAILABILITY GROUP dag FAILOVER";
  const force = "ALTER AVAILABILITY GROUP dag FORCE_FAILOVER_ALLOW_DATA_LOSS";
  const _giveWay = "ALTER AVAILABILITY GROUP dag SET (ROLE = SECONDARY)";

  async function linkFromSqlServer(options: LabOptions): Promise<void> {
    await start(options);
    await trust();
    const sql = (text: string) => sqlServer.request().batch(text);
    await sql("BACKUP DATABASE db1 TO DISK = N'/db1.bak'");
    await sql(localGroup("DATABASE db1 ", options.sqlVersion === 2016 ? "" : undefined));
    await sql(distributedGroup());
    assert.equal((await putLink("Secondary")).error, undefined);
  }

  for (const sqlVersion of [2016, 2017, 2019] as const) {
    it(`${sqlVersion} is made, goes one way, and is not failed over from here`, async () => {
      await linkFromSqlServer({ sqlVersion });
      assert.deepEqual(await rolesOf(sqlServer), ["PRIMARY", "SECONDARY"]);
      assert.equal(await errorNumberOf(sqlServer, failover), 19504);
      assert.equal(await errorNumberOf(sqlServer, force), 41122);
      assert.equal(await roleInAzure(), "Secondary");
    });
  }

  for (const sqlVersion of [2022, 2025] as const) {
    it(`${sqlVersion} is failed over and back by T-SQL, from the primary of the moment`, async () => {
      await linkFromSqlServer({ sqlVersion });
      assert.equal(await errorNumberOf(managedInstance, failover), 47517);
      assert.equal(await errorNumberOf(sqlServer, failover), undefined);
      assert.deepEqual(await rolesOf(sqlServer), ["SECONDARY", "PRIMARY"]);
      assert.deepEqual(await rolesOf(managedInstance), ["PRIMARY", "SECONDARY"]);
      assert.equal(await roleInAzure(), "Primary");
      const { recordset } = await sqlServer
        .request()
        .query("SELECT is_local, is_primary_replica FROM sys.dm_hadr_database_replica_states ORDER BY is_local");
      assert.deepEqual(
        [...recordset],
        [
          { is_local: false, is_primary_replica: true },
          { is_local: true, is_primary_replica: false },
        ],
      );
      assert.equal(await errorNumberOf(sqlServer, failover), 47517);
      assert.equal(await errorNumberOf(managedInstance, failover), undefined);
      assert.equal(await roleInAzure(), "Secondary");
    });
  }

  for (const sqlVersion of [2022, 2025] as const) {
    it(`${sqlVersion} is begun by the managed instance, which seeds it`, async () => {
      await start({ sqlVersion, databases: 0 });
      await trust();
      await managedInstance.request().batch("CREATE DATABASE db1");
      await sqlServer.request().batch(localGroup(""));
      await sqlServer.request().batch("ALTER AVAILABILITY GROUP ag GRANT CREATE ANY DATABASE");
      await sqlServer.request().batch(distributedGroup(";Database=[db1]"));
      assert.equal((await putLink("Primary")).error, undefined);
      assert.deepEqual(await rolesOf(sqlServer), ["SECONDARY", "PRIMARY"]);
      const { recordset } = await sqlServer.request().query("SELECT name FROM sys.databases WHERE database_id > 4");
      assert.deepEqual([...recordset], [{ name: "db1" }]);
      assert.equal(
        (await finished("POST", "distributedAvailabilityGroups/dag/failover", { failoverType: "Planned" })).error,
        undefined,
      );
      assert.deepEqual(await rolesOf(sqlServer), ["PRIMARY", "SECONDARY"]);
    });
  }

  it("2022 keeps a database of its own when the distributed group is dropped that it was secondary in", async () => {
    await linkFromSqlServer({ sqlVersion: 2022 });
    await sqlServer.request().batch(failover);
    assert.equal(lab.sqlServer("sqlserver1").databases.get("db1")?.isReadOnly, true);
    await sqlServer.request().batch("DROP AVAILABILITY GROUP dag");
    await sqlServer.request().batch("DROP AVAILABILITY GROUP ag");
    assert.equal(lab.sqlServer("sqlserver1").databases.get("db1")?.isReadOnly, false);
  });

  it("2022 loses its link by a failover to an instance that is always up to date", async () => {
    await linkFromSqlServer({ sqlVersion: 2022, databaseFormat: "AlwaysUpToDate" });
    assert.equal(await errorNumberOf(sqlServer, failover), undefined);
    assert.equal(await roleInAzure(), "Primary");
    assert.equal(await errorNumberOf(managedInstance, failover), 47514);
  });

  it("2017 needs the Azure Connect Pack, and every version Always On", async () => {
    await start({ sqlVersion: 2017, withoutConnectPack: true, databases: 0 });
    await sqlServer.request().batch(localGroup(""));
    assert.equal(await errorNumberOf(sqlServer, distributedGroup()), 19499);
    assert.equal(await errorNumberOf(sqlServer, "EXEC sp_get_endpoint_certificate 4"), 2812);
    await assert.rejects(startLab({ sqlVersion: 2022, withoutConnectPack: true }), /has no Azure Connect Pack/);
    await sides.close();
    await start({ sqlVersion: 2022, alwaysOn: false, databases: 0 });
    assert.equal(await errorNumberOf(sqlServer, localGroup("")), 35221);
  });
});

import assert from "node:assert/strict";
import { createTestServer, distributedGroup, group, localMember, managedMember, type TestServer } from "./support";

let test: TestServer;
beforeEach(async () => {
  test = await createTestServer();
});
afterEach(() => test.close());

describe("the views of availability groups", () => {
  const linked = [group("AG_db1", ["DB1"]), distributedGroup("DAG_db1", [localMember("ag_db1"), managedMember()])];

  it("show both groups, their replicas and the database", async () => {
    await test.run(...linked);
    const groups = test.rows("sys.availability_groups");
    assert.deepEqual(
      groups.map(({ name, is_distributed, cluster_type_desc }) => [name, is_distributed, cluster_type_desc]),
      [
        ["AG_db1", 0, "none"],
        ["DAG_db1", 1, "none"],
      ],
    );
    const replicas = test.rows("sys.availability_replicas");
    assert.deepEqual(
      replicas.map((row) => [
        row.replica_server_name,
        row.endpoint_url,
        row.availability_mode_desc,
        row.seeding_mode_desc,
      ]),
      [
        ["sqlserver1", "TCP://10.0.0.4:5022", "SYNCHRONOUS_COMMIT", "AUTOMATIC"],
        ["ag_db1", "TCP://10.0.0.4:5022", "ASYNCHRONOUS_COMMIT", "AUTOMATIC"],
        [
          "sqlmi1",
          "tcp://sqlmi1.73d19f36a420a.database.windows.net:5022;Server=[sqlmi1]",
          "ASYNCHRONOUS_COMMIT",
          "AUTOMATIC",
        ],
      ],
    );
    const [member] = test.rows("sys.availability_databases_cluster");
    const database = test.rows("sys.databases").find(({ name }) => name === "db1");
    assert.equal(member?.database_name, "db1");
    assert.equal(database?.group_database_id, member?.group_database_id);
    assert.equal(database?.replica_id, replicas[0]?.replica_id);
  });

  it("have the local side connected and the managed instance disconnected, with the reason", async () => {
    await test.run(...linked);
    const at = new Date("2026-01-01T00:00:00Z");
    test.partner = {
      connected: false,
      lastConnectError: { number: 1474, description: "no", at },
      synchronizationHealth: "NOT_HEALTHY",
      databases: [],
    };
    const states = test.rows("sys.dm_hadr_availability_replica_states");
    assert.deepEqual(
      states.map((row) => [row.is_local, row.role_desc, row.connected_state_desc, row.synchronization_health_desc]),
      [
        [1, "PRIMARY", "CONNECTED", "HEALTHY"],
        [1, "PRIMARY", "CONNECTED", "HEALTHY"],
        [0, "SECONDARY", "DISCONNECTED", "NOT_HEALTHY"],
      ],
    );
    assert.deepEqual([states[2]?.last_connect_error_number, states[2]?.last_connect_error_description], [1474, "no"]);
    assert.deepEqual(
      test.rows("sys.dm_hadr_database_replica_states").map((row) => row.synchronization_state_desc),
      ["SYNCHRONIZED"],
    );
  });

  it("show what the network says as soon as the other side is there", async () => {
    await test.run(...linked);
    test.partner = {
      connected: true,
      remoteRole: "SECONDARY",
      synchronizationHealth: "HEALTHY",
      databases: [
        {
          name: "db1",
          synchronizationState: "SYNCHRONIZING",
          lastHardenedLsn: 43000000152000001n,
          secondaryLagSeconds: 0,
        },
      ],
    };
    const remote = test.rows("sys.dm_hadr_availability_replica_states")[2];
    assert.deepEqual(
      [remote?.connected_state_desc, remote?.synchronization_health_desc, remote?.last_connect_error_number],
      ["CONNECTED", "HEALTHY", null],
    );
    const copy = test.rows("sys.dm_hadr_database_replica_states").find((row) => row.is_local === 0);
    assert.deepEqual(
      [copy?.synchronization_state_desc, copy?.synchronization_health_desc, copy?.last_hardened_lsn, copy?.replica_id],
      ["SYNCHRONIZING", "HEALTHY", 43000000152000001n, remote?.replica_id],
    );
    assert.equal(test.rows("sys.dm_hadr_availability_group_states")[1]?.primary_replica, "ag_db1");
  });

  it("show seeding while it runs, and that it is done afterwards", async () => {
    await test.run(...linked);
    const seeding = {
      operationId: "A",
      start: new Date(),
      databaseSizeBytes: 100,
      transferredBytes: 40,
      bytesPerSecond: 10,
      attempts: 1,
    };
    test.seeding = seeding;
    const [running] = test.rows("sys.dm_hadr_physical_seeding_stats");
    assert.deepEqual(
      [running?.local_physical_seeding_id, running?.transferred_size_bytes, running?.database_size_bytes],
      ["A", 40n, 100n],
    );
    assert.equal(test.rows("sys.dm_hadr_automatic_seeding")[0]?.current_state, "SEEDING");
    test.seeding = { ...seeding, completed: new Date() };
    assert.deepEqual(test.rows("sys.dm_hadr_physical_seeding_stats"), []);
    assert.equal(test.rows("sys.dm_hadr_automatic_seeding")[0]?.current_state, "COMPLETED");
  });

  it("are empty again when the groups are dropped, the distributed one first", async () => {
    await test.run(
      ...linked,
      { kind: "dropAvailabilityGroup", name: "dag_DB1" },
      { kind: "dropAvailabilityGroup", name: "ag_db1" },
    );
    for (const view of [
      "availability_groups",
      "availability_replicas",
      "dm_hadr_availability_replica_states",
      "availability_databases_cluster",
    ]) {
      assert.deepEqual(test.rows(`sys.${view}`), [], view);
    }
    assert.equal(test.rows("sys.databases").find(({ name }) => name === "db1")?.replica_id, null);
  });
});

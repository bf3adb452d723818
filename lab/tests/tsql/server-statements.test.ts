import assert from "node:assert/strict";
import type { ServerStatement } from "#lab/tsql/statements";
import { errorsOf, newServer } from "./server-of-arrays";

/** What the server is asked to do, without what the statement did not say. */
async function asked(text: string): Promise<ServerStatement[]> {
  const server = newServer();
  const { errors } = await server.run(text);
  assert.deepEqual(errors, [], text);
  return JSON.parse(JSON.stringify(server.statements)) as ServerStatement[];
}

describe("statements to the server", () => {
  it("create and drop keys and certificates", async () => {
    assert.deepEqual(await asked("create master key encryption by password = N'a''b' DROP MASTER KEY"), [
      { kind: "createMasterKey", password: "a'b" },
      { kind: "dropMasterKey" },
    ]);
    assert.deepEqual(
      await asked(
        "CREATE CERTIFICATE [a]]b] AUTHORIZATION dbo ENCRYPTION BY PASSWORD = 'p' WITH SUBJECT = 's', EXPIRY_DATE = '20300101', START_DATE = '20260101' ACTIVE FOR BEGIN_DIALOG = OFF;",
      ),
      [
        {
          kind: "createCertificate",
          name: "a]b",
          subject: "s",
          startDate: "20260101",
          expiryDate: "20300101",
          encryptionPassword: "p",
        },
      ],
    );
  });

  it("create and alter endpoints, options in any order", async () => {
    assert.deepEqual(
      await asked(
        "CREATE ENDPOINT e AS TCP (LISTENER_IP = ('::1'), LISTENER_PORT = 5022) FOR DATABASE_MIRRORING (ENCRYPTION = SUPPORTED ALGORITHM RC4 AES, AUTHENTICATION = CERTIFICATE [c] WINDOWS KERBEROS, role = all)",
      ),
      [
        {
          kind: "createEndpoint",
          name: "e",
          tcp: { port: 5022, ip: "::1" },
          payload: "DATABASE_MIRRORING",
          role: "ALL",
          authentication: [{ certificate: "c" }, { windows: "KERBEROS" }],
          encryption: { mode: "SUPPORTED", algorithms: ["RC4", "AES"] },
        },
      ],
    );
    assert.deepEqual(
      await asked(
        "ALTER ENDPOINT e STATE = STOPPED; ALTER ENDPOINT e FOR DATABASE_MIRRORING (AUTHENTICATION = WINDOWS, ENCRYPTION = DISABLED) DROP ENDPOINT e",
      ),
      [
        { kind: "alterEndpoint", name: "e", state: "STOPPED" },
        {
          kind: "alterEndpoint",
          name: "e",
          payload: "DATABASE_MIRRORING",
          authentication: [{ windows: "NEGOTIATE" }],
          encryption: { mode: "DISABLED", algorithms: [] },
        },
        { kind: "dropEndpoint", name: "e" },
      ],
    );
    assert.deepEqual(
      await asked(
        "CREATE ENDPOINT e STATE = STARTED AS TCP (LISTENER_PORT = 5022, LISTENER_IP = (10.0.0.4)) FOR TSQL ()",
      ),
      [{ kind: "createEndpoint", name: "e", state: "STARTED", tcp: { port: 5022, ip: "10.0.0.4" }, payload: "TSQL" }],
    );
    assert.deepEqual(await errorsOf("CREATE ENDPOINT e AS TCP (LISTENER_IP = ALL) FOR TSQL ()"), ["7801@1"]);
  });

  it("create and change availability groups", async () => {
    assert.deepEqual(
      await asked(
        "CREATE AVAILABILITY GROUP g WITH (DB_FAILOVER = ON, CLUSTER_TYPE = NONE, FAILURE_CONDITION_LEVEL = 3) FOR DATABASE a, [b c] REPLICA ON N's1' WITH (SEEDING_MODE = AUTOMATIC, ENDPOINT_URL = 'TCP://s1:5022', FAILOVER_MODE = MANUAL, AVAILABILITY_MODE = SYNCHRONOUS_COMMIT, BACKUP_PRIORITY = 30, PRIMARY_ROLE (ALLOW_CONNECTIONS = READ_WRITE, READ_ONLY_ROUTING_LIST = ('s2', 's3')), SECONDARY_ROLE (ALLOW_CONNECTIONS = ALL))",
      ),
      [
        {
          kind: "createAvailabilityGroup",
          name: "g",
          distributed: false,
          clusterType: "NONE",
          databases: ["a", "b c"],
          options: { DB_FAILOVER: "ON", FAILURE_CONDITION_LEVEL: "3" },
          replicas: [
            {
              name: "s1",
              url: "TCP://s1:5022",
              availabilityMode: "SYNCHRONOUS_COMMIT",
              failoverMode: "MANUAL",
              seedingMode: "AUTOMATIC",
              backupPriority: 30,
              primaryAllowConnections: "READ_WRITE",
              secondaryAllowConnections: "ALL",
            },
          ],
        },
      ],
    );
    const alterations = {
      "ADD DATABASE a, b": { kind: "addDatabase", databases: ["a", "b"] },
      "REMOVE DATABASE a": { kind: "removeDatabase", databases: ["a"] },
      "MODIFY REPLICA ON 's1' WITH (SEEDING_MODE = MANUAL)": {
        kind: "modifyReplica",
        replicas: [{ name: "s1", seedingMode: "MANUAL" }],
      },
      "REMOVE REPLICA ON 's1'": { kind: "removeReplica", names: ["s1"] },
      "MODIFY AVAILABILITY GROUP ON 'a' WITH (AVAILABILITY_MODE = SYNCHRONOUS_COMMIT), 'b' WITH (LISTENER_URL = 'u')": {
        kind: "modifyMembers",
        members: [
          { name: "a", availabilityMode: "SYNCHRONOUS_COMMIT" },
          { name: "b", url: "u" },
        ],
      },
      "GRANT CREATE ANY DATABASE": { kind: "grantCreateAnyDatabase" },
      "SET (ROLE = SECONDARY)": { kind: "set", options: { ROLE: "SECONDARY" } },
      FAILOVER: { kind: "failover" },
      FORCE_FAILOVER_ALLOW_DATA_LOSS: { kind: "forceFailoverAllowDataLoss" },
    };
    for (const [text, action] of Object.entries(alterations)) {
      assert.deepEqual(await asked(`ALTER AVAILABILITY GROUP [g] ${text};`), [
        { kind: "alterAvailabilityGroup", name: "g", action },
      ]);
    }
    assert.deepEqual(await asked("DROP AVAILABILITY GROUP [g]"), [{ kind: "dropAvailabilityGroup", name: "g" }]);
    assert.deepEqual(
      await errorsOf(
        "CREATE AVAILABILITY GROUP g WITH (CLUSTER_TYPE = NONE)\nREPLICA ON 's' WITH (ENDPOINT_URL = 'x')",
      ),
      ["102@2"],
    );
    assert.deepEqual(
      await errorsOf("CREATE AVAILABILITY GROUP g WITH (NONSENSE = 1) FOR REPLICA ON 's' WITH (ENDPOINT_URL = 'x')"),
      ["102@1"],
    );
    assert.deepEqual(
      await errorsOf(
        "CREATE AVAILABILITY GROUP g FOR REPLICA ON 's' WITH (SEEDING_MODE = MANUAL, SEEDING_MODE = MANUAL)",
      ),
      ["102@1"],
    );
  });

  it("change, back up and drop databases", async () => {
    assert.deepEqual(
      await asked(
        "ALTER DATABASE [d] SET RECOVERY FULL WITH NO_WAIT ALTER DATABASE CURRENT SET READ_ONLY WITH ROLLBACK IMMEDIATE ALTER DATABASE d SET AUTO_CLOSE ON ALTER DATABASE d SET COMPATIBILITY_LEVEL = 150 ALTER DATABASE d SET HADR AVAILABILITY GROUP = g",
      ),
      [
        { kind: "alterDatabaseSet", name: "d", option: "RECOVERY", value: "FULL" },
        { kind: "alterDatabaseSet", option: "READ_ONLY", value: "", isRollback: true },
        { kind: "alterDatabaseSet", name: "d", option: "AUTO_CLOSE", value: "ON" },
        { kind: "alterDatabaseSet", name: "d", option: "COMPATIBILITY_LEVEL", value: "150" },
        { kind: "alterDatabaseSet", name: "d", option: "HADR", value: "AVAILABILITY GROUP = g" },
      ],
    );
    assert.deepEqual(
      await asked(
        "BACKUP DATABASE [d] TO DISK = N'a', DISK = N'b' WITH COPY_ONLY, INIT, STATS = 10, NAME = N'n' BACKUP LOG d TO DISK = 'NUL' CREATE DATABASE d DROP DATABASE IF EXISTS d, e",
      ),
      [
        {
          kind: "backupDatabase",
          log: false,
          name: "d",
          disks: ["a", "b"],
          options: { COPY_ONLY: "", INIT: "", STATS: "10", NAME: "n" },
        },
        { kind: "backupDatabase", log: true, name: "d", disks: ["NUL"], options: {} },
        { kind: "createDatabase", name: "d" },
        { kind: "dropDatabase", names: ["d", "e"], ifExists: true },
      ],
    );
  });
});

import type { Cell, Shown } from "./cell";

const replicaRow = (group: string, name: string, row: object): Shown => ({
  query: `SELECT r.endpoint_url AS url, r.availability_mode_desc AS mode, r.failover_mode_desc AS failover,
      r.seeding_mode_desc AS seeding, r.session_timeout AS timeout, r.backup_priority AS priority,
      r.secondary_role_allow_connections_desc AS secondary, r.primary_role_allow_connections_desc AS [primary]
    FROM sys.availability_replicas r JOIN sys.availability_groups g ON g.group_id = r.group_id
    WHERE g.name = N'${group}' AND r.replica_server_name = N'${name}'`,
  row,
});
const localAsMade = (group: string) =>
  replicaRow(group, "sqlserver1", {
    url: "{url}",
    mode: "SYNCHRONOUS_COMMIT",
    failover: "MANUAL",
    seeding: "AUTOMATIC",
  });
const membersAsMade = (database: string) => [
  replicaRow(`DAG_${database}`, `AG_${database}`, {
    url: "{url}",
    mode: "ASYNCHRONOUS_COMMIT",
    failover: "MANUAL",
    seeding: "AUTOMATIC",
    timeout: 20,
  }),
  replicaRow(`DAG_${database}`, `AG_${database}_MI`, {
    url: "tcp://{fqdn}:5022;Server=[sqlmi1]",
    mode: "ASYNCHRONOUS_COMMIT",
    failover: "MANUAL",
    seeding: "AUTOMATIC",
  }),
];
const databaseRow = (group: string, name: string): Shown => ({
  query: `SELECT COUNT(*) AS databases FROM sys.availability_databases_cluster d
    JOIN sys.availability_groups g ON g.group_id = d.group_id WHERE g.name = N'${group}' AND d.database_name = N'${name}'`,
  row: { databases: 1 },
});

const replica = (option: string) =>
  `ALTER AVAILABILITY GROUP [AG_db1] MODIFY REPLICA ON N'sqlserver1' WITH (${option})`;
const local = (property: string, option: string, found: string, drift?: RegExp): Cell => ({
  resource: "AvailabilityGroup",
  property,
  byHand: [replica(option)],
  found: [`update group: ${found}`],
  ...(drift && { drift }),
  shown: [localAsMade("AG_db1")],
});
const itsOwn = "the program says nothing of it, and a link does not depend on it: it stays as the DBA wants it";

const createLocal = `CREATE AVAILABILITY GROUP [AG_db2] WITH (CLUSTER_TYPE = NONE) FOR DATABASE [db2] REPLICA ON N'sqlserver1'
  WITH (ENDPOINT_URL = N'{url}', FAILOVER_MODE = MANUAL, AVAILABILITY_MODE = SYNCHRONOUS_COMMIT, SEEDING_MODE = AUTOMATIC)`;
const createDistributed = `CREATE AVAILABILITY GROUP [DAG_db2] WITH (DISTRIBUTED) AVAILABILITY GROUP ON
  N'AG_db2' WITH (LISTENER_URL = N'{url}', AVAILABILITY_MODE = ASYNCHRONOUS_COMMIT, FAILOVER_MODE = MANUAL, SEEDING_MODE = AUTOMATIC),
  N'AG_db2_MI' WITH (LISTENER_URL = N'tcp://{fqdn}:5022;Server=[sqlmi1]', AVAILABILITY_MODE = ASYNCHRONOUS_COMMIT, FAILOVER_MODE = MANUAL, SEEDING_MODE = AUTOMATIC)`;

const localGroup: readonly Cell[] = [
  local("endpointUrl, ENDPOINT_URL: elsewhere", "ENDPOINT_URL = N'TCP://elsewhere:5022'", "endpointUrl"),
  local(
    "AVAILABILITY_MODE: ASYNCHRONOUS_COMMIT",
    "AVAILABILITY_MODE = ASYNCHRONOUS_COMMIT",
    "drift",
    /^AVAILABILITY_MODE is ASYNCHRONOUS_COMMIT, not SYNCHRONOUS_COMMIT$/,
  ),
  local("SEEDING_MODE: MANUAL", "SEEDING_MODE = MANUAL", "drift", /^SEEDING_MODE is MANUAL, not AUTOMATIC$/),
  {
    resource: "AvailabilityGroup",
    property: "FAILOVER_MODE: AUTOMATIC",
    byHand: [replica("FAILOVER_MODE = AUTOMATIC")],
    refusedBySqlServer: 47101,
    found: [],
    because: "a group without a cluster has no automatic failover",
    shown: [localAsMade("AG_db1")],
  },
  ...(
    [
      ["session_timeout: 17", "SESSION_TIMEOUT = 17", { timeout: 17 }],
      ["backup_priority: 70", "BACKUP_PRIORITY = 70", { priority: 70 }],
      ["secondary_role_allow_connections: ALL", "SECONDARY_ROLE (ALLOW_CONNECTIONS = ALL)", { secondary: "ALL" }],
      [
        "primary_role_allow_connections: READ_WRITE",
        "PRIMARY_ROLE (ALLOW_CONNECTIONS = READ_WRITE)",
        { primary: "READ_WRITE" },
      ],
    ] as const
  ).map(
    ([property, option, row]): Cell => ({
      resource: "AvailabilityGroup",
      property,
      byHand: [replica(option)],
      found: [],
      because: itsOwn,
      shown: [replicaRow("AG_db1", "sqlserver1", row)],
    }),
  ),
  {
    resource: "AvailabilityGroup",
    property: "automated_backup_preference, health_check_timeout, failure_condition_level, db_failover",
    byHand: [
      `ALTER AVAILABILITY GROUP [AG_db1] SET (AUTOMATED_BACKUP_PREFERENCE = PRIMARY);
       ALTER AVAILABILITY GROUP [AG_db1] SET (HEALTH_CHECK_TIMEOUT = 40000);
       ALTER AVAILABILITY GROUP [AG_db1] SET (FAILURE_CONDITION_LEVEL = 2);
       ALTER AVAILABILITY GROUP [AG_db1] SET (DB_FAILOVER = ON)`,
    ],
    found: [],
    because: itsOwn,
    shown: [
      {
        query: `SELECT automated_backup_preference_desc AS preference, health_check_timeout AS timeout, db_failover AS failover
          FROM sys.availability_groups WHERE name = N'AG_db1'`,
        row: { preference: "PRIMARY", timeout: 40000, failover: true },
      },
    ],
  },
  {
    resource: "AvailabilityGroup",
    property: "databaseName: removed from the group of a link",
    byHand: ["ALTER AVAILABILITY GROUP [AG_db1] REMOVE DATABASE [db1]"],
    refusedBySqlServer: 47520,
    found: [],
    because: "the group of a link keeps its database",
    shown: [databaseRow("AG_db1", "db1")],
  },
  {
    resource: "AvailabilityGroup",
    property: "databaseName: removed from the group",
    byHand: ["DROP AVAILABILITY GROUP [DAG_db2]; ALTER AVAILABILITY GROUP [AG_db2] REMOVE DATABASE [db2]"],
    found: ["update group-unlinked: drift", "create dag-unlinked"],
    drift: /the database db2 is not in the group any more/,
    shown: [databaseRow("AG_db2", "db2"), ...membersAsMade("db2")],
  },
  {
    resource: "AvailabilityGroup",
    property: "replicaName: this server is not a replica any more",
    byHand: ["ALTER AVAILABILITY GROUP [AG_db2] REMOVE REPLICA ON N'sqlserver1'"],
    refusedBySqlServer: 35284,
    found: [],
    because: "a primary cannot be removed from its group",
    shown: [localAsMade("AG_db2")],
  },
  {
    resource: "AvailabilityGroup",
    property: "(dropped, with the distributed group over it)",
    byHand: ["DROP AVAILABILITY GROUP [DAG_db2]; DROP AVAILABILITY GROUP [AG_db2]"],
    found: ["create group-unlinked", "create dag-unlinked"],
    shown: [localAsMade("AG_db2"), databaseRow("AG_db2", "db2"), ...membersAsMade("db2")],
  },
  {
    resource: "AvailabilityGroup",
    property: "groupId: another group of its name",
    byHand: [`DROP AVAILABILITY GROUP [DAG_db2]; DROP AVAILABILITY GROUP [AG_db2]; ${createLocal}`],
    found: ["create group-unlinked", "create dag-unlinked"],
    refused: {
      words: /there is an availability group AG_db2 already, and the database db2 is in it/,
      remedy: ["DROP AVAILABILITY GROUP [AG_db2]"],
    },
    shown: [localAsMade("AG_db2"), ...membersAsMade("db2")],
  },
  {
    resource: "AvailabilityGroup",
    property: "groupName: dropped, and made under another name",
    byHand: [
      `DROP AVAILABILITY GROUP [DAG_db2]; DROP AVAILABILITY GROUP [AG_db2]; ${createLocal.replace("[AG_db2]", "[renamed]")}`,
    ],
    found: ["create group-unlinked", "create dag-unlinked"],
    refused: {
      words: /the database db2 is in the availability group renamed already/,
      remedy: ["DROP AVAILABILITY GROUP [renamed]"],
    },
    shown: [localAsMade("AG_db2"), ...membersAsMade("db2")],
  },
];

const member = (name: string, option: string) =>
  `ALTER AVAILABILITY GROUP [DAG_db1] MODIFY AVAILABILITY GROUP ON N'${name}' WITH (${option})`;
const distributed = (property: string, byHand: string, found: string, drift?: RegExp): Cell => ({
  resource: "DistributedAvailabilityGroup",
  property,
  byHand: [byHand],
  found: [`update dag: ${found}`],
  ...(drift && { drift }),
  shown: membersAsMade("db1"),
});

const distributedGroup: readonly Cell[] = [
  distributed(
    "localUrl, LISTENER_URL: elsewhere",
    member("AG_db1", "LISTENER_URL = N'TCP://elsewhere:5022'"),
    "localUrl",
  ),
  distributed(
    "managedInstanceFqdn: another host",
    member("AG_db1_MI", "LISTENER_URL = N'tcp://elsewhere.example:5022;Server=[sqlmi1]'"),
    "managedInstanceFqdn",
  ),
  distributed(
    "managedInstanceName: another instance",
    member("AG_db1_MI", "LISTENER_URL = N'tcp://{fqdn}:5022;Server=[sqlmi9]'"),
    "managedInstanceName",
  ),
  distributed(
    "LISTENER_URL: another port of the managed instance",
    member("AG_db1_MI", "LISTENER_URL = N'tcp://{fqdn}:5023;Server=[sqlmi1]'"),
    "drift",
    /^of AG_db1_MI LISTENER_URL is tcp:\/\/\S+:5023;Server=\[sqlmi1\], not /,
  ),
  ...["AG_db1", "AG_db1_MI"].flatMap((name) => [
    distributed(
      `availabilityMode, AVAILABILITY_MODE: of ${name} SYNCHRONOUS_COMMIT`,
      member(name, "AVAILABILITY_MODE = SYNCHRONOUS_COMMIT"),
      "availabilityMode",
    ),
    distributed(
      `SEEDING_MODE: of ${name} MANUAL`,
      member(name, "SEEDING_MODE = MANUAL"),
      "drift",
      new RegExp(`^of ${name} SEEDING_MODE is MANUAL, not AUTOMATIC$`),
    ),
    {
      resource: "DistributedAvailabilityGroup",
      property: `FAILOVER_MODE: of ${name} AUTOMATIC`,
      byHand: [member(name, "FAILOVER_MODE = AUTOMATIC")],
      refusedBySqlServer: 35277,
      found: [],
      because: "a distributed group has no automatic failover",
      shown: membersAsMade("db1"),
    } satisfies Cell,
  ]),
  distributed(
    "SESSION_TIMEOUT: of AG_db1 7",
    member("AG_db1", "SESSION_TIMEOUT = 7"),
    "drift",
    /^of AG_db1 SESSION_TIMEOUT is 7, not 20$/,
  ),
  {
    resource: "DistributedAvailabilityGroup",
    property: "session_timeout: of AG_db1_MI 30",
    byHand: [member("AG_db1_MI", "SESSION_TIMEOUT = 30")],
    found: [],
    because: itsOwn,
    shown: [replicaRow("DAG_db1", "AG_db1_MI", { timeout: 30 })],
  },
  {
    resource: "DistributedAvailabilityGroup",
    property: "(dropped)",
    byHand: ["DROP AVAILABILITY GROUP [DAG_db2]"],
    found: ["create dag-unlinked"],
    shown: membersAsMade("db2"),
  },
  {
    resource: "DistributedAvailabilityGroup",
    property: "groupId: another group of its name",
    byHand: [`DROP AVAILABILITY GROUP [DAG_db2]; ${createDistributed}`],
    found: ["create dag-unlinked"],
    refused: {
      words: /there is an availability group DAG_db2 already/,
      remedy: ["DROP AVAILABILITY GROUP [DAG_db2]"],
    },
    shown: membersAsMade("db2"),
  },
  {
    resource: "DistributedAvailabilityGroup",
    property: "groupName: dropped, and made under another name",
    byHand: [`DROP AVAILABILITY GROUP [DAG_db2]; ${createDistributed.replace("[DAG_db2]", "[renamed]")}`],
    found: ["create dag-unlinked"],
    refused: { words: /19507/, remedy: ["DROP AVAILABILITY GROUP [renamed]"] },
    shown: membersAsMade("db2"),
  },
  {
    resource: "DistributedAvailabilityGroup",
    property: "localGroupName, managedInstanceGroupName: other members",
    byHand: [`DROP AVAILABILITY GROUP [DAG_db2]; ${createDistributed.replace("N'AG_db2_MI'", "N'AG_other_MI'")}`],
    found: ["create dag-unlinked"],
    refused: {
      words: /there is an availability group DAG_db2 already/,
      remedy: ["DROP AVAILABILITY GROUP [DAG_db2]"],
    },
    shown: membersAsMade("db2"),
  },
  {
    resource: "DistributedAvailabilityGroup",
    property: "connectedState: dropped under a link",
    byHand: ["DROP AVAILABILITY GROUP [DAG_db1]"],
    found: ["create dag"],
    because: "the link in Azure goes on with the group of the name",
    shown: membersAsMade("db1"),
    isLast: true,
  },
];

const recovery = {
  query: `SELECT d.recovery_model_desc AS model, d.is_read_only AS [read_only], d.state_desc AS state,
    d.is_auto_close_on AS auto_close, CASE WHEN r.last_log_backup_lsn IS NULL THEN 0 ELSE 1 END AS chain
    FROM sys.databases d LEFT JOIN sys.database_recovery_status r ON r.database_id = d.database_id WHERE d.name = N'db3'`,
};
const inOrder = { ...recovery, row: { model: "FULL", read_only: false, state: "ONLINE", auto_close: false, chain: 1 } };
const alone = (property: string, byHand: string, drift: RegExp): Cell => ({
  resource: "FullRecoveryDatabase",
  property,
  byHand: [byHand],
  found: ["update database-alone: drift"],
  drift,
  shown: [inOrder],
});
const refusedUntil = (property: string, byHand: string, drift: RegExp, remedy: string): Cell => ({
  ...alone(property, byHand, drift),
  refused: { words: new RegExp(remedy.replaceAll(/[[\]]/g, "\\$&")), remedy: [remedy] },
});

const database: readonly Cell[] = [
  alone(
    "recoveryModel, RECOVERY: SIMPLE",
    "ALTER DATABASE [db3] SET RECOVERY SIMPLE",
    /the recovery model of the database db3 is SIMPLE, not FULL/,
  ),
  alone(
    "recoveryModel, RECOVERY: BULK_LOGGED",
    "ALTER DATABASE [db3] SET RECOVERY BULK_LOGGED",
    /db3 is BULK_LOGGED, not FULL/,
  ),
  alone(
    "last_log_backup_lsn: the log chain is broken",
    "ALTER DATABASE [db3] SET RECOVERY SIMPLE; ALTER DATABASE [db3] SET RECOVERY FULL",
    /^the database db3 has no full backup that a log chain starts from/,
  ),
  refusedUntil(
    "is_read_only: on",
    "ALTER DATABASE [db3] SET READ_ONLY",
    /db3 is read-only/,
    "ALTER DATABASE [db3] SET READ_WRITE",
  ),
  refusedUntil(
    "is_auto_close_on: on",
    "ALTER DATABASE [db3] SET AUTO_CLOSE ON",
    /db3 closes automatically/,
    "ALTER DATABASE [db3] SET AUTO_CLOSE OFF",
  ),
  refusedUntil(
    "state: OFFLINE",
    "ALTER DATABASE [db3] SET OFFLINE WITH ROLLBACK IMMEDIATE",
    /db3 is OFFLINE/,
    "ALTER DATABASE [db3] SET ONLINE",
  ),
  {
    resource: "FullRecoveryDatabase",
    property: "databaseName: renamed",
    byHand: ["ALTER DATABASE [db3] MODIFY NAME = [renamed]"],
    found: ["create database-alone"],
    refused: { words: /there is no database db3/, remedy: ["ALTER DATABASE [renamed] MODIFY NAME = [db3]"] },
    shown: [inOrder],
  },
  {
    resource: "FullRecoveryDatabase",
    property: "(dropped)",
    byHand: ["DROP DATABASE [db3]"],
    found: ["create database-alone"],
    refused: { words: /there is no database db3/, remedy: ["CREATE DATABASE [db3]"] },
    shown: [inOrder],
  },
  {
    resource: "FullRecoveryDatabase",
    property: "recoveryModel, RECOVERY: SIMPLE, while it is linked",
    byHand: ["ALTER DATABASE [db1] SET RECOVERY SIMPLE"],
    refusedBySqlServer: 1468,
    found: [],
    because: "SQL Server keeps the model of a database in a group",
    shown: [
      { query: "SELECT recovery_model_desc AS model FROM sys.databases WHERE name = N'db1'", row: { model: "FULL" } },
    ],
  },
  {
    resource: "FullRecoveryDatabase",
    property: "(dropped, while it is linked)",
    byHand: ["DROP DATABASE [db1]"],
    refusedBySqlServer: 3752,
    found: [],
    because: "SQL Server keeps a database that is in a group",
    shown: [{ query: "SELECT state_desc AS state FROM sys.databases WHERE name = N'db1'", row: { state: "ONLINE" } }],
  },
];

export const groupCells: readonly Cell[] = [...database, ...localGroup, ...distributedGroup];

import assert from "node:assert/strict";
import fc from "fast-check";
import { systemViews } from "#lab/sql-server/catalog/index";
import { msdbTables } from "#lab/sql-server/catalog/msdb";
import type { View } from "#lab/sql-server/catalog/view";
import { linkableBuilds, type MajorVersion } from "#lab/sql-server/versions";
import { ByteWriter } from "#lab/tds/bytes";
import { writeColumns, writeRow } from "#lab/tds/tokens";
import { certificateFile, openInstance, type Session } from "./instance";
import { certificate, distributedGroup, endpoint, group, instanceUrl, masterKey } from "./statements";

type Opened = ReturnType<typeof openInstance>;
let opened: Opened;
let sa: Session;
async function open(...request: Parameters<typeof openInstance>): Promise<void> {
  await opened?.close();
  opened = openInstance(...request);
  sa = await opened.session("sa");
}
beforeEach(() => open());
afterEach(() => opened.close());

/** Each row as one line. */
const lines = async (text: string) => (await sa.rows(text)).map((row) => Object.values(row).join(" "));
async function run(...batches: readonly string[]): Promise<void> {
  for (const batch of batches) await sa.rows(batch);
}
const jeje = `0x${certificateFile("sqlserver_selfsigned_jeje.der").toString("hex")}`;

describe("sys.certificates", () => {
  it("has the documented columns, in their order", async () => {
    assert.deepEqual(Object.keys((await sa.rows("SELECT * FROM sys.certificates"))[0] ?? {}), [
      ...["name", "certificate_id", "principal_id", "pvt_key_encryption_type", "pvt_key_encryption_type_desc"],
      ...["is_active_for_begin_dialog", "issuer_name", "cert_serial_number", "sid", "string_sid", "subject"],
      ...["expiry_date", "start_date", "thumbprint", "attested_by", "pvt_key_last_backup_date", "key_length"],
    ]);
  });

  it("is not empty on a fresh instance: SQL Server's own certificates are there, without private keys", async () => {
    const own = await sa.rows("SELECT name, pvt_key_encryption_type AS type, subject FROM sys.certificates");
    assert.ok(own.length >= 6);
    assert.ok(own.every(({ name, type }) => String(name).startsWith("##MS_") && type === "NA"));
    const authenticator = own.find(({ name }) => name === "##MS_SQLAuthenticatorCertificate##");
    assert.equal(authenticator?.subject, "MS_SQLAuthenticatorCertificate");
  });

  it("tells apart keys of the master key, of a password, and none", async () => {
    await run(
      masterKey,
      "CREATE CERTIFICATE mk WITH SUBJECT = 'mk', EXPIRY_DATE = '03/30/2040'",
      "CREATE CERTIFICATE pw ENCRYPTION BY PASSWORD = 'P@ssw0rd!x' WITH SUBJECT = 'pw'",
      `CREATE CERTIFICATE na FROM BINARY = ${jeje}`,
    );
    const made = "FROM sys.certificates WHERE certificate_id >= 256 ORDER BY certificate_id";
    assert.deepEqual(await lines(`SELECT certificate_id, pvt_key_encryption_type_desc ${made}`), [
      "256 ENCRYPTED_BY_MASTER_KEY",
      "257 ENCRYPTED_BY_PASSWORD",
      "258 NO_PRIVATE_KEY",
    ]);
    const rows = await sa.rows(`SELECT expiry_date, cert_serial_number AS serial ${made}`);
    assert.deepEqual(rows[0]?.expiry_date, new Date("2040-03-30T00:00:00Z"));
    assert.equal(rows[2]?.serial, "30 f9 74 b5 fb f8 d0 97 4f ec e3 dd 42 a5 88 35");
  });

  it("belongs to a database, as do its keys", async () => {
    await run(`USE db1 ${masterKey} ${certificate("own")}`);
    const own = "sys.certificates WHERE name NOT LIKE '##%'";
    assert.deepEqual(await lines(`SELECT name FROM ${own} USE master`), ["own"]);
    assert.deepEqual(await lines(`SELECT name FROM db1.${own}`), ["own"]);
    assert.deepEqual(await lines(`SELECT name FROM ${own}`), []);
    assert.deepEqual(await lines("SELECT symmetric_key_id FROM db1.sys.symmetric_keys"), ["101"]);
    assert.deepEqual(await lines("SELECT name FROM sys.symmetric_keys"), ["##MS_ServiceMasterKey##"]);
    const encrypted = "SELECT name FROM sys.databases WHERE is_master_key_encrypted_by_server = 1";
    assert.deepEqual(await lines(encrypted), ["db1"]);
  });

  it("has names of any characters as they were given, found in any letter case", async () => {
    const quoted = (name: string) => `[${name.replaceAll("]", "]]")}]`;
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary", minLength: 1, maxLength: 60 }), async (name) => {
        await run(`CREATE CERTIFICATE ${quoted(name)} FROM BINARY = ${jeje}`);
        const [row] = await sa.rows("SELECT name FROM sys.certificates WHERE certificate_id >= 256");
        await run(`DROP CERTIFICATE ${quoted(name.toLowerCase())}`);
        assert.equal(row?.name, name);
      }),
    );
  });
});

describe("sys.database_mirroring_endpoints", () => {
  const auth = "connection_auth, connection_auth_desc, certificate_id";
  const encryption = "encryption_algorithm, encryption_algorithm_desc, is_encryption_enabled";
  const variants: readonly (readonly [authentication: string, encryption: string, columns: string, shown: string])[] = [
    ["CERTIFICATE own", "REQUIRED ALGORITHM AES", auth, "4 CERTIFICATE 256"],
    ["WINDOWS NEGOTIATE CERTIFICATE own", "REQUIRED ALGORITHM AES", auth, "7 NEGOTIATE, CERTIFICATE 256"],
    ["CERTIFICATE own WINDOWS NEGOTIATE", "REQUIRED ALGORITHM AES", auth, "10 CERTIFICATE, NEGOTIATE 256"],
    ["WINDOWS NTLM", "REQUIRED ALGORITHM AES", auth, "1 NTLM 0"],
    ["CERTIFICATE own", "REQUIRED ALGORITHM AES", encryption, "2 AES 1"],
    ["CERTIFICATE own", "SUPPORTED ALGORITHM AES", encryption, "4 NONE, AES 1"],
    ["CERTIFICATE own", "DISABLED", encryption, "0 NONE 0"],
    ["CERTIFICATE own", "REQUIRED ALGORITHM RC4 AES", encryption, "5 RC4, AES 1"],
  ];
  for (const [authentication, algorithm, columns, shown] of variants)
    it(`shows AUTHENTICATION = ${authentication}, ENCRYPTION = ${algorithm} as ${shown}`, async () => {
      await run(masterKey, certificate("own"), endpoint(authentication, 15022, `ENCRYPTION = ${algorithm}`));
      assert.deepEqual(await lines(`SELECT ${columns} FROM sys.database_mirroring_endpoints`), [shown]);
    });

  it("has its port in sys.tcp_endpoints, and keeps what ALTER does not say", async () => {
    await run(masterKey, certificate("own"), endpoint("CERTIFICATE own", 15030));
    const shown = "SELECT port, ip_address, endpoint_id, state_desc FROM sys.tcp_endpoints WHERE type = 4";
    assert.deepEqual(await lines(shown), ["15030  65536 STARTED"]);
    const before = opened.instance.mirroringEndpoint;
    await run("ALTER ENDPOINT HADR STATE = STOPPED");
    assert.deepEqual(opened.instance.mirroringEndpoint, { ...before, state: "STOPPED", isListening: false });
  });
});

describe("the log chain", () => {
  const chainOf = async (name: string) =>
    (
      await sa.rows(`SELECT last_log_backup_lsn AS lsn FROM sys.database_recovery_status r
      JOIN sys.databases d ON d.database_id = r.database_id WHERE name = '${name}'`)
    )[0]?.lsn ?? null;
  const full = "BACKUP DATABASE fresh TO DISK = N'full.bak'";
  const copy = `${full} WITH COPY_ONLY`;
  const log = "BACKUP LOG fresh TO DISK = N'log.trn'";

  it("begins with a full backup that is not copy-only, and moves with log backups alone", async () => {
    await run(copy);
    assert.equal(await chainOf("fresh"), null);
    assert.deepEqual([...(await sa.messages(full)).keys()], [4035, 3014]);
    const first = await chainOf("fresh");
    assert.equal(typeof first, "bigint");
    await run(full, copy);
    assert.equal(await chainOf("fresh"), first);
    await run(log);
    assert.ok(BigInt(String(await chainOf("fresh"))) > BigInt(String(first)));
  });

  it("ends with SIMPLE recovery, and FULL alone does not begin it again", async () => {
    await run("ALTER DATABASE db1 SET RECOVERY SIMPLE", "ALTER DATABASE db1 SET RECOVERY FULL");
    assert.equal(await chainOf("db1"), null);
    await run("ALTER DATABASE simple SET RECOVERY FULL", "BACKUP DATABASE simple TO DISK = N'full.bak'");
    assert.notEqual(await chainOf("simple"), null);
  });

  it("is in msdb's history", async () => {
    await run(full, copy, log);
    const history = "SELECT type, is_copy_only, database_name FROM msdb.dbo.backupset ORDER BY backup_set_id";
    assert.deepEqual(await lines(history), ["D 0 fresh", "D 1 fresh", "L 0 fresh"]);
    const devices = await lines("SELECT physical_device_name FROM msdb.dbo.backupmediafamily");
    assert.deepEqual(devices, ["full.bak", "full.bak", "log.trn"]);
  });
});

describe("the views of availability groups", () => {
  const linked = [group("AG_db1", "DB1"), distributedGroup("DAG_db1", "ag_db1")];
  const states = (columns: string) => lines(`SELECT ${columns} FROM sys.dm_hadr_availability_replica_states`);

  it("show both groups, their replicas and the database", async () => {
    await run(...linked);
    assert.deepEqual(await lines("SELECT name, is_distributed, cluster_type_desc FROM sys.availability_groups"), [
      "AG_db1 0 none",
      "DAG_db1 1 none",
    ]);
    const replicas = "replica_server_name, endpoint_url, availability_mode_desc, seeding_mode_desc";
    assert.deepEqual(await lines(`SELECT ${replicas} FROM sys.availability_replicas`), [
      "sqlserver1 TCP://10.0.0.4:5022 SYNCHRONOUS_COMMIT AUTOMATIC",
      "ag_db1 TCP://10.0.0.4:5022 ASYNCHRONOUS_COMMIT AUTOMATIC",
      `sqlmi1 ${instanceUrl} ASYNCHRONOUS_COMMIT AUTOMATIC`,
    ]);
    const members = `SELECT c.database_name, r.replica_server_name FROM sys.availability_databases_cluster c
      JOIN sys.databases d ON d.group_database_id = c.group_database_id
      JOIN sys.availability_replicas r ON r.replica_id = d.replica_id`;
    assert.deepEqual(await lines(members), ["db1 sqlserver1"]);
  });

  it("have the local side connected and the managed instance disconnected, with the reason", async () => {
    await run(...linked);
    const lastConnectError = { number: 1474, description: "no", at: new Date("2026-01-01T00:00:00Z") };
    opened.partner = { connected: false, lastConnectError, synchronizationHealth: "NOT_HEALTHY", databases: [] };
    const shown = "is_local, role_desc, connected_state_desc, synchronization_health_desc";
    assert.deepEqual(await states(`${shown}, last_connect_error_number, last_connect_error_description`), [
      "1 PRIMARY CONNECTED HEALTHY  ",
      "1 PRIMARY CONNECTED HEALTHY  ",
      "0 SECONDARY DISCONNECTED NOT_HEALTHY 1474 no",
    ]);
    const databases = "SELECT synchronization_state_desc FROM sys.dm_hadr_database_replica_states";
    assert.deepEqual(await lines(databases), ["SYNCHRONIZED"]);
  });

  it("show what the network says as soon as the other side is there", async () => {
    await run(...linked);
    const copy = { name: "db1", lastHardenedLsn: 43000000152000001n, secondaryLagSeconds: 0 };
    opened.partner = {
      connected: true,
      remoteRole: "SECONDARY",
      synchronizationHealth: "HEALTHY",
      databases: [{ ...copy, synchronizationState: "SYNCHRONIZING" }],
    };
    const shown = await states("connected_state_desc, synchronization_health_desc, last_connect_error_number");
    assert.equal(shown[2], "CONNECTED HEALTHY ");
    const remote = `SELECT d.synchronization_state_desc, d.synchronization_health_desc, d.last_hardened_lsn
      FROM sys.dm_hadr_database_replica_states d JOIN sys.dm_hadr_availability_replica_states r
      ON r.replica_id = d.replica_id WHERE d.is_local = 0`;
    assert.deepEqual(await lines(remote), ["SYNCHRONIZING HEALTHY 43000000152000001"]);
    const primaries = await lines("SELECT primary_replica FROM sys.dm_hadr_availability_group_states");
    assert.equal(primaries[1], "ag_db1");
  });

  it("show seeding while it runs, and that it is done afterwards", async () => {
    await run(...linked);
    const sizes = { databaseSizeBytes: 100, transferredBytes: 40, bytesPerSecond: 10 };
    const seeding = { ...sizes, operationId: crypto.randomUUID(), start: new Date(), attempts: 1 };
    const stats = "SELECT transferred_size_bytes, database_size_bytes FROM sys.dm_hadr_physical_seeding_stats";
    const states = "SELECT current_state FROM sys.dm_hadr_automatic_seeding";
    opened.seeding = seeding;
    assert.deepEqual([await lines(stats), await lines(states)], [["40 100"], ["SEEDING"]]);
    opened.seeding = { ...seeding, completed: new Date() };
    assert.deepEqual([await lines(stats), await lines(states)], [[], ["COMPLETED"]]);
  });

  it("follow ALTER, and are empty again when the groups are dropped, the distributed one first", async () => {
    await run(
      ...linked,
      "ALTER AVAILABILITY GROUP dag_db1 MODIFY AVAILABILITY GROUP ON 'sqlmi1' WITH (AVAILABILITY_MODE = SYNCHRONOUS_COMMIT)",
    );
    const mode = "SELECT availability_mode_desc FROM sys.availability_replicas WHERE replica_server_name = 'sqlmi1'";
    assert.deepEqual(await lines(mode), ["SYNCHRONOUS_COMMIT"]);
    await run("DROP AVAILABILITY GROUP dag_DB1");
    const members = "SELECT database_name FROM sys.availability_databases_cluster";
    await run("ALTER AVAILABILITY GROUP ag_db1 ADD DATABASE db2");
    assert.deepEqual(await lines(members), ["db1", "db2"]);
    await run("ALTER AVAILABILITY GROUP ag_db1 REMOVE DATABASE DB1");
    assert.deepEqual(await lines(members), ["db2"]);
    await run("DROP AVAILABILITY GROUP ag_db1");
    for (const view of ["availability_groups", "availability_replicas", "dm_hadr_availability_replica_states"])
      assert.deepEqual(await lines(`SELECT * FROM sys.${view}`), [], view);
    assert.deepEqual(await lines("SELECT name FROM sys.databases WHERE replica_id IS NOT NULL"), []);
  });

  it("show every option that a replica is given, and changed to", async () => {
    await run(`CREATE AVAILABILITY GROUP g WITH (DB_FAILOVER = ON, CLUSTER_TYPE = NONE, FAILURE_CONDITION_LEVEL = 3)
      FOR DATABASE db1 REPLICA ON N'sqlserver1' WITH (SEEDING_MODE = AUTOMATIC, ENDPOINT_URL = 'TCP://s1:5022',
        FAILOVER_MODE = MANUAL, AVAILABILITY_MODE = SYNCHRONOUS_COMMIT, BACKUP_PRIORITY = 30, SESSION_TIMEOUT = 20,
        PRIMARY_ROLE (ALLOW_CONNECTIONS = READ_WRITE, READ_ONLY_ROUTING_LIST = ('s2', 's3')),
        SECONDARY_ROLE (ALLOW_CONNECTIONS = ALL))`);
    const shown = `SELECT endpoint_url, seeding_mode_desc, failover_mode_desc, backup_priority, session_timeout,
      primary_role_allow_connections_desc, secondary_role_allow_connections_desc FROM sys.availability_replicas`;
    assert.deepEqual(await lines(shown), ["TCP://s1:5022 AUTOMATIC MANUAL 30 20 READ_WRITE ALL"]);
    await run("ALTER AVAILABILITY GROUP g MODIFY REPLICA ON 'sqlserver1' WITH (SEEDING_MODE = MANUAL)");
    assert.deepEqual(await lines(shown), ["TCP://s1:5022 MANUAL MANUAL 30 20 READ_WRITE ALL"]);
  });

  it("are as they were where a group cannot be created", async () => {
    const databases = await lines("SELECT * FROM sys.databases");
    assert.deepEqual([...(await sa.messages(group("ag", "db1, fresh"))).keys()], [1475, 41152]);
    assert.deepEqual(await lines("SELECT * FROM sys.availability_groups"), []);
    assert.deepEqual(await lines("SELECT * FROM sys.databases"), databases);
  });

  it("have no member changed while a failover runs: 47512", async () => {
    await run(...linked);
    opened.partner = { ...opened.partner, isFailingOver: true };
    const change =
      "ALTER AVAILABILITY GROUP DAG_db1 MODIFY AVAILABILITY GROUP ON 'ag_db1' WITH (SEEDING_MODE = MANUAL)";
    assert.deepEqual([...(await sa.messages(change)).keys()], [47512]);
  });

  it("have the secondary where `;Database=[..]` is over an empty group, from 2022 CU10 on", async () => {
    await open({ version: "16.0.4095.4" });
    await run(group("ag", "").replace("DATABASE ", ""), distributedGroup("dag", "ag", `${instanceUrl};Database=[db9]`));
    assert.equal(opened.instance.groups.get("dag")?.role, "SECONDARY");
  });
});

describe("every view", () => {
  for (const version of [2016, 2017, 2019, 2022, 2025] as const satisfies readonly MajorVersion[])
    it(`shows rows of its columns' types, and no NULL where none may be, in ${version}`, async () => {
      await open({ version: linkableBuilds[version] });
      await run(masterKey, certificate("own"), endpoint("CERTIFICATE own", 15024));
      await run(group("ag", "db1", version === 2016 ? "" : undefined), distributedGroup("dag", "ag"));
      await run("BACKUP DATABASE db1 TO DISK = 'a.bak'");
      const there = ({ isIn }: View) => isIn(opened.instance);
      const views = systemViews.filter(there).map(({ name }) => `sys.${name}`);
      for (const name of [...views, ...msdbTables.filter(there).map((table) => `msdb.dbo.${table.name}`)]) {
        const { columns, rows } = await sa.result(`SELECT * FROM ${name}`);
        const writer = new ByteWriter();
        writeColumns(writer, columns);
        for (const row of rows) {
          const wrong = columns.find(({ nullable }, index) => !nullable && (row[index] ?? null) === null);
          assert.equal(wrong?.name, undefined, `${name}.${wrong?.name} is NULL`);
          assert.doesNotThrow(() => writeRow(writer, columns, row, true), name);
        }
      }
    });

  it("is of its version: 2016 has no cluster_type, no sys.dm_os_host_info, and a cluster", async () => {
    const cluster = "SELECT * FROM sys.dm_hadr_cluster";
    assert.equal((await lines(cluster)).length, 0);
    await open({ version: "13.0.7000.253" });
    assert.equal((await lines(cluster)).length, 1);
    assert.ok((await sa.messages("SELECT cluster_type FROM sys.availability_groups")).has(207));
    assert.ok((await sa.messages("SELECT * FROM sys.dm_os_host_info")).has(208));
  });

  for (const [version, has] of [
    ["14.0.3456.2", 0],
    ["14.0.3490.10", 1],
    ["16.0.4175.1", 1],
  ] as const)
    it(`${version} ${has ? "has" : "lacks"} the link's procedures`, async () => {
      await open({ version });
      const there = "SELECT COUNT(*) FROM sys.system_objects WHERE name = 'sp_certificate_add_issuer'";
      assert.deepEqual(await lines(there), [`${has}`]);
      assert.equal((await sa.messages("EXEC sp_certificate_add_issuer")).has(2812), !has);
    });
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { findTable } from "#lab/sql-server/catalog/index";
import type { EndpointStatement } from "#lab/tsql/syntax/endpoint";
import type { ServerStatement } from "#lab/tsql/syntax/server-statement";
import type { SqlType } from "#lab/tsql/types";
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
  selfSigned,
  type TestServer,
} from "./support";

const full = (name: string, options: Readonly<Record<string, string>> = {}): ServerStatement => ({
  kind: "backupDatabase",
  log: false,
  name,
  disks: [`C:\\${name}.bak`],
  options,
});
const log = (name: string): ServerStatement => ({
  kind: "backupDatabase",
  log: true,
  name,
  disks: ["C:\\log.trn"],
  options: {},
});
const recovery = (name: string, value: string): ServerStatement => ({
  kind: "alterDatabaseSet",
  name,
  option: "RECOVERY",
  value,
});

let test: TestServer;
beforeEach(async () => {
  test = await createTestServer();
});
afterEach(() => test.close());

function declared(type: SqlType): string {
  if ("length" in type) return `${type.name}(${type.length})`;
  return "precision" in type ? `${type.name}(${type.precision},${type.scale})` : type.name;
}

describe("sys.certificates", () => {
  it("has the documented columns, in their order, with their types", () => {
    const table = findTable(test.server, { schema: "SYS", name: "Certificates" }, test.session);
    assert.deepEqual(
      table?.columns.map(({ name, type }) => `${name} ${declared(type)}`),
      [
        "name nvarchar(128)",
        "certificate_id int",
        "principal_id int",
        "pvt_key_encryption_type char(2)",
        "pvt_key_encryption_type_desc nvarchar(60)",
        "is_active_for_begin_dialog bit",
        "issuer_name nvarchar(442)",
        "cert_serial_number nvarchar(64)",
        "sid varbinary(85)",
        "string_sid nvarchar(128)",
        "subject nvarchar(4000)",
        "expiry_date datetime",
        "start_date datetime",
        "thumbprint varbinary(32)",
        "attested_by nvarchar(260)",
        "pvt_key_last_backup_date datetime",
        "key_length int",
      ],
    );
  });

  it("is not empty on a fresh instance: SQL Server's own certificates are there, without private keys", () => {
    const rows = test.rows("sys.certificates");
    assert.ok(rows.length >= 6);
    assert.ok(
      rows.every(({ name, pvt_key_encryption_type: type }) => String(name).startsWith("##MS_") && type === "NA"),
    );
    const authenticator = rows.find(({ name }) => name === "##MS_SQLAuthenticatorCertificate##");
    assert.equal(authenticator?.subject, "MS_SQLAuthenticatorCertificate");
  });

  it("tells apart keys of the master key, of a password, and none", async () => {
    await test.run(
      masterKey,
      selfSigned("mk", { expiryDate: "03/30/2040" }),
      { kind: "createCertificate", name: "pw", subject: "pw", encryptionPassword: "x" },
      imported("na", certificateFile("sqlserver_selfsigned_jeje.der")),
    );
    const rows = test.rows("sys.certificates").slice(-3);
    assert.deepEqual(
      rows.map((row) => row.pvt_key_encryption_type_desc),
      ["ENCRYPTED_BY_MASTER_KEY", "ENCRYPTED_BY_PASSWORD", "NO_PRIVATE_KEY"],
    );
    assert.deepEqual(
      rows.map((row) => row.certificate_id),
      [256, 257, 258],
    );
    assert.deepEqual(rows[0]?.expiry_date, new Date("2040-03-30T00:00:00Z"));
    assert.equal(rows[2]?.cert_serial_number, "30 f9 74 b5 fb f8 d0 97 4f ec e3 dd 42 a5 88 35");
  });

  it("belongs to a database, as do its keys", async () => {
    const inDb1 = { ...test.session, database: "db1" };
    await test.runAs(inDb1, masterKey, selfSigned("own"));
    assert.deepEqual(
      test.rows("sys.certificates", inDb1).map(({ name }) => name),
      ["own"],
    );
    assert.deepEqual(
      test.rows("db1.sys.certificates").map(({ name }) => name),
      ["own"],
    );
    assert.ok(test.rows("sys.certificates").every(({ name }) => name !== "own"));
    assert.deepEqual(
      test.rows("sys.symmetric_keys", inDb1).map(({ symmetric_key_id }) => symmetric_key_id),
      [101],
    );
    assert.deepEqual(
      test.rows("sys.symmetric_keys").map(({ name }) => name),
      ["##MS_ServiceMasterKey##"],
    );
    const encrypted = test.rows("sys.databases").filter((row) => row.is_master_key_encrypted_by_server === 1);
    assert.deepEqual(
      encrypted.map(({ name }) => name),
      ["db1"],
    );
  });
});

describe("sys.database_mirroring_endpoints", () => {
  const variants: readonly (readonly [Partial<EndpointStatement>, Readonly<Record<string, unknown>>])[] = [
    [
      {},
      {
        connection_auth: 4,
        connection_auth_desc: "CERTIFICATE",
        encryption_algorithm: 2,
        encryption_algorithm_desc: "AES",
      },
    ],
    [
      { authentication: [{ windows: "NEGOTIATE" }, { certificate: "own" }] },
      { connection_auth: 7, connection_auth_desc: "NEGOTIATE, CERTIFICATE" },
    ],
    [
      { authentication: [{ certificate: "own" }, { windows: "NEGOTIATE" }] },
      { connection_auth: 10, connection_auth_desc: "CERTIFICATE, NEGOTIATE" },
    ],
    [{ authentication: [{ windows: "NTLM" }] }, { connection_auth: 1, certificate_id: 0 }],
    [
      { encryption: { mode: "SUPPORTED", algorithms: ["AES"] } },
      { encryption_algorithm: 4, encryption_algorithm_desc: "NONE, AES", is_encryption_enabled: 1 },
    ],
    [
      { encryption: { mode: "DISABLED", algorithms: [] } },
      { encryption_algorithm: 0, encryption_algorithm_desc: "NONE", is_encryption_enabled: 0 },
    ],
    [
      { encryption: { mode: "REQUIRED", algorithms: ["RC4", "AES"] } },
      { encryption_algorithm: 5, encryption_algorithm_desc: "RC4, AES" },
    ],
    [
      { role: "PARTNER", state: "STOPPED" },
      { role: 1, role_desc: "PARTNER", state: 1, state_desc: "STOPPED" },
    ],
  ];
  for (const [more, expected] of variants) {
    it(`shows ${JSON.stringify(more)} as ${JSON.stringify(expected)}`, async () => {
      await test.run(masterKey, selfSigned("own"), { ...endpoint("own"), ...more } as ServerStatement);
      const [row = {}] = test.rows("sys.database_mirroring_endpoints");
      assert.deepEqual(Object.fromEntries(Object.keys(expected).map((key) => [key, row[key]])), expected);
    });
  }

  it("has its port in sys.tcp_endpoints", async () => {
    await test.run(masterKey, selfSigned("own"), endpoint("own", 15030));
    const row = test.rows("sys.tcp_endpoints").find(({ type }) => type === 4);
    assert.deepEqual([row?.port, row?.ip_address, row?.endpoint_id], [15030, null, 65536]);
  });
});

describe("the log chain", () => {
  const chainOf = (name: string) => {
    const id = test.rows("sys.databases").find((row) => row.name === name)?.database_id;
    return test.rows("sys.database_recovery_status").find((row) => row.database_id === id)?.last_log_backup_lsn ?? null;
  };

  it("begins with a full backup that is not copy-only", async () => {
    assert.equal(chainOf("fresh"), null);
    await test.run(full("fresh", { COPY_ONLY: "" }));
    assert.equal(chainOf("fresh"), null);
    assert.deepEqual(await test.run(full("fresh")), [4035, 4035, 3014]);
    assert.equal(typeof chainOf("fresh"), "bigint");
  });

  it("moves with log backups, and neither with full nor with copy-only ones", async () => {
    await test.run(full("fresh"));
    const first = chainOf("fresh");
    await test.run(full("fresh"), full("fresh", { COPY_ONLY: "" }));
    assert.equal(chainOf("fresh"), first);
    await test.run(log("fresh"));
    assert.ok(BigInt(String(chainOf("fresh"))) > BigInt(String(first)));
  });

  it("ends with SIMPLE recovery, and FULL alone does not begin it again", async () => {
    await test.run(recovery("db1", "SIMPLE"), recovery("db1", "FULL"));
    assert.equal(chainOf("db1"), null);
    await test.run(recovery("simple", "FULL"), full("simple"));
    assert.notEqual(chainOf("simple"), null);
  });

  it("is in msdb's history", async () => {
    await test.run(full("fresh"), full("fresh", { COPY_ONLY: "" }), log("fresh"));
    const rows = test.rows("msdb.dbo.backupset");
    assert.deepEqual(
      rows.map(({ type, is_copy_only, database_name }) => [type, is_copy_only, database_name]),
      [
        ["D", 0, "fresh"],
        ["D", 1, "fresh"],
        ["L", 0, "fresh"],
      ],
    );
    assert.ok(Number(rows[1]?.last_lsn) > Number(rows[0]?.last_lsn));
    const devices = test.rows("msdb.dbo.backupmediafamily").map((row) => row.physical_device_name);
    assert.deepEqual(devices, ["C:\\fresh.bak", "C:\\fresh.bak", "C:\\log.trn"]);
  });
});

describe("names", () => {
  it("of any characters come back from the catalog as they were given, and are found in any letter case", async () => {
    const der = certificateFile("sqlserver_selfsigned_jeje.der");
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary", minLength: 1, maxLength: 60 }), async (name) => {
        await test.run(imported(name, der));
        try {
          assert.equal(test.rows("sys.certificates").at(-1)?.name, name);
        } finally {
          await test.run({ kind: "dropCertificate", name: name.toLowerCase() });
        }
      }),
    );
  });
});

describe("what differs by version", () => {
  it("2016 has no cluster_type, no sys.dm_os_host_info, and a cluster", async () => {
    const old = await createTestServer({ version: "13.0.7000.253" });
    await old.run(group("ag", ["db1"], { clusterType: undefined }));
    assert.equal("cluster_type" in (old.rows("sys.availability_groups")[0] ?? {}), false);
    assert.equal(findTable(old.server, { schema: "sys", name: "dm_os_host_info" }, old.session), undefined);
    assert.equal(old.rows("sys.dm_hadr_cluster").length, 1);
    assert.equal(test.rows("sys.dm_hadr_cluster").length, 0);
  });

  for (const [version, has] of [
    ["14.0.3456.2", false],
    ["14.0.3490.10", true],
    ["16.0.4175.1", true],
  ] as const) {
    it(`${version} ${has ? "has" : "lacks"} the link's procedures`, async () => {
      const server = await createTestServer({ version });
      const names = server.rows("sys.system_objects").map(({ name }) => name);
      assert.equal(names.includes("sp_certificate_add_issuer"), has);
      assert.equal(server.host.procedure({ name: "sp_certificate_add_issuer" }, server.session) !== undefined, has);
    });
  }
});

describe("ALTER", () => {
  it("ENDPOINT leaves alone what it does not say", async () => {
    await test.run(masterKey, selfSigned("own"), endpoint("own", 15031));
    const before = test.instance.mirroringEndpoint;
    await test.run({ kind: "alterEndpoint", name: "Database_Mirroring_Endpoint", state: "STOPPED" });
    assert.deepEqual(test.instance.mirroringEndpoint, { ...before, state: "STOPPED", isListening: false });
  });

  it("AVAILABILITY GROUP adds and removes databases and changes members", async () => {
    await test.run(group("ag", ["db1"]));
    const alter = (action: Extract<ServerStatement, { kind: "alterAvailabilityGroup" }>["action"], name = "ag") =>
      test.run({ kind: "alterAvailabilityGroup", name, action });
    await alter({ kind: "addDatabase", databases: ["db2"] });
    assert.deepEqual(
      test.rows("sys.availability_databases_cluster").map((row) => row.database_name),
      ["db1", "db2"],
    );
    await alter({ kind: "removeDatabase", databases: ["DB1"] });
    assert.deepEqual(
      test.rows("sys.availability_databases_cluster").map((row) => row.database_name),
      ["db2"],
    );
    await test.run(distributedGroup("dag", [localMember("ag"), managedMember()]));
    await alter(
      { kind: "modifyMembers", members: [{ name: "sqlmi1", availabilityMode: "SYNCHRONOUS_COMMIT" }] },
      "dag",
    );
    const member = test.rows("sys.availability_replicas").find((row) => row.replica_server_name === "sqlmi1");
    assert.equal(member?.availability_mode_desc, "SYNCHRONOUS_COMMIT");
  });
});

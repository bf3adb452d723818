import assert from "node:assert/strict";
import type { Session } from "#lab/tsql/host";
import type { ServerStatement } from "#lab/tsql/syntax/server-statement";
import {
  createTestServer,
  endpoint,
  group,
  masterKey,
  password,
  refusalOf,
  selfSigned,
  type TestServer,
} from "./support";

const refused: readonly (readonly [what: string, statement: ServerStatement, errors: readonly number[]])[] = [
  ["a master key", masterKey, [15247]],
  ["a certificate", selfSigned("c"), [262]],
  ["dropping a certificate", { kind: "dropCertificate", name: "own" }, [15151]],
  ["an endpoint", endpoint("own"), [15247]],
  ["altering the endpoint", { kind: "alterEndpoint", name: "database_mirroring_endpoint", state: "STOPPED" }, [15151]],
  ["dropping the endpoint", { kind: "dropEndpoint", name: "database_mirroring_endpoint" }, [15151]],
  ["an availability group", group("other", []), [15247]],
  [
    "altering a group",
    { kind: "alterAvailabilityGroup", name: "ag", action: { kind: "grantCreateAnyDatabase" } },
    [41100],
  ],
  ["dropping a group", { kind: "dropAvailabilityGroup", name: "ag" }, [15151]],
  ["a recovery model", { kind: "alterDatabaseSet", name: "db2", option: "RECOVERY", value: "SIMPLE" }, [5011, 5069]],
  ["a backup", { kind: "backupDatabase", log: false, name: "db2", disks: ["b"], options: {} }, [262, 3013]],
  ["a database", { kind: "createDatabase", name: "new" }, [262]],
  ["dropping a database", { kind: "dropDatabase", names: ["db2"], ifExists: false }, [3701]],
  ["a login", { kind: "createLogin", name: "other", password }, [15247]],
  ["a grant", { kind: "grant", permissions: ["VIEW SERVER STATE"], principals: ["limited"] }, [4613]],
  ["a trace flag", { kind: "dbccTrace", command: "TRACEON", flags: [1800], global: true }, [2571]],
];

describe("a login without rights", () => {
  let test: TestServer;
  let limited: Session;

  before(async () => {
    test = await createTestServer();
    await test.run(masterKey, selfSigned("own"), endpoint("own", 15023), group("ag", ["db1"]), {
      kind: "createLogin",
      name: "limited",
      password,
    });
    const login = test.instance.logins.get("limited");
    assert.ok(login);
    limited = test.sessionOf(login);
  });
  after(() => test.close());

  for (const [what, statement, errors] of refused) {
    it(`is refused ${what}: ${errors.join(", ")}`, async () => {
      assert.deepEqual(await refusalOf(() => test.runAs(limited, statement)), errors);
    });
  }

  it("sees none of what it was given nothing on", () => {
    for (const view of [
      "sys.certificates",
      "sys.symmetric_keys",
      "sys.endpoints",
      "sys.availability_groups",
      "sys.availability_replicas",
    ]) {
      assert.deepEqual(test.rows(view, limited), [], view);
    }
    const principals = test.rows("sys.server_principals", limited).filter(({ type }) => type === "S");
    assert.deepEqual(
      principals.map(({ name }) => name),
      ["sa", "limited"],
    );
  });

  it("is refused the dynamic views with 300 and 297, and msdb's tables with 229", async () => {
    for (const view of [
      "dm_hadr_availability_replica_states",
      "dm_hadr_database_replica_states",
      "dm_hadr_automatic_seeding",
    ]) {
      assert.deepEqual(await refusalOf(() => test.rows(`sys.${view}`, limited)), [300, 297], view);
    }
    assert.deepEqual(await refusalOf(() => test.rows("msdb.dbo.backupset", limited)), [229]);
  });

  it("cannot open a user database: 916", async () => {
    assert.deepEqual(await refusalOf(() => test.host.openDatabase("db1", limited)), [916]);
    assert.equal(test.host.openDatabase("MSDB", limited), "msdb");
  });

  it("sees and does more once it is granted", async () => {
    await test.run(
      { kind: "grant", permissions: ["VIEW SERVER STATE"], principals: ["limited"] },
      { kind: "grant", permissions: ["ALTER ANY AVAILABILITY GROUP"], principals: ["limited"] },
    );
    assert.equal(test.rows("sys.dm_hadr_availability_replica_states", limited).length, 1);
    await test.runAs(limited, { kind: "dropAvailabilityGroup", name: "ag" });
    await test.run({ kind: "revoke", permissions: ["VIEW SERVER STATE"], principals: ["limited"] });
    assert.deepEqual(await refusalOf(() => test.rows("sys.dm_hadr_availability_replica_states", limited)), [300, 297]);
  });
});

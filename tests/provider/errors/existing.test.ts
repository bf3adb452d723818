import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { SqlServer } from "#provider/arguments/sql-server-settings";
import { azureCatalogue } from "#provider/errors/azure-codes";
import { connectionCodes } from "#provider/errors/connection-codes";
import { sqlServerNumbers } from "#provider/errors/sql-server-numbers";
import type { AnyLifecycle, Bag } from "#provider/lifecycle/contract";
import { availabilityGroup } from "#provider/resources/availability-group/lifecycle";
import { distributedAvailabilityGroup } from "#provider/resources/distributed-availability-group/lifecycle";
import { mirroringEndpoint } from "#provider/resources/mirroring-endpoint/lifecycle";
import { sqlServerCertificate } from "#provider/resources/sql-server-certificate/lifecycle";
import { repositoryRoot } from "../../support/repository";
import { openScene, type Scene } from "../sql-server/sql-server-scene";

/** A command that takes away what may be in use. */
const removal =
  /\bDROP (?:AVAILABILITY|CERTIFICATE|DATABASE|ENDPOINT|MASTER)|REMOVE DATABASE|az sql (?:mi )?[\w-]+ delete|link delete|if nothing uses it|drop it|nobody needs/i;

/** Where a message may say how to remove something: it is of what this stack made itself, and says that it stays. */
const madeHere: readonly (readonly [file: string, words: string])[] = [
  ["resources/instance-link/link.ts", "az sql midb delete"],
  ["resources/instance-link/remove.ts", "the database stays"],
  ["resources/instance-link/remove.ts", "nothing writes to it any more"],
  ["resources/instance-link/remove.ts", "may hold what is nowhere else"],
  ["resources/instance-link/remove.ts", "If that SQL Server is gone for good"],
  ["resources/master-key/lifecycle.ts", "kept(server, "],
  ["preflight/probe/temporary-endpoint.ts", "DROP ENDPOINT"],
  ["preflight/probe/temporary-endpoint.ts", "DROP CERTIFICATE"],
  ["resources/trust-certificate/lifecycle.ts", "az sql mi partner-cert delete"],
];

// Safety B18: this stack's own doing is named first, and nothing that may be in use is advised to be dropped.
describe("something that is there already", () => {
  let scene: Scene;
  let sqlServer: SqlServer;
  const endpointUrl = "TCP://127.0.0.1:5022";
  before(async () => {
    scene = await openScene();
    sqlServer = scene.sqlServer;
    await scene.query("CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'Kept-in-a-safe-place-1'");
    await scene.query("CREATE CERTIFICATE [it's mine] WITH SUBJECT = 'x'");
    await scene.query(
      "CREATE ENDPOINT [mine] STATE = STARTED AS TCP (LISTENER_PORT = 5022) FOR DATABASE_MIRRORING (ROLE = ALL, AUTHENTICATION = CERTIFICATE [it's mine], ENCRYPTION = REQUIRED ALGORITHM AES)",
    );
    await scene.query("BACKUP DATABASE [db1] TO DISK = N'db1.bak'");
    await scene.query(
      `CREATE AVAILABILITY GROUP [mine's] WITH (CLUSTER_TYPE = NONE) FOR DATABASE [db1] REPLICA ON N'${scene.serverName}'
      WITH (ENDPOINT_URL = '${endpointUrl}', AVAILABILITY_MODE = SYNCHRONOUS_COMMIT, FAILOVER_MODE = MANUAL, SEEDING_MODE = AUTOMATIC)`,
    );
    await scene.query(
      `CREATE AVAILABILITY GROUP [dag] WITH (DISTRIBUTED) AVAILABILITY GROUP ON
      N'mine''s' WITH (LISTENER_URL = '${endpointUrl}', AVAILABILITY_MODE = ASYNCHRONOUS_COMMIT, FAILOVER_MODE = MANUAL, SEEDING_MODE = AUTOMATIC),
      N'other' WITH (LISTENER_URL = 'tcp://mi1.zone.database.windows.net:5022;Server=[mi1]', AVAILABILITY_MODE = ASYNCHRONOUS_COMMIT, FAILOVER_MODE = MANUAL, SEEDING_MODE = AUTOMATIC)`,
    );
  });
  after(() => scene.close());

  const instance = { managedInstanceGroupName: "other", managedInstanceFqdn: "mi1.zone.database.windows.net" };
  const cases: readonly (readonly [title: string, type: string, lifecycle: AnyLifecycle, args: Bag])[] = [
    ["a group", "AvailabilityGroup", availabilityGroup, { groupName: "mine's", databaseName: "db1", endpointUrl }],
    [
      "the group of a database",
      "AvailabilityGroup",
      availabilityGroup,
      { groupName: "new", databaseName: "db1", endpointUrl },
    ],
    [
      "a distributed group",
      "DistributedAvailabilityGroup",
      distributedAvailabilityGroup,
      { groupName: "dag", localGroupName: "mine's", localUrl: endpointUrl, ...instance },
    ],
    ["a certificate", "SqlServerCertificate", sqlServerCertificate, { certificateName: "it's mine" }],
    ["the endpoint", "MirroringEndpoint", mirroringEndpoint, { certificateName: "it's mine" }],
  ];
  for (const [title, type, lifecycle, args] of cases)
    it(`is told with what this stack may have done, and a statement that shows who uses it: ${title}`, async () => {
      const message = await scene.resource(type, lifecycle).refused({ sqlServer, ...args });
      assert.match(
        message,
        /Likely cause: .*renamed without aliases, two resources mean one object, or an earlier run was killed/,
      );
      assert.match(
        message,
        /What to do: if it was renamed: .*aliases: \[\{ name: "<old name>" \}\].*pulumi state rename/,
      );
      assert.doesNotMatch(message, removal);
      const [, statement = ""] = /see whether something uses it: (SELECT .*)/.exec(message) ?? [];
      assert.notDeepEqual(await scene.query(statement), [], statement);
    });

  it("is never advised to be dropped, by no entry of the catalogue", () => {
    const all = { ...azureCatalogue, ...connectionCodes, ...sqlServerNumbers };
    assert.ok(Object.keys(all).length > 150);
    for (const [code, { cause, remedy }] of Object.entries(all))
      assert.doesNotMatch(`${cause} ${remedy}`, removal, code);
  });

  it("is never advised to be dropped, in no text of the provider: only statements that are sent drop anything", () => {
    const folder = join(repositoryRoot, "provider");
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
      (file) => file.endsWith(".ts") && !/^(?:dist|node_modules)/.test(file),
    );
    assert.ok(files.length > 60);
    for (const file of files) {
      for (const line of readFileSync(join(folder, file), "utf8").split("\n")) {
        const isSent =
          (/sql`DROP \w+/.test(line) || /^\s*DROP (?:CERTIFICATE|ENDPOINT)/.test(line)) &&
          !/remedy|cause|look/.test(line);
        if (madeHere.some(([name, words]) => name === file && line.includes(words))) continue;
        if (!isSent && !/^\s*(?:\*|\/\*|\/\/)/.test(line)) assert.doesNotMatch(line, removal, file);
      }
    }
  });
});

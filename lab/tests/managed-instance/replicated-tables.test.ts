import assert from "node:assert/strict";
import type { ConnectionPool } from "mssql";
import { failure } from "../sql-server/served";
import { createTestLink, type LinkedLab } from "./linked-lab";

const made = `CREATE TABLE Item (Id int IDENTITY PRIMARY KEY, Name nvarchar(20), Size int CHECK (Size > 0), Twice AS Size * 2)
  CREATE TABLE Part (Id int PRIMARY KEY, Item int REFERENCES Item (Id) ON DELETE CASCADE)
  INSERT Item (Name, Size) VALUES ('first', 1) INSERT Part VALUES (1, 1)`;
const later = `CREATE TABLE sales.Orders (Id int, Code varchar(9)) CREATE UNIQUE INDEX ux ON sales.Orders (Code) WHERE Code IS NOT NULL
  ALTER TABLE Item ADD Colour varchar(9) NOT NULL DEFAULT 'red'
  INSERT Item (Name, Size) VALUES ('second', 2) INSERT sales.Orders VALUES (1, 'a'), (2, NULL)
  DBCC CHECKIDENT ('Item', RESEED, 10) WITH NO_INFOMSGS`;
const shown = `SELECT Id, Name, Size, Twice, Colour FROM Item ORDER BY Id SELECT Id, Item FROM Part ORDER BY Id
  SELECT Id, Code FROM sales.Orders ORDER BY Id SELECT name, type FROM sys.objects WHERE is_ms_shipped = 0 ORDER BY name`;

describe("a linked database with tables of all kinds", function () {
  this.timeout(60_000);
  let linked: LinkedLab;
  beforeEach(async () => {
    linked = await createTestLink();
    await on(linked.sqlServer, made);
    await linked.establish();
    await on(linked.sqlServer, "CREATE SCHEMA sales");
    await on(linked.sqlServer, later);
  });
  afterEach(() => linked.close());

  const on = (pool: ConnectionPool, text: string) => pool.request().batch(`USE db1 ${text}`);
  const seen = async (pool: ConnectionPool): Promise<Record<string, unknown>[][]> =>
    JSON.parse(JSON.stringify((await on(pool, shown)).recordsets));
  async function alike(): Promise<void> {
    const wanted = await seen(linked.sqlServer);
    for (let tries = 0; tries < 100; tries++) {
      const found = await seen(linked.managedInstance).catch(() => undefined);
      if (JSON.stringify(found) === JSON.stringify(wanted)) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.deepEqual(await seen(linked.managedInstance), wanted);
  }

  it("has them on both sides, whether they were there before the copy or came later", async () => {
    await alike();
    await on(
      linked.sqlServer,
      "DELETE Item WHERE Id = 1 DROP TABLE sales.Orders CREATE TABLE sales.Orders (Id int, Code int)",
    );
    await alike();
    assert.deepEqual((await seen(linked.managedInstance)).slice(1, 3), [[], []]);
  });

  it("takes no change on the instance, whatever it comes by: 3906", async () => {
    await alike();
    for (const text of [
      "INSERT Item (Name) VALUES ('no')",
      "UPDATE Item SET Size = 5",
      "DELETE Part",
      "TRUNCATE TABLE Part",
      "ALTER TABLE Item ADD Other int",
      "CREATE INDEX ix ON Item (Name)",
      "DROP TABLE Part",
      "CREATE SCHEMA other",
      "DBCC CHECKIDENT ('Item', RESEED, 5)",
    ])
      assert.deepEqual(await failure(on(linked.managedInstance, text)), [3906], text);
  });

  it("goes on with them on the new primary after a failover, and copies them back", async () => {
    await alike();
    await linked.sqlServer.request().batch("USE master ALTER AVAILABILITY GROUP DAG_db1 FAILOVER");
    await on(linked.managedInstance, "INSERT Item (Name, Size) VALUES ('third', 3) INSERT Part VALUES (2, 11)");
    assert.deepEqual(await failure(on(linked.managedInstance, "INSERT Part VALUES (3, 99)")), [547]);
    await alike();
    const [items] = await seen(linked.sqlServer);
    assert.deepEqual(
      items?.map(({ Id, Colour }) => [Id, Colour]),
      [
        [1, "red"],
        [2, "red"],
        [11, "red"],
      ],
    );
    assert.deepEqual(await failure(on(linked.sqlServer, "DELETE Item")), [3906]);
  });
});

import assert from "node:assert/strict";
import { availabilityGroup } from "#provider/resources/availability-group/lifecycle";
import { accepted, change, problemsOf, sqlServer, unknownEverywhere } from "../sql-server/check-and-diff";
import { hostileNames, type Made, openScene, type Scene } from "../sql-server/sql-server-scene";

const args = { sqlServer, groupName: "AG_db1", databaseName: "db1", endpointUrl: "TCP://10.0.0.4:5022" };

describe("the arguments of AvailabilityGroup", () => {
  it("are refused with all that is wrong at once", () => {
    const problems = problemsOf(availabilityGroup, {
      groupName: "x".repeat(129),
      databaseName: "master",
      endpointUrl: "10.0.0.4:5022",
    });
    assert.equal(problems.length, 4, problems.join("\n"));
    assert.match(
      problems.join("\n"),
      /groupName must have at most 128 characters[\s\S]*databaseName must be a user database[\s\S]*endpointUrl must look like TCP/,
    );
  });

  it("change the URL in place, the names by replacement", () => {
    const before = accepted(availabilityGroup, args);
    assert.equal(change(availabilityGroup, before, { ...before, endpointUrl: "tcp://10.0.0.4:5022" }), "same");
    assert.equal(change(availabilityGroup, before, { ...before, endpointUrl: "TCP://10.0.0.5:5022" }), "update");
    assert.deepEqual(change(availabilityGroup, before, { ...before, groupName: "AG" }), { replaces: ["groupName"] });
    assert.deepEqual(change(availabilityGroup, before, { ...before, databaseName: "db2" }), {
      replaces: ["databaseName"],
    });
  });

  it("may all be unknown in a preview", () => unknownEverywhere(availabilityGroup, args));
});

describe("AvailabilityGroup on a server", () => {
  const endpoint =
    "CREATE ENDPOINT [e] STATE = STARTED AS TCP (LISTENER_PORT = 5022, LISTENER_IP = ALL) FOR DATABASE_MIRRORING (ROLE = ALL, AUTHENTICATION = CERTIFICATE [one], ENCRYPTION = REQUIRED ALGORITHM AES)";
  let scene: Scene;
  let made: Made | undefined;
  let clean: string[];
  before(async () => {
    scene = await openScene({ databases: 3 });
    for (const statement of [
      "CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'Kept-in-a-safe-place-1'",
      "CREATE CERTIFICATE [one] WITH SUBJECT = 'one'",
      endpoint,
      "BACKUP DATABASE [db1] TO DISK = N'db1.bak'",
      "BACKUP DATABASE [db2] TO DISK = N'db2.bak'",
    ])
      await scene.query(statement);
    clean = await scene.objects();
  });
  after(() => scene.close());
  afterEach(async () => {
    if (made) await resource().delete(made);
    made = undefined;
    assert.deepEqual(await scene.objects(), clean);
  });
  const resource = () => scene.resource("AvailabilityGroup", availabilityGroup);
  const news = (more: object = {}) => ({ ...args, sqlServer: scene.sqlServer, ...more });
  const server = () => scene.serverName;

  it("makes the documented group", async () => {
    made = await resource().create(news());
    const [row] = await scene.query<Record<string, unknown>>(
      "SELECT r.replica_server_name, r.endpoint_url, r.availability_mode_desc, r.failover_mode_desc, r.seeding_mode_desc FROM sys.availability_replicas r",
    );
    assert.deepEqual(
      { ...row },
      {
        replica_server_name: server(),
        endpoint_url: "TCP://10.0.0.4:5022",
        availability_mode_desc: "SYNCHRONOUS_COMMIT",
        failover_mode_desc: "MANUAL",
        seeding_mode_desc: "AUTOMATIC",
      },
    );
    assert.equal(made.outs.replicaName, server());
    assert.match(String(made.outs.groupId), /^[0-9A-F-]{36}$/i);
    assert.equal((await resource().read(made))?.drift, undefined);
    assert.equal(await resource().wants(made, news()), "same");
  });

  it("names every obstacle at once, and touches nothing", async () => {
    await scene.query("ALTER ENDPOINT [e] STATE = STOPPED");
    await scene.query("ALTER DATABASE [db3] SET RECOVERY SIMPLE");
    const message = await resource().refused(news({ databaseName: "db3" }));
    await scene.query("ALTER ENDPOINT [e] STATE = STARTED");
    for (const part of [
      /db3 is SIMPLE, not FULL/,
      /db3 has no full backup/,
      /endpoint e is STOPPED/,
      /SET RECOVERY FULL/,
      /BACKUP DATABASE \[db3\]/,
      /ALTER ENDPOINT \[e\] STATE = STARTED/,
    ]) {
      assert.match(message, part);
    }
    assert.match(
      await resource().refused(news({ databaseName: "nowhere" })),
      /Likely cause: there is no database nowhere/,
    );
  });

  it("refuses a group of that name, told once though its database is in it, and a database that is in another group", async () => {
    made = await resource().create(news());
    const message = await resource().refused(news());
    assert.match(message, /there is an availability group AG_db1 already, and the database db1 is in it/);
    assert.equal(message.match(/whether something uses it: SELECT .*g\.name = N'AG_db1'/g)?.length, 1, message);
    const other = await resource().refused(news({ groupName: "AG_other" }));
    assert.match(other, /the database db1 is in the availability group AG_db1 already/);
  });

  // Safety A6
  it("finds that somebody dropped the endpoint that it talks over, and does not call that well", async () => {
    made = await resource().create(news());
    await scene.query("DROP ENDPOINT [e]");
    assert.equal((await resource().read(made))?.drift, "the instance has no mirroring endpoint");
    await assert.rejects(resource().update(made, news()), /What to do: declare a MirroringEndpoint/);
    await scene.query(endpoint);
    made = await resource().update(made, news());
    assert.equal((await resource().read(made))?.drift, undefined);
  });

  it("moves its URL in place", async () => {
    made = await resource().create(news());
    const { groupId } = made.outs;
    made = await resource().update(made, news({ endpointUrl: "TCP://10.0.0.5:5023" }));
    assert.equal(made.outs.endpointUrl, "TCP://10.0.0.5:5023");
    assert.equal(made.outs.groupId, groupId);
  });

  it("finds what was altered by hand, and sets it right", async () => {
    made = await resource().create(news());
    await scene.query(
      `ALTER AVAILABILITY GROUP [AG_db1] MODIFY REPLICA ON N'${server()}' WITH (AVAILABILITY_MODE = ASYNCHRONOUS_COMMIT)`,
    );
    await scene.query(
      `ALTER AVAILABILITY GROUP [AG_db1] MODIFY REPLICA ON N'${server()}' WITH (ENDPOINT_URL = N'TCP://elsewhere:1')`,
    );
    const found = await resource().read(made);
    assert.equal(found?.drift, "AVAILABILITY_MODE is ASYNCHRONOUS_COMMIT, not SYNCHRONOUS_COMMIT");
    assert.equal(found?.outs.endpointUrl, "TCP://elsewhere:1");
    assert.ok(found);
    assert.equal(await resource().wants({ ...made, outs: found.outs }, news()), "update");
    made = await resource().update({ ...made, outs: found.outs }, news());
    const repaired = await resource().read(made);
    assert.equal(repaired?.drift, undefined);
    assert.equal(repaired?.outs.endpointUrl, "TCP://10.0.0.4:5022");
  });

  it("finds that its database was taken out, and puts it back", async () => {
    made = await resource().create(news());
    await scene.query("ALTER AVAILABILITY GROUP [AG_db1] REMOVE DATABASE [db1]");
    assert.equal((await resource().read(made))?.drift, "the database db1 is not in the group any more");
    made = await resource().update(made, news());
    assert.equal((await resource().read(made))?.drift, undefined);
  });

  it("leaves a later group of the same name alone", async () => {
    made = await resource().create(news());
    const first = made;
    await resource().delete(first);
    made = await resource().create(news());
    assert.equal(await resource().read(first), undefined);
    await resource().delete(first);
    assert.ok(await resource().read(made));
  });

  it("alters no later group of the same name, and is made again when there is none", async () => {
    made = await resource().create(news());
    await scene.query("DROP AVAILABILITY GROUP [AG_db1]");
    const again = await resource().update(made, news());
    assert.notEqual(again.outs.groupId, made.outs.groupId);
    await assert.rejects(
      resource().update(made, news({ endpointUrl: "TCP://10.0.0.5:5022" })),
      /somebody dropped the group and made another one under its name[\s\S]*pulumi refresh/,
    );
    made = again;
  });

  it("is there once when the answer is lost, and gone when its deletion's is", async () => {
    scene.lab.faults.add({ on: "statement", matching: "CREATE AVAILABILITY GROUP", drop: "after" });
    made = await resource().create(news());
    assert.equal(made.outs.replicaName, server());
    scene.lab.faults.add({ on: "statement", matching: "DROP AVAILABILITY GROUP", drop: "after" });
    await resource().delete(made);
    await resource().delete(made);
    assert.equal(await resource().read(made), undefined);
  });

  it("sends its statement alone, in master", async () => {
    made = await resource().create(news());
    const sent = scene.lab.journal.entries.flatMap((entry) =>
      entry.kind === "statement" && /CREATE AVAILABILITY GROUP/.test(entry.text) ? [entry] : [],
    );
    assert.ok(sent.length > 0);
    for (const { text, database } of sent) {
      assert.equal(database, "master");
      assert.match(text.trim(), /^CREATE AVAILABILITY GROUP \[[^;]*$/);
    }
  });

  it("comes back from the catalog under every name", async () => {
    for (const groupName of hostileNames) {
      made = await resource().create(news({ groupName }));
      assert.equal(made.outs.groupName, groupName);
      assert.deepEqual(
        (await scene.objects()).filter((name) => !clean.includes(name)),
        [`availability_groups: ${groupName}`],
      );
      await resource().delete(made);
      assert.deepEqual(await scene.objects(), clean);
    }
  });
});

import assert from "node:assert/strict";
import { distributedAvailabilityGroup } from "#provider/resources/distributed-availability-group/lifecycle";
import { accepted, change, problemsOf, sqlServer, unknown, unknownEverywhere } from "../sql-server/check-and-diff";
import { hostileNames, type Made, openScene, type Scene } from "../sql-server/sql-server-scene";

const args = {
  sqlServer,
  groupName: "DAG_db1",
  localGroupName: "AG_db1",
  localUrl: "TCP://10.0.0.4:5022",
  managedInstanceGroupName: "AG_db1_MI",
  managedInstanceFqdn: "mi1.0a1b2c.database.windows.net",
};

describe("the arguments of DistributedAvailabilityGroup", () => {
  it("begin asynchronously, in previews already", () => {
    const inputs = accepted(distributedAvailabilityGroup, { ...args, managedInstanceFqdn: unknown });
    assert.deepEqual(inputs, { ...args, managedInstanceFqdn: unknown, availabilityMode: "ASYNCHRONOUS_COMMIT" });
  });

  it("are refused with all that is wrong at once", () => {
    const problems = problemsOf(distributedAvailabilityGroup, {
      ...args,
      groupName: "a/b",
      localUrl: "x",
      managedInstanceFqdn: "mi1",
      managedInstanceName: "a]",
      availabilityMode: "SYNC",
    });
    assert.equal(problems.length, 5, problems.join("\n"));
    assert.match(
      problemsOf(distributedAvailabilityGroup, { ...args, managedInstanceGroupName: "ag_DB1" })[0] ?? "",
      /must differ/,
    );
  });

  it("change URLs and the mode in place, members and name by replacement", () => {
    const before = accepted(distributedAvailabilityGroup, args);
    const now = (more: object) =>
      change(distributedAvailabilityGroup, before, accepted(distributedAvailabilityGroup, { ...args, ...more }));
    assert.equal(now({}), "same");
    for (const more of [
      { localUrl: "TCP://10.0.0.5:5022" },
      { managedInstanceFqdn: "mi1.ffffff.database.windows.net" },
      { availabilityMode: "SYNCHRONOUS_COMMIT" },
    ]) {
      assert.equal(now(more), "update");
    }
    for (const name of ["groupName", "localGroupName", "managedInstanceGroupName"])
      assert.deepEqual(now({ [name]: "other" }), { replaces: [name] });
  });

  it("may all be unknown in a preview", () => unknownEverywhere(distributedAvailabilityGroup, args));
});

describe("DistributedAvailabilityGroup on a server", () => {
  let scene: Scene;
  let made: Made | undefined;
  let clean: string[];
  before(async () => {
    scene = await openScene();
    for (const statement of [
      "CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'Kept-in-a-safe-place-1'",
      "CREATE CERTIFICATE [one] WITH SUBJECT = 'one'",
      "CREATE ENDPOINT [e] STATE = STARTED AS TCP (LISTENER_PORT = 5022, LISTENER_IP = ALL) FOR DATABASE_MIRRORING (ROLE = ALL, AUTHENTICATION = CERTIFICATE [one], ENCRYPTION = REQUIRED ALGORITHM AES)",
      "BACKUP DATABASE [db1] TO DISK = N'db1.bak'",
      `CREATE AVAILABILITY GROUP [AG_db1] WITH (CLUSTER_TYPE = NONE) FOR DATABASE [db1] REPLICA ON N'${scene.serverName}' WITH (ENDPOINT_URL = 'TCP://10.0.0.4:5022', AVAILABILITY_MODE = SYNCHRONOUS_COMMIT, FAILOVER_MODE = MANUAL, SEEDING_MODE = AUTOMATIC)`,
      ...["mi1", "mi2"].map(
        (name) => `CREATE CERTIFICATE [${name}.0a1b2c.database.windows.net] WITH SUBJECT = '${name}'`,
      ),
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
  const resource = () => scene.resource("DistributedAvailabilityGroup", distributedAvailabilityGroup);
  const news = (more: object = {}) => ({ ...args, sqlServer: scene.sqlServer, ...more });
  const members = async (group = "DAG_db1") =>
    await scene.query<Record<string, unknown>>(
      `SELECT r.replica_server_name AS name, r.endpoint_url AS url, r.availability_mode_desc AS mode, r.session_timeout AS timeout
       FROM sys.availability_replicas r JOIN sys.availability_groups g ON g.group_id = r.group_id WHERE g.name = N'${group}' ORDER BY r.replica_server_name`,
    );

  it("makes the documented group over both members", async () => {
    made = await resource().create(news());
    const [local, remote] = (await members()).map((row) => ({ ...row }));
    assert.deepEqual(local, { name: "AG_db1", url: "TCP://10.0.0.4:5022", mode: "ASYNCHRONOUS_COMMIT", timeout: 20 });
    assert.equal(remote?.name, "AG_db1_MI");
    assert.equal(remote?.url, "tcp://mi1.0a1b2c.database.windows.net:5022;Server=[mi1]");
    assert.equal((await resource().read(made))?.drift, undefined);
    assert.equal(await resource().wants(made, news()), "same");
  });

  it("refuses a name that is taken, and members that are not there", async () => {
    made = await resource().create(news());
    assert.match(
      await resource().refused(news()),
      /there is an availability group DAG_db1 already[\s\S]*whether something uses it: SELECT .*N'DAG_db1'/,
    );
    const message = await resource().refused(news({ groupName: "AG_db1", localGroupName: "nowhere" }));
    assert.match(message, /there is an availability group AG_db1 already/);
    assert.match(message, /there is no local availability group nowhere/);
  });

  it("refuses a second group over the same members, with the server's own words", async () => {
    made = await resource().create(news());
    assert.match(
      await resource().refused(news({ groupName: "second" })),
      /SQL Server error 19507[\s\S]*see whether something uses it: SELECT/,
    );
  });

  // Safety B19
  it("is made asynchronously, as links begin, where it is declared synchronous; and that is no change to preview", async () => {
    const synchronous = news({ availabilityMode: "SYNCHRONOUS_COMMIT" });
    made = await resource().create(synchronous);
    const asynchronous = ["ASYNCHRONOUS_COMMIT", "ASYNCHRONOUS_COMMIT"];
    assert.deepEqual(
      (await members()).map(({ mode }) => mode),
      asynchronous,
    );
    assert.equal(await resource().wants(made, synchronous), "same");
    // An update before the link is there must not make it synchronous either, and says so.
    made = await resource().update(made, synchronous);
    assert.deepEqual(
      (await members()).map(({ mode }) => mode),
      asynchronous,
    );
    assert.match(scene.warnings.join(), /DAG_db1 stays asynchronous until its link is connected/);
  });

  it("moves URLs in place while no link is connected", async () => {
    made = await resource().create(news());
    const { groupId } = made.outs;
    const other = news({
      localUrl: "TCP://10.0.0.5:5022",
      managedInstanceFqdn: "mi2.0a1b2c.database.windows.net",
    });
    made = await resource().update(made, other);
    const [local, remote] = await members();
    assert.equal(local?.url, "TCP://10.0.0.5:5022");
    assert.equal(remote?.url, "tcp://mi2.0a1b2c.database.windows.net:5022;Server=[mi2]");
    assert.equal(made.outs.groupId, groupId);
    assert.equal(await resource().wants(made, other), "same");
  });

  it("finds what was altered by hand, and sets it right", async () => {
    made = await resource().create(news());
    await scene.query(
      "ALTER AVAILABILITY GROUP [DAG_db1] MODIFY AVAILABILITY GROUP ON N'AG_db1' WITH (LISTENER_URL = N'TCP://elsewhere:5022')",
    );
    await scene.query(
      "ALTER AVAILABILITY GROUP [DAG_db1] MODIFY AVAILABILITY GROUP ON N'AG_db1' WITH (AVAILABILITY_MODE = SYNCHRONOUS_COMMIT)",
    );
    const found = await resource().read(made);
    assert.equal(found?.outs.localUrl, "TCP://elsewhere:5022");
    assert.equal(found?.outs.availabilityMode, "SYNCHRONOUS_COMMIT");
    assert.ok(found);
    assert.equal(await resource().wants({ ...made, outs: found.outs }, news()), "update");
    made = await resource().update({ ...made, outs: found.outs }, news());
    assert.deepEqual(
      (await members()).map(({ mode }) => mode),
      ["ASYNCHRONOUS_COMMIT", "ASYNCHRONOUS_COMMIT"],
    );
    assert.equal((await resource().read(made))?.outs.localUrl, "TCP://10.0.0.4:5022");
  });

  it("finds that seeding was made manual", async () => {
    made = await resource().create(news());
    await scene.query(
      "ALTER AVAILABILITY GROUP [DAG_db1] MODIFY AVAILABILITY GROUP ON N'AG_db1' WITH (SEEDING_MODE = MANUAL)",
    );
    assert.equal((await resource().read(made))?.drift, "of AG_db1 SEEDING_MODE is MANUAL, not AUTOMATIC");
    made = await resource().update(made, news());
    assert.equal((await resource().read(made))?.drift, undefined);
  });

  // Safety A6
  it("finds that somebody dropped the managed instance's certificate, and does not call that well", async () => {
    made = await resource().create(news());
    await scene.query("DROP CERTIFICATE [mi1.0a1b2c.database.windows.net]");
    const found = await resource().read(made);
    assert.equal(
      found?.drift,
      "the server has no certificate mi1.0a1b2c.database.windows.net, by which it knows the managed instance",
    );
    await assert.rejects(resource().update(made, news()), /What to do: declare a ManagedInstanceCertificate/);
    await scene.query("CREATE CERTIFICATE [mi1.0a1b2c.database.windows.net] WITH SUBJECT = 'mi1'");
    made = await resource().update(made, news());
    assert.equal((await resource().read(made))?.drift, undefined);
  });

  it("is gone when somebody dropped it, and is made again", async () => {
    made = await resource().create(news());
    await scene.query("DROP AVAILABILITY GROUP [DAG_db1]");
    assert.equal(await resource().read(made), undefined);
    await resource().delete(made);
    made = await resource().create(news());
  });

  it("is there once when the answer is lost", async () => {
    scene.lab.faults.add({ on: "statement", matching: "CREATE AVAILABILITY GROUP", drop: "after" });
    made = await resource().create(news());
    assert.match(String(made.outs.groupId), /^[0-9A-F-]{36}$/i);
  });

  it("comes back from the catalog under every name that Azure allows", async () => {
    for (const groupName of hostileNames.filter((name) => !/[\\\r]/.test(name))) {
      made = await resource().create(news({ groupName }));
      assert.equal(made.outs.groupName, groupName);
      assert.deepEqual(
        (await scene.objects()).filter((name) => !clean.includes(name)),
        [`availability_groups: ${groupName}`],
      );
      await resource().delete(made);
    }
  });

  // Safety C2
  describe("taken over", () => {
    const taking = (more: object = {}) => news({ __urn: "urn:pulumi:dev::p::t::dag", adopt: true, ...more });
    const byHand = (local: string, remote: string) =>
      scene.query(
        `CREATE AVAILABILITY GROUP [DAG_db1] WITH (DISTRIBUTED) AVAILABILITY GROUP ON N'AG_db1' WITH (${local}), N'AG_db1_MI' WITH (${remote})`,
      );
    const modes = "AVAILABILITY_MODE = ASYNCHRONOUS_COMMIT, FAILOVER_MODE = MANUAL";
    const here = `LISTENER_URL = 'TCP://10.0.0.4:5022', ${modes}, SEEDING_MODE = AUTOMATIC, SESSION_TIMEOUT = 20`;
    const there = `LISTENER_URL = 'tcp://mi1.0a1b2c.database.windows.net:5022;Server=[mi1]', ${modes}, SEEDING_MODE = AUTOMATIC`;
    const everything = async () =>
      JSON.stringify(
        await scene.query(
          "SELECT replica_server_name, endpoint_url, availability_mode_desc, failover_mode_desc, seeding_mode_desc, session_timeout FROM sys.availability_replicas ORDER BY replica_server_name",
        ),
      );

    it("is brought in line in place while it is not connected, and put back when the stack goes", async () => {
      await byHand(
        `LISTENER_URL = 'TCP://10.0.0.9:5022', ${modes}, SEEDING_MODE = MANUAL`,
        there.replaceAll("mi1", "mi2"),
      );
      const before = await everything();
      const taken = await resource().create(taking());
      assert.match(
        scene.warnings.at(-1) ?? "",
        /Brought in line: of AG_db1 LISTENER_URL is .*; of AG_db1 SEEDING_MODE is MANUAL, not AUTOMATIC; of AG_db1 SESSION_TIMEOUT is 10, not 20; of AG_db1_MI LISTENER_URL is .*mi2.*, not .*mi1/,
      );
      assert.equal((await resource().read(taken))?.drift, undefined);
      assert.equal(await resource().wants(taken, taking()), "same");
      await resource().delete(taken);
      assert.equal(await everything(), before);
      await scene.query("DROP AVAILABILITY GROUP [DAG_db1]");
    });

    it("is recorded when bringing it in line fails, and goes on from there, with how it was", async () => {
      await byHand(here.replace("TIMEOUT = 20", "TIMEOUT = 30"), there);
      scene.lab.faults.add({
        on: "statement",
        matching: "MODIFY AVAILABILITY GROUP ON",
        times: "always",
        drop: "before",
      });
      const failed = await resource().fails(taking());
      scene.lab.faults.clear();
      assert.ok(failed.properties);
      const taken = await resource().update({ id: failed.id ?? "", outs: failed.properties }, taking());
      assert.equal((await members()).find(({ name }) => name === "AG_db1")?.timeout, 20);
      await resource().delete(taken);
      assert.equal((await members()).find(({ name }) => name === "AG_db1")?.timeout, 30);
      await scene.query("DROP AVAILABILITY GROUP [DAG_db1]");
    });

    it("is not, and nothing is touched, where its members are others, it is a local group, or a certificate is missing", async () => {
      await byHand(here, there);
      const before = await everything();
      const refused = (more: object) => resource().refused(taking(more));
      assert.match(
        await refused({ managedInstanceGroupName: "another" }),
        /its members are AG_db1 and AG_db1_MI, not AG_db1 and another[\s\S]*give another groupName/,
      );
      assert.match(
        await refused({ managedInstanceFqdn: "mi9.0a1b2c.database.windows.net" }),
        /no certificate mi9[\s\S]*it could be brought in line where of AG_db1_MI LISTENER_URL is[\s\S]*declare a ManagedInstanceCertificate/,
      );
      assert.match(
        await refused({ groupName: "AG_db1", localGroupName: "AG_db2" }),
        /it is no distributed availability group/,
      );
      assert.equal(await everything(), before);
      await scene.query("DROP AVAILABILITY GROUP [DAG_db1]");
    });
  });
});

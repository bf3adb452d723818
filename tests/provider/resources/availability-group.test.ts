import assert from "node:assert/strict";
import { availabilityGroup } from "#provider/resources/availability-group/lifecycle";
import { inLab, openSceneAnywhere } from "../sql-server/any-server-scene";
import { accepted, change, problemsOf, sqlServer, unknownEverywhere } from "../sql-server/check-and-diff";
import { hostileNames, type Made, type Scene } from "../sql-server/sql-server-scene";

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
    scene = await openSceneAnywhere({ databases: 3 });
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

  inLab("is there once when the answer is lost, and gone when its deletion's is", async () => {
    scene.lab.faults.add({ on: "statement", matching: "CREATE AVAILABILITY GROUP", drop: "after" });
    made = await resource().create(news());
    assert.equal(made.outs.replicaName, server());
    scene.lab.faults.add({ on: "statement", matching: "DROP AVAILABILITY GROUP", drop: "after" });
    await resource().delete(made);
    await resource().delete(made);
    assert.equal(await resource().read(made), undefined);
  });

  inLab("sends its statement alone, in master", async () => {
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

  // Safety C2
  describe("taken over", () => {
    const stack = (name: string) => ({ __urn: `urn:pulumi:${name}::p::t::group`, adopt: true });
    const byHand = (options: string, more: { group?: string; databases?: string } = {}) =>
      scene.query(
        `CREATE AVAILABILITY GROUP [AG_db1] WITH (${more.group ?? "CLUSTER_TYPE = NONE"}) FOR ${more.databases ?? "DATABASE [db1]"} REPLICA ON N'${server()}' WITH (${options})`,
      );
    const asMadeHere =
      "ENDPOINT_URL = 'tcp://10.0.0.4:5022', AVAILABILITY_MODE = SYNCHRONOUS_COMMIT, FAILOVER_MODE = MANUAL, SEEDING_MODE = AUTOMATIC";
    const otherwise =
      "ENDPOINT_URL = 'TCP://elsewhere:5022', AVAILABILITY_MODE = ASYNCHRONOUS_COMMIT, FAILOVER_MODE = MANUAL, SEEDING_MODE = MANUAL";
    const everything = async () =>
      JSON.stringify([
        await scene.query("SELECT * FROM sys.availability_groups"),
        await scene.query("SELECT * FROM sys.availability_replicas"),
        await scene.query("SELECT * FROM sys.availability_databases_cluster"),
        await scene.query("SELECT * FROM sys.extended_properties"),
      ]);
    const options = async () =>
      (
        await scene.query<Record<string, string>>(
          "SELECT endpoint_url, availability_mode_desc, failover_mode_desc, seeding_mode_desc FROM sys.availability_replicas",
        )
      ).map((row) => Object.values(row).join(" "));
    afterEach(async () => {
      made = undefined;
      await scene.query("IF EXISTS (SELECT * FROM sys.availability_groups) DROP AVAILABILITY GROUP [AG_db1]");
    });

    it("is left alone where it is as it would be made, and left when the stack goes, which is said", async () => {
      await byHand(asMadeHere);
      const before = await everything();
      const taken = await resource().create(news(stack("dev")));
      assert.match(
        scene.warnings.at(-1) ?? "",
        /^The availability group AG_db1 on .* is taken over, as adopt says. It is as it would be made here\.$/,
      );
      assert.equal((await resource().read(taken))?.drift, undefined);
      assert.equal(await resource().wants(taken, news(stack("dev"))), "same");
      const updated = await resource().update(taken, news(stack("dev")));
      await resource().delete(updated);
      assert.match(
        scene.warnings.at(-1) ?? "",
        /^Left the availability group AG_db1 on .*, as it was there before this stack took it over\.$/,
      );
      assert.equal(await everything(), before);
    });

    it("is refused without adopt, with every difference, and what adopt would do", async () => {
      await byHand(otherwise);
      const before = await everything();
      const message = await resource().refused(news());
      for (const part of [
        /there is an availability group AG_db1 already/,
        /what is there differs from what is declared here: ENDPOINT_URL is TCP:\/\/elsewhere:5022, not N'TCP:\/\/10\.0\.0\.4:5022'; AVAILABILITY_MODE is ASYNCHRONOUS_COMMIT, not SYNCHRONOUS_COMMIT; SEEDING_MODE is MANUAL, not AUTOMATIC/,
        /adopt: true takes it over, brings it in line, and leaves it when the stack goes/,
      ])
        assert.match(message, part);
      assert.equal(await everything(), before);
    });

    it("is brought in line in place, and put back when the stack goes", async () => {
      await byHand(otherwise);
      const before = await options();
      const taken = await resource().create(news(stack("dev")));
      assert.match(
        scene.warnings.at(-1) ?? "",
        /Brought in line: ENDPOINT_URL is .*; AVAILABILITY_MODE is .*; SEEDING_MODE is MANUAL, not AUTOMATIC\.$/,
      );
      assert.deepEqual(await options(), ["TCP://10.0.0.4:5022 SYNCHRONOUS_COMMIT MANUAL AUTOMATIC"]);
      await resource().delete(taken);
      assert.deepEqual(await options(), before);
    });

    it("remembers how it was when a run is killed in between", async () => {
      await byHand(otherwise);
      const before = await options();
      // Nothing of this run is recorded.
      await resource().create(news(stack("dev")));
      const taken = await resource().create(news(stack("dev")));
      assert.deepEqual(taken.outs.before, {
        url: "TCP://elsewhere:5022",
        availabilityMode: "ASYNCHRONOUS_COMMIT",
        failoverMode: "MANUAL",
        seedingMode: "MANUAL",
        holdsDatabase: true,
      });
      await resource().delete(taken);
      assert.deepEqual(await options(), before);
    });

    it("gets the database that is missing in it, which stays", async () => {
      await byHand(asMadeHere, { databases: "" });
      const taken = await resource().create(news(stack("dev")));
      assert.match(scene.warnings.at(-1) ?? "", /Brought in line: the database db1 is not in it/);
      await resource().delete(taken);
      assert.match(scene.warnings.at(-1) ?? "", /Not put back: the database db1, which was not in it\.$/);
    });

    inLab("is not, and nothing is touched, where no link could stand on it", async () => {
      for (const [more, part] of [
        [
          { databases: "DATABASE [db1], [db2]" },
          /its databases are db1, db2, and a link has exactly one \(47502\)[\s\S]*in which its database is alone/,
        ],
        [
          { group: "CLUSTER_TYPE = NONE, CONTAINED" },
          /a contained availability group, on which no distributed one can stand \(47129\)[\s\S]*give another groupName/,
        ],
        [
          { group: "CLUSTER_TYPE = EXTERNAL" },
          /CLUSTER_TYPE is EXTERNAL, not NONE[\s\S]*leave AvailabilityGroup out of the program/,
        ],
      ] as const) {
        await byHand(
          asMadeHere.replace(
            "FAILOVER_MODE = MANUAL",
            "group" in more && more.group.endsWith("EXTERNAL") ? "FAILOVER_MODE = EXTERNAL" : "FAILOVER_MODE = MANUAL",
          ),
          more,
        );
        const before = await everything();
        assert.match(await resource().refused(news(stack("dev"))), part);
        assert.equal(await everything(), before);
        await scene.query("DROP AVAILABILITY GROUP [AG_db1]");
      }
    });

    it("is not where another stack has taken it, or made it, whatever adopt says", async () => {
      await byHand(asMadeHere);
      const taken = await resource().create(news(stack("dev")));
      assert.match(
        await resource().refused(news(stack("prod"))),
        /AG_db1 is noted there as taken over by the resource group of the stack [^\n]*dev/,
      );
      await resource().delete(taken);
      const later = await resource().create(news(stack("prod")));
      await resource().delete(later);
    });

    it("is not replaced by another: nothing is touched, and that is said in the preview", async () => {
      await byHand(asMadeHere);
      const taken = await resource().create(news(stack("dev")));
      const change = { replaces: ["groupName"], isCascade: false };
      const refusal = (state: object) => availabilityGroup.refusal?.(state as never, news({ groupName: "AG" }), change);
      assert.match(
        refusal(taken.outs)?.message ?? "",
        /^Could not change groupName of the availability group AG_db1\.\n {2}Nothing was touched\.[\s\S]*it is never deleted here/,
      );
      assert.equal(refusal({ ...taken.outs, before: undefined }), undefined);
      await resource().delete(taken);
    });
  });
});

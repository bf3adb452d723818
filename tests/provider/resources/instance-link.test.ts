import assert from "node:assert/strict";
import type { TrustCertificate } from "#lab/managed-instance/managed-instance";
import { addDistributedGroup, partnerEndpoint, prepareBothSides } from "#lab-tests/managed-instance/scene";
import { Unfinished } from "#provider/errors/visible-error";
import { diffInputs } from "#provider/lifecycle/diff";
import { instanceLink } from "#provider/resources/instance-link/lifecycle";
import { type AzureScene, changes, checked, createAzureScene, problems, refusal } from "../azure/azure-scene";

type LinkState = Awaited<ReturnType<typeof instanceLink.create>>["state"];

describe("the link", () => {
  let scene: AzureScene;
  const given = (more: object = {}) => ({
    managedInstanceId: scene.instanceId,
    linkName: "DAG_db1",
    databaseName: "db1",
    partnerAvailabilityGroupName: "AG_db1",
    partnerEndpoint: partnerEndpoint(scene),
    instanceAvailabilityGroupName: "AG_db1_MI",
    ...more,
  });
  const inputs = (more: object = {}) => checked(instanceLink, given(more));
  const create = async (more: object = {}): Promise<LinkState> =>
    (await instanceLink.create(inputs(more), scene.context())).state;
  const copy = () => scene.instance.engine.databases.get("db1");
  const dropInAzure = () =>
    scene.arm
      .send("DELETE", `${scene.instanceId}/distributedAvailabilityGroups/DAG_db1?api-version=2023-08-01`)
      .then(scene.arm.finish);

  /** The copy takes an hour of the lab's time, which passes only when the test says so. */
  async function copyForAnHour() {
    await scene.close();
    scene = await createAzureScene({ options: { seedingBytesPerSecond: 2 ** 12 } });
    await prepareBothSides(scene);
  }
  async function untilCopying() {
    while (!scene.statuses.some((status) => /copying to the managed instance, \d+%/.test(status)))
      await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const endCopying = () => scene.clock.advance(3_600_000);

  beforeEach(async () => {
    scene = await createAzureScene();
    await prepareBothSides(scene);
  });
  afterEach(() => scene.close());

  it("is made, and is found again as it was made", async () => {
    const state = await create();
    assert.deepEqual(
      [state.role, state.connectedState, state.replicationMode, state.failoverMode],
      ["Secondary", "CONNECTED", "Async", "Manual"],
    );
    assert.ok(state.distributedAvailabilityGroupId);
    assert.equal(Date.parse(state.databaseCreationDate ?? ""), copy()?.created.getTime());
    assert.deepEqual(await instanceLink.observe(state, scene.context()), { state, drift: undefined });
    assert.deepEqual(diffInputs(instanceLink, { ...state }, { ...inputs() }), {
      changes: false,
    });
    assert.ok(!JSON.stringify(state).match(/lsn|lag|time"/i), "nothing that changes by the second is kept");
  });

  it("is made before its replication mode is set, as Azure ignores the mode of a new one", async () => {
    const state = await create({ replicationMode: "Sync" });
    assert.equal(state.replicationMode, "Sync");
    assert.deepEqual(changes(scene.requests()), [
      "PUT distributedAvailabilityGroups/DAG_db1 202",
      "PATCH distributedAvailabilityGroups/DAG_db1 202",
    ]);
  });

  it("changes its replication mode in place, and nothing else is sent", async () => {
    const state = await create();
    const before = changes(scene.requests()).length;
    const changed = await instanceLink.update(
      state,
      inputs({ replicationMode: "Sync", databaseOnDelete: "Delete" }),
      scene.context(),
    );
    assert.deepEqual([changed.replicationMode, changed.databaseOnDelete], ["Sync", "Delete"]);
    assert.deepEqual(changes(scene.requests()).slice(before), ["PATCH distributedAvailabilityGroups/DAG_db1 202"]);
  });

  it("is replaced by a change of anything that Azure keeps, and never by its role", () => {
    const state = { ...inputs(), role: "Primary" };
    const difference = (more: object) => diffInputs(instanceLink, state, { ...inputs(more) });
    for (const [name, value] of Object.entries({
      linkName: "DAG_other",
      databaseName: "db2",
      partnerAvailabilityGroupName: "AG_other",
      partnerEndpoint: "TCP://10.0.0.9:5022",
      instanceAvailabilityGroupName: "AG_other",
      failoverMode: "None",
    })) {
      assert.deepEqual(difference({ [name]: value }), { changes: true, replaces: [name], deleteBeforeReplace: true });
    }
    assert.deepEqual(difference({ linkName: "dag_DB1", partnerEndpoint: partnerEndpoint(scene).toLowerCase() }), {
      changes: false,
    });
    assert.deepEqual(difference({ replicationMode: "Sync" }), { changes: true });
  });

  // Safety A2
  describe("that is to be replaced", () => {
    const refused = (state: object, more: object, change: object = {}) =>
      instanceLink.refusal?.(inputs(state) as LinkState, inputs(more), {
        replaces: Object.keys(more).filter((name) => name !== "databaseOnDelete"),
        isCascade: false,
        ...change,
      })?.message;

    it("is not, while the copy would stay: what would be lost, and the two runs that lead there", () => {
      const message = refused({}, { failoverMode: "None" });
      assert.match(
        message ?? "",
        /^Could not change failoverMode of the link DAG_db1 on the managed instance sqlmi1\./,
      );
      assert.match(message ?? "", /With databaseOnDelete: "Keep" the copy, .*, would stay as an independent database/);
      assert.match(
        message ?? "",
        /Nothing was changed\.\s+What to do: if the copy may go: \(1\) set databaseOnDelete: "Delete".*\(2\) make the change/,
      );
    });

    it("is not, where what it is built on is replaced", () => {
      assert.match(
        refused({}, {}, { replaces: ["linkName"], isCascade: true }) ?? "",
        /^Could not replace what the link DAG_db1 .* is built on/,
      );
      assert.equal(refused({}, {}, { isCascade: true }), undefined);
    });

    it("is, when the copy may go too, as the last up recorded it; not when the program says so only now", () => {
      assert.equal(
        refused({ databaseOnDelete: "Delete" }, { databaseOnDelete: "Delete", failoverMode: "None" }),
        undefined,
      );
      assert.match(
        refused({}, { databaseOnDelete: "Delete", failoverMode: "None" }) ?? "",
        /"Delete" counts once a pulumi up has recorded it/,
      );
    });

    it("is, when it never came to replicate: a wrong address can be mended", () => {
      const state = { ...inputs(), linkState: "NeverStarted" as const };
      const change = { replaces: ["partnerEndpoint"], isCascade: false };
      assert.equal(
        instanceLink.refusal?.(state, inputs({ partnerEndpoint: "TCP://10.0.0.9:5022" }), change),
        undefined,
      );
    });

    it("is not moved to another address while it is connected, with whatever is to become of the copy", () => {
      const change = { replaces: ["partnerEndpoint"], isCascade: false };
      const now = inputs({ partnerEndpoint: "TCP://10.0.0.9:5022", databaseOnDelete: "Delete" });
      const state = { ...inputs({ databaseOnDelete: "Delete" }), connectedState: "CONNECTED" as const };
      assert.match(instanceLink.refusal?.(state, now, change)?.message ?? "", /\(2\) take the link out of the program/);
      assert.equal(instanceLink.refusal?.({ ...state, connectedState: "DISCONNECTED" }, now, change), undefined);
    });
  });

  it("shows the percentage that Azure tells while the database is copied", async () => {
    await copyForAnHour();
    const created = create();
    await untilCopying();
    endCopying();
    assert.equal((await created).connectedState, "CONNECTED");
  });

  describe("with what is there already", () => {
    it("is refused when a link of the name exists, before anything is sent", async () => {
      await create();
      const before = changes(scene.requests()).length;
      const error = await refusal(instanceLink.create(inputs(), scene.context()));
      assert.match(error.message, /a link of the name DAG_db1 exists already, for the database db1 from TCP:/);
      assert.match(error.message, /whether something uses it: az sql mi link show -g rg-lab --instance-name sqlmi1/);
      assert.equal(changes(scene.requests()).length, before);
    });

    it("is refused when a database of the name exists, before anything is sent", async () => {
      const state = await create();
      await instanceLink.delete(state, scene.context());
      const before = changes(scene.requests()).length;
      const error = await refusal(instanceLink.create(inputs(), scene.context()));
      assert.match(error.message, /the database db1 on the managed instance sqlmi1 exists already/);
      assert.match(
        error.message,
        /look at the data in it, and at the database: az sql midb show -g rg-lab --mi sqlmi1 .* -n "db1"/,
      );
      // Safety B19
      assert.match(error.message, /with databaseOnDelete: "Keep", .* it stays when the link goes/);
      assert.match(error.message, /MODIFY NAME = \[db1_kept\]/);
      assert.equal(changes(scene.requests()).length, before);
      assert.ok(copy());
    });

    // Safety B12
    it("says so where the database that exists is not one that can be used", async () => {
      const state = await create();
      await instanceLink.delete(state, scene.context());
      const database = copy();
      assert.ok(database);
      database.state = "RESTORING";
      const error = await refusal(instanceLink.create(inputs(), scene.context()));
      assert.match(
        error.message,
        /the database db1 on the managed instance sqlmi1 exists already, in the state Restoring/,
      );
    });

    it("is refused when the instance is missing", async () => {
      const error = await refusal(
        instanceLink.create(
          inputs({ managedInstanceId: scene.instanceId.replace("sqlmi1", "sqlmi9") }),
          scene.context(),
        ),
      );
      assert.match(error.message, /no managed instance of that name/);
      assert.deepEqual(changes(scene.requests()), []);
    });
  });

  describe("when it goes", () => {
    it("leaves the copy as a database of its own", async () => {
      const state = await create();
      await instanceLink.delete(state, scene.context());
      assert.equal(scene.instance.links.size, 0);
      assert.equal(copy()?.isReadOnly, false);
    });

    // Safety A1
    for (const [step, fault] of [
      ["the link", { on: "request", method: "DELETE", matching: "distributedAvailabilityGroups", status: 403 }],
      ["the database", { on: "request", method: "DELETE", matching: "databases", status: 403 }],
    ] as const) {
      it(`leaves the copy for good once it was ended before ${step} was deleted, and says so`, async () => {
        const state = await create({ databaseOnDelete: "Delete" });
        const { status, ...rule } = fault;
        scene.faults.add({ ...rule, times: 1, answer: { status, code: "AuthorizationFailed", message: "no" } });
        const error = await refusal(instanceLink.delete(state, scene.context()));
        assert.match(error.message, /stays: the next pulumi destroy leaves it, as it may be in use by then/);
        if (step === "the link") await dropInAzure();
        await instanceLink.delete(state, scene.context());
        assert.ok(copy());
        assert.match(scene.warnings.join(), /stays, although databaseOnDelete is "Delete"/);
      });
    }

    it("takes the copy along when that was asked for, and can go twice", async () => {
      const state = await create({ databaseOnDelete: "Delete" });
      await instanceLink.delete(state, scene.context());
      assert.equal(copy(), undefined);
      await instanceLink.delete(state, scene.context());
      assert.equal(await instanceLink.observe(state, scene.context()), undefined);
    });

    it("is a success when it was deleted between the look and the request, and leaves the database to who did", async () => {
      const state = await create({ databaseOnDelete: "Delete" });
      // The look finds it, the DELETE comes too late, and its operation fails with OperationIdNotFound: HTTP 200 all the same.
      scene.faults.add({ on: "request", method: "DELETE", delayMilliseconds: 500 });
      const deleting = instanceLink.delete(state, scene.context());
      await new Promise((resolve) => setTimeout(resolve, 250));
      await dropInAzure();
      await deleting;
      assert.ok(copy());
      assert.match(scene.warnings.join(), /stays, although databaseOnDelete is "Delete"/);
    });

    it("never takes a database that it did not make", async () => {
      const state = await create({ databaseOnDelete: "Delete" });
      await dropInAzure();
      const mine = copy();
      assert.ok(mine);
      scene.instance.engine.databases.set("db1", { ...mine, created: new Date(mine.created.getTime() + 60_000) });
      await instanceLink.delete(state, scene.context());
      assert.ok(copy());
      assert.equal(await instanceLink.observe(state, scene.context()), undefined);
    });
  });

  it("is not the one that somebody else made under its name", async () => {
    const { distributedAvailabilityGroupId, ...state } = await create({ databaseOnDelete: "Delete" });
    const theirs = { ...state, partnerAvailabilityGroupName: "AG_theirs" };
    assert.equal(await instanceLink.observe(theirs, scene.context()), undefined);
    const before = changes(scene.requests()).length;
    await instanceLink.delete(theirs, scene.context());
    await refusal(instanceLink.update(theirs, inputs(), scene.context()));
    assert.equal(changes(scene.requests()).length, before);
    assert.ok(await instanceLink.observe({ ...theirs, distributedAvailabilityGroupId }, scene.context()));
  });

  describe("deleted in Azure behind our back", () => {
    it("is reported in words while its copy is still there", async () => {
      const state = await create();
      await dropInAzure();
      const observed = await instanceLink.observe(state, scene.context());
      assert.equal(
        observed?.drift,
        "the link was deleted in Azure; the database db1 on the managed instance sqlmi1 is an independent database now",
      );
    });

    // Safety A1: the copy may have become the original, whatever databaseOnDelete says and however old it is.
    for (const databaseOnDelete of ["Keep", "Delete"]) {
      it(`is not made again over the database that stands alone, with "${databaseOnDelete}"`, async () => {
        const state = await create({ databaseOnDelete });
        await dropInAzure();
        const before = changes(scene.requests()).length;
        const error = await refusal(instanceLink.update(state, inputs({ databaseOnDelete }), scene.context()));
        assert.match(error.message, /pulumi state delete/);
        assert.match(error.message, /MODIFY NAME = \[db1_kept\]; then run pulumi up --refresh/);
        assert.equal(changes(scene.requests()).length, before);
        assert.ok(copy());
      });
    }

    it("is said in every preview to be refused by the next up, once a refresh has found it", async () => {
      const state = await create({ databaseOnDelete: "Delete" });
      assert.deepEqual(instanceLink.warnings(state), []);
      await dropInAzure();
      const found = await instanceLink.observe(state, scene.context());
      const [warning] = (found && instanceLink.warnings(found.state)) ?? [];
      assert.match(
        warning ?? "",
        /^The link .* was deleted in Azure.*The next pulumi up changes nothing of it and fails\.\n {2}Likely cause: somebody cut over .*\n {2}What to do: look at the data in it.*\n {14}If it is in use.*\n {14}If SQL Server is .*\n {2}More: .*#linkdeleted\)$/,
      );
      const change = { replaces: ["failoverMode"], isCascade: false };
      assert.match(
        (found && instanceLink.refusal?.(found.state, inputs(), change)?.message) ?? "",
        /independent database now/,
      );
    });

    it("leaves its database where it is when the resource is deleted, and says that it stays, why, and how it can go", async () => {
      const state = await create({ databaseOnDelete: "Delete" });
      await dropInAzure();
      await instanceLink.delete(state, scene.context());
      assert.ok(copy());
      assert.match(
        scene.warnings.join(),
        /the database db1 on the managed instance sqlmi1 stays, although .*"Delete".*independent.*az sql midb delete/,
      );
    });

    it("is gone when its copy is gone too", async () => {
      const state = await create();
      await dropInAzure();
      scene.instance.engine.databases.delete("db1");
      assert.equal(await instanceLink.observe(state, scene.context()), undefined);
    });
  });

  describe("that loses its partner", () => {
    it("is disconnected and not reported, as it comes back with the partner", async () => {
      const state = await create();
      scene.sqlServer.groups.delete("dag_db1");
      const lost = await instanceLink.observe(state, scene.context());
      assert.deepEqual([lost?.drift, lost?.state.connectedState], [undefined, "DISCONNECTED"]);
      addDistributedGroup(scene);
      assert.equal((await instanceLink.observe(state, scene.context()))?.state.connectedState, "CONNECTED");
    });
  });

  describe("that cannot be established", () => {
    let trusted: readonly TrustCertificate[] = [];
    const unfinished = async (): Promise<Unfinished<LinkState>> => {
      const error = await instanceLink.create(inputs(), scene.context()).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      assert.ok(error instanceof Unfinished);
      return error;
    };

    beforeEach(async () => {
      await scene.close();
      scene = await createAzureScene({ options: { linkTimeoutMilliseconds: 1000 } });
      await prepareBothSides(scene);
      trusted = [...scene.instance.trustCertificates.values()];
      scene.instance.trustCertificates.clear();
    });

    it("is explained by the link's own error, and recorded", async () => {
      const error = await unfinished();
      assert.equal(error.reason.codes[0], 41973);
      assert.match(error.message, /Link state LinkInitError: the link could not be started; error 41973/);
      assert.match(
        error.message,
        /Likely cause: the certificate of SQL Server's endpoint is not on the managed instance/,
      );
      assert.equal(error.id, "sqlmi1/DAG_db1");
    });

    it("is found as such, and made again by the next update", async () => {
      const { state } = await unfinished();
      assert.equal(
        (await instanceLink.observe(state, scene.context()))?.drift,
        "the link could not be started (error 41973)",
      );
      for (const certificate of trusted)
        scene.instance.trustCertificates.set(certificate.name.toLowerCase(), certificate);
      const repaired = await instanceLink.update(state, inputs(), scene.context());
      assert.equal(repaired.connectedState, "CONNECTED");
      assert.deepEqual(
        changes(scene.requests()).map((request) => request.split(" ")[0]),
        ["PUT", "DELETE", "PUT"],
      );
    });

    it("is removed by a delete", async () => {
      const { state } = await unfinished();
      await instanceLink.delete(state, scene.context());
      assert.equal(scene.instance.links.size, 0);
    });
  });

  it("is waited for by the next run when the first one was interrupted while the database was copied", async () => {
    await copyForAnHour();
    const interruption = new AbortController();
    const created = instanceLink.create(
      inputs({ replicationMode: "Sync" }),
      scene.context({ signal: interruption.signal }),
    );
    const thrown = created.then(
      () => undefined,
      (error: unknown) => error,
    );
    await untilCopying();
    interruption.abort(new Error("interrupted"));
    const error = await thrown;
    assert.ok(error instanceof Unfinished);
    assert.match(error.message, /the run was interrupted/);
    const updated = instanceLink.update(error.state as LinkState, inputs({ replicationMode: "Sync" }), scene.context());
    endCopying();
    const state = await updated;
    assert.deepEqual([state.connectedState, state.replicationMode], ["CONNECTED", "Sync"]);
    assert.equal(changes(scene.requests()).filter((request) => request.startsWith("PUT")).length, 1);
  });

  it("ends with its own deadline, is recorded, and is waited for again", async () => {
    await copyForAnHour();
    const soon = { ...inputs(), seedingTimeoutMinutes: 0.015 };
    const error = await instanceLink.create(soon, scene.context()).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof Unfinished);
    assert.deepEqual(error.reason.codes, ["Deadline"]);
    assert.match(error.message, /not copied within seedingTimeoutMinutes/);
    const state = error.state as LinkState;
    assert.equal((await instanceLink.observe(state, scene.context()))?.drift, "the link is still being made");
    const finished = instanceLink.update(state, inputs(), scene.context());
    endCopying();
    assert.equal((await finished).connectedState, "CONNECTED");
  });

  it("is not taken down with its database while that is the primary", async () => {
    const state = await create({ databaseOnDelete: "Delete" });
    const { azure, ...others } = scene.context();
    const failedOver: typeof azure = {
      ...azure,
      async find<Properties>(doing: string, id: string) {
        const found = await azure.find<Properties>(doing, id);
        return found && { ...found, properties: { ...found.properties, instanceLinkRole: "Primary" } };
      },
    };
    const before = changes(scene.requests()).length;
    const error = await refusal(instanceLink.delete(state, { ...others, azure: failedOver }));
    assert.match(error.message, /the managed instance sqlmi1 is the primary.*databaseOnDelete: "Keep"/s);
    assert.equal(changes(scene.requests()).length, before);
  });

  // Safety A1: where no SQL Server is known that could be asked, as in states of before.
  it("is not taken down with its database while Azure's answers are those from before a failover", async () => {
    const state = await create({ databaseOnDelete: "Delete" });
    const path = `${scene.instanceId}/distributedAvailabilityGroups/DAG_db1`;
    const { body } = await scene.arm.send("GET", `${path}?api-version=2023-08-01`);
    const failedOver = JSON.parse(JSON.stringify(body).replace('"Secondary"', '"Primary"')) as object;
    const answer = { status: 200, code: "", message: "", body: failedOver };
    scene.faults.add({
      on: "request",
      method: "GET",
      matching: "distributedAvailabilityGroups/DAG_db1$",
      nth: 2,
      answer,
    });
    const before = changes(scene.requests()).length;
    const error = await refusal(instanceLink.delete(state, scene.context()));
    assert.match(error.message, /the managed instance sqlmi1 is the primary/);
    assert.equal(changes(scene.requests()).length, before);
  });

  // Safety A1: 204 is Azure's word for nothing there; the link's DELETE says it otherwise today, and may not tomorrow.
  it("leaves the database when its DELETE finds no link any more, whatever was shown before", async () => {
    const state = await create({ databaseOnDelete: "Delete" });
    const { body } = await scene.arm.send(
      "GET",
      `${scene.instanceId}/distributedAvailabilityGroups/DAG_db1?api-version=2023-08-01`,
    );
    await dropInAzure();
    const shown = { status: 200, code: "", message: "", body: body as object };
    const matching = "distributedAvailabilityGroups/DAG_db1$";
    scene.faults.add({ on: "request", method: "GET", matching, times: 4, answer: shown });
    scene.faults.add({ on: "request", method: "DELETE", matching, answer: { status: 204, code: "", message: "" } });
    await instanceLink.delete(state, scene.context());
    assert.ok(copy());
    assert.match(scene.warnings.join(), /stays, although databaseOnDelete is "Delete"/);
  });

  describe("on a network that loses answers", () => {
    it("is made once when the answer to its PUT is lost", async () => {
      await scene.close();
      scene = await createAzureScene({ options: { seedingBytesPerSecond: 8 * 2 ** 20 } });
      await prepareBothSides(scene);
      scene.faults.add({ on: "request", method: "PUT", drop: "after" });
      const state = await create();
      assert.equal(state.connectedState, "CONNECTED");
      assert.equal(copy()?.state, "ONLINE");
    });
  });

  it("refuses arguments that no link takes, all at once", () => {
    const all = problems(
      instanceLink,
      given({
        partnerEndpoint: "10.0.0.4",
        failoverMode: "Automatic",
        seedingTimeoutMinutes: 0,
        databaseName: "a/b",
        linkName: "",
      }),
    );
    assert.deepEqual(
      all.split("\n").map((reason) => reason.split(" ")[0]),
      ["linkName", "databaseName", "partnerEndpoint", "failoverMode", "seedingTimeoutMinutes"],
    );
  });

  // Safety C2
  describe("taken over", () => {
    const take = async (more: object = {}) => await create({ adopt: true, ...more });
    const link = () => scene.instance.links.get("dag_db1");

    it("is waited for while it copies the database, and left with its copy, whatever databaseOnDelete says", async () => {
      await copyForAnHour();
      const making = create();
      await untilCopying();
      scene.statuses.splice(0);
      const taking = take({ databaseOnDelete: "Delete" });
      await untilCopying();
      await endCopying();
      const [made, taken] = await Promise.all([making, taking]);
      assert.equal(taken.databaseCreationDate, made.databaseCreationDate);
      await instanceLink.delete(taken, scene.context());
      assert.match(
        scene.warnings.at(-1) ?? "",
        /^Left the link DAG_db1 on the managed instance sqlmi1, as it was there before/,
      );
      assert.ok(copy());
      assert.deepEqual(changes(scene.requests()), ["PUT distributedAvailabilityGroups/DAG_db1 202"]);
    });

    it("is taken where the managed instance is the primary, and left so", async () => {
      await create();
      const { azure, ...others } = scene.context();
      const failedOver: typeof azure = {
        ...azure,
        async find<Properties>(doing: string, id: string) {
          const found = await azure.find<Properties>(doing, id);
          return found && { ...found, properties: { ...found.properties, instanceLinkRole: "Primary" } };
        },
      };
      const context = { ...others, azure: failedOver };
      const { state } = await instanceLink.create(inputs({ adopt: true, databaseOnDelete: "Delete" }), context);
      assert.equal(state.role, "Primary");
      await instanceLink.delete(state, context);
      assert.ok(copy() && link());
    });

    it("is left also where Azure does not put its mode back, which is said", async () => {
      await create();
      const taken = await take({ replicationMode: "Sync" });
      const answer = { status: 400, code: "InvalidOperationForDatabaseNotInReplicationRelationship", message: "no" };
      scene.faults.add({ on: "request", method: "PATCH", matching: "distributedAvailabilityGroups", answer });
      await instanceLink.delete(taken, scene.context());
      assert.match(
        scene.warnings.at(-1) ?? "",
        /^Left the link DAG_db1 .* Not put back: replicationMode, which was Async, as Azure refused it \(InvalidOperation/,
      );
      assert.ok(link() && copy());
    });

    it("is not where it never came to replicate: it is not deleted, and how to go on is told", async () => {
      scene.sqlServer.groups.delete("dag_db1");
      await assert.rejects(create());
      const before = changes(scene.requests()).length;
      const { message } = await refusal(take());
      assert.match(
        message,
        /Nothing was touched\.[\s\S]*az sql mi link show .* -n "DAG_db1"\. It never came to replicate, so it can be removed by hand/,
      );
      assert.equal(changes(scene.requests()).length, before);
    });

    it("never is a database that stands beside no link", async () => {
      await create();
      await dropInAzure();
      const { message } = await refusal(take());
      assert.match(message, /the database db1 on the managed instance sqlmi1 exists already/);
      assert.ok(copy());
    });
  });
});

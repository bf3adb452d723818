import assert from "node:assert/strict";
import { createLink, linkedDatabase } from "./link-calls";
import { child, createScene, linkAddress, linkBody, partnerEndpoint, prepareBothSides, type Scene } from "./scene";

const old = [
  "2021-05-01-preview",
  "2021-08-01-preview",
  "2021-11-01",
  "2021-11-01-preview",
  "2022-02-01-preview",
  "2022-05-01-preview",
  "2022-08-01-preview",
];
const today = [
  "2023-05-01-preview",
  "2023-08-01-preview",
  "2023-08-01",
  "2024-05-01-preview",
  "2024-11-01-preview",
  "2025-01-01",
  "2025-02-01-preview",
  "2025-08-01-preview",
  "2026-08-01-preview",
];

describe("a link in the words of each api-version", () => {
  let scene: Scene;
  beforeEach(async () => {
    scene = await createScene();
    await prepareBothSides(scene);
  });
  afterEach(() => scene.close());

  const oldBody = () => ({
    properties: {
      targetDatabase: "db1",
      sourceEndpoint: partnerEndpoint(scene),
      primaryAvailabilityGroupName: "AG_db1",
      secondaryAvailabilityGroupName: "AG_db1_MI",
    },
  });
  const membersOf = async (version: string) =>
    Object.keys((await scene.arm.send("GET", linkAddress(scene, version))).body.properties ?? {});

  it("is asked and shown in the old names until 2022, with the instance's role at the end of it", async () => {
    const accepted = await scene.arm.send("PUT", linkAddress(scene, "2022-08-01-preview"), oldBody());
    assert.equal((await scene.arm.finish(accepted)).body.status, "Succeeded");
    const members = [
      "targetDatabase",
      "sourceEndpoint",
      "replicationMode",
      "distributedAvailabilityGroupId",
      "sourceReplicaId",
      "targetReplicaId",
      "linkState",
      "lastHardenedLsn",
    ];
    for (const version of old) assert.deepEqual(await membersOf(version), members, version);
    assert.deepEqual(await membersOf("2022-11-01-preview"), [...members, "instanceRole"]);
  });

  it("is asked in the old names and shown in the new ones by 2023-02-01-preview", async () => {
    const address = linkAddress(scene, "2023-02-01-preview");
    const refused = await scene.arm.send("PUT", address, linkBody(scene));
    assert.equal(
      refused.body.error?.code,
      "InvalidDistributedAvailabilityGroupsCreateOrUpdateRequestDatabases",
      "it does not know the new names",
    );
    assert.equal((await scene.arm.finish(await scene.arm.send("PUT", address, oldBody()))).body.status, "Succeeded");
    const { body } = await scene.arm.send("GET", address);
    assert.deepEqual(Object.keys(body.properties ?? {}), await membersOf("2023-08-01"));
    const certificate = body.properties?.databases?.[0]?.partnerAuthCertValidity;
    assert.deepEqual(Object.keys(certificate ?? {}), ["certificateId", "certificateName", "expiryDate"]);
  });

  it("is asked and shown in the new names since", async () => {
    await createLink(scene);
    for (const version of today) {
      const { body } = await scene.arm.send("GET", linkAddress(scene, version));
      assert.equal(body.properties?.instanceLinkRole, "Secondary", version);
      const certificate = body.properties?.databases?.[0]?.partnerAuthCertValidity;
      assert.deepEqual(Object.keys(certificate ?? {}), ["certificateName", "expiryDate"]);
      const refused = await scene.arm.send("PUT", linkAddress(scene, version, "DAG_db2"), oldBody());
      assert.equal(refused.status, 400, version);
    }
  });

  it("has a mode since 2025-08-01-preview, and strict names where it has several databases", async () => {
    const put = async (name: string, version: string) => {
      const body = linkBody(scene, { linkMode: "MultiDatabase" });
      const answer = await scene.arm.send("PUT", linkAddress(scene, version, name), body);
      return answer.body.error?.code ?? answer.status;
    };
    for (const name of ["DAG_db1", "-dag", "dag-", "dag_1"])
      assert.equal(await put(name, "2025-08-01-preview"), "InvalidMultiDbDistributedAvailabilityGroupName", name);
    assert.equal(scene.instance.links.size, 0);
    assert.equal(await put("dag-1", "2026-08-01-preview"), 202);
    await scene.arm.finish(await scene.arm.send("DELETE", linkAddress(scene, "2026-08-01-preview", "dag-1")));
    assert.equal(await put("DAG_db1", "2025-02-01-preview"), 202);
  });
});

describe("a managed instance", () => {
  let scene: Scene;
  afterEach(() => scene.close());
  const address = (rest = "") => child(scene, rest).replace("/?", "?");
  const stateOf = async () => String((await scene.arm.send("GET", address())).body.properties?.state);
  const codeOf = async (method: "GET" | "PUT" | "POST", rest: string, body?: object) =>
    (await scene.arm.send(method, address(rest), body)).body.error?.code;

  for (const [serviceTier, limit] of [
    ["BusinessCritical", 100],
    ["NextGenGeneralPurpose", 500],
  ] as const)
    it(`takes ${limit} databases as ${serviceTier}, and no more`, async () => {
      scene = await createScene({ instance: { serviceTier } });
      await prepareBothSides(scene);
      const db1 = scene.sqlServer.databases.get("db1");
      assert.ok(db1);
      for (let number = 1; number < limit; number++)
        scene.instance.engine.databases.set(`other${number}`, { ...db1, name: `other${number}` });
      assert.equal((await createLink(scene)).body.status, "Succeeded");
      const another = { databases: [{ databaseName: "more" }], instanceAvailabilityGroupName: "AG_more_MI" };
      const refused = await scene.arm.send("PUT", linkAddress(scene, "2023-08-01", "more"), linkBody(scene, another));
      assert.equal(refused.body.error?.code, "DatabaseNumberLimitReached");
    });

  it("stops and starts, and answers for neither in between", async () => {
    scene = await createScene({ options: { changeMilliseconds: 3_600_000 } });
    await prepareBothSides(scene);
    await createLink(scene);
    const stopping = await scene.arm.send("POST", address("stop"));
    assert.equal(stopping.status, 202);
    assert.equal(await stateOf(), "Stopping");
    assert.equal(await codeOf("POST", "start"), "ManagedInstanceOperationInProgress");
    scene.clock.advance(3_600_000);
    await scene.arm.finish(stopping);
    assert.equal(await stateOf(), "Stopped");
    for (const rest of ["endpointCertificates", "endpointCertificates/DATABASE_MIRRORING"])
      assert.equal(await codeOf("GET", rest), "ManagedInstanceStoppingOrStopped");
    assert.equal(await codeOf("PUT", "serverTrustCertificates/one", {}), "ManagedInstanceStoppingOrStopped");
    assert.equal((await linkedDatabase(scene))?.connectedState, "DISCONNECTED");

    const starting = await scene.arm.send("POST", address("start"));
    assert.equal(await codeOf("GET", "endpointCertificates"), "ManagedInstanceStarting");
    scene.clock.advance(3_600_000);
    await scene.arm.finish(starting);
    assert.equal(await stateOf(), "Ready");
    assert.equal((await linkedDatabase(scene))?.connectedState, "CONNECTED");
  });
});

// Safety A4, A5
import assert from "node:assert/strict";
import type { RequestRule } from "#lab/faults/faults";
import { createSelfSigned } from "#lab/sql-server/certificates/self-signed";
import { child, linkAddress, partnerEndpoint, prepareBothSides } from "#lab-tests/managed-instance/scene";
import { Unfinished } from "#provider/errors/visible-error";
import { instanceLink } from "#provider/resources/instance-link/lifecycle";
import { trustCertificate } from "#provider/resources/trust-certificate/lifecycle";
import { type AzureScene, changes, checked, createAzureScene, refusal } from "./azure-scene";

let scene: AzureScene;
const fault = (rule: Omit<RequestRule, "on">) => scene.faults.add({ on: "request", ...rule });
const oneLink = "distributedAvailabilityGroups/DAG_db1$";
const notFound = { status: 404, code: "ResourceNotFound", message: "It was not found." };
const methods = () => changes(scene.requests()).map((request) => request.split(" ").toSpliced(1, 1).join(" "));

const link = (more: object = {}) =>
  checked(instanceLink, {
    managedInstanceId: scene.instanceId,
    linkName: "DAG_db1",
    databaseName: "db1",
    partnerAvailabilityGroupName: "AG_db1",
    partnerEndpoint: partnerEndpoint(scene),
    instanceAvailabilityGroupName: "AG_db1_MI",
    ...more,
  });
const certificate = (key: string, more: object = {}) =>
  checked(trustCertificate, {
    managedInstanceId: scene.instanceId,
    certificateName: "Cert_a",
    publicKey: key,
    ...more,
  });
/** What Azure shows now, to be shown again later. */
const shownAt = async (address: string) => (await scene.arm.send("GET", address)).body as object;

async function unfinished<State extends object>(work: Promise<unknown>): Promise<Unfinished<State>> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof Unfinished, String(error));
  return error as Unfinished<State>;
}

let key = "";
let otherKey = "";
before(async () => {
  const [one, other] = await Promise.all(
    [1, 2].map((days) =>
      createSelfSigned({
        subject: "Certificate for Cert_a",
        notBefore: new Date(),
        notAfter: new Date(Date.now() + days * 86_400_000),
      }),
    ),
  );
  key = one?.der.toString("hex") ?? "";
  otherKey = other?.der.toString("hex") ?? "";
});

describe("what is asked of Azure", () => {
  beforeEach(async () => {
    scene = await createAzureScene();
    await prepareBothSides(scene);
  });
  afterEach(() => scene.close());

  it("is one request for each object where all is well", async () => {
    const { state } = await instanceLink.create(link(), scene.context());
    const trusted = await trustCertificate.create(certificate(key), scene.context());
    const from = scene.requests().length;
    await instanceLink.observe(state, scene.context());
    await trustCertificate.observe(trusted.state, scene.context());
    assert.deepEqual(scene.requests().slice(from).sort(), [
      "GET databases/db1 200",
      "GET distributedAvailabilityGroups/DAG_db1 200",
      "GET serverTrustCertificates/Cert_a 200",
    ]);
  });

  it("is not waited for again for each object of an instance that is gone", async () => {
    const { state } = await trustCertificate.create(certificate(key), scene.context());
    const gone = { ...state, managedInstanceId: scene.instanceId.replace("sqlmi1", "sqlmi7") };
    const observe = () => trustCertificate.observe(gone, scene.context());
    const since = scene.requests().length;
    assert.deepEqual(await Promise.all([observe(), observe(), observe()]), [undefined, undefined, undefined]);
    assert.equal(scene.requests().length - since, 9, "three looks each, at the same time");
    const later = scene.requests().length;
    assert.equal(await observe(), undefined);
    assert.equal(scene.requests().length - later, 1);
    assert.match(
      scene.statuses.join("\n"),
      /Azure may not be up to date; looking again in 1 s to read the certificate/,
    );
  });
});

describe("a change of one's own that Azure does not show at once", () => {
  beforeEach(async () => {
    scene = await createAzureScene();
    await prepareBothSides(scene);
  });
  afterEach(() => scene.close());

  it("is a link that is recorded, as the two looks after its creation find nothing and the third does", async () => {
    fault({ method: "GET", matching: oneLink, nth: 3, times: 2, answer: notFound });
    const { state } = await instanceLink.create(link(), scene.context());
    assert.deepEqual([state.connectedState, state.databaseCreationDate !== undefined], ["CONNECTED", true]);
    assert.deepEqual(methods(), ["PUT 202"]);
  });

  it("is recorded in any case, however long nothing is shown, and the next run goes on with it", async () => {
    fault({
      method: "GET",
      matching: `distributedAvailabilityGroups(?:/DAG_db1)?$`,
      nth: 2,
      times: "always",
      answer: notFound,
    });
    const { id, state, message } = await unfinished<Parameters<typeof instanceLink.update>[0]>(
      instanceLink.create(link(), scene.context()),
    );
    assert.equal(id, "sqlmi1/DAG_db1");
    assert.match(message, /Azure accepted the link, and has not shown it/);
    assert.doesNotMatch(message, /az sql mi link delete/);
    scene.faults.clear();
    const made = await instanceLink.update(state, link(), scene.context());
    assert.equal(made.connectedState, "CONNECTED");
    assert.deepEqual(methods(), ["PUT 202"], "it is not made twice");
  });

  it("is a certificate that is recorded as it was uploaded, while the one from before is shown", async () => {
    const { state } = await trustCertificate.create(certificate(otherKey), scene.context());
    const before = await shownAt(child(scene, "serverTrustCertificates/Cert_a"));
    await trustCertificate.delete(state, scene.context());
    const stale = { status: 200, code: "", message: "", body: before };
    fault({ method: "GET", matching: "serverTrustCertificates/Cert_a$", times: 2, answer: stale });
    fault({ method: "GET", matching: "serverTrustCertificates/Cert_a$", nth: 4, times: "always", answer: stale });
    const { state: made } = await trustCertificate.create(certificate(key), scene.context());
    assert.equal(made.publicKey, key.toUpperCase());
  });

  it("is a link that is made though the one that was just deleted is still shown", async () => {
    const { state } = await instanceLink.create(link({ databaseOnDelete: "Delete" }), scene.context());
    const before = await shownAt(linkAddress(scene));
    await instanceLink.delete(state, scene.context());
    fault({ method: "GET", matching: oneLink, times: 2, answer: { status: 200, code: "", message: "", body: before } });
    const again = await instanceLink.create(
      link({ databaseOnDelete: "Delete", failoverMode: "None" }),
      scene.context(),
    );
    assert.deepEqual([again.state.connectedState, again.state.failoverMode], ["CONNECTED", "None"]);
  });

  for (const times of [2, "always"] as const)
    it(`is a link that is recorded as it was made, though the one before it is shown ${times === 2 ? "twice" : times}`, async () => {
      const { state } = await instanceLink.create(link({ databaseOnDelete: "Delete" }), scene.context());
      const before = await shownAt(linkAddress(scene));
      await instanceLink.delete(state, scene.context());
      // The first two looks are those before the creation and while it is made.
      fault({
        method: "GET",
        matching: oneLink,
        nth: 3,
        times,
        answer: { status: 200, code: "", message: "", body: before },
      });
      const again = await instanceLink.create(
        link({ databaseOnDelete: "Delete", failoverMode: "None" }),
        scene.context(),
      );
      assert.equal(again.state.failoverMode, "None");
      assert.notEqual(again.state.distributedAvailabilityGroupId, state.distributedAvailabilityGroupId);
    });

  it("is a link whose state nobody knows: it is waited for, not taken for one that replicates or that is broken", async () => {
    const { state } = await instanceLink.create(link({ databaseOnDelete: "Delete" }), scene.context());
    const shown = (await shownAt(linkAddress(scene))) as { properties: { databases: object[] } };
    await instanceLink.delete(state, scene.context());
    const [database] = shown.properties.databases;
    shown.properties.databases = [{ ...database, replicaState: "LinkWarmingUp", connectedState: "DISCONNECTED" }];
    fault({
      method: "GET",
      matching: oneLink,
      nth: 3,
      times: 2,
      answer: { status: 200, code: "", message: "", body: shown },
    });
    const again = await instanceLink.create(link({ databaseOnDelete: "Delete" }), scene.context());
    assert.equal(again.state.connectedState, "CONNECTED");
    assert.match(scene.statuses.join("\n"), /the link is in the state LinkWarmingUp/);
  });
});

describe("an object that Azure shows as it was before it was made again", () => {
  beforeEach(async () => {
    scene = await createAzureScene();
    await prepareBothSides(scene);
  });
  afterEach(() => scene.close());
  const again = (matching: string, body: object) => {
    scene.faults.clear();
    fault({ method: "GET", matching, times: 2, answer: { status: 200, code: "", message: "", body } });
  };

  it("is a link: it is neither forgotten, nor deleted, nor left behind", async () => {
    const { state } = await instanceLink.create(link(), scene.context());
    const now = (await shownAt(linkAddress(scene))) as { properties: { databases: object[] } };
    const [database] = now.properties.databases;
    const broken = structuredClone(now);
    broken.properties.databases = [{ ...database, replicaState: "LinkInitError", connectedState: "DISCONNECTED" }];
    const other = {
      ...now,
      properties: {
        ...now.properties,
        partnerAvailabilityGroupName: "AG_old",
        distributedAvailabilityGroupId: crypto.randomUUID(),
      },
    };
    for (const before of [broken, other]) {
      again(oneLink, before);
      assert.deepEqual(await instanceLink.observe(state, scene.context()), { state, drift: undefined });
      again(oneLink, before);
      assert.deepEqual(await instanceLink.update(state, link(), scene.context()), state);
    }
    assert.deepEqual(methods(), ["PUT 202"]);
    again(oneLink, other);
    await instanceLink.delete(state, scene.context());
    assert.equal(scene.instance.links.size, 0);
  });

  it("is a certificate: it is neither replaced nor left behind", async () => {
    const { state } = await trustCertificate.create(certificate(key), scene.context());
    const before = (await shownAt(child(scene, "serverTrustCertificates/Cert_a"))) as { properties: object };
    const other = { ...before, properties: { ...before.properties, publicBlob: otherKey } };
    again("Cert_a$", other);
    assert.deepEqual(await trustCertificate.observe(state, scene.context()), { state });
    again("Cert_a$", other);
    await trustCertificate.delete(state, scene.context());
    assert.equal(scene.instance.trustCertificates.has("cert_a"), false);
  });
});

describe("a change of one's own that Azure refuses, and that took effect all the same", () => {
  beforeEach(async () => {
    scene = await createAzureScene();
    await prepareBothSides(scene);
  });
  afterEach(() => scene.close());
  const refused = (status: number, code: string) => ({ status, code, message: "not now", isCarriedOut: true });

  it("is a link that is one's own when it is exactly as asked for, and nothing is sent again", async () => {
    fault({ method: "PUT", matching: oneLink, answer: refused(409, "OperationInProgress") });
    const { state } = await instanceLink.create(link(), scene.context());
    assert.equal(state.connectedState, "CONNECTED");
    assert.deepEqual(methods(), ["PUT 409"]);
  });

  it("is recorded where the refusal is one that ends the run", async () => {
    fault({ method: "PUT", matching: oneLink, answer: refused(403, "AuthorizationFailed") });
    const { id, reason } = await unfinished(instanceLink.create(link(), scene.context()));
    assert.deepEqual([id, reason.codes], ["sqlmi1/DAG_db1", ["AuthorizationFailed"]]);
  });

  it("is a certificate that is recorded in the same way", async () => {
    fault({ method: "PUT", matching: "Cert_a$", answer: refused(409, "OperationInProgress") });
    const { state } = await trustCertificate.create(certificate(key), scene.context());
    assert.equal(state.publicKey, key.toUpperCase());
    await trustCertificate.delete(state, scene.context());
    fault({ method: "PUT", matching: "Cert_a$", answer: refused(403, "AuthorizationFailed") });
    assert.equal((await unfinished(trustCertificate.create(certificate(key), scene.context()))).id, "sqlmi1/Cert_a");
  });

  it("is recorded when nobody can look what became of it", async () => {
    fault({ method: "PUT", matching: "Cert_a$", answer: refused(403, "AuthorizationFailed") });
    fault({ method: "GET", matching: "Cert_a$", nth: 2, times: "always", answer: { ...notFound, status: 403 } });
    assert.equal((await unfinished(trustCertificate.create(certificate(key), scene.context()))).id, "sqlmi1/Cert_a");
  });

  it("is not somebody else's link that came under the name meanwhile: that ends the waiting", async () => {
    fault({ method: "GET", matching: oneLink, times: 1, answer: notFound });
    fault({
      method: "GET",
      matching: "distributedAvailabilityGroups$",
      answer: { ...notFound, status: 200, body: { value: [] } },
    });
    await instanceLink.create(link({ failoverMode: "None" }), scene.context());
    fault({ method: "GET", matching: oneLink, times: 1, answer: notFound });
    fault({ method: "GET", matching: "databases/db1$", times: 1, answer: notFound });
    fault({
      method: "GET",
      matching: "(?:databases|distributedAvailabilityGroups)$",
      times: 2,
      answer: { ...notFound, status: 200, body: { value: [] } },
    });
    fault({
      method: "PUT",
      matching: oneLink,
      times: "always",
      answer: { status: 409, code: "ConflictingDatabaseOperation", message: "not now", retryAfterSeconds: 0 },
    });
    const error = await refusal(instanceLink.create(link(), scene.context()));
    assert.deepEqual(error.codes, ["ConflictingDatabaseOperation"]);
    assert.equal(scene.instance.links.size, 1);
  });
});

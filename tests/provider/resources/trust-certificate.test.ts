import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createSelfSigned } from "#lab/sql-server/certificates/self-signed";
import { fixture } from "#lab-tests/support/place";
import { Unfinished } from "#provider/errors/visible-error";
import { diffInputs } from "#provider/lifecycle/diff";
import { trustCertificate } from "#provider/resources/trust-certificate/lifecycle";
import { type AzureScene, changes, checked, createAzureScene, problems, refusal } from "../azure/azure-scene";

const day = 86_400_000;
const certificate = async (from: number, to: number) =>
  (
    await createSelfSigned({
      subject: "Certificate for Cert_a",
      notBefore: new Date(Date.now() + from),
      notAfter: new Date(Date.now() + to),
    })
  ).der;

describe("the trust certificate", () => {
  let scene: AzureScene;
  let der: Buffer;
  const given = (more: object = {}) => ({
    managedInstanceId: scene.instanceId,
    certificateName: "Cert_a",
    publicKey: `0x${der.toString("hex")}`,
    ...more,
  });
  const inputs = (more: object = {}) => checked(trustCertificate, given(more));

  before(async () => {
    der = await certificate(-day, 100 * day);
  });
  beforeEach(async () => {
    scene = await createAzureScene();
  });
  afterEach(() => scene.close());

  it("is uploaded after one look at what is there, and described as Azure shows it", async () => {
    const { id, state } = await trustCertificate.create(inputs(), scene.context());
    assert.equal(id, "sqlmi1/Cert_a");
    assert.deepEqual(scene.instance.trustCertificates.get("cert_a")?.der, der);
    const x509 = new X509Certificate(der);
    assert.equal(state.publicKey, der.toString("hex").toUpperCase());
    assert.equal(state.thumbprint, x509.fingerprint.replaceAll(":", ""));
    assert.equal(state.expiryDate, x509.validToDate.toISOString());
    const requests = scene.requests().map((request) => request.replace(/[0-9a-f-]{36}/, "<id>"));
    assert.deepEqual(requests.slice(0, 2).sort(), [
      "GET serverTrustCertificates/Cert_a 404",
      "GET sqlmi1/serverTrustCertificates 200",
    ]);
    assert.deepEqual(requests.slice(2), [
      "PUT serverTrustCertificates/Cert_a 202",
      "GET serverTrustCertificatesAzureAsyncOperation/<id> 200",
      "GET serverTrustCertificates/Cert_a 200",
    ]);
  });

  it("is gone when somebody deleted it, and changed when somebody replaced it", async () => {
    const { state } = await trustCertificate.create(inputs(), scene.context());
    assert.deepEqual(await trustCertificate.observe(state, scene.context()), { state });
    const other = await certificate(-day, 50 * day);
    scene.instance.trustCertificates.set("cert_a", { name: "Cert_a", der: other });
    const observed = await trustCertificate.observe(state, scene.context());
    assert.equal(observed?.state.publicKey, other.toString("hex").toUpperCase());
    const difference = diffInputs(trustCertificate, { ...observed?.state }, { ...inputs() });
    assert.deepEqual(difference, { changes: true, replaces: ["publicKey"], deleteBeforeReplace: true });
    scene.instance.trustCertificates.clear();
    assert.equal(await trustCertificate.observe(state, scene.context()), undefined);
  });

  // Safety B8
  it("ends by Azure's clock too, which each answer brings", async () => {
    const { state } = await trustCertificate.create(inputs(), scene.context());
    assert.equal(state.validity, "Valid");
    assert.deepEqual(trustCertificate.warnings?.(state, new Date()), []);
    scene.clock.advance(75 * day);
    const near = await trustCertificate.observe(state, scene.context());
    assert.equal(near?.state.validity, "ExpiresSoon");
    scene.clock.advance(26 * day);
    const over = await trustCertificate.observe(state, scene.context());
    assert.ok(over);
    assert.equal(over.state.validity, "Expired");
    assert.match(
      trustCertificate.warnings?.(over.state, new Date())?.[0] ?? "",
      /^The certificate Cert_a on the managed instance sqlmi1, .* expired on \d{4}-\d\d-\d\d \(UTC\)\. .*\n {2}What to do: /,
    );
  });

  it("comes before the old one goes when name and key are new, as in a rotation, and after it otherwise", async () => {
    const other = (await certificate(-day, 60 * day)).toString("hex");
    const first = (change: object): boolean | undefined =>
      diffInputs(trustCertificate, { ...inputs() }, { ...inputs(), ...change }).deleteBeforeReplace;
    assert.equal(first({ certificateName: "Cert_a_20300101", publicKey: other }), false);
    assert.equal(first({ publicKey: other }), true);
    assert.equal(first({ certificateName: "Cert_b" }), true);
  });

  // Safety A3: the old one stays, so the new one would be refused, and the old one forgotten.
  it("gets no other key under its name where it was not uploaded here: refused before anything is touched", async () => {
    const { state } = await trustCertificate.create(inputs(), scene.context());
    const publicKey = (await certificate(-day, 60 * day)).toString("hex");
    const refused = (from: typeof state, more: object, replaces: string[], isCascade = false) =>
      trustCertificate.refusal?.(from, inputs({ publicKey, ...more }), { replaces, isCascade })?.message;
    const others = { ...state, created: false };
    assert.match(
      refused(others, {}, ["publicKey"]) ?? "",
      /^Could not give another key to the certificate Cert_a on .*Nothing was touched.*not uploaded by this resource.*another certificateName/s,
    );
    assert.equal(refused(others, { certificateName: "Cert_b" }, ["certificateName", "publicKey"]), undefined);
    assert.equal(refused(others, {}, ["publicKey"], true), undefined);
    // Not known yet, as in a preview.
    assert.equal(refused(others, {}, []), undefined);
    // When somebody dropped endpoint and certificate on SQL Server, nothing needs the old key.
    assert.equal(refused(state, {}, ["publicKey"]), undefined);
  });

  it("is deleted, and once more without complaint", async () => {
    const { state } = await trustCertificate.create(inputs(), scene.context());
    await trustCertificate.delete(state, scene.context());
    assert.equal(scene.instance.trustCertificates.size, 0);
    await trustCertificate.delete(state, scene.context());
  });

  it("leaves another key alone that somebody put under its name", async () => {
    const { state } = await trustCertificate.create(inputs(), scene.context());
    scene.instance.trustCertificates.set("cert_a", { name: "Cert_a", der: await certificate(-day, 50 * day) });
    await trustCertificate.delete(state, scene.context());
    assert.equal(scene.instance.trustCertificates.size, 1);
  });

  // Safety A6: of another stack, whose SQL Server has the same name.
  it("leaves another key alone that a refresh has found under its name, and is not put in its place", async () => {
    const { state } = await trustCertificate.create(inputs(), scene.context());
    const theirs = await certificate(-day, 50 * day);
    scene.instance.trustCertificates.set("cert_a", { name: "Cert_a", der: theirs });
    const found = (await trustCertificate.observe(state, scene.context()))?.state ?? assert.fail();
    await trustCertificate.delete(found, scene.context());
    assert.deepEqual(scene.instance.trustCertificates.get("cert_a")?.der, theirs);
    const error = await refusal(trustCertificate.create(inputs(), scene.context()));
    assert.match(error.message, /a certificate of the name Cert_a exists already, with another public key/);
  });

  it("is gone with its instance and its resource group", async () => {
    const { state } = await trustCertificate.create(inputs(), scene.context());
    for (const managedInstanceId of [
      scene.instanceId.replace("sqlmi1", "sqlmi9"),
      scene.instanceId.replace("rg-lab", "rg-gone"),
    ]) {
      assert.equal(await trustCertificate.observe({ ...state, managedInstanceId }, scene.context()), undefined);
      await trustCertificate.delete({ ...state, managedInstanceId }, scene.context());
    }
  });

  it("is refused before anything is sent when the name or the key is there already", async () => {
    scene.instance.trustCertificates.set("cert_a", { name: "Cert_A", der: await certificate(-day, 50 * day) });
    const named = await refusal(trustCertificate.create(inputs(), scene.context()));
    assert.match(named.message, /a certificate of the name Cert_A exists already, with another public key/);
    assert.match(named.message, /whether something uses it: az sql mi link list -g rg-lab --instance-name sqlmi1/);
    scene.instance.trustCertificates.clear();
    scene.instance.trustCertificates.set("cert_b", { name: "Cert_b", der });
    const same = await refusal(trustCertificate.create(inputs(), scene.context()));
    assert.match(
      same.message,
      /the same public key is there already under the name Cert_b[\s\S]*or give TrustCertificate the certificateName "Cert_b"; an InstancePairing .* npx mi-link import writes/,
    );
    assert.deepEqual(same.codes, ["CertificateAlreadyExists"]);
    assert.deepEqual(changes(scene.requests()), []);
  });

  // Safety A3
  it("is used where a run that was killed left the very same, and then never deleted", async () => {
    await trustCertificate.create(inputs(), scene.context());
    const before = changes(scene.requests());
    const { state } = await trustCertificate.create(inputs(), scene.context());
    assert.equal(state.created, false);
    const later = await trustCertificate.update(state, inputs(), scene.context());
    assert.equal(later.created, false);
    await trustCertificate.delete(later, scene.context());
    assert.deepEqual(changes(scene.requests()), before);
    assert.equal(scene.instance.trustCertificates.size, 1);
    scene.instance.trustCertificates.clear();
    const again = await trustCertificate.update(later, inputs(), scene.context());
    assert.equal(again.created, undefined, "uploaded by this stack by now");
  });

  it("tells what Azure said when somebody was faster", async () => {
    scene.faults.add({
      on: "request",
      method: "PUT",
      failOperation: { code: "CertificateAlreadyExists", message: "A certificate with a given name already exists." },
    });
    const error = await refusal(trustCertificate.create(inputs(), scene.context()));
    assert.match(
      error.message,
      /^Could not upload the certificate Cert_a on the managed instance sqlmi1\.\n {2}Azure: CertificateAlreadyExists: A certificate with a given name/,
    );
    assert.match(error.message, /whether something uses it: az sql mi partner-cert list/);
  });

  it("is recorded when the run is interrupted while Azure works on it, and finished by the next run", async () => {
    const interruption = new AbortController();
    const context = scene.context({ signal: interruption.signal });
    scene.faults.add({
      on: "request",
      method: "GET",
      matching: "AzureAsyncOperation",
      times: "always",
      answer: { status: 503, code: "ServiceUnavailable", message: "later", retryAfterSeconds: 60 },
    });
    const created = trustCertificate.create(inputs(), context);
    const caught = assert.rejects(
      created,
      (error) => error instanceof Unfinished && error.reason.codes[0] === "Interrupted",
    );
    while (!scene.statuses.some((status) => status.includes("HTTP 503")))
      await new Promise((resolve) => setTimeout(resolve, 5));
    interruption.abort(new Error("interrupted"));
    await caught;
    scene.faults.clear();
    const known = await created.catch(
      (error: Unfinished<Parameters<typeof trustCertificate.delete>[0]>) => error.state,
    );
    assert.ok("publicKey" in known);
    const state = await trustCertificate.update(known, inputs(), scene.context());
    assert.equal(state.thumbprint, known.thumbprint);
  });

  it("names a missing instance, resource group and subscription", async () => {
    const missing = async (from: string, to: string) =>
      (
        await refusal(
          trustCertificate.create(inputs({ managedInstanceId: scene.instanceId.replace(from, to) }), scene.context()),
        )
      ).message;
    assert.match(
      await missing("sqlmi1", "sqlmi9"),
      /Azure: ResourceNotFound \(HTTP 404\): The Resource 'Microsoft.Sql\/managedInstances\/sqlmi9'.*no managed instance of that name.*az sql mi list/s,
    );
    assert.match(
      await missing("rg-lab", "rg-none"),
      /ResourceGroupNotFound.*the resource group of managedInstanceId does not exist/s,
    );
    assert.match(
      await missing(scene.instance.subscriptionId, crypto.randomUUID()),
      /SubscriptionNotFound.*az account list/s,
    );
  });

  it("takes a key in any spelling, and keeps one", () => {
    const plain = der.toString("hex");
    const spellings = [plain, plain.toUpperCase(), `0x${plain}`, `0X${plain.toUpperCase()}`].map(
      (publicKey) => inputs({ publicKey }).publicKey,
    );
    assert.deepEqual(new Set(spellings), new Set([plain.toUpperCase()]));
  });

  it("refuses a key that is malformed, cut off, or has more behind it, without printing it", () => {
    const plain = der.toString("hex");
    for (const publicKey of [
      "",
      "0x",
      "not hex",
      plain.slice(1),
      plain.slice(0, -40),
      `${plain}00`,
      Buffer.from("-----BEGIN").toString("hex"),
    ]) {
      const problem = problems(trustCertificate, given({ publicKey }));
      assert.match(problem, /^publicKey (?:must be a certificate in hexadecimal|is not one whole X\.509 certificate)/);
      assert.match(problem, /CERTENCODED/);
    }
  });

  it("refuses a certificate that has expired", async () => {
    const expired = await certificate(-10 * day, -day);
    assert.match(
      problems(trustCertificate, given({ publicKey: expired.toString("hex") })),
      /^publicKey is the certificate "CN=Certificate for Cert_a", which expired on 20/,
    );
    const recorded = readFileSync(fixture("certs", "azure_mi_endpoint_DATABASE_MIRRORING.der"));
    assert.match(problems(trustCertificate, given({ publicKey: recorded.toString("hex") })), /expired on 2024-02-22/);
  });

  it("refuses names that Azure does not take, and ids that are none, all at once", () => {
    for (const certificateName of ["", "a/b", "a\\b", "a#b", "a\nb", "a.", "x".repeat(129)]) {
      assert.match(problems(trustCertificate, given({ certificateName })), /^certificateName must/);
    }
    const both = problems(trustCertificate, given({ certificateName: "a?b", managedInstanceId: "/subscriptions/x" }));
    assert.equal(both.split("\n").length, 2);
    assert.match(both, /managedInstanceId must be the resource id of a managed instance/);
  });

  it("passes names with quotes, brackets, blanks and letters beyond the BMP through unchanged", async () => {
    for (const certificateName of [
      "a]b",
      "it's",
      'say "x"',
      "a;--b",
      "with blank",
      "Zertifikat ü 𝒳",
      "x".repeat(128),
    ]) {
      const { state } = await trustCertificate.create(inputs({ certificateName }), scene.context());
      assert.deepEqual(
        [...scene.instance.trustCertificates.values()].map(({ name }) => name),
        [certificateName],
      );
      await trustCertificate.delete(state, scene.context());
    }
  });
});

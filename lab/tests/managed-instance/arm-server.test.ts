import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import type { AccessToken } from "@azure/identity";
import { createArm, signIn } from "./arm-client";
import { child, createScene, linkAddress, prepareBothSides, type Scene } from "./scene";

describe("the management plane", () => {
  let scene: Scene;
  beforeEach(async () => {
    scene = await createScene();
  });
  afterEach(() => scene.close());

  it("refuses a wrong client secret as the sign-in service does", async () => {
    const credential = signIn({ ...scene.address, clientSecret: "wrong" });
    await assert.rejects(
      credential.getToken(`${scene.address.endpoint}/.default`),
      /AADSTS7000215: Invalid client secret/,
    );
  });

  it("refuses a client that nobody knows", async () => {
    const credential = signIn({ ...scene.address, clientId: "00000000-0000-0000-0000-000000000001" });
    await assert.rejects(credential.getToken(`${scene.address.endpoint}/.default`), /AADSTS700016/);
  });

  it("refuses a token that it did not issue", async () => {
    const forged: AccessToken = { token: "e30.e30.e30", expiresOnTimestamp: Date.now() + 3_600_000 };
    const arm = createArm(scene.address, { getToken: async () => forged });
    const answer = await arm.send("GET", child(scene, "databases"));
    assert.deepEqual([answer.status, answer.body.error?.code], [401, "InvalidAuthenticationToken"]);
  });

  const missing: readonly (readonly [good: string, bad: string, status: number, code: string, message: RegExp])[] = [
    [
      "resourceGroups/rg-lab",
      "resourceGroups/rg-none",
      404,
      "ResourceGroupNotFound",
      /^Resource group 'rg-none' could not be found\.$/,
    ],
    [
      "sqlmi1",
      "none",
      404,
      "ResourceNotFound",
      /^The Resource 'Microsoft\.Sql\/managedInstances\/none' under resource group 'rg-lab' was not found\. For more details please go to https:\/\/aka\.ms\/ARMResourceNotFoundFix$/,
    ],
    [
      "databases",
      "serverTrustCertificates/none",
      404,
      "ResourceNotFound",
      /type 'Microsoft\.Sql\/managedInstances\/serverTrustCertificates' with name 'none' was not found\.$/,
    ],
    ["databases", "endpointCertificates/NONE", 404, "ResourceNotFound", /endpointCertificates' with name 'NONE'/],
    [
      "2023-08-01",
      "2019-01-01",
      400,
      "InvalidResourceType",
      /for api version '2019-01-01'\. The supported api-versions are '2021-05-01-preview/,
    ],
    ["?api-version=2023-08-01", "", 400, "MissingApiVersionParameter", /api-version query parameter/],
    ["/subscriptions/", "/subscriptions/none-", 404, "SubscriptionNotFound", /'none-.*' could not be found/],
  ];
  for (const [good, bad, status, code, message] of missing) {
    it(`says what it does not find: ${bad || "the api-version"}`, async () => {
      const answer = await scene.arm.send("GET", child(scene, "databases").replace(good, bad));
      assert.deepEqual([answer.status, answer.body.error?.code], [status, code]);
      assert.match(String(answer.body.error?.message), message);
    });
  }

  it("finds resources whatever the letter case of the id", async () => {
    const answer = await scene.arm.send(
      "GET",
      child(scene, "databases").replace("resourceGroups/rg-lab", "resourcegroups/RG-LAB").replace("sqlmi1", "SQLMI1"),
    );
    assert.equal(answer.status, 200);
  });

  it("takes no other certificate under the name of one", async () => {
    await prepareBothSides(scene);
    const put = async (der: Buffer | undefined) => {
      const address = child(scene, "serverTrustCertificates/one");
      const body = { properties: { publicBlob: `0x${der?.toString("hex")}` } };
      return (await scene.arm.finish(await scene.arm.send("PUT", address, body))).body.error?.code;
    };
    const own = scene.sqlServer.certificates.get("cert_sqlserver1_endpoint")?.der;
    scene.instance.trustCertificates.clear();
    assert.equal(await put(own), undefined);
    assert.equal(await put(scene.instance.endpointCertificate.der), "CertificateAlreadyExists");
    assert.equal((await scene.arm.send("DELETE", child(scene, "serverTrustCertificates/none"))).status, 204);
  });

  it("knows no address, version or resource by the names that every JavaScript object has", async () => {
    const { endpoint, tenantId } = scene.address;
    for (const name of ["constructor", "__proto__", "toString", "hasOwnProperty"]) {
      const documents = [`${endpoint}/${tenantId}/${name}`, child(scene, name), child(scene, `databases/${name}`)];
      for (const address of documents) assert.equal((await scene.arm.send("GET", address)).status, 404, address);
      const version = await scene.arm.send("GET", child(scene, "databases", name));
      assert.deepEqual([version.status, version.body.error?.code], [400, "InvalidResourceType"], name);
    }
  });

  it("refuses a body of more than 4 MB, and an address that is none", async () => {
    const long = await scene.arm.send("PUT", linkAddress(scene), { properties: { x: "x".repeat(5 * 2 ** 20) } });
    assert.deepEqual([long.status, long.body.error?.code], [413, "RequestContentTooLarge"]);
    const port = Number(new URL(scene.address.endpoint).port);
    const socket = connectTls({ port, ca: scene.address.ca, servername: "localhost" });
    socket.write("GET / HTTP/1.1\r\nhost: [::1\r\n\r\n");
    const [answer] = await once(socket, "data");
    assert.match(String(answer), /^HTTP\/1\.1 400 /);
    socket.destroy();
  });

  it("closes although somebody is in the middle of a handshake", async () => {
    const socket = connect(Number(new URL(scene.address.endpoint).port), "127.0.0.1");
    await once(socket, "connect");
    await scene.close();
  });

  it("takes its time for any number of requests of one connection, and keeps nothing of them", async () => {
    const warnings: Error[] = [];
    const warn = (warning: Error) => warnings.push(warning);
    process.on("warning", warn);
    scene.faults.add({ on: "request", delayMilliseconds: 1, times: "always" });
    for (let request = 0; request < 20; request++)
      assert.equal((await scene.arm.send("GET", child(scene, "databases"))).status, 200);
    await new Promise((resolve) => setImmediate(resolve));
    process.off("warning", warn);
    assert.deepEqual(warnings, []);
  });

  it("misbehaves as its fault rules say, and only then", async () => {
    const get = () => scene.arm.send("GET", child(scene, "databases"));
    scene.faults.add({
      on: "request",
      method: "GET",
      matching: "/databases$",
      nth: 2,
      answer: { status: 429, code: "SubscriptionTooManyRequests", message: "Too many requests.", retryAfterSeconds: 7 },
    });
    assert.equal((await get()).status, 200);
    const throttled = await get();
    assert.deepEqual(
      [throttled.status, throttled.headers["retry-after"], throttled.body.error?.code],
      [429, "7", "SubscriptionTooManyRequests"],
    );
    assert.equal((await get()).status, 200);

    scene.faults.add({ on: "request", drop: "before" });
    await assert.rejects(get());
    assert.equal((await get()).status, 200);
  });

  it("fails an operation that it accepted, without its effect, or loses the answer to one with it", async () => {
    const address = child(scene, "serverTrustCertificates/one");
    const body = { properties: { publicBlob: scene.instance.endpointCertificate.der.toString("hex") } };
    const failOperation = { code: "OperationTimedOut", message: "The operation timed out." };
    scene.faults.add({ on: "request", method: "PUT", failOperation });
    const failed = await scene.arm.finish(await scene.arm.send("PUT", address, body));
    assert.deepEqual([failed.body.status, failed.body.error?.code], ["Failed", "OperationTimedOut"]);
    assert.equal((await scene.arm.send("GET", address)).status, 404);
    scene.faults.add({ on: "request", method: "PUT", drop: "after" });
    await assert.rejects(scene.arm.send("PUT", address, body));
    assert.equal((await scene.arm.send("GET", address)).status, 200);
  });

  it("refuses a request that takes effect all the same, and answers with a body of some time ago", async () => {
    const address = child(scene, "serverTrustCertificates/one");
    const body = { properties: { publicBlob: scene.instance.endpointCertificate.der.toString("hex") } };
    const refusal = { status: 409, code: "OperationInProgress", message: "x" };
    scene.faults.add({ on: "request", method: "PUT", answer: { ...refusal, isCarriedOut: true } });
    const refused = await scene.arm.send("PUT", address, body);
    assert.deepEqual([refused.status, refused.body.error?.code], [409, "OperationInProgress"]);
    assert.equal((await scene.arm.send("GET", address)).status, 200);
    scene.faults.add({ on: "request", method: "GET", answer: { ...refusal, status: 200, body: { value: [] } } });
    const stale = await scene.arm.send("GET", child(scene, "serverTrustCertificates"));
    assert.deepEqual([stale.status, stale.body], [200, { value: [] }]);
  });
});

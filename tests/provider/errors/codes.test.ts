import assert from "node:assert/strict";
import { createSelfSigned } from "#lab/sql-server/certificates/self-signed";
import { azureFailure } from "#provider/azure/azure-failure";
import { isFailure, isUncertain } from "#provider/errors/visible-error";
import { trustCertificate } from "#provider/resources/trust-certificate/lifecycle";
import { changes, checked, createAzureScene, refusal } from "../azure/azure-scene";

const ours = ["Deadline", "Interrupted", "Outage", "OutcomeUnknown"] as const;

describe("a code of Azure's that is spelled like one of our own", () => {
  for (const code of ours)
    it(`is not taken for it: ${code}`, () => {
      const failure = azureFailure("do it", { code, text: "It may not be.", status: 400 });
      assert.equal(isUncertain(failure), false);
      assert.equal(isFailure(failure, code), false);
      assert.equal(failure.message, `Could not do it.\n  Azure: ${code} (HTTP 400): It may not be.`);
    });

  it("refuses an upload as any other does: nothing is recorded", async () => {
    const scene = await createAzureScene();
    try {
      const { der } = await createSelfSigned({
        subject: "Certificate for Cert_a",
        notBefore: new Date(),
        notAfter: new Date(Date.now() + 86_400_000),
      });
      scene.faults.add({
        on: "request",
        method: "PUT",
        answer: { status: 400, code: "OutcomeUnknown", message: "Nobody knows." },
      });
      const inputs = checked(trustCertificate, {
        managedInstanceId: scene.instanceId,
        certificateName: "Cert_a",
        publicKey: der.toString("hex"),
      });
      const error = await refusal(trustCertificate.create(inputs, scene.context()));
      assert.match(error.message, /Azure: OutcomeUnknown \(HTTP 400\): Nobody knows\./);
      assert.deepEqual(changes(scene.requests()), ["PUT serverTrustCertificates/Cert_a 400"]);
    } finally {
      await scene.close();
    }
  });
});

describe("one of our own codes", () => {
  it("is not asked for in another spelling: the compiler sees it", () => {
    // @ts-expect-error: Deadline is meant
    assert.ok(!isFailure(undefined, "Deadlin"));
    assert.ok(!isFailure(undefined, "Deadline"));
  });
});

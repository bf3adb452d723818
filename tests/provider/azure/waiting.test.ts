import assert from "node:assert/strict";
import type { RequestRule } from "#lab/faults/faults";
import { type Fault, networkFault } from "#provider/azure/fault";
import { untilAnswered } from "#provider/azure/retry";
import { untilAborted } from "#provider/azure/session";
import { isUncertain } from "#provider/errors/visible-error";
import { type AzureScene, createAzureScene, refusal } from "./azure-scene";

// Safety A5
describe("a request to Azure", () => {
  let scene: AzureScene;
  const id = () => `${scene.instanceId}/serverTrustCertificates/Cert_a`;
  const remove = () => scene.context().azure.delete("delete the certificate Cert_a", id());
  const fault = (rule: Omit<RequestRule, "on">) => scene.faults.add({ on: "request", ...rule });

  beforeEach(async () => {
    scene = await createAzureScene();
  });
  afterEach(() => scene.close());

  it("says that something else answers in Azure's place, such as a proxy with its own page", async () => {
    const { azure } = scene.context();
    const list = `${scene.instanceId}/serverTrustCertificates`;
    for (const body of [{}, { value: null, properties: null }, [], "hello"] as object[]) {
      fault({
        method: "GET",
        matching: "managedInstances",
        times: "always",
        answer: { status: 200, code: "", message: "", body },
      });
      for (const look of [
        () => azure.list("look", list),
        () => azure.find("look", id()),
        () => azure.managedInstance(scene.instanceId),
        () => azure.endpointCertificate(scene.instanceId),
      ])
        await assert.rejects(look(), /what answered is not Azure Resource Manager: a proxy on the way/);
      scene.faults.clear();
    }
  });

  it("waits as long as Azure asks when it is throttled, and says so", async () => {
    fault({
      method: "DELETE",
      times: 2,
      answer: { status: 429, code: "TooManyRequests", message: "slow down", retryAfterSeconds: 0 },
    });
    await remove();
    assert.deepEqual(scene.requests(), [
      "DELETE serverTrustCertificates/Cert_a 429",
      "DELETE serverTrustCertificates/Cert_a 429",
      "DELETE serverTrustCertificates/Cert_a 204",
    ]);
    assert.match(
      scene.statuses[0] ?? "",
      /^Azure throttles requests \(TooManyRequests\); trying again in 1 s to delete the certificate Cert_a$/,
    );
    scene.statuses.length = 0;
    fault({
      method: "DELETE",
      answer: { status: 429, code: "TooManyRequests", message: "slow down", retryAfterSeconds: 2 },
    });
    await remove();
    assert.match(scene.statuses[0] ?? "", /again in 2 s/);
  });

  for (const [status, code, word] of [
    [400, "OperationCanNotStartDueToMiLink", "the instance is busy with another link"],
    [409, "ConflictingServerOperation", "the instance is busy"],
    [409, "ManagedInstanceIsBusy", "the instance is busy"],
    [409, "Conflict", "the instance is busy"],
    [409, "ConflictingDatabaseOperation", "the instance is busy"],
    [409, "OperationInProgress", "the instance is busy"],
    [409, "SomethingThatNobodyDocumented", "the instance is busy"],
    [400, "ManagedInstanceOperationInProgress", "the instance is busy"],
    [400, "ManagedInstanceStarting", "the instance is busy"],
    [500, "InternalServerError", "Azure is out of order for a moment, HTTP 500"],
    [503, "ServiceUnavailable", "Azure is out of order for a moment, HTTP 503"],
  ] as const) {
    it(`is sent again after ${status} ${code}`, async () => {
      fault({ method: "DELETE", answer: { status, code, message: "not now", retryAfterSeconds: 0 } });
      await remove();
      assert.equal(scene.requests().length, 2);
      assert.ok(scene.statuses[0]?.startsWith(word), scene.statuses[0]);
    });
  }

  it("is not sent again after a conflict that Azure gives no time for and that does not pass", async () => {
    fault({ method: "DELETE", answer: { status: 409, code: "ScopeLocked", message: "The scope is locked." } });
    assert.deepEqual((await refusal(remove())).codes, ["ScopeLocked"]);
  });

  it("is sent again when the connection breaks, before or after Azure has read it", async () => {
    fault({ method: "DELETE", drop: "before" });
    fault({ method: "DELETE", nth: 2, drop: "after" });
    await remove();
    assert.deepEqual(
      scene.statuses.map((status) => status.split(" (")[0]),
      ["the connection to Azure broke", "the connection to Azure broke"],
    );
  });

  it("is started again when its operation fails because the instance is busy", async () => {
    scene.instance.trustCertificates.set("cert_a", { name: "Cert_a", der: Buffer.alloc(1) });
    fault({
      method: "DELETE",
      failOperation: { code: "OperationCanNotStartDueToMiLink", message: "a link is being created" },
    });
    await remove();
    assert.equal(scene.instance.trustCertificates.size, 0);
    assert.equal(scene.requests().filter((request) => request.startsWith("DELETE")).length, 2);
  });

  it("is not sent again when it was wrong, and the operation's failure counts although it is HTTP 200", async () => {
    scene.instance.trustCertificates.set("cert_a", { name: "Cert_a", der: Buffer.alloc(1) });
    fault({ method: "DELETE", failOperation: { code: "CertificateInUse", message: "a link\r\nuses it" } });
    const error = await refusal(remove());
    assert.match(
      error.message,
      /^Could not delete the certificate Cert_a\.\n {2}Azure: CertificateInUse: a link uses it \[request id /,
    );
    assert.deepEqual(error.codes, ["CertificateInUse"]);
    fault({ method: "DELETE", answer: { status: 403, code: "AuthorizationFailed", message: "The client may not" } });
    const forbidden = await refusal(remove());
    assert.match(forbidden.message, /AuthorizationFailed \(HTTP 403\).*az role assignment create/s);
    assert.deepEqual(scene.statuses, []);
  });

  it("stops waiting when the run is interrupted, and when its deadline passes", async () => {
    fault({
      method: "DELETE",
      times: "always",
      answer: { status: 503, code: "ServiceUnavailable", message: "later", retryAfterSeconds: 60 },
    });
    const interruption = new AbortController();
    const waiting = refusal(scene.context({ signal: interruption.signal }).azure.delete("delete it", id()));
    while (scene.statuses.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    interruption.abort(new Error("interrupted"));
    assert.deepEqual((await waiting).codes, ["Interrupted"]);
    const late = await refusal(scene.context({ signal: AbortSignal.timeout(50) }).azure.delete("delete it", id()));
    assert.deepEqual(late.codes, ["Deadline"]);
  });

  it("gives up an outage that lasts, counted from the first failure in a row, and never an instance that is busy", async () => {
    const asked = (faults: readonly Fault[], longestOutageMilliseconds: number) => {
      let calls = 0;
      const attempt = async () => {
        await new Promise((resolve) => setTimeout(resolve, 10));
        const fault = faults[calls++];
        return fault ? { fault: { ...fault, retryAfterMilliseconds: 0 } } : { value: calls };
      };
      const { signal } = new AbortController();
      return untilAnswered("look", { signal, status: () => {}, longestOutageMilliseconds }, attempt);
    };
    const down: Fault = { code: "ECONNRESET", text: "socket hang up" };
    const busy: Fault = { code: "ManagedInstanceIsBusy", text: "busy", status: 409 };
    const error = await refusal(asked([down, down, down], 1));
    assert.ok(isUncertain(error));
    assert.match(error.message, /ECONNRESET[\s\S]*has been out of order for 0 minutes[\s\S]*run pulumi up again/);
    const signIn: Fault = { code: "AADSTS90033", text: "later", status: 503, service: "sign-in", isTransient: true };
    assert.match(
      (await refusal(asked([signIn, signIn, signIn], 1))).message,
      /^Could not sign in to Azure to look\.\n.*AADSTS90033[\s\S]*Azure's sign-in service, or the way to it, has been out of order/,
    );
    assert.equal(await asked([busy, busy, busy], 1), 4);
    assert.equal(await asked([down, busy, down, busy], 1), 5, "not in a row");
    assert.equal(await asked([down, down, down], 60_000), 4);
  });

  it("waits for a name server or a machine that is down for a moment, but only where Azure has answered before", async () => {
    const asked = async (isTransient: boolean) => {
      const faults: Fault[] = [{ code: "ENOTFOUND", text: "getaddrinfo ENOTFOUND", isTransient }];
      const { signal } = new AbortController();
      const attempt = async () => {
        const fault = faults.pop();
        return fault ? { fault } : { value: "answered" };
      };
      return await untilAnswered("look", { signal, status: () => {} }, attempt);
    };
    assert.equal(await asked(true), "answered");
    assert.deepEqual((await refusal(asked(false))).codes, ["ENOTFOUND"]);
  });

  it("takes a request that Azure never answers for a broken connection", () => {
    assert.equal(networkFault(Object.assign(new Error("aborted"), { name: "AbortError" }))?.code, "ETIMEDOUT");
    assert.equal(networkFault(new TypeError("a mistake")), undefined);
  });

  it("is cancelled while Azure takes its time to answer", async () => {
    fault({ method: "GET", delayMilliseconds: 60_000 });
    const error = await refusal(
      scene.context({ signal: AbortSignal.timeout(100) }).azure.managedInstance(scene.instanceId),
    );
    assert.deepEqual(error.codes, ["Deadline"]);
  });

  it("does not begin to wait when it was cancelled a moment before", async () => {
    const never = new Promise<never>(() => {});
    await assert.rejects(untilAborted(never, AbortSignal.abort(new Error("a moment before"))), /a moment before/);
  });

  it("shares its token with all others in the process", async () => {
    await Promise.all([1, 2, 3].map(() => scene.context().azure.managedInstance(scene.instanceId)));
    const tokens = scene.journal.entries.filter((entry) => entry.kind === "request" && entry.path.endsWith("/token"));
    assert.equal(tokens.length, 1);
  });

  it("reads a list to its end", async () => {
    scene.instance.trustCertificates.set("a", { name: "a", der: Buffer.alloc(1) });
    const found = await scene.context().azure.list("list", `${scene.instanceId}/serverTrustCertificates`);
    assert.deepEqual(
      found.map(({ name }) => name),
      ["a"],
    );
  });
});

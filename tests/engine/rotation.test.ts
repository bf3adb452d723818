import assert from "node:assert/strict";
import { join } from "node:path";
import { compareSnapshots, takeSnapshot } from "#tools/leftovers";
import { type Operation, succeeded } from "#tools/pulumi";
import { type Quickstart, startQuickstart } from "../support/quickstart";
import { repositoryRoot } from "../support/repository";
import { expectTrusted } from "../support/trust-watcher";

const directory = join(repositoryRoot, "tests", "engine", "projects", "rotation");

const expiry = (years: number): string => `${new Date().getUTCFullYear() + years}-06-01`;

/** Safety A3. */
describe("the certificate of a live link, with the real engine", function () {
  this.timeout(300_000);
  let quickstart: Quickstart;
  let clean: Awaited<ReturnType<typeof takeSnapshot>>;
  before(async () => {
    quickstart = await startQuickstart({}, directory);
    clean = await takeSnapshot(quickstart);
    succeeded(await quickstart.project.up());
    assert.equal((await quickstart.verify()).connected, true);
  });
  after(() => quickstart.close());

  /** An up with another expiry, failed or not, during which the link reconnects once at most, and both sides trust each other. */
  async function rotate(certificateExpiry: string): Promise<Operation> {
    await quickstart.project.config({ plain: { certificateExpiry } });
    return await expectTrusted(quickstart, () => quickstart.project.up());
  }

  /** What the endpoint uses, and what is there beside it. */
  async function certificates() {
    const [bound] = await quickstart.sqlServer.query<{ name: string }>(
      "SELECT c.name FROM sys.database_mirroring_endpoints e JOIN sys.certificates c ON c.certificate_id = e.certificate_id",
    );
    const own = await quickstart.sqlServer.query<{ name: string }>(
      "SELECT name FROM sys.certificates WHERE pvt_key_encryption_type = 'MK' ORDER BY name",
    );
    const trusted = await quickstart.arm.list(`${quickstart.managedInstanceId}/serverTrustCertificates`);
    return {
      bound: bound?.name,
      own: own.map(({ name }) => name),
      trusted: trusted.map(({ name }) => name).sort(),
    };
  }

  it("is replaced without a moment in which it is not trusted, however long the upload takes", async () => {
    quickstart.lab.faults.add({
      on: "request",
      method: "PUT",
      matching: "serverTrustCertificates",
      delayMilliseconds: 8000,
    });
    succeeded(await rotate(expiry(3)));
    const { bound, own, trusted } = await certificates();
    assert.match(bound ?? "", /_endpoint_\d{4}0601$/);
    assert.deepEqual([own, trusted], [[bound], [bound]], "the old pair is gone from both sides");
  });

  it("is rotated when an earlier run was killed before its state was written: this one goes on with that run's", async () => {
    const { project, lab } = quickstart;
    const state = await project.exportState();
    const answer = { status: 403, code: "AuthorizationFailed", message: "not allowed" };
    lab.faults.add({ on: "request", method: "PUT", matching: "serverTrustCertificates", answer });
    assert.notEqual((await rotate(expiry(7))).code, 0);
    await project.importState(state);
    const left = (await certificates()).own.find((name) => name.endsWith(`${expiry(7).replaceAll("-", "")}`));
    assert.ok(left);
    succeeded(await rotate(expiry(7)));
    const { bound, own, trusted } = await certificates();
    assert.equal(bound, left);
    assert.deepEqual([own, trusted], [[bound], [bound]]);
    assert.deepEqual(succeeded(await project.preview({ args: ["--refresh"] })).changes, []);
  });

  it("leaves nothing behind in the end", async () => {
    succeeded(await quickstart.project.destroy());
    assert.deepEqual(compareSnapshots(clean, await takeSnapshot(quickstart)), []);
  });
});

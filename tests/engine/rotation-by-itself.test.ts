import assert from "node:assert/strict";
import { join } from "node:path";
import { compareSnapshots, takeSnapshot } from "#tools/leftovers";
import { type Operation, succeeded } from "#tools/pulumi";
import { type Quickstart, startQuickstart } from "../support/quickstart";
import { repositoryRoot } from "../support/repository";
import { expectTrusted } from "../support/trust-watcher";

const directory = join(repositoryRoot, "examples", "rotation");
const oneDay = 86_400_000;

/** Safety A3 and B8. */
describe("a certificate with rotateBefore, with the real engine", function () {
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

  const changed = ({ changes }: Operation) => [...new Set(changes.map(({ op, name }) => `${op} ${name}`))].sort();
  const warned = ({ diagnostics }: Operation) =>
    diagnostics.flatMap(({ severity, ephemeral, message }) => (severity === "warning" && !ephemeral ? [message] : []));
  const names = async () => {
    const own = await quickstart.sqlServer.query<{ name: string }>(
      "SELECT name FROM sys.certificates WHERE pvt_key_encryption_type = 'MK'",
    );
    const trusted = await quickstart.arm.list(`${quickstart.managedInstanceId}/serverTrustCertificates`);
    return { own: own.map(({ name }) => name), trusted: trusted.map(({ name }) => name) };
  };

  it("stays while there is more left of it", async () => {
    const { project, lab } = quickstart;
    lab.clock.advance(300 * oneDay);
    const preview = succeeded(await project.preview({ args: ["--refresh"] }));
    assert.deepEqual(changed(preview), []);
    assert.deepEqual(warned(preview), []);
  });

  it("is replaced by the next up when less is left, as the preview shows, with trust at every moment", async () => {
    const { project, lab } = quickstart;
    const before = await names();
    lab.clock.advance(6 * oneDay);
    succeeded(await project.refresh());
    const preview = succeeded(await project.preview());
    assert.match(warned(preview).join("\n"), /certificateRotateBefore is 60d: pulumi up makes a new certificate/);
    const up = succeeded(await expectTrusted(quickstart, () => project.up()));
    const replaced = (operation: Operation) =>
      changed(operation).filter((step) => !/^(create-replacement|delete-replaced) /.test(step));
    assert.deepEqual(replaced(preview), [
      "replace pairing-certificate",
      "replace pairing-trust",
      "update pairing-endpoint",
    ]);
    assert.deepEqual(replaced(up), replaced(preview), "the preview showed something else");
    const { own, trusted } = await names();
    assert.deepEqual(trusted, own);
    assert.equal(own.length, 1);
    assert.notDeepEqual(own, before.own);
    const again = succeeded(await project.preview({ args: ["--refresh"] }));
    assert.deepEqual(changed(again), []);
    assert.deepEqual(warned(again), []);
    assert.equal((await quickstart.verify()).connected, true);
  });

  it("is not touched when Azure renews the managed instance's own, which is followed", async () => {
    const { project, lab } = quickstart;
    const before = await names();
    await lab.renewCertificate("sqlmi1");
    const up = succeeded(await expectTrusted(quickstart, () => project.up({ args: ["--refresh"] })));
    assert.deepEqual(changed(up), ["update pairing-instance-certificate"]);
    assert.deepEqual(await names(), before);
    assert.deepEqual(changed(succeeded(await project.preview({ args: ["--refresh"] }))), []);
  });

  it("leaves nothing behind in the end", async () => {
    succeeded(await quickstart.project.destroy());
    const left = compareSnapshots(clean, await takeSnapshot(quickstart));
    // Azure has renewed it: that is not the stack's.
    assert.deepEqual(
      left.filter((line) => !/endpointCertificates|##MS_ManagedInstanceEndpointCertificate##/.test(line)),
      [],
    );
  });
});

import assert from "node:assert/strict";
import { join } from "node:path";
import type { FaultRule } from "#lab/index";
import { compareSnapshots, takeSnapshot } from "#tools/leftovers";
import { type Operation, succeeded } from "#tools/pulumi";
import { type Quickstart, startQuickstart } from "../support/quickstart";
import { repositoryRoot } from "../support/repository";
import { expectTrusted } from "../support/trust-watcher";

const directory = join(repositoryRoot, "tests", "engine", "projects", "rotation");

/** The steps of a rotation: what Pulumi prints when it begins, and the call that it makes. */
const steps: readonly { readonly step: string; readonly begins: RegExp; readonly call: Call }[] = [
  {
    step: "the new certificate is made",
    begins: /pairing-certificate creating replacement/,
    call: { on: "statement", matching: "CREATE CERTIFICATE" },
  },
  {
    step: "it is uploaded",
    begins: /pairing-trust creating replacement/,
    call: { on: "request", method: "PUT", matching: "serverTrustCertificates" },
  },
  {
    step: "the endpoint moves to it",
    begins: /pairing-endpoint updating/,
    call: { on: "statement", matching: "ALTER ENDPOINT" },
  },
  {
    step: "the old one is deleted in Azure",
    begins: /pairing-trust deleting original/,
    call: { on: "request", method: "DELETE", matching: "serverTrustCertificates" },
  },
  {
    step: "the old one is dropped",
    begins: /pairing-certificate deleting original/,
    call: { on: "statement", matching: "DROP CERTIFICATE" },
  },
];
type Call =
  | { readonly on: "statement"; readonly matching: string }
  | { readonly on: "request"; readonly method: string; readonly matching: string };

/** Safety A3. SIGKILL after each call is the matrix's. */
describe("a rotation that is stopped, with the real engine", function () {
  this.timeout(300_000);
  let quickstart: Quickstart;
  let clean: Awaited<ReturnType<typeof takeSnapshot>>;
  let year = new Date().getUTCFullYear() + 1;
  before(async () => {
    quickstart = await startQuickstart({}, directory);
    clean = await takeSnapshot(quickstart);
    succeeded(await quickstart.project.up());
    assert.equal((await quickstart.verify()).connected, true);
  });
  afterEach(() => quickstart.lab.faults.clear());
  after(() => quickstart.close());

  const kept = (run: () => Promise<Operation>) => expectTrusted(quickstart, run);
  const failing = ({ call }: (typeof steps)[number]): FaultRule =>
    call.on === "statement"
      ? { ...call, times: "always", error: { number: 701 } }
      : { ...call, times: "always", answer: { status: 403, code: "AuthorizationFailed", message: "not allowed" } };

  for (const part of steps)
    it(`comes to the same end, after a failure and then Ctrl-C while ${part.step}, and never is without trust`, async () => {
      const { project, lab, sqlServer, arm, managedInstanceId } = quickstart;
      year += 1;
      await project.config({ plain: { certificateExpiry: `${year}-06-01` } });

      lab.faults.add(failing(part));
      assert.notEqual((await kept(() => project.up())).code, 0, "nothing failed");
      lab.faults.clear();

      lab.faults.add({ ...part.call, delayMilliseconds: 4000 });
      const interruption = new AbortController();
      const onOutput = (text: string) => {
        if (part.begins.test(text)) interruption.abort();
      };
      const interrupted = await kept(() => project.up({ signal: interruption.signal, onOutput }));
      lab.faults.clear();
      assert.ok(interruption.signal.aborted, interrupted.stdout);

      succeeded(await kept(() => project.up()));
      const [bound, ...more] = await sqlServer.query<{ name: string; isBound: number }>(
        "SELECT c.name, CASE WHEN e.endpoint_id IS NULL THEN 0 ELSE 1 END AS isBound FROM sys.certificates c LEFT JOIN sys.database_mirroring_endpoints e ON e.certificate_id = c.certificate_id WHERE c.pvt_key_encryption_type = 'MK'",
      );
      assert.deepEqual([bound?.isBound, more], [1, []], "one certificate, and the endpoint shows it");
      assert.match(bound?.name ?? "", new RegExp(`_${year}0601`));
      const trusted = await arm.list(`${managedInstanceId}/serverTrustCertificates`);
      assert.deepEqual(
        trusted.map(({ name }) => name),
        [bound?.name],
      );
    });

  it("leaves nothing to do, and nothing behind in the end", async () => {
    assert.deepEqual(succeeded(await quickstart.project.preview({ args: ["--refresh"] })).changes, []);
    succeeded(await quickstart.project.destroy());
    assert.deepEqual(compareSnapshots(clean, await takeSnapshot(quickstart)), []);
  });
});

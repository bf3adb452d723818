import assert from "node:assert/strict";
import { join } from "node:path";
import type { FaultRule } from "#lab/index";
import { compareSnapshots, takeSnapshot } from "#tools/leftovers";
import { type Operation, succeeded } from "#tools/pulumi";
import { lookingAgainSoon, type Quickstart, startQuickstart } from "../support/quickstart";
import { repositoryRoot } from "../support/repository";
import { expectTrusted } from "../support/trust-watcher";

const directory = join(repositoryRoot, "examples", "rotation");
const oneDay = 86_400_000;

/** The steps of a rotation: what Pulumi prints when it begins, the call that it makes, and what is there before it. */
const steps: readonly Part[] = [
  {
    step: "the new certificate is made",
    begins: /pairing-certificate creating replacement/,
    call: { on: "statement", matching: "CREATE CERTIFICATE" },
    before: { own: ["old"], trusted: ["old"], bound: "old" },
  },
  {
    step: "it is uploaded",
    begins: /pairing-trust creating replacement/,
    call: { on: "request", method: "PUT", matching: "serverTrustCertificates" },
    before: { own: ["old", "new"], trusted: ["old"], bound: "old" },
  },
  {
    step: "the endpoint moves to it",
    begins: /pairing-endpoint updating/,
    call: { on: "statement", matching: "ALTER ENDPOINT" },
    before: { own: ["old", "new"], trusted: ["old", "new"], bound: "old" },
  },
  {
    step: "the old one is deleted in Azure",
    begins: /pairing-trust deleting original/,
    call: { on: "request", method: "DELETE", matching: "serverTrustCertificates" },
    before: { own: ["old", "new"], trusted: ["old", "new"], bound: "new" },
  },
  {
    step: "the old one is dropped",
    begins: /pairing-certificate deleting original/,
    call: { on: "statement", matching: "DROP CERTIFICATE" },
    before: { own: ["old", "new"], trusted: ["new"], bound: "new" },
  },
];
interface Part {
  readonly step: string;
  readonly begins: RegExp;
  readonly call: Call;
  readonly before: { readonly own: readonly string[]; readonly trusted: readonly string[]; readonly bound: string };
}
type Call =
  | { readonly on: "statement"; readonly matching: string }
  | { readonly on: "request"; readonly method: string; readonly matching: string };

/** Safety A3 and B8: one rotation after the other of one stack. SIGKILL after each call is the matrix's. */
describe("the certificate of a live link, with the real engine", function () {
  this.timeout(300_000);
  let quickstart: Quickstart;
  let clean: Awaited<ReturnType<typeof takeSnapshot>>;
  before(async () => {
    quickstart = await startQuickstart({}, directory, [], lookingAgainSoon());
    clean = await takeSnapshot(quickstart);
    succeeded(await quickstart.project.up());
    assert.equal((await quickstart.verify()).connected, true);
  });
  afterEach(() => quickstart.lab.faults.clear());
  after(() => quickstart.close());

  /** The link reconnects once at most, and both sides trust each other. */
  const kept = (run: () => Promise<Operation>) => expectTrusted(quickstart, run);
  const changed = ({ changes }: Operation) => [...new Set(changes.map(({ op, name }) => `${op} ${name}`))].sort();
  const warned = ({ diagnostics }: Operation) =>
    diagnostics.flatMap(({ severity, ephemeral, message }) => (severity === "warning" && !ephemeral ? [message] : []));
  /** From now on the certificate has an end that is given. */
  const expireIn = async (years: number): Promise<string> => {
    const expiry = `${quickstart.lab.clock.now().getUTCFullYear() + years}-06-01`;
    await quickstart.project.config({ plain: { certificateExpiry: expiry } });
    return expiry.replaceAll("-", "");
  };
  /** What the endpoint shows, and what is there beside it, the older first. */
  async function certificates() {
    const own = await quickstart.sqlServer.query<{ name: string; isBound: number }>(
      "SELECT c.name, CASE WHEN e.endpoint_id IS NULL THEN 0 ELSE 1 END AS isBound FROM sys.certificates c LEFT JOIN sys.database_mirroring_endpoints e ON e.certificate_id = c.certificate_id WHERE c.pvt_key_encryption_type = 'MK' ORDER BY c.certificate_id",
    );
    const trusted = await quickstart.arm.list(`${quickstart.managedInstanceId}/serverTrustCertificates`);
    return {
      own: own.map(({ name }) => name),
      trusted: trusted.map(({ name }) => name),
      bound: own.find(({ isBound }) => isBound === 1)?.name ?? "",
    };
  }
  /** One certificate, which the endpoint shows and the instance has. */
  async function theOnlyOne(): Promise<string> {
    const { own, trusted, bound } = await certificates();
    assert.deepEqual([own, trusted], [[bound], [bound]], "the old pair is gone from both sides");
    return bound;
  }

  it("is replaced by the next up when less is left, as the preview shows, with trust at every moment", async () => {
    const { project, lab } = quickstart;
    const before = await theOnlyOne();
    lab.clock.advance(306 * oneDay);
    const preview = succeeded(await project.preview({ args: ["--refresh"] }));
    assert.match(warned(preview).join("\n"), /certificateRotateBefore is 60d: pulumi up makes a new certificate/);
    const up = succeeded(await kept(() => project.up({ args: ["--refresh"] })));
    const replaced = (operation: Operation) =>
      changed(operation).filter((step) => !/^(create-replacement|delete-replaced) /.test(step));
    assert.deepEqual(replaced(preview), [
      "replace pairing-certificate",
      "replace pairing-trust",
      "update pairing-endpoint",
    ]);
    assert.deepEqual(replaced(up), replaced(preview), "the preview showed something else");
    assert.notEqual(await theOnlyOne(), before);
    assert.equal((await quickstart.verify()).connected, true);
  });

  it("stays while there is more left of it, also when Azure renews the managed instance's own, which is followed", async () => {
    const { project, lab } = quickstart;
    const before = await theOnlyOne();
    await lab.renewCertificate("sqlmi1");
    const up = succeeded(await kept(() => project.up({ args: ["--refresh"] })));
    assert.deepEqual(changed(up), ["update pairing-instance-certificate"]);
    assert.deepEqual(warned(up), []);
    assert.equal(await theOnlyOne(), before);
    assert.deepEqual(changed(succeeded(await project.preview({ args: ["--refresh"] }))), []);
  });

  it("is rotated when an earlier run was killed before its state was written: this one goes on with that run's, trusted however long the upload takes", async () => {
    const { project, lab } = quickstart;
    const state = await project.exportState();
    const expiry = await expireIn(3);
    const upload = { on: "request", method: "PUT", matching: "serverTrustCertificates" } as const;
    lab.faults.add({ ...upload, answer: { status: 403, code: "AuthorizationFailed", message: "not allowed" } });
    assert.notEqual((await kept(() => project.up())).code, 0);
    await project.importState(state);
    const left = (await certificates()).own.find((name) => name.endsWith(expiry));
    assert.ok(left);
    lab.faults.add({ ...upload, delayMilliseconds: 3000 });
    succeeded(await kept(() => project.up()));
    assert.equal(await theOnlyOne(), left);
  });

  // One rotation more, by runs of which each is stopped.
  let old: string;
  let year: string;
  const failing = ({ call }: Part): FaultRule =>
    call.on === "statement"
      ? { ...call, times: "always", error: { number: 701 } }
      : { ...call, times: "always", answer: { status: 403, code: "AuthorizationFailed", message: "not allowed" } };

  for (const part of steps)
    it(`goes on to the same end, after a failure and then Ctrl-C while ${part.step}, and never is without trust`, async () => {
      const { project, lab } = quickstart;
      old ??= await theOnlyOne();
      year ??= await expireIn(4);
      lab.faults.add(failing(part));
      assert.notEqual((await kept(() => project.up())).code, 0, "nothing failed");
      lab.faults.clear();
      const { own, trusted, bound } = await certificates();
      const known = (name: string) => (name === old ? "old" : name.includes(`_${year}`) ? "new" : name);
      assert.deepEqual(
        { own: own.map(known), trusted: trusted.map(known), bound: known(bound) },
        part.before,
        "it has come as far as this step, and no further",
      );

      lab.faults.add({ ...part.call, delayMilliseconds: 4000 });
      const interruption = new AbortController();
      const onOutput = (text: string) => {
        if (part.begins.test(text)) interruption.abort();
      };
      const interrupted = await kept(() => project.up({ signal: interruption.signal, onOutput }));
      assert.ok(interruption.signal.aborted, interrupted.stdout);
    });

  it("comes to that end, as if nobody had stopped it, with nothing left to do", async () => {
    const { project } = quickstart;
    succeeded(await kept(() => project.up()));
    assert.match(await theOnlyOne(), new RegExp(`_${year}`));
    assert.deepEqual(succeeded(await project.preview({ args: ["--refresh"] })).changes, []);
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

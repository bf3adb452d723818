import assert from "node:assert/strict";
import { join } from "node:path";
import { compareSnapshots, takeSnapshot } from "#tools/leftovers";
import { type Operation, succeeded } from "#tools/pulumi";
import { waitForLink } from "#tools/verify";
import { makeLinkByHand, type NamesByHand } from "../support/link-by-hand";
import { askedByProvider, type Quickstart, startQuickstart } from "../support/quickstart";
import { repositoryRoot } from "../support/repository";
import { expectKept } from "../support/watcher";

const directory = join(repositoryRoot, "tests", "engine", "projects", "adopted-link");

// Safety C2
describe("a live link that was made by hand, with the real engine", function () {
  this.timeout(300_000);
  let quickstart: Quickstart;
  let names: NamesByHand;
  let clean: Awaited<ReturnType<typeof takeSnapshot>>;
  before(async () => {
    quickstart = await startQuickstart({}, directory);
    names = await makeLinkByHand(quickstart);
    await quickstart.project.config({ plain: { instanceGroup: names.instanceGroup } });
    clean = await takeSnapshot(quickstart);
  });
  after(() => quickstart.close());

  const messages = ({ diagnostics }: Operation) => diagnostics.map(({ message }) => message).join("\n");
  const notes = () => quickstart.sqlServer.query("SELECT name FROM sys.extended_properties WHERE class = 0");
  const leftovers = async () => compareSnapshots(clean, await takeSnapshot(quickstart));
  const isNote = (left: string) => left.includes("sys.extended_properties: pulumi-mi-link/");
  const kept = (run: () => Promise<Operation>) => expectKept(quickstart, run);
  /** Statements and requests that change something, but for the notes. */
  const changes = (since: number): string[] =>
    askedByProvider(quickstart.lab, since).flatMap((entry) => {
      if (entry.kind === "request") return /^(PUT|PATCH|DELETE)$/.test(entry.method) ? [entry.path] : [];
      const text = entry.kind === "statement" ? entry.text.trim() : "";
      return /^(CREATE|ALTER|DROP|BACKUP)\b/.test(text) ? [text] : [];
    });

  it("is refused where the program does not say adopt, with what there is to know, and nothing is touched", async () => {
    const refused = await kept(() => quickstart.project.up());
    assert.notEqual(refused.code, 0);
    assert.match(
      messages(refused),
      /what is there is as it would be made here[\s\S]*there is an availability group AG_db1 already[\s\S]*adopt: true takes it over/,
    );
    succeeded(await quickstart.project.destroy());
    assert.deepEqual(await leftovers(), []);
    assert.deepEqual(await notes(), []);
  });

  it("is taken over by up as it is, connected all the time, and then there is nothing to do", async () => {
    await quickstart.project.config({ plain: { adopt: "true" } });
    const since = quickstart.lab.journal.entries.length;
    const up = succeeded(await kept(() => quickstart.project.up()));
    assert.deepEqual(changes(since), []);
    assert.deepEqual(
      (await leftovers()).filter((left) => !isNote(left)),
      [],
    );
    for (const what of ["availability group AG_db1", "distributed availability group DAG_db1", "link DAG_db1"])
      assert.match(
        messages(up),
        new RegExp(`The ${what} on [^\n]* is taken over, as adopt says\\. It is as it would be made here`),
      );
    // What the refresh has stored is what the next runs, and the destroy, go by.
    assert.deepEqual(succeeded(await quickstart.project.up({ args: ["--refresh"] })).changes, []);
  });

  it("keeps the certificate of before when there is a new one, which is said", async () => {
    await quickstart.project.config({ plain: { expiry: "2040-06-01" } });
    const up = succeeded(await kept(() => quickstart.project.up()));
    assert.match(
      messages(up),
      /Left the certificate Cert_sqlserver1_endpoint on sqlserver1 \([^)]*\), as it was there before/,
    );
    assert.match(
      messages(up),
      /Left the certificate Cert_sqlserver1_endpoint on the managed instance sqlmi1, as it was there before/,
    );
    const trusted = await quickstart.arm.list(`${quickstart.managedInstanceId}/serverTrustCertificates`);
    assert.deepEqual(trusted.map(({ name }) => name).sort(), [names.certificate, `${names.certificate}_20400601`]);
  });

  it("is left by destroy as it was, with its copy, part by part", async () => {
    const destroyed = succeeded(await kept(() => quickstart.project.destroy()));
    assert.match(messages(destroyed), /Left the link DAG_db1 on the managed instance sqlmi1, as it was there before/);
    assert.deepEqual(await leftovers(), []);
    assert.deepEqual(await notes(), []);
    assert.equal((await waitForLink(quickstart.sqlServer, quickstart.managedInstance, names, 5)).connected, true);
  });
});

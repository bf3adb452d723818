import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { quickstartConfig, quickstartEnvironment } from "#tools/lab";
import { compareSnapshots, takeSnapshot } from "#tools/leftovers";
import { type Finished, openProject, type Project, succeeded } from "#tools/pulumi";
import { waitForLink } from "#tools/verify";
import { type Quickstart, startQuickstart } from "../support/quickstart";
import { repositoryRoot } from "../support/repository";
import { expectKept } from "../support/watcher";

/** Safety A6. Stack A is the quick start; stack B has a link of its own over what A made. */
describe("a stack that others build on, with the real engine", function () {
  this.timeout(300_000);
  let a: Quickstart;
  let b: Project;
  let folder: string;
  let clean: Awaited<ReturnType<typeof takeSnapshot>>;
  let destroyed: Finished;
  const names = { link: "DAG_db2", group: "AG_db2", instanceGroup: "AG_db2_MI" };
  before(async () => {
    a = await startQuickstart({ databases: 2 });
    clean = await takeSnapshot(a);
    folder = await mkdtemp(join(tmpdir(), "mi-link-test-"));
    const { ready } = a.lab;
    const directory = join(repositoryRoot, "tests", "engine", "projects", "second-link");
    b = await openProject({ directory, stateDirectory: folder, env: quickstartEnvironment(ready) });
    const { plain } = quickstartConfig(ready);
    const managedInstanceFqdn = ready.managedInstances[0]?.fqdn ?? "";
    await b.config({ plain: { ...plain, database: "db2", managedInstanceFqdn } });
    succeeded(await a.project.up());
    succeeded(await b.up());
    assert.equal((await linkOfB()).connected, true);
  });
  after(async () => {
    await a.close();
    await rm(folder, { recursive: true, force: true });
  });

  const linkOfB = () => waitForLink(a.sqlServer, a.managedInstance, names, 20);
  /** The statements and commands that the warnings name, in the order in which they can be run. */
  const removals = () => [
    ...new Set([...destroyed.stdout.matchAll(/Kept [^\n]* remove it by hand: ([^\n]*)/g)].map(([, how = ""]) => how)),
  ];

  it("goes down without taking them along, and says what it kept, and for whom", async () => {
    destroyed = succeeded(await expectKept({ ...a, links: [names.link] }, () => a.project.destroy()));
    assert.deepEqual((await a.project.exportState()).deployment.resources ?? [], []);
    for (const text of [
      /Kept the mirroring endpoint database_mirroring_endpoint on sqlserver1 \(127[^)]*\): the availability group AG_db2 \(TCP:[^)]*\), the distributed availability group DAG_db2 \([^)]*\) still need it/,
      /Kept the certificate Cert_sqlserver1_endpoint on the managed instance sqlmi1: the link DAG_db2/,
      /Kept the certificate Cert_sqlserver1_endpoint on sqlserver1 [^\n]*: the endpoint database_mirroring_endpoint still needs it/,
      /Kept the certificate sqlmi1\.[^\n]*: the distributed availability group DAG_db2 still needs it/,
      /Kept the trusted roots DigiCertPKI, MicrosoftPKI on sqlserver1 [^\n]*: the distributed availability group DAG_db2, the managed instance sqlmi1[^\n]* still need it/,
      /Kept the database master key on sqlserver1 [^\n]*: the certificate Cert_sqlserver1_endpoint still needs it/,
    ])
      assert.match(destroyed.stdout, text);
    assert.equal(removals().length, 6, destroyed.stdout);
  });

  it("leaves the others' stack as it was: nothing to do, nothing changed, connected", async () => {
    assert.deepEqual(succeeded(await b.preview({ args: ["--refresh"] })).changes, []);
    assert.equal((await linkOfB()).connected, true);
  });

  it("lets the others find out when somebody really drops what they use", async () => {
    await a.sqlServer.query("DROP ENDPOINT [database_mirroring_endpoint]");
    const up = await b.up({ args: ["--refresh"] });
    assert.notEqual(up.code, 0, "there was nothing to do");
    assert.match(up.stdout, /Likely cause: the instance has no mirroring endpoint/);
  });

  it("leaves nothing in the end: what was kept is removed as the warnings say", async () => {
    succeeded(await b.destroy());
    const drops = removals().filter((how) => how.startsWith("DROP"));
    const dropEndpoint = "DROP ENDPOINT [database_mirroring_endpoint]";
    assert.ok(drops.includes(dropEndpoint), "it was dropped above");
    const others = drops.filter((how) => how !== dropEndpoint);
    for (const statement of others) await a.sqlServer.query(statement);
    for (const { id } of await a.arm.list(`${a.managedInstanceId}/serverTrustCertificates`)) await a.arm.delete(id);
    assert.deepEqual(compareSnapshots(clean, await takeSnapshot(a)), []);
  });
});

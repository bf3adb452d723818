import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqlClient, type SqlClient } from "#tools/clients";
import { quickstartConfig } from "#tools/lab";
import { compareSnapshots, takeSnapshot } from "#tools/leftovers";
import { type Operation, openProject, type Project, succeeded } from "#tools/pulumi";
import { type Quickstart, startQuickstart } from "../support/quickstart";
import { repositoryRoot } from "../support/repository";
import { expectTrusted, type WatchedTrust } from "../support/trust-watcher";
import { connectedLinks } from "../support/watcher";

const directory = join(repositoryRoot, "tests", "engine", "projects", "two-instances");

/** Safety A3. */
describe("the certificate of a SQL Server that is linked with two managed instances, with the real engine", function () {
  this.timeout(300_000);
  let a: Quickstart;
  let b: Project;
  let folder: string;
  let secondInstance: SqlClient;
  let watched: WatchedTrust;
  let clean: Awaited<ReturnType<typeof takeSnapshot>>;
  before(async () => {
    a = await startQuickstart({ managedInstances: 2, databases: 2 }, directory);
    const [, second] = a.lab.ready.managedInstances;
    assert.ok(second);
    secondInstance = await openSqlClient(second, a.lab.ready.caFile);
    watched = { ...a, otherInstances: [secondInstance] };
    clean = await takeSnapshot(a);
    folder = await mkdtemp(join(tmpdir(), "mi-link-test-"));
    const env = { ...a.env, PULUMI_BACKEND_URL: `file://${join(a.folder, "state")}` };
    b = await openProject({ directory, stateDirectory: folder, stack: "second", env });
    const { plain } = quickstartConfig(a.lab.ready);
    const config = { ...plain, secondInstanceId: second.id };
    await a.project.config({ plain: { ...config, part: "both" } });
    await b.config({ plain: { ...config, part: "second" } });
    succeeded(await a.project.up());
    assert.deepEqual((await connectedLinks(watched)).sort(), ["DAG_db1", "DAG_db2"]);
  });
  afterEach(() => a.lab.faults.clear());
  after(async () => {
    await secondInstance?.close();
    await a?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function rotate(year: number, run: () => Promise<Operation>): Promise<Operation> {
    await a.project.config({ plain: { certificateExpiry: `${year}-06-01` } });
    return await expectTrusted(watched, run);
  }
  const trustedBy = async (index: number) => {
    const rows = await a.arm.list(`${a.lab.ready.managedInstances[index]?.id}/serverTrustCertificates`);
    return rows.map(({ name }) => name);
  };
  /** The old pair is gone from all three, and the new one is there. */
  async function expectOne(year: number): Promise<void> {
    const own = await a.sqlServer.query<{ name: string }>(
      "SELECT name FROM sys.certificates WHERE pvt_key_encryption_type = 'MK'",
    );
    const names = own.map(({ name }) => name);
    assert.match(names.join(), new RegExp(`^[^,]*_${year}0601$`));
    assert.deepEqual([await trustedBy(0), await trustedBy(1)], [names, names]);
    assert.deepEqual((await connectedLinks(watched)).sort(), ["DAG_db1", "DAG_db2"]);
  }

  it("moves only when both have the new one, although nothing in the program says that", async () => {
    const upload = { on: "request", method: "PUT", matching: "sqlmi2/serverTrustCertificates" } as const;
    a.lab.faults.add({ ...upload, delayMilliseconds: 6000 });
    succeeded(await rotate(2081, () => a.project.up()));
    await expectOne(2081);
    assert.deepEqual(succeeded(await a.project.preview({ args: ["--refresh"] })).changes, []);
  });

  it("stays in use where one of them refuses the new one, and moves in the next run", async () => {
    const upload = { on: "request", method: "PUT", matching: "sqlmi2/serverTrustCertificates" } as const;
    const answer = { status: 403, code: "AuthorizationFailed", message: "not allowed" };
    a.lab.faults.add({ ...upload, times: "always", answer });
    const interruption = new AbortController();
    const onOutput = (text: string) => {
      if (text.includes("waiting until sqlmi2 has the certificate")) interruption.abort();
    };
    const failed = await rotate(2082, () => a.project.up({ signal: interruption.signal, onOutput }));
    assert.notEqual(failed.code, 0);
    a.lab.faults.clear();
    succeeded(await rotate(2082, () => a.project.up()));
    await expectOne(2082);
  });

  it("moves once the stack of the second one has uploaded it, and is refused until then", async () => {
    succeeded(await a.project.destroy());
    await a.project.config({ plain: { part: "first", certificateExpiry: "2083-06-01" } });
    succeeded(await a.project.up());
    succeeded(await b.up());

    const refused = await rotate(2084, () => a.project.up());
    assert.notEqual(refused.code, 0);
    assert.match(
      refused.stdout,
      /sqlmi2 does not have it; linked over DAG_db2; .*second-trust of the stack organization\/two-instances\/second .*\n.*Nothing was changed[\s\S]*run pulumi up there first \(organization\/two-instances\/second\)/,
    );
    const second = succeeded(await expectTrusted(watched, () => b.up()));
    assert.match(
      second.stdout,
      /Kept the certificate \S+ on the managed instance sqlmi2: [^\n]*Once the endpoint shows the new one/,
    );
    succeeded(await rotate(2084, () => a.project.up()));
    assert.deepEqual((await connectedLinks(watched)).sort(), ["DAG_db1", "DAG_db2"]);
    for (const stack of [a.project, b])
      assert.deepEqual(succeeded(await stack.preview({ args: ["--refresh"] })).changes, []);
    assert.equal(
      (await trustedBy(1)).length,
      2,
      "the old one stays on the second instance until its stack is next at it",
    );
  });

  it("leaves nothing behind in the end", async () => {
    succeeded(await b.destroy());
    succeeded(await a.project.destroy());
    assert.deepEqual(compareSnapshots(clean, await takeSnapshot(a)), []);
    assert.deepEqual([await trustedBy(0), await trustedBy(1)], [[], []]);
  });
});

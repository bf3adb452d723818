import assert from "node:assert/strict";
import { join } from "node:path";
import { openSqlClient, type SqlClient } from "#tools/clients";
import { compareSnapshots, takeSnapshot } from "#tools/leftovers";
import { type Operation, succeeded } from "#tools/pulumi";
import { lookingAgainSoon, type Quickstart, startQuickstart } from "../support/quickstart";
import { repositoryRoot } from "../support/repository";
import { expectTrusted, type WatchedTrust } from "../support/trust-watcher";
import { connectedLinks } from "../support/watcher";

const directory = join(repositoryRoot, "tests", "engine", "projects", "two-instances");

/** Safety A3. */
describe("the certificate of a SQL Server that is linked with two managed instances, with the real engine", function () {
  this.timeout(300_000);
  let a: Quickstart;
  let secondInstance: SqlClient;
  let watched: WatchedTrust;
  let clean: Awaited<ReturnType<typeof takeSnapshot>>;
  before(async () => {
    a = await startQuickstart({ managedInstances: 2, databases: 2 }, directory, [], lookingAgainSoon());
    const [, second] = a.lab.ready.managedInstances;
    assert.ok(second);
    secondInstance = await openSqlClient(second, a.lab.ready.caFile);
    watched = { ...a, otherInstances: [secondInstance] };
    clean = await takeSnapshot(a);
    await a.project.config({ plain: { secondInstanceId: second.id } });
    succeeded(await a.project.up());
    assert.deepEqual((await connectedLinks(watched)).sort(), ["DAG_db1", "DAG_db2"]);
  });
  afterEach(() => a.lab.faults.clear());
  after(async () => {
    await secondInstance?.close();
    await a?.close();
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

  it("stays in use where one of them refuses the new one, and moves in the next run, when both have it, although nothing in the program says that", async () => {
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
    a.lab.faults.add({ ...upload, delayMilliseconds: 3000 });
    succeeded(await rotate(2082, () => a.project.up()));
    await expectOne(2082);
    assert.deepEqual(succeeded(await a.project.preview({ args: ["--refresh"] })).changes, []);
  });

  it("leaves nothing behind in the end", async () => {
    succeeded(await a.project.destroy());
    assert.deepEqual(compareSnapshots(clean, await takeSnapshot(a)), []);
    assert.deepEqual([await trustedBy(0), await trustedBy(1)], [[], []]);
  });
});

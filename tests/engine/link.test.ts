import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { compareSnapshots, takeSnapshot } from "#tools/leftovers";
import { type ExportedState, type Operation, succeeded } from "#tools/pulumi";
import { askedByProvider, type Quickstart, startQuickstart } from "../support/quickstart";
import { repositoryRoot } from "../support/repository";

const changes = ({ changes }: Operation) => changes.map(({ op, name }) => `${op} ${name}`).sort();

/** Of an up that refreshes: what it found and what it put right, and nothing that the run before had left. */
const changesOnce = (run: Operation) => [...new Set(changes(run))];

const warnings = ({ diagnostics }: Operation) =>
  diagnostics.flatMap(({ severity, ephemeral, message }) => (severity === "warning" && !ephemeral ? [message] : []));

/** Both read passwords from the environment. `passwords.test.ts` is about passwords in the program, which are secrets in the state. */
for (const [title, directory] of [
  ["the quick start", repositoryRoot],
  ["the ten resources one by one", join(repositoryRoot, "examples", "step-by-step")],
] as const) {
  describe(`${title}, with the real engine`, function () {
    this.timeout(300_000);
    let quickstart: Quickstart;
    const runs: Operation[] = [];
    /** The state once it is up, and all files that Pulumi keeps of it. */
    let exported: ExportedState;
    const files = new Map<string, string>();
    before(async () => {
      quickstart = await startQuickstart({}, directory);
    });
    after(() => quickstart.close());

    async function ran(operation: Promise<Operation>): Promise<Operation> {
      const run = succeeded(await operation);
      runs.push(run);
      return run;
    }
    async function keepState(): Promise<void> {
      exported = await quickstart.project.exportState();
      const entries = await readdir(quickstart.folder, { recursive: true, withFileTypes: true });
      for (const { parentPath, name } of entries.filter((entry) => entry.isFile()))
        files.set(join(parentPath, name), await readFile(join(parentPath, name), "latin1"));
    }

    it("comes up, stays as it is, and goes down with nothing left", async () => {
      const { project, lab } = quickstart;
      const before = await takeSnapshot(quickstart);

      const start = lab.journal.entries.length;
      const preview = await ran(project.preview({ args: ["--diff"] }));
      assert.equal(preview.changes.filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic")).length, 10);
      assert.deepEqual(askedByProvider(lab, start), [], "a preview of what is to be made connects to nothing");

      await ran(project.up());
      const report = await quickstart.verify();
      assert.deepEqual(report, {
        sqlServer: { role: "PRIMARY", connectedState: "CONNECTED", health: "HEALTHY", lastError: undefined },
        managedInstance: { role: "SECONDARY", connectedState: "CONNECTED", health: undefined, lastError: undefined },
        connected: true,
      });

      const up = lab.journal.entries.length;
      assert.deepEqual(changes(await ran(project.preview())), []);
      assert.deepEqual(askedByProvider(lab, up), [], "a preview of what is there connects to nothing");

      const running = await takeSnapshot(quickstart);
      assert.deepEqual(changes(await ran(project.refresh())), []);
      assert.deepEqual(changes(await ran(project.preview())), []);
      assert.deepEqual(
        compareSnapshots(running, await takeSnapshot(quickstart)),
        [],
        "refresh and preview change nothing",
      );
      await keepState();

      await ran(project.destroy());
      assert.deepEqual(compareSnapshots(before, await takeSnapshot(quickstart)), []);
      assert.deepEqual(runs.flatMap(warnings), [], "nothing is warned of while all is well");
    });

    it("has a small state: handler text of at most 100 bytes, 4 kB a resource, 8 kB a certificate", () => {
      const dynamic = (exported.deployment.resources ?? []).filter(({ type }) =>
        type.startsWith("pulumi-nodejs:dynamic"),
      );
      assert.equal(dynamic.length, 10);
      for (const resource of dynamic) {
        const size = JSON.stringify(resource).length;
        const limit = /Certificate$/.test(resource.type) ? 8192 : 4096;
        assert.ok(size <= limit, `${resource.urn} takes ${size} bytes, more than ${limit}`);
        const handler = String(resource.inputs?.__provider);
        assert.match(handler, /^exports\.handler=/);
        assert.ok(handler.length <= 100, `${handler} has ${handler.length} bytes`);
        assert.equal(resource.outputs?.__provider, handler);
      }
    });

    it("shows no password, token or private key, nor does any output or file of the run", () => {
      const { secrets, lab } = quickstart;
      const texts = [
        ["the exported state", JSON.stringify(exported)] as const,
        ...runs.map((run, i) => [`the output of run ${i}`, run.stdout + run.stderr] as const),
        ["the lab's record of statements", JSON.stringify(lab.journal.entries)] as const,
        ...files,
      ];
      assert.ok(files.size > 0 && runs.length === 6);
      const tokens = /eyJ[\w-]{20,}\.[\w-]{10,}|PRIVATE KEY/;
      for (const [where, text] of texts) {
        for (const secret of secrets) assert.ok(!text.includes(secret), `a secret is in ${where}`);
        assert.doesNotMatch(text, tokens, `a token or key is in ${where}`);
      }
      assert.ok(secrets.every((secret) => secret.length > 5) && secrets.length === 3);
    });
  });
}

describe("a change made by hand, with the real engine", function () {
  this.timeout(300_000);
  let quickstart: Quickstart;
  before(async () => {
    quickstart = await startQuickstart();
    succeeded(await quickstart.project.up());
    assert.equal((await quickstart.verify()).connected, true);
  });
  after(() => quickstart.close());

  // One by one: tests/matrix.
  it("is found and repaired on both sides: the endpoint was stopped, certificate, group and trust were dropped", async () => {
    const { project, sqlServer, arm, managedInstanceId, names } = quickstart;
    await sqlServer.query("ALTER ENDPOINT [database_mirroring_endpoint] STATE = STOPPED");
    const [row] = await sqlServer.query<{ name: string }>(
      "SELECT name FROM sys.certificates WHERE name LIKE N'%.database.windows.net'",
    );
    await sqlServer.query(`DROP CERTIFICATE [${row?.name}]`);
    await sqlServer.query(`DROP AVAILABILITY GROUP [${names.link}]`);
    const [certificate] = await arm.list(`${managedInstanceId}/serverTrustCertificates`);
    await arm.delete(certificate?.id ?? "none");

    const refresh = succeeded(await project.refresh());
    assert.deepEqual(
      changes(refresh),
      ["delete link-dag", "delete pairing-instance-certificate", "delete pairing-trust", "update pairing-endpoint"],
      refresh.stdout,
    );
    assert.deepEqual(changes(succeeded(await project.up())), [
      "create link-dag",
      "create pairing-instance-certificate",
      "create pairing-trust",
      "update pairing-endpoint",
    ]);
    assert.equal((await quickstart.verify()).connected, true);
  });

  it("is found and repaired: the link was deleted in Azure, and its copy too", async () => {
    const { project, arm, managedInstanceId, names } = quickstart;
    await arm.delete(`${managedInstanceId}/distributedAvailabilityGroups/${names.link}`);
    await arm.delete(`${managedInstanceId}/databases/${names.database}`);
    assert.deepEqual(changesOnce(succeeded(await project.up({ args: ["--refresh"] }))), ["create link-link"]);
    assert.equal((await quickstart.verify()).connected, true);
  });

  it("is found and repaired: endpoint and certificate of the SQL Server were dropped", async () => {
    const [row] = await quickstart.sqlServer.query<{ name: string }>(
      "SELECT name FROM sys.certificates WHERE pvt_key_encryption_type = 'MK'",
    );
    await quickstart.sqlServer.query("DROP ENDPOINT [database_mirroring_endpoint]");
    await quickstart.sqlServer.query(`DROP CERTIFICATE [${row?.name}]`);
    const { project } = quickstart;
    assert.deepEqual(changesOnce(succeeded(await project.up({ args: ["--refresh"] }))), [
      "create pairing-certificate",
      "create pairing-endpoint",
      "create-replacement pairing-trust",
      "delete-replaced pairing-trust",
      "replace pairing-trust",
      "update link-group",
    ]);
    assert.equal((await quickstart.verify()).connected, true);
    assert.deepEqual(changes(succeeded(await project.preview({ args: ["--refresh"] }))), []);
  });
});

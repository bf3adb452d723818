import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Ready } from "#lab/index";
import { createTestLink, type LinkedLab } from "#lab-tests/managed-instance/linked-lab";
import { type ResourceType, resources } from "#provider/dynamic/index";
import type { Bag } from "#provider/lifecycle/contract";
import { type ArmClient, openArmClient, openSqlClient, type SqlClient } from "#tools/clients";
import { openProject, type Project, succeeded } from "#tools/pulumi";
import { namesIn } from "../provider/ten-resources";
import { reachOf, runCli } from "../support/command-line";
import { startOtherNames } from "../support/other-names";
import { repositoryRoot } from "../support/repository";
import { expectKept } from "../support/watcher";

/** Imports all links of a lab, and opens a project of the printed program. */
async function takenOver(ready: Ready, folder: string) {
  const { options, env } = reachOf(ready);
  const { code, stdout, stderr } = await runCli(["import", "--json", ...options, "--out", folder], env);
  assert.equal(code, 0, stderr);
  const { commands }: { readonly commands: readonly string[] } = JSON.parse(stdout);
  await writeFile(join(folder, "Pulumi.yaml"), "name: taken-over\nruntime: nodejs\n");
  await writeFile(join(folder, "package.json"), '{ "main": "index.ts" }\n');
  await symlink(join(repositoryRoot, "node_modules"), join(folder, "node_modules"));
  const project = await openProject({ directory: folder, stateDirectory: join(folder, "pulumi"), env });
  return { project, commands, env };
}

/** What the command line printed, word by word. */
const runPrinted = (project: Project, command = "") =>
  project.run([...command.split(" ").slice(1), "--yes", "--skip-preview"]);

/** A link that nobody made with Pulumi: the seed's 25 batches and calls of Azure, then `mi-link import` and what it prints. */
describe("a link that exists, imported with the real engine", function () {
  this.timeout(300_000);
  let folder: string;
  let linked: LinkedLab;
  let project: Project;
  let sqlServer: SqlClient;
  let managedInstance: SqlClient;
  let arm: ArmClient;
  let managedInstanceId: string;
  let commands: readonly string[];
  let env: Readonly<Record<string, string>>;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "mi-link-test-"));
    linked = await createTestLink();
    await linked.establish();
    const { ready } = linked.lab;
    const [server] = ready.sqlServers;
    const [instance] = ready.managedInstances;
    assert.ok(server && instance);
    managedInstanceId = instance.id;
    [sqlServer, managedInstance, arm] = await Promise.all([
      openSqlClient(server, ready.caFile),
      openSqlClient(instance, ready.caFile),
      openArmClient(ready.arm, ready.caFile),
    ]);
    ({ project, commands, env } = await takenOver(ready, folder));
  });
  after(async () => {
    await Promise.all([sqlServer?.close(), managedInstance?.close()]);
    await linked?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("is in the state after the printed command, and the preview of the printed program shows no change", async () => {
    const before = linked.lab.journal.entries.length;
    succeeded(await runPrinted(project, commands[0]));
    const asked = linked.lab.journal.entries.slice(before);
    assert.deepEqual(asked, [], "the engine asks nobody: the file has it all");
    assert.equal(commands[1], "pulumi preview");
    const preview = succeeded(await project.preview());
    assert.deepEqual(preview.changes, []);
    assert.equal(
      preview.steps.filter(({ op }) => op === "same").length,
      13,
      "ten resources, two components, the stack",
    );
  });

  it("is protected from a destroy that would not know the order yet", async () => {
    const before = linked.lab.journal.entries.length;
    const destroy = await project.destroy();
    assert.notEqual(destroy.code, 0);
    assert.match(destroy.stdout, /protect/);
    assert.equal(linked.lab.journal.entries.length, before);
  });

  it("is found unchanged, and has its order recorded by the printed up, which changes nothing", async () => {
    assert.equal(commands[2], "pulumi up");
    assert.deepEqual(succeeded(await project.up({ args: ["--refresh"] })).changes, []);
  });

  it("can be looked up, each of its objects by its name, from a stack that does not manage it", async () => {
    const { resources: entries }: { resources: readonly Entry[] } = JSON.parse(
      await readFile(join(folder, "mi-link-import.json"), "utf8"),
    );
    const found = Object.keys(resources).map((type) => ({
      type,
      entry: entries.find((e) => e.type.endsWith(`:${type}`)),
    }));
    const lookups = found.map(({ type, entry }) => [
      type,
      {
        id: entry?.id,
        args: Object.fromEntries(namesIn[type as ResourceType].map((name) => [name, entry?.outputs?.[name]])),
      },
    ]);
    const elsewhere = join(folder, "other");
    const other = await openProject({
      directory: join(repositoryRoot, "tests", "engine", "projects", "lookups"),
      stateDirectory: elsewhere,
      env: { ...env, LOOKUPS: JSON.stringify(Object.fromEntries(lookups)) },
    });
    const up = succeeded(await other.up());
    assert.deepEqual(
      up.changes.filter(({ type }) => !type.startsWith("pulumi:pulumi:")),
      [],
    );
    const { resources: looked = [] } = (await other.exportState()).deployment;
    const shown = looked.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs ?? {};
    for (const { type, entry } of found) {
      const { id, ...values } = shown[type] as Bag;
      assert.equal(id, entry?.id);
      for (const [name, value] of Object.entries(values).filter(([name]) => !isOwnership(name)))
        assert.deepEqual(value, entry?.outputs?.[name], `${type}.${name}`);
    }
    // A destroy forgets what is external, and asks the provider for nothing.
    const owned = looked.filter(({ type, external }) => type.startsWith("pulumi-nodejs:") && !external);
    assert.deepEqual(owned, []);
  });

  it("is rotated, without a link that disconnects", async () => {
    const program = join(folder, "index.ts");
    const text = await readFile(program, "utf8");
    await writeFile(
      program,
      text.replace("  managedInstanceId,\n", `  managedInstanceId,\n  certificateExpiry: "2041-06-01",\n`),
    );
    const { lab } = linked;
    succeeded(await expectKept({ lab, sqlServer, managedInstance }, () => project.up()));
    const bound = await sqlServer.query(
      "SELECT c.name FROM sys.database_mirroring_endpoints e JOIN sys.certificates c ON c.certificate_id = e.certificate_id",
    );
    const own = await sqlServer.query("SELECT name FROM sys.certificates WHERE pvt_key_encryption_type = 'MK'");
    assert.deepEqual(bound, [{ name: "Cert_sqlserver1_endpoint_20410601" }]);
    assert.deepEqual(own, bound, "the one from before the import is gone");
    const trusted = await arm.list(`${managedInstanceId}/serverTrustCertificates`);
    assert.deepEqual(
      trusted.map(({ name }) => name),
      ["Cert_sqlserver1_endpoint_20410601"],
    );
    assert.deepEqual(succeeded(await project.preview({ args: ["--refresh"] })).changes, []);
  });

  it("is destroyed, and leaves only the copy, which is named: it is kept unless asked otherwise", async () => {
    const { stdout } = succeeded(await project.destroy());
    // Pulumi prints a warning beside the resource and among the diagnostics.
    const named = new Set([...stdout.matchAll(/Kept ([^,:]*)/g)].map(([, what]) => what));
    assert.deepEqual([...named], ["the database db1 on the managed instance sqlmi1"]);
    for (const view of [
      "sys.certificates WHERE name NOT LIKE '##%'",
      "sys.endpoints WHERE type = 4",
      "sys.availability_groups",
    ])
      assert.deepEqual(await sqlServer.query(`SELECT name FROM ${view}`), [], view);
    assert.deepEqual(await sqlServer.query("SELECT name FROM sys.symmetric_keys WHERE symmetric_key_id = 101"), []);
    assert.deepEqual(await sqlServer.query("SELECT name FROM sys.extended_properties WHERE class = 0"), []);
    for (const collection of ["distributedAvailabilityGroups", "serverTrustCertificates"])
      assert.deepEqual(await arm.list(`${managedInstanceId}/${collection}`), [], collection);
    const copies = await arm.list(`${managedInstanceId}/databases`);
    assert.deepEqual(
      copies.map(({ name }) => name),
      ["db1"],
    );
  });
});

describe("a link of other names than the components give, imported with the real engine", function () {
  this.timeout(120_000);

  it("is not changed by the up of its single resources, and is destroyed", async () => {
    const folder = await mkdtemp(join(tmpdir(), "mi-link-test-"));
    const sides = await startOtherNames();
    try {
      const { project, commands } = await takenOver(sides.lab.ready, folder);
      succeeded(await runPrinted(project, commands[0]));
      const up = succeeded(await project.up());
      assert.deepEqual([up.changes, up.steps.length], [[], 11]);
      succeeded(await project.destroy());
      const { recordset } = await sides.sqlServer.request().query("SELECT name FROM sys.availability_groups");
      assert.deepEqual([...recordset], []);
    } finally {
      await sides.close();
      await rm(folder, { recursive: true, force: true });
    }
  });
});

/** Outputs that say what the stack itself made: nothing, where it only looks. */
const isOwnership = (name: string): boolean => name === "created" || name === "added";

interface Entry {
  readonly type: string;
  readonly id: string;
  readonly outputs?: Bag;
}

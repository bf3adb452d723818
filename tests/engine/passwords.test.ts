import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Lab, startLab } from "#lab/index";
import { openSqlClient, type SqlClient } from "#tools/clients";
import { compareSnapshots, takeSnapshot } from "#tools/leftovers";
import { type Operation, openProject, type Project, succeeded } from "#tools/pulumi";
import { askedByProvider, type Quickstart, startQuickstart } from "../support/quickstart";
import { repositoryRoot } from "../support/repository";

const printed = ({ stdout, stderr }: Operation) => stdout + stderr;
const times = (text: string, of: RegExp) => [...text.matchAll(of)].length;

// Safety B10 and B18: passwords and the sign-in to Azure, looked at first, and fresh in every run.
describe("passwords in the environment, with the real engine", function () {
  this.timeout(300_000);
  let quickstart: Quickstart;
  before(async () => {
    quickstart = await startQuickstart();
  });
  after(() => quickstart.close());

  /** The same stack, with another environment. */
  const withEnvironment = (changed: Readonly<Record<string, string | undefined>>): Promise<Project> =>
    openProject({
      directory: repositoryRoot,
      stateDirectory: quickstart.folder,
      env: { ...quickstart.env, ...changed },
    });

  for (const [missing, changed, said] of [
    [
      "the sign-in to Azure",
      {
        ARM_CLIENT_ID: undefined,
        ARM_CLIENT_SECRET: undefined,
        ARM_TENANT_ID: undefined,
        AZURE_CONFIG_DIR: "/nonexistent",
      },
      /sign in to Azure/,
    ],
    ["the login's password", { SQL_SERVER_PASSWORD: undefined }, /SQL_SERVER_PASSWORD is not set/],
    ["the master key's password", { MASTER_KEY_PASSWORD: undefined }, /MASTER_KEY_PASSWORD is not set/],
  ] as const)
    it(`leaves nothing behind where one is missing: ${missing}`, async () => {
      const before = await takeSnapshot(quickstart);
      const start = quickstart.lab.journal.entries.length;
      const up = await (await withEnvironment(changed)).up();
      assert.equal(up.ok, false);
      assert.match(printed(up), said);
      for (const entry of askedByProvider(quickstart.lab, start)) {
        // `set` begins each session of the driver.
        if (entry.kind === "statement") assert.match(entry.text, /^\s*(?:SELECT|set)\s/);
        if (entry.kind === "request" && !entry.path.endsWith("/token")) assert.equal(entry.method, "GET", entry.path);
      }
      assert.deepEqual(compareSnapshots(before, await takeSnapshot(quickstart)), []);
    });

  it("are read afresh: after a change of the password, refresh and destroy go on", async () => {
    const before = await takeSnapshot(quickstart);
    succeeded(await quickstart.project.up());
    const [server] = quickstart.lab.ready.sqlServers;
    assert.ok(server);
    await quickstart.sqlServer.query("ALTER LOGIN [sa] WITH PASSWORD = 'Changed-on-the-server-1'");

    const stale = await quickstart.project.refresh();
    assert.equal(stale.ok, false);
    assert.match(printed(stale), /18456/);
    assert.equal(times(printed(stale), /Likely cause: wrong user or password/g), 1, printed(stale));
    assert.doesNotMatch(printed(stale), /run-program/);

    const fresh = await withEnvironment({ SQL_SERVER_PASSWORD: "Changed-on-the-server-1" });
    const { changes } = succeeded(await fresh.destroy({ args: ["--refresh"] }));
    assert.deepEqual([...new Set(changes.map(({ op }) => op))], ["delete"], "the refresh changes nothing");
    assert.deepEqual(compareSnapshots(before, await takeSnapshot(quickstart)), []);
    assert.ok(!JSON.stringify(await fresh.exportState()).includes(server.password));
  });
});

describe("passwords in the configuration, with the real engine", function () {
  this.timeout(300_000);
  let lab: Lab;
  let folder: string;
  let sqlServer: SqlClient;
  let project: Project;
  const masterKeyPassword = "Kept-in-a-safe-place-1";
  const changedPassword = "Changed-on-the-server-1";
  before(async () => {
    [lab, folder] = await Promise.all([startLab(), mkdtemp(join(tmpdir(), "mi-link-test-"))]);
    const [server] = lab.ready.sqlServers;
    assert.ok(server);
    sqlServer = await openSqlClient(server, lab.ready.caFile);
    const directory = join(__dirname, "..", "..", "engine", "projects", "passwords");
    project = await openProject({ directory, stateDirectory: folder });
    await project.config({
      plain: { host: server.host, caFile: lab.ready.caFile },
      secret: { sqlServerPassword: server.password, masterKeyPassword },
    });
    succeeded(await project.up());
    await sqlServer.query(`ALTER LOGIN [sa] WITH PASSWORD = '${changedPassword}'`);
    await project.config({ secret: { sqlServerPassword: changedPassword } });
  });
  after(async () => {
    await sqlServer.close();
    await lab.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("are secrets in the state, where Pulumi keeps all of the configuration", async () => {
    const state = JSON.stringify(await project.exportState());
    assert.ok(!state.includes(masterKeyPassword) && !state.includes(changedPassword));
    const shown = succeeded(await project.run(["stack", "export", "--show-secrets"])).stdout;
    assert.match(shown, /passwords:sqlServerPassword/, "the default provider's inputs");
  });

  it("are those of the last up in refresh and destroy, which say so once, and what to do", async () => {
    for (const run of [await project.refresh(), await project.destroy()]) {
      assert.equal(run.ok, false);
      const text = printed(run);
      assert.equal(times(text, /Likely cause: /g), 1, text);
      assert.match(text, /What to do: .*pulumi refresh --run-program, pulumi destroy --run-program/);
      assert.match(text, /With config:sqlServerPassword, .*use the password of the last pulumi up/);
    }
  });

  it("are the present ones with --run-program", async () => {
    const { changes } = succeeded(await project.refresh({ args: ["--run-program"] }));
    assert.deepEqual(
      changes.filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic")),
      [],
    );
    succeeded(await project.destroy({ args: ["--run-program"] }));
    assert.deepEqual(await sqlServer.query("SELECT name FROM sys.symmetric_keys WHERE symmetric_key_id = 101"), []);
  });
});

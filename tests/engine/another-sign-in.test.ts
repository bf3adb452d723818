import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Lab, startLab } from "#lab/index";
import { openSqlClient, type SqlClient } from "#tools/clients";
import { azureEnvironment } from "#tools/lab";
import { openProject, type Project, succeeded } from "#tools/pulumi";

// Safety B10: a login is no part of what was made with it.
describe("a SQL Server that is signed in to in another way, with the real engine", function () {
  this.timeout(300_000);
  let lab: Lab;
  let folder: string;
  let sqlServer: SqlClient;
  let project: Project;
  before(async () => {
    [lab, folder] = await Promise.all([startLab({ entra: true }), mkdtemp(join(tmpdir(), "mi-link-test-"))]);
    const [server] = lab.ready.sqlServers;
    assert.ok(server);
    sqlServer = await openSqlClient(server, lab.ready.caFile);
    await sqlServer.query(
      "CREATE LOGIN [mi-link-lab] FROM EXTERNAL PROVIDER; ALTER SERVER ROLE sysadmin ADD MEMBER [mi-link-lab]",
    );
    const directory = join(__dirname, "..", "..", "engine", "projects", "entra");
    const passwords = { SQL_SERVER_PASSWORD: server.password, MASTER_KEY_PASSWORD: "Kept-in-a-safe-place-1" };
    const env = { ...azureEnvironment(lab.ready), ...passwords };
    project = await openProject({ directory, stateDirectory: folder, env });
  });
  after(async () => {
    await sqlServer.close();
    await lab.close();
    await rm(folder, { recursive: true, force: true });
  });

  const signInWith = async (settings: object): Promise<void> => {
    const [server] = lab.ready.sqlServers;
    assert.ok(server);
    const { host, port } = server;
    await project.config({
      plain: { sqlServer: JSON.stringify({ host, port, caFile: lab.ready.caFile, ...settings }) },
    });
  };
  const objects = () =>
    sqlServer.query("SELECT name, thumbprint FROM sys.certificates WHERE pvt_key_encryption_type = 'MK'");

  it("keeps what was made: from Microsoft Entra to a password and back everything is updated in place", async () => {
    await signInWith({ authentication: "EntraServicePrincipal", credential: "env:ARM_CLIENT_SECRET" });
    succeeded(await project.up());
    const made = await objects();
    assert.equal(made.length, 1);
    for (const settings of [
      { user: "sa", credential: "env:SQL_SERVER_PASSWORD" },
      { authentication: "EntraDefault" },
    ]) {
      await signInWith(settings);
      const { changes } = succeeded(await project.up());
      assert.deepEqual(
        changes.map(({ type, op }) => [type.split(":").at(-1), op]).sort(),
        [
          ["MasterKey", "update"],
          ["SqlServerCertificate", "update"],
        ],
        JSON.stringify(settings),
      );
    }
    assert.deepEqual(await objects(), made);
  });

  it("has no secret in the state, and is refreshed and taken down by Microsoft Entra's principal", async () => {
    const { stdout } = succeeded(await project.run(["stack", "export", "--show-secrets"]));
    assert.match(stdout, /EntraDefault/);
    assert.doesNotMatch(stdout, /eyJ[\w-]+\.eyJ/);
    assert.ok(!stdout.includes(lab.ready.arm.clientSecret));
    const start = lab.journal.entries.length;
    assert.deepEqual(succeeded(await project.preview({ args: ["--refresh"] })).changes, []);
    succeeded(await project.destroy());
    assert.deepEqual(await objects(), []);
    const logins = lab.journal.entries
      .slice(start)
      .flatMap((entry) => (entry.kind === "connection" && entry.application === "pulumi-mi-link" ? [entry.login] : []));
    assert.deepEqual([...new Set(logins)], ["<token-identified principal>"]);
  });
});

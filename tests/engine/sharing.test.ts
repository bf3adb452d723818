import assert from "node:assert/strict";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { openSqlClient, type SqlClient } from "#tools/clients";
import { compareSnapshots, type Snapshot, takeSnapshot } from "#tools/leftovers";
import { type Operation, openProject, type Project, succeeded } from "#tools/pulumi";
import { type Quickstart, startQuickstart } from "../support/quickstart";
import { repositoryRoot } from "../support/repository";
import { connectedLinks, expectKept } from "../support/watcher";

const program = (name: string) => join(repositoryRoot, "tests", "engine", "projects", name);

/** Two SQL Servers and two managed instances, with a console on each; `sqlServer` and `managedInstance` are the first ones. */
interface Scene extends Quickstart {
  readonly secondServer: SqlClient;
  readonly secondInstance: SqlClient;
  readonly secondInstanceId: string;
}

async function startScene(): Promise<Scene> {
  const quickstart = await startQuickstart(
    { sqlServers: 2, managedInstances: 2, databases: 3 },
    program("shared-servers"),
  );
  const { sqlServers, managedInstances, caFile } = quickstart.lab.ready;
  const [, server] = sqlServers;
  const [, instance] = managedInstances;
  assert.ok(server && instance);
  await quickstart.project.config({
    plain: {
      hosts: JSON.stringify(sqlServers.map(({ host }) => host)),
      managedInstanceIds: JSON.stringify(managedInstances.map(({ id }) => id)),
    },
  });
  const [secondServer, secondInstance] = await Promise.all([server, instance].map((to) => openSqlClient(to, caFile)));
  assert.ok(secondServer && secondInstance);
  return {
    ...quickstart,
    secondServer,
    secondInstance,
    secondInstanceId: instance.id,
    async close() {
      await Promise.all([secondServer.close(), secondInstance.close()]);
      await quickstart.close();
    },
  };
}

/** Both pairs that do not share anything, and so all four sides. */
const snapshots = async (scene: Scene): Promise<readonly Snapshot[]> => [
  await takeSnapshot(scene),
  await takeSnapshot({
    ...scene,
    sqlServer: scene.secondServer,
    managedInstance: scene.secondInstance,
    managedInstanceId: scene.secondInstanceId,
  }),
];

async function assertNothingLeft(scene: Scene, clean: readonly Snapshot[]): Promise<void> {
  const now = await snapshots(scene);
  assert.deepEqual(
    now.flatMap((snapshot, i) => compareSnapshots(clean[i] ?? new Map(), snapshot)),
    [],
  );
  for (const server of [scene.sqlServer, scene.secondServer])
    assert.deepEqual(await server.query("SELECT name FROM sys.extended_properties"), [], "notes");
}

const changes = ({ changes }: Operation) => changes.map(({ op, name }) => `${op} ${name}`).sort();

async function assertClean(project: Project): Promise<void> {
  assert.deepEqual(changes(succeeded(await project.preview({ args: ["--refresh"] }))), []);
}

async function assertConnected(scene: Scene, ...sides: readonly (readonly [SqlClient, SqlClient, string])[]) {
  for (const [sqlServer, managedInstance, link] of sides)
    assert.deepEqual(await connectedLinks({ ...scene, sqlServer, managedInstance }), [link]);
}

// Safety A6: what several pairings share, by the components, with the real engine.
describe("one SQL Server with two managed instances, and another with the first of them, with the real engine", function () {
  this.timeout(300_000);
  let scene: Scene;
  let clean: readonly Snapshot[];
  before(async () => {
    scene = await startScene();
    await scene.secondServer.query(
      "CREATE ENDPOINT [Hadr_endpoint] STATE = STARTED AS TCP (LISTENER_PORT = 5099) FOR DATABASE_MIRRORING (ROLE = ALL, AUTHENTICATION = WINDOWS NEGOTIATE, ENCRYPTION = REQUIRED ALGORITHM AES)",
    );
    clean = await snapshots(scene);
    await scene.project.config({ plain: { shape: "one SQL Server", changed: '{"databaseOnDelete":"Delete"}' } });
    succeeded(await scene.project.up());
  });
  after(() => scene.close());

  const assertAllConnected = () =>
    assertConnected(
      scene,
      [scene.sqlServer, scene.managedInstance, "DAG_db1"],
      [scene.sqlServer, scene.secondInstance, "DAG_db2"],
      [scene.secondServer, scene.managedInstance, "DAG_db3"],
    );
  const kept = (run: () => Promise<Operation>) =>
    expectKept({ ...scene, otherServers: [scene.secondServer], links: ["DAG_db1", "DAG_db3"] }, run);

  // Safety C2
  const endpointBefore = async () =>
    (
      await scene.secondServer.query<{ readonly name: string; readonly port: number; readonly methods: string }>(
        "SELECT e.name, t.port, e.connection_auth_desc AS methods FROM sys.database_mirroring_endpoints e JOIN sys.tcp_endpoints t ON t.endpoint_id = e.endpoint_id",
      )
    ).map((row) => ({ ...row }));

  it("find an endpoint whatever its name, keep it with port and Windows authentication, and serve links over it", async () => {
    await assertAllConnected();
    const kept = { name: "Hadr_endpoint", port: 5099, methods: "NEGOTIATE, CERTIFICATE" };
    assert.deepEqual(await endpointBefore(), [kept]);
  });

  it("change by themselves: one link goes, another is changed, and the parts stay when the PreparedServer goes", async () => {
    const { project, sqlServer, secondServer, managedInstance } = scene;
    const changed = { databaseOnDelete: "Delete", replicationMode: "Sync" };
    await project.config({ plain: { shape: "one pair", changed: JSON.stringify(changed) } });
    const up = succeeded(await kept(() => project.up()));
    const gone = up.changes.filter(({ op }) => op === "delete");
    assert.equal(gone.length, 9, up.stdout);
    for (const { name } of gone) assert.ok(name.startsWith("second") || name === "pair", name);
    assert.deepEqual(
      changes(up).filter((change) => !change.startsWith("delete ")),
      ["update first-dag", "update first-link"],
    );
    await assertConnected(scene, [sqlServer, managedInstance, "DAG_db1"], [secondServer, managedInstance, "DAG_db3"]);
    const modes = await sqlServer.query<{ mode: string }>(
      "SELECT DISTINCT r.availability_mode_desc AS mode FROM sys.availability_replicas r JOIN sys.availability_groups g ON g.group_id = r.group_id WHERE g.is_distributed = 1",
    );
    assert.deepEqual(modes, [{ mode: "SYNCHRONOUS_COMMIT" }]);
    await assertClean(project);
  });

  it("comes from one with one: the SQL Server's parts move to a PreparedServer of the pairing's name, as they are", async () => {
    const { project, arm, secondInstanceId } = scene;
    // The copy of the first time, which "Keep" has kept.
    await arm.delete(`${secondInstanceId}/databases/db2`);
    await project.config({ plain: { shape: "one SQL Server" } });
    const created = [
      "PreparedServer pair",
      "InstancePairing second",
      "TrustCertificate second-trust",
      "ManagedInstanceCertificate second-instance-certificate",
      "ManagedInstanceLink second",
      "FullRecoveryDatabase second-database",
      "AvailabilityGroup second-group",
      "DistributedAvailabilityGroup second-dag",
      "InstanceLink second-link",
    ];
    const up = succeeded(await kept(() => project.up()));
    const steps = up.changes.map(({ op, type, name }) => `${op} ${type.split(":").at(-1)} ${name}`);
    assert.deepEqual(steps.sort(), created.map((each) => `create ${each}`).sort());
    await assertAllConnected();
    await assertClean(project);
  });

  it("leaves nothing behind, and the endpoint that was there as it was found", async () => {
    const { project, arm, managedInstanceId, secondInstanceId } = scene;
    succeeded(await project.destroy());
    await arm.delete(`${secondInstanceId}/databases/db2`);
    await arm.delete(`${managedInstanceId}/databases/db3`);
    assert.deepEqual(await endpointBefore(), [{ name: "Hadr_endpoint", port: 5099, methods: "NEGOTIATE" }]);
    await assertNothingLeft(scene, clean);
  });
});

describe("links in another stack than the SQL Server's part and the pairing, with the real engine", function () {
  this.timeout(300_000);
  let scene: Scene;
  let links: Project;
  let clean: readonly Snapshot[];
  const password = "Of-the-links-1";
  before(async () => {
    scene = await startScene();
    const { lab, project, sqlServer, folder, env, secondInstanceId } = scene;
    // The stack of the links signs in as somebody else.
    await sqlServer.query(`CREATE LOGIN links WITH PASSWORD = N'${password}'`);
    await sqlServer.query("ALTER SERVER ROLE sysadmin ADD MEMBER links");
    clean = await snapshots(scene);
    await project.config({ plain: { shape: "no links" } });
    succeeded(await project.up());
    links = await openProject({
      directory: program("links-elsewhere"),
      stateDirectory: join(folder, "links"),
      env: { ...env, LINKS_PASSWORD: password, PULUMI_BACKEND_URL: `file://${join(folder, "state")}` },
    });
    const host = lab.ready.sqlServers[0]?.host ?? "";
    await links.config({
      plain: { sqlServerHost: host, sqlServerUser: "links", sqlServerCaFile: lab.ready.caFile, secondInstanceId },
    });
    succeeded(await links.up());
  });
  after(() => scene.close());

  const connected = () =>
    assertConnected(
      scene,
      [scene.sqlServer, scene.managedInstance, "DAG_db1"],
      [scene.sqlServer, scene.secondInstance, "DAG_db2"],
    );

  it("get to know no password, and no state shows one", async () => {
    await connected();
    const outputs = await scene.project.outputs();
    const { sqlServer } = outputs.pairing as { readonly sqlServer: object };
    assert.deepEqual(Object.keys(sqlServer).sort(), ["caFile", "host", "user"]);
    const server = await scene.project.exportState();
    const { resources = [] } = server.deployment;
    const linksState = await links.exportState();
    assert.ok(resources.length > 0 && linksState.deployment.resources?.length);
    const states = JSON.stringify([outputs, server, linksState]);
    for (const secret of [...scene.secrets, password]) assert.ok(!states.includes(secret), "a secret is shown");
    const prepared = resources.find(({ type }) => type === "mi-link:index:PreparedServer");
    const shown = Object.keys(prepared?.outputs ?? {}).filter((name) => /password|sqlServer$/i.test(name));
    assert.deepEqual(
      [shown, Object.keys(prepared?.outputs?.sqlServer ?? {}).sort()],
      [["sqlServer"], ["caFile", "host", "user"]],
    );
  });

  it("stay connected when either stack changes, and the port is not taken from under them", async () => {
    const { project, lab, folder } = scene;
    const kept = (run: () => Promise<Operation>) => expectKept({ ...scene, links: ["DAG_db1"] }, run);
    const sqlServerCaFile = join(folder, "the-same-authority.pem");
    await copyFile(lab.ready.caFile, sqlServerCaFile);
    await project.config({ plain: { sqlServerCaFile, changed: '{"port":5099}' } });
    const refused = await kept(() => project.up());
    assert.equal(refused.ok, false);
    assert.match(refused.stdout, /connected over it: .*DAG_db1.*DAG_db2.*Nothing was changed/s);
    await connected();

    await links.config({ plain: { replicationMode: "Sync" } });
    assert.deepEqual(changes(succeeded(await kept(() => links.up()))), ["update second-dag", "update second-link"]);
    await connected();
  });

  it("stay connected in a rotation, which is refused until the other stack, too, has uploaded the new certificate", async () => {
    const { project, sqlServer, secondInstance, managedInstance } = scene;
    // The other file of the authority is new to the endpoint and to the outputs, too.
    await project.config({ plain: { changed: '{"certificateExpiry":"2090-01-01"}' } });
    const kept = (managed: SqlClient, link: string, run: () => Promise<Operation>) =>
      expectKept({ ...scene, sqlServer, managedInstance: managed, links: [link] }, run);
    const rotate = () => kept(managedInstance, "DAG_db1", () => project.up());
    const refused = await rotate();
    assert.notEqual(refused.code, 0);
    assert.match(
      refused.stdout,
      /sqlmi2 does not have it; linked over DAG_db2; .*second-trust of the stack organization\/links-elsewhere\/dev .*\n.*Nothing was changed[\s\S]*run pulumi up there first \(organization\/links-elsewhere\/dev\)/,
    );
    const uploaded = succeeded(await kept(secondInstance, "DAG_db2", () => links.up()));
    assert.ok(changes(uploaded).includes("create-replacement second-trust"), uploaded.stdout);
    assert.match(
      uploaded.stdout,
      /Kept the certificate \S+ on the managed instance sqlmi2: [^\n]*Once the endpoint shows the new one/,
    );
    succeeded(await rotate());
    await connected();
    const old = await scene.arm.list(`${scene.secondInstanceId}/serverTrustCertificates`);
    assert.equal(old.length, 2, "the old one stays on the second instance until its stack is next at it");
  });

  it("have nothing to do then, in either stack", async () => {
    await assertClean(scene.project);
    await assertClean(links);
  });

  it("go without taking along what they were built on, and leave nothing behind", async () => {
    succeeded(await links.destroy());
    await assertClean(scene.project);
    succeeded(await scene.project.destroy());
    await assertNothingLeft(scene, clean);
  });
});

import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Lab, startLab } from "#lab/index";
import { openArmClient, openSqlClient } from "#tools/clients";
import { quickstartEnvironment } from "#tools/lab";
import { hermeticEnvironment, openProject, type Project, succeeded } from "#tools/pulumi";
import { runQuietly } from "#tools/setup/child";
import { makeLinkByHand } from "../support/link-by-hand";
import { lookingAgainSoon } from "../support/quickstart";
import { repositoryRoot } from "../support/repository";
import { isFull } from "../support/sample";

/** All in `npm run test:matrix`; a few prove as much. */
const databases = Array.from({ length: isFull ? 100 : 5 }, (_, i) => `db${i + 1}`);

describe("the examples, with the real engine", function () {
  this.timeout(isFull ? 1_800_000 : 300_000);
  let lab: Lab;
  let folder: string;
  let state: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "mi-link-examples-"));
    state = join(folder, "state");
    await mkdir(state);
    lab = await startLab({ sqlServers: 7, managedInstances: 6, databases: databases.length });
  });
  after(async () => {
    await lab.close();
    await rm(folder, { recursive: true, force: true });
  });

  const environment = (password = "") => ({
    ...quickstartEnvironment(lab.ready),
    ...lookingAgainSoon(),
    SQL_SERVER_PASSWORD: password,
    PULUMI_BACKEND_URL: `file://${state}`, // one for all, as stacks look into each other
  });
  const numbered = (number: number) => {
    const [server, instance] = [lab.ready.sqlServers[number], lab.ready.managedInstances[number]];
    assert.ok(server && instance);
    return { server, id: instance.id };
  };
  type Server = ReturnType<typeof numbered>["server"];

  /** A program of the examples, with what all of them are configured with. */
  async function open(example: string, { host, user, password }: Server, own: Readonly<Record<string, string>>) {
    const project = await openProject({
      directory: join(repositoryRoot, "examples", example),
      stateDirectory: join(folder, example),
      env: environment(password),
    });
    const plain = { sqlServerHost: host, sqlServerUser: user, sqlServerCaFile: lab.ready.caFile, ...own };
    await project.config({ plain });
    return project;
  }

  async function upAndClean(...projects: readonly Project[]): Promise<void> {
    for (const project of projects) succeeded(await project.up());
    for (const project of projects) assert.deepEqual(succeeded(await project.preview()).changes, []);
  }

  async function ask<Row>(server: Server, text: string): Promise<Row[]> {
    const client = await openSqlClient(server, lab.ready.caFile);
    const rows = await client.query<Row>(text);
    await client.close();
    return rows;
  }
  /** The databases whose link SQL Server finds healthy. */
  async function linkedOn(server: Server): Promise<string[]> {
    const rows = await ask<{ name: string }>(
      server,
      "SELECT g.name FROM sys.availability_groups g JOIN sys.dm_hadr_availability_replica_states s ON s.group_id = g.group_id WHERE g.is_distributed = 1 AND s.is_local = 0 AND s.connected_state_desc = 'CONNECTED' AND s.synchronization_health_desc = 'HEALTHY'",
    );
    return rows.map(({ name }) => name.replace(/^DAG_/, "")).sort();
  }

  it("existing-server takes over a link that was made by hand, as it is, and has nothing to do then", async () => {
    const { server, id } = numbered(0);
    const [instance] = lab.ready.managedInstances;
    assert.ok(instance);
    const [sqlServer, managedInstance] = await Promise.all([
      openSqlClient(server, lab.ready.caFile),
      openSqlClient(instance, lab.ready.caFile),
    ]);
    const arm = await openArmClient(lab.ready.arm, lab.ready.caFile);
    const names = await makeLinkByHand({ lab, sqlServer, managedInstance, arm, managedInstanceId: id });
    await Promise.all([sqlServer.close(), managedInstance.close()]);
    const own = {
      certificateName: names.certificate,
      database: names.database,
      instanceGroupName: names.instanceGroup,
    };
    const project = await open("existing-server", server, { managedInstanceId: id, ...own });
    const since = lab.journal.entries.length;
    await upAndClean(project);
    const changes = lab.journal.entries
      .slice(since)
      .filter((entry) =>
        entry.kind === "request"
          ? ["PUT", "PATCH", "DELETE"].includes(entry.method)
          : entry.kind === "statement" && /^(CREATE|ALTER|DROP|BACKUP)\b/.test(entry.text.trim()),
      );
    assert.deepEqual(changes, []);
    assert.deepEqual(await linkedOn(server), [names.database]);
  });

  it(`many-databases links ${databases.length} of its 100 databases, and has nothing to do then`, async () => {
    const { server, id } = numbered(1);
    const few: Readonly<Record<string, string>> = isFull ? {} : { databases: JSON.stringify(databases) };
    await upAndClean(await open("many-databases", server, { managedInstanceId: id, ...few }));
    assert.deepEqual(await linkedOn(server), databases.toSorted());
  });

  it("two-regions links one SQL Server with two managed instances, and has nothing to do then", async () => {
    const { server, id } = numbered(2);
    const regions = {
      westeurope: { managedInstanceId: id, databases: ["db1"] },
      northeurope: { managedInstanceId: numbered(3).id, databases: ["db2"] },
    };
    await upAndClean(await open("two-regions", server, { regions: JSON.stringify(regions) }));
    assert.deepEqual(await linkedOn(server), ["db1", "db2"]);
  });

  it("shared-pairing links databases over the pairing of another stack, and neither has anything to do then", async () => {
    const { server, id } = numbered(4);
    const links = { pairingStack: "organization/mi-link-shared-pairing/dev", databases: '["db1", "db2"]' };
    await upAndClean(
      await open("shared-pairing/pairing", server, { managedInstanceId: id }),
      await open("shared-pairing/links", server, links),
    );
    assert.deepEqual(await linkedOn(server), ["db1", "db2"]);
  });

  it("real-sql-server makes the half that needs no Azure, and has nothing to do then", async () => {
    const { server } = numbered(3);
    await upAndClean(await open("real-sql-server", server, { database: "db1" }));
    const groups = await ask(server, "SELECT name FROM sys.availability_groups");
    assert.deepEqual(
      groups.map((row) => ({ ...(row as object) })),
      [{ name: "AG_db1" }],
    );
  });

  it("fleet brings up what it can reach, says what it can't, and has nothing to do for the rest then", async () => {
    const [first, second] = [numbered(5), { server: lab.ready.sqlServers[6] }];
    assert.ok(second.server);
    const common = { user: "sa", caFile: lab.ready.caFile, managedInstanceId: first.id };
    const servers = [
      { ...common, name: "berlin", host: first.server.host, credential: "env:BERLIN_PASSWORD", databases: ["db1"] },
      { ...common, name: "lisbon", host: second.server.host, credential: "env:LISBON_PASSWORD", databases: ["db2"] },
      { ...common, name: "oslo", host: "127.0.0.2", credential: "env:BERLIN_PASSWORD", databases: ["db3"] },
    ];
    const list = join(folder, "servers.json");
    await writeFile(list, JSON.stringify(servers));
    const passwords = { BERLIN_PASSWORD: first.server.password, LISBON_PASSWORD: second.server.password };
    const stateDirectory = join(folder, "fleet");
    const env = hermeticEnvironment({ stateDirectory, env: { ...environment(), ...passwords } });
    const run = (command: string) =>
      runQuietly(process.execPath, ["index.ts", command, list], {
        cwd: join(repositoryRoot, "examples", "fleet"),
        env,
      });

    const up = await run("up");
    assert.equal(up.code, 1, up.output);
    const summary = up.output.trimEnd().split("\n").slice(-3);
    assert.deepEqual(summary.slice(0, 2), ["berlin  13 create", "lisbon  13 create"]);
    assert.match(summary[2] ?? "", /^oslo {4}FAILED: .*127\.0\.0\.2/);
    assert.deepEqual([await linkedOn(first.server), await linkedOn(second.server)], [["db1"], ["db2"]]);

    await writeFile(list, JSON.stringify(servers.slice(0, 2)));
    const preview = await run("preview");
    assert.equal(preview.code, 0, preview.output);
    assert.deepEqual(preview.output.trimEnd().split("\n").slice(-2), ["berlin  13 same", "lisbon  13 same"]);
  });
});

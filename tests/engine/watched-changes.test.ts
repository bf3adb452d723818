import assert from "node:assert/strict";
import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { SqlClient } from "#tools/clients";
import { type Operation, succeeded } from "#tools/pulumi";
import { askedByProvider, type Quickstart } from "../support/quickstart";
import { startWatchedLinks, type WatchedLinks } from "../support/watched-links";
import { connectedLinks, expectKept, type Watched } from "../support/watcher";

// Safety A2 and A3, and "What it must show": the watcher, and that a link is never the price of an error.
describe("a change that is documented as keeping the link, with the real engine", function () {
  this.timeout(300_000);
  let links: WatchedLinks;
  let quickstart: Quickstart;
  let secondServer: SqlClient;
  let watched: Watched;
  const added: Record<string, object> = { pairing: { preflight: true }, component: { preflight: true } };

  before(async () => {
    links = await startWatchedLinks(added);
    ({ quickstart, secondServer, watched } = links);
  });
  after(() => links?.close());

  afterEach(() => quickstart.lab.faults.clear());

  /** Adds arguments to those of the program, by resource. */
  async function change(args: Readonly<Record<string, object>>): Promise<void> {
    Object.assign(added, args);
    await quickstart.project.config({ plain: { added: JSON.stringify(added) } });
  }
  /** Neither link was lost before, and neither is lost by the run, whether it fails or not. */
  async function kept(run: () => Promise<Operation>): Promise<Operation> {
    assert.deepEqual(await connectedLinks(watched), ["DAG_db1", "DAG_db2"], "links that are connected before the run");
    return await expectKept(watched, run);
  }
  /** Without the looks of a refresh that found nothing. */
  const changed = ({ changes }: Operation) =>
    changes.flatMap(({ op, name }) => (op === "refresh" ? [] : [`${op} ${name}`])).sort();

  it("was tested before the first create, both sides and the database, and reads only until then", () => {
    const [server] = quickstart.lab.ready.sqlServers;
    const asked = askedByProvider(quickstart.lab).filter(
      (entry) => !("instance" in entry) || entry.instance === server?.name,
    );
    const at = (isIt: (text: string) => boolean) =>
      asked.findIndex((entry) =>
        isIt(entry.kind === "statement" ? entry.text : entry.kind === "request" ? entry.path : ""),
      );
    const [tested, made] = [
      at((text) => text.includes("DBCC TRACESTATUS")),
      at((text) => text.includes("CREATE MASTER KEY")),
    ];
    assert.ok(0 < tested && tested < made, `${tested} before ${made}`);
    const isAzureTested = at((path) => path.endsWith("/Microsoft.Authorization/permissions"));
    assert.ok(0 < isAzureTested && isAzureTested < made, `${isAzureTested} before ${made}`);
    const databases = asked.filter((entry) => entry.kind === "statement" && entry.text.includes("d.name IN (N'db1')"));
    assert.ok(databases.length > 0);
  });

  it("keeps it: what is only remembered, names, and roots and patterns added and removed", async () => {
    const { lab, project } = quickstart;
    const later = { databaseOnDelete: "Delete", seedingTimeoutMinutes: 90 };
    const [microsoft] = await secondServer.query<{ der: Buffer }>(
      "SELECT CERTENCODED(CERT_ID(N'MicrosoftPKI')) AS der",
    );
    await change({
      pairing: {},
      component: { ...later, backupDisk: "/var/opt/mssql/data/other1.bak" },
      database: { backupDisk: "/var/opt/mssql/data/other2.bak" },
      link: later,
      "distributed-group": { managedInstanceName: lab.ready.managedInstances[0]?.name },
      roots: { roots: { Microsoft: microsoft?.der.toString("hex") }, dnsPattern: "*.windows.net" },
    });
    const up = succeeded(await kept(() => project.up()));
    assert.deepEqual(changed(up), [
      "update component-database",
      "update component-link",
      "update database",
      "update distributed-group",
      "update link",
      "update roots",
    ]);
  });

  /** A login and files of its own, as the arguments of both servers. */
  async function anotherLogin() {
    const { lab, folder, sqlServer } = quickstart;
    const password = "Another-login-1";
    for (const server of [sqlServer, secondServer]) {
      await server.query(`CREATE LOGIN another WITH PASSWORD = N'${password}'`);
      await server.query("ALTER SERVER ROLE sysadmin ADD MEMBER another");
    }
    await writeFile(join(folder, "another"), password);
    await copyFile(lab.ready.caFile, join(folder, "another.pem"));
    return { user: "another", credential: `file:${folder}/another`, caFile: join(folder, "another.pem") };
  }

  it("keeps it: synchronous, with another login, password file and CA file, and asynchronous again", async () => {
    const { arm, managedInstanceId, managedInstance, project } = quickstart;
    await change({ sqlServer: await anotherLogin() });
    for (const [replicationMode, availabilityMode] of [
      ["Sync", "SYNCHRONOUS_COMMIT"],
      ["Async", "ASYNCHRONOUS_COMMIT"],
    ]) {
      await change({ link: { replicationMode }, "distributed-group": { availabilityMode } });
      const steps = changed(succeeded(await kept(() => project.up())));
      if (replicationMode === "Async") assert.deepEqual(steps, ["update distributed-group", "update link"]);
      else assert.ok(steps.length >= 16 && steps.every((step) => step.startsWith("update ")), steps.join("\n"));
      const link = await arm.get(`${managedInstanceId}/distributedAvailabilityGroups/DAG_db2`);
      assert.equal((link as { properties: { replicationMode: string } }).properties.replicationMode, replicationMode);
      for (const side of [secondServer, managedInstance])
        assert.deepEqual(await side.query(modesQuery), [{ mode: availabilityMode }, { mode: availabilityMode }]);
    }
  });

  it("keeps it: a rotation whose upload is refused, taken back", async () => {
    const { lab, project } = quickstart;
    await change({ pairing: { certificateExpiry: "2090-01-01" }, certificate: { expiry: "2090-01-01" } });
    lab.faults.add({
      ...upload,
      answer: { status: 403, code: "AuthorizationFailed", message: "not allowed" },
    });
    assert.match((await kept(() => project.up())).stdout, /AuthorizationFailed/);
    lab.faults.clear();
    await change({ pairing: {}, certificate: {} });
    succeeded(await kept(() => project.up()));
    const { sqlServer, arm, managedInstanceId } = quickstart;
    for (const server of [sqlServer, secondServer]) {
      const own = await server.query("SELECT name FROM sys.certificates WHERE pvt_key_encryption_type = 'MK'");
      assert.equal(own.length, 1, "nothing of the failed attempt is left");
    }
    assert.equal((await arm.list(`${managedInstanceId}/serverTrustCertificates`)).length, 2);
  });

  it("keeps it: a rotation by date, by name and by subject, while uploads take long, in two attempts", async () => {
    const { lab, project } = quickstart;
    await change({
      pairing: { certificateExpiry: "2090-01-01" },
      certificate: { expiry: "2091-01-01", certificateName: "Rotated", subject: "The link's" },
    });
    lab.faults.add({ ...upload, delayMilliseconds: 2000 });
    lab.faults.add({ on: "statement", matching: "ALTER ENDPOINT", times: "always", error: { number: 15151 } });
    assert.match((await kept(() => project.up())).stdout, /15151/);
    lab.faults.clear();
    lab.faults.add({ ...upload, delayMilliseconds: 2000 });
    succeeded(await kept(() => project.up()));
  });

  it("keeps it: the managed instance's certificate, which Azure has renewed, imported in two attempts, and nothing else is left to do", async () => {
    const { lab, project } = quickstart;
    await lab.renewCertificate("sqlmi1");
    lab.faults.add({
      on: "statement",
      matching: "CREATE CERTIFICATE.*FROM BINARY",
      times: "always",
      error: { number: 15297 },
    });
    const failed = await kept(() => project.up({ args: ["--refresh"] }));
    assert.match(failed.stdout, /15297/);
    lab.faults.clear();
    const both = ["update instance-certificate", "update pairing-instance-certificate"];
    assert.deepEqual([...new Set(changed(failed))], both, "all that the refresh found");
    assert.deepEqual(changed(succeeded(await kept(() => project.up()))), both);
  });

  it("keeps it: another name of the trust certificate, given or refused, and taken back", async () => {
    const { project } = quickstart;
    await change({ trust: { certificateName: "Another name" } });
    await kept(() => project.up());
    await change({ trust: {} });
    assert.deepEqual(changed(succeeded(await kept(() => project.up({ args: ["--refresh"] })))), []);
  });
});

/** How both members of the second link commit, as one side has it. */
const modesQuery = `SELECT r.availability_mode_desc AS mode FROM sys.availability_groups g
  JOIN sys.availability_replicas r ON r.group_id = g.group_id WHERE g.name = N'DAG_db2'`;

/** Of a SQL Server's public key to Azure. */
const upload = { on: "request", method: "PUT", matching: "serverTrustCertificates", times: "always" } as const;

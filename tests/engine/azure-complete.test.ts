import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { JournalEntry } from "#lab/index";
import { compareSnapshots, takeSnapshot } from "#tools/leftovers";
import { type Operation, succeeded } from "#tools/pulumi";
import { runQuietly } from "#tools/setup/child";
import { installExample } from "../support/installed-example";
import { type Quickstart, startQuickstart } from "../support/quickstart";
import { repositoryRoot } from "../support/repository";
import { type LinuxHost, openLinuxHost } from "./stand-ins/linux-host";
import { hasCommandPlugin, placeStandIns, standIns } from "./stand-ins/on-path";

/** The host of the lab's SQL Server is this machine. SSH to it is what the stand-in does without. */
const ssh: Record<string, string> = hasCommandPlugin ? {} : { sshUser: "admin", sshPrivateKey: "a key" };

const typed = ({ changes }: Operation) =>
  changes.map(({ op, type, name }) => `${op} ${type.replace("pulumi-nodejs:dynamic/mi-link:", "")} ${name}`).sort();

describe(`examples/azure-complete, with the real engine and stand-ins for the plugins of ${standIns.join(" and ")}`, function () {
  this.timeout(600_000); // the first time, its packages are installed
  let folder: string;
  let path: string;
  let example: Awaited<ReturnType<typeof installExample>>;
  let quickstart: Quickstart;
  let host: LinuxHost;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "mi-link-test-"));
    path = join(folder, "bin");
    await placeStandIns(path);
    example = await installExample("azure-complete");
    quickstart = await startQuickstart({ alwaysOn: false }, example.directory, [path]);
    host = await openLinuxHost(quickstart.lab, "sqlserver1", path);
    const [, , , , resourceGroup = "", , , , managedInstance = ""] = quickstart.managedInstanceId.split("/");
    await quickstart.project.config({
      plain: { resourceGroup, managedInstance, adminGroup: "DBAs", adminGroupId: crypto.randomUUID(), ...ssh },
    });
  });
  after(async () => {
    await host?.close();
    await quickstart?.close();
    await example?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  it("compiles with the packages as they are published", async () => {
    const compiler = join(repositoryRoot, "node_modules", "typescript-native", "bin", "tsc");
    const compiled = await runQuietly(process.execPath, [compiler, "-p", example.directory]);
    assert.deepEqual(compiled, { code: 0, output: "" });
  });

  it("comes up from nothing, stays as it is, and goes in the order that leaves nothing", async () => {
    const { project, lab } = quickstart;
    const clean = await takeSnapshot(quickstart);

    const preview = succeeded(await project.preview());
    const made = typed(preview).filter((change) => /azure-native|command/.test(change));
    assert.deepEqual(made, [
      "create azure-native:network:NetworkSecurityGroup security-group",
      "create azure-native:network:RouteTable routes",
      "create azure-native:network:SecurityRule link-inbound",
      "create azure-native:network:SecurityRule link-outbound",
      "create azure-native:network:Subnet subnet",
      "create azure-native:network:VirtualNetwork network",
      "create azure-native:resources:ResourceGroup group",
      "create azure-native:sql:ManagedInstance instance",
      `create command:${ssh.sshUser ? "remote" : "local"}:Command always-on`,
    ]);
    assert.deepEqual(host.asked, [], "a preview runs no command");

    succeeded(await project.up());
    assert.equal((await quickstart.verify()).connected, true);
    assert.equal(host.asked.at(-1), "systemctl restart mssql-server");
    assert.deepEqual(lab.sqlServer("sqlserver1").startupTraceFlags, [1800, 9567]);
    const early = lab.journal.entries.slice(0, host.restartedAt);
    const isOurs = (entry: JournalEntry) => entry.kind !== "request" && entry.application === "pulumi-mi-link";
    assert.deepEqual(early.filter(isOurs), [], "nothing asks SQL Server before it is prepared");
    const { resources = [] } = await project.exportState().then(({ deployment }) => deployment);
    const inputs = (name: string) => resources.find(({ urn }) => urn.endsWith(`::${name}`))?.inputs ?? {};
    const idOf = (name: string) => resources.find(({ urn }) => urn.endsWith(`::${name}`))?.id;
    const { delegations, networkSecurityGroup, routeTable } = inputs("subnet");
    assert.deepEqual(
      [delegations, networkSecurityGroup, routeTable],
      [
        [{ name: "managed-instances", serviceName: "Microsoft.Sql/managedInstances" }],
        { id: idOf("security-group") },
        { id: idOf("routes") },
      ],
    );
    const sqlServer = lab.ready.sqlServers[0]?.host;
    for (const [name, sourceAddressPrefix, destinationAddressPrefix] of [
      ["link-inbound", sqlServer, "10.70.0.0/27"],
      ["link-outbound", "10.70.0.0/27", sqlServer],
    ] as const) {
      const rule = inputs(name);
      assert.deepEqual(
        [rule.sourceAddressPrefix, rule.destinationAddressPrefix],
        [sourceAddressPrefix, destinationAddressPrefix],
      );
      assert.deepEqual(rule.destinationPortRanges, ["5022", "11000-11999"]);
    }
    assert.equal(inputs("instance").subnetId, idOf("subnet"));
    assert.equal(idOf("instance"), quickstart.managedInstanceId);

    const asked = host.asked.length;
    assert.deepEqual(typed(succeeded(await project.preview())), []);
    assert.equal(host.asked.length, asked);

    // The stand-in deletes no instance that has a link or a certificate still.
    succeeded(await project.destroy());
    await quickstart.arm.delete(`${quickstart.managedInstanceId}/databases/db1`);
    assert.deepEqual(compareSnapshots(clean, await takeSnapshot(quickstart)), []);
  });

  it("restarts no SQL Server whose host is prepared already", async () => {
    const before = host.asked.length;
    const script = join(repositoryRoot, "examples", "azure-complete", "prepare-linux.sh");
    const env = { ...process.env, PATH: [path, process.env.PATH].join(delimiter) };
    const ran = await runQuietly("/bin/sh", [script], { env });
    assert.deepEqual(ran, { code: 0, output: "Always On and the trace flags 1800 and 9567 were on already\n" });
    assert.deepEqual(host.asked.slice(before), ["cat /var/opt/mssql/mssql.conf"]);
  });
});

import assert from "node:assert/strict";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { type Operation, succeeded } from "#tools/pulumi";
import { type Quickstart, startQuickstart } from "../support/quickstart";

const warned = ({ diagnostics }: Operation) =>
  diagnostics.flatMap(({ severity, ephemeral, urn = "", message }) =>
    severity === "warning" && !ephemeral ? [`${urn.slice(urn.lastIndexOf("::") + 2)}: ${message}`] : [],
  );
const changes = ({ changes }: Operation) => changes.map(({ op, name }) => `${op} ${name}`).sort();

// Safety B8, B17
describe("what is said of a running link, with the real engine", function () {
  this.timeout(300_000);
  let quickstart: Quickstart;
  before(async () => {
    quickstart = await startQuickstart();
    const up = succeeded(await quickstart.project.up());
    assert.deepEqual(warned(up), []);
    assert.equal((await quickstart.verify()).connected, true);
  });
  after(() => quickstart.close());

  it("is no replacement when only the way to SQL Server changes: what an update leaves alone is known in the preview", async () => {
    const { project, lab, folder } = quickstart;
    const caFile = join(folder, "the-same-authority.pem");
    await copyFile(lab.ready.caFile, caFile);
    await project.config({ plain: { sqlServerCaFile: caFile } });
    const preview = succeeded(await project.preview());
    const updated = [
      "pairing-master-key",
      "pairing-certificate",
      "pairing-roots",
      "pairing-instance-certificate",
      "pairing-endpoint",
      "link-database",
      "link-group",
      "link-dag",
      "link-link",
      "pairing-trust",
    ].map((name) => `update ${name}`);
    assert.deepEqual(changes(preview), [...updated].sort());
    assert.deepEqual(warned(preview), []);
    const changed = succeeded(await project.up());
    assert.deepEqual(changes(changed), [...updated].sort(), "the preview showed something else");
    assert.deepEqual(warned(changed), []);
  });

  it("is that its certificates expired and that it is down, in refresh, preview and up alike", async () => {
    const { project, lab } = quickstart;
    lab.clock.advance(400 * 86_400_000);
    await lab.restart(lab.ready.sqlServers[0]?.name ?? "");
    const wanted = [
      /^link-dag: .*was not connected.*Last connection error 1474: .*certificate used by this endpoint is expired.*Likely cause: .*What to do: .*errors\.md#1474/s,
      /^link-link: .*was not connected.*Error of the link in Azure: 41976.*Likely cause: .*What to do: .*errors\.md#41976/s,
      /^pairing-certificate: .* expired on \d{4}-\d\d-\d\d \(UTC\).*What to do: .*certificateExpiry/s,
      /^pairing-instance-certificate: .* expired on \d{4}-\d\d-\d\d \(UTC\).*What to do: pulumi refresh/s,
      /^pairing-trust: .* expired on \d{4}-\d\d-\d\d \(UTC\).*What to do: .*certificateExpiry/s,
    ];
    for (const [run, operation] of [
      ["refresh", await project.refresh()],
      ["preview", await project.preview()],
      ["up", await project.up()],
    ] as const) {
      const said = warned(succeeded(operation)).sort();
      assert.deepEqual(changes(operation), [], run);
      assert.equal(said.length, wanted.length, `${run}: ${said.join("\n")}`);
      for (const [i, text] of said.entries()) assert.match(text, wanted[i] ?? /^$/, `${run}: ${text}`);
    }
    const { resources = [] } = (await project.exportState()).deployment;
    const outputs = (type: string) => resources.find((resource) => resource.type === `mi-link:index:${type}`)?.outputs;
    const pairing = outputs("InstancePairing");
    assert.deepEqual(
      [pairing?.certificateValidity, pairing?.managedInstanceCertificateValidity],
      ["Expired", "Expired"],
    );
    assert.match(String(pairing?.certificateExpiryDate), /^\d{4}-\d\d-\d\d$/);
    const { mostRecentLinkError, lastConnectErrorNumber, ...link } = outputs("ManagedInstanceLink") ?? {};
    assert.deepEqual([link.role, link.connectedState, link.health], ["Secondary", "DISCONNECTED", "NotConnected"]);
    assert.match(String(mostRecentLinkError), /^\d+$/);
    assert.ok(Number(lastConnectErrorNumber) > 0);
  });
});

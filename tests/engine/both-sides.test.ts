import assert from "node:assert/strict";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { type Operation, succeeded } from "#tools/pulumi";
import { callOf } from "../support/calls";
import { askedByProvider, type Quickstart, startQuickstart } from "../support/quickstart";
import { type Entry, readTranscript } from "../support/transcript-file";

const changes = ({ changes }: Operation) => changes.map(({ op, name }) => `${op} ${name}`).sort();
const messages = ({ diagnostics }: Operation) => diagnostics.map(({ message }) => message).join("\n");
const warned = ({ diagnostics }: Operation) =>
  diagnostics.flatMap(({ severity, ephemeral, urn = "", message }) =>
    severity === "warning" && !ephemeral ? [`${urn.slice(urn.lastIndexOf("::") + 2)}: ${message}`] : [],
  );

/** What docs/features.md says of the quick start, asked of both sides by their own queries, and what is said of it (safety B8, B17). */
describe("what the quick start makes, with the real engine", function () {
  this.timeout(300_000);
  let quickstart: Quickstart;
  let up: Operation;
  let written: readonly Entry[];
  let asked: ReturnType<typeof askedByProvider>;
  before(async () => {
    // About six seconds of copying.
    quickstart = await startQuickstart({ databaseSizeBytes: 6 * 2 ** 20, seedingBytesPerSecond: 2 ** 20 });
    assert.deepEqual(await keys(), [], "there is a master key before");
    up = succeeded(await quickstart.project.up());
    written = readTranscript(join(quickstart.folder, "transcript.txt"));
    asked = askedByProvider(quickstart.lab);
    assert.deepEqual(warned(up), []);
    assert.equal((await quickstart.verify()).connected, true);
  });
  after(() => quickstart.close());
  const outputsOf = async (type: string) =>
    (await quickstart.project.exportState()).deployment.resources?.find(
      (resource) => resource.type === `mi-link:index:${type}` || resource.type.endsWith(`/mi-link:${type}`),
    )?.outputs;

  const ask = <Row extends object>(query: string) => quickstart.sqlServer.query<Row>(query);
  const keys = () => ask("SELECT name FROM sys.symmetric_keys WHERE name = N'##MS_DatabaseMasterKey##'");
  const endpointQuery = `SELECT e.role_desc AS role, e.state_desc AS state, e.connection_auth_desc AS authentication,
    e.is_encryption_enabled AS isEncrypted, e.encryption_algorithm_desc AS algorithm, t.port, c.name AS certificate
    FROM sys.database_mirroring_endpoints e JOIN sys.tcp_endpoints t ON t.endpoint_id = e.endpoint_id
    JOIN sys.certificates c ON c.certificate_id = e.certificate_id`;
  const replicaQuery = `SELECT r.replica_server_name AS member, r.endpoint_url AS url, r.availability_mode_desc AS mode,
    r.failover_mode_desc AS failover, r.seeding_mode_desc AS seeding
    FROM sys.availability_groups g JOIN sys.availability_replicas r ON r.group_id = g.group_id
    WHERE g.is_distributed = 1 ORDER BY r.replica_server_name`;
  const publicKey = async (name: string) =>
    (await ask<{ der: Buffer }>(`SELECT CERTENCODED(CERT_ID(N'${name}')) AS der`))[0]?.der
      .toString("hex")
      .toUpperCase();

  it("has a master key, a certificate of its own, and an endpoint that shows it and encrypts with AES", async () => {
    assert.equal((await keys()).length, 1);
    const [endpoint] = await ask<{ certificate: string }>(endpointQuery);
    assert.deepEqual(
      { ...endpoint, certificate: undefined },
      {
        role: "ALL",
        state: "STARTED",
        authentication: "CERTIFICATE",
        isEncrypted: true,
        algorithm: "AES",
        port: 5022,
        certificate: undefined,
      },
    );
    const own = await ask<{ name: string }>("SELECT name FROM sys.certificates WHERE pvt_key_encryption_type = 'MK'");
    assert.deepEqual(own, [{ name: endpoint?.certificate }]);
  });

  it("trusts the managed instance under its own name, through the roots that vouch for it", async () => {
    const [instance] = quickstart.lab.ready.managedInstances;
    const foreign = await ask<{ name: string }>(
      "SELECT name FROM sys.certificates WHERE pvt_key_encryption_type = 'NA' AND name NOT LIKE '##%' ORDER BY name",
    );
    assert.deepEqual(foreign.map(({ name }) => name).sort(), ["DigiCertPKI", "MicrosoftPKI", instance?.fqdn].sort());
    const registered = quickstart.lab.journal.entries.filter(
      (entry) => entry.kind === "statement" && entry.text.includes("EXEC sp_certificate_add_issuer"),
    );
    assert.ok(registered.length >= 2, "the roots are issuers");
  });

  it("is one local group without a cluster, a distributed one over both sides, and a link in Azure", async () => {
    const { names, arm, managedInstanceId, lab } = quickstart;
    const [instance] = lab.ready.managedInstances;
    const groups = (isDistributed: 0 | 1) =>
      ask(
        `SELECT name, cluster_type_desc AS cluster FROM sys.availability_groups WHERE is_distributed = ${isDistributed}`,
      );
    assert.deepEqual(await groups(0), [{ name: names.group, cluster: "none" }]);
    assert.deepEqual(
      (await groups(1)).map(({ name }: { name?: string }) => name),
      [names.link],
    );
    const { url } =
      (await ask<{ member: string; url: string }>(replicaQuery)).find(({ member }) => member === names.instanceGroup) ??
      {};
    assert.equal(url, `tcp://${instance?.fqdn}:5022;Server=[${instance?.name}]`);
    const [link] = await arm.list(`${managedInstanceId}/distributedAvailabilityGroups`);
    assert.equal(link?.name, names.link);
  });

  it("showed while it was copied how far it was, how fast, and how long it would take", () => {
    const shown = up.diagnostics.filter(({ ephemeral }) => ephemeral).map(({ message }) => message);
    assert.ok(
      shown.some((text) => /db1: copying to the managed instance, \d+%, about [\d.]+% per minute, .+ left/.test(text)),
      shown.join("\n"),
    );
  });

  it("is written down in the transcript, statement by statement and call by call, and no secret is", () => {
    const changes = asked.filter((entry) => callOf(entry)?.changes);
    assert.equal(written.length, changes.length);
    const isOn = (kind: string) => (entry: Entry) =>
      /^(PUT|PATCH|DELETE) https:/.test(entry.text) === (kind === "request");
    const statements = changes.flatMap((entry) =>
      entry.kind === "statement" ? [entry.text.replace("***", "[secret]")] : [],
    );
    const same = (texts: readonly string[]) => texts.map((text) => text.replace(/\s+/g, " ").trim()).sort();
    assert.deepEqual(same(written.filter(isOn("statement")).map(({ text }) => text)), same(statements));
    assert.ok(written.every(({ outcomes }) => outcomes.at(-1) === "done"));
    for (const secret of quickstart.secrets) assert.ok(!JSON.stringify(written).includes(secret));
  });

  it("shows no status line beside what is finished", () => {
    const lines = up.diagnostics.filter(({ ephemeral }) => ephemeral);
    const last = new Map(lines.map(({ urn, message }) => [urn, message.replace(/<\{%.*?%\}>/g, "").trim()]));
    assert.ok(last.size >= 2, "the backup and the link had status lines");
    for (const [urn, message] of last) assert.equal(message, "", urn);
  });

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

  describe("changed on both sides", () => {
    let asMade: readonly unknown[];
    let refresh: Operation;
    const sides = () => Promise.all([ask(endpointQuery), ask(replicaQuery), trusted()]);
    const trusted = async () => {
      const [certificate] = await quickstart.arm.list(`${quickstart.managedInstanceId}/serverTrustCertificates`);
      const key = String(certificate?.properties.publicBlob).replace(/^0x/, "").toUpperCase();
      return { id: certificate?.id ?? "", name: certificate?.name, key };
    };
    before(async () => {
      const { project, sqlServer, arm, names } = quickstart;
      asMade = await sides();
      await sqlServer.query("CREATE CERTIFICATE another WITH SUBJECT = 'another'");
      for (const change of [
        "AS TCP (LISTENER_PORT = 5999)",
        "FOR DATABASE_MIRRORING (AUTHENTICATION = CERTIFICATE another, ENCRYPTION = REQUIRED ALGORITHM RC4, ROLE = WITNESS)",
      ])
        await sqlServer.query(`ALTER ENDPOINT database_mirroring_endpoint ${change}`);
      await sqlServer.query("ALTER ENDPOINT database_mirroring_endpoint STATE = STOPPED");
      await sqlServer.query(
        `ALTER AVAILABILITY GROUP [${names.link}] MODIFY AVAILABILITY GROUP ON N'${names.group}' WITH (LISTENER_URL = N'tcp://elsewhere:5022')`,
      );
      // The same name with another key: whoever compares names would find nothing. It would be left alone, and so goes again.
      const { id, key } = await trusted();
      const put = async (publicKey = "") => {
        await arm.delete(id);
        await arm.put(id, { properties: { publicBlob: `0x${publicKey}` } });
      };
      await put(await publicKey("MicrosoftPKI"));
      refresh = succeeded(await project.refresh({ previewOnly: true }));
      await put(key);
    });

    it("is trusted by the managed instance by the same public key, and takes another under that name for another", async () => {
      const [[endpoint], , trust] = asMade as [[{ certificate: string }], unknown, Awaited<ReturnType<typeof trusted>>];
      assert.equal(trust.name, endpoint.certificate);
      assert.equal(trust.key, await publicKey(endpoint.certificate));
      assert.ok(changes(refresh).includes("update pairing-trust"), refresh.stdout);
    });

    it("is found and mended in place where it was changed on both sides: endpoint, groups, certificate, link", async () => {
      assert.deepEqual(
        changes(refresh).filter((change) => change !== "update link-link"),
        ["update link-dag", "update pairing-endpoint", "update pairing-trust"],
      );
      succeeded(await quickstart.project.up({ args: ["--refresh"] }));
      assert.deepEqual(await sides(), asMade);
      assert.equal((await quickstart.verify()).connected, true);
      await quickstart.sqlServer.query("DROP CERTIFICATE another");
    });
  });

  describe("345 days and a failover later", () => {
    let runs: readonly Operation[];
    before(async () => {
      const { project, sqlServer, names, lab } = quickstart;
      assert.equal((await outputsOf("InstanceLink"))?.role, "Secondary");
      lab.clock.advance(345 * 86_400_000);
      await sqlServer.query(`ALTER AVAILABILITY GROUP [${names.link}] FAILOVER`);
      runs = [succeeded(await project.refresh()), succeeded(await project.up())];
    });

    it("warns of certificates in their last 30 days, and tells of them in outputs", async () => {
      for (const run of runs) assert.match(messages(run), /The certificate .* expires on \d{4}-\d\d-\d\d/);
      const certificate = await outputsOf("SqlServerCertificate");
      assert.equal(certificate?.validity, "ExpiresSoon");
      const inAzure = String((await outputsOf("InstanceLink"))?.partnerCertificateExpiryDate);
      assert.equal(inAzure.slice(0, 10), certificate?.expiryDate);
    });

    it("follows a failover: the role is what is observed, and up has nothing to do", async () => {
      // Nor is anything left to do of the changes above: what the refresh had found would be.
      assert.equal((await outputsOf("InstanceLink"))?.role, "Primary");
      assert.deepEqual(runs.at(-1)?.changes, []);
    });
  });

  describe("55 days later again, where SQL Server was started anew, what is said", () => {
    it("is that its certificates expired and that it is down, in refresh, preview and up alike", async () => {
      const { project, lab } = quickstart;
      lab.clock.advance(55 * 86_400_000);
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
      const pairing = await outputsOf("InstancePairing");
      assert.deepEqual(
        [pairing?.certificateValidity, pairing?.managedInstanceCertificateValidity],
        ["Expired", "Expired"],
      );
      assert.match(String(pairing?.certificateExpiryDate), /^\d{4}-\d\d-\d\d$/);
      const { mostRecentLinkError, lastConnectErrorNumber, ...link } = (await outputsOf("ManagedInstanceLink")) ?? {};
      assert.deepEqual([link.role, link.connectedState, link.health], ["Primary", "DISCONNECTED", "NotConnected"]);
      assert.match(String(mostRecentLinkError), /^\d+$/);
      assert.ok(Number(lastConnectErrorNumber) > 0);
    });
  });
});

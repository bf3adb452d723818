import assert from "node:assert/strict";
import { join } from "node:path";
import { type Operation, succeeded } from "#tools/pulumi";
import { callOf } from "../support/calls";
import { askedByProvider, type Quickstart, startQuickstart } from "../support/quickstart";
import { type Entry, readTranscript } from "../support/transcript-file";

const changes = ({ changes }: Operation) => changes.map(({ op, name }) => `${op} ${name}`).sort();
const messages = ({ diagnostics }: Operation) => diagnostics.map(({ message }) => message).join("\n");

/** What docs/features.md says of the quick start, asked of both sides by their own queries. */
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
    assert.equal((await quickstart.verify()).connected, true);
  });
  after(() => quickstart.close());

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

  it("is trusted by the managed instance by the same public key, and takes another under that name for another", async () => {
    const { arm, managedInstanceId, project } = quickstart;
    const [endpoint] = await ask<{ certificate: string }>(endpointQuery);
    const [trusted] = await arm.list(`${managedInstanceId}/serverTrustCertificates`);
    assert.equal(trusted?.name, endpoint?.certificate);
    const blob = String(trusted?.properties.publicBlob);
    assert.equal(blob.replace(/^0x/, "").toUpperCase(), await publicKey(endpoint?.certificate ?? ""));

    // The same name with another key: whoever compares names would find nothing.
    const root = `0x${await publicKey("MicrosoftPKI")}`;
    await arm.delete(trusted?.id ?? "");
    await arm.put(trusted?.id ?? "", { properties: { publicBlob: root } });
    assert.deepEqual(changes(succeeded(await project.refresh({ previewOnly: true }))), ["update pairing-trust"]);
    await arm.delete(trusted?.id ?? "");
    await arm.put(trusted?.id ?? "", { properties: { publicBlob: blob.startsWith("0x") ? blob : `0x${blob}` } });
    assert.deepEqual(changes(succeeded(await project.refresh())), []);
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

  it("is found and mended in place where it was changed on both sides: endpoint, groups, certificate, link", async () => {
    const { project, sqlServer, names } = quickstart;
    const before = await Promise.all([ask(endpointQuery), ask(replicaQuery)]);
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
    const refresh = succeeded(await project.refresh());
    assert.deepEqual(
      changes(refresh).filter((change) => change !== "update link-link"),
      ["update link-dag", "update pairing-endpoint"],
    );
    succeeded(await project.up());
    assert.deepEqual(await Promise.all([ask(endpointQuery), ask(replicaQuery)]), before);
    assert.equal((await quickstart.verify()).connected, true);
    await sqlServer.query("DROP CERTIFICATE another");
    assert.deepEqual(changes(succeeded(await project.preview({ args: ["--refresh"] }))), []);
  });

  it("warns of certificates in their last 30 days, and tells of them in outputs", async () => {
    const { project, lab } = quickstart;
    lab.clock.advance(345 * 86_400_000);
    const refresh = succeeded(await project.refresh());
    const preview = succeeded(await project.preview());
    for (const run of [refresh, preview]) assert.match(messages(run), /The certificate .* expires on \d{4}-\d\d-\d\d/);
    const { resources = [] } = (await project.exportState()).deployment;
    const outputsOf = (part: string) => resources.find(({ type }) => type.endsWith(`mi-link:${part}`))?.outputs;
    const certificate = outputsOf("SqlServerCertificate");
    assert.equal(certificate?.validity, "ExpiresSoon");
    const inAzure = String(outputsOf("InstanceLink")?.partnerCertificateExpiryDate);
    assert.equal(inAzure.slice(0, 10), certificate?.expiryDate);
  });

  it("follows a failover: the role is what is observed, and up has nothing to do", async () => {
    const { project, sqlServer, names } = quickstart;
    await sqlServer.query(`ALTER AVAILABILITY GROUP [${names.link}] FAILOVER`);
    succeeded(await project.refresh());
    const { resources = [] } = (await project.exportState()).deployment;
    const link = resources.find(({ type }) => type.endsWith("mi-link:InstanceLink"))?.outputs;
    assert.equal(link?.role, "Primary");
    assert.deepEqual(changes(succeeded(await project.up())), []);
  });
});

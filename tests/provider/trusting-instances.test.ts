import assert from "node:assert/strict";
import { type Lab, startLab } from "#lab/index";
import type { EngineLog } from "#provider/dynamic/engine-log";
import { dynamicProvider } from "#provider/dynamic/handler";
import { type ResourceType, resources } from "#provider/dynamic/index";
import type { Bag } from "#provider/lifecycle/contract";
import { patience } from "#provider/resources/mirroring-endpoint/change";
import { uploadPatience } from "#provider/resources/mirroring-endpoint/trusting-instances";
import { disconnectAll } from "#provider/sql-server/connection";
import { openSqlClient, type SqlClient } from "#tools/clients";
import { hastyContext } from "./azure/azure-scene";
import { checkedArgs, type Place, placeIn, tenResources } from "./ten-resources";

interface Made {
  readonly id: string;
  readonly outs: Bag;
}

/** Safety A3: what the notes on the server say of other instances and stacks. */
describe("an endpoint whose certificate changes, with a linked instance that a stack noted", function () {
  this.timeout(60_000);
  let lab: Lab;
  let place: Place;
  let console: SqlClient;
  let args: Bag;
  let uploaded: Bag;
  const warnings: string[] = [];
  const statuses: string[] = [];
  const made: Record<string, Bag> = {};
  let endpoint: Made;
  const long = { patience: patience.milliseconds, ...uploadPatience };

  async function providerOf(type: ResourceType) {
    const log: EngineLog = {
      status: async (_urn, message) => void statuses.push(message),
      warn: async (_urn, message) => void warnings.push(message),
    };
    const signal = new AbortController().signal;
    const provider = dynamicProvider(type, resources[type].lifecycle(), hastyContext, signal, { log });
    await provider.configure({ config: { get: (key) => place.config[key] } });
    return provider;
  }
  async function create(type: ResourceType, news: Bag): Promise<Made> {
    const provider = await providerOf(type);
    return await provider.create(await checkedArgs(provider, news));
  }
  async function toNotUploaded(): Promise<Bag> {
    const provider = await providerOf("MirroringEndpoint");
    const news = await checkedArgs(provider, { ...args, certificateName: "not uploaded" });
    return (await provider.update(endpoint.id, endpoint.outs, news)).outs;
  }
  /** What was sent so far that matters here, in its order. */
  const sent = () =>
    lab.journal.entries.flatMap((entry) => {
      if (entry.kind === "statement")
        return entry.text.trimStart().startsWith("ALTER ENDPOINT") ? ["ALTER ENDPOINT"] : [];
      const isUpload =
        entry.kind === "request" && entry.method === "PUT" && entry.path.includes("serverTrustCertificates");
      return isUpload ? ["upload"] : [];
    });

  before(async () => {
    lab = await startLab();
    place = placeIn(lab.ready);
    const [server] = lab.ready.sqlServers;
    assert.ok(server);
    console = await openSqlClient(server, lab.ready.caFile);
    for (const { type, args: argsOf } of tenResources) {
      const one = await create(type, argsOf(place, made));
      made[type] = one.outs;
      if (type !== "MirroringEndpoint") continue;
      endpoint = one;
      args = argsOf(place, made);
    }
    await console.query("CREATE CERTIFICATE [not uploaded] WITH SUBJECT = 'x'");
    const [row] = await console.query<{ der: Buffer }>("SELECT CERTENCODED(CERT_ID(N'not uploaded')) AS der");
    const { managedInstanceId, sqlServer } = place;
    uploaded = { managedInstanceId, sqlServer, certificateName: "not uploaded", publicKey: row?.der.toString("hex") };
    patience.milliseconds = 1000;
  });
  beforeEach(() => {
    Object.assign(uploadPatience, { milliseconds: 300, ofOthers: 300 });
    warnings.length = 0;
    statuses.length = 0;
  });
  after(async () => {
    patience.milliseconds = long.patience;
    Object.assign(uploadPatience, { milliseconds: long.milliseconds, ofOthers: long.ofOthers });
    await console.close();
    await disconnectAll();
    await lab.close();
  });

  it("is not altered where the instance does not have the new one: refused with the instance, its links and who uploads", async () => {
    const before = sent().length;
    await assert.rejects(toNotUploaded(), (error: Error) => {
      assert.match(
        error.message,
        /Could not give the certificate not uploaded to the mirroring endpoint database_mirr/,
      );
      assert.match(error.message, /the managed instance sqlmi1 does not have it; linked over DAG_db1; /);
      assert.match(
        error.message,
        /Nothing was changed[\s\S]*What to do: let MirroringEndpoint depend on the TrustCert/,
      );
      return true;
    });
    assert.equal(sent().length, before);
    assert.match(statuses.join("\n"), /waiting until sqlmi1 has the certificate not uploaded/);
  });

  it("is told which other stack has to run first", async () => {
    const [note] = await console.query<{ name: string; value: string }>(
      "SELECT name, CONVERT(nvarchar(4000), value) AS value FROM sys.extended_properties WHERE name LIKE 'pulumi-mi-link/trust-certificate/%'",
    );
    assert.ok(note);
    const write = (value: string) =>
      console.query(`EXEC sys.sp_updateextendedproperty @name = N'${note.name}', @value = N'${value}'`);
    await write(JSON.stringify({ ...JSON.parse(note.value), stack: "acme/links/prod", urn: "a::b::c::trust" }));
    // Nobody waits long for a run that has to come after this one.
    uploadPatience.milliseconds = 50_000;
    await assert.rejects(
      toNotUploaded(),
      /uploaded to it by the resource trust of the stack acme\/links\/prod [\s\S]*run pulumi up there first \(acme\/links\/prod\)/,
    );
    await write(note.value);
  });

  it("heeds no note that names no managed instance, nor one of an instance that is gone", async () => {
    const note = (name: string) => JSON.stringify({ stack: "", backend: "", urn: "", token: "", name });
    const gone = place.managedInstanceId.replace(/[^/]+$/, "gone");
    const names = ["/subscriptions/../../managedInstances/x/y", "/", "", `${gone}/c`];
    for (const [i, name] of names.entries())
      await console.query(
        `EXEC sys.sp_addextendedproperty @name = N'pulumi-mi-link/trust-certificate/${i}', @value = N'${note(name)}'`,
      );
    await assert.rejects(toNotUploaded(), /sqlmi1 does not have it/);
    for (const i of names.keys())
      await console.query(`EXEC sys.sp_dropextendedproperty @name = N'pulumi-mi-link/trust-certificate/${i}'`);
    assert.deepEqual(warnings, []);
  });

  it("is altered, and afterwards altered back, where Azure may not be asked, which is said once", async () => {
    const answer = { status: 403, code: "AuthorizationFailed", message: "not allowed" };
    lab.faults.add({ on: "request", method: "GET", matching: "serverTrustCertificates$", times: "always", answer });
    await assert.rejects(toNotUploaded(), /did not connect again: [\s\S]*all are connected again/);
    lab.faults.clear();
    const [warning = "", ...more] = warnings;
    assert.match(warning, /sqlmi1, which .* has the new certificate could not be seen: .*AuthorizationFailed/s);
    assert.deepEqual(more, []);
  });

  it("is altered while a link is down that nobody noted, and says that it could not be seen whether that trusts it", async () => {
    const [note] = await console.query<{ name: string; value: string }>(
      "SELECT name, CONVERT(nvarchar(4000), value) AS value FROM sys.extended_properties WHERE name LIKE 'pulumi-mi-link/trust-certificate/%'",
    );
    assert.ok(note);
    await console.query(`EXEC sys.sp_dropextendedproperty @name = N'${note.name}'`);
    await console.query("ALTER ENDPOINT database_mirroring_endpoint STATE = STOPPED");
    await toNotUploaded();
    assert.match(
      warnings.join("\n"),
      /AG_db1_MI of DAG_db1 was not connected when the mirroring endpoint database_mirroring_endpoint on sqlserver1 .* got the certificate not uploaded/,
    );
    await console.query(
      `ALTER ENDPOINT database_mirroring_endpoint FOR DATABASE_MIRRORING (AUTHENTICATION = CERTIFICATE [${args.certificateName}])`,
    );
    await console.query(`EXEC sys.sp_addextendedproperty @name = N'${note.name}', @value = N'${note.value}'`);
    const connected =
      "SELECT 1 AS yes FROM sys.dm_hadr_availability_replica_states WHERE is_local = 0 AND connected_state = 1";
    for (let look = 0; (await console.query(connected)).length === 0; look++) {
      assert.ok(look < 100, "the link is connected again");
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  });

  it("is altered once the upload has ended that another resource has begun", async () => {
    uploadPatience.milliseconds = 20_000;
    lab.faults.add({ on: "request", method: "PUT", matching: "serverTrustCertificates", delayMilliseconds: 1000 });
    const before = sent().length;
    const [moved] = await Promise.all([toNotUploaded(), create("TrustCertificate", uploaded)]);
    assert.deepEqual(sent().slice(before), ["upload", "ALTER ENDPOINT"]);
    assert.equal(moved.certificateName, "not uploaded");
    assert.match(statuses.join("\n"), /waiting until sqlmi1 has the certificate not uploaded/);
  });
});

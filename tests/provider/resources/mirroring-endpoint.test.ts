import assert from "node:assert/strict";
import { createServer } from "node:net";
import { changed, definitionOf } from "#provider/resources/mirroring-endpoint/definition";
import { mirroringEndpoint } from "#provider/resources/mirroring-endpoint/lifecycle";
import { told } from "#provider/sql-server/clauses";
import { inLab, openSceneAnywhere } from "../sql-server/any-server-scene";
import { accepted, change, problemsOf, sqlServer, unknownEverywhere } from "../sql-server/check-and-diff";
import { hostileNames, type Made, type Scene } from "../sql-server/sql-server-scene";

describe("the arguments of MirroringEndpoint", () => {
  it("leave name, port and algorithm open, as an endpoint that is there may be taken over with its own", () => {
    const { endpointName, port, algorithm, state } = accepted(mirroringEndpoint, { sqlServer, certificateName: "c" });
    assert.deepEqual([endpointName, port, algorithm, state], [undefined, undefined, undefined, "STARTED"]);
    const old = { sqlServer, certificateName: "c", endpointName: "database_mirroring_endpoint", port: 5022 };
    const recorded = { ...accepted(mirroringEndpoint, old), __v: 2 };
    assert.equal(
      change(mirroringEndpoint, recorded, accepted(mirroringEndpoint, { sqlServer, certificateName: "c" })),
      "same",
    );
  });

  it("are refused with all that is wrong at once", () => {
    const problems = problemsOf(mirroringEndpoint, { sqlServer, endpointName: "", port: 80, state: "DISABLED" });
    assert.equal(problems.length, 4, problems.join("\n"));
    for (const port of [1023, 32768, 5022.5])
      assert.match(problemsOf(mirroringEndpoint, { sqlServer, certificateName: "c", port })[0] ?? "", /^port must be/);
  });

  it("change in place, the name too: a replacement would drop the endpoint without looking who uses it", () => {
    const before = accepted(mirroringEndpoint, { sqlServer, certificateName: "c" });
    for (const more of [{ port: 5023 }, { certificateName: "d" }, { state: "STOPPED" }, { endpointName: "other" }])
      assert.equal(change(mirroringEndpoint, before, { ...before, ...more }), "update");
    assert.equal(change(mirroringEndpoint, before, { ...before, certificateName: "C" }), "same");
  });

  it("may all be unknown in a preview", () =>
    unknownEverywhere(mirroringEndpoint, { sqlServer, certificateName: "c" }));
});

// Safety B11
describe("an endpoint of which the catalog knows nothing more than the name", () => {
  const nothing = {
    name: "e",
    owner: null,
    state: null,
    port: 5022,
    address: null,
    role: null,
    authentication: null,
    certificateName: null,
    isEncrypted: false,
    algorithm: null,
  };
  const wanted = { state: "STARTED", port: 5022, certificateName: "one" } as const;

  it("is told as it is, and altered to what is wanted", () => {
    const { state, tcp, mirroring } = definitionOf(wanted, nothing);
    assert.equal(
      told([state, ...tcp, ...mirroring]),
      "STATE is NULL, not STARTED; ROLE is NULL, not ALL; AUTHENTICATION is none, not CERTIFICATE [one]; ENCRYPTION is DISABLED, not REQUIRED ALGORITHM AES",
    );
    assert.equal(
      changed(definitionOf(wanted, nothing, { accepts: nothing })).text,
      "STATE = STARTED FOR DATABASE_MIRRORING (ROLE = ALL, AUTHENTICATION = CERTIFICATE [one], ENCRYPTION = REQUIRED ALGORITHM AES)",
    );
  });
});

describe("MirroringEndpoint on a server", () => {
  let scene: Scene;
  let made: Made | undefined;
  before(async () => {
    scene = await openSceneAnywhere();
    await scene.query("CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'Kept-in-a-safe-place-1'");
    await scene.query("CREATE CERTIFICATE [one] WITH SUBJECT = 'one'");
    await scene.query("CREATE CERTIFICATE [two] WITH SUBJECT = 'two'");
  });
  after(() => scene.close());
  afterEach(async () => {
    if (made) await resource().delete(made);
    made = undefined;
    assert.equal((await scene.query("SELECT name FROM sys.database_mirroring_endpoints")).length, 0);
  });
  const resource = () => scene.resource("MirroringEndpoint", mirroringEndpoint);
  const news = (more: object = {}) => ({ sqlServer: scene.sqlServer, certificateName: "one", ...more });

  it("listens as the link needs it", async () => {
    made = await resource().create(news());
    const [row] = await scene.query<Record<string, unknown>>(
      "SELECT name, state_desc, role_desc, connection_auth_desc, is_encryption_enabled, encryption_algorithm_desc FROM sys.database_mirroring_endpoints",
    );
    assert.deepEqual(
      { ...row },
      {
        name: "database_mirroring_endpoint",
        state_desc: "STARTED",
        role_desc: "ALL",
        connection_auth_desc: "CERTIFICATE",
        is_encryption_enabled: true,
        encryption_algorithm_desc: "AES",
      },
    );
    assert.equal(await resource().wants(made, news()), "same");
  });

  it("refuses a second one, and says how to go on", async () => {
    made = await resource().create(news());
    const message = await resource().refused(news({ endpointName: "other" }));
    assert.match(message, /the endpoint database_mirroring_endpoint exists already/);
    assert.match(message, /whether something uses it: SELECT g\.name, r\.endpoint_url/);
  });

  describe("taken over", () => {
    const theirs =
      "SELECT name, port, state_desc, role_desc, connection_auth_desc, encryption_algorithm_desc, ip_address, certificate_id, SUSER_NAME(e.principal_id) AS owner FROM sys.database_mirroring_endpoints e JOIN sys.tcp_endpoints t ON t.endpoint_id = e.endpoint_id";
    const columns = theirs.replace("name, port", "e.name, t.port").replace(", state_desc", ", e.state_desc");
    const look = async () => (await scene.query<Record<string, unknown>>(columns))[0];
    const make = (listener: string, mirroring: string) =>
      scene.query(
        `CREATE ENDPOINT [Hadr_endpoint] STATE = STARTED AS TCP (${listener}) FOR DATABASE_MIRRORING (${mirroring})`,
      );
    afterEach(async () => {
      if (made) await resource().delete(made);
      made = undefined;
      await scene.query("DROP ENDPOINT [Hadr_endpoint]");
    });

    inLab("keeps name, port, address, owner and Windows authentication, and is put back as it was found", async () => {
      await make(
        "LISTENER_PORT = 5099, LISTENER_IP = (127.0.0.1)",
        "ROLE = ALL, AUTHENTICATION = WINDOWS NEGOTIATE, ENCRYPTION = REQUIRED ALGORITHM AES",
      );
      const before = await look();
      const refusal = await resource().refused(news());
      assert.match(refusal, /Hadr_endpoint exists already/);
      assert.match(
        refusal,
        /what is there differs from what is declared here: AUTHENTICATION is WINDOWS NEGOTIATE, not WINDOWS NEGOTIATE CERTIFICATE \[one\]/,
      );
      made = await resource().create(news({ adopt: true }));
      assert.deepEqual(
        { ...(await look()) },
        { ...before, connection_auth_desc: "NEGOTIATE, CERTIFICATE", certificate_id: (await look())?.certificate_id },
      );
      assert.deepEqual([made.outs.endpointName, made.outs.port], ["Hadr_endpoint", 5099]);
      assert.equal(await resource().wants(made, news({ adopt: true })), "same");
      assert.equal((await resource().read(made))?.drift, undefined);
      await resource().delete(made);
      made = undefined;
      assert.deepEqual(await look(), before);
    });

    inLab("keeps the port, address and state that a DBA gave it since: others have followed it there", async () => {
      await make(
        "LISTENER_PORT = 5099",
        "ROLE = ALL, AUTHENTICATION = WINDOWS NEGOTIATE, ENCRYPTION = REQUIRED ALGORITHM AES",
      );
      made = await resource().create(news({ adopt: true }));
      await scene.query(
        "ALTER ENDPOINT [Hadr_endpoint] STATE = STOPPED AS TCP (LISTENER_PORT = 5098, LISTENER_IP = (127.0.0.1))",
      );
      scene.warnings.length = 0;
      await resource().delete(made);
      made = undefined;
      const { port, ip_address, state_desc, connection_auth_desc } = (await look()) ?? {};
      assert.deepEqual(
        [port, ip_address, state_desc, connection_auth_desc],
        [5098, "127.0.0.1", "STOPPED", "NEGOTIATE"],
      );
      assert.match(
        scene.warnings.join("\n"),
        /was there before this stack: it stays, as it was found, but with the port, address and state of today\./,
      );
    });

    inLab("is not dropped for another name, neither when it is taken over nor later", async () => {
      await make(
        "LISTENER_PORT = 5022",
        "ROLE = ALL, AUTHENTICATION = WINDOWS NEGOTIATE, ENCRYPTION = REQUIRED ALGORITHM AES",
      );
      const before = await look();
      const other = news({ adopt: true, endpointName: "mine" });
      assert.match(
        await resource().refused(other),
        /its name is Hadr_endpoint, not mine[\s\S]*Nothing was touched[\s\S]*leave endpointName out, or declare "Hadr_endpoint"/,
      );
      assert.deepEqual(await look(), before);
      made = await resource().create(news({ adopt: true }));
      await assert.rejects(
        resource().wants(made, other),
        /change endpointName of the mirroring endpoint Hadr_endpoint[\s\S]*was there before this stack took it over/,
      );
    });

    inLab("stays with the certificate of today where the one it was found with is gone", async () => {
      await scene.query("CREATE CERTIFICATE [former] WITH SUBJECT = 'former'");
      const windows = "AUTHENTICATION = WINDOWS NEGOTIATE CERTIFICATE [former], ENCRYPTION = REQUIRED ALGORITHM AES";
      await make("LISTENER_PORT = 5022", `ROLE = ALL, ${windows}`);
      made = await resource().create(news({ adopt: true, certificateName: "former" }));
      made = await resource().update(made, news({ adopt: true }));
      await scene.query("DROP CERTIFICATE [former]");
      const before = await look();
      await resource().delete(made);
      made = undefined;
      assert.deepEqual(await look(), before);
      assert.equal(before?.connection_auth_desc, "NEGOTIATE, CERTIFICATE");
    });

    /** What the user of a component reads. */
    const refusedOf = (component: string, more: Record<string, unknown> = {}) =>
      resource().refused(
        news({
          adopt: true,
          __urn: `urn:pulumi:dev::p::mi-link:index:${component}$pulumi-nodejs:dynamic/mi-link:MirroringEndpoint::e`,
          ...more,
        }),
      );

    inLab("gets AES beside RC4 only where the program says so", async () => {
      await make(
        "LISTENER_PORT = 5022",
        "ROLE = ALL, AUTHENTICATION = WINDOWS NTLM, ENCRYPTION = REQUIRED ALGORITHM RC4",
      );
      const before = await look();
      assert.match(
        await resource().refused(news({ adopt: true })),
        /does not encrypt by AES \(RC4\).*give algorithm: "RC4 AES"/s,
      );
      assert.match(await refusedOf("InstancePairing"), /give endpointAlgorithm: "RC4 AES"/);
      assert.deepEqual(await look(), before);
      made = await resource().create(news({ adopt: true, algorithm: "RC4 AES" }));
      assert.deepEqual(
        [(await look())?.encryption_algorithm_desc, (await look())?.connection_auth_desc],
        ["RC4, AES", "NTLM, CERTIFICATE"],
      );
      assert.equal((await resource().read(made))?.drift, undefined);
      await resource().delete(made);
      made = undefined;
      assert.deepEqual(await look(), before);
    });

    it("is refused where its partners know it by another certificate", async () => {
      await make(
        "LISTENER_PORT = 5022",
        "ROLE = ALL, AUTHENTICATION = CERTIFICATE [two], ENCRYPTION = REQUIRED ALGORITHM AES",
      );
      await scene.query("BACKUP DATABASE [db1] TO DISK = N'db1.bak'");
      await scene.query(`CREATE AVAILABILITY GROUP [theirs] WITH (CLUSTER_TYPE = NONE) FOR DATABASE [db1] REPLICA ON
        N'${scene.serverName}' WITH (ENDPOINT_URL = 'TCP://10.0.0.4:5022', AVAILABILITY_MODE = SYNCHRONOUS_COMMIT, FAILOVER_MODE = MANUAL)`);
      const before = await look();
      assert.match(
        await resource().refused(news({ adopt: true })),
        /the certificate two, which others may know it by: the availability group theirs.*certificateName: "two" and adopt: true of the SqlServerCertificate$/ms,
      );
      assert.match(
        await refusedOf("PreparedServer"),
        /Take that one over: certificateName: "two" and adopt: true$/m,
        "a component has one adopt for all of it",
      );
      assert.match(
        await refusedOf("PreparedServer", { adopt: false }),
        /adopt: true takes it over and leaves it when the stack goes, once this is done: an endpoint has one certificate\./,
      );
      assert.deepEqual(await look(), before);
      await scene.query("DROP AVAILABILITY GROUP [theirs]");
    });

    it("is refused, whatever the program says, where another stack noted it", async () => {
      await make(
        "LISTENER_PORT = 5022",
        "ROLE = ALL, AUTHENTICATION = CERTIFICATE [two], ENCRYPTION = REQUIRED ALGORITHM AES",
      );
      const note = `{"stack":"acme/db/prod","backend":"s3://state","urn":"urn:pulumi:prod::db::t::theirs","token":"t","name":"DATABASE_MIRRORING"}`;
      const property = "pulumi-mi-link/endpoint/1f600c9c7932117be234ea1134c0380c";
      await scene.query(`EXEC sys.sp_addextendedproperty @name = N'${property}', @value = N'${note}'`);
      const refusal = await resource().refused(news({ adopt: true }));
      assert.match(
        refusal,
        /is noted there as made by the resource theirs of the stack acme\/db\/prod \(state in s3:\/\/state\)/,
      );
      assert.match(refusal, new RegExp(`sp_dropextendedproperty @name = N'${property}'`));
      await scene.query(`EXEC sys.sp_dropextendedproperty @name = N'${property}'`);
    });
  });

  it("finds that it was stopped, and starts it", async () => {
    made = await resource().create(news());
    await scene.query("ALTER ENDPOINT [database_mirroring_endpoint] STATE = STOPPED");
    const found = await resource().read(made);
    assert.equal(found?.outs.state, "STOPPED");
    assert.ok(found);
    assert.equal(await resource().wants({ ...made, outs: found.outs }, news()), "update");
    made = await resource().update({ ...made, outs: found.outs }, news());
    assert.equal((await resource().read(made))?.outs.state, "STARTED");
  });

  it("finds what no argument shows, and sets it right", async () => {
    made = await resource().create(news());
    await scene.query("ALTER ENDPOINT [database_mirroring_endpoint] FOR DATABASE_MIRRORING (ENCRYPTION = DISABLED)");
    const found = await resource().read(made);
    assert.equal(found?.drift, "ENCRYPTION is DISABLED, not REQUIRED ALGORITHM AES");
    assert.ok(found);
    assert.equal(await resource().wants({ ...made, outs: found.outs }, news()), "update");
    made = await resource().update({ ...made, outs: found.outs }, news());
    assert.equal((await resource().read(made))?.drift, undefined);
  });

  // Safety B9
  inLab("takes nothing from an availability group with another SQL Server that uses it too, and says so", async () => {
    made = await resource().create(news());
    await scene.query("BACKUP DATABASE [db1] TO DISK = N'db1.bak'");
    await scene.query(`CREATE AVAILABILITY GROUP [theirs] WITH (CLUSTER_TYPE = NONE) FOR DATABASE [db1] REPLICA ON
      N'${scene.serverName}' WITH (ENDPOINT_URL = 'TCP://10.0.0.4:5022', AVAILABILITY_MODE = SYNCHRONOUS_COMMIT, FAILOVER_MODE = MANUAL),
      N'another' WITH (ENDPOINT_URL = 'TCP://10.0.0.5:5022', AVAILABILITY_MODE = SYNCHRONOUS_COMMIT, FAILOVER_MODE = MANUAL)`);
    const shown = async () => {
      const [row] = await scene.query<{ methods: string; algorithm: string; role: string }>(
        "SELECT connection_auth_desc AS methods, encryption_algorithm_desc AS algorithm, role_desc AS role FROM sys.database_mirroring_endpoints",
      );
      return [row?.methods, row?.algorithm, row?.role];
    };
    await scene.query(
      "ALTER ENDPOINT [database_mirroring_endpoint] FOR DATABASE_MIRRORING (ROLE = PARTNER, AUTHENTICATION = WINDOWS NEGOTIATE CERTIFICATE [one], ENCRYPTION = SUPPORTED ALGORITHM RC4)",
    );
    scene.warnings.length = 0;
    assert.equal(
      (await resource().read(made))?.drift,
      "ROLE is PARTNER, not ALL; ENCRYPTION is SUPPORTED ALGORITHM RC4, not SUPPORTED ALGORITHM AES RC4",
    );
    assert.match(
      scene.warnings.join("\n"),
      /endpoint database_mirroring_endpoint on .* accepts more than a link needs: AUTHENTICATION = WINDOWS NEGOTIATE CERTIFICATE \[one\], ENCRYPTION = SUPPORTED ALGORITHM AES RC4\. It stays so, as something else uses the endpoint: the availability group theirs\./,
    );
    made = await resource().update(made, news({ certificateName: "two" }));
    assert.deepEqual(await shown(), ["NEGOTIATE, CERTIFICATE", "NONE, AES, RC4", "ALL"]);
    assert.equal((await resource().read(made))?.drift, undefined);
    // Safety A6: the other server is down for the moment.
    await assert.rejects(
      resource().update(made, news({ certificateName: "two", endpointName: "other" })),
      /something else uses it: the availability group theirs[\s\S]*nothing was changed/,
    );
    assert.deepEqual(await shown(), ["NEGOTIATE, CERTIFICATE", "NONE, AES, RC4", "ALL"]);
    await scene.query("DROP AVAILABILITY GROUP [theirs]");
    assert.match(String((await resource().read(made))?.drift), /^AUTHENTICATION is WINDOWS NEGOTIATE CERTIFICATE/);
    made = await resource().update(made, news({ certificateName: "two" }));
    assert.deepEqual(await shown(), ["CERTIFICATE", "AES", "ALL"]);
  });

  // Safety B19
  inLab("is altered only where something differs, and only in that part", async () => {
    made = await resource().create(news());
    const from = scene.lab.journal.entries.length;
    made = await resource().update(made, news());
    made = await resource().update(made, news({ port: 5098 }));
    const altered = scene.lab.journal.entries
      .slice(from)
      .flatMap((entry) => (entry.kind === "statement" && /ALTER/.test(entry.text) ? [entry.text] : []));
    assert.deepEqual(altered, [
      "ALTER ENDPOINT [database_mirroring_endpoint] AS TCP (LISTENER_PORT = 5098, LISTENER_IP = ALL)",
    ]);
  });

  // Safety B9
  inLab("shows the same without a certificate, however often it is refreshed", async () => {
    made = await resource().create(news());
    await scene.query(
      "ALTER ENDPOINT [database_mirroring_endpoint] FOR DATABASE_MIRRORING (ROLE = ALL, AUTHENTICATION = WINDOWS NEGOTIATE, ENCRYPTION = REQUIRED ALGORITHM AES)",
    );
    const first = (await resource().read(made)) ?? assert.fail();
    const second = (await resource().read({ ...made, outs: first.outs })) ?? assert.fail();
    assert.equal(first.outs.certificateName, "(not one)");
    assert.deepEqual(second, first);
    made = await resource().update({ ...made, outs: second.outs }, news());
    assert.equal(made.outs.certificateName, "one");
  });

  // Safety B9
  it("leaves the new owner where the login of old is gone, and an owner that was never recorded", async () => {
    made = await resource().create(news());
    assert.equal(made.outs.owner, "sa");
    await scene.query("CREATE LOGIN [first] WITH PASSWORD = 'Of-the-first-1'");
    await scene.query("ALTER AUTHORIZATION ON ENDPOINT::[database_mirroring_endpoint] TO [first]");
    const { owner, ...old } = made.outs;
    assert.equal((await resource().read({ ...made, outs: old }))?.drift, undefined);
    made = await resource().update({ ...made, outs: old }, news());
    assert.equal(made.outs.owner, "first");
    await scene.query("ALTER AUTHORIZATION ON ENDPOINT::[database_mirroring_endpoint] TO [sa]; DROP LOGIN [first]");
    assert.match(String((await resource().read(made))?.drift), /owner is sa, not first/);
    made = await resource().update(made, news());
    assert.equal(made.outs.owner, owner);
  });

  it("moves to another port and another certificate in place", async () => {
    made = await resource().create(news());
    const [before] = await scene.query<{ endpoint_id: number }>(
      "SELECT endpoint_id FROM sys.database_mirroring_endpoints",
    );
    made = await resource().update(made, news({ port: 5099, certificateName: "two" }));
    const [after] = await scene.query<{ endpoint_id: number }>(
      "SELECT endpoint_id FROM sys.database_mirroring_endpoints",
    );
    assert.deepEqual(before, after);
    assert.equal(made.outs.port, 5099);
    assert.equal(made.outs.certificateName, "two");
  });

  it("gets another name where nobody is connected: it is dropped and made again", async () => {
    made = await resource().create(news());
    made = await resource().update(made, news({ endpointName: "other" }));
    assert.equal(made.outs.endpointName, "other");
    const rows = await scene.query<{ name: string }>("SELECT name FROM sys.database_mirroring_endpoints");
    assert.deepEqual(
      rows.map(({ name }) => name),
      ["other"],
    );
    await scene.query("DROP ENDPOINT [other]");
    await scene.query(
      "CREATE ENDPOINT [theirs] AS TCP (LISTENER_PORT = 5022) FOR DATABASE_MIRRORING (ROLE = ALL, AUTHENTICATION = CERTIFICATE [one])",
    );
    await assert.rejects(
      resource().update(made, news({ endpointName: "third" })),
      /the endpoint theirs exists already/,
    );
    await scene.query("DROP ENDPOINT [theirs]");
  });

  inLab("is recorded but not content where another process has the port, and moves on when told another", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(5999, String(scene.sqlServer.host), resolve));
    await assert.rejects(
      resource().create(news({ port: 5999 })),
      (error: Error & { id?: string; properties?: Record<string, unknown> }) => {
        assert.match(error.message, /does not listen on port 5999/);
        assert.match(error.message, /Likely cause: another process/);
        made = { id: error.id ?? "", outs: error.properties ?? {} };
        return error.id !== undefined;
      },
    );
    assert.ok(made);
    assert.match(String((await resource().read(made))?.drift), /does not listen/);
    made = await resource().update(made, news({ port: 5998 }));
    assert.equal((await resource().read(made))?.drift, undefined);
    await new Promise((resolve) => other.close(resolve));
  });

  inLab("is started again where it was silent, once the other process is gone", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(5997, String(scene.sqlServer.host), resolve));
    const failed = await resource().fails(news({ port: 5997 }));
    made = { id: failed.id ?? "", outs: failed.properties ?? {} };
    await new Promise((resolve) => other.close(resolve));
    assert.match(String((await resource().read(made))?.drift), /does not listen/);
    made = await resource().update(made, news({ port: 5997 }));
    assert.equal((await resource().read(made))?.drift, undefined);
  });

  inLab("is there once when the answer is lost, and its deletion is not an error when that is lost", async () => {
    scene.lab.faults.add({ on: "statement", matching: "CREATE ENDPOINT", drop: "after" });
    made = await resource().create(news());
    scene.lab.faults.add({ on: "statement", matching: "DROP ENDPOINT", drop: "after" });
    await resource().delete(made);
    await resource().delete(made);
    assert.equal(await resource().read(made), undefined);
  });

  it("needs a certificate that is there", async () => {
    const message = await resource().refused(news({ certificateName: "nowhere" }));
    assert.match(message, /SQL Server error 15151/);
    assert.match(message, /What to do: /);
  });

  it("comes back from the catalog under every name", async () => {
    for (const endpointName of hostileNames) {
      const before = await scene.objects();
      made = await resource().create(news({ endpointName }));
      assert.equal(made.outs.endpointName, endpointName);
      assert.deepEqual(
        (await scene.objects()).filter((name) => !before.includes(name)),
        [`endpoints: ${endpointName}`],
      );
      await resource().delete(made);
      assert.deepEqual(await scene.objects(), before);
    }
  });
});

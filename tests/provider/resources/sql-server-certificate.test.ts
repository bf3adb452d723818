import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { sqlServerCertificate } from "#provider/resources/sql-server-certificate/lifecycle";
import { inLab, openSceneAnywhere } from "../sql-server/any-server-scene";
import { accepted, change, problemsOf, sqlServer, unknownEverywhere } from "../sql-server/check-and-diff";
import { hostileNames, type Made, type Scene } from "../sql-server/sql-server-scene";

describe("the arguments of SqlServerCertificate", () => {
  it("need only the server: name, expiry and subject are chosen", () => {
    assert.deepEqual(Object.keys(accepted(sqlServerCertificate, { sqlServer })), ["sqlServer"]);
  });

  it("take a date that exists and lies ahead", () => {
    accepted(sqlServerCertificate, { sqlServer, expiry: "2040-02-29" });
    for (const expiry of ["30/03/2030", "2030-3-1", "2030-02-30", "2030-13-01", "", "tomorrow", "20300330"]) {
      assert.match(
        problemsOf(sqlServerCertificate, { sqlServer, expiry })[0] ?? "",
        /^expiry must be a date that exists, as YYYY-MM-DD/,
        expiry,
      );
    }
    assert.match(
      problemsOf(sqlServerCertificate, { sqlServer, expiry: "2021-01-01" })[0] ?? "",
      /^expiry must not be in the past/,
    );
  });

  it("refuse what the name may not hold, with all other problems", () => {
    const problems = problemsOf(sqlServerCertificate, { sqlServer, certificateName: "a\\b", subject: "", expiry: "x" });
    assert.equal(problems.length, 3);
    assert.match(problems.join("\n"), /certificateName must not hold "\\\\"/);
  });

  it("make a new certificate with a new expiry, subject or name, and keep a chosen name", () => {
    const state = {
      ...accepted(sqlServerCertificate, { sqlServer, expiry: "2040-01-01" }),
      certificateName: "Cert_sqlserver1_endpoint",
    };
    const now = (more: object) =>
      change(sqlServerCertificate, state, accepted(sqlServerCertificate, { sqlServer, expiry: "2040-01-01", ...more }));
    assert.equal(now({}), "same");
    assert.equal(now({ certificateName: "CERT_sqlserver1_endpoint" }), "same");
    assert.deepEqual(now({ expiry: "2041-01-01" }), { replaces: ["expiry"] });
    assert.deepEqual(now({ subject: "other" }), { replaces: ["subject"] });
    assert.deepEqual(now({ certificateName: "other" }), { replaces: ["certificateName"] });
    assert.equal(now({ sqlServer: { ...sqlServer, host: "10.0.0.5" } }), "update");
  });

  it("may all be unknown in a preview", () =>
    unknownEverywhere(sqlServerCertificate, { sqlServer, certificateName: "c", expiry: "2040-01-01", subject: "s" }));
});

describe("SqlServerCertificate on a server", () => {
  let scene: Scene;
  const made: Made[] = [];
  before(async () => {
    scene = await openSceneAnywhere();
    await scene.query("CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'Kept-in-a-safe-place-1'");
  });
  after(() => scene.close());
  const resource = () => scene.resource("SqlServerCertificate", sqlServerCertificate);
  const create = async (news: object = {}) => {
    const one = await resource().create({ sqlServer: scene.sqlServer, ...news });
    made.push(one);
    return one;
  };
  afterEach(async () => {
    for (const one of made.splice(0)) await resource().delete(one);
  });

  it("makes the documented certificate with its own key pair, and hands out its public key", async () => {
    const { outs } = await create({ expiry: "2040-02-29" });
    assert.equal(outs.certificateName, `Cert_${scene.serverName}_endpoint`);
    assert.equal(outs.expiryDate, "2040-02-29");
    const publicKey = String(outs.publicKey);
    assert.match(publicKey, /^0x[0-9A-F]+$/);
    const certificate = new X509Certificate(Buffer.from(publicKey.slice(2), "hex"));
    assert.equal(certificate.fingerprint.replaceAll(":", ""), outs.thumbprint);
    const [row] = await scene.query<{ pvt_key_encryption_type: string; subject: string }>(
      "SELECT * FROM sys.certificates WHERE name LIKE 'Cert%'",
    );
    assert.equal(row?.pvt_key_encryption_type.trim(), "MK");
    assert.equal(row?.subject, `Certificate for Cert_${scene.serverName}_endpoint`);
  });

  // Safety B12
  it("is found without its private key, and asks for a new one in its place", async () => {
    const one = await create({ certificateName: "mine" });
    await scene.query("ALTER CERTIFICATE [mine] REMOVE PRIVATE KEY");
    const shown = await resource().read(one);
    assert.match(String(shown?.drift), /mine has lost its private key/);
    const news = { sqlServer: scene.sqlServer, certificateName: "mine" };
    await assert.rejects(resource().update({ ...one, outs: shown?.outs ?? {} }, news), /give another expiry/);
  });

  // Safety B15
  it("is valid to the end of its last day, in UTC", async () => {
    const { outs } = await create({ expiry: "2040-02-29" });
    const certificate = new X509Certificate(Buffer.from(String(outs.publicKey).slice(2), "hex"));
    assert.equal(certificate.validToDate.toISOString(), "2040-02-29T23:59:59.000Z");
    const [row] = await scene.query<{ end: string }>(
      "SELECT CONVERT(varchar(19), expiry_date, 120) AS [end] FROM sys.certificates WHERE name LIKE 'Cert%'",
    );
    assert.equal(row?.end, "2040-02-29 23:59:59");
    assert.equal(outs.expiryDate, "2040-02-29");
  });

  // Safety B15
  it("may end today, which has not passed", async () => {
    const today = new Date().toISOString().slice(0, 10);
    const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    assert.deepEqual(problemsOf(sqlServerCertificate, { sqlServer, expiry: today }), []);
    assert.match(problemsOf(sqlServerCertificate, { sqlServer, expiry: yesterday })[0] ?? "", /in the past/);
  });

  // Safety B15
  it("shows no difference where it was made to end at the beginning of that day", async () => {
    await scene.query("CREATE CERTIFICATE [old] WITH SUBJECT = 'old', EXPIRY_DATE = '20400229'");
    const [row] = await scene.query<{ thumbprint: Buffer }>(
      "SELECT thumbprint FROM sys.certificates WHERE name = 'old'",
    );
    const inputs = { sqlServer: scene.sqlServer, certificateName: "old", expiry: "2040-02-29" };
    const outs = {
      ...inputs,
      expiryDate: "2040-02-29",
      thumbprint: row?.thumbprint.toString("hex").toUpperCase(),
      instanceId: (await create()).outs.instanceId,
    };
    const shown = await resource().read({ id: "old", outs });
    assert.ok(shown);
    assert.equal(shown.drift, undefined);
    assert.equal(shown.outs.expiryDate, "2040-02-29");
    assert.equal(await resource().wants({ id: "old", outs: shown.outs }, inputs), "same");
    await scene.query("DROP CERTIFICATE [old]");
  });

  it("is valid for a year where no expiry is given", async () => {
    const { outs } = await create();
    const [from, to] = [new Date(String(outs.startDate)), new Date(String(outs.expiryDate))];
    assert.equal(to.getUTCFullYear() - from.getUTCFullYear(), 1);
    assert.equal(await resource().wants({ id: "x", outs }, { sqlServer: scene.sqlServer }), "same");
  });

  // Safety A3
  it("is not replaced under the name that it has: that is refused in the preview, and a name that is left out is not", async () => {
    const { outs } = await create({ certificateName: "fixed", expiry: "2040-01-01" });
    const refused = (more: object, isCascade = false) =>
      sqlServerCertificate.refusal?.(
        outs as never,
        { sqlServer: scene.sqlServer, expiry: "2041-01-01", ...more } as never,
        { replaces: ["expiry"], isCascade },
      )?.message;
    assert.match(
      refused({ certificateName: "FIXED" }) ?? "",
      /^Could not change expiry of the certificate fixed\.\n {2}Nothing was touched\..*another certificateName together with the change, or leave it out/s,
    );
    assert.equal(refused({ certificateName: "another" }), undefined);
    assert.equal(refused({}), undefined);
    assert.equal(refused({ certificateName: "fixed" }, true), undefined);
    await scene.query("DROP CERTIFICATE [fixed]");
  });

  it("takes a name with the date beside the one that it replaces, and drops the old one last", async () => {
    const first = await create({ expiry: "2040-01-01" });
    const second = await create({ expiry: "2041-01-01" });
    assert.equal(second.outs.certificateName, `Cert_${scene.serverName}_endpoint_20410101`);
    await resource().delete(first);
    assert.deepEqual((await resource().read(second))?.outs.thumbprint, second.outs.thumbprint);
  });

  // Safety A3
  it("finds a free name whatever earlier runs left, also ones that were killed, and adopts none of it", async () => {
    const name = `Cert_${scene.serverName}_endpoint`;
    const inputs = { expiry: "2041-01-01" };
    const left = [await create(inputs), await create(inputs), await create(inputs), await create(inputs)];
    assert.deepEqual(
      left.map(({ outs }) => outs.certificateName),
      [name, `${name}_20410101`, `${name}_20410101_2`, `${name}_20410101_3`],
    );
    assert.equal(new Set(left.map(({ outs }) => outs.thumbprint)).size, 4);
  });

  // Safety A6
  inLab("is made for each of two runs that take the same name at the same moment", async () => {
    scene.lab.faults.add({ on: "statement", matching: "CREATE CERTIFICATE", times: 2, delayMilliseconds: 150 });
    const both = await Promise.all([create(), create()]);
    assert.equal(new Set(both.map(({ outs }) => outs.thumbprint)).size, 2);
    assert.equal(new Set(both.map(({ outs }) => outs.certificateName)).size, 2);
  });

  // Safety A6
  for (const [what, use, free] of [
    ["a login", "CREATE LOGIN [by key] FROM CERTIFICATE [mine]", "DROP LOGIN [by key]"],
    ["a user", "CREATE USER [by key] FROM CERTIFICATE [mine]", "DROP USER [by key]"],
    [
      "an endpoint",
      "CREATE ENDPOINT [by key] STATE = STARTED AS TCP (LISTENER_PORT = 5022) FOR DATABASE_MIRRORING (ROLE = ALL, AUTHENTICATION = CERTIFICATE [mine])",
      "DROP ENDPOINT [by key]",
    ],
  ] as const)
    it(`is kept while ${what} needs it, and says so`, async () => {
      const one = await create({ certificateName: "mine" });
      await scene.query(use);
      scene.warnings.length = 0;
      await resource().delete(one);
      assert.equal((await resource().read(one))?.outs.thumbprint, one.outs.thumbprint);
      const [warning = ""] = scene.warnings;
      assert.match(
        warning,
        new RegExp(`Kept the certificate mine on .*: the ${what.split(" ")[1]} by key still needs it\\.`),
      );
      assert.match(warning, /remove it by hand: DROP CERTIFICATE \[mine\]$/);
      await scene.query(free);
      await resource().delete(one);
      assert.equal(await resource().read(one), undefined);
    });

  // Safety A6
  inLab("is kept where only the server knows what needs it", async () => {
    const one = await create({ certificateName: "mine" });
    for (const number of [15187, 15352, 15559]) {
      const error = { number, severity: 16, text: "The certificate cannot be dropped." };
      scene.lab.faults.add({ on: "statement", matching: "DROP CERTIFICATE", error });
      scene.warnings.length = 0;
      await resource().delete(one);
      assert.match(scene.warnings.join(), /Kept the certificate mine .*: something on that server still needs it/);
    }
  });

  it("is not taken for the recorded one when somebody made another under its name", async () => {
    const one = await create({ certificateName: "mine" });
    await scene.query("DROP CERTIFICATE [mine]");
    await scene.query("CREATE CERTIFICATE [mine] WITH SUBJECT = 'theirs'");
    await assert.rejects(
      resource().update(one, { sqlServer: scene.sqlServer, certificateName: "mine" }),
      /somebody dropped it and made another one under its name[\s\S]*run pulumi refresh/,
    );
    await scene.query("DROP CERTIFICATE [mine]");
  });

  it("refuses a name that is taken, and says how to go on", async () => {
    await create({ certificateName: "mine" });
    const before = await scene.objects();
    const message = await resource().refused({ sqlServer: scene.sqlServer, certificateName: "MINE" });
    assert.match(message, /a certificate of that name exists already/);
    assert.match(message, /whether something uses it: SELECT e\.name .*c\.name = N'mine'/);
    assert.deepEqual(await scene.objects(), before);
  });

  it("is gone when another certificate has its name, and leaves that one alone", async () => {
    const one = await create({ certificateName: "mine" });
    await scene.query("DROP CERTIFICATE [mine]");
    await scene.query("CREATE CERTIFICATE [mine] WITH SUBJECT = 'theirs'");
    assert.equal(await resource().read(one), undefined);
    await resource().delete(one);
    assert.equal((await scene.query("SELECT 1 AS x FROM sys.certificates WHERE name = 'mine'")).length, 1);
    await scene.query("DROP CERTIFICATE [mine]");
    await resource().delete(one);
  });

  it("comes back from the catalog under every name that is allowed, and nothing else is made", async () => {
    for (const certificateName of hostileNames.filter((name) => !/[\\\r]/.test(name))) {
      const before = await scene.objects();
      const one = await create({ certificateName, subject: certificateName });
      assert.equal(one.outs.certificateName, certificateName);
      assert.deepEqual(
        (await scene.objects()).filter((name) => !before.includes(name)),
        [`certificates: ${certificateName}`],
      );
      await resource().delete(one);
      assert.deepEqual(await scene.objects(), before);
    }
  });

  inLab("is there once when the answer is lost, and recorded when the server can't be asked afterwards", async () => {
    scene.lab.faults.add({ on: "statement", matching: "CREATE CERTIFICATE", drop: "after" });
    const one = await create({ certificateName: "lost" });
    assert.equal(typeof one.outs.thumbprint, "string");
    await resource().delete(one);

    scene.lab.faults.add({ on: "statement", matching: "WHERE name = N'half'", nth: 2, error: { number: 300 } });
    const inputs = { sqlServer: scene.sqlServer, certificateName: "half" };
    await assert.rejects(create(inputs), (error: Error & { id?: string; properties?: Record<string, unknown> }) => {
      assert.match(error.message, /300/);
      assert.equal(error.properties?.certificateName, "half");
      made.push({ id: error.id ?? "", outs: error.properties ?? {} });
      return error.id !== undefined;
    });
    const half = made.at(-1);
    assert.ok(half);
    const finished = await resource().update(half, inputs);
    assert.equal(typeof finished.outs.thumbprint, "string");
  });

  it("needs a master key, and says so", async () => {
    await scene.query("DROP MASTER KEY");
    const message = await resource().refused({ sqlServer: scene.sqlServer });
    await scene.query("CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'Kept-in-a-safe-place-1'");
    assert.match(message, /SQL Server error 15581/);
    assert.match(message, /What to do: declare a MasterKey/);
  });

  it("is not touched through a host that is another instance now", async () => {
    const one = await create();
    const elsewhere = { ...one, outs: { ...one.outs, instanceId: "otherserver/00000000-0000-0000-0000-000000000000" } };
    await assert.rejects(resource().delete(elsewhere), /the one recorded is otherserver/);
    await assert.rejects(resource().read(elsewhere), /points at another instance/);
  });

  // Safety C2
  describe("taken over", () => {
    const name = "by hand";
    const taking = (more: object = {}) => ({ sqlServer: scene.sqlServer, certificateName: name, adopt: true, ...more });
    const refused = async (more: object = {}) => {
      const before = await scene.query("SELECT * FROM sys.certificates ORDER BY name");
      const message = await resource().refused(taking(more));
      assert.deepEqual(await scene.query("SELECT * FROM sys.certificates ORDER BY name"), before);
      return message;
    };
    afterEach(() => scene.query(`DROP CERTIFICATE [${name}]`));

    it("is used as it is, and stays when the stack goes, as when a new one takes its place", async () => {
      await scene.query(`CREATE CERTIFICATE [${name}] WITH SUBJECT = 'mine', EXPIRY_DATE = '20400301'`);
      for (const more of [{}, { subject: "mine", expiry: "2040-03-01" }]) {
        const taken = await resource().create(taking(more));
        assert.equal(taken.outs.expiryDate, "2040-03-01");
        assert.equal(await resource().wants(taken, taking(more)), "same");
        const updated = await resource().update(taken, taking(more));
        await resource().delete(updated);
        assert.match(
          scene.warnings.at(-1) ?? "",
          /^Left the certificate by hand on .*, as it was there before this stack took it over\.$/,
        );
        assert.equal((await scene.query(`SELECT name FROM sys.certificates WHERE name = '${name}'`)).length, 1);
      }
    });

    it("is, where no name is given, the one that the endpoint shows; a new one in its place is made all the same", async () => {
      await scene.query(`CREATE CERTIFICATE [${name}] WITH SUBJECT = 'mine', EXPIRY_DATE = '20400301'`);
      await scene.query(
        `CREATE ENDPOINT [e] STATE = STARTED AS TCP (LISTENER_PORT = 5022, LISTENER_IP = ALL) FOR DATABASE_MIRRORING (ROLE = ALL, AUTHENTICATION = CERTIFICATE [${name}], ENCRYPTION = REQUIRED ALGORITHM AES)`,
      );
      const inputs = { sqlServer: scene.sqlServer, adopt: true, __urn: "urn:pulumi:dev::p::t::certificate" };
      const taken = await resource().create(inputs);
      assert.equal(taken.outs.certificateName, name);
      const driven = resource();
      assert.equal(await driven.wants(taken, { ...inputs, expiry: "2041-01-01" }), "replace");
      const next = await driven.create({ ...inputs, expiry: "2041-01-01" });
      assert.equal(next.outs.certificateName, `Cert_${scene.serverName}_endpoint_20410101`);
      await driven.delete(taken);
      await driven.delete(next);
      assert.equal((await scene.query(`SELECT name FROM sys.certificates WHERE name = '${name}'`)).length, 1);
      await scene.query("DROP ENDPOINT [e]");
    });

    it("is never taken for one that a killed run made, where that run took it over", async () => {
      await scene.query(
        `CREATE CERTIFICATE [${name}] WITH SUBJECT = 'Certificate for ${name}', EXPIRY_DATE = '20400301'`,
      );
      const inputs = taking({ __urn: "urn:pulumi:dev::p::t::certificate" });
      // Nothing of this run is recorded.
      await resource().create(inputs);
      await resource().delete(await resource().create(inputs));
      assert.equal((await scene.query(`SELECT name FROM sys.certificates WHERE name = '${name}'`)).length, 1);
    });

    it("is not where it proves nothing, has ended, or is another than the program says: each with its way on", async () => {
      await scene.query(`CREATE CERTIFICATE [${name}] WITH SUBJECT = 'mine', EXPIRY_DATE = '20400301'`);
      assert.match(
        await refused({ expiry: "2041-01-01", subject: "another" }),
        /expiry is 2040-03-01, not 2041-01-01\n {2}subject is mine, not another[\s\S]*or give another certificateName/,
      );
      await scene.query(`ALTER CERTIFICATE [${name}] REMOVE PRIVATE KEY`);
      assert.match(await refused(), /has lost its private key, so it proves nothing/);
      await scene.query(`DROP CERTIFICATE [${name}]`);
      await scene.query(`CREATE CERTIFICATE [${name}] ENCRYPTION BY PASSWORD = 'Of-its-own-1' WITH SUBJECT = 'mine'`);
      assert.match(
        await refused(),
        /is encrypted by a password, so the server cannot open it[\s\S]*WITH PRIVATE KEY \(DECRYPTION BY PASSWORD/,
      );
      await scene.query(`DROP CERTIFICATE [${name}]`);
      await scene.query(
        `CREATE CERTIFICATE [${name}] WITH SUBJECT = 'mine', START_DATE = '20200101', EXPIRY_DATE = '20210101'`,
      );
      assert.match(await refused(), /it ended on 2021-01-01[\s\S]*a new certificate is made/);
    });
  });
});

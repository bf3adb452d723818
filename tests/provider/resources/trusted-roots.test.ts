import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { createSelfSigned } from "#lab/sql-server/certificates/self-signed";
import { trustedRoots } from "#provider/resources/trusted-roots/lifecycle";
import { azureRoots } from "#provider/sql-server/roots/azure-roots";
import { accepted, change, problemsOf, sqlServer, unknown, unknownEverywhere } from "../sql-server/check-and-diff";
import { type Made, openScene, type Scene } from "../sql-server/sql-server-scene";

const [microsoft = "", digiCert = ""] = Object.values(azureRoots);
const hexOf = (pem: string) => new X509Certificate(pem).raw.toString("hex");

describe("the arguments of TrustedRoots", () => {
  it("are the two roots of the script page where none are given", () => {
    const { roots, thumbprints, dnsPattern } = accepted(trustedRoots, { sqlServer });
    assert.equal(roots, undefined, "they would fill the state");
    assert.deepEqual(thumbprints, {
      MicrosoftPKI: "73A5E64A3BFF8316FF0EDCCC618A906E4EAE4D74",
      DigiCertPKI: "DF3C24F9BFD666761B268073FE06D1CC8D4F82A4",
    });
    assert.equal(dnsPattern, "*.database.windows.net");
    const managedInstanceId =
      "/subscriptions/8313371e-0879-428e-b1da-6353575a9192/resourceGroups/rg/providers/Microsoft.Sql/managedInstances/mi1";
    assert.equal(accepted(trustedRoots, { sqlServer, managedInstanceId }).dnsPattern, undefined, "it is asked for");
  });

  it("mean the same as PEM and as hexadecimal, with 0x or without", () => {
    const [pem, hex, prefixed] = [microsoft, hexOf(microsoft), `0x${hexOf(microsoft).toUpperCase()}`].map((root) =>
      accepted(trustedRoots, { sqlServer, roots: { root } }),
    );
    assert.deepEqual(pem, hex);
    assert.deepEqual(hex, prefixed);
  });

  it("refuse what is no certificate, twice the same, and all at once", () => {
    const [problem = ""] = problemsOf(trustedRoots, { sqlServer, roots: { a: "0x3082", b: "hello", "": microsoft } });
    assert.match(
      problem,
      /^roots has a problem: a must be a certificate: .*; b must be a certificate: .*; the name "" must not be empty$/,
    );
    assert.match(
      problemsOf(trustedRoots, { sqlServer, roots: { a: microsoft, A: digiCert } })[0] ?? "",
      /the name A is there twice/,
    );
    assert.match(
      problemsOf(trustedRoots, { sqlServer, roots: { a: microsoft, b: hexOf(microsoft) } })[0] ?? "",
      /the same certificate is there twice/,
    );
    assert.match(problemsOf(trustedRoots, { sqlServer, roots: {} })[0] ?? "", /one root at least/);
    assert.match(
      problemsOf(trustedRoots, { sqlServer, dnsPattern: "database.windows.net" })[0] ?? "",
      /^dnsPattern must look like \*\.database/,
    );
  });

  it("change in place", () => {
    const before = accepted(trustedRoots, {
      sqlServer,
      roots: { MicrosoftPKI: hexOf(microsoft), DigiCertPKI: digiCert },
    });
    assert.equal(change(trustedRoots, before, accepted(trustedRoots, { sqlServer, roots: { microsoft } })), "update");
    assert.equal(
      change(trustedRoots, before, accepted(trustedRoots, { sqlServer, dnsPattern: "*.database.usgovcloudapi.net" })),
      "update",
    );
    assert.equal(
      change(
        trustedRoots,
        before,
        accepted(trustedRoots, { sqlServer, roots: { DigiCertPKI: hexOf(digiCert), MicrosoftPKI: microsoft } }),
      ),
      "same",
    );
  });

  it("have unknown thumbprints while the roots are unknown", () => {
    assert.equal(accepted(trustedRoots, { sqlServer, roots: unknown }).thumbprints, unknown);
    assert.equal(accepted(trustedRoots, { sqlServer, roots: { a: unknown } }).thumbprints, unknown);
  });

  it("are refused and never thrown at when they are of another kind", () => {
    assert.match(problemsOf(trustedRoots, { sqlServer, roots: { a: 5 } })[0] ?? "", /a must be a certificate/);
    assert.match(problemsOf(trustedRoots, { sqlServer, roots: "a" })[0] ?? "", /roots must be an object/);
  });

  it("may all be unknown in a preview", () => unknownEverywhere(trustedRoots, { sqlServer }));
});

describe("TrustedRoots on a server", () => {
  let scene: Scene;
  let made: Made | undefined;
  let clean: string[];
  let other: string;
  before(async () => {
    scene = await openScene();
    clean = await scene.objects();
    const notAfter = new Date(Date.now() + 1e9);
    other = (await createSelfSigned({ subject: "mi1", notBefore: new Date(), notAfter })).der.toString("hex");
  });
  after(() => scene.close());
  afterEach(async () => {
    if (made) await resource().delete(made);
    made = undefined;
    assert.deepEqual(await scene.objects(), clean);
  });
  const resource = () => scene.resource("TrustedRoots", trustedRoots);
  const news = (more: object = {}) => ({ sqlServer: scene.sqlServer, ...more });
  const issuersOf = (name: string) => [
    ...(scene.lab.sqlServer(scene.serverName).certificates.get(name.toLowerCase())?.trustedIssuerFor ?? []),
  ];
  const added = async () => (await scene.objects()).filter((name) => !clean.includes(name));

  // Safety B13
  it("looks the same to a state from before the cloud was asked for", async () => {
    made = await resource().create(news());
    assert.equal(made.outs.dnsPattern, "*.database.windows.net");
    const managedInstanceId = scene.lab.ready.managedInstances[0]?.id;
    const old = { ...made, outs: { ...made.outs, __v: 1 } };
    assert.equal(await resource().wants(old, news({ managedInstanceId })), "same");
    const shown = await resource().read(old);
    assert.ok(shown);
    assert.equal(shown.drift, undefined);
    assert.equal(await resource().wants({ ...old, outs: shown.outs }, news({ managedInstanceId })), "same");
  });

  it("imports both roots, registers them as issuers, and drops them again", async () => {
    made = await resource().create(news());
    assert.deepEqual(await added(), ["certificates: DigiCertPKI", "certificates: MicrosoftPKI"]);
    assert.deepEqual(issuersOf("MicrosoftPKI"), ["*.database.windows.net"]);
    assert.deepEqual(made.outs.added, ["MicrosoftPKI", "DigiCertPKI"]);
    assert.equal((await resource().read(made))?.drift, undefined);
    assert.equal(await resource().wants(made, news()), "same");
    await resource().delete(made);
    assert.deepEqual(await added(), []);
    await resource().delete(made);
    assert.equal(await resource().read(made), undefined);
  });

  it("uses a root that is there under another name, registers it, and leaves it alone", async () => {
    await scene.query(`CREATE CERTIFICATE [theirs] FROM BINARY = 0x${hexOf(microsoft)}`);
    made = await resource().create(news());
    assert.deepEqual(made.outs.added, ["DigiCertPKI"]);
    assert.deepEqual(issuersOf("theirs"), ["*.database.windows.net"]);
    await resource().delete(made);
    assert.deepEqual(await added(), ["certificates: theirs"]);
    await scene.query("DROP CERTIFICATE [theirs]");
  });

  it("refuses a name that another certificate has, before anything is touched", async () => {
    await scene.query(`CREATE CERTIFICATE [MicrosoftPKI] FROM BINARY = 0x${hexOf(digiCert)}`);
    const message = await resource().refused(news({ roots: { MicrosoftPKI: microsoft } }));
    assert.match(message, /Likely cause: the name MicrosoftPKI belongs to another certificate/);
    assert.match(message, /whether something uses it: SELECT .*N'MicrosoftPKI'/);
    assert.deepEqual(await added(), ["certificates: MicrosoftPKI"]);
    await scene.query("DROP CERTIFICATE [MicrosoftPKI]");
  });

  it("finds a dropped root, and imports and registers it again", async () => {
    made = await resource().create(news());
    await scene.query("DROP CERTIFICATE [DigiCertPKI]");
    const found = await resource().read(made);
    assert.ok(found);
    assert.deepEqual(Object.keys(found.outs.thumbprints ?? {}), ["MicrosoftPKI"]);
    assert.equal(await resource().wants({ ...made, outs: found.outs }, news()), "update");
    made = await resource().update({ ...made, outs: found.outs }, news());
    assert.deepEqual(made.outs.added, ["MicrosoftPKI", "DigiCertPKI"]);
    assert.deepEqual(issuersOf("DigiCertPKI"), ["*.database.windows.net"]);
    assert.equal(await resource().wants(made, news()), "same");
  });

  it("adds and removes roots in place, and registers a new pattern", async () => {
    made = await resource().create(news({ roots: { one: microsoft } }));
    made = await resource().update(
      made,
      news({ roots: { two: digiCert }, dnsPattern: "*.database.usgovcloudapi.net" }),
    );
    assert.deepEqual(await added(), ["certificates: two"]);
    assert.deepEqual(issuersOf("two"), ["*.database.usgovcloudapi.net"]);
    made = await resource().update(made, news({ roots: { one: microsoft, two: digiCert } }));
    assert.deepEqual(made.outs.added, ["one", "two"]);
    assert.deepEqual(issuersOf("one"), ["*.database.windows.net"]);
  });

  it("imports no root twice when the answer is lost", async () => {
    scene.lab.faults.add({ on: "statement", matching: "^CREATE CERTIFICATE", drop: "after" });
    made = await resource().create(news());
    assert.deepEqual(await added(), ["certificates: DigiCertPKI", "certificates: MicrosoftPKI"]);
    assert.deepEqual(issuersOf("DigiCertPKI"), ["*.database.windows.net"]);
  });

  // Safety A6
  it("are as good when another run imports them at the same moment: then they are that run's", async () => {
    scene.lab.faults.add({ on: "statement", matching: "^CREATE CERTIFICATE", times: 4, delayMilliseconds: 150 });
    const both = await Promise.all([resource().create(news()), resource().create(news())]);
    const added = both.flatMap(({ outs }) => outs.added as string[]);
    assert.deepEqual(added.sort(), ["DigiCertPKI", "MicrosoftPKI"]);
    for (const one of both) {
      assert.equal(one.outs.unregistered, undefined);
      assert.equal((await resource().read(one))?.drift, undefined);
    }
    for (const name of added) assert.deepEqual(issuersOf(name), ["*.database.windows.net"]);
    for (const one of both) await resource().delete(one);
  });

  // Safety A6
  it("are kept while the certificate of an instance is there, and say so", async () => {
    made = await resource().create(news());
    const host = "mi1.0a1b2c.database.windows.net";
    await scene.query(`CREATE CERTIFICATE [${host}] FROM BINARY = 0x${other}`);
    scene.warnings.length = 0;
    await resource().delete(made);
    assert.match(
      scene.warnings.join(),
      /^Kept the trusted roots DigiCertPKI, MicrosoftPKI on sqlserver1 .*: the managed instance mi1\.0a1b2c\.database\.windows\.net still needs it.*DROP CERTIFICATE \[DigiCertPKI\]; DROP CERTIFICATE \[MicrosoftPKI\]$/,
    );
    assert.ok(await resource().read(made));
    await scene.query(`DROP CERTIFICATE [${host}]`);
  });

  it("records the roots when they can't be registered, and registers them next time", async () => {
    scene.lab.faults.add({ on: "statement", matching: "sp_certificate_add_issuer @", error: { number: 2812 } });
    await assert.rejects(
      resource().create(news()),
      (error: Error & { id?: string; properties?: Record<string, unknown> }) => {
        assert.match(error.message, /2812/);
        assert.match(error.message, /Likely cause: sp_certificate_add_issuer is missing/);
        made = { id: error.id ?? "", outs: error.properties ?? {} };
        return error.id !== undefined;
      },
    );
    assert.ok(made);
    made = await resource().update(made, news());
    assert.deepEqual(issuersOf("MicrosoftPKI"), ["*.database.windows.net"]);
  });

  it("records one root when the other is refused, and drops nobody else's", async () => {
    scene.lab.faults.add({ on: "statement", matching: "^CREATE CERTIFICATE .DigiCertPKI", error: { number: 15297 } });
    const error = await resource().fails(news());
    assert.match(error.message, /Could not import the trusted root DigiCertPKI/);
    assert.deepEqual(error.properties?.added, ["MicrosoftPKI"]);
    made = { id: error.id ?? "", outs: error.properties ?? {} };
    await scene.query(`CREATE CERTIFICATE [theirs] FROM BINARY = 0x${hexOf(digiCert)}`);
    await resource().delete(made);
    assert.deepEqual(await added(), ["certificates: theirs"]);
    await scene.query("DROP CERTIFICATE [theirs]");
  });

  it("does not take a registration that was refused for one that was there", async () => {
    scene.lab.faults.add({
      on: "statement",
      matching: "sp_certificate_add_issuer @",
      times: "always",
      error: { number: 15247 },
    });
    const error = await resource().fails(news());
    made = { id: error.id ?? "", outs: error.properties ?? {} };
    assert.deepEqual(made.outs.unregistered, ["MicrosoftPKI", "DigiCertPKI"]);
    await assert.rejects(resource().update(made, news()), /15247/);
    scene.lab.faults.clear();
    made = await resource().update(made, news());
    assert.equal(made.outs.unregistered, undefined);
    assert.deepEqual(issuersOf("DigiCertPKI"), ["*.database.windows.net"]);
  });

  it("takes names that mean something to T-SQL", async () => {
    const name = "x'; DROP DATABASE [db1];--]";
    made = await resource().create(news({ roots: { [name]: microsoft } }));
    assert.deepEqual(await added(), [`certificates: ${name}`]);
  });
});

import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { complete } from "#provider/arguments/sql-server-settings";
import { VisibleError } from "#provider/errors/visible-error";
import type { Context } from "#provider/lifecycle/context";
import { managedInstanceCertificate } from "#provider/resources/managed-instance-certificate/lifecycle";
import { azureRoots } from "#provider/resources/trusted-roots/azure-roots";
import { connect } from "#provider/sql-server/connection";
import { azureEnvironment } from "#tools/lab";
import { startDynamicProviderServer } from "../../support/dynamic-provider";
import { accepted, change, problemsOf, sqlServer, unknownEverywhere } from "../sql-server/check-and-diff";
import { openScene, type Scene } from "../sql-server/sql-server-scene";

const managedInstanceId =
  "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/g/providers/Microsoft.Sql/managedInstances/mi1";

describe("the arguments of ManagedInstanceCertificate", () => {
  it("need the resource id of an instance", () => {
    for (const wrong of ["mi1", "", `${managedInstanceId}/databases/db1`]) {
      assert.match(
        problemsOf(managedInstanceCertificate, { sqlServer, managedInstanceId: wrong })[0] ?? "",
        /^managedInstanceId must be the resource id of a managed instance \(\/subscriptions\//,
      );
    }
    assert.equal(problemsOf(managedInstanceCertificate, {}).length, 2);
  });

  it("make a new certificate of another instance, whatever its id's letter case", () => {
    const before = accepted(managedInstanceCertificate, { sqlServer, managedInstanceId });
    assert.equal(
      change(managedInstanceCertificate, before, { ...before, managedInstanceId: managedInstanceId.toUpperCase() }),
      "same",
    );
    assert.deepEqual(
      change(managedInstanceCertificate, before, {
        ...before,
        managedInstanceId: managedInstanceId.replace("mi1", "mi2"),
      }),
      { replaces: ["managedInstanceId"] },
    );
  });

  it("may all be unknown in a preview", () =>
    unknownEverywhere(managedInstanceCertificate, { sqlServer, managedInstanceId }));
});

describe("ManagedInstanceCertificate on a server", () => {
  let scene: Scene;
  let clean: string[];
  const [oneHex = "", otherHex = ""] = Object.values(azureRoots).map((pem) =>
    new X509Certificate(pem).raw.toString("hex").toUpperCase(),
  );
  /** What Azure answers; the ARM half has its own tests. */
  let azure: { fqdn: string; blob: string; gone?: boolean };
  before(async () => {
    scene = await openScene();
    clean = await scene.objects();
  });
  after(() => scene.close());
  beforeEach(() => {
    azure = { fqdn: "mi1.0a1b2c.database.windows.net", blob: oneHex };
  });
  afterEach(async () => assert.deepEqual(await scene.objects(), clean));

  const unused = async (): Promise<never> => {
    throw new assert.AssertionError({ message: "not asked for" });
  };
  const context = (): Context => ({
    signal: new AbortController().signal,
    status: () => {},
    warn: () => {},
    secret: unused,
    look: unused,
    sql: async (server) => await connect(complete(server), String(server.password), new AbortController().signal),
    azure: {
      now: () => new Date(),
      async managedInstance(id) {
        if (azure.gone) throw new VisibleError({ doing: "read it" }, ["ResourceNotFound"]);
        return {
          id,
          name: azure.fqdn.split(".")[0] ?? "",
          fqdn: azure.fqdn,
          dnsZone: "0a1b2c",
          state: "Ready",
          location: "westeurope",
        };
      },
      endpointCertificate: async () => azure.blob,
      find: unused,
      findForSure: unused,
      findOrListed: unused,
      appeared: unused,
      threeTimes: (_doing, look) => look(true),
      list: unused,
      put: unused,
      patch: unused,
      delete: unused,
    },
  });
  const inputs = () => accepted(managedInstanceCertificate, { sqlServer: scene.sqlServer, managedInstanceId });
  const create = async () => (await managedInstanceCertificate.create(inputs(), context())).state;
  const remove = (state: Awaited<ReturnType<typeof create>>) => managedInstanceCertificate.delete(state, context());

  it("imports what Azure presents, named as the host", async () => {
    const state = await create();
    assert.equal(state.fqdn, azure.fqdn);
    assert.equal(state.managedInstanceName, "mi1");
    assert.equal(state.thumbprint, "73A5E64A3BFF8316FF0EDCCC618A906E4EAE4D74");
    assert.equal(state.expiryDate, "2042-07-18");
    assert.deepEqual(
      (await scene.objects()).filter((name) => !clean.includes(name)),
      [`certificates: ${azure.fqdn}`],
    );
    assert.equal((await managedInstanceCertificate.observe(state, context()))?.drift, undefined);
    await remove(state);
    await remove(state);
    assert.equal(await managedInstanceCertificate.observe(state, context()), undefined);
  });

  it("refuses another certificate under its name, which is in use or not what the instance presents", async () => {
    const state = await create();
    azure.blob = otherHex;
    await assert.rejects(
      create(),
      /a certificate of that name exists already[\s\S]*whether something uses it: SELECT g\.name, r\.endpoint_url/,
    );
    await remove(state);
  });

  // Safety A6
  it("uses the very same one that somebody else imported, also at the same moment, and never touches it", async () => {
    scene.lab.faults.add({ on: "statement", matching: "CREATE CERTIFICATE", times: 2, delayMilliseconds: 150 });
    const both = await Promise.all([create(), create()]);
    const [owner, guest] = both.sort((a, b) => Number(a.created === false) - Number(b.created === false));
    assert.ok(owner && guest);
    assert.deepEqual([owner.created, guest.created], [undefined, false]);
    const later = await create();
    assert.equal(later.created, false);
    await remove(guest);
    assert.ok(await managedInstanceCertificate.observe(owner, context()));

    azure.blob = otherHex;
    assert.equal((await managedInstanceCertificate.observe(guest, context()))?.drift, undefined);
    assert.equal((await managedInstanceCertificate.update(guest, inputs(), context())).thumbprint, owner.thumbprint);
    assert.match((await managedInstanceCertificate.observe(owner, context()))?.drift ?? "", /Azure presents another/);
    await remove(owner);
  });

  it("finds that Azure renewed it, and imports the new one under the same name", async () => {
    const state = await create();
    azure.blob = otherHex;
    const observed = await managedInstanceCertificate.observe(state, context());
    assert.match(observed?.drift ?? "", /Azure presents another certificate \(DF3C24F9/);
    const renewed = await managedInstanceCertificate.update(state, inputs(), context());
    assert.equal(renewed.thumbprint, "DF3C24F9BFD666761B268073FE06D1CC8D4F82A4");
    assert.equal((await managedInstanceCertificate.observe(renewed, context()))?.drift, undefined);
    await remove(state);
    assert.ok(await managedInstanceCertificate.observe(renewed, context()));
    await remove(renewed);
  });

  // Safety A3
  it("keeps the old one, which the links trust, when a renewal fails", async () => {
    const state = await create();
    azure.blob = otherHex;
    scene.lab.faults.add({ on: "statement", matching: "CREATE CERTIFICATE", error: { number: 15297 } });
    await assert.rejects(managedInstanceCertificate.update(state, inputs(), context()), /15297/);
    assert.equal((await managedInstanceCertificate.observe(state, context()))?.state.thumbprint, state.thumbprint);
    await remove(await managedInstanceCertificate.update(state, inputs(), context()));
  });

  it("imports it again when it is gone", async () => {
    const state = await create();
    await remove(state);
    await remove(await managedInstanceCertificate.update(state, inputs(), context()));
  });

  it("can be looked at and dropped when the instance is gone from Azure", async () => {
    const state = await create();
    azure.gone = true;
    assert.equal((await managedInstanceCertificate.observe(state, context()))?.drift, undefined);
    await remove(state);
  });

  it("refuses what is no certificate and what is no host name, before anything is touched", async () => {
    azure.blob = "3082ABCD";
    await assert.rejects(create(), /its publicBlob is not a certificate[\s\S]*az sql mi endpoint-cert show/);
    azure = { fqdn: "mi1", blob: oneHex };
    await assert.rejects(create(), /fullyQualifiedDomainName "mi1" must be a whole host name/);
  });

  // Safety B12
  it("is refused where the same certificate is there under a name that no link looks for", async () => {
    await scene.query(`CREATE CERTIFICATE [by the wizard] FROM BINARY = 0x${oneHex}`);
    await assert.rejects(
      create(),
      /the same certificate is there under the name by the wizard[\s\S]*see whether something uses it: SELECT .*by the wizard/,
    );
    await scene.query("DROP CERTIFICATE [by the wizard]");
  });

  it("is there once when the answer is lost", async () => {
    scene.lab.faults.add({ on: "statement", matching: "CREATE CERTIFICATE", drop: "after" });
    await remove(await create());
  });

  it("comes from Azure over the wire, and matches what the instance presents", async () => {
    const [instance] = scene.lab.ready.managedInstances;
    assert.ok(instance);
    const provider = await startDynamicProviderServer({ env: azureEnvironment(scene.lab.ready) });
    await provider.configure({});
    const __provider = `exports.handler=()=>require("pulumi-mi-link/dynamic").handler("ManagedInstanceCertificate")`;
    const news = { sqlServer: scene.sqlServer, managedInstanceId: instance.id, __provider };
    const { inputs, failures } = await provider.check({}, news);
    assert.deepEqual(failures, []);
    const { id, outs } = await provider.create(inputs);
    assert.equal(outs.fqdn, instance.fqdn);
    assert.equal(outs.managedInstanceName, instance.name);
    assert.equal((await provider.read(id, outs)).props?.drift, undefined);
    await provider.delete(id, outs);
    await provider.stop();
  });

  // Safety C2
  describe("taken over", () => {
    const warnings: string[] = [];
    const told = () => ({ ...context(), warn: (message: string) => void warnings.push(message) });
    const adopting = () => ({ ...inputs(), adopt: true });
    const take = async () => (await managedInstanceCertificate.create(adopting(), told())).state;
    const importByHand = (hexadecimal: string) =>
      scene.query(`CREATE CERTIFICATE [${azure.fqdn}] FROM BINARY = 0x${hexadecimal}`);
    const thumbprint = async () =>
      (
        await scene.query<{ thumbprint: Buffer }>(
          `SELECT thumbprint FROM sys.certificates WHERE name = N'${azure.fqdn}'`,
        )
      )[0]?.thumbprint.toString("hex");
    afterEach(async () => {
      warnings.splice(0);
      await scene.query(`IF CERT_ID(N'${azure.fqdn}') IS NOT NULL DROP CERTIFICATE [${azure.fqdn}]`);
    });

    it("is renewed where it is an older one of the instance, follows Azure's renewals, and stays", async () => {
      await importByHand(otherHex);
      const state = await take();
      assert.match(warnings.at(-1) ?? "", /Brought in line: Azure presents another certificate/);
      azure.blob = otherHex;
      assert.match(
        (await managedInstanceCertificate.observe(state, context()))?.drift ?? "",
        /Azure presents another certificate/,
      );
      const renewed = await managedInstanceCertificate.update(state, adopting(), context());
      assert.notEqual(renewed.thumbprint, state.thumbprint);
      await managedInstanceCertificate.delete(renewed, told());
      assert.match(
        warnings.at(-1) ?? "",
        /^Left the certificate mi1\.0a1b2c\.database\.windows\.net of the managed instance on/,
      );
      assert.equal((await thumbprint())?.toUpperCase(), renewed.thumbprint);
    });

    it("stays under its name when the instance gets another one, under which it is imported", async () => {
      await importByHand(oneHex);
      const state = await take();
      const { fqdn } = azure;
      azure.fqdn = "mi1.changed.database.windows.net";
      azure.blob = otherHex;
      const moved = await managedInstanceCertificate.update(state, adopting(), told());
      assert.match(warnings.at(-1) ?? "", /^Left the certificate mi1\.0a1b2c\./);
      await managedInstanceCertificate.delete(moved, told());
      azure.fqdn = fqdn;
      assert.equal((await thumbprint())?.toUpperCase(), state.thumbprint);
    });

    it("is not where something on the server has its name: one with a private key is no managed instance's", async () => {
      await scene.query("CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'Kept-in-a-safe-place-1'");
      await scene.query(`CREATE CERTIFICATE [${azure.fqdn}] WITH SUBJECT = 'mine'`);
      const before = await thumbprint();
      await assert.rejects(take(), /it has a private key here[\s\S]*Nothing was touched\.[\s\S]*free the name/);
      assert.equal(await thumbprint(), before);
      await scene.query(`DROP CERTIFICATE [${azure.fqdn}]`);
      await scene.query("DROP MASTER KEY");
    });
  });
});

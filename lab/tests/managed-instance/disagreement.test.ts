import assert from "node:assert/strict";
import { createIssuingAuthority } from "#lab/managed-instance/azure-pki";
import { createSelfSigned } from "#lab/sql-server/certificates/self-signed";
import { createLink, linkedDatabase, putLink, seenFromSqlServer } from "./link-calls";
import {
  addCertificate,
  addDistributedGroup,
  addGroup,
  createScene,
  prepareBothSides,
  type Scene,
  type SceneOptions,
} from "./scene";

type Endpoint = NonNullable<Scene["sqlServer"]["mirroringEndpoint"]>;

describe("a link that the two sides do not agree on", () => {
  let scene: Scene;
  afterEach(() => scene.close());

  async function prepare(options?: SceneOptions): Promise<void> {
    scene = await createScene(options);
    await prepareBothSides(scene);
  }

  const disagreements: readonly [what: string, number: number, spoil: (scene: Scene) => unknown, shown?: RegExp][] = [
    ["whose endpoint does not listen", 41986, ({ listener }) => listener.close()],
    ["whose endpoint is stopped", 41986, (stopped) => setEndpoint(stopped, { state: "STOPPED" })],
    ["whose endpoint is a witness", 41976, (witness) => setEndpoint(witness, { role: "WITNESS" })],
    [
      "whose endpoint does not speak AES",
      41976,
      (old) => setEndpoint(old, { encryption: { mode: "REQUIRED", algorithms: ["RC4"] } }),
      /encryption algorithm/,
    ],
    [
      "whose endpoint knows only Windows",
      41976,
      (windows) => setEndpoint(windows, { authentication: [{ windows: "NEGOTIATE" }] }),
      /authentication protocol/,
    ],
    [
      "whose endpoint certificate Azure does not have",
      41973,
      ({ instance }) => instance.trustCertificates.clear(),
      /Certificate not found/,
    ],
    ["whose endpoint certificate is expired", 41976, ({ clock }) => clock.advance(101 * 86_400_000), /expired/],
    [
      "whose endpoint certificate belongs to another key",
      41976,
      async ({ sqlServer, instance }) => {
        const own = sqlServer.certificates.get("cert_sqlserver1_endpoint");
        assert.ok(own);
        sqlServer.certificates.set("cert_sqlserver1_endpoint", {
          ...own,
          privateKey: instance.endpointCertificate.key,
        });
      },
      /private key/,
    ],
    [
      "whose SQL Server lacks the instance's certificate",
      41974,
      ({ sqlServer, instance }) => sqlServer.certificates.delete(instance.engine.fqdn),
      /Certificate not found/,
    ],
    [
      "whose SQL Server has the instance's certificate by another name",
      41974,
      ({ sqlServer, instance }) => {
        sqlServer.certificates.delete(instance.engine.fqdn);
        addCertificate(sqlServer, "sqlmi1", instance.endpointCertificate.der);
      },
    ],
    [
      "whose SQL Server has another certificate by the instance's name",
      41974,
      async ({ sqlServer, instance, clock }) => {
        const forged = await createSelfSigned({
          subject: instance.engine.fqdn,
          notBefore: new Date(clock.now().getTime() - 1000),
          notAfter: new Date(clock.now().getTime() + 1e9),
        });
        addCertificate(sqlServer, instance.engine.fqdn, forged.der);
      },
    ],
    [
      "whose SQL Server lacks the roots",
      41974,
      ({ sqlServer }) => {
        sqlServer.certificates.delete("microsoftpki");
        sqlServer.certificates.delete("digicertpki");
      },
    ],
    [
      "whose instance's certificate another authority of the same name issued",
      41974,
      async ({ sqlServer, instance, clock }) => {
        const impostor = await createIssuingAuthority(clock.now());
        const forged = await impostor.issue(instance.engine.fqdn, clock.now());
        addCertificate(sqlServer, instance.engine.fqdn, forged.der);
      },
    ],
    [
      "whose roots are others by the same names",
      41974,
      async ({ sqlServer, clock }) => {
        const { der } = await createSelfSigned({
          subject: "DigiCert Global Root G2",
          notBefore: clock.now(),
          notAfter: new Date(clock.now().getTime() + 1e9),
        });
        sqlServer.certificates.delete("microsoftpki");
        addCertificate(sqlServer, "DigiCertPKI", der).trustedIssuerFor.add("*.database.windows.net");
      },
    ],
    [
      "whose roots are trusted for another domain only",
      41974,
      ({ sqlServer }) => {
        for (const { trustedIssuerFor } of sqlServer.certificates.values())
          if (trustedIssuerFor.delete("*.database.windows.net")) trustedIssuerFor.add("*.database.chinacloudapi.cn");
      },
    ],
    ["without a distributed group", 41976, ({ sqlServer }) => sqlServer.groups.delete("dag_db1")],
    ["without an availability group", 41976, ({ sqlServer }) => sqlServer.groups.delete("ag_db1")],
    [
      "whose listener URL does not name the server",
      41976,
      (scene) => addDistributedGroup(scene, `tcp://${scene.instance.engine.fqdn}:5022`),
      /redirect string is empty/,
    ],
    [
      "whose listener URL names another host",
      41976,
      (scene) => addDistributedGroup(scene, "tcp://sqlmi2.x.database.windows.net:5022;Server=[sqlmi1]"),
      /DNS lookup failed/,
    ],
    [
      "whose listener URL names another server",
      41976,
      (scene) => addDistributedGroup(scene, `tcp://${scene.instance.engine.fqdn}:5022;Server=[sqlmi2]`),
    ],
    [
      "whose own listener URL is another address",
      41976,
      ({ sqlServer }) => {
        const member = sqlServer.groups.get("dag_db1")?.replicas[0];
        assert.ok(member);
        member.url = "TCP://10.0.0.4:5022";
      },
    ],
    ["whose availability group is empty", 47521, ({ sqlServer }) => sqlServer.groups.get("ag_db1")?.databases.clear()],
    [
      "whose availability group holds another database",
      41977,
      ({ sqlServer }) => {
        sqlServer.groups.delete("ag_db1");
        addGroup(sqlServer, {
          name: "AG_db1",
          databases: ["db2"],
          members: [["sqlserver1", "TCP://127.0.0.1:5022"]],
        });
      },
    ],
  ];
  for (const [what, number, spoil, shown] of disagreements) {
    it(`fails with ${number} for one ${what}`, async () => {
      await prepare();
      await spoil(scene);
      const ended = await createLink(scene);
      assert.equal(ended.status, 200);
      assert.equal(ended.body.status, "Failed");
      assert.ok(ended.body.error?.message);
      const link = await linkedDatabase(scene);
      assert.deepEqual(
        [link?.replicaState, link?.connectedState, link?.mostRecentLinkError],
        [number === 41977 ? "LinkCreationError" : "LinkInitError", "DISCONNECTED", String(number)],
      );
      assert.equal(scene.instance.engine.databases.has("db1"), false);
      if (shown) assert.match(seenFromSqlServer(scene).lastConnectError?.description ?? "", shown);
    });
  }

  it("connects when it is put again after the mistake was mended", async () => {
    await prepare();
    scene.sqlServer.groups.delete("dag_db1");
    assert.equal((await createLink(scene)).body.status, "Failed");
    addDistributedGroup(scene);
    assert.equal((await createLink(scene)).body.status, "Succeeded");
  });

  it("waits for a SQL Server that is made ready meanwhile", async () => {
    await prepare({ options: { linkTimeoutMilliseconds: 60_000 } });
    scene.sqlServer.groups.delete("dag_db1");
    const accepted = await putLink(scene);
    assert.equal((await linkedDatabase(scene))?.replicaState, "CreatingLink");
    addDistributedGroup(scene);
    assert.equal((await scene.arm.finish(accepted)).body.status, "Succeeded");
  });
});

async function setEndpoint({ sqlServer, listener }: Scene, change: Partial<Endpoint>): Promise<void> {
  assert.ok(sqlServer.mirroringEndpoint);
  Object.assign(sqlServer.mirroringEndpoint, change);
  await listener.follow();
}

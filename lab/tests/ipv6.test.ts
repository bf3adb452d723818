import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { get } from "node:https";
import { type BothSides, startBothSides } from "./both-sides";

/** LISTENER_PORT ends at 32767, and any port that is free would often be above. */
const port = 20_000 + (process.pid % 9000);

/** A machine without IPv6 fails here: nothing else shows that the lab can be reached over it. */
describe("a lab on IPv6", function () {
  this.timeout(30_000);
  let sides: BothSides;
  before(async () => {
    sides = await startBothSides({ ipv6: true, controlPort: 0, mirroringPort: port });
    await sides.trust();
  });
  after(() => sides?.close());

  const link = "distributedAvailabilityGroups/dag";
  const connected = async () => {
    const { body } = await sides.send("GET", link);
    return String(body.properties?.databases?.[0]?.connectedState);
  };

  it("listens on ::1 with all that it has, and says so in the ready file", async () => {
    const { sqlServers, managedInstances, arm, control } = sides.lab.ready;
    assert.deepEqual(
      [...sqlServers, ...managedInstances].map(({ host }) => host),
      ["::1", "::1"],
    );
    const [, armPort] = /^https:\/\/localhost:(\d+)$/.exec(arm.endpoint) ?? [];
    const ca = readFileSync(sides.lab.ready.caFile, "utf8");
    const [response]: IncomingMessage[] = await once(get({ host: "::1", port: armPort, ca, agent: false }), "response");
    assert.equal(response?.resume().statusCode, 401);
    assert.match(control?.endpoint ?? "", /^http:\/\/\[::1\]:\d+$/);
    assert.equal((await fetch(`${control?.endpoint}/clock`)).status, 200);
    const { recordset } = await sides.sqlServer.query(
      "SELECT client_net_address AS client, local_net_address AS own FROM sys.dm_exec_connections WHERE session_id = @@SPID",
    );
    assert.deepEqual([...recordset], [{ client: "::1", own: "::1" }]);
  });

  it("connects a link over TCP://[::1]", async () => {
    assert.equal(sides.partnerEndpoint, `TCP://[::1]:${port}`);
    await sides.sqlServer.batch("BACKUP DATABASE db1 TO DISK = 'db1.bak'");
    await sides.sqlServer.batch(sides.localGroup("DATABASE db1 "));
    await sides.sqlServer.batch(sides.distributedGroup());
    const { status } = await sides.finished("PUT", link, {
      properties: {
        databases: [{ databaseName: "db1" }],
        failoverMode: "Manual",
        instanceAvailabilityGroupName: "ag_mi",
        instanceLinkRole: "Secondary",
        partnerAvailabilityGroupName: "ag",
        // This is another form of the same address.
        partnerEndpoint: `tcp://[0:0:0:0:0:0:0:1]:${port}`,
        seedingMode: "Automatic",
      },
    });
    assert.equal(String(status), "Succeeded");
    assert.equal(await connected(), "CONNECTED");
  });

  const addresses: readonly [ip: string, state: string][] = [
    ["('::2')", "DISCONNECTED"],
    ["('0:0::1')", "CONNECTED"],
    ["('127.0.0.1')", "DISCONNECTED"],
    ["ALL", "CONNECTED"],
  ];
  for (const [ip, state] of addresses)
    it(`is ${state} where the endpoint has LISTENER_IP = ${ip}`, async () => {
      await sides.sqlServer.batch(`ALTER ENDPOINT e AS TCP (LISTENER_PORT = ${port}, LISTENER_IP = ${ip})`);
      assert.equal(await connected(), state);
    });

  it("finds a chain to a root for the certificate that the link goes by, for as long as the roots are there", async () => {
    const validate = `DECLARE @id int = CERT_ID('${sides.lab.ready.managedInstances[0]?.fqdn}'); EXEC sp_validate_certificate_ca_chain @id`;
    await sides.sqlServer.batch(validate);
    await sides.sqlServer.batch("DROP CERTIFICATE MicrosoftPKI; DROP CERTIFICATE DigiCertPKI");
    assert.equal(await connected(), "DISCONNECTED");
    await assert.rejects(sides.sqlServer.batch(validate), /No chain leads/);
  });
});

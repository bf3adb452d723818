import assert from "node:assert/strict";
import { type LinkStatus, linkStatus } from "#provider/cli/status/index";
import { azureEnvironment } from "#tools/lab";
import { type OtherNames, startOtherNames } from "../support/other-names";

/** Something that happens to a link, how it is told, and what makes it well again. */
interface Mishap {
  readonly title: string;
  readonly happens: (sides: OtherNames) => Promise<unknown>;
  readonly what: RegExp;
  readonly code?: number | string;
  readonly why?: RegExp;
  readonly remedy: RegExp;
  readonly health?: LinkStatus["health"];
  /** "as told": the remedy is run as it stands. */
  readonly undo?: "as told" | ((sides: OtherNames) => Promise<unknown>);
}

const instanceName = ({ lab }: OtherNames): string => lab.ready.managedInstances[0]?.fqdn ?? "";
const endpointWith = (certificate: string) =>
  `ALTER ENDPOINT e FOR DATABASE_MIRRORING (AUTHENTICATION = CERTIFICATE ${certificate}, ENCRYPTION = REQUIRED ALGORITHM AES)`;

async function derOf({ sqlServer }: Pick<OtherNames, "sqlServer">, certificate: string): Promise<string> {
  const { recordset } = await sqlServer
    .request()
    .batch<{ der: Buffer }>(`SELECT CERTENCODED(CERT_ID('${certificate}')) AS der`);
  return `0x${recordset[0]?.der.toString("hex")}`;
}

/** In an order in which each can be undone; the last ones cannot. */
const mishaps: readonly Mishap[] = [
  {
    title: "its endpoint is stopped",
    happens: ({ sql }) => sql("ALTER ENDPOINT e STATE = STOPPED"),
    what: /^the mirroring endpoint e of sqlserver1 is STOPPED$/,
    remedy: /^ALTER ENDPOINT \[e\] STATE = STARTED$/,
    undo: "as told",
  },
  {
    title: "its endpoint shows another certificate, which nobody uploaded",
    happens: async ({ sql }) => {
      await sql("CREATE CERTIFICATE byhand WITH SUBJECT = 'by hand', EXPIRY_DATE = '20400101'");
      await sql(endpointWith("byhand"));
    },
    what: /^the managed instance sqlmi1 does not have the certificate byhand that the endpoint of sqlserver1 shows/,
    code: 41973,
    why: /got another certificate, which nobody uploaded/,
    remedy: /uploads it.*az sql mi partner-cert list -g rg-lab --instance-name sqlmi1/,
    undo: ({ sql }) => sql(endpointWith("own")),
  },
  {
    title: "the certificate of SQL Server is deleted on the instance",
    happens: ({ finished }) => finished("DELETE", "serverTrustCertificates/uploaded"),
    what: /^the managed instance sqlmi1 does not have the certificate own/,
    code: 41973,
    remedy: /uploads it/,
    undo: ({ upload }) => upload(undefined, "uploaded"),
  },
  {
    title: "the instance's certificate is dropped on SQL Server",
    happens: ({ sql, ...sides }) => sql(`DROP CERTIFICATE [${instanceName({ sql, ...sides })}]`),
    what: /^sqlserver1 does not have the certificate of the managed instance sqlmi1, whose name there is sqlmi1\./,
    code: 41974,
    remedy: /ManagedInstanceCertificate/,
    undo: async ({ sql, send, ...sides }) => {
      const { body } = await send("GET", "endpointCertificates/DATABASE_MIRRORING");
      await sql(
        `CREATE CERTIFICATE [${instanceName({ sql, send, ...sides })}] FROM BINARY = 0x${body.properties?.publicBlob}`,
      );
    },
  },
  {
    title: "the network between the two is cut",
    happens: async ({ lab }) => lab.network.cut("sqlserver1", "sqlmi1"),
    what: /^sqlserver1 and the managed instance sqlmi1 are not connected$/,
    code: 35201,
    why: /^the network between the two is cut: groups, endpoint and certificates are in order/,
    remedy: /Test-NetConnection sqlmi1\..* -Port 5022; let TCP 5022 and 11000-11999 through/,
    undo: async ({ lab }) => lab.network.mend(),
  },
  {
    title: "its database is suspended",
    happens: ({ sql }) => sql("ALTER DATABASE db1 SET HADR SUSPEND"),
    what: /^the data movement of the database db1 is suspended on sqlserver1 \(SUSPEND_FROM_USER\)$/,
    remedy: /^ALTER DATABASE \[db1\] SET HADR RESUME$/,
    undo: "as told",
  },
  {
    title: "the instance is stopped",
    happens: async ({ ended, lab, ...sides }) => {
      const arm = await sides.send("POST", "stop");
      await ended(arm);
    },
    what: /^the managed instance sqlmi1 is in the state Stopped$/,
    remedy: /^start it: az sql mi start -g rg-lab --mi sqlmi1/,
    undo: async ({ send, ended }) => await ended(await send("POST", "start")),
  },
  {
    title: "the instance renewed its certificate, which does no harm",
    happens: ({ lab }) => lab.renewCertificate("sqlmi1"),
    what: /^$/,
    remedy: /^$/,
    health: "Healthy",
  },
  {
    title: "the certificate of SQL Server ends within a month",
    happens: async ({ sql, finished, ...sides }) => {
      const soon = new Date(Date.now() + 10 * 86_400_000).toISOString().slice(0, 10).replaceAll("-", "");
      await sql(`CREATE CERTIFICATE soon WITH SUBJECT = 'soon', EXPIRY_DATE = '${soon}'`);
      await finished("PUT", "serverTrustCertificates/soon", { properties: { publicBlob: await derOf(sides, "soon") } });
      await sql(endpointWith("soon"));
    },
    health: "Warning",
    what: /^the certificate soon of sqlserver1, which its endpoint shows, expires on \d{4}-\d\d-\d\d \(UTC\)$/,
    code: 1474,
    remedy: /^rotate it before/,
    undo: ({ sql }) => sql(endpointWith("own")),
  },
  {
    title: "its distributed group leads to no managed instance any more",
    happens: ({ sql }) =>
      sql(
        "ALTER AVAILABILITY GROUP dag MODIFY AVAILABILITY GROUP ON 'ag_mi' WITH (LISTENER_URL = 'TCP://10.0.0.9:5022')",
      ),
    what: /^the distributed availability group dag of sqlserver1 does not fit .*: its member ag_mi leads to TCP:\/\/10\.0\.0\.9:5022, not to sqlmi1$/,
    code: 41976,
    remedy:
      /^ALTER AVAILABILITY GROUP \[dag\] MODIFY AVAILABILITY GROUP ON N'ag_mi' WITH \(LISTENER_URL = N'tcp:\/\/sqlmi1\..*:5022;Server=\[sqlmi1\]'\)$/,
    undo: "as told",
  },
  {
    title: "it was failed over by force, and both sides are primary",
    happens: ({ managedInstance }) =>
      managedInstance.request().batch("ALTER AVAILABILITY GROUP dag FORCE_FAILOVER_ALLOW_DATA_LOSS"),
    what: /^both sides of the link dag are primary, sqlserver1 and sqlmi1: each may have changes/,
    remedy: /whose data counts; on the other side .*: ALTER AVAILABILITY GROUP \[dag\] SET \(ROLE = SECONDARY\)\./,
    undo: ({ sql }) => sql("ALTER AVAILABILITY GROUP dag SET (ROLE = SECONDARY)"),
  },
  {
    title: "it was failed over by force, and neither side is primary",
    happens: ({ finished }) =>
      finished("POST", "distributedAvailabilityGroups/dag/failover", {
        failoverType: "ForcedAllowDataLoss",
      }),
    what: /^neither side of the link dag is primary/,
    remedy: /on the side whose data counts.*: ALTER AVAILABILITY GROUP \[dag\] FORCE_FAILOVER_ALLOW_DATA_LOSS\./,
    undo: ({ sql }) => sql("ALTER AVAILABILITY GROUP dag FORCE_FAILOVER_ALLOW_DATA_LOSS"),
  },
  {
    title: "no root vouches for the certificate of the instance",
    happens: ({ sql }) => sql("DROP CERTIFICATE MicrosoftPKI; DROP CERTIFICATE DigiCertPKI"),
    what: /^sqlserver1 and the managed instance sqlmi1 are not connected$/,
    code: 1474,
    why: /^SQL Server does not trust the managed instance's certificate\.$/,
    remedy: /TrustedRoots/,
  },
  {
    title: "its distributed group is dropped",
    happens: ({ sql }) => sql("DROP AVAILABILITY GROUP dag"),
    what: /^sqlserver1 has no distributed availability group dag$/,
    code: 41976,
    why: /^somebody dropped it on SQL Server, while Azure still has the link\.$/,
    remedy: /^pulumi up of its program makes it again/,
  },
];

describe("a link that something happened to", function () {
  this.timeout(60_000);
  let sides: OtherNames;
  let environment: NodeJS.ProcessEnv;
  before(async () => {
    sides = await startOtherNames();
    environment = { ...process.env };
    Object.assign(process.env, azureEnvironment(sides.lab.ready));
  });
  after(async () => {
    process.env = environment;
    await sides?.close();
  });

  async function look(): Promise<LinkStatus> {
    const [server] = sides.lab.ready.sqlServers;
    const [instance] = sides.lab.ready.managedInstances;
    assert.ok(server && instance);
    const { host, port, user, password } = server;
    const sqlServer = { host, port, user, password, caFile: sides.lab.ready.caFile };
    const { links } = await linkStatus({ sqlServers: [sqlServer], managedInstances: [instance.id], links: ["dag"] });
    const [link] = links;
    assert.ok(link && links.length === 1, JSON.stringify(links));
    return link;
  }

  for (const { title, happens, what, code, why, remedy, health = "Broken", undo } of mishaps)
    it(`is told with its cause: ${title}`, async () => {
      await happens(sides);
      const link = await look();
      const [problem] = link.problems;
      assert.match(problem?.what ?? "", what);
      assert.equal(link.health, health, JSON.stringify(link.problems));
      assert.equal(problem?.code, code);
      assert.match(problem?.cause ?? "", why ?? /^/);
      assert.match(problem?.remedy ?? "", remedy);
      if (undo === "as told") await sides.sql(problem?.remedy ?? "");
      else await undo?.(sides);
      if (undo) assert.equal((await look()).health, "Healthy", "it is well again");
    });
});

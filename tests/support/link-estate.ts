import { setTimeout as delay } from "node:timers/promises";
import { type Lab, startLab } from "#lab/index";
import { handler, type ResourceType } from "#provider/dynamic/index";
import { disconnectAll } from "#provider/sql-server/connection";
import { type ArmClient, openArmClient, openSqlClient, type SqlClient } from "#tools/clients";
import { azureEnvironment } from "#tools/lab";

type Bag = Record<string, unknown>;

/** A lab with 30 links from six SQL Servers to two managed instances, of which eight are broken, each in its own way. */
export interface LinkEstate {
  readonly lab: Lab;
  readonly arm: ArmClient;
  /** A console on each SQL Server. */
  readonly consoles: readonly SqlClient[];
  /** What `pulumi stack export` writes of stacks that made all of it. */
  readonly state: string;
  readonly env: Readonly<Record<string, string>>;
  /** Breaks them. */
  break(): Promise<void>;
  close(): Promise<void>;
}

/** Links of sqlserver1; the others have one each. */
const ofFirst = 25;
/** The database whose copy goes on when the others are broken. */
const copied = "db7";
const day = 86_400_000;

export async function startLinkEstate(): Promise<LinkEstate> {
  const lab = await startLab({
    sqlServers: 6,
    managedInstances: 2,
    databases: ofFirst + 5,
    linkTimeoutMilliseconds: 20_000,
  });
  const { ready } = lab;
  const env = azureEnvironment(ready);
  const before = { ...process.env };
  Object.assign(process.env, env);
  try {
    const arm = await openArmClient(ready.arm, ready.caFile);
    const consoles = await Promise.all(ready.sqlServers.map((server) => openSqlClient(server, ready.caFile)));
    const links = ready.sqlServers.flatMap((server, index) =>
      Array.from({ length: index === 0 ? ofFirst : 1 }, (_, number) =>
        linkOf(lab, index, index === 5 ? 1 : 0, server.databases[index === 0 ? number : ofFirst + index - 1] ?? ""),
      ),
    );
    await Promise.all(ready.sqlServers.map((_, index) => trust(lab, index, index === 5 ? 1 : 0)));
    await Promise.all(links.filter((link) => link.database !== copied).map((link) => make(link, arm, consoles)));
    return {
      lab,
      arm,
      consoles,
      env,
      state: JSON.stringify({ version: 3, deployment: { resources: links.flatMap(({ resources }) => resources) } }),
      async break() {
        await breakSome(lab, arm, consoles);
        // Twenty gigabytes, of which it is copied for five minutes.
        const large = lab.sqlServer("sqlserver1").databases.get(copied);
        if (large) large.sizeBytes = 20 * 2 ** 30;
        for (const link of links.filter(({ database }) => database === copied))
          make(link, arm, consoles).catch(() => undefined);
        while ((await consoles[0]?.query("SELECT 1 FROM sys.dm_hadr_physical_seeding_stats"))?.length !== 1)
          await delay(50);
      },
      async close() {
        await Promise.all(consoles.map((console) => console.close()));
        await lab.close();
      },
    };
  } finally {
    process.env = before;
    await disconnectAll();
  }
}

type Made = ReturnType<typeof linkOf>;

async function make(link: Made, arm: ArmClient, consoles: readonly SqlClient[]): Promise<void> {
  for (const statement of link.statements) await consoles[link.index]?.query(statement);
  await arm.put(link.path, { properties: link.properties });
}

/** Where it is, and what it is in a state. */
function linkOf(lab: Lab, index: number, instanceIndex: number, database: string) {
  const server = lab.ready.sqlServers[index];
  const instance = lab.ready.managedInstances[instanceIndex];
  if (!server || !instance) throw new Error("the lab is too small");
  const suffix = index === 0 ? database : `${server.name}_${database}`;
  const [group, link, instanceGroup] = [`AG_${suffix}`, `DAG_${suffix}`, `AG_${suffix}_MI`];
  const url = `TCP://${server.host}:5022`;
  const modes = "FAILOVER_MODE = MANUAL, SEEDING_MODE = AUTOMATIC";
  const settings = {
    host: server.host,
    port: server.port,
    user: server.user,
    caFile: lab.ready.caFile,
    password: {
      "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
      plaintext: JSON.stringify(server.password),
    },
  };
  const properties = {
    databases: [{ databaseName: database }],
    failoverMode: "Manual",
    instanceAvailabilityGroupName: instanceGroup,
    instanceLinkRole: "Secondary",
    partnerAvailabilityGroupName: group,
    partnerEndpoint: url,
    seedingMode: "Automatic",
  };
  const resource = (kind: ResourceType, outputs: Bag) => ({
    urn: `urn:pulumi:prod::estate::pulumi-nodejs:dynamic/mi-link:${kind}::${link}-${kind}`,
    type: `pulumi-nodejs:dynamic/mi-link:${kind}`,
    custom: true,
    outputs,
  });
  return {
    index,
    database,
    path: `${instance.id}/distributedAvailabilityGroups/${link}`,
    properties,
    statements: [
      `BACKUP DATABASE [${database}] TO DISK = '${database}.bak'`,
      `CREATE AVAILABILITY GROUP [${group}] WITH (CLUSTER_TYPE = NONE) FOR DATABASE [${database}]
        REPLICA ON '${server.name}' WITH (ENDPOINT_URL = '${url}', AVAILABILITY_MODE = SYNCHRONOUS_COMMIT, ${modes})`,
      `CREATE AVAILABILITY GROUP [${link}] WITH (DISTRIBUTED) AVAILABILITY GROUP ON
        '${group}' WITH (LISTENER_URL = '${url}', AVAILABILITY_MODE = ASYNCHRONOUS_COMMIT, ${modes}),
        '${instanceGroup}' WITH (LISTENER_URL = 'tcp://${instance.fqdn}:5022;Server=[${instance.name}]', AVAILABILITY_MODE = ASYNCHRONOUS_COMMIT, ${modes})`,
    ],
    resources: [
      resource("DistributedAvailabilityGroup", { groupName: link, localGroupName: group, sqlServer: settings }),
      resource("InstanceLink", {
        ...properties,
        linkName: link,
        managedInstanceId: instance.id,
        databaseName: database,
      }),
    ],
  };
}

/** Certificates on both sides, roots, and the endpoint, as the provider makes them. */
async function trust(lab: Lab, index: number, instanceIndex: number): Promise<void> {
  const server = lab.ready.sqlServers[index];
  const managedInstanceId = lab.ready.managedInstances[instanceIndex]?.id;
  if (!server) throw new Error("the lab is too small");
  const { host, port, user, password } = server;
  const sqlServer = { host, port, user, password, caFile: lab.ready.caFile };
  const made = async (type: ResourceType, given: Bag): Promise<Bag> => {
    const { inputs, failures } = await handler(type).check({}, { sqlServer, ...given });
    if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("; "));
    return (await handler(type).create(inputs)).outs;
  };
  await made("MasterKey", { password: "Kept-in-a-safe-place-1" });
  // One ends before the others: see breakSome.
  const expiry = new Date(Date.now() + (index === 2 ? 20 : 3650) * day).toISOString().slice(0, 10);
  const { certificateName, publicKey } = await made("SqlServerCertificate", { expiry });
  await made("TrustCertificate", { managedInstanceId, certificateName, publicKey });
  await made("TrustedRoots", {});
  await made("ManagedInstanceCertificate", { managedInstanceId });
  await made("MirroringEndpoint", { certificateName });
}

async function breakSome(lab: Lab, arm: ArmClient, consoles: readonly SqlClient[]): Promise<void> {
  const [first, , , fourth] = consoles;
  const [one, two] = lab.ready.managedInstances;
  const sql = async (text: string, console = first) => void (await console?.query(text));
  await sql("ALTER DATABASE db2 SET HADR SUSPEND");
  await arm.delete(`${one?.id}/distributedAvailabilityGroups/DAG_db3`);
  await sql("DROP AVAILABILITY GROUP DAG_db4");
  lab.network.cut("sqlserver2", "sqlmi1");
  lab.clock.advance(21 * day); // the certificate of sqlserver3
  await sql("ALTER ENDPOINT database_mirroring_endpoint STATE = STOPPED", fourth);
  const trusted = await arm.list(`${one?.id}/serverTrustCertificates`);
  for (const { name } of trusted.filter(({ name }) => /sqlserver5/i.test(name)))
    await arm.delete(`${one?.id}/serverTrustCertificates/${name}`);
  await arm.send("POST", `${two?.id}/stop`);
}

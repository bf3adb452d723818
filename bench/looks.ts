import { readFile } from "node:fs/promises";
import { ConnectionPool } from "mssql";
import type { Ready } from "#lab/ready";
import { type Arm, createArm } from "#lab-tests/managed-instance/arm-client";
import { startLabProcess } from "#tools/lab";
import { makeLink } from "./chain";
import { median, show, timed } from "./figures";

const few = 30;
const many = 300;
const rounds = 3;
/** Links that are made side by side. */
const atATime = 10;

/** A lab in a process of its own that has links of db1, db2 ..., and a client on each of its sides. */
interface Links {
  readonly count: number;
  /** SQL Server's views, the managed instance's, and the link resource: as a refresh looks at one link. */
  look(database: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Each of 30 links is looked at once, then each of 300: a look should cost the same however many links there are beside
 * it, so that ten times as many take ten times as long.
 */
export async function measureLooks(): Promise<void> {
  const links = [await startLinks(few), await startLinks(many)];
  try {
    const times = links.map((): number[] => []);
    // The first round warms up.
    for (let round = 0; round <= rounds; round++)
      for (const [index, each] of links.entries()) {
        const { milliseconds } = await timed(() => lookAtAll(each));
        if (round > 0) times[index]?.push(milliseconds);
      }
    const [short = [], long = []] = times;
    console.log(
      `Each link looked at once, from SQL Server, from the managed instance and from Azure, medians of ${rounds}`,
    );
    show(`${few} links, ${few} looks`, median(short), "ms");
    const ratio = median(long.map((milliseconds, round) => milliseconds / (short[round] ?? Number.NaN)));
    const wanted = "at most 12 wanted: 10, if a look costs the same however many links there are";
    show(`${many} links, ${many} looks`, median(long), "ms", `${ratio.toFixed(1)} of ${few}'s, ${wanted}`);
  } finally {
    await Promise.all(links.map((each) => each.close()));
  }
}

async function lookAtAll({ count, look }: Links): Promise<void> {
  for (let number = 1; number <= count; number++) await look(`db${number}`);
}

async function startLinks(count: number): Promise<Links> {
  const tier = ["--service-tier", "NextGenGeneralPurpose", "--seeding-rate", String(2 ** 40)];
  const lab = await startLabProcess(["--databases", String(count), ...tier]);
  const { ready } = lab;
  const [server, instance] = [ready.sqlServers[0], ready.managedInstances[0]];
  if (!server || !instance) throw new Error("the lab is empty");
  await makeLink(ready);
  const ca = await readFile(ready.caFile, "utf8");
  const arm = createArm({ ...ready.arm, ca });
  const [sqlServer, managedInstance] = await Promise.all([connect(server, ca), connect(instance, ca)]);
  const others = Array.from({ length: count - 1 }, (_, index) => `db${index + 2}`);
  while (others.length > 0)
    await Promise.all(others.splice(0, atATime).map((database) => addLink(database, { sqlServer, arm, ready })));
  return {
    count,
    async look(database) {
      const [own, theirs, link] = [
        await sqlServer.request().batch(viewsOf(database)),
        await managedInstance.request().batch(viewsOf(database)),
        await arm.send("GET", linkAddress(ready, database)),
      ];
      const states = [own.recordset[0]?.state, theirs.recordset[0]?.state];
      const { connectedState } = link.body.properties?.databases?.[0] ?? {};
      if ([...states, connectedState].some((state) => String(state) !== "CONNECTED"))
        throw new Error(`the link of ${database} is ${[...states, connectedState].join(", ")}`);
    },
    async close() {
      await Promise.all([sqlServer.close(), managedInstance.close()]);
      await lab.stop();
    },
  };
}

/** As the provider asks: it reads one link, among all that the instance has. */
const viewsOf = (database: string) => `SELECT s.connected_state_desc AS state,
    (SELECT COUNT(*) FROM sys.dm_hadr_database_replica_states d
      WHERE d.group_id = g.group_id AND d.replica_id = r.replica_id) AS databases
  FROM sys.availability_groups g
  JOIN sys.availability_replicas r ON r.group_id = g.group_id
  JOIN sys.dm_hadr_availability_replica_states s ON s.group_id = g.group_id AND s.replica_id = r.replica_id
  WHERE g.name = 'DAG_${database}' AND s.is_local = 0`;

function connect(
  { host, port, user, password }: Ready["sqlServers"][number] | Ready["managedInstances"][number],
  ca: string,
) {
  const options = { encrypt: true, serverName: "localhost", cryptoCredentialsDetails: { ca } };
  return new ConnectionPool({ server: host, port, user, password, options, pool: { max: 1 } }).connect();
}

function linkAddress({ managedInstances: [instance] }: Ready, database: string): string {
  return `${instance?.id}/distributedAvailabilityGroups/DAG_${database}?api-version=2023-08-01`;
}

interface Sides {
  readonly sqlServer: ConnectionPool;
  readonly arm: Arm;
  readonly ready: Ready;
}

/** What only this link needs: the certificates and endpoints are there. */
async function addLink(database: string, { sqlServer, arm, ready }: Sides): Promise<void> {
  const { host, name: serverName } = ready.sqlServers[0] ?? {};
  const { fqdn, name } = ready.managedInstances[0] ?? {};
  const url = `TCP://${host}:5022`;
  const modes = "FAILOVER_MODE = MANUAL, SEEDING_MODE = AUTOMATIC";
  for (const statement of [
    `BACKUP DATABASE ${database} TO DISK = '${database}.bak'`,
    `CREATE AVAILABILITY GROUP AG_${database} WITH (CLUSTER_TYPE = NONE) FOR DATABASE ${database}
      REPLICA ON '${serverName}' WITH (ENDPOINT_URL = '${url}', AVAILABILITY_MODE = SYNCHRONOUS_COMMIT, ${modes})`,
    `CREATE AVAILABILITY GROUP DAG_${database} WITH (DISTRIBUTED) AVAILABILITY GROUP ON
      'AG_${database}' WITH (LISTENER_URL = '${url}', AVAILABILITY_MODE = ASYNCHRONOUS_COMMIT, ${modes}),
      'AG_${database}_MI' WITH (LISTENER_URL = 'tcp://${fqdn}:5022;Server=[${name}]', AVAILABILITY_MODE = ASYNCHRONOUS_COMMIT, ${modes})`,
  ])
    await sqlServer.request().batch(statement);
  const properties = {
    databases: [{ databaseName: database }],
    failoverMode: "Manual",
    instanceAvailabilityGroupName: `AG_${database}_MI`,
    instanceLinkRole: "Secondary",
    partnerAvailabilityGroupName: `AG_${database}`,
    partnerEndpoint: url,
    seedingMode: "Automatic",
  };
  const { body } = await arm.finish(await arm.send("PUT", linkAddress(ready, database), { properties }));
  if (String(body.status) !== "Succeeded") throw new Error(`no link of ${database}: ${JSON.stringify(body)}`);
}

import type { Created, Lifecycle } from "../../dynamic/lifecycle";
import { recorded } from "../../dynamic/recorded";
import type { Sql } from "../connection";
import { databaseObstacles, findDatabase, logChainObstacles, missingDatabase, userDatabaseProblem } from "../database";
import { endpointUrlProperty, sameUrl } from "../endpoint-url";
import { findEndpoint } from "../mirroring-endpoint/endpoint";
import { sameName, sysname, sysnameProblem } from "../names";
import { existingObstacle, lookAt, type Obstacle, requireNoObstacle, vanished } from "../outcome";
import { type Statement, sql } from "../query";
import { type SqlServer, sqlServerProperty } from "../server";
import {
  databasesOf,
  dropGroup,
  findGroup,
  type Group,
  groupOf,
  isRecorded,
  type Replica,
  requireRecorded,
} from "./group";

interface Inputs {
  readonly sqlServer: SqlServer;
  readonly groupName: string;
  readonly databaseName: string;
  readonly endpointUrl: string;
}
interface State extends Inputs {
  readonly instanceId: string;
  readonly groupId?: string;
  readonly replicaName?: string;
}

export const availabilityGroup: Lifecycle<Inputs, State> = {
  properties: {
    sqlServer: sqlServerProperty,
    groupName: sysname("replace"),
    databaseName: { ...sysname("replace"), check: (name) => sysnameProblem(name) ?? userDatabaseProblem(name) },
    endpointUrl: endpointUrlProperty,
  },
  // A database is in one group only (35244): the new group cannot hold it beside the old one.
  deleteBeforeReplace: () => true,

  async observe(state, context) {
    const server = await context.sql(state.sqlServer, state.instanceId);
    const [group, databases] = await Promise.all([
      findGroup(server, state.groupName),
      databasesOf(server, state.groupName),
    ]);
    if (!group || !isRecorded(group, { id: state.groupId, isDistributed: false })) return undefined;
    const replica = localReplica(server, group);
    return { state: { ...state, ...facts(group, replica) }, drift: difference(replica, databases, state.databaseName) };
  },

  async create(inputs, context) {
    const server = await context.sql(inputs.sqlServer);
    return await make(server, inputs);
  },

  async update(state, inputs, context) {
    const server = await context.sql(inputs.sqlServer, state.instanceId);
    const { groupName, databaseName } = inputs;
    const [group, databases] = await Promise.all([findGroup(server, groupName), databasesOf(server, groupName)]);
    if (!group) return (await make(server, inputs)).state;
    requireRecorded(server, group, { id: state.groupId, isDistributed: false });
    for (const option of wrongOptions(localReplica(server, group), inputs)) {
      await alter(server, groupName, sql`MODIFY REPLICA ON ${sql.string(server.instance.name)} WITH (${option})`);
    }
    if (!databases.some((name) => sameName(name, databaseName))) {
      await alter(server, groupName, sql`ADD DATABASE ${sql.identifier(databaseName)}`, async () =>
        (await databasesOf(server, groupName)).some((name) => sameName(name, databaseName)),
      );
    }
    return await settled(server, inputs);
  },

  async delete(state, context) {
    const server = await context.sql(state.sqlServer, state.instanceId);
    await dropGroup(server, state.groupName, { id: state.groupId, isDistributed: false });
  },
};

async function make(server: Sql, inputs: Inputs): Promise<Created<State>> {
  const { groupName } = inputs;
  const doing = `create the availability group ${groupName}`;
  requireNoObstacle(server, doing, await obstacles(server, inputs));
  return await recorded<State>(
    `${server.instance.name}/${groupName}`,
    { ...inputs, instanceId: server.instance.id },
    () =>
      server.change(doing, definition(server, inputs), async () => (await findGroup(server, groupName)) !== undefined),
    () => settled(server, inputs),
  );
}

/** The script page's statement; without a cluster, as SQL Server 2017 and later have it. */
const definition = (server: Sql, { groupName, databaseName, endpointUrl }: Inputs) => sql`
    CREATE AVAILABILITY GROUP ${sql.identifier(groupName)}
    WITH (CLUSTER_TYPE = NONE)
    FOR DATABASE ${sql.identifier(databaseName)}
    REPLICA ON ${sql.string(server.instance.name)} WITH (
        ENDPOINT_URL = ${sql.string(endpointUrl)},
        AVAILABILITY_MODE = SYNCHRONOUS_COMMIT,
        FAILOVER_MODE = MANUAL,
        SEEDING_MODE = AUTOMATIC
    )`;

/** Everything that CREATE AVAILABILITY GROUP would refuse, or that would keep the link from connecting, at once. */
async function obstacles(server: Sql, { groupName, databaseName }: Inputs): Promise<Obstacle[]> {
  const [database, group, otherGroup, endpoint] = await Promise.all([
    findDatabase(server, databaseName),
    findGroup(server, groupName),
    groupOf(server, databaseName),
    findEndpoint(server),
  ]);
  const found: Obstacle[] = database
    ? [...databaseObstacles(database), ...logChainObstacles(database)]
    : [missingDatabase(databaseName, 35238)];
  if (group) {
    const what = { look: lookAt.group(group.name), instead: "give another groupName" };
    found.push(existingObstacle(`there is an availability group ${group.name} already`, what, 41106));
  }
  if (otherGroup !== undefined) {
    const problem = `the database ${databaseName} is in the availability group ${otherGroup} already, and can be in one only`;
    found.push(existingObstacle(problem, { look: lookAt.group(otherGroup), instead: "link another database" }, 35244));
  }
  if (!endpoint) {
    found.push({
      code: "NoEndpoint",
      problem: "the instance has no mirroring endpoint",
      remedy: "declare a MirroringEndpoint, and let the group depend on it",
    });
  } else if (endpoint.state !== "STARTED") {
    found.push({
      code: "NoEndpoint",
      problem: `the mirroring endpoint ${endpoint.name} is ${endpoint.state}`,
      remedy: `start it: ${sql`ALTER ENDPOINT ${sql.identifier(endpoint.name)} STATE = STARTED`.text}`,
    });
  }
  return found;
}

const localReplica = (server: Sql, group: Group): Replica | undefined =>
  group.replicas.find(({ name }) => sameName(name, server.instance.name));

function difference(
  replica: Replica | undefined,
  databases: readonly string[],
  databaseName: string,
): string | undefined {
  if (!replica) return "this instance is not a replica of the group any more";
  if (!databases.some((name) => sameName(name, databaseName)))
    return `the database ${databaseName} is not in the group any more`;
  const wrong = wrongOptions(replica, { endpointUrl: replica.url });
  return wrong.length === 0 ? undefined : `the replica needs ${wrong.map(({ text }) => text).join(", ")}`;
}

/** ALTER AVAILABILITY GROUP ... MODIFY REPLICA takes one option at a time. */
function wrongOptions(replica: Replica | undefined, { endpointUrl }: Pick<Inputs, "endpointUrl">): Statement[] {
  if (!replica) return [];
  return [
    ...(sameUrl(replica.url, endpointUrl) ? [] : [sql`ENDPOINT_URL = ${sql.string(endpointUrl)}`]),
    // Failover first: automatic failover does not go with asynchronous commit (35211).
    ...(replica.failoverMode === "MANUAL" ? [] : [sql`FAILOVER_MODE = MANUAL`]),
    ...(replica.availabilityMode === "SYNCHRONOUS_COMMIT" ? [] : [sql`AVAILABILITY_MODE = SYNCHRONOUS_COMMIT`]),
    ...(replica.seedingMode === "AUTOMATIC" ? [] : [sql`SEEDING_MODE = AUTOMATIC`]),
  ];
}

async function alter(
  server: Sql,
  groupName: string,
  change: Statement,
  isDone: () => Promise<boolean> = async () => false,
): Promise<void> {
  await server.change(
    `alter the availability group ${groupName}`,
    sql`ALTER AVAILABILITY GROUP ${sql.identifier(groupName)} ${change}`,
    isDone,
  );
}

const facts = (group: Group, replica: Replica | undefined) => ({
  groupName: group.name,
  groupId: group.id,
  ...(replica && { replicaName: replica.name, endpointUrl: replica.url }),
});

async function settled(server: Sql, inputs: Inputs): Promise<State> {
  const group = await findGroup(server, inputs.groupName);
  if (!group) throw vanished(server, `the availability group ${inputs.groupName}`);
  return { ...inputs, ...facts(group, localReplica(server, group)), instanceId: server.instance.id };
}

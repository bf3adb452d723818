import { declaredUrl, endpointUrlProperty, sameUrl } from "../../arguments/endpoint-url";
import { adoptProperty } from "../../arguments/kinds";
import { sameName, sysname, userDatabaseName } from "../../arguments/names";
import { type SqlServer, sqlServerProperty } from "../../arguments/sql-server-settings";
import type { Context } from "../../lifecycle/context";
import type { Created, Lifecycle } from "../../lifecycle/contract";
import {
  isLeftToAnother,
  leave,
  type Present,
  replacementOfTaken,
  standingOf,
  type TakenOver,
  type Unlike,
} from "../../lifecycle/ownership";
import { finished, type Noted, recorded } from "../../lifecycle/recorded";
import { connectedGroups, moveLink, refuseToMove } from "../../sql-server/catalog/connected";
import {
  databaseObstacles,
  findDatabase,
  logChainObstacles,
  missingDatabase,
} from "../../sql-server/catalog/databases";
import { findEndpoint, stateObstacles } from "../../sql-server/catalog/endpoint";
import {
  databasesOf,
  dropGroup,
  findGroup,
  type Group,
  groupOf,
  isRecorded,
  type Replica,
  requireRecorded,
  unfitKinds,
} from "../../sql-server/catalog/groups";
import { type Clause, clause, told, unmet, written } from "../../sql-server/clauses";
import type { Sql } from "../../sql-server/connection";
import { nameObstacles } from "../../sql-server/instance";
import { existingObstacle, type Obstacle } from "../../sql-server/obstacle";
import { hindered, lookAt, requireNoObstacle, vanished } from "../../sql-server/outcome";
import { type Statement, sql } from "../../sql-server/tsql";

interface Inputs {
  readonly sqlServer: SqlServer;
  readonly groupName: string;
  readonly databaseName: string;
  readonly endpointUrl: string;
  readonly adopt?: boolean;
}
interface State extends Inputs, TakenOver {
  readonly instanceId: string;
  readonly groupId?: string;
  readonly replicaName?: string;
  /** See the function `declaredUrl`. */
  readonly declaredUrl?: string;
}

export const availabilityGroup = {
  properties: {
    sqlServer: sqlServerProperty,
    groupName: sysname("replace"),
    databaseName: userDatabaseName,
    endpointUrl: endpointUrlProperty,
    adopt: adoptProperty,
  },
  // A database is in one group only (35244): the new group cannot hold it beside the old one.
  deleteBeforeReplace: () => true,
  refusal: (state, _inputs, change) => replacementOfTaken(label(state), state, change),

  async observe(state, context) {
    const server = await context.sql(state.sqlServer, state.instanceId);
    const [group, databases, endpoint] = await Promise.all([
      findGroup(server, state.groupName),
      databasesOf(server, state.groupName),
      findEndpoint(server),
    ]);
    if (!group || !isRecorded(group, { id: state.groupId, isDistributed: false })) return undefined;
    const { instanceId = server.instance.id, replicaName = server.instance.name } = state;
    const replica = localReplica(server, group, replicaName);
    return {
      state: {
        ...state,
        instanceId,
        replicaName,
        ...facts(group, replica),
        declaredUrl: declaredUrl(state.endpointUrl, state.declaredUrl, replica?.url ?? state.endpointUrl),
      },
      drift: endpoint ? difference(replica, databases, state) : noEndpoint.problem,
    };
  },

  async learn({ sqlServer, groupName = "" }, context) {
    if (!sqlServer) return undefined;
    const server = await context.sql(sqlServer);
    const [group, [databaseName]] = await Promise.all([findGroup(server, groupName), databasesOf(server, groupName)]);
    const endpointUrl = group && (localReplica(server, group, undefined)?.url ?? undefined);
    return endpointUrl === undefined || databaseName === undefined ? undefined : { databaseName, endpointUrl };
  },

  async create(inputs, context) {
    const server = await context.sql(inputs.sqlServer);
    const group = await findGroup(server, inputs.groupName);
    if (!group) return await make(server, inputs, context);
    const taken = await standingOf(await presentGroup(server, inputs, group), context);
    const known = { ...inputs, instanceId: server.instance.id, ...taken };
    return await finished<State>(idOn(server, inputs), known, () => this.update(known, inputs, context));
  },

  steps: (inputs, { serverName }) => ({
    steps: [{ on: "SQL Server", doing: `create ${label(inputs)}`, statement: definition(serverName, inputs) }],
    outputs: { groupName: inputs.groupName },
  }),

  async update(state, inputs, context) {
    const server = await context.sql(inputs.sqlServer, state.instanceId);
    const { groupName, databaseName } = inputs;
    const [group, databases, endpoint] = await Promise.all([
      findGroup(server, groupName),
      databasesOf(server, groupName),
      findEndpoint(server),
    ]);
    if (!group) return (await make(server, inputs, context)).state;
    requireRecorded(server, group, { id: state.groupId, isDistributed: false });
    if (!endpoint) requireNoObstacle(server, `connect the availability group ${groupName}`, [noEndpoint]);
    const replica = localReplica(server, group, state.replicaName);
    await requireMovable(server, state, inputs, replica);
    if (replica) await align(server, groupName, replica, asLinksNeed(inputs));
    if (!databases.some((name) => sameName(name, databaseName))) {
      await alter(server, groupName, sql`ADD DATABASE ${sql.identifier(databaseName)}`, async () =>
        (await databasesOf(server, groupName)).some((name) => sameName(name, databaseName)),
      );
    }
    const { before } = state;
    return { ...(await settled(server, inputs, state.replicaName)), ...(before && { before }) };
  },

  async delete(state, context) {
    const server = await context.sql(state.sqlServer, state.instanceId);
    if (await isLeftToAnother(noted(server, state), context)) return;
    if (state.before) {
      const present = { ...noted(server, state), what: label(state) };
      return await leave(present, await putBack(server, state, state.before as unknown as Before), context);
    }
    await dropGroup(server, state.groupName, { id: state.groupId, isDistributed: false }, context.signal);
  },
} satisfies Lifecycle<Inputs, State>;

/** Refuses a change of the program to the URL of a live link. A change by hand is taken back all the same. */
async function requireMovable(server: Sql, state: State, inputs: Inputs, replica: Replica | undefined): Promise<void> {
  const { groupName, endpointUrl } = inputs;
  const isDeclared = sameUrl(endpointUrl, state.declaredUrl ?? state.endpointUrl);
  if (isDeclared || !replica || sameUrl(replica.url ?? "", endpointUrl)) return;
  const links = (await connectedGroups(server)).filter(({ localGroupName }) => sameName(localGroupName, groupName));
  refuseToMove(server, `move the availability group ${groupName} to ${endpointUrl}`, links);
}

const label = ({ groupName }: Pick<Inputs, "groupName">): string => `the availability group ${groupName}`;

const idOn = (server: Sql, { groupName }: Inputs): string => `${server.instance.name}/${groupName}`;

const noted = (server: Sql, { groupName }: Inputs): Noted => ({
  server,
  kind: "group",
  name: groupName,
  doing: `create the availability group ${groupName}`,
  identity: async () => (await findGroup(server, groupName))?.id,
});

async function make(server: Sql, inputs: Inputs, context: Context): Promise<Created<State>> {
  const { groupName } = inputs;
  const doing = `create the availability group ${groupName}`;
  requireNoObstacle(server, doing, await obstacles(server, inputs));
  return await recorded<State>(
    idOn(server, inputs),
    { ...inputs, instanceId: server.instance.id },
    () =>
      server.change(
        doing,
        definition(server.instance.name, inputs),
        async () => (await findGroup(server, groupName)) !== undefined,
      ),
    () => settled(server, inputs),
    context,
    noted(server, inputs),
  );
}

/** The script page's statement; without a cluster, as SQL Server 2017 and later have it. */
const definition = (serverName: string, { groupName, databaseName, endpointUrl }: Inputs) => sql`
    CREATE AVAILABILITY GROUP ${sql.identifier(groupName)}
    WITH (CLUSTER_TYPE = NONE)
    FOR DATABASE ${sql.identifier(databaseName)}
    REPLICA ON ${sql.string(serverName)} WITH (
        ${written(clausesOf(asLinksNeed({ endpointUrl })))}
    )`;

/** The options of a replica that are written, as the catalog has them. */
type Options = Pick<Replica, "url" | "failoverMode" | "availabilityMode" | "seedingMode">;

const asLinksNeed = ({ endpointUrl }: Pick<Inputs, "endpointUrl">): Options => ({
  url: endpointUrl,
  failoverMode: "MANUAL",
  availabilityMode: "SYNCHRONOUS_COMMIT",
  seedingMode: "AUTOMATIC",
});

/** How a replica is written. FAILOVER_MODE comes first: SQL Server refuses automatic failover with asynchronous commit (35211). */
const clausesOf = ({ url, failoverMode, availabilityMode, seedingMode }: Options, replica?: Replica): Clause[] => [
  clause(sql`ENDPOINT_URL`, sql.string(url ?? ""), replica?.url, (found) => sameUrl(found, url ?? "")),
  clause(sql`FAILOVER_MODE`, sql.word(failoverMode), replica?.failoverMode),
  clause(sql`AVAILABILITY_MODE`, sql.word(availabilityMode), replica?.availabilityMode),
  clause(sql`SEEDING_MODE`, sql.word(seedingMode), replica?.seedingMode),
];

/** MODIFY REPLICA takes one option at a time. */
async function align(server: Sql, groupName: string, replica: Replica, options: Options): Promise<void> {
  for (const option of unmet(clausesOf(options, replica)))
    await alter(server, groupName, sql`MODIFY REPLICA ON ${sql.string(replica.name)} WITH (${written([option])})`);
}

/** What taking a group over may change. */
interface Before extends Options {
  readonly holdsDatabase: boolean;
}

/** A group of the name that is there: how it differs, and what of that cannot be changed in place. */
async function presentGroup(server: Sql, inputs: Inputs, group: Group): Promise<Present> {
  const [databases, unfit, isLinked, hindrances] = await Promise.all([
    databasesOf(server, group.name),
    unfitKinds(server, group.name),
    isLinkedOver(server, group.name),
    obstacles(server, inputs),
  ]);
  const replica = localReplica(server, group);
  const holdsDatabase = databases.some((name) => sameName(name, inputs.databaseName));
  const { url = null, failoverMode = null, availabilityMode = null, seedingMode = null } = replica ?? {};
  const before: Before = { url, failoverMode, availabilityMode, seedingMode, holdsDatabase };
  // What is in the way of making the group, but that it is there; a database that it holds needs nothing more.
  const others = hindrances.filter(({ code }) => code === "NoEndpoint" || (!holdsDatabase && code !== 41106));
  return {
    // As the catalog spells it, by which whoever made it has noted it.
    ...noted(server, { ...inputs, groupName: group.name }),
    what: label(inputs),
    adopt: inputs.adopt,
    before: { ...before },
    differences: group.isDistributed
      ? [{ what: "it is a distributed availability group", remedy: "give another groupName." }]
      : [
          ...[...unfit, ...replicasUnlike(server, group, replica)].map((what) => ({
            what,
            remedy: withoutThisResource(group.name),
          })),
          ...databasesUnlike(inputs, group.name, databases),
          ...others.map(({ problem, remedy }) => ({ what: problem, remedy })),
          ...(replica ? optionsUnlike(inputs, replica, isLinked) : []),
        ],
    refusal: () => hindered(server, `create ${label(inputs)}`, hindrances),
  };
}

async function isLinkedOver(server: Sql, groupName: string): Promise<boolean> {
  return (await connectedGroups(server)).some(({ localGroupName }) => sameName(localGroupName, groupName));
}

/** A link can stand on a group that this resource does not manage. */
const withoutThisResource = (groupName: string): string =>
  `give another groupName, for a group of its own. Or, where a link can use that group as it is: leave AvailabilityGroup out of the program, and give DistributedAvailabilityGroup the localGroupName ${JSON.stringify(groupName)}.`;

function replicasUnlike(server: Sql, { replicas }: Group, local: Replica | undefined): string[] {
  const others = replicas.filter((replica) => replica !== local).map(({ name }) => name);
  return [
    ...(local ? [] : [`this instance, ${server.instance.name}, is not a replica of it`]),
    ...(others.length === 0 ? [] : [`it has other replicas: ${others.join(", ")}`]),
  ];
}

function databasesUnlike({ databaseName }: Inputs, groupName: string, databases: readonly string[]): Unlike[] {
  if (databases.length === 0) return [{ what: `the database ${databaseName} is not in it` }];
  if (databases.every((name) => sameName(name, databaseName))) return [];
  return [
    {
      what: `its databases are ${databases.join(", ")}, and a link has exactly one (47502): ${databaseName}`,
      remedy: `a link needs a group in which its database is alone. See what uses this one: ${lookAt.group(groupName)}`,
    },
  ];
}

const optionsUnlike = (inputs: Inputs, replica: Replica, isLinked: boolean): Unlike[] =>
  unmet(clausesOf(asLinksNeed(inputs), replica)).map((option) => ({
    what: told([option]) ?? "",
    ...(isLinked &&
      option.option.text === "ENDPOINT_URL" && {
        remedy: `declare the endpointUrl ${replica.url}, over which a link is connected: ${moveLink}`,
      }),
  }));

/** Gives the replica its options from before. The URL stays while a link is connected over it, and the database in any case. */
async function putBack(server: Sql, state: State, { holdsDatabase, ...options }: Before): Promise<string[]> {
  const group = await findGroup(server, state.groupName);
  const replica =
    group && isRecorded(group, { id: state.groupId, isDistributed: false })
      ? localReplica(server, group, state.replicaName)
      : undefined;
  if (!replica) return [];
  const isMoved = !sameUrl(options.url ?? "", replica.url ?? "");
  const stays = isMoved && (await isLinkedOver(server, state.groupName));
  await align(server, state.groupName, replica, stays ? { ...options, url: replica.url } : options);
  return [
    ...(stays ? [`ENDPOINT_URL, which was ${options.url}, as a link is connected over ${replica.url}`] : []),
    ...(holdsDatabase ? [] : [`the database ${state.databaseName}, which was not in it`]),
  ];
}

/** All at once: what CREATE AVAILABILITY GROUP would refuse, and what would keep the link from connecting. */
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
  found.push(...nameObstacles(server.instance));
  if (group) {
    const holdsIt = otherGroup !== undefined && sameName(otherGroup, group.name);
    const what = {
      look: lookAt.group(group.name),
      instead: holdsIt ? "link another database, in a group of another name" : "give another groupName",
    };
    const problem = `there is an availability group ${group.name} already${holdsIt ? `, and the database ${databaseName} is in it` : ""}`;
    found.push(existingObstacle(problem, what, 41106));
  }
  if (otherGroup !== undefined && !(group && sameName(otherGroup, group.name))) {
    const problem = `the database ${databaseName} is in the availability group ${otherGroup} already, and can be in one only`;
    found.push(existingObstacle(problem, { look: lookAt.group(otherGroup), instead: "link another database" }, 35244));
  }
  found.push(...(endpoint ? stateObstacles(endpoint) : [noEndpoint]));
  return found;
}

const noEndpoint: Obstacle = {
  code: "NoEndpoint",
  problem: "the instance has no mirroring endpoint",
  remedy: "declare a MirroringEndpoint, and let the group depend on it",
};

/** The replica of this server. It keeps the name that the server had when the group was made. */
const localReplica = (server: Sql, group: Group, recordedName = server.instance.name): Replica | undefined =>
  group.replicas.find(({ name }) => sameName(name, recordedName));

function difference(
  replica: Replica | undefined,
  databases: readonly string[],
  { databaseName, endpointUrl }: Inputs,
): string | undefined {
  if (!replica) return "this instance is not a replica of the group any more";
  if (!databases.some((name) => sameName(name, databaseName)))
    return `the database ${databaseName} is not in the group any more`;
  // Another URL is no drift: it shows as a changed input.
  return told(clausesOf(asLinksNeed({ endpointUrl: replica.url ?? endpointUrl }), replica));
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
  ...(replica && { replicaName: replica.name }),
  ...(replica && replica.url !== null && { endpointUrl: replica.url }),
});

async function settled(server: Sql, inputs: Inputs, recordedName?: string): Promise<State> {
  const group = await findGroup(server, inputs.groupName);
  if (!group) throw vanished(server, `the availability group ${inputs.groupName}`);
  return { ...inputs, ...facts(group, localReplica(server, group, recordedName)), instanceId: server.instance.id };
}

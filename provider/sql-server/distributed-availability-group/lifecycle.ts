import type { Context, Created, Lifecycle } from "../../dynamic/lifecycle";
import { recorded } from "../../dynamic/recorded";
import { type ConnectedGroup, connectedGroups, refuseToMove, stillConnected } from "../availability-group/connected";
import {
  databasesOf,
  dropGroup,
  findGroup,
  type Group,
  isRecorded,
  type Replica,
  requireRecorded,
} from "../availability-group/group";
import type { Sql } from "../connection";
import { declaredUrl, endpointUrlProperty, hostNameProblem, managedInstanceUrl, sameUrl } from "../endpoint-url";
import { sameName, sharedName, sysname } from "../names";
import { type Obstacle, requireNoObstacle, vanished } from "../outcome";
import { type Statement, sql } from "../query";
import { type SqlServer, sqlServerProperty } from "../server";
import { type AvailabilityMode, commitMode, isMode } from "./commit";

interface Inputs {
  readonly sqlServer: SqlServer;
  readonly groupName: string;
  readonly localGroupName: string;
  readonly localUrl: string;
  readonly managedInstanceGroupName: string;
  readonly managedInstanceFqdn: string;
  readonly managedInstanceName?: string;
  readonly availabilityMode: AvailabilityMode;
}
interface State extends Inputs {
  readonly instanceId: string;
  readonly groupId?: string;
  /** The URL of this side that the program declared, where another one was found. */
  readonly declaredUrl?: string;
}

export const distributedAvailabilityGroup: Lifecycle<Inputs, State> = {
  properties: {
    sqlServer: sqlServerProperty,
    groupName: sharedName("replace"),
    localGroupName: sysname("replace"),
    localUrl: endpointUrlProperty,
    managedInstanceGroupName: sysname("replace"),
    managedInstanceFqdn: { type: "string", required: true, onChange: "update", same: sameName, check: hostNameProblem },
    managedInstanceName: { type: "string", onChange: "update", same: sameName, check: managedInstanceNameProblem },
    availabilityMode: {
      type: "string",
      default: "ASYNCHRONOUS_COMMIT",
      onChange: "update",
      check: (mode) => (isMode(mode) ? undefined : 'must be "ASYNCHRONOUS_COMMIT" or "SYNCHRONOUS_COMMIT"'),
    },
  },
  // Two distributed groups cannot stand on the same members (19507).
  deleteBeforeReplace: () => true,

  problems({ localGroupName, managedInstanceGroupName }) {
    if (
      localGroupName === undefined ||
      managedInstanceGroupName === undefined ||
      !sameName(localGroupName, managedInstanceGroupName)
    )
      return [];
    return ["localGroupName and managedInstanceGroupName must differ: they name two groups"];
  },

  async observe(state, context) {
    const server = await context.sql(state.sqlServer, state.instanceId);
    const group = await findGroup(server, state.groupName);
    if (!group || !isRecorded(group, { id: state.groupId, isDistributed: true })) return undefined;
    const found = facts(group, state);
    return {
      state: {
        ...state,
        ...found,
        declaredUrl: declaredUrl(state.localUrl, state.declaredUrl, found.localUrl ?? state.localUrl),
      },
      drift: difference(group, state),
    };
  },

  async create(inputs, context) {
    const server = await context.sql(inputs.sqlServer);
    return await make(server, inputs);
  },

  async update(state, inputs, context) {
    const server = await context.sql(inputs.sqlServer, state.instanceId);
    const group = await findGroup(server, inputs.groupName);
    if (!group) return (await make(server, inputs)).state;
    requireRecorded(server, group, { id: state.groupId, isDistributed: true });
    const members = membersOf(group, inputs);
    await requireMovable(server, state, inputs, members, context);
    const links = (await connectedGroups(server)).filter(({ name }) => sameName(name, group.name));
    // Synchronous is what a connected link can be (47501): until then the group stays as it is.
    const waits = links.length === 0 && inputs.availabilityMode === "SYNCHRONOUS_COMMIT";
    const modes = commitMode(group, inputs.availabilityMode);
    if (waits && modes.length > 0) context.warn(staysAsynchronous(group.name));
    for (const change of [...wrongOptions(members), ...(waits ? [] : modes)]) {
      await server.change(
        `alter the distributed availability group ${inputs.groupName}`,
        sql`ALTER AVAILABILITY GROUP ${sql.identifier(inputs.groupName)} MODIFY AVAILABILITY GROUP ON ${change}`,
        async () => false,
      );
    }
    return await settled(server, inputs);
  },

  async delete(state, context) {
    const server = await context.sql(state.sqlServer, state.instanceId);
    await dropGroup(server, state.groupName, { id: state.groupId, isDistributed: true }, context.signal);
  },
};

/** What somebody changed by hand is set right beside a live link too; what the program changes is not. */
async function requireMovable(
  server: Sql,
  state: State,
  inputs: Inputs,
  members: readonly Member[],
  { signal }: Context,
): Promise<void> {
  const isHere = sameUrl(inputs.localUrl, state.declaredUrl ?? state.localUrl);
  const isThere = sameUrl(remoteUrlOf(inputs), remoteUrlOf(state));
  if ((isHere && isThere) || !members.some(isElsewhere)) return;
  const doing = `move the distributed availability group ${inputs.groupName}`;
  const isThis = ({ name }: ConnectedGroup) => sameName(name, inputs.groupName);
  // To another managed instance it goes when the link to the old one was deleted a moment ago.
  const links = isThere
    ? (await connectedGroups(server)).filter(isThis)
    : await stillConnected(server, doing, signal, isThis);
  refuseToMove(server, doing, links);
}

const staysAsynchronous = (name: string): string =>
  `the distributed availability group ${name} stays asynchronous until its link is connected. Then InstanceLink makes it synchronous, where it has sqlServer and replicationMode "Sync"; else run pulumi up --refresh.`;

async function make(server: Sql, inputs: Inputs): Promise<Created<State>> {
  const { groupName } = inputs;
  const doing = `create the distributed availability group ${groupName}`;
  requireNoObstacle(server, doing, await obstacles(server, inputs));
  return await recorded<State>(
    `${server.instance.name}/${groupName}`,
    { ...inputs, instanceId: server.instance.id },
    () => server.change(doing, definition(inputs), async () => (await findGroup(server, groupName)) !== undefined),
    () => settled(server, inputs),
  );
}

/** The script page's statement; always asynchronous, as a link to a managed instance begins so (47501). */
const definition = ({ groupName, localGroupName, localUrl, managedInstanceGroupName, ...instance }: Inputs) => sql`
    CREATE AVAILABILITY GROUP ${sql.identifier(groupName)}
    WITH (DISTRIBUTED)
    AVAILABILITY GROUP ON
    ${sql.string(localGroupName)} WITH (
        LISTENER_URL = ${sql.string(localUrl)},
        AVAILABILITY_MODE = ASYNCHRONOUS_COMMIT,
        FAILOVER_MODE = MANUAL,
        SEEDING_MODE = AUTOMATIC,
        SESSION_TIMEOUT = 20
    ),
    ${sql.string(managedInstanceGroupName)} WITH (
        LISTENER_URL = ${sql.string(remoteUrlOf(instance))},
        AVAILABILITY_MODE = ASYNCHRONOUS_COMMIT,
        FAILOVER_MODE = MANUAL,
        SEEDING_MODE = AUTOMATIC
    )`;

async function obstacles(server: Sql, { groupName, localGroupName }: Inputs): Promise<Obstacle[]> {
  const [existing, local, databases] = await Promise.all([
    findGroup(server, groupName),
    findGroup(server, localGroupName),
    databasesOf(server, localGroupName),
  ]);
  const found: Obstacle[] = [];
  if (existing) {
    found.push({
      code: existing.isDistributed ? 19502 : 19509,
      problem: `there is an availability group ${existing.name} already, which was not made by this stack`,
      remedy: `give another groupName; or, if nothing uses it, drop it: ${sql`DROP AVAILABILITY GROUP ${sql.identifier(existing.name)}`.text}`,
    });
  }
  if (!local || local.isDistributed) {
    found.push({
      code: 19501,
      problem: `there is no local availability group ${localGroupName}`,
      remedy: "declare an AvailabilityGroup and pass its groupName as localGroupName",
    });
  } else if (databases.length !== 1) {
    found.push({
      code: databases.length === 0 ? 47519 : 47502,
      problem: `the local availability group ${localGroupName} has ${databases.length} databases, and a link has exactly one`,
      remedy: `look at them: ALTER AVAILABILITY GROUP ${sql.identifier(localGroupName).text} ADD DATABASE [...] or REMOVE DATABASE [...]`,
    });
  }
  return found;
}

/** Where the distributed group finds the managed instance. */
const remoteUrlOf = ({
  managedInstanceFqdn,
  managedInstanceName = managedInstanceFqdn.split(".", 1)[0] ?? "",
}: Pick<Inputs, "managedInstanceFqdn" | "managedInstanceName">): string =>
  managedInstanceUrl(managedInstanceFqdn, managedInstanceName);

const member = (group: Group, name: string): Replica | undefined =>
  group.replicas.find((replica) => sameName(replica.name, name));

/** What is wrong that no input shows. */
function difference(group: Group, inputs: Inputs): string | undefined {
  const { localGroupName, managedInstanceGroupName } = inputs;
  const members = [localGroupName, managedInstanceGroupName].map((name) => ({ name, replica: member(group, name) }));
  const missing = members.filter(({ replica }) => !replica);
  if (missing.length > 0) return `not a member any more: ${missing.map(({ name }) => name).join(", ")}`;
  const remoteUrl = member(group, managedInstanceGroupName)?.url ?? "";
  if (!sameUrl(remoteUrl, remoteUrlOf(inputs))) return `the managed instance's listener URL is ${remoteUrl}`;
  const manual = members.filter(({ replica }) => replica?.seedingMode !== "AUTOMATIC");
  return manual.length === 0 ? undefined : `seeding is not automatic: ${manual.map(({ name }) => name).join(", ")}`;
}

interface Member {
  readonly replica: Replica;
  /** As the program wants it. */
  readonly url: string;
}

function membersOf(group: Group, inputs: Inputs): Member[] {
  const urls = {
    [inputs.localGroupName]: inputs.localUrl,
    [inputs.managedInstanceGroupName]: remoteUrlOf(inputs),
  };
  return Object.entries(urls).flatMap(([name, url]) => {
    const replica = member(group, name);
    return replica ? [{ replica, url }] : [];
  });
}

const isElsewhere = ({ replica, url }: Member): boolean => !sameUrl(replica.url, url);

/** MODIFY AVAILABILITY GROUP ON takes one option at a time, for one member or both. */
function wrongOptions(members: readonly Member[]): Statement[] {
  const on = ({ replica }: Member, option: Statement) => sql`${sql.string(replica.name)} WITH (${option})`;
  return [
    ...members.filter(isElsewhere).map((each) => on(each, sql`LISTENER_URL = ${sql.string(each.url)}`)),
    ...members
      .filter(({ replica }) => replica.seedingMode !== "AUTOMATIC")
      .map((each) => on(each, sql`SEEDING_MODE = AUTOMATIC`)),
  ];
}

function facts(group: Group, { localGroupName, managedInstanceGroupName, availabilityMode }: Inputs) {
  const [local, remote] = [member(group, localGroupName), member(group, managedInstanceGroupName)];
  const other = [local, remote].find(
    (replica) => replica && replica.availabilityMode !== availabilityMode,
  )?.availabilityMode;
  return {
    groupName: group.name,
    groupId: group.id,
    ...(local && { localUrl: local.url }),
    availabilityMode: other !== undefined && isMode(other) ? other : availabilityMode,
  };
}

async function settled(server: Sql, inputs: Inputs): Promise<State> {
  const group = await findGroup(server, inputs.groupName);
  if (!group) throw vanished(server, `the distributed availability group ${inputs.groupName}`);
  // Synchronous as declared, where the link has yet to come: it makes it so.
  const { availabilityMode } = inputs;
  return { ...inputs, ...facts(group, inputs), availabilityMode, instanceId: server.instance.id };
}

function managedInstanceNameProblem(name: string): string | undefined {
  if (/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i.test(name)) return undefined;
  return `must be the short name of a managed instance: 1 to 63 letters, digits and hyphens; it is ${JSON.stringify(name)}`;
}

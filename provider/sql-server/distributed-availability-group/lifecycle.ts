import type { Context, Created, Lifecycle } from "../../dynamic/lifecycle";
import { recorded } from "../../dynamic/recorded";
import { adviceFor } from "../../errors/catalogue";
import { pause } from "../../errors/interrupted";
import { notConnected } from "../../errors/not-connected";
import {
  type Connection,
  connectionOf,
  databasesOf,
  dropGroup,
  findGroup,
  type Group,
  isRecorded,
  type Replica,
  requireRecorded,
} from "../availability-group/group";
import type { Sql } from "../connection";
import { endpointUrlProperty, hostNameProblem, managedInstanceUrl, sameUrl } from "../endpoint-url";
import { sameName, sharedName, sysname } from "../names";
import { type Obstacle, requireNoObstacle, vanished } from "../outcome";
import { type Statement, sql } from "../query";
import { type SqlServer, sqlServerProperty } from "../server";

type AvailabilityMode = "ASYNCHRONOUS_COMMIT" | "SYNCHRONOUS_COMMIT";

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
/** The connection is not recorded when the group is made: it connects when the link is made in Azure. */
interface State extends Inputs, Connection {
  readonly instanceId: string;
  readonly groupId?: string;
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

  warnings: ({ connectedState, lastConnectErrorNumber: number, lastConnectErrorDescription: text, ...state }) =>
    connectedState !== "DISCONNECTED"
      ? []
      : [
          notConnected(
            `The distributed availability group ${state.groupName} on SQL Server was not connected to ${state.managedInstanceGroupName} on the managed instance`,
            number === undefined ? [] : [`Last connection error ${number}${text === undefined ? "" : `: ${text}`}`],
            number === undefined ? undefined : adviceFor([number]),
          ),
        ],

  async observe(state, context) {
    const server = await context.sql(state.sqlServer, state.instanceId);
    const group = await findGroup(server, state.groupName);
    if (!group || !isRecorded(group, { id: state.groupId, isDistributed: true })) return undefined;
    const found = { ...state, ...facts(group, state), ...(await connection(server, state)) };
    return { state: found, drift: difference(group, state) };
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
    const changed = changes(group, inputs);
    for (const change of changed) {
      await server.change(
        `alter the distributed availability group ${inputs.groupName}`,
        sql`ALTER AVAILABILITY GROUP ${sql.identifier(inputs.groupName)} MODIFY AVAILABILITY GROUP ON ${change}`,
        async () => false,
      );
    }
    const look = () => connection(server, { ...inputs, connectedState: state.connectedState });
    const after = changed.length === 0 ? await look() : await reconnected(look, inputs, context);
    return { ...(await settled(server, inputs)), ...after };
  },

  async delete(state, context) {
    const server = await context.sql(state.sqlServer, state.instanceId);
    await dropGroup(server, state.groupName, { id: state.groupId, isDistributed: true });
  },
};

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

/** The script page's statement. */
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

async function obstacles(server: Sql, { groupName, localGroupName, availabilityMode }: Inputs): Promise<Obstacle[]> {
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
  if (availabilityMode !== "ASYNCHRONOUS_COMMIT") {
    found.push({
      code: 47501,
      problem: "a link to a managed instance begins asynchronously",
      remedy:
        "leave availabilityMode out, run pulumi up until the link is connected, then set it to SYNCHRONOUS_COMMIT",
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

/** MODIFY AVAILABILITY GROUP ON takes one option at a time, for one member or both. */
function changes(group: Group, inputs: Inputs): Statement[] {
  const urls = {
    [inputs.localGroupName]: inputs.localUrl,
    [inputs.managedInstanceGroupName]: remoteUrlOf(inputs),
  };
  const members = Object.entries(urls).flatMap(([name, url]) => {
    const replica = member(group, name);
    return replica ? [{ replica, url, on: (option: Statement) => sql`${sql.string(name)} WITH (${option})` }] : [];
  });
  const listeners = members
    .filter(({ replica, url }) => !sameUrl(replica.url, url))
    .map(({ url, on }) => on(sql`LISTENER_URL = ${sql.string(url)}`));
  const seeding = members
    .filter(({ replica }) => replica.seedingMode !== "AUTOMATIC")
    .map(({ on }) => on(sql`SEEDING_MODE = AUTOMATIC`));
  const mode = inputs.availabilityMode === "SYNCHRONOUS_COMMIT" ? sql`SYNCHRONOUS_COMMIT` : sql`ASYNCHRONOUS_COMMIT`;
  const isOtherMode = members.some(({ replica }) => replica.availabilityMode !== inputs.availabilityMode);
  // Both halves must be synchronous for the group to be.
  const modes = isOtherMode ? [sql.list(members.map(({ on }) => on(sql`AVAILABILITY_MODE = ${mode}`)))] : [];
  return [...listeners, ...seeding, ...modes];
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

const connection = (
  server: Sql,
  { groupName, managedInstanceGroupName, connectedState }: Inputs & Connection,
): Promise<Connection> => connectionOf(server, groupName, managedInstanceGroupName, connectedState !== undefined);

/** A change breaks the connection for a moment. One that does not come back is recorded so. */
async function reconnected(
  look: () => Promise<Connection>,
  { groupName }: Inputs,
  { signal }: Context,
): Promise<Connection> {
  const until = Date.now() + reconnectMilliseconds;
  for (;;) {
    const now = await look();
    if (now.connectedState !== "DISCONNECTED" || Date.now() >= until) return now;
    await pause(500, `wait until ${groupName} is connected again`, signal);
  }
}

/** Half of its session timeout. */
const reconnectMilliseconds = 10_000;

async function settled(server: Sql, inputs: Inputs): Promise<State> {
  const group = await findGroup(server, inputs.groupName);
  if (!group) throw vanished(server, `the distributed availability group ${inputs.groupName}`);
  return { ...inputs, ...facts(group, inputs), instanceId: server.instance.id };
}

const isMode = (mode: string): mode is AvailabilityMode =>
  mode === "ASYNCHRONOUS_COMMIT" || mode === "SYNCHRONOUS_COMMIT";

function managedInstanceNameProblem(name: string): string | undefined {
  if (/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i.test(name)) return undefined;
  return `must be the short name of a managed instance: 1 to 63 letters, digits and hyphens; it is ${JSON.stringify(name)}`;
}

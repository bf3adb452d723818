import type { Created, Lifecycle } from "../../dynamic/lifecycle";
import { recorded } from "../../dynamic/recorded";
import {
  databasesOf,
  dropGroup,
  findGroup,
  type Group,
  isRecorded,
  type Replica,
  requireRecorded,
} from "../availability-group/group";
import { type Clause, clause, told, unmet, written } from "../clauses";
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
interface State extends Inputs {
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

  async observe(state, context) {
    const server = await context.sql(state.sqlServer, state.instanceId);
    const group = await findGroup(server, state.groupName);
    if (!group || !isRecorded(group, { id: state.groupId, isDistributed: true })) return undefined;
    return { state: { ...state, ...facts(group, state) }, drift: difference(group, state) };
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
    for (const change of changes(group, inputs)) {
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
const definition = (inputs: Inputs) => sql`
    CREATE AVAILABILITY GROUP ${sql.identifier(inputs.groupName)}
    WITH (DISTRIBUTED)
    AVAILABILITY GROUP ON
    ${sql.list(
      membersOf(inputs).map((member) => sql`${sql.string(member.name)} WITH (${written(clausesOf(inputs, member))})`),
      ",\n    ",
    )}`;

interface Member {
  readonly name: string;
  readonly url: string;
  /** Seconds; the script page writes it for SQL Server's half only. */
  readonly sessionTimeout?: number;
}

const membersOf = (inputs: Inputs): readonly Member[] => [
  { name: inputs.localGroupName, url: inputs.localUrl, sessionTimeout: 20 },
  { name: inputs.managedInstanceGroupName, url: remoteUrlOf(inputs) },
];

/** What a member is written as. */
function clausesOf({ availabilityMode }: Pick<Inputs, "availabilityMode">, member: Member, found?: Replica): Clause[] {
  const mode = availabilityMode === "SYNCHRONOUS_COMMIT" ? sql`SYNCHRONOUS_COMMIT` : sql`ASYNCHRONOUS_COMMIT`;
  return [
    clause(sql`LISTENER_URL`, sql.string(member.url), found?.url, (url) => sameUrl(url, member.url)),
    clause(sql`AVAILABILITY_MODE`, mode, found?.availabilityMode),
    clause(sql`FAILOVER_MODE`, sql`MANUAL`, found?.failoverMode),
    clause(sql`SEEDING_MODE`, sql`AUTOMATIC`, found?.seedingMode),
    ...(member.sessionTimeout === undefined
      ? []
      : [clause(sql`SESSION_TIMEOUT`, sql.int(member.sessionTimeout), found?.sessionTimeout)]),
  ];
}

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

const memberOf = (group: Group, name: string): Replica | undefined =>
  group.replicas.find((replica) => sameName(replica.name, name));

/** What is wrong that no input shows: the local URL and the mode are inputs. */
function difference(group: Group, inputs: Inputs): string | undefined {
  const members = membersOf(inputs).map((wanted) => ({ wanted, found: memberOf(group, wanted.name) }));
  const missing = members.filter(({ found }) => !found);
  if (missing.length > 0) return `not a member any more: ${missing.map(({ wanted }) => wanted.name).join(", ")}`;
  const wrong = members.flatMap(({ wanted, found }) => {
    const isLocal = sameName(wanted.name, inputs.localGroupName);
    const shown = { ...wanted, url: (isLocal ? found?.url : undefined) ?? wanted.url };
    const clauses = clausesOf(inputs, shown, found).filter(({ option }) => option.text !== "AVAILABILITY_MODE");
    const words = told(clauses);
    return words === undefined ? [] : [`of ${wanted.name} ${words}`];
  });
  return wrong.length === 0 ? undefined : wrong.join("; ");
}

/** MODIFY AVAILABILITY GROUP ON takes one option at a time, for one member or both. */
function changes(group: Group, inputs: Inputs): Statement[] {
  const members = membersOf(inputs).flatMap((wanted) => {
    const found = memberOf(group, wanted.name);
    const on = (option: Clause) => sql`${sql.string(wanted.name)} WITH (${written([option])})`;
    return found ? [{ clauses: clausesOf(inputs, wanted, found), on }] : [];
  });
  const isMode = ({ option }: Clause) => option.text === "AVAILABILITY_MODE";
  const single = members.flatMap(({ clauses, on }) => unmet(clauses.filter((option) => !isMode(option))).map(on));
  // Both halves must be synchronous for the group to be.
  const modes = members.flatMap(({ clauses, on }) => clauses.filter(isMode).map((option) => ({ option, on })));
  if (modes.every(({ option }) => option.isMet)) return single;
  return [...single, sql.list(modes.map(({ option, on }) => on(option)))];
}

function facts(group: Group, { localGroupName, managedInstanceGroupName, availabilityMode }: Inputs) {
  const [local, remote] = [memberOf(group, localGroupName), memberOf(group, managedInstanceGroupName)];
  const other = [local, remote].find(
    (replica) => replica && replica.availabilityMode !== availabilityMode,
  )?.availabilityMode;
  return {
    groupName: group.name,
    groupId: group.id,
    ...(local && local.url !== null && { localUrl: local.url }),
    availabilityMode: other !== undefined && other !== null && isMode(other) ? other : availabilityMode,
  };
}

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

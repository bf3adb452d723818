import {
  declaredUrl,
  endpointUrlProperty,
  managedInstanceIn,
  managedInstanceUrl,
  sameUrl,
} from "../../arguments/endpoint-url";
import { firstLabel, hostNameProblem, isLabel, sameHost } from "../../arguments/host";
import { adoptProperty, oneOf } from "../../arguments/kinds";
import { sameInAzure } from "../../arguments/managed-instance-id";
import { sameName, sharedName, sysname } from "../../arguments/names";
import { type SqlServer, sqlServerProperty } from "../../arguments/sql-server-settings";
import { adviceFor } from "../../errors/catalogue";
import { pause } from "../../errors/interrupted";
import { notConnected } from "../../errors/not-connected";
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
import { findCertificate } from "../../sql-server/catalog/certificates";
import {
  type ConnectedGroup,
  connectedGroups,
  moveLink,
  refuseToMove,
  stillConnected,
} from "../../sql-server/catalog/connected";
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
} from "../../sql-server/catalog/groups";
import { type Clause, clause, told, unmet, written } from "../../sql-server/clauses";
import type { Sql } from "../../sql-server/connection";
import { existingObstacle, type Obstacle } from "../../sql-server/obstacle";
import { hindered, lookAt, requireNoObstacle, vanished } from "../../sql-server/outcome";
import { type Statement, sql } from "../../sql-server/tsql";
import { type AvailabilityMode, commitMode, modes } from "./commit";

interface Inputs {
  readonly sqlServer: SqlServer;
  readonly groupName: string;
  readonly localGroupName: string;
  readonly localUrl: string;
  readonly managedInstanceGroupName: string;
  readonly managedInstanceFqdn: string;
  readonly managedInstanceName?: string;
  readonly availabilityMode: AvailabilityMode;
  readonly adopt?: boolean;
}
/** The connection is not recorded when the group is made: it connects when the link is made in Azure. */
interface State extends Inputs, Connection, TakenOver {
  readonly instanceId: string;
  readonly groupId?: string;
  /** See the function `declaredUrl`. */
  readonly declaredUrl?: string;
  /** The same of the managed instance's side. */
  readonly declaredRemote?: Remote;
}
type Remote = Pick<Inputs, "managedInstanceFqdn" | "managedInstanceName">;

export const distributedAvailabilityGroup = {
  properties: {
    sqlServer: sqlServerProperty,
    groupName: sharedName("replace"),
    localGroupName: sysname("replace"),
    localUrl: endpointUrlProperty,
    managedInstanceGroupName: sysname("replace"),
    managedInstanceFqdn: { type: "string", required: true, onChange: "update", same: sameHost, check: hostNameProblem },
    managedInstanceName: { type: "string", onChange: "update", same: sameInAzure, check: managedInstanceNameProblem },
    availabilityMode: oneOf(modes, "update"),
    adopt: adoptProperty,
  },
  // Two distributed groups cannot stand on the same members (19507).
  deleteBeforeReplace: () => true,
  refusal: (state, _inputs, change) => replacementOfTaken(label(state), state, change),

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
    const found = facts(group, state);
    const declared = declaredRemoteOf(state);
    const remote = remoteIn(group, state.managedInstanceGroupName, declared);
    return {
      state: {
        ...state,
        instanceId: state.instanceId ?? server.instance.id,
        ...found,
        ...remote,
        ...(await connection(server, state)),
        declaredUrl: declaredUrl(state.localUrl, state.declaredUrl, found.localUrl ?? state.localUrl),
        declaredRemote: remote === declared ? undefined : declared,
      },
      drift: difference(group, { ...state, ...declared }) ?? (await missingTrust(server, declared))?.problem,
    };
  },

  async learn({ sqlServer, groupName = "" }, context) {
    const group = sqlServer && (await findGroup(await context.sql(sqlServer), groupName));
    const isTheirs = ({ url }: Replica) => managedInstanceIn(url ?? "") !== undefined;
    const [ours, theirs] = [group?.replicas.find((r) => !isTheirs(r)), group?.replicas.find(isTheirs)];
    const there = managedInstanceIn(theirs?.url ?? "");
    if (!ours?.url || !theirs || !there) return undefined;
    return {
      localGroupName: ours.name,
      localUrl: ours.url,
      managedInstanceGroupName: theirs.name,
      managedInstanceFqdn: there.fqdn,
      ...(there.name !== undefined &&
        !sameName(there.name, firstLabel(there.fqdn)) && { managedInstanceName: there.name }),
    };
  },

  async create(inputs, context) {
    const server = await context.sql(inputs.sqlServer);
    const group = await findGroup(server, inputs.groupName);
    if (group) {
      const taken = await standingOf(await presentGroup(server, inputs, group), context);
      const known = { ...inputs, instanceId: server.instance.id, ...taken };
      return await finished<State>(idOn(server, inputs), known, () => this.update(known, inputs, context));
    }
    return await make(server, inputs, context);
  },

  steps: (inputs) => ({
    steps: [{ on: "SQL Server", doing: `create ${label(inputs)}`, statement: definition(inputs) }],
    outputs: { groupName: inputs.groupName },
  }),

  async update(state, inputs, context) {
    const server = await context.sql(inputs.sqlServer, state.instanceId);
    const group = await findGroup(server, inputs.groupName);
    if (!group) return (await make(server, inputs, context)).state;
    requireRecorded(server, group, { id: state.groupId, isDistributed: true });
    await requireMovable(server, state, inputs, group, context);
    const isConnected = await isLinked(server, group.name);
    // Only a connected link can be synchronous (47501): until then the group stays as it is.
    const waits = !isConnected && inputs.availabilityMode === "SYNCHRONOUS_COMMIT";
    const modes = commitMode(group, inputs.availabilityMode);
    if (waits && modes.length > 0) context.warn(staysAsynchronous(group.name));
    const changes = [...wrongOptions(group, membersOf(inputs)), ...(waits ? [] : modes)];
    await alter(server, group.name, changes);
    const missing = await missingTrust(server, inputs);
    if (missing) requireNoObstacle(server, `connect the distributed availability group ${inputs.groupName}`, [missing]);
    const look = () => connection(server, { ...inputs, connectedState: state.connectedState });
    const after = changes.length === 0 ? await look() : await reconnected(look, inputs, context);
    const { before } = state;
    return { ...(await settled(server, inputs)), ...after, ...(before && { before }) };
  },

  async delete(state, context) {
    const server = await context.sql(state.sqlServer, state.instanceId);
    if (await isLeftToAnother(noted(server, state), context)) return;
    if (state.before) {
      const present = { ...noted(server, state), what: label(state) };
      return await leave(present, await putBack(server, state, state.before as unknown as Before, context), context);
    }
    await dropGroup(server, state.groupName, { id: state.groupId, isDistributed: true }, context.signal);
  },
} satisfies Lifecycle<Inputs, State>;

/** Refuses a change of the program to the URLs of a live link. A change by hand is taken back all the same. */
async function requireMovable(
  server: Sql,
  state: State,
  inputs: Inputs,
  group: Group,
  { signal }: Context,
): Promise<void> {
  const isHere = sameUrl(inputs.localUrl, state.declaredUrl ?? state.localUrl);
  const isThere = sameUrl(remoteUrlOf(inputs), remoteUrlOf(declaredRemoteOf(state)));
  const isElsewhere = ({ name, url }: Member) => !sameUrl(memberOf(group, name)?.url ?? url, url);
  if ((isHere && isThere) || !membersOf(inputs).some(isElsewhere)) return;
  const doing = `move the distributed availability group ${inputs.groupName}`;
  const isThis = ({ name }: ConnectedGroup) => sameName(name, inputs.groupName);
  // The link to the old managed instance may have been deleted a moment ago, and still look connected.
  const links = isThere
    ? (await connectedGroups(server)).filter(isThis)
    : await stillConnected(server, doing, signal, isThis);
  refuseToMove(server, doing, links);
}

const staysAsynchronous = (name: string): string =>
  `the distributed availability group ${name} stays asynchronous until its link is connected. Then InstanceLink makes it synchronous, where it has sqlServer and replicationMode "Sync"; else run pulumi up --refresh.`;

const label = ({ groupName }: Pick<Inputs, "groupName">): string => `the distributed availability group ${groupName}`;

async function isLinked(server: Sql, groupName: string): Promise<boolean> {
  return (await connectedGroups(server)).some(({ name }) => sameName(name, groupName));
}

async function alter(server: Sql, groupName: string, changes: readonly Statement[]): Promise<void> {
  for (const change of changes) {
    await server.change(
      `alter the distributed availability group ${groupName}`,
      sql`ALTER AVAILABILITY GROUP ${sql.identifier(groupName)} MODIFY AVAILABILITY GROUP ON ${change}`,
      async () => false,
    );
  }
}

const idOn = (server: Sql, { groupName }: Inputs): string => `${server.instance.name}/${groupName}`;

const noted = (server: Sql, { groupName }: Inputs): Noted => ({
  server,
  kind: "group",
  name: groupName,
  doing: `create the distributed availability group ${groupName}`,
  identity: async () => (await findGroup(server, groupName))?.id,
});

async function make(server: Sql, inputs: Inputs, context: Context): Promise<Created<State>> {
  const { groupName } = inputs;
  const doing = `create the distributed availability group ${groupName}`;
  requireNoObstacle(server, doing, await obstacles(server, inputs));
  return await recorded<State>(
    idOn(server, inputs),
    { ...inputs, instanceId: server.instance.id },
    () => server.change(doing, definition(inputs), async () => (await findGroup(server, groupName)) !== undefined),
    () => settled(server, inputs),
    context,
    noted(server, inputs),
  );
}

/** A link to a managed instance begins asynchronously (47501). */
const begun = { availabilityMode: "ASYNCHRONOUS_COMMIT" } as const;

/** The script page's statement. */
const definition = (inputs: Inputs) => sql`
    CREATE AVAILABILITY GROUP ${sql.identifier(inputs.groupName)}
    WITH (DISTRIBUTED)
    AVAILABILITY GROUP ON
    ${sql.list(
      membersOf(inputs).map((member) => sql`${sql.string(member.name)} WITH (${written(clausesOf(begun, member))})`),
      ",\n    ",
    )}`;

/** A member as it is written, its options as the catalog has them. */
interface Member extends Pick<Replica, "name" | "failoverMode" | "seedingMode"> {
  readonly url: string;
  /** Seconds; the script page writes it for SQL Server's half only. */
  readonly sessionTimeout?: number;
}

const always = { failoverMode: "MANUAL", seedingMode: "AUTOMATIC" };

const membersOf = (inputs: Inputs): readonly Member[] => [
  { name: inputs.localGroupName, url: inputs.localUrl, ...always, sessionTimeout: 20 },
  { name: inputs.managedInstanceGroupName, url: remoteUrlOf(inputs), ...always },
];

/** How a member is written. */
function clausesOf({ availabilityMode }: Pick<Inputs, "availabilityMode">, member: Member, found?: Replica): Clause[] {
  const mode = availabilityMode === "SYNCHRONOUS_COMMIT" ? sql`SYNCHRONOUS_COMMIT` : sql`ASYNCHRONOUS_COMMIT`;
  return [
    clause(sql`LISTENER_URL`, sql.string(member.url), found?.url, (url) => sameUrl(url, member.url)),
    clause(sql`AVAILABILITY_MODE`, mode, found?.availabilityMode),
    clause(sql`FAILOVER_MODE`, sql.word(member.failoverMode), found?.failoverMode),
    clause(sql`SEEDING_MODE`, sql.word(member.seedingMode), found?.seedingMode),
    ...(member.sessionTimeout === undefined
      ? []
      : [clause(sql`SESSION_TIMEOUT`, sql.int(member.sessionTimeout), found?.sessionTimeout)]),
  ];
}

/** What taking a group over may change: its members as they were. */
interface Before {
  readonly members: readonly Replica[];
}

/** A group of the name that is there: how it differs, and what of that cannot be changed in place. */
async function presentGroup(server: Sql, inputs: Inputs, group: Group): Promise<Present> {
  const [isConnected, missing, hindrances] = await Promise.all([
    isLinked(server, group.name),
    missingTrust(server, inputs),
    obstacles(server, inputs),
  ]);
  const before: Before = { members: group.replicas };
  return {
    // As the catalog spells it, by which whoever made it has noted it.
    ...noted(server, { ...inputs, groupName: group.name }),
    what: label(inputs),
    adopt: inputs.adopt,
    before: { ...before },
    differences: group.isDistributed
      ? [
          ...membersUnlike(group, inputs),
          ...(missing ? [{ what: missing.problem, remedy: missing.remedy }] : []),
          ...optionsUnlike(group, inputs, isConnected),
        ]
      : [{ what: "it is no distributed availability group", remedy: "give another groupName." }],
    refusal: () => hindered(server, `create ${label(inputs)}`, hindrances),
  };
}

function membersUnlike({ replicas }: Group, inputs: Inputs): Unlike[] {
  const wanted = [inputs.localGroupName, inputs.managedInstanceGroupName];
  if (wanted.every((name) => replicas.some((replica) => sameName(replica.name, name)))) return [];
  const found = replicas.map(({ name }) => name).join(" and ");
  return [
    {
      what: `its members are ${found}, not ${wanted.join(" and ")}`,
      remedy:
        "the members of a group are for good: declare localGroupName and managedInstanceGroupName as they are, or give another groupName.",
    },
  ];
}

const optionsUnlike = (group: Group, inputs: Inputs, isConnected: boolean): Unlike[] =>
  membersOf(inputs).flatMap((wanted) => {
    const found = memberOf(group, wanted.name);
    const options = found ? unmet(clausesOf(inputs, wanted, found)) : [];
    return options.map((option) => ({
      what: `of ${wanted.name} ${told([option])}`,
      ...(isConnected &&
        isUrl(option) && {
          remedy: `declare localUrl, managedInstanceFqdn and managedInstanceName so that they make the URL ${found?.url}, over which the link is connected: ${moveLink}`,
        }),
    }));
  });

const isUrl = ({ option }: Clause): boolean => option.text === "LISTENER_URL";

/** Gives the members their options from before: no other URL while the link is connected, and no synchronous commit unless it is. */
async function putBack(server: Sql, state: State, { members }: Before, context: Context): Promise<string[]> {
  const group = await findGroup(server, state.groupName);
  if (!group || !isRecorded(group, { id: state.groupId, isDistributed: true })) return [];
  const isConnected = await isLinked(server, group.name);
  const moved = members.filter(({ name, url }) => !sameUrl(memberOf(group, name)?.url ?? "", url ?? ""));
  const former = members.map((member) => ({
    ...member,
    url: (isConnected ? memberOf(group, member.name)?.url : undefined) ?? member.url ?? "",
    sessionTimeout: member.sessionTimeout ?? undefined,
  }));
  const wasSynchronous = members.every(({ availabilityMode }) => availabilityMode === "SYNCHRONOUS_COMMIT");
  const modes = commitMode(group, wasSynchronous ? "SYNCHRONOUS_COMMIT" : "ASYNCHRONOUS_COMMIT");
  const waits = wasSynchronous && !isConnected;
  const changes = [...wrongOptions(group, former), ...(waits ? [] : modes)];
  await alter(server, group.name, changes);
  if (changes.length > 0) await reconnected(() => connection(server, state), state, context);
  return [
    ...(isConnected
      ? moved.map(({ name, url }) => `LISTENER_URL of ${name}, which was ${url}, as the link is connected`)
      : []),
    ...(waits && modes.length > 0 ? ["AVAILABILITY_MODE, which was SYNCHRONOUS_COMMIT, as no link is connected"] : []),
  ];
}

async function obstacles(server: Sql, { groupName, localGroupName }: Inputs): Promise<Obstacle[]> {
  const [existing, local, databases] = await Promise.all([
    findGroup(server, groupName),
    findGroup(server, localGroupName),
    databasesOf(server, localGroupName),
  ]);
  const found: Obstacle[] = [];
  if (existing) {
    const what = { look: lookAt.group(existing.name), instead: "give another groupName" };
    const code = existing.isDistributed ? 19502 : 19509;
    found.push(existingObstacle(`there is an availability group ${existing.name} already`, what, code));
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
      remedy: `see them: ${lookAt.group(localGroupName)}; make a group of its own for the database of the link`,
    });
  }
  return found;
}

/** The endpoint or certificate that somebody dropped, maybe in another stack, and without which the group does not connect. */
async function missingTrust(server: Sql, { managedInstanceFqdn }: Remote): Promise<Obstacle | undefined> {
  if (await findCertificate(server, managedInstanceFqdn)) return undefined;
  return {
    code: 41974,
    problem: `the server has no certificate ${managedInstanceFqdn}, by which it knows the managed instance`,
    remedy: "declare a ManagedInstanceCertificate, and take managedInstanceFqdn from it",
  };
}

/** Where the distributed group finds the managed instance. */
const remoteUrlOf = (remote: Remote): string => managedInstanceUrl(remote.managedInstanceFqdn, instanceNameOf(remote));

const instanceNameOf = ({ managedInstanceFqdn, managedInstanceName }: Remote): string =>
  managedInstanceName ?? firstLabel(managedInstanceFqdn);

const declaredRemoteOf = ({
  managedInstanceFqdn,
  managedInstanceName,
  declaredRemote,
}: Remote & Pick<Partial<State>, "declaredRemote">): Remote =>
  declaredRemote ?? { managedInstanceFqdn, managedInstanceName };

/** Where the group finds the managed instance today, as the arguments have it: what is declared, where it is the same or no argument tells it. */
function remoteIn(group: Group, memberName: string, declared: Remote): Remote {
  const url = memberOf(group, memberName)?.url ?? "";
  const found = remoteOf(url);
  if (!found || sameUrl(url, remoteUrlOf(declared))) return declared;
  const { fqdn, name } = found;
  return {
    managedInstanceFqdn: sameHost(fqdn, declared.managedInstanceFqdn) ? declared.managedInstanceFqdn : fqdn,
    managedInstanceName: sameInAzure(name, instanceNameOf(declared)) ? declared.managedInstanceName : name,
  };
}

/** What the arguments can say of a URL: its host, and the name of the instance behind it. */
function remoteOf(url: string): { readonly fqdn: string; readonly name: string } | undefined {
  const [, fqdn, name] = /^tcp:\/\/([^:/;]+):5022;server=\[([^\]]+)\]$/i.exec(url) ?? [];
  return fqdn === undefined || name === undefined ? undefined : { fqdn, name };
}

const memberOf = (group: Group, name: string): Replica | undefined =>
  group.replicas.find((replica) => sameName(replica.name, name));

/** What differs, in words, beyond the inputs: the URLs and the mode show as inputs, where these can say it. */
function difference(group: Group, inputs: Inputs): string | undefined {
  const members = membersOf(inputs).map((wanted) => ({ wanted, found: memberOf(group, wanted.name) }));
  const missing = members.filter(({ found }) => !found);
  if (missing.length > 0) return `not a member any more: ${missing.map(({ wanted }) => wanted.name).join(", ")}`;
  const wrong = members.flatMap(({ wanted, found }) => {
    const isLocal = sameName(wanted.name, inputs.localGroupName);
    const isShown = isLocal || remoteOf(found?.url ?? "") !== undefined;
    const shown = { ...wanted, url: (isShown ? found?.url : undefined) ?? wanted.url };
    const clauses = clausesOf(inputs, shown, found).filter((option) => !isCommitMode(option));
    const words = told(clauses);
    return words === undefined ? [] : [`of ${wanted.name} ${words}`];
  });
  return wrong.length === 0 ? undefined : wrong.join("; ");
}

/** MODIFY AVAILABILITY GROUP ON takes one option at a time. */
const wrongOptions = (group: Group, members: readonly Member[]): Statement[] =>
  members.flatMap((wanted) => {
    const found = memberOf(group, wanted.name);
    const options = found ? unmet(clausesOf(begun, wanted, found).filter((option) => !isCommitMode(option))) : [];
    return options.map((option) => sql`${sql.string(wanted.name)} WITH (${written([option])})`);
  });

/** The mode is not among the single options: `commitMode` sets it for both members, and only when it can be set. */
const isCommitMode = ({ option }: Clause): boolean => option.text === "AVAILABILITY_MODE";

function facts(group: Group, { localGroupName, managedInstanceGroupName, availabilityMode }: Inputs) {
  const [local, remote] = [memberOf(group, localGroupName), memberOf(group, managedInstanceGroupName)];
  const other = [local, remote].find((replica) => replica && replica.availabilityMode !== availabilityMode);
  return {
    groupName: group.name,
    groupId: group.id,
    ...(local && local.url !== null && { localUrl: local.url }),
    availabilityMode: modes.find((mode) => mode === other?.availabilityMode) ?? availabilityMode,
  };
}

const connection = (
  server: Sql,
  { groupName, managedInstanceGroupName, connectedState }: Inputs & Connection,
): Promise<Connection> => connectionOf(server, groupName, managedInstanceGroupName, connectedState !== undefined);

/** Waits, as a change breaks the connection for a moment. A connection that does not come back is recorded as it is. */
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
  // Recorded as declared, though still asynchronous: the link makes the group synchronous once it is connected.
  const { availabilityMode } = inputs;
  return { ...inputs, ...facts(group, inputs), availabilityMode, instanceId: server.instance.id };
}

function managedInstanceNameProblem(name: string): string | undefined {
  if (isLabel(name)) return undefined;
  return `must be the short name of a managed instance: 1 to 63 letters, digits and hyphens; it is ${JSON.stringify(name)}`;
}

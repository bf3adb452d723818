import { sameName } from "../../arguments/names";
import type { Sql } from "../connection";
import { alreadyExists, lookAt } from "../outcome";
import { type Statement, sql } from "../tsql";
import { requireNoLink } from "./connected";

/** An availability group, local or distributed; the replicas of a distributed one are its two member groups. */
export interface Group {
  readonly id: string;
  readonly name: string;
  readonly isDistributed: boolean;
  readonly replicas: readonly Replica[];
}

/** Everything but the name may be NULL in the catalog. */
export interface Replica {
  readonly name: string;
  readonly url: string | null;
  readonly availabilityMode: string | null;
  readonly failoverMode: string | null;
  readonly seedingMode: string | null;
  /** Seconds. */
  readonly sessionTimeout: number | null;
}

interface Row extends Omit<Replica, "name"> {
  readonly id: string;
  readonly name: string;
  readonly isDistributed: boolean | null;
  readonly replicaName: string | null;
}

export async function findGroup(server: Sql, name: string): Promise<Group | undefined> {
  const [group] = await groupsWhere(
    server,
    `look for the availability group ${name}`,
    sql`WHERE g.name = ${sql.string(name)}`,
  );
  return group;
}

/** All groups of the instance, by one question. */
export const allGroups = (server: Sql): Promise<readonly Group[]> =>
  groupsWhere(server, "read the availability groups", sql.nothing);

async function groupsWhere(server: Sql, doing: string, condition: Statement): Promise<readonly Group[]> {
  const rows = await server.query<Row>(
    doing,
    sql`SELECT CONVERT(nvarchar(36), g.group_id) AS id, g.name, g.is_distributed AS isDistributed, r.replica_server_name AS replicaName,
      r.endpoint_url AS url, r.availability_mode_desc AS availabilityMode, r.failover_mode_desc AS failoverMode,
      r.seeding_mode_desc AS seedingMode, r.session_timeout AS sessionTimeout
    FROM sys.availability_groups g
    LEFT JOIN sys.availability_replicas r ON r.group_id = g.group_id
    ${condition}`,
  );
  return [...Map.groupBy(rows, ({ id }) => id)].map(([id, [first, ...others]]) => ({
    id,
    name: first?.name ?? "",
    isDistributed: first?.isDistributed === true,
    replicas: [first, ...others].flatMap((row) => {
      if (!row || row.replicaName === null) return [];
      const { replicaName: name, url, availabilityMode, failoverMode, seedingMode, sessionTimeout } = row;
      return [{ name, url, availabilityMode, failoverMode, seedingMode, sessionTimeout }];
    }),
  }));
}

/** What a group was made as, for good, where no link can stand on that; in words. SQL Server has the columns one version after the other. */
export async function unfitKinds(server: Sql, name: string): Promise<string[]> {
  const [group] = await server.query<{
    readonly cluster_type_desc?: string | null;
    readonly basic_features?: boolean | null;
    readonly is_contained?: boolean | null;
  }>(`see what kind of group ${name} is`, sql`SELECT * FROM sys.availability_groups WHERE name = ${sql.string(name)}`);
  const cluster = group?.cluster_type_desc?.toUpperCase() ?? "NONE";
  return [
    ...(cluster === "NONE" ? [] : [`CLUSTER_TYPE is ${cluster}, not NONE`]),
    ...(group?.basic_features
      ? ["it is a basic availability group, on which no distributed one can stand (19513)"]
      : []),
    ...(group?.is_contained
      ? ["it is a contained availability group, on which no distributed one can stand (47129)"]
      : []),
  ];
}

/** The databases of a local group. */
export async function databasesOf(server: Sql, groupName: string): Promise<string[]> {
  const rows = await server.query<{ readonly name: string | null }>(
    `read the databases of the availability group ${groupName}`,
    sql`SELECT d.database_name AS name
    FROM sys.availability_databases_cluster d
    JOIN sys.availability_groups g ON g.group_id = d.group_id
    WHERE g.name = ${sql.string(groupName)}`,
  );
  return rows.flatMap(({ name }) => name ?? []);
}

/** The local group that a database is in; it can be in one only (35244). */
export async function groupOf(server: Sql, databaseName: string): Promise<string | undefined> {
  const [row] = await server.query<{ readonly name: string | null }>(
    `look for the availability group of the database ${databaseName}`,
    sql`SELECT g.name
    FROM sys.availability_databases_cluster d
    JOIN sys.availability_groups g ON g.group_id = d.group_id
    WHERE d.database_name = ${sql.string(databaseName)} AND g.is_distributed = 0`,
  );
  return row && (row.name ?? "(without a name)");
}

/** PRIMARY, SECONDARY or RESOLVING: of this instance in the group; undefined where the group is not there. */
export async function roleOf(server: Sql, groupName: string): Promise<string | undefined> {
  const [row] = await server.query<{ readonly role: string }>(
    `read the role in the availability group ${groupName}`,
    sql`SELECT s.role_desc AS role
    FROM sys.availability_groups g
    JOIN sys.dm_hadr_availability_replica_states s ON s.group_id = g.group_id AND s.is_local = 1
    WHERE g.name = ${sql.string(groupName)}`,
  );
  return row?.role;
}

/** The member at the other end of a distributed group of this instance. */
export interface RemoteMember {
  readonly groupName: string;
  /** Host name in the listener's URL, in lower case. */
  readonly host: string;
}

export async function remoteMembers(server: Sql): Promise<RemoteMember[]> {
  const rows = await server.query<{ readonly groupName: string; readonly url: string | null }>(
    "look for distributed availability groups",
    sql`SELECT g.name AS groupName, r.endpoint_url AS url
    FROM sys.availability_groups g
    JOIN sys.availability_replicas r ON r.group_id = g.group_id
    WHERE g.is_distributed = 1 AND r.replica_server_name NOT IN
      (SELECT local.name FROM sys.availability_groups local WHERE local.is_distributed = 0)
    ORDER BY g.name`,
  );
  return rows.map(({ groupName, url }) => ({
    groupName,
    host: (/^tcp:\/\/([^:/;]+)/i.exec(url ?? "")?.[1] ?? "").toLowerCase(),
  }));
}

/** How a member of a group is connected, as this instance sees it. */
export interface Connection {
  /** undefined before the member has joined, or where this instance doesn't see it. */
  readonly connectedState?: "CONNECTED" | "DISCONNECTED";
  /** Only while it is not connected: SQL Server keeps the last error when a later attempt succeeds. */
  readonly lastConnectErrorNumber?: number;
  /** Only of a failed handshake (1474), whose reason is in the text alone. */
  readonly lastConnectErrorDescription?: string;
}

const handshakeFailure = 1474;

/**
 * Says nothing before the other side has joined: until then a distributed group is disconnected, with errors that mean
 * nothing. That it has joined shows in its database, or is known because a connection was recorded (`hasJoined`).
 */
export async function connectionOf(
  server: Sql,
  groupName: string,
  memberName: string,
  hasJoined: boolean,
): Promise<Connection> {
  const [row] = await server.query<{
    readonly state: "CONNECTED" | "DISCONNECTED" | null;
    readonly databases: number;
    readonly number: number | null;
    readonly description: string | null;
  }>(
    `look how ${memberName} is connected in the availability group ${groupName}`,
    sql`SELECT s.connected_state_desc AS state,
      (SELECT COUNT(*) FROM sys.dm_hadr_database_replica_states d
        WHERE d.group_id = g.group_id AND d.replica_id = r.replica_id) AS databases,
      s.last_connect_error_number AS number,
      s.last_connect_error_description AS description
    FROM sys.availability_groups g
    JOIN sys.availability_replicas r ON r.group_id = g.group_id
    JOIN sys.dm_hadr_availability_replica_states s ON s.group_id = g.group_id AND s.replica_id = r.replica_id
    WHERE g.name = ${sql.string(groupName)} AND r.replica_server_name = ${sql.string(memberName)}`,
  );
  const isLost = row?.state === "DISCONNECTED" && (hasJoined || row.databases > 0);
  const lost = isLost ? row : undefined;
  return {
    connectedState: (row?.state === "CONNECTED" ? row : lost)?.state ?? undefined,
    lastConnectErrorNumber: lost?.number ?? undefined,
    lastConnectErrorDescription:
      lost?.number === handshakeFailure ? lost.description?.replace(/\s+/g, " ").trim() : undefined,
  };
}

/** What was recorded of a group; no id where creation was interrupted. */
export interface RecordedGroup {
  readonly id: string | undefined;
  readonly isDistributed: boolean;
}

/** Drops the group if it is still the recorded one, and refuses while a link over it is connected; does nothing when it is gone. */
export async function dropGroup(
  server: Sql,
  name: string,
  recorded: RecordedGroup,
  signal: AbortSignal,
): Promise<void> {
  const found = await findGroup(server, name);
  if (!found || !isRecorded(found, recorded)) return;
  const doing = `drop the ${recorded.isDistributed ? "distributed " : ""}availability group ${name}`;
  await requireNoLink(server, doing, signal, (link) =>
    sameName(recorded.isDistributed ? link.name : link.localGroupName, name),
  );
  await server.change(
    doing,
    sql`DROP AVAILABILITY GROUP ${sql.identifier(name)}`,
    async () => (await findGroup(server, name)) === undefined,
  );
}

/** Whether it is the recorded group, and not one that was made later under the same name. */
export const isRecorded = (group: Group, { id, isDistributed }: RecordedGroup): boolean =>
  group.isDistributed === isDistributed && (id === undefined || group.id === id);

export function requireRecorded(server: Sql, group: Group, recorded: RecordedGroup): void {
  if (isRecorded(group, recorded)) return;
  throw alreadyExists(
    server,
    `alter the availability group ${group.name}`,
    `the group of that name has the id ${group.id}, the one recorded had ${recorded.id ?? "another kind"}`,
    {
      because: "somebody dropped the group and made another one under its name; pulumi refresh forgets the old one.",
      look: lookAt.group(group.name),
      instead: "give another groupName",
    },
    41106,
  );
}

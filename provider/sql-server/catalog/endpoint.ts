import type { Sql } from "../connection";
import { byRunning, type Obstacle } from "../obstacle";
import { sql } from "../tsql";

/** The DATABASE_MIRRORING endpoint of an instance, in the catalog's words. What may be NULL there is null here. */
export interface Endpoint {
  readonly name: string;
  /** What tells it from a later one of its name; left out in older states. */
  readonly id?: number | null;
  /** Its login; null where that is gone. */
  readonly owner: string | null;
  readonly state: string | null;
  readonly port: number;
  /** LISTENER_IP; null: ALL. */
  readonly address: string | null;
  readonly role: string | null;
  /** In the order in which they are tried: "CERTIFICATE", "NEGOTIATE, CERTIFICATE" ... */
  readonly authentication: string | null;
  readonly certificateName: string | null;
  readonly isEncrypted: boolean;
  /** "AES": required. With NONE, as in "NONE, AES", a partner may do without encryption (SUPPORTED). */
  readonly algorithm: string | null;
}

/** By type, never by name: an instance has at most one. */
export async function findEndpoint(server: Sql): Promise<Endpoint | undefined> {
  const [row] = await server.query<Endpoint>("read the mirroring endpoint", endpointQuery);
  return row;
}

export const endpointQuery = sql`SELECT e.name, e.endpoint_id AS id, p.name AS owner, e.state_desc AS state, t.port, t.ip_address AS address, e.role_desc AS role,
      e.connection_auth_desc AS authentication, c.name AS certificateName,
      e.is_encryption_enabled AS isEncrypted, e.encryption_algorithm_desc AS algorithm
    FROM sys.database_mirroring_endpoints e
    JOIN sys.tcp_endpoints t ON t.endpoint_id = e.endpoint_id
    LEFT JOIN sys.certificates c ON c.certificate_id = e.certificate_id
    LEFT JOIN sys.server_principals p ON p.principal_id = e.principal_id`;

/** Whether it encrypts as a link needs it. Where it does not, adding AES is for the user to say. */
export const hasAes = ({ isEncrypted, algorithm }: Pick<Endpoint, "isEncrypted" | "algorithm">): boolean =>
  isEncrypted && partsOf(algorithm).includes("AES");

/** "NEGOTIATE, CERTIFICATE" as its parts. */
export const partsOf = (shown: string | null): string[] => (shown ?? "").split(/\s*,\s*/).filter((part) => part !== "");

/** Why nobody connects to it. */
export const stateObstacles = ({ name, state }: Pick<Endpoint, "name" | "state">): Obstacle[] =>
  state === "STARTED"
    ? []
    : [
        {
          code: "NoEndpoint",
          problem: `the mirroring endpoint ${name} is ${state}`,
          ...byRunning("start it: ", sql`ALTER ENDPOINT ${sql.identifier(name)} STATE = STARTED`),
        },
      ];

/** A port of the instance on which it listens for partners, or for applications. */
export interface Listener {
  readonly port: number;
  readonly state: string | null;
}

/** Of mirroring endpoints. */
export const listenersQuery = sql`SELECT port, state_desc AS state FROM sys.dm_tcp_listener_states WHERE type = 2`;

/** Where another process has the port, the statement succeeds all the same and 9692 is in the error log only; the listener's state shows it. */
export async function isListening(server: Sql, port: number): Promise<boolean> {
  const listeners = await server.query<Listener>("see whether the mirroring endpoint listens", listenersQuery);
  return listensAt(port, listeners);
}

export const listensAt = (port: number, listeners: readonly Listener[]): boolean =>
  listeners.some((listener) => listener.port === port && listener.state === "ONLINE");

/** Whatever talks to other servers over the endpoint of this instance. */
export interface EndpointUser {
  /** For sentences: `the availability group AG_db1 (TCP://10.0.0.4:5022)`. */
  readonly label: string;
  /** One of its partners is connected now. */
  readonly isConnected: boolean;
}

/**
 * Every group with a replica on this instance, and every mirroring session: an instance has one such endpoint, so they all
 * use it. The port in their URLs may differ from the endpoint's, as a firewall may translate it.
 */
export async function usersOf(server: Sql): Promise<EndpointUser[]> {
  const groups = await server.query<{
    readonly name: string;
    readonly isDistributed: boolean;
    readonly url: string | null;
    readonly connected: number;
  }>(
    "see what uses the mirroring endpoint",
    sql`SELECT g.name, g.is_distributed AS isDistributed, r.endpoint_url AS url,
      (SELECT COUNT(*) FROM sys.dm_hadr_availability_replica_states p
        WHERE p.group_id = g.group_id AND (p.is_local = 0 OR p.role_desc <> 'PRIMARY') AND p.connected_state = 1) AS connected
    FROM sys.availability_groups g
    LEFT JOIN sys.dm_hadr_availability_replica_states s ON s.group_id = g.group_id AND s.is_local = 1
    LEFT JOIN sys.availability_replicas r ON r.replica_id = s.replica_id AND r.group_id = s.group_id
    ORDER BY g.is_distributed, g.name`,
  );
  const sessions = await mirroringSessions(server);
  return [
    ...groups.map(({ name, isDistributed, url, connected }) => ({
      label: `the ${isDistributed ? "distributed " : ""}availability group ${name}${url === null ? "" : ` (${url})`}`,
      isConnected: connected > 0,
    })),
    // sys.database_mirroring: 1 is DISCONNECTED.
    ...sessions.map(({ name, state }) => ({
      label: `the mirroring session of the database ${name}`,
      isConnected: state !== 1,
    })),
  ];
}

const mirroringSessions = (server: Sql) =>
  server.query<{ readonly name: string; readonly state: number }>(
    "look for mirrored databases",
    sql`SELECT DB_NAME(database_id) AS name, mirroring_state AS state
    FROM sys.database_mirroring WHERE mirroring_guid IS NOT NULL`,
  );

/** A replica on another server, or the other side of a distributed group. */
export interface Partner {
  readonly replicaId: string;
  readonly groupName: string;
  /** For sentences: `AG_db1_MI of DAG_db1`. */
  readonly label: string;
  readonly isConnected: boolean;
  readonly lastError: string | null;
}

/** Where this instance is the secondary, its own row alone tells whether it is connected: it does not see the others. */
export async function partnersOf(server: Sql): Promise<Partner[]> {
  const rows = await server.query<Partner & { readonly name: string }>(
    "see who is connected over the mirroring endpoint",
    sql`SELECT CONVERT(nvarchar(36), s.replica_id) AS replicaId, r.replica_server_name AS name, g.name AS groupName,
      CASE WHEN s.connected_state = 1 THEN CONVERT(bit, 1) ELSE CONVERT(bit, 0) END AS isConnected,
      s.last_connect_error_description AS lastError
    FROM sys.dm_hadr_availability_replica_states s
    JOIN sys.availability_groups g ON g.group_id = s.group_id
    JOIN sys.availability_replicas r ON r.replica_id = s.replica_id AND r.group_id = s.group_id
    WHERE s.is_local = 0 OR s.role_desc <> 'PRIMARY'
    ORDER BY g.name, r.replica_server_name`,
  );
  return rows.map(({ replicaId, name, groupName, isConnected, lastError }) => ({
    replicaId,
    groupName,
    label: `${name} of ${groupName}`,
    isConnected,
    lastError,
  }));
}
/**
 * What uses the endpoint and may need more than a link does: availability groups with another SQL Server, and mirrored
 * databases. A managed instance takes part by certificate only.
 */
export async function otherUses(server: Sql): Promise<string[]> {
  const [groups, mirrored] = await Promise.all([
    server.query<{ readonly name: string | null; readonly isDistributed: boolean | null; readonly url: string | null }>(
      "look for other availability groups",
      sql`SELECT g.name, g.is_distributed AS isDistributed, r.endpoint_url AS url
      FROM sys.availability_groups g
      JOIN sys.availability_replicas r ON r.group_id = g.group_id`,
    ),
    mirroringSessions(server),
  ]);
  const names = [...new Set(groups.map(({ name }) => name))].filter((name) => {
    const replicas = groups.filter((row) => row.name === name);
    const isLink = replicas.some(({ isDistributed, url }) => isDistributed && /;Server=/i.test(url ?? ""));
    return replicas.length > 1 && !isLink;
  });
  return [
    ...names.map((name) => `the availability group ${name ?? "(without a name)"}`),
    ...mirrored.map(({ name }) => `the mirrored database ${name}`),
  ];
}

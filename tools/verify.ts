import { setTimeout as delay } from "node:timers/promises";
import type { SqlClient } from "./clients";

/** "Verify the link" of the script page, as it stands there. */
const connectionQuery = `SELECT
    r.replica_server_name AS [Replica],
    r.endpoint_url AS [Endpoint],
    rs.connected_state_desc AS [Connected state],
    rs.last_connect_error_description AS [Last connection error],
    rs.last_connect_error_number AS [Last connection error No],
    rs.last_connect_error_timestamp AS [Last error timestamp]
FROM
    sys.dm_hadr_availability_replica_states rs
    JOIN sys.availability_replicas r
    ON rs.replica_id = r.replica_id`;

/** Health and role, from the link's troubleshooting page. */
const healthQuery = (link: string) => `SELECT rs.synchronization_health_desc AS health
FROM sys.availability_groups ag
JOIN sys.dm_hadr_availability_replica_states rs ON ag.group_id = rs.group_id
WHERE rs.is_local = 0 AND rs.role = 2 AND ag.is_distributed = 1 AND ag.name = N'${link.replaceAll("'", "''")}'`;
const roleQuery = (link: string) => `SELECT ag.name, rs.role_desc AS role
FROM sys.availability_groups ag
JOIN sys.dm_hadr_availability_replica_states rs ON ag.group_id = rs.group_id
WHERE rs.is_local = 1 AND ag.is_distributed = 1 AND ag.name = N'${link.replaceAll("'", "''")}'`;

export interface LinkReport {
  readonly sqlServer: Side;
  readonly managedInstance: Side;
  /** True when both sides play their roles, see each other, and the primary finds the secondary healthy. */
  readonly connected: boolean;
}

/** What one side says of the link. */
export interface Side {
  readonly role?: string;
  /** Whether this side sees the other side's group. */
  readonly connectedState?: string;
  /** Health of the secondary, which only the primary tells. */
  readonly health?: string;
  readonly lastError?: string;
}

export interface LinkNames {
  readonly link: string;
  /** Group on the SQL Server. */
  readonly group: string;
  /** Group on the managed instance. */
  readonly instanceGroup: string;
}

/** Asks both sides until the link is up, as the documentation says: it can take up to a minute. */
export async function waitForLink(
  sqlServer: SqlClient,
  managedInstance: SqlClient,
  names: LinkNames,
  seconds = 60,
): Promise<LinkReport> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const report = await reportLink(sqlServer, managedInstance, names);
    if (report.connected || performance.now() > deadline) return report;
    await delay(250);
  }
}

async function reportLink(
  sqlServer: SqlClient,
  managedInstance: SqlClient,
  { link, group, instanceGroup }: LinkNames,
): Promise<LinkReport> {
  const [onServer, onInstance] = await Promise.all([
    askSide(sqlServer, link, instanceGroup),
    askSide(managedInstance, link, group),
  ]);
  const connected =
    onServer.role === "PRIMARY" &&
    onServer.connectedState === "CONNECTED" &&
    onServer.health === "HEALTHY" &&
    onInstance.role === "SECONDARY" &&
    onInstance.connectedState === "CONNECTED";
  return { sqlServer: onServer, managedInstance: onInstance, connected };
}

async function askSide(side: SqlClient, link: string, partner: string): Promise<Side> {
  const [connections, health, role] = await Promise.all([
    side.query(connectionQuery),
    side.query<{ health: string }>(healthQuery(link)),
    side.query<{ role: string }>(roleQuery(link)),
  ]);
  const row = connections.find(({ Replica }) => Replica === partner);
  return {
    role: role[0]?.role,
    connectedState: row?.["Connected state"] as string | undefined,
    health: health[0]?.health,
    lastError: (row?.["Last connection error"] as string | null) ?? undefined,
  };
}

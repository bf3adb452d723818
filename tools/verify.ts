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
  readonly sqlServerRole?: string;
  readonly managedInstanceRole?: string;
  /** Of the managed instance's group, as the SQL Server sees it. */
  readonly connectedState?: string;
  readonly health?: string;
  readonly lastError?: string;
  readonly connected: boolean;
}

export interface LinkNames {
  readonly link: string;
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

export async function reportLink(
  sqlServer: SqlClient,
  managedInstance: SqlClient,
  { link, instanceGroup }: LinkNames,
): Promise<LinkReport> {
  const [connections, health, sqlServerRole, managedInstanceRole] = await Promise.all([
    sqlServer.query(connectionQuery),
    sqlServer.query<{ health: string }>(healthQuery(link)),
    sqlServer.query<{ role: string }>(roleQuery(link)),
    managedInstance.query<{ role: string }>(roleQuery(link)),
  ]);
  const partner = connections.find((row) => row.Replica === instanceGroup);
  const report = {
    sqlServerRole: sqlServerRole[0]?.role,
    managedInstanceRole: managedInstanceRole[0]?.role,
    connectedState: partner?.["Connected state"] as string | undefined,
    health: health[0]?.health,
    lastError: (partner?.["Last connection error"] as string | null) ?? undefined,
  };
  const connected =
    report.sqlServerRole === "PRIMARY" &&
    report.managedInstanceRole === "SECONDARY" &&
    report.connectedState === "CONNECTED" &&
    report.health === "HEALTHY";
  return { ...report, connected };
}

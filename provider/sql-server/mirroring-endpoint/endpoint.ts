import type { Sql } from "../connection";
import { sql } from "../query";

/** The DATABASE_MIRRORING endpoint of an instance, in the catalog's words. What may be NULL there is null here. */
export interface Endpoint {
  readonly name: string;
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
  const [row] = await server.query<Endpoint>(
    "read the mirroring endpoint",
    sql`SELECT e.name, p.name AS owner, e.state_desc AS state, t.port, t.ip_address AS address, e.role_desc AS role,
      e.connection_auth_desc AS authentication, c.name AS certificateName,
      e.is_encryption_enabled AS isEncrypted, e.encryption_algorithm_desc AS algorithm
    FROM sys.database_mirroring_endpoints e
    JOIN sys.tcp_endpoints t ON t.endpoint_id = e.endpoint_id
    LEFT JOIN sys.certificates c ON c.certificate_id = e.certificate_id
    LEFT JOIN sys.server_principals p ON p.principal_id = e.principal_id`,
  );
  return row;
}

/** When another process has the port, the statement succeeds and only the error log knows (9692); the listener's state tells. */
export async function isListening(server: Sql, port: number): Promise<boolean> {
  const rows = await server.query<{ readonly state: string | null }>(
    "see whether the mirroring endpoint listens",
    sql`SELECT state_desc AS state FROM sys.dm_tcp_listener_states WHERE type = 2 AND port = ${sql.int(port)}`,
  );
  return rows.some(({ state }) => state === "ONLINE");
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
    server.query<{ readonly name: string }>(
      "look for mirrored databases",
      sql`SELECT d.name FROM sys.database_mirroring m
      JOIN sys.databases d ON d.database_id = m.database_id
      WHERE m.mirroring_guid IS NOT NULL`,
    ),
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

import type { Sql } from "../connection";
import { sql } from "../query";

/** The DATABASE_MIRRORING endpoint of an instance. */
export interface Endpoint {
  readonly name: string;
  readonly state: string;
  readonly role: string;
  readonly authentication: string;
  readonly isEncrypted: boolean;
  readonly algorithm: string;
  readonly port: number;
  readonly certificateName: string | null;
}

/** By type, never by name: an instance has at most one. */
export async function findEndpoint(server: Sql): Promise<Endpoint | undefined> {
  const [row] = await server.query<Endpoint>(
    "read the mirroring endpoint",
    sql`SELECT e.name, e.state_desc AS state, e.role_desc AS role, e.connection_auth_desc AS authentication,
      e.is_encryption_enabled AS isEncrypted, e.encryption_algorithm_desc AS algorithm, t.port, c.name AS certificateName
    FROM sys.database_mirroring_endpoints e
    JOIN sys.tcp_endpoints t ON t.endpoint_id = e.endpoint_id
    LEFT JOIN sys.certificates c ON c.certificate_id = e.certificate_id`,
  );
  return row;
}

/** When another process has the port, the statement succeeds and only the error log knows (9692); the listener's state tells. */
export async function isListening(server: Sql, port: number): Promise<boolean> {
  const rows = await server.query<{ readonly state: string }>(
    "see whether the mirroring endpoint listens",
    sql`SELECT state_desc AS state FROM sys.dm_tcp_listener_states WHERE type = 2 AND port = ${sql.int(port)}`,
  );
  return rows.some(({ state }) => state === "ONLINE");
}

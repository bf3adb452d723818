import type { Sql } from "../../sql-server/connection";
import { sql } from "../../sql-server/tsql";
import type { Target } from "./probe-job";

interface Row {
  readonly fqdn: string | null;
  readonly node: string | null;
  readonly port: string | null;
}

/** The instance's own name, and the node and the port to which it redirects partners: each move inside Azure changes the latter. */
export interface Fabric {
  readonly fqdn: string | undefined;
  readonly redirect: Target | undefined;
}

/** The documentation's query, in one row. */
export async function fabricOf(server: Sql): Promise<Fabric> {
  const parameter = (name: string) =>
    sql`(SELECT TOP (1) value FROM sys.dm_hadr_fabric_config_parameters WHERE parameter_name = ${sql.string(name)})`;
  const [row] = await server.query<Row>(
    "read where the instance redirects partners to",
    sql`SELECT ${parameter("DnsRecordName")} AS fqdn, ${parameter("HadrPort")} AS port,
      (SELECT TOP (1) SUBSTRING(r.replica_address, 0, CHARINDEX(N'\\', r.replica_address))
        FROM sys.dm_hadr_fabric_partitions p
        JOIN sys.dm_hadr_fabric_replicas r ON r.partition_id = p.partition_id
        JOIN sys.dm_hadr_fabric_nodes n ON n.node_name = r.node_name
        WHERE p.service_name LIKE N'%ManagedServer%' AND r.replica_role = 2
          AND RIGHT(p.service_name, CHARINDEX(N'/', REVERSE(p.service_name)) - 1) =
            (SELECT TOP (1) value FROM sys.dm_hadr_fabric_config_parameters
              WHERE section_name = N'SQL' AND parameter_name = N'InstanceName')
      ) + N'.' + ${parameter("ClusterName")} AS node`,
  );
  const port = Number(row?.port);
  const isKnown = row?.node && Number.isInteger(port) && port > 0;
  return { fqdn: row?.fqdn ?? undefined, redirect: isKnown && row?.node ? { host: row.node, port } : undefined };
}

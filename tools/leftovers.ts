import type { ArmClient, SqlClient } from "./clients";

/** Everything that a link could leave behind, row by row: what is in catalog views and ARM lists. */
export type Snapshot = ReadonlyMap<string, string>;

const views = [
  "sys.certificates",
  "sys.symmetric_keys",
  "sys.endpoints",
  "sys.tcp_endpoints",
  "sys.database_mirroring_endpoints",
  "sys.availability_groups",
  "sys.availability_replicas",
  "sys.availability_databases_cluster",
  "sys.databases",
  "sys.server_principals",
  "sys.extended_properties", // of master
];
const collections = ["databases", "distributedAvailabilityGroups", "serverTrustCertificates", "endpointCertificates"];

export async function takeSnapshot(sides: {
  sqlServer: SqlClient;
  managedInstance: SqlClient;
  arm: ArmClient;
  managedInstanceId: string;
}): Promise<Snapshot> {
  const rows = new Map<string, string>();
  const add = (where: string, row: unknown) => {
    // Log positions, and the times beside them, move by themselves.
    const text = JSON.stringify(row, (key, value) => (/^last.+(Lsn|Time)$/.test(key) ? undefined : value));
    const { name, group_id: group, replica_server_name: replica } = row as Readonly<Record<string, string | undefined>>;
    rows.set(`${where}: ${name ?? (replica === undefined ? text : `${replica} of ${group}`)}`, text);
  };
  const queries = views.map((view) => `SELECT * FROM ${view}`);
  const [onServer, onInstance, ...inAzure] = await Promise.all([
    sides.sqlServer.queryEach(queries),
    sides.managedInstance.queryEach(queries),
    ...collections.map((collection) => sides.arm.list(`${sides.managedInstanceId}/${collection}`)),
  ]);
  for (const [i, view] of views.entries()) {
    for (const row of onServer[i] ?? []) add(`SQL Server, ${view}`, row);
    for (const row of onInstance[i] ?? []) add(`managed instance, ${view}`, row);
  }
  for (const [i, collection] of collections.entries())
    for (const row of inAzure[i] ?? []) add(`Azure, ${collection}`, row);
  return rows;
}

/** What is new, gone, or different. */
export function compareSnapshots(before: Snapshot, after: Snapshot): string[] {
  const added = [...after.keys()].filter((row) => !before.has(row)).map((row) => `added: ${row}`);
  const gone = [...before.keys()].filter((row) => !after.has(row)).map((row) => `gone: ${row}`);
  const changed = [...after]
    .filter(([row, text]) => before.has(row) && before.get(row) !== text)
    .map(([row, text]) => `changed: ${row}: ${before.get(row)} -> ${text}`);
  return [...added, ...gone, ...changed];
}

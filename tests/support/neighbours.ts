import { createSelfSigned } from "#lab/sql-server/certificates/self-signed";
import type { ArmClient, SqlClient } from "#tools/clients";

interface Servers {
  readonly sqlServer: SqlClient;
  readonly arm: ArmClient;
  readonly managedInstanceId: string;
}

/** What others have on the same servers: certificates, a note on master and a database. */
export async function placeNeighbours({ sqlServer, arm, managedInstanceId }: Servers): Promise<void> {
  const request = { notBefore: new Date(Date.now() - 86_400_000), notAfter: new Date(Date.now() + 365 * 86_400_000) };
  const [here, there] = await Promise.all(
    ["neighbour", "neighbour in Azure"].map((subject) => createSelfSigned({ subject, ...request })),
  );
  await sqlServer.query(`CREATE CERTIFICATE [Neighbour's] FROM BINARY = 0x${here?.der.toString("hex")}`);
  await sqlServer.query("EXEC sp_addextendedproperty @name = N'neighbour', @value = N'keep this'");
  await arm.put(`${managedInstanceId}/serverTrustCertificates/Neighbours`, {
    properties: { publicBlob: `0x${there?.der.toString("hex")}` },
  });
  await arm.put(`${managedInstanceId}/databases/neighbours`, { location: "westeurope" });
}

/** Another availability group, of the database db2. While it is there, the endpoint that it would use is never dropped. */
export async function placeGroup({ sqlServer }: Servers): Promise<void> {
  await sqlServer.query("BACKUP DATABASE db2 TO DISK = N'neighbour.bak'");
  await sqlServer.query(`CREATE AVAILABILITY GROUP [AG_neighbour] WITH (CLUSTER_TYPE = NONE) FOR DATABASE db2
    REPLICA ON N'sqlserver1' WITH (ENDPOINT_URL = N'TCP://127.0.0.1:5022', FAILOVER_MODE = MANUAL,
      AVAILABILITY_MODE = SYNCHRONOUS_COMMIT)`);
}

export const lookAtGroup = ({ sqlServer }: Servers) =>
  sqlServer.query(`SELECT g.*, r.*, d.database_name FROM sys.availability_groups g
    JOIN sys.availability_replicas r ON r.group_id = g.group_id
    JOIN sys.availability_databases_cluster d ON d.group_id = g.group_id WHERE g.name = N'AG_neighbour'`);

export const dropNeighboursGroup = ({ sqlServer }: Servers) =>
  sqlServer.query("DROP AVAILABILITY GROUP [AG_neighbour]");

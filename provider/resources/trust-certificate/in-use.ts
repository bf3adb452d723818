import { sameHost } from "../../arguments/host";
import { childCollection } from "../../arguments/managed-instance-id";
import type { SqlServer } from "../../arguments/sql-server-settings";
import { isFailure, VisibleError } from "../../errors/visible-error";
import type { Context } from "../../lifecycle/context";
import { hex } from "../../sql-server/catalog/certificates";
import { remoteMembers } from "../../sql-server/catalog/groups";
import type { Sql } from "../../sql-server/connection";
import { sql } from "../../sql-server/tsql";

interface Uploaded {
  readonly managedInstanceId: string;
  readonly certificateName: string;
  readonly thumbprint: string;
  readonly sqlServer?: SqlServer;
  readonly instanceId?: string;
}

/**
 * The links that would not connect any more without the certificate. Where the SQL Server is known, its catalog answers
 * exactly. Azure alone does not tell which certificate the partner of a link shows, and its list may be out of date: so
 * without the server every link of the instance counts.
 */
export async function linksThatNeed(certificate: Uploaded, context: Context): Promise<readonly string[]> {
  const { managedInstanceId, certificateName, sqlServer, instanceId, thumbprint } = certificate;
  if (sqlServer === undefined || instanceId === undefined)
    return await linksOf(managedInstanceId, certificateName, context);
  const server = await context.sql(sqlServer, instanceId);
  if ((await endpointThumbprint(server)) !== thumbprint) return [];
  const { fqdn } = await context.azure.managedInstance(managedInstanceId);
  const groups = (await remoteMembers(server)).filter(({ host }) => sameHost(host, fqdn));
  return groups.map(({ groupName }) => `the link ${groupName} of ${server.instance.name}`);
}

/** Takes the last of three looks: the list may still show a link that has gone, and not yet one that has come. */
async function linksOf(managedInstanceId: string, certificateName: string, { azure }: Context): Promise<string[]> {
  const doing = `see which links need the certificate ${certificateName}`;
  try {
    const links = await azure.threeTimes(
      doing,
      () => azure.list(doing, childCollection(managedInstanceId, "distributedAvailabilityGroups")),
      () => false,
    );
    return links.map(({ name }) => `the link ${name}`);
  } catch (error) {
    if (isFailure(error, "ResourceNotFound", "ResourceGroupNotFound", "ParentResourceNotFound")) return [];
    throw error;
  }
}

/** Thumbprint of the certificate that the SQL Server shows to its partners. */
async function endpointThumbprint(server: Sql): Promise<string | undefined> {
  const [row] = await server.query<{ readonly thumbprint: Buffer }>(
    "see which certificate the mirroring endpoint uses",
    sql`SELECT c.thumbprint FROM sys.database_mirroring_endpoints e
    JOIN sys.certificates c ON c.certificate_id = e.certificate_id`,
  );
  return row && hex(row.thumbprint);
}

/** Whether the SQL Server has the certificate, whatever its name. */
export async function holds(server: Sql, thumbprint: string): Promise<boolean> {
  const rows = await server.query<object>(
    `look for the certificate ${thumbprint}`,
    sql`SELECT name FROM sys.certificates WHERE thumbprint = ${sql.binary(Buffer.from(thumbprint, "hex"))}`,
  );
  return rows.length > 0;
}

/**
 * Id of the SQL Server that holds the key; another server is refused. It is recorded, as the host name may lead elsewhere
 * when the server is asked later. `recordedId`: the id recorded before.
 */
export async function holderOf(
  { sqlServer, thumbprint, certificateName }: Omit<Uploaded, "managedInstanceId">,
  context: Context,
  recordedId?: string,
): Promise<string | undefined> {
  if (sqlServer === undefined) return undefined;
  const server = await context.sql(sqlServer, recordedId);
  if (await holds(server, thumbprint)) return server.instance.id;
  throw new VisibleError(
    {
      doing: `find the certificate ${certificateName} on ${server.instance.name} (${server.address})`,
      said: [`there is none with the thumbprint ${thumbprint}`],
      cause: "sqlServer is another server than the one whose public key this is.",
      remedy: "give the SQL Server that the certificate was made on, or leave sqlServer out.",
    },
    ["OtherInstance"],
  );
}

import { certificateName, filled, groupName, linkName, type SeedValues, seedBatches } from "#lab-clients/seed";
import { waitForLink } from "#tools/verify";
import type { Quickstart } from "./quickstart";

/** The names of a link as the procedure gives them. */
export interface NamesByHand {
  readonly certificate: string;
  readonly group: string;
  readonly link: string;
  readonly instanceGroup: string;
  readonly database: string;
}

/** Both sides, as somebody at a console has them. */
type Consoles = Pick<Quickstart, "lab" | "sqlServer" | "managedInstance" | "arm" | "managedInstanceId">;

/** Makes a link as people do: the procedure's 25 batches, and its calls of Azure. */
export async function makeLinkByHand(consoles: Consoles): Promise<NamesByHand> {
  const { sqlServer, managedInstance, arm, managedInstanceId, lab } = consoles;
  const [server] = lab.ready.sqlServers;
  const [instance] = lab.ready.managedInstances;
  if (!server || !instance) throw new Error("the lab is empty");
  const { properties } = (await arm.get<{ properties: { publicBlob: string } }>(
    `${managedInstanceId}/endpointCertificates/DATABASE_MIRRORING`,
  )) ?? { properties: { publicBlob: "" } };
  const values: SeedValues = {
    database: server.databases[0] ?? "",
    sqlServer: server.name,
    sqlServerAddress: server.host,
    instance: instance.name,
    instanceFqdn: instance.fqdn,
    instanceCertificate: properties.publicBlob,
  };
  const names = {
    certificate: certificateName(values),
    group: groupName(values),
    link: linkName(values),
    instanceGroup: instance.name,
    database: values.database,
  };
  for (const batch of seedBatches) await sqlServer.query(filled(batch, values));
  const [key] = await sqlServer.query<{ der: Buffer }>(`SELECT CERTENCODED(CERT_ID(N'${names.certificate}')) AS der`);
  await arm.put(`${managedInstanceId}/serverTrustCertificates/${names.certificate}`, {
    properties: { publicBlob: `0x${key?.der.toString("hex")}` },
  });
  await arm.put(`${managedInstanceId}/distributedAvailabilityGroups/${names.link}`, {
    properties: {
      databases: [{ databaseName: names.database }],
      failoverMode: "Manual",
      instanceAvailabilityGroupName: names.instanceGroup,
      instanceLinkRole: "Secondary",
      partnerAvailabilityGroupName: names.group,
      partnerEndpoint: `TCP://${values.sqlServerAddress}:5022`,
      seedingMode: "Automatic",
    },
  });
  const { connected } = await waitForLink(sqlServer, managedInstance, names, 20);
  if (!connected) throw new Error("the link made by hand does not connect");
  return names;
}

import type { X509Certificate } from "node:crypto";
import { hostNameProblem } from "../../arguments/host";
import { shellWord } from "../../arguments/managed-instance-id";
import type { AzureAccess } from "../../azure/client";
import { VisibleError } from "../../errors/visible-error";
import { parseCertificate } from "../../sql-server/catalog/certificates";

/** What the managed instance presents when SQL Server connects to its endpoint. */
export interface Presented {
  readonly fqdn: string;
  readonly managedInstanceName: string;
  readonly certificate: X509Certificate;
}

export async function presentedBy(azure: AzureAccess, managedInstanceId: string): Promise<Presented> {
  const [instance, blob] = await Promise.all([
    azure.managedInstance(managedInstanceId),
    azure.endpointCertificate(managedInstanceId),
  ]);
  const doing = `read the endpoint certificate of the managed instance ${instance.name}`;
  const wrongName = hostNameProblem(instance.fqdn);
  if (wrongName) {
    throw new VisibleError(
      {
        doing,
        said: [`its fullyQualifiedDomainName ${JSON.stringify(instance.fqdn)} ${wrongName}`],
        cause: "the certificate on SQL Server must be named as that host name, and it is not one.",
        remedy: `look at it: az sql mi show --ids ${shellWord(managedInstanceId)} --query fullyQualifiedDomainName`,
      },
      ["WrongFqdn"],
    );
  }
  const certificate = parseCertificate(blob);
  if (!certificate) {
    throw new VisibleError(
      {
        doing,
        said: [
          `its publicBlob is not a certificate: ${blob.length} characters that start with ${JSON.stringify(blob.slice(0, 20))}`,
        ],
        cause: "the key that Azure returned is damaged or of another kind.",
        remedy: `look at it: az sql mi endpoint-cert show --ids ${shellWord(`${managedInstanceId}/endpointCertificates/DATABASE_MIRRORING`)}`,
      },
      [15297],
    );
  }
  return { fqdn: instance.fqdn, managedInstanceName: instance.name, certificate };
}

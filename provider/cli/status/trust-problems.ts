import { linkArguments } from "../../arguments/managed-instance-id";
import { sql } from "../../sql-server/tsql";
import { shownCertificate } from "./certificate-status";
import type { Looked } from "./looked-link";
import type { CertificateStatus, Problem } from "./status-data";

export function endpointProblems({ server, serverName, connected }: Looked): Problem[] {
  if (!server || server.endpoint === undefined || connected === true) return [];
  const { endpoint } = server;
  if (endpoint === null)
    return [
      {
        level: "error",
        what: `${serverName} has no mirroring endpoint`,
        code: 47505,
        cause: "somebody dropped it.",
        remedy: "pulumi up of its program (InstancePairing or MirroringEndpoint) makes it again.",
      },
    ];
  if (endpoint.state !== "STARTED")
    return [
      {
        level: "error",
        what: `the mirroring endpoint ${endpoint.name} of ${serverName} is ${endpoint.state ?? "in no known state"}`,
        cause: "somebody stopped it; no link of this SQL Server is connected without it.",
        remedy: sql`ALTER ENDPOINT ${sql.identifier(endpoint.name)} STATE = STARTED`.text,
      },
    ];
  if (server.isListening === false)
    return [
      {
        level: "error",
        what: `the mirroring endpoint ${endpoint.name} of ${serverName} is started, and does not listen on its port ${endpoint.port}`,
        code: 9692,
        cause: "another instance or program has the port.",
        remedy: `see which on that machine: Get-NetTCPConnection -LocalPort ${endpoint.port} -State Listen; end it, then stop and start the endpoint.`,
      },
    ];
  return [];
}

/** Both sides have to know each other by a certificate that is valid. */
export function trustProblems(link: Looked): Problem[] {
  const { server, serverName, instance, instanceLabel, connected } = link;
  if (!server?.certificates || !server.endpoint) return [];
  // What is connected stays so until the next handshake.
  const level = connected === true ? "warning" : "error";
  const { certificateName, name: endpointName } = server.endpoint;
  const shown = shownCertificate(server, certificateName ?? undefined);
  if (!shown)
    return [
      {
        level,
        what: `the mirroring endpoint ${endpointName} of ${serverName} has no certificate`,
        code: 47506,
        cause: "it was altered, and managed instances know a SQL Server by its certificate only.",
        remedy: "pulumi up of its program (InstancePairing or MirroringEndpoint) gives it its certificate again.",
      },
    ];
  const problems: Problem[] = [];
  if (shown.validity === "Expired")
    problems.push({
      level,
      what: `the certificate ${shown.name} of ${serverName}, which its endpoint shows, expired on ${shown.expiryDate} (UTC)`,
      code: 1474,
      cause: "nobody renewed it in time, and no connection is made with it any more.",
      remedy:
        "rotate it: a later certificateExpiry of its InstancePairing, then pulumi up, which uploads the new one before the endpoint shows it.",
    });
  else if (instance?.trusted && !instance.trusted.has(shown.thumbprint))
    problems.push({
      level,
      what: `the managed instance ${instanceLabel} does not have the certificate ${shown.name} that the endpoint of ${serverName} shows (thumbprint ${shown.thumbprint})`,
      code: 41973,
      cause: "it was deleted there, or the endpoint got another certificate, which nobody uploaded.",
      remedy: `pulumi up of its program uploads it (TrustCertificate). What is there: az sql mi partner-cert list ${linkArguments(instance.id)}`,
    });
  return [...problems, ...ofInstanceCertificate(link, level)];
}

/** SQL Server keeps the instance's certificate under its host name. A renewed one is trusted by its root. */
function ofInstanceCertificate(
  { server, serverName, instance, instanceLabel, connected }: Looked,
  level: "error" | "warning",
): Problem[] {
  const fqdn = instance?.instance?.fqdn;
  if (fqdn === undefined || !server?.certificates) return [];
  const imported = shownCertificate(server, fqdn);
  const remedy = "pulumi up of its program imports it (ManagedInstanceCertificate, TrustedRoots).";
  if (!imported)
    return [
      {
        level,
        what: `${serverName} does not have the certificate of the managed instance ${instanceLabel}, whose name there is ${fqdn}`,
        code: 41974,
        cause: "somebody dropped it, or it was never imported.",
        remedy,
      },
    ];
  const { certificate } = instance ?? {};
  if (!certificate || imported.thumbprint === certificate.thumbprint || connected !== false) return [];
  return [
    {
      level: "warning",
      what: `${serverName} has an earlier certificate of the managed instance ${instanceLabel} than the one it shows now (thumbprint ${certificate.thumbprint})`,
      code: 41974,
      cause:
        "Azure renewed it, or somebody replaced it by hand. That is no harm while its root is trusted on SQL Server.",
      remedy,
    },
  ];
}

/** Certificates that end soon, of both sides. */
export function expiryWarnings({ server, serverName, instance, instanceLabel }: Looked): Problem[] {
  const own = server && shownCertificate(server, server.endpoint?.certificateName ?? undefined);
  const soon = (certificate: CertificateStatus | undefined, what: string, remedy: string): Problem[] =>
    certificate?.validity === "ExpiresSoon"
      ? [{ level: "warning", what: `${what} expires on ${certificate.expiryDate} (UTC)`, code: 1474, remedy }]
      : [];
  return [
    ...soon(
      own,
      `the certificate ${own?.name} of ${serverName}, which its endpoint shows,`,
      "rotate it before: a later certificateExpiry of its InstancePairing, then pulumi up.",
    ),
    ...soon(
      instance?.certificate,
      `the certificate of the managed instance ${instanceLabel}`,
      "Azure renews it by itself, and a renewed one is trusted by its root; pulumi up of the program then imports it.",
    ),
  ];
}

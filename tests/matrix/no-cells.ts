import type { ResourceType } from "#provider/dynamic/index";

const everywhere = {
  sqlServer: "the way to the server, not what is there",
  adopt: "what up may take over, not what is there",
  preflight: "what is tested before a create, not what is there",
  instanceId: "what the server is known by: another server is refused",
  managedInstanceId: "what the instance is known by: Azure gives no instance another id",
  created: "what this stack knows of itself",
  validity: "the server's clock against the end of the certificate",
};
const immutable = "nobody can change it of a certificate: another one under the name is found by its thumbprint";
const observed = "what was seen of the connection, which nobody sets";
const programs = "the program's alone: no server knows it";

/** Arguments, outputs and clauses that nobody changes by hand, each with the reason. */
export const withoutCell: Readonly<Record<ResourceType | "everywhere" | "clauses", Readonly<Record<string, string>>>> =
  {
    everywhere,
    MasterKey: { password: "the server keeps no password", credential: "the server keeps no password" },
    SqlServerCertificate: {
      rotateBefore: programs,
      rotationDue: "follows from rotateBefore and the clock",
      certificateName: "no statement renames a certificate",
      expiry: immutable,
      subject: immutable,
      publicKey: immutable,
      startDate: immutable,
      expiryDate: immutable,
    },
    TrustCertificate: { thumbprint: "follows from publicKey", expiryDate: "follows from publicKey" },
    TrustedRoots: {},
    ManagedInstanceCertificate: {
      fqdn: "no statement renames a certificate, and Azure renames no instance",
      managedInstanceName: "Azure renames no instance",
    },
    MirroringEndpoint: {},
    FullRecoveryDatabase: { backupDisk: "the file may be moved once it is written: the log chain counts" },
    AvailabilityGroup: {},
    DistributedAvailabilityGroup: { lastConnectErrorNumber: observed, lastConnectErrorDescription: observed },
    InstanceLink: {
      linkName: "Azure renames no link",
      databaseOnDelete: programs,
      seedingTimeoutMinutes: programs,
      connectedState: observed,
      mostRecentLinkError: observed,
      partnerCertificateExpiryDate: "the end of the certificate that SQL Server shows",
      databaseCreationDate: "tells the copy from another database of its name, in the cells of a link that was deleted",
    },
    clauses: {
      PASSWORD: "the server keeps no password",
      SUBJECT: immutable,
      EXPIRY_DATE: immutable,
      BINARY: immutable,
      DISK: "the file may be moved once it is written: the log chain counts",
      CLUSTER_TYPE: "no statement changes it: another group is found by its id",
    },
  };

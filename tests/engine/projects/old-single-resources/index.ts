/** The ten resources with every argument that 2e193ed had: it stays as it is, see tests/fixtures/states/README.md. */
import { Config } from "@pulumi/pulumi";
import {
  AvailabilityGroup,
  DistributedAvailabilityGroup,
  FullRecoveryDatabase,
  InstanceLink,
  ManagedInstanceCertificate,
  MasterKey,
  MirroringEndpoint,
  type SqlServerArgs,
  SqlServerCertificate,
  TrustCertificate,
  TrustedRoots,
} from "pulumi-mi-link";

const config = new Config();
const managedInstanceId = config.require("managedInstanceId");
const sqlServer: SqlServerArgs = {
  host: config.require("sqlServerHost"),
  port: 1433,
  user: config.require("sqlServerUser"),
  credential: "env:SQL_SERVER_PASSWORD",
  authentication: "SqlPassword",
  encrypt: "mandatory",
  trustServerCertificate: false,
  caFile: config.require("sqlServerCaFile"),
};
const endpointUrl = `tcp://${sqlServer.host}:5024`;

const masterKey = new MasterKey("master-key", { sqlServer, credential: "config:masterKeyPassword" });
const certificate = new SqlServerCertificate(
  "certificate",
  { sqlServer, certificateName: "Certificate of the link", expiry: "2037-06-30", subject: "The link's" },
  { dependsOn: masterKey },
);
const trust = new TrustCertificate("trust", {
  managedInstanceId,
  certificateName: certificate.certificateName,
  publicKey: certificate.publicKey,
});
const instanceCertificate = new ManagedInstanceCertificate("instance-certificate", { sqlServer, managedInstanceId });
const roots = new TrustedRoots("roots", {
  sqlServer,
  roots: { TheRoot: config.require("root") },
  dnsPattern: "*.windows.net",
});
const endpoint = new MirroringEndpoint("endpoint", {
  sqlServer,
  certificateName: certificate.certificateName,
  endpointName: "Endpoint of the link",
  port: 5024,
  state: "STARTED",
});
const database = new FullRecoveryDatabase("database", {
  sqlServer,
  databaseName: "db1",
  backupDisk: "/var/opt/mssql/data/first.bak",
});
const group = new AvailabilityGroup(
  "group",
  { sqlServer, groupName: "The group", databaseName: database.databaseName, endpointUrl },
  { dependsOn: endpoint },
);
const distributedGroup = new DistributedAvailabilityGroup("distributed-group", {
  sqlServer,
  groupName: "The link",
  localGroupName: group.groupName,
  localUrl: endpointUrl,
  managedInstanceGroupName: "The group of the instance",
  managedInstanceFqdn: instanceCertificate.fqdn,
  managedInstanceName: "sqlmi1",
  availabilityMode: "ASYNCHRONOUS_COMMIT",
});
new InstanceLink(
  "link",
  {
    managedInstanceId,
    linkName: distributedGroup.groupName,
    databaseName: database.databaseName,
    partnerAvailabilityGroupName: group.groupName,
    partnerEndpoint: endpointUrl,
    instanceAvailabilityGroupName: "The group of the instance",
    failoverMode: "Manual",
    replicationMode: "Async",
    databaseOnDelete: "Delete",
    seedingTimeoutMinutes: 90,
  },
  { dependsOn: [trust, roots], customTimeouts: { create: "2h", delete: "30m" } },
);
